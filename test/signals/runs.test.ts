/** Runs: what comes of each and how it goes, what came twice, and held by a person or a rule. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { type RunRecord, runFigures } from '../../src/domain/run.ts';
import { signalRule } from '../../src/domain/signal-rule.ts';
import { acceptMessage, attempt, failedAttempt, type MessageRequest, transferredAttempt } from '../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { openRoom, type Room } from './room.ts';

const HOLD = signalRule({
  name: 'too many failures',
  on: ['recipient.failed'],
  threshold: { kind: 'share', share: 0.2, least: 3, within: 'run' },
  group: { by: ['run'], within: 86_400_000, wait: 0 },
  hold: true,
});

let store: MemoryStore;
let room: Room;

beforeEach(async () => {
  store = createMemoryStore();
  room = await openRoom({ store, rules: [HOLD], runGather: 1 });
});
afterEach(() => room.stop(0));

const PAYROLL: MessageRequest = { references: { run: { name: 'payroll', expected: 5 }, tags: { run: 'payroll' }, template: 'payslip' } };

async function seen(so: (run: RunRecord) => boolean): Promise<RunRecord> {
  await expect.poll(() => room.desk.runs().some(so), { timeout: 5000, interval: 5 }).toBe(true);
  const found = room.desk.runs().find(so);
  if (found === undefined) throw new Error('it was there a moment ago');
  return found;
}

async function sent(request: MessageRequest, end: Parameters<typeof attempt>[3] | null): Promise<MessageId> {
  const { id } = await acceptMessage(store, request);
  if (end !== null) await attempt(store, id, 0, end);
  return id;
}

describe('a run', () => {
  it('that is named is one from its first message, with what is expected, came, went through and failed', async () => {
    await sent(PAYROLL, transferredAttempt);
    const failed = await sent(PAYROLL, failedAttempt);
    await sent({ ...PAYROLL, recipients: ['ann@partner.example', 'bob@partner.example'] }, null);
    const run = await seen(({ messages, states }) => messages === 3 && states.failed === 1);
    expect(run).toMatchObject({ key: 'erp: payroll', name: 'payroll', template: 'payslip', recipients: 4, duplicates: 0 });
    expect(runFigures(run)).toEqual({
      expected: 5,
      received: 3,
      missing: 2,
      waiting: 2,
      held: 0,
      transferred: 1,
      failed: 1,
      cancelled: 0,
    });
    expect(run.failures).toEqual([{ message: failed, index: 0, category: 'mailbox-unknown' }]);
  });

  it('is known by a burst of one template, and of others nothing is kept', async () => {
    const burst: MessageRequest = { references: { template: 'reminder' } };
    for (let i = 0; i < 20; i++) await sent(burst, i === 0 ? failedAttempt : null);
    await sent({ references: { template: 'order' } }, null);
    await sent({ ...burst, origin: 'resend' }, null);
    const run = await seen(({ messages }) => messages === 20);
    expect(run).toMatchObject({ name: null, template: 'reminder', account: 'erp', expected: null });
    expect(runFigures(run)).toMatchObject({ received: 20, waiting: 19, failed: 1 });
    expect(room.desk.runs()).toHaveLength(1);
  });

  it('points out the same document to the same recipient, and whether it is the same to the octet', async () => {
    const invoice = (document: string, content: string, recipient = 'ann@partner.example'): MessageRequest => ({
      references: { ...PAYROLL.references, document },
      recipients: [recipient],
      content,
    });
    const first = await sent(invoice('A', 'one'), null);
    await sent(invoice('B', 'one'), null);
    await sent(invoice('A', 'one', 'bob@partner.example'), null);
    const again = await sent(invoice('A', 'one', 'Ann@PARTNER.example'), null);
    const other = await sent(invoice('A', 'two'), null);
    const run = await seen(({ messages }) => messages === 5);
    expect(run).toMatchObject({ duplicates: 2, identical: 1 });
    expect(run.duplicateExamples).toMatchObject([
      { message: again, of: first, index: 0, identical: true },
      { message: other, identical: false },
    ]);
  });

  it('counts each event once, also where relais is stopped and started in between', async () => {
    await sent(PAYROLL, transferredAttempt);
    await seen(({ messages }) => messages === 1);
    await room.stop(0);
    await sent(PAYROLL, failedAttempt);
    room = await openRoom({ store, rules: [HOLD], runGather: 1 });
    const run = await seen(({ messages, states }) => messages === 2 && states.failed === 1);
    expect(runFigures(run)).toMatchObject({ received: 2, transferred: 1, failed: 1, waiting: 0 });
  });
});

it('readers that found nothing write where they are all the same, once an hour: the clean-up waits for them', async () => {
  await room.stop(0);
  let now = Date.now();
  room = await openRoom({ store, rules: [HOLD], runGather: 1, now: () => now });
  const positions = () => Promise.all(['signals', 'runs'].map(async (name) => (await store.consumers.get(name))?.seq));
  const [before] = await positions();
  await sent({}, null);
  now += 3_600_000;
  await sent({}, null);
  await expect.poll(positions, { timeout: 5000, interval: 5 }).toEqual([store.lastSeq, store.lastSeq]);
  expect(store.lastSeq).toBeGreaterThan(before ?? 0);
});

describe('holding a run', () => {
  const states = async (id: MessageId) => (await store.record(id))?.recipients.map(({ state }) => state);

  it('a rule holds what waits and what comes, once failures leap, until somebody releases it', async () => {
    const waiting = await sent(PAYROLL, null);
    const elsewhere = await sent({ references: { template: 'payslip' } }, null);
    for (let i = 0; i < 4; i++) await sent(PAYROLL, failedAttempt);
    const run = await seen(({ held, states: counted }) => held !== null && counted.held === 1);
    expect(run.held).toMatchObject({ by: null, rule: 'too many failures' });
    const later = await sent(PAYROLL, null);
    await expect.poll(() => states(later), { timeout: 5000, interval: 5 }).toEqual(['held']);
    expect([await states(waiting), await states(elsewhere)]).toEqual([['held'], ['queued']]);

    await room.desk.releaseRun(run.id, 'ann');
    expect([await states(waiting), await states(later)]).toEqual([['queued'], ['queued']]);
    await sent(PAYROLL, failedAttempt);
    await seen(({ states: counted }) => counted.failed === 5);
    expect(room.desk.run(run.id)).toMatchObject({ released: { by: 'ann' } });
    expect(await states(waiting)).toEqual(['queued']);
  });

  it('a person does, and a restart holds on to it', async () => {
    const waiting = await sent(PAYROLL, null);
    const run = await seen(({ messages }) => messages === 1);
    expect(await room.desk.holdRun(run.id, 'ann')).toMatchObject({ held: { by: 'ann', rule: null } });
    expect(await states(waiting)).toEqual(['held']);
    await room.stop(0);
    room = await openRoom({ store, rules: [HOLD], runGather: 1 });
    const later = await sent(PAYROLL, null);
    await expect.poll(() => states(later), { timeout: 5000, interval: 5 }).toEqual(['held']);
    expect(await room.desk.holdRun('no such run', 'ann')).toBeUndefined();
  });
});
