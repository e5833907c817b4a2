/** A next hop that behaves at random, from a seed: nothing it says may crash, block, or fail whom it did not refuse. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Exchange, type Script, type Step, startFakeHop } from '../../support/fake-hop.ts';
import { type Harness, settings, smarthost, startHarness } from './harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PASSING = [
  '250 2.0.0 fine',
  '250-one\r\n250 two',
  '250',
  '220 again?',
  '251 will forward',
  '354 go on',
  '334 VXNlcm5hbWU6',
  '421 4.3.2 closing',
  '450 4.2.0 greylisted',
  '451 4.7.0 slow down',
  '452 4.3.1 full',
  '000 nothing',
  '999 more',
  'hello there',
  '2',
  '25',
  '250-never ends',
  '\u00ff\u0000\u0007 250 ok',
  ' 250 ok',
  '',
  '250 \u{1f4e7}',
  `250 ${'long '.repeat(3_000)}`,
];
const REFUSING = [
  '550 5.1.1 no such user',
  '554 5.7.1 message refused',
  '552 5.2.2 full',
  '553 5.1.3 odd',
  '500 what',
  '503 5.5.1 order',
  '535 no',
];
/** Exchanges after which it comes to its senses. */
const WILD = 80;

/** `disordered`: replies too many and too few, so that nobody can say any more which belongs to what. */
function wildStep(random: () => number, replies: readonly string[], disordered: boolean): Step | undefined {
  const chance = random();
  const reply = replies[Math.floor(random() * replies.length)] ?? '250 ok';
  if (chance < 0.45) return undefined;
  if (chance < 0.75) return { reply };
  if (chance < 0.8) return disordered ? { reply: null } : { reply };
  if (chance < 0.84) return { reply, close: 'destroy' };
  if (chance < 0.88) return { reply: null, close: random() < 0.5 ? 'end' : 'destroy' };
  if (chance < 0.92) return { reply: '250 a reply that takes its time', drip: 8 };
  if (chance < 0.94) return { reply, delay: 100 };
  if (chance < 0.95) return { reply: '250 on and on', endless: true };
  return disordered ? { reply: [reply, replies[Math.floor(random() * replies.length)] ?? ''] } : { reply, delay: 5 };
}

/** Who was refused by a 5xx: by the reply's own number, the recipients it was for. At MAIL it is for whoever follows. */
type Refusals = Map<string, readonly string[] | 'all'>;

function watch(refusals: Refusals, script: Script): Script {
  const recipients = new Map<number, string[]>();
  return (exchange: Exchange) => {
    const step = script(exchange);
    const { stage, connection, line } = exchange;
    const own = recipients.get(connection) ?? [];
    if (stage === 'mail') recipients.set(connection, []);
    const recipient = /<(.*)>/.exec(line)?.[1] ?? '';
    if (stage === 'rcpt') own.push(recipient);
    if (typeof step !== 'object' || typeof step.reply !== 'string' || !step.reply.startsWith('5')) return step;
    const number = `no. ${refusals.size}`;
    refusals.set(number, stage === 'mail' ? 'all' : stage === 'rcpt' ? [recipient] : stage === 'data' || stage === 'content' ? own : []);
    return { ...step, reply: `${step.reply}, ${number}` };
  };
}

async function startRelay(port: number): Promise<Harness> {
  const timeouts = { connect: 300, greeting: 60, command: 60, rcpt: 60, data: 60, block: 60, final: 60 };
  const limits = { connections: 4, rate: null, messagesPerConnection: 5 };
  const relay = await startHarness([smarthost(port, { limits })], {
    timeouts,
    settings: settings({ retry: { delays: [4], expireAfter: 3_600_000 }, attemptTimeout: 250, lease: 5_000 }),
  });
  open.push({ stop: () => relay.stop(0) });
  return relay;
}

async function run(seed: number, replies: readonly string[], disordered: boolean): Promise<{ failed: string[]; unrefused: string[] }> {
  const random = randomFrom(seed);
  const refusals: Refusals = new Map();
  let said = 0;
  const script = watch(refusals, () => (said++ < WILD ? wildStep(random, replies, disordered) : undefined));
  const hop = await startFakeHop({ script, extensions: seed % 2 === 0 ? ['PIPELINING', 'SIZE 1000000', 'DSN'] : ['SIZE'] });
  open.push(hop);
  const relay = await startRelay(hop.port);
  const ids = await Promise.all(
    Array.from({ length: 12 }, (_, i) => relay.accept({ to: Array.from({ length: 1 + (i % 3) }, (_, j) => `u${i}-${j}@example.net`) })),
  );
  const failed: string[] = [];
  const unrefused: string[] = [];
  for (const id of ids) {
    const { recipients } = await relay.settled(id, ['transferred', 'failed']);
    for (const { address, state, failure } of recipients) {
      if (state !== 'failed') continue;
      failed.push(address);
      const by = refusals.get(/no\. \d+$/.exec(failure?.reply?.text ?? '')?.[0] ?? '');
      if (by !== 'all' && by?.includes(address) !== true) unrefused.push(`${address}: ${JSON.stringify(failure)}`);
    }
  }
  expect(relay.delivery.up).toBe(true);
  expect(relay.delivery.nextHops()[0]).toMatchObject({ waiting: 0, attempting: 0 });
  return { failed, unrefused };
}

describe('a next hop that behaves at random', () => {
  it('fails nobody as long as it refuses nobody, whatever else it says', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map((seed) => run(seed, PASSING, true)));
    expect(runs.flatMap(({ failed }) => failed)).toEqual([]);
  });

  it('fails only those it refused', async () => {
    const runs = await Promise.all([11, 12, 13, 14].map((seed) => run(seed, [...REFUSING, ...PASSING.slice(0, 3)], false)));
    expect(runs.flatMap(({ unrefused }) => unrefused)).toEqual([]);
    expect(runs.flatMap(({ failed }) => failed).length).toBeGreaterThan(0);
  });
});
