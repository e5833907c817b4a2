import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Route } from '../../../src/domain/settings.ts';
import { type SandboxHop, startSandboxHop } from '../../../src/relay/sandbox/index.ts';
import { type Harness, settings, silentLog, startHarness } from '../delivery/harness.ts';

const ROUTE: Route = { via: 'sandbox', match: {}, returnPath: 'verp', limits: { connections: 5, rate: null, messagesPerConnection: 100 } };

let hop: SandboxHop;
let relay: Harness;
beforeAll(async () => {
  hop = await startSandboxHop({ hostname: 'hop.test', reportTo: null, log: silentLog, delays: { slow: 50, greylist: 100 } });
  relay = await startHarness([ROUTE], {
    sandboxHop: hop,
    reportDomain: 'bounce.test',
    settings: settings({ retry: { delays: [60], expireAfter: 60_000 } }),
  });
});
afterAll(async () => {
  await relay.stop();
  await hop.stop();
});

it('one message to each of the sandbox recipients ends as each of them says', async () => {
  const expected: Readonly<Record<string, readonly [state: string, category: string | null, invalid: boolean | null]>> = {
    bounce: ['failed', 'mailbox-unknown', true],
    full: ['failed', 'mailbox-full', false],
    blocked: ['failed', 'blocked', false],
    defer: ['transferred', null, null],
    greylist: ['transferred', null, null],
    slow: ['transferred', null, null],
    'late-bounce': ['transferred', null, null],
    anyone: ['transferred', null, null],
  };
  const id = await relay.accept({ to: Object.keys(expected).map((name) => `${name}@example.net`) });
  const { recipients } = await relay.settled(id, ['transferred', 'failed']);
  const seen = recipients.map(({ address, state, failure }) => [
    address.split('@')[0],
    [state, failure?.category ?? null, failure?.addressInvalid ?? null],
  ]);
  expect(Object.fromEntries(seen)).toEqual(expected);
  expect(recipients.find(({ address }) => address.startsWith('defer'))?.attemptList.map(({ reply }) => reply?.code)).toEqual([451, 250]);
});
