/** Channels that fail: told on the others, left alone, and in nobody's way. */
import { afterEach, describe, expect, it } from 'vitest';
import { BY_CAUSE, type SignalRule, signalRule, type WebhookChannel } from '../../src/domain/signal-rule.ts';
import { acceptMessage, attempt, failedAttempt } from '../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { recordingLog } from '../support/recording-log.ts';
import { answerWith, type Receiver, startReceiver } from './receiver.ts';
import { openRoom, type Room } from './room.ts';

const SECRET = `whsec_${Buffer.from('the first secret, 24+ octets').toString('base64')}`;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function receiver(answer?: Receiver['answer']): Promise<Receiver> {
  const started = await startReceiver(answer);
  closing.push(() => started.close());
  return started;
}

const webhook = (url: string): WebhookChannel => ({ kind: 'webhook', url, secrets: [SECRET], allowPrivate: true });
const rule = (name: string, ...notify: WebhookChannel[]): SignalRule => signalRule({ name, on: ['recipient.failed'], notify });

async function open(store: MemoryStore, rules: readonly SignalRule[], more: Partial<Parameters<typeof openRoom>[0]> = {}): Promise<Room> {
  const room = await openRoom({ store, rules, ...more });
  closing.push(() => room.stop(0));
  return room;
}

async function fail(store: MemoryStore, recipient = 'ann@partner.example'): Promise<void> {
  const { id } = await acceptMessage(store, { recipients: [recipient] });
  await attempt(store, id, 0, failedAttempt);
}

/** Resolves once so many deliveries of the rule are over. */
async function over(store: MemoryStore, name: string, count: number): Promise<void> {
  for (;;) {
    const { items } = await store.signals({ signal: name }, { limit: 100 });
    if (items.filter(({ state }) => state !== 'pending').length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const types = ({ received }: Receiver): string[] => received.map(({ body }) => body.type);

describe('a channel that fails', () => {
  it('410 is told on the other channels of its rule, once, and that it works again', async () => {
    const store = createMemoryStore();
    const gone = await receiver(answerWith(410));
    const near = await receiver();
    const far = await receiver();
    const room = await open(store, [rule('both', webhook(gone.url), webhook(near.url)), rule('other', webhook(far.url))]);
    await fail(store);
    await near.until(2);
    expect(types(near)).toEqual(['recipient.failed', 'signal.raised']);
    expect(near.received[1]?.body.data).toMatchObject({
      rule: 'channel-failing',
      title: expect.stringContaining('Signals do not get through over webhook 127.0.0.1'),
      signal: { cause: { channel: expect.stringContaining(`127.0.0.1:${gone.port}`) } },
    });
    await fail(store);
    await near.until(3);
    gone.answer = answerWith(200);
    await room.desk.test('both');
    await near.until(5);
    expect(types(near).slice(2).sort()).toEqual(['recipient.failed', 'signal.closed', 'signal.test']);
    expect(types(far)).toEqual(['recipient.failed', 'recipient.failed']);
    expect(store.events.filter(({ type }) => type.startsWith('channel.')).map(({ type }) => type)).toEqual([
      'channel.failing',
      'channel.recovered',
    ]);
  });

  it('is told on the channels of other rules where its own has no other', async () => {
    const store = createMemoryStore();
    const down = await receiver(answerWith(500));
    const other = await receiver();
    const complaints = signalRule({ name: 'other', on: ['recipient.complained'], notify: [webhook(other.url)] });
    await open(store, [rule('alone', webhook(down.url)), complaints], { retryDelays: [5, 5] });
    await fail(store);
    await other.until(1);
    expect(types(other)).toEqual(['signal.raised']);
    expect(other.received[0]?.body.data).toMatchObject({ signal: { rule: 'channel-failing' } });
  });

  it('that fails to tell of another failing channel makes no end of it', async () => {
    const store = createMemoryStore();
    const [one, two] = [await receiver(answerWith(410)), await receiver(answerWith(410))];
    await open(store, [rule('both', webhook(one.url), webhook(two.url))]);
    await fail(store);
    await over(store, 'channel-failing', 2);
    expect(store.events.filter(({ type }) => type === 'channel.failing')).toHaveLength(2);
    expect([one.received.length, two.received.length]).toEqual([1, 1]);
  });

  it('is left alone after some tries: what waits loses none, and goes when it works again', async () => {
    const store = createMemoryStore();
    const down = await receiver(answerWith(503));
    // Each delivery is tried again at once: only the circuit is in the way.
    const room = await open(store, [rule('alone', webhook(down.url))], { retryDelays: Array.from({ length: 50 }, () => 60) });
    for (let i = 0; i < 40; i++) await fail(store, `r${i}@partner.example`);
    await down.until(8);
    const asked = down.received.length;
    const tried = (await store.signals({ signal: 'alone' }, { limit: 100 })).items.filter(({ attempts }) => attempts > 0);
    expect(asked).toBeLessThan(30);
    expect(tried.length).toBeLessThan(30);
    expect(room.desk.rules()[0]?.channels[0]).toMatchObject({ state: 'failing', lastError: '503' });
    down.answer = answerWith(200);
    await down.until(asked + 40);
    expect(new Set(down.received.map(({ headers }) => headers['webhook-id'])).size).toBe(40);
    while ((await store.pendingSignals()).length > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(room.desk.rules()[0]?.channels[0]).toMatchObject({ state: 'on', waiting: 0 });
  });

  it('is shared by the rules that tell the same receiver', async () => {
    const store = createMemoryStore();
    const gone = await receiver(answerWith(410));
    const room = await open(store, [rule('one', webhook(gone.url)), rule('two', webhook(gone.url))]);
    await fail(store);
    await over(store, 'two', 1);
    expect(
      room.desk
        .rules()
        .slice(0, 2)
        .map(({ channels }) => channels[0]?.state),
    ).toEqual(['off', 'off']);
  });
});

describe('R62 decided exactly once', () => {
  it('where the commit is refused at any moment: signals, their counts and deliveries stand as if it had not been', async () => {
    const store = createMemoryStore();
    const target = await receiver();
    const grouped = signalRule({ name: 'grouped', on: ['recipient.failed'], group: BY_CAUSE, notify: [webhook(target.url)] });
    const record = store.recordSignals.bind(store);
    let calls = 0;
    // Every other commit is refused, half of them after it was made: the answer was lost.
    store.recordSignals = async (request) => {
      calls++;
      if (calls % 4 === 1) throw new Error('EIO');
      const done = await record(request);
      if (calls % 4 === 3) throw new Error('the answer was lost');
      return done;
    };
    const room = await open(store, [grouped], { log: recordingLog() }).catch(() => open(store, [grouped], { log: recordingLog() }));
    for (let i = 0; i < 12; i++) {
      await fail(store, `r${i}@${i % 2 === 0 ? 'partner' : 'other'}.example`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await over(store, 'grouped', 2);
    while ((await store.signalMembers.list()).length < 12) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(room.desk.records({}).map(({ cause, count, unresolved }) => [cause.domain, count, unresolved])).toEqual([
      ['other.example', 6, 6],
      ['partner.example', 6, 6],
    ]);
    expect(types(target)).toEqual(['signal.raised', 'signal.raised']);
  });
});
