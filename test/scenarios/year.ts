/** A year of mail as a company sends it, put into a store day by day, and what retention leaves of it. */
import { expect } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import type { MessageId } from '../../src/domain/ids.ts';
import { legalHoldKey } from '../../src/domain/legal-hold.ts';
import type { Store } from '../../src/domain/ports.ts';
import { startHousekeeping } from '../../src/housekeeping/index.ts';
import { openStore } from '../../src/store/index.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { surroundings } from '../config/surroundings.ts';
import { Clock, DAY, Maker, reportEvidence } from '../contract/messages.ts';
import { recordingLog } from '../support/recording-log.ts';

const YEAR = 365;

/** Days of content and of the record, as the configuration below says them. */
const KEPT = {
  payslip: { content: 7, records: 100 },
  invoice: { content: 300, records: 330 },
  letter: { content: 30, records: 180 },
} as const;
type Kind = keyof typeof KEPT;
const KINDS: readonly Kind[] = ['letter', 'payslip', 'invoice', 'letter'];

const CONFIGURATION = `
hostname: relay.example
routes: [{via: hold}]
reports: {tokenLifetime: 30d}
retention:
  content: 30d
  records: 180d
  events: 90d
  reports: 60d
  audit: 200d
  classes:
    - {match: {template: payslip*}, content: 7d, records: 100d}
    - {match: {documentType: invoice}, content: 300d, records: 330d}
`;

interface Sent {
  readonly id: MessageId;
  readonly day: number;
  readonly kind: Kind;
  /** Neither content nor record goes. */
  readonly stays: boolean;
}

interface Year {
  readonly dataDir: string;
  readonly messagesADay: number;
  /** Mail is sent every so many days. */
  readonly everyDays: number;
}

export async function cleanAYear({ dataDir, messagesADay, everyDays }: Year): Promise<void> {
  const clock = new Clock();
  const first = clock.now;
  const options = { dataDir, diskFloor: 0, now: clock.read, log: recordingLog() };
  const store = await openStore({ ...options, segmentSize: 256 * 1024 });
  const sent = await sendAll(store, clock, { messagesADay, everyDays });
  clock.now = first + YEAR * DAY;
  await store.consumers.put('erp', { seq: store.lastSeq, at: clock.now });
  const { retention } = parseConfig(CONFIGURATION, '/etc/relais.yaml', surroundings()).config;
  const housekeeping = startHousekeeping({ retention, store, now: clock.read, log: options.log });
  const planned = await housekeeping.cleanup.plan();
  const { counts, error } = await housekeeping.cleanup.run({ kind: 'local', name: 'local' });
  await housekeeping.stop();
  expect(error).toBeNull();
  // Reports that go with their message are not counted a second time.
  expect({ ...counts, reports: 0 }).toEqual({ ...planned, reports: 0 });
  await expectKept(store, sent);
  await expectAges(store, clock.now);
  await store.close();
  const { findings, counts: found } = await verifyStore({ dataDir, now: clock.read, log: options.log });
  expect(findings).toEqual([]);
  expect(found.messages).toBe(sent.filter((one) => isKept(one)).length);
  // Another run finds nothing more to do.
  const again = await openStore(options);
  expect(await again.planCleanup({ contentBefore: 0, recordsBefore: 0, now: clock.now })).toMatchObject({ contents: 0, records: 0 });
  await again.close();
}

async function sendAll(store: Store, clock: Clock, { messagesADay, everyDays }: Omit<Year, 'dataDir'>): Promise<Sent[]> {
  const make = new Maker(clock);
  const first = clock.now;
  const sent: Sent[] = [];
  for (let day = 0; day < YEAR; day += everyDays) {
    const today: Promise<Sent>[] = [];
    for (let n = 0; n < messagesADay; n++) {
      clock.now = first + day * DAY + n;
      today.push(sendOne(store, make, day, Math.floor(day / everyDays) * messagesADay + n));
    }
    sent.push(...(await Promise.all(today)));
  }
  return sent;
}

/** Of each fifty one waits in the queue still, one lies under a legal hold, one bounced, and one was looked at. */
async function sendOne(store: Store, make: Maker, day: number, number: number): Promise<Sent> {
  const kind = KINDS[number % KINDS.length] ?? 'letter';
  const references = { payslip: { template: 'payslip-nl' }, invoice: { documentType: 'invoice', document: `I-${number}` }, letter: {} }[
    kind
  ];
  const { id } = await make.accept(store, { subject: `${kind} ${number}`, references, body: Buffer.alloc(2000, `${kind} ${number} `) });
  const fate = number % 50;
  if (fate !== 7) await make.attempt(store, id, fate === 9 ? 'failed' : 'transferred');
  const { now } = make.clock;
  if (fate === 17) {
    const hold = { name: id, message: id, filter: null, reason: 'a case', by: null, at: now };
    await store.legalHolds.put(legalHoldKey(hold), hold);
  }
  if (fate === 27) {
    const report = make.report({ matched: { message: id, index: 0, rank: 1 } });
    const items = [{ message: id, index: 0, evidence: reportEvidence(report.id, 'failed') }];
    await store.recordReport({ report, raw: Buffer.from('Action: failed\r\n'), items, now, fingerprint: `f${number}` });
  }
  if (fate === 37) {
    const by = { kind: 'user', name: 'ann' } as const;
    await store.appendAudit({ at: now, by, action: 'content.read', subject: { kind: 'message', id }, detail: {}, address: null });
  }
  return { id, day, kind, stays: fate === 7 || fate === 17 };
}

/** At the end of the year. */
function isKept({ day, kind, stays }: Sent): boolean {
  return stays || YEAR - day <= KEPT[kind].records;
}

async function expectKept(store: Store, sent: readonly Sent[]): Promise<void> {
  const wrong: string[] = [];
  for (const one of sent) {
    const detail = await store.message(one.id);
    const state = detail === undefined ? 'gone' : detail.contentErased ? 'without content' : 'whole';
    const { content } = KEPT[one.kind];
    const due = !isKept(one) ? 'gone' : one.stays || YEAR - one.day <= content ? 'whole' : 'without content';
    if (state !== due) wrong.push(`${one.kind} of day ${one.day}: ${state}, and should be ${due}`);
    if (due === 'whole') await store.content(one.id);
  }
  expect(wrong).toEqual([]);
}

/** Nothing older than its time is left of feed, reports and audit log. */
async function expectAges(store: Store, now: number): Promise<void> {
  const { items } = await store.changes({ after: await beginning(store), limit: 1 });
  expect(items[0]?.at).toBeGreaterThanOrEqual(now - 91 * DAY);
  const reports = (await store.reports({}, { limit: 500 })).items;
  expect(Math.min(...reports.map(({ receivedAt }) => receivedAt))).toBeGreaterThanOrEqual(now - 60 * DAY);
  const audits = (await store.audits({}, { limit: 500 })).items;
  expect(Math.min(...audits.map(({ at }) => at))).toBeGreaterThanOrEqual(now - 200 * DAY);
  expect([reports.length, audits.length].every((length) => length > 0)).toBe(true);
}

/** The position before the first event that is kept. */
async function beginning(store: Store): Promise<number> {
  let [low, high] = [0, store.lastSeq];
  while (low < high) {
    const middle = (low + high) >> 1;
    const readable = await store.changes({ after: middle, limit: 1 }).then(
      () => true,
      () => false,
    );
    if (readable) high = middle;
    else low = middle + 1;
  }
  return low;
}
