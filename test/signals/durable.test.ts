/** Signals and reports on the store that relais runs on: what was committed survives its closing. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdFactory, type ReportId } from '../../src/domain/ids.ts';
import type { Store } from '../../src/domain/ports.ts';
import { type SignalRule, signalRule } from '../../src/domain/signal-rule.ts';
import { signToken, type TokenKey } from '../../src/domain/tokens.ts';
import { createIntake } from '../../src/relay/reports/intake.ts';
import { parseReport } from '../../src/relay/reports/parse.ts';
import { openStore } from '../../src/store/index.ts';
import { dsn } from '../relay/reports/mails.ts';
import { acceptMessage, attempt, failedAttempt, transferredAttempt } from '../support/accepted-message.ts';
import { recordingLog } from '../support/recording-log.ts';
import { answerWith, type Receiver, startReceiver, verifies } from './receiver.ts';
import { openRoom, type Room } from './room.ts';

const SECRET = `whsec_${Buffer.from('the first secret, 24+ octets').toString('base64')}`;
const KEY: TokenKey = { id: 'k', secret: Buffer.from('a secret that signs tokens') };

let dataDir: string;
let store: Store;
let receiver: Receiver;
let signals: Room | undefined;

const open = (): Promise<Store> => openStore({ dataDir, diskFloor: 0, now: Date.now, log: recordingLog() });
const rules = (): SignalRule[] => [
  signalRule({
    name: 'sending failed',
    on: ['recipient.failed'],
    notify: [{ kind: 'webhook', url: receiver.url, secrets: [SECRET], allowPrivate: true }],
  }),
];
const start = async (now: () => number = Date.now): Promise<void> => {
  signals = await openRoom({ rules: rules(), store, now });
};
const reopen = async (): Promise<void> => {
  await signals?.stop(0);
  signals = undefined;
  await store.close();
  store = await open();
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'relais-signals-'));
  store = await open();
  receiver = await startReceiver();
});
afterEach(async () => {
  await signals?.stop(0);
  signals = undefined;
  await receiver.close();
  await store.close();
  await rm(dataDir, { recursive: true });
});

async function settled(): Promise<void> {
  while ((await store.pendingSignals()).length > 0) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('on the embedded store', () => {
  it('R62 a failure committed while no signals ran goes out after the restart, once', async () => {
    await start();
    await reopen();
    const { id } = await acceptMessage(store);
    await attempt(store, id, 0, failedAttempt);
    await reopen();
    await start();
    await receiver.until(1);
    await settled();
    await reopen();
    await start();
    const later = await acceptMessage(store, { recipients: ['bob@partner.example'] });
    await attempt(store, later.id, 0, failedAttempt);
    await receiver.until(2);
    expect(receiver.received.map(({ body }) => (body.data['recipient'] as { address: string }).address)).toEqual([
      'ann@partner.example',
      'bob@partner.example',
    ]);
    expect(receiver.received.every((received) => verifies(received, SECRET))).toBe(true);
  });

  it('R61 R62 what was not taken is tried again after the restart, under its id', async () => {
    receiver.answer = answerWith(503);
    await start();
    const { id } = await acceptMessage(store);
    await attempt(store, id, 0, failedAttempt);
    await receiver.until(1);
    await signals?.stop(1000);
    await reopen();
    expect(await store.pendingSignals()).toMatchObject([{ attempts: 1, lastAnswer: '503', state: 'pending' }]);
    receiver.answer = answerWith(200);
    await start(() => Date.now() + 10_000);
    await receiver.until(2);
    await settled();
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect((await store.signals({ signal: 'sending failed' }, { limit: 10 })).items).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('a test goes out and is recorded', async () => {
    await start();
    await signals?.desk.test('sending failed');
    await receiver.until(1);
    await settled();
    expect((await store.signals({ signal: 'sending failed' }, { limit: 10 })).items).toMatchObject([{ seq: 0, state: 'delivered' }]);
  });

  it('R47 a late bounce changes its recipient once, also when it comes again after a restart, and is told of once', async () => {
    const { id: message } = await acceptMessage(store, { headers: { messageId: 'original-1@erp.example' } });
    await attempt(store, message, 0, transferredAttempt);
    const take = async (): Promise<ReportId> => {
      const intake = createIntake({
        parser: { parse: parseReport },
        store,
        tokenKeys: [KEY],
        tokenLifetime: 86_400_000,
        reportDomain: 'bounce.example.com',
        now: Date.now,
        newReportId: createIdFactory({ now: Date.now, randomBytes }) as () => ReportId,
        log: recordingLog(),
      });
      const to = `${signToken({ message, index: 0 }, KEY)}@bounce.example.com`;
      return (await intake.take({ raw: dsn(), to, via: 'smtp', source: null })).report.id;
    };
    await start();
    const first = await take();
    await receiver.until(1);
    await settled();
    await reopen();
    await start();
    expect(await take()).toBe(first);
    const detail = await store.message(message);
    expect(detail?.recipients[0]).toMatchObject({
      state: 'failed',
      failure: { source: 'report' },
      reportList: [{ id: first, kind: 'bounce' }],
    });
    expect(detail?.events.map(({ type }) => type)).toEqual(['message.accepted', 'recipient.transferred', 'recipient.failed']);
    expect((await store.report(first))?.raw.equals(dsn())).toBe(true);
    expect(receiver.received[0]?.body.data['event']).toMatchObject({
      type: 'recipient.failed',
      source: 'report',
      report: first,
      rank: 1,
    });
    await settled();
    expect(receiver.received).toHaveLength(1);
  });
});
