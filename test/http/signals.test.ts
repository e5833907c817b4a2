/** The calls about signals, before the room of signals itself over the store in memory. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSignalRule } from '../../src/config/index.ts';
import { parseConfig } from '../../src/config/load.ts';
import { BY_CAUSE, signalRule } from '../../src/domain/signal-rule.ts';
import type { HttpOptions } from '../../src/http/index.ts';
import { createApp } from '../../src/http/index.ts';
import { answerWith, type Receiver, startReceiver } from '../signals/receiver.ts';
import { openRoom, type Room as SignalRoom } from '../signals/room.ts';
import { acceptMessage, attempt, failedAttempt } from '../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { httpOptions, LOCAL_TOKEN } from './harness.ts';

const SECRET = `whsec_${Buffer.from('the first secret, 24+ octets').toString('base64')}`;
const { config } = parseConfig('routes: [{via: sandbox}]', '/etc/relais/relais.yaml', {
  env: {},
  readFile: () => '',
  hostname: 'relay.test',
  cwd: '/',
});

let store: MemoryStore;
let signals: SignalRoom;
let receiver: Receiver;
let app: ReturnType<typeof createApp>['app'];

beforeEach(async () => {
  store = createMemoryStore();
  receiver = await startReceiver();
  signals = await openRoom({
    store,
    rules: [
      signalRule({
        name: 'sending failed',
        on: ['recipient.failed'],
        group: BY_CAUSE,
        notify: [{ kind: 'webhook', url: receiver.url, secrets: [SECRET], allowPrivate: true }],
      }),
    ],
  });
  const options: HttpOptions = {
    ...httpOptions(store).options,
    signals: () => signals.desk,
    readSignalRule: (source) => readSignalRule(source, config),
  };
  app = createApp(options).app;
});
afterEach(async () => {
  await signals.stop(0);
  await receiver.close();
});

async function call(path: string, body?: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await app.request(`/api/v1${path}`, {
    headers: { authorization: `Bearer ${LOCAL_TOKEN}` },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

async function fail(): Promise<string> {
  const { id } = await acceptMessage(store, { references: { document: 'INV-1' } });
  await attempt(store, id, 0, failedAttempt);
  return id;
}

describe('/signals', () => {
  it('lists the rules with their channels, and no secret of them', async () => {
    const { status, json } = await call('/signals');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      items: [
        {
          name: 'sending failed',
          on: ['recipient.failed'],
          group: { by: ['cause'] },
          open: 0,
          channels: [{ kind: 'webhook', name: expect.stringContaining('webhook 127.0.0.1'), state: 'on', waiting: 0 }],
        },
        { name: 'channel-failing' },
      ],
      next: null,
    });
    expect(JSON.stringify(json)).not.toContain('whsec_');
    expect((await call('/signals/sending%20failed')).json).toMatchObject({ name: 'sending failed' });
    expect((await call('/signals/nobody')).status).toBe(404);
  });

  it('shows what is open, lets it be acknowledged by rule or id, and closed', async () => {
    const message = await fail();
    await receiver.until(1);
    const open = (await call('/open-signals')).json as { items: { id: string }[] };
    expect(open).toMatchObject({
      items: [
        {
          rule: 'sending failed',
          title: 'partner.example: mailbox does not exist – 1 recipient',
          state: 'open',
          cause: { domain: 'partner.example', category: 'mailbox-unknown' },
          count: 1,
          unresolved: 1,
          told: 1,
          messages: [message],
        },
      ],
      next: null,
    });
    const [{ id } = { id: '' }] = open.items;
    expect((await call('/signals/sending%20failed/acknowledge', { note: 'I call them' })).json).toMatchObject({
      items: [{ id, state: 'acknowledged', acknowledged: { by: 'local', note: 'I call them' } }],
    });
    expect((await call(`/signals/${id}/acknowledge`, {})).json).toEqual({ items: [], next: null });
    expect((await call('/open-signals?state=open')).json).toEqual({ items: [], next: null });
    expect((await call(`/open-signals/${id}/close`, {})).json).toMatchObject({ state: 'closed', closed: { by: 'local', why: 'person' } });
    expect((await call('/open-signals')).json).toEqual({ items: [], next: null });
    expect((await call(`/open-signals/${id}`)).json).toMatchObject({ state: 'closed' });
    expect((await call('/signals/nobody/acknowledge', {})).status).toBe(404);
    expect((await store.audits({}, { limit: 9 })).items.map(({ action }) => action)).toEqual([
      'signal.changed',
      'signal.changed',
      'signal.changed',
    ]);
    expect(await store.signalRecords.get(id)).toMatchObject({ state: 'closed' });
  });

  it('gives deliveries and what they say, and sends one again', async () => {
    receiver.answer = answerWith(500);
    await fail();
    await receiver.until(1);
    const { json } = await call('/signals/sending%20failed/deliveries');
    const [delivery] = (json as { items: { id: string }[] }).items;
    expect(delivery).toMatchObject({ signal: 'sending failed', channel: 0, reason: 'raised', to: null });
    expect((await call(`/signal-deliveries/${delivery?.id}`)).json).toMatchObject({
      body: {
        type: 'signal.raised',
        data: { signal: { rule: 'sending failed', count: 1 }, examples: [{ message: { document: 'INV-1' } }] },
      },
    });
    receiver.answer = answerWith(200);
    expect((await call(`/signal-deliveries/${delivery?.id}/retry`, {})).json).toMatchObject({ state: 'pending' });
    await receiver.until(2);
    expect(receiver.received[1]?.headers['webhook-id']).toBe(delivery?.id);
    expect((await call('/signal-deliveries/msg_0/retry', {})).status).toBe(404);
  });

  it('sends a test', async () => {
    expect((await call('/signals/sending%20failed/test', {})).json).toMatchObject({ items: [{ reason: 'test', state: 'pending' }] });
    await receiver.until(1);
    expect(receiver.received[0]?.body).toMatchObject({ type: 'signal.test', data: { rule: 'sending failed' } });
    expect((await call('/signals/nobody/test', {})).status).toBe(404);
  });

  it('tries a rule against the past: one of the configuration, or any', async () => {
    for (let i = 0; i < 3; i++) await fail();
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 1000).toISOString();
    const { json } = await call('/signals/sending%20failed/try', { from, to });
    expect(json).toMatchObject({ complete: true, events: 3, fired: 1, signals: 1 });
    const each = await call('/signals/any/try', { from, to, rule: { on: ['recipient.failed'], group: 'each' } });
    expect(each.json).toMatchObject({ fired: 3, signals: 0 });
    const none = await call('/signals/any/try', { from, to, rule: { on: ['recipient.failed'], where: { account: ['default'] } } });
    expect(none.json).toMatchObject({ fired: 0, events: 0 });
    expect((await store.pendingSignals()).length + (await store.signals({ signal: 'any' }, { limit: 9 })).items.length).toBeLessThan(2);
  });

  it('says what is wrong with a rule that is to be tried, and where', async () => {
    const { status, json } = await call('/signals/any/try', {
      rule: { on: ['recipient.failed'], after: '1h', threshold: { count: 3, within: '1h' }, where: { category: ['lost'] } },
    });
    expect(status).toBe(400);
    expect(json['errors']).toEqual([
      { in: 'body', path: 'rule.after', detail: 'and threshold exclude each other' },
      { in: 'body', path: 'rule.where.category', detail: expect.stringContaining('there is no category lost; there are mailbox-unknown') },
    ]);
    expect((await call('/signals/any/try', { rule: { on: ['recipient.lost'] } })).json['errors']).toMatchObject([{ path: 'rule.on[0]' }]);
    expect((await call('/signals/any/try', { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' })).status).toBe(400);
    expect((await call('/signals/nobody/try', {})).status).toBe(404);
  });
});
