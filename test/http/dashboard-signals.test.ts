/** The pages of signals, over the room of signals itself: the list, one of them, deliveries, rules, a rule tried. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSignalRule } from '../../src/config/index.ts';
import { parseConfig } from '../../src/config/load.ts';
import { BY_CAUSE, signalRule } from '../../src/domain/signal-rule.ts';
import { createApp } from '../../src/http/index.ts';
import { answerWith, type Receiver, startReceiver } from '../signals/receiver.ts';
import { openRoom, type Room as SignalRoom } from '../signals/room.ts';
import { acceptMessage, attempt, failedAttempt } from '../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { formSender, signedIn } from './browser.ts';
import { httpOptions, type Room } from './harness.ts';

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
let page: (path: string, init?: RequestInit) => Promise<{ readonly status: number; readonly text: string }>;
let submit: (path: string, fields: Record<string, string>) => Promise<Response>;

beforeEach(async () => {
  store = createMemoryStore();
  receiver = await startReceiver();
  signals = await openRoom({
    store,
    rules: [
      signalRule({
        name: 'sending <failed>',
        on: ['recipient.failed'],
        where: { template: ['invoice*'] },
        group: BY_CAUSE,
        repeat: 7_200_000,
        notify: [{ kind: 'webhook', url: receiver.url, secrets: [SECRET], allowPrivate: true }],
      }),
    ],
  });
  const { app } = createApp({
    ...httpOptions(store).options,
    signals: () => signals.desk,
    readSignalRule: (source) => readSignalRule(source, config),
  });
  const room = { app } as Room;
  const [get, send] = await Promise.all([signedIn(room), formSender(room)]);
  page = async (path, init) => {
    const answer = await get(path, init);
    return { status: answer.status, text: await answer.text() };
  };
  submit = (path, fields) => send(path, fields);
});
afterEach(async () => {
  await signals.stop(0);
  await receiver.close();
});

/** One signal, told once. */
async function raised(): Promise<{ readonly message: string; readonly id: string }> {
  const { id: message } = await acceptMessage(store, { references: { document: 'INV-1', template: 'invoice' } });
  await attempt(store, message, 0, failedAttempt);
  await receiver.until(1);
  const [record] = signals.desk.records({});
  return { message, id: record?.id ?? '' };
}

/** What the receiver said stands in the record of the delivery. */
async function answered(answer: string): Promise<void> {
  const last = async () => (await store.signals({ signal: 'sending <failed>' }, { limit: 1 })).items[0]?.lastAnswer;
  await expect.poll(last, { timeout: 5000, interval: 5 }).toContain(answer);
}

const TITLE = 'partner.example: mailbox does not exist – 1 recipient';

describe('the list', () => {
  it('shows what is open, by its cause, on the overview too, until somebody takes it in hand', async () => {
    expect((await page('/signals')).text).toContain('Nothing is open');
    const { id } = await raised();
    for (const path of ['/', '/signals']) {
      expect((await page(path)).text).toContain(`href="/signals/${id}">${TITLE}</a>`);
    }
    expect((await page('/signals?signal=other')).text).toContain('Nothing is open');
    const taken = await submit(`/signals/${id}/acknowledge`, { back: 'list' });
    expect([taken.status, taken.headers.get('location')]).toEqual([303, '/signals']);
    expect((await page('/signals')).text).toMatch(/In hand: local/);
    expect((await page('/')).text).not.toContain(`/signals/${id}`);
    const german = await page('/signals', { headers: { 'accept-language': 'de' } });
    expect(german.text).toContain('partner.example: Postfach gibt es nicht – 1 Empfänger');
  });

  it('moves what is over to its own tab', async () => {
    const { id } = await raised();
    await submit(`/signals/${id}/close`, {});
    expect((await page('/signals')).text).toContain('Nothing is open');
    const over = await page('/signals?state=closed');
    expect(over.text).toContain(TITLE);
    expect(over.text).toContain('Closed by local');
  });
});

describe('one signal', () => {
  it('shows its cause, its messages, who was told, and what was noted', async () => {
    const { id, message } = await raised();
    await answered('204');
    await submit(`/signals/${id}/acknowledge`, { note: '<b>I call them</b>' });
    const { text } = await page(`/signals/${id}`);
    expect(text).toContain(`href="/messages/${message}"`);
    expect(text).toContain('<q>&lt;b&gt;I call them&lt;/b&gt;</q>');
    expect(text).toContain('mailbox-unknown');
    expect(text).toMatch(/webhook 127\.0\.0\.1[^<]*<\/b><span class="badge told-delivered">Taken/);
    expect((await page('/signals/01K0000000000000000000000A')).status).toBe(404);
    expect((await submit('/signals/sending%20%3Cfailed%3E/acknowledge', {})).status).toBe(404);
  });

  it('what was given up is sent again by hand', async () => {
    receiver.answer = answerWith(500);
    const { id } = await raised();
    await answered('500');
    const [delivery] = (await store.signals({ signal: 'sending <failed>' }, { limit: 1 })).items;
    expect((await page(`/signals/${id}`)).text).toContain(`value="${delivery?.id}"`);
    receiver.answer = answerWith(200);
    const sent = await submit('/signals/deliveries/retry', { delivery: delivery?.id ?? '', back: id });
    expect(sent.headers.get('location')).toBe(`/signals/${id}?again=1#deliveries`);
    await receiver.until(2);
    expect((await page(`/signals/${id}?again=1`)).text).toContain('It is on its way again.');
    expect((await page('/signals/deliveries?signal=sending%20%3Cfailed%3E')).text).toContain(`href="/signals/${id}"`);
  });
});

describe('the rules', () => {
  it('are shown as they run, and send a test', async () => {
    const { text } = await page('/signals/rules');
    expect(text).toContain('sending &lt;failed&gt;');
    expect(text).toContain('<code>invoice*</code>');
    expect(text).toContain('2 hours');
    expect(text).not.toContain('whsec_');
    const tested = await submit('/signals/rules/test', { signal: 'sending <failed>' });
    expect(tested.headers.get('location')).toBe('/signals/rules?tested=1');
    await receiver.until(1);
    expect(receiver.received[0]?.body).toMatchObject({ type: 'signal.test' });
  });

  it('one that runs, or one that is written, is tried on the past', async () => {
    await raised();
    const running = await submit('/signals/rules/try', { do: 'running', signal: 'sending <failed>', days: '7' });
    expect(await running.text()).toContain('Would have told 1 time in the last 7 days');
    const own = await submit('/signals/rules/try', { do: 'own', yaml: 'on: [recipient.delivered]', days: '30' });
    expect(await own.text()).toContain('Would have told nobody in the last 30 days');
    const wrong = await submit('/signals/rules/try', { do: 'own', yaml: 'on: [nothing]\nwhen: 1', days: '1' });
    expect(wrong.status).toBe(400);
    const said = await wrong.text();
    expect(said).toMatch(/id="yaml-fault"[^>]*>[^<]*when: unknown key/);
    expect(said).toContain('on: [nothing]');
  });
});
