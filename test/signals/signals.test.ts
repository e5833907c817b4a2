import { afterEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/domain/ports.ts';
import { type SignalRule, signalRule, type WebhookChannel } from '../../src/domain/signal-rule.ts';
import type { SignalsOptions } from '../../src/signals/index.ts';
import { acceptMessage, attempt, failedAttempt, transferredAttempt } from '../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { recordingLog } from '../support/recording-log.ts';
import { answerWith, type Receiver, startReceiver, verifies } from './receiver.ts';
import { openRoom, type Room } from './room.ts';

const SECRET = `whsec_${Buffer.from('the first secret, 24+ octets').toString('base64')}`;
const NEXT_SECRET = `whsec_${Buffer.from('the secret that comes after it').toString('base64')}`;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function receiver(answer?: Receiver['answer']): Promise<Receiver> {
  const started = await startReceiver(answer);
  closing.push(() => started.close());
  return started;
}

function webhook(url: string, more: Partial<WebhookChannel> = {}): WebhookChannel {
  return { kind: 'webhook', url, secrets: [SECRET], allowPrivate: true, ...more };
}

function rule(...notify: WebhookChannel[]): SignalRule {
  return signalRule({ name: 'sending failed', on: ['recipient.failed', 'recipient.expired'], notify });
}

async function signals(store: Store, rules: readonly SignalRule[], more: Partial<SignalsOptions> = {}): Promise<Room> {
  const started = await openRoom({ rules, store, ...more });
  closing.push(() => started.stop(0));
  return started;
}

async function fail(store: Store, recipient = 'ann@partner.example'): Promise<string> {
  const message = await acceptMessage(store, { recipients: [recipient], references: { document: 'INV-117', tags: { run: 'may' } } });
  await attempt(store, message.id, 0, failedAttempt);
  return message.id;
}

/** Deliveries of the rule once none of them is pending. */
async function settled(store: MemoryStore): ReturnType<MemoryStore['signals']> {
  for (;;) {
    const page = await store.signals({ signal: 'sending failed' }, { limit: 100 });
    if (page.items.length > 0 && page.items.every(({ state }) => state !== 'pending')) return page;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('signals', () => {
  it('tells of a failure: signed, with event, message and recipient', async () => {
    const store = createMemoryStore();
    const target = await receiver();
    await signals(store, [rule(webhook(target.url))]);
    const id = await fail(store);
    await target.until(1);
    const [received] = target.received;
    if (received === undefined) throw new Error('nothing came');
    expect(verifies(received, SECRET)).toBe(true);
    expect(verifies(received, NEXT_SECRET)).toBe(false);
    expect(received.body.type).toBe('recipient.failed');
    expect(new Date(received.body.timestamp).toISOString()).toBe(received.body.timestamp);
    expect(Math.abs(Number(received.headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(10_000);
    expect(received.body.data).toMatchObject({
      event: { type: 'recipient.failed', message: id, recipient: 'ann@partner.example', category: 'mailbox-unknown', document: 'INV-117' },
      message: {
        id,
        state: 'failed',
        subject: 'Invoice 2024-117',
        sender: 'billing@example.com',
        document: 'INV-117',
        tags: { run: 'may' },
      },
      recipient: {
        index: 0,
        address: 'ann@partner.example',
        state: 'failed',
        nextAttemptAt: null,
        failure: { source: 'attempt', category: 'mailbox-unknown', addressInvalid: true },
      },
    });
    const page = await settled(store);
    expect(page.items).toMatchObject([
      { id: received.headers['webhook-id'], state: 'delivered', attempts: 1, lastAnswer: '204', nextAttemptAt: null },
    ]);
  });

  it('keeps silent on what no rule asks for', async () => {
    const store = createMemoryStore();
    const target = await receiver();
    await signals(store, [rule(webhook(target.url))]);
    const calm = await acceptMessage(store);
    await attempt(store, calm.id, 0, transferredAttempt);
    const failed = await fail(store);
    await target.until(1);
    expect(target.received).toHaveLength(1);
    expect(target.received[0]?.body.data['message']).toMatchObject({ id: failed });
  });

  it('signs with both secrets while one is rotated', async () => {
    const store = createMemoryStore();
    const target = await receiver();
    await signals(store, [rule(webhook(target.url, { secrets: [NEXT_SECRET, SECRET] }))]);
    await fail(store);
    await target.until(1);
    const [received] = target.received;
    if (received === undefined) throw new Error('nothing came');
    expect(String(received.headers['webhook-signature']).split(' ')).toHaveLength(2);
    expect([verifies(received, SECRET), verifies(received, NEXT_SECRET)]).toEqual([true, true]);
  });

  it('begins at the present end of the feed', async () => {
    const store = createMemoryStore();
    const target = await receiver();
    await fail(store, 'before@partner.example');
    await signals(store, [rule(webhook(target.url))]);
    await fail(store, 'after@partner.example');
    await target.until(1);
    expect(target.received[0]?.body.data['recipient']).toMatchObject({ address: 'after@partner.example' });
    expect((await store.signals({ signal: 'sending failed' }, { limit: 10 })).items).toHaveLength(1);
  });

  it('R61 tries a receiver that is down again, under one id and with a fresh signature, until it takes it', async () => {
    const store = createMemoryStore();
    const target = await receiver((request, response) => {
      response.writeHead(target.received.length < 4 ? 503 : 200).end();
      request.resume();
    });
    await signals(store, [rule(webhook(target.url))], { retryDelays: [10, 20, 30, 40] });
    await fail(store);
    await target.until(4);
    expect(new Set(target.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(target.received.map(({ text }) => text)).size).toBe(1);
    expect(target.received.every((received) => verifies(received, SECRET))).toBe(true);
    expect((await settled(store)).items).toMatchObject([{ state: 'delivered', attempts: 4 }]);
  });

  it('R61 keeps it as failed after the last try, for a retry by hand', async () => {
    const store = createMemoryStore();
    const target = await receiver(answerWith(500));
    const log = recordingLog();
    const running = await signals(store, [rule(webhook(target.url))], { retryDelays: [5, 5], log });
    await fail(store);
    await target.until(3);
    const [kept] = (await settled(store)).items;
    expect(kept).toMatchObject({ state: 'failed', attempts: 3, lastAnswer: '500', nextAttemptAt: null });
    expect(log.lines).toContainEqual(expect.stringContaining('kept as failed'));
    target.answer = answerWith(200);
    expect(await running.desk.retry(kept?.id ?? '')).toMatchObject({ id: kept?.id, state: 'pending' });
    await target.until(4);
    expect((await settled(store)).items).toMatchObject([{ id: kept?.id, state: 'delivered' }]);
    expect(await running.desk.retry('msg_unknown')).toBeUndefined();
  });

  it('R61 R62 goes on after a restart with what was pending', async () => {
    const store = createMemoryStore();
    const target = await receiver(answerWith(503));
    const first = await signals(store, [rule(webhook(target.url))]);
    await fail(store);
    await target.until(1);
    await first.stop(1000);
    expect((await store.pendingSignals()).map(({ attempts }) => attempts)).toEqual([1]);
    target.answer = answerWith(200);
    const early = await signals(store, [rule(webhook(target.url))]);
    await early.stop(0);
    expect(target.received).toHaveLength(1);
    await signals(store, [rule(webhook(target.url))], { now: () => Date.now() + 5000 });
    await target.until(2);
    expect(target.received[1]?.headers['webhook-id']).toBe(target.received[0]?.headers['webhook-id']);
    expect((await settled(store)).items).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('R62 sends what was committed while no signals ran, once', async () => {
    const store = createMemoryStore();
    const target = await receiver();
    const first = await signals(store, [rule(webhook(target.url))]);
    await first.stop(0);
    await fail(store, 'meanwhile@partner.example');
    expect(target.received).toEqual([]);
    await signals(store, [rule(webhook(target.url))]);
    await target.until(1);
    expect(target.received[0]?.body.data['recipient']).toMatchObject({ address: 'meanwhile@partner.example' });
  });

  it('R62 a crash between try and record repeats the try under the same id', async () => {
    const store = createMemoryStore();
    const target = await receiver(() => {});
    const first = await signals(store, [rule(webhook(target.url))]);
    await fail(store);
    await target.until(1);
    await first.stop(0);
    expect(await store.pendingSignals()).toMatchObject([{ attempts: 0, state: 'pending' }]);
    target.answer = answerWith(200);
    await signals(store, [rule(webhook(target.url))]);
    await target.until(2);
    expect(target.received[1]?.headers['webhook-id']).toBe(target.received[0]?.headers['webhook-id']);
  });

  it('R62 an event read twice is told once: nothing is doubled by a position that was not written', async () => {
    const store = createMemoryStore();
    const target = await receiver();
    const first = await signals(store, [rule(webhook(target.url))]);
    await fail(store);
    await target.until(1);
    await first.stop(1000);
    const [{ id } = { id: '' }] = (await settled(store)).items;
    await store.consumers.put('signals', { seq: 0, at: 0 });
    await signals(store, [rule(webhook(target.url))]);
    await fail(store, 'later@partner.example');
    await target.until(2);
    expect((await settled(store)).items.map((delivery) => delivery.id)).toEqual([expect.not.stringMatching(id), id]);
    expect(target.received.map(({ headers }) => headers['webhook-id'])).toEqual([id, expect.not.stringMatching(id)]);
  });

  it('R62 a refused commit is tried again and loses nothing', async () => {
    const store = createMemoryStore();
    const target = await receiver();
    const record = store.recordSignals.bind(store);
    let refusals = 0;
    store.recordSignals = (request) =>
      request.deliveries.length > 0 && refusals++ === 0 ? Promise.reject(new Error('EIO')) : record(request);
    await signals(store, [rule(webhook(target.url))]);
    await fail(store);
    await target.until(1);
    expect(refusals).toBeGreaterThan(1);
  });

  it('410 switches the channel off, durably, and a test that succeeds on again', async () => {
    const store = createMemoryStore();
    const target = await receiver(answerWith(410));
    const log = recordingLog();
    const first = await signals(store, [rule(webhook(target.url))], { log });
    await fail(store);
    expect((await settled(store)).items).toMatchObject([{ state: 'failed', attempts: 1, lastAnswer: '410' }]);
    expect(first.desk.rules()[0]).toMatchObject({ rule: { name: 'sending failed' }, channels: [{ kind: 'webhook', state: 'off' }] });
    expect(log.lines).toContainEqual(expect.stringContaining('switched off'));
    await first.stop(0);

    target.answer = answerWith(200);
    const second = await signals(store, [rule(webhook(target.url))], { log });
    expect(second.desk.rules()[0]?.channels).toMatchObject([{ state: 'off' }]);
    await fail(store);
    while ((await settled(store)).items.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(target.received).toHaveLength(1);
    expect((await settled(store)).items[0]).toMatchObject({
      state: 'failed',
      attempts: 0,
      lastAnswer: expect.stringContaining('switched off'),
    });

    expect(await second.desk.test('sending failed')).toHaveLength(1);
    await target.until(2);
    expect(target.received[1]?.body.type).toBe('signal.test');
    await settled(store);
    expect(second.desk.rules()[0]?.channels).toMatchObject([{ state: 'on' }]);
    await fail(store);
    await target.until(3);
  });

  it('another URL is another channel: it is not off', async () => {
    const store = createMemoryStore();
    const gone = await receiver(answerWith(410));
    const first = await signals(store, [rule(webhook(gone.url))]);
    await fail(store);
    await settled(store);
    await first.stop(0);
    const target = await receiver();
    await signals(store, [rule(webhook(target.url))]);
    await fail(store);
    await target.until(1);
  });

  it('a channel that hangs delays no other', async () => {
    const store = createMemoryStore();
    const hanging = await receiver(() => {});
    const target = await receiver();
    await signals(store, [rule(webhook(hanging.url), webhook(target.url))], { requestTimeout: 60_000 });
    for (let i = 0; i < 20; i++) await fail(store, `r${i}@partner.example`);
    await target.until(20);
    expect(hanging.received.length).toBeLessThan(20);
  });

  it('gives up what a changed configuration has no channel for, and says so', async () => {
    const store = createMemoryStore();
    const target = await receiver(answerWith(503));
    const first = await signals(store, [rule(webhook(target.url))]);
    await fail(store);
    await target.until(1);
    await first.stop(1000);
    const log = recordingLog();
    await signals(store, [], { log });
    expect((await settled(store)).items).toMatchObject([{ state: 'failed', lastAnswer: expect.stringContaining('removed') }]);
    expect(log.lines).toContainEqual(expect.stringContaining('no channel'));
  });

  it('a rule added later begins at the end of the feed of that day', async () => {
    const store = createMemoryStore();
    const target = await receiver();
    await (await signals(store, [rule(webhook(target.url))])).stop(0);
    await (await signals(store, [])).stop(0);
    await fail(store, 'long-ago@partner.example');
    await signals(store, [rule(webhook(target.url))]);
    await fail(store, 'today@partner.example');
    await target.until(1);
    expect(target.received[0]?.body.data['recipient']).toMatchObject({ address: 'today@partner.example' });
  });

  it('says which secret is none', async () => {
    const store = createMemoryStore();
    for (const secrets of [[], ['whsec_'], ['whsec_!!!']]) {
      await expect(signals(store, [rule(webhook('http://127.0.0.1/', { secrets }))])).rejects.toThrow(/rule "sending failed", channel 1/);
    }
  });

  it('stops within its grace though a receiver hangs, and leaves the signal pending', async () => {
    const store = createMemoryStore();
    const target = await receiver(() => {});
    const running = await signals(store, [rule(webhook(target.url))], { requestTimeout: 60_000 });
    await fail(store);
    await target.until(1);
    const began = Date.now();
    await running.stop(50);
    expect(Date.now() - began).toBeLessThan(2000);
    expect(await store.pendingSignals()).toMatchObject([{ state: 'pending', attempts: 0 }]);
  });
});
