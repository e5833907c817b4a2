/** Two months of mail of a small company, as a relay would have recorded them: for pages that look back. */

import type { ReportId } from '../../src/domain/ids.ts';
import type { Store } from '../../src/domain/ports.ts';
import type { Category } from '../../src/domain/reply.ts';
import { openStore } from '../../src/store/index.ts';
import { Clock, DAY, Maker, reportEvidence } from '../contract/messages.ts';
import { recordingLog } from '../support/recording-log.ts';

const DAYS = 60;
const HOUR = 3_600_000;
const HOPS = [
  'smtp.provider.example:587',
  'smtp.provider.example:587',
  'smtp.provider.example:587',
  'northwind.example',
  'contoso.example',
];
const TEMPLATES = ['invoice', 'invoice', 'invoice', 'order', 'order', 'reminder', 'statement', null];
const WHY: readonly Category[] = [
  'mailbox-unknown',
  'mailbox-unknown',
  'mailbox-unknown',
  'mailbox-full',
  'policy',
  'spam',
  'domain-unknown',
];
/** Milliseconds from acceptance to the 250. */
const DELAYS = [400, 700, 900, 1_800, 3_000, 900, 600, 9_000, 40_000, 700, 2_400, 280_000, 800, 1_200, 4_000_000];

/** The same at each run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % sides;
  };
}

export async function fillThePast(dataDir: string): Promise<void> {
  const clock = new Clock();
  const make = new Maker(clock);
  const store = await openStore({ dataDir, diskFloor: 0, now: clock.read, log: recordingLog() });
  const roll = dice(7);
  const today = Math.floor(Date.now() / DAY) * DAY;
  try {
    for (let ago = DAYS; ago > 0; ago--) {
      const day = today - ago * DAY;
      const weekend = new Date(day).getUTCDay() % 6 === 0;
      const count = weekend ? 4 + roll(5) : 34 + roll(16) + Math.round((DAYS - ago) / 4) + (new Date(day).getUTCDate() < 3 ? 40 : 0);
      for (let n = 0; n < count; n++) {
        clock.now = day + 7 * HOUR + Math.floor((n / count) * 10 * HOUR);
        await sendOne({ store, make, clock, roll, n: ago * 1000 + n });
      }
    }
  } finally {
    await store.close();
  }
}

interface Sending {
  readonly store: Store;
  readonly make: Maker;
  readonly clock: Clock;
  readonly roll: (sides: number) => number;
  readonly n: number;
}

async function sendOne({ store, make, clock, roll, n }: Sending): Promise<void> {
  const template = TEMPLATES[roll(TEMPLATES.length)] ?? null;
  const address = `customer${roll(300)}@${['northwind', 'contoso', 'fabrikam', 'litware', 'bakkerij-west'][roll(5)]}.example`;
  const { id } = await make.accept(store, {
    account: roll(5) === 0 ? 'shop' : 'erp',
    subject: `${template ?? 'message'} ${n}`,
    references: { template },
    recipients: [address],
  });
  const fate = roll(60);
  const end = async (outcome: 'transferred' | 'deferred' | 'failed', after: number): Promise<void> => {
    const { recipients } = await make.claim(store, id);
    const [recipient] = recipients;
    if (recipient === undefined) throw new Error(`${id} was not free`);
    const ended = make.ended(recipient, outcome, { category: outcome === 'failed' ? (WHY[roll(WHY.length)] ?? 'unknown') : 'transient' });
    const evidence = { ...ended, attempt: { ...ended.attempt, nextHop: HOPS[roll(HOPS.length)] ?? '' } };
    clock.now += after;
    await store.apply([{ message: id, index: 0, evidence }], clock.now);
  };
  if (fate === 1 || fate === 2) await end('deferred', 1_000);
  await end(fate === 0 ? 'failed' : 'transferred', DELAYS[roll(DELAYS.length)] ?? 0);
  if (fate > 3 && fate !== 5) return;
  const action = fate === 5 ? 'delivered' : 'failed';
  if (fate === 3 || fate === 5) {
    await store.apply([{ message: id, index: 0, evidence: reportEvidence(make.id() as string as ReportId, action) }], clock.now + HOUR);
  }
}
