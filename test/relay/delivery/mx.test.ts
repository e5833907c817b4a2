import { afterEach, describe, expect, it } from 'vitest';
import { systemResolver } from '../../../src/relay/delivery/dns.ts';
import { createFindMx, type MxAnswer } from '../../../src/relay/delivery/mx.ts';
import { type FakeZone, startFakeDns } from '../../support/fake-dns.ts';
import { type FakeHop, startFakeHop } from '../../support/fake-hop.ts';
import { type Harness, mxRoute, settings, startHarness } from './harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const ZONES: Readonly<Record<string, FakeZone>> = {
  'two.example': {
    mx: [
      [20, 'far.example'],
      [10, 'near.example'],
    ],
  },
  'equal.example': {
    mx: [
      [10, 'near.example'],
      [10, 'far.example'],
    ],
  },
  'near.example': { a: ['127.0.0.1'] },
  'far.example': { a: ['127.0.0.2'] },
  'bare.example': { a: ['127.0.0.1'], aaaa: ['2001:db8::7'] },
  'null.example': { mx: [[0, '']] },
  'empty.example': {},
  'broken.example': { failure: 'servfail' },
  'lost-host.example': { mx: [[10, 'nowhere.invalid']] },
  'ours.example': {
    mx: [
      [10, 'relay.test'],
      [20, 'near.example'],
    ],
  },
  'backup.example': {
    mx: [
      [10, 'near.example'],
      [20, 'relay.test'],
      [30, 'far.example'],
    ],
  },
};

async function lookUp(domain: string, random: () => number = () => 0): Promise<MxAnswer> {
  const dns = await startFakeDns(ZONES);
  open.push(dns);
  return createFindMx({ resolver: systemResolver([dns.server]), hostname: 'relay.test', random, now: Date.now })(domain);
}

describe('where the mail of a domain goes', () => {
  const near = { name: 'near.example', address: '127.0.0.1' };
  const far = { name: 'far.example', address: '127.0.0.2' };
  const cases: readonly [domain: string, what: string, answer: unknown][] = [
    ['two.example', 'MX by preference', { kind: 'hosts', hosts: [near, far] }],
    [
      'bare.example',
      'its own address where there is no MX (RFC 5321 §5.1)',
      {
        kind: 'hosts',
        hosts: [
          { name: 'bare.example', address: '127.0.0.1' },
          { name: 'bare.example', address: '2001:db8::7' },
        ],
      },
    ],
    ['null.example', 'nowhere: null MX (RFC 7505)', { kind: 'refused', reply: { code: 556, status: '5.1.10' }, addressInvalid: true }],
    [
      'missing.example',
      'nowhere: there is no such domain',
      { kind: 'refused', reply: { status: '5.1.2' }, category: 'domain-unknown', addressInvalid: true },
    ],
    ['empty.example', 'nowhere: neither MX nor address', { kind: 'refused', reply: { status: '5.4.4' }, addressInvalid: false }],
    ['broken.example', 'not known now: the server failed', { kind: 'unreachable' }],
    ['lost-host.example', 'not known now: no host has an address', { kind: 'unreachable' }],
    ['ours.example', 'not to ourselves', { kind: 'unreachable' }],
    ['backup.example', 'only to hosts before us', { kind: 'hosts', hosts: [near] }],
    ['[192.0.2.7]', 'to the literal address', { kind: 'hosts', hosts: [{ name: null, address: '192.0.2.7' }] }],
    ['[ipv6:2001:db8::1]', 'to the literal IPv6 address', { kind: 'hosts', hosts: [{ name: null, address: '2001:db8::1' }] }],
  ];
  for (const [domain, what, answer] of cases) {
    it(`${domain}: ${what}`, async () => {
      expect(await lookUp(domain)).toMatchObject(answer as object);
    });
  }

  it('hosts of equal preference are taken by lot', async () => {
    const lots = [0.9, 0.1];
    expect(await lookUp('equal.example', () => lots.shift() ?? 0)).toMatchObject({ hosts: [far, near] });
  });

  it('asks once for a burst, and again after no answer', async () => {
    const dns = await startFakeDns(ZONES);
    open.push(dns);
    const find = createFindMx({ resolver: systemResolver([dns.server]), hostname: 'relay.test', random: () => 0, now: Date.now });
    await Promise.all([find('two.example'), find('two.example'), find('two.example')]);
    expect(dns.questions.filter((question) => question === 'MX two.example')).toHaveLength(1);
    await find('broken.example');
    const asked = dns.questions.length;
    await find('broken.example');
    expect(dns.questions.length).toBeGreaterThan(asked);
  });
});

describe('delivery by MX', () => {
  async function start(): Promise<{ hop: FakeHop; relay: Harness }> {
    const hop = await startFakeHop();
    const dns = await startFakeDns({
      ...ZONES,
      'down.example': {
        mx: [
          [5, 'far.example'],
          [10, 'near.example'],
        ],
      },
    });
    const relay = await startHarness([mxRoute(hop.port)], { settings: settings({ resolvers: [dns.server] }) });
    open.push(hop, dns, relay);
    return { hop, relay };
  }

  it('tries the hosts in turn within one attempt, one queue a domain', async () => {
    const { hop, relay } = await start();
    // Nothing listens on 127.0.0.2: the first host of down.example refuses.
    const id = await relay.accept({ to: ['ann@down.example', 'bob@bare.example'] });
    const { recipients } = await relay.settled(id, ['transferred']);
    expect(recipients.map(({ attempts, confidence }) => [attempts, confidence])).toEqual([
      [1, 'accepted-by-recipient-server'],
      [1, 'accepted-by-recipient-server'],
    ]);
    expect(recipients.map(({ attemptList }) => [attemptList[0]?.nextHop, attemptList[0]?.address])).toEqual([
      ['down.example', `127.0.0.1:${hop.port}`],
      ['bare.example', `127.0.0.1:${hop.port}`],
    ]);
  });

  it('fails what the DNS says is dead, defers what it does not say', async () => {
    const { relay } = await start();
    const id = await relay.accept({ to: ['a@null.example', 'b@missing.example', 'c@broken.example'] });
    const { recipients } = await relay.settled(id);
    expect(recipients.map(({ state, failure }) => [state, failure?.status, failure?.category, failure?.addressInvalid])).toEqual([
      ['failed', '5.1.10', 'domain-unknown', true],
      ['failed', '5.1.2', 'domain-unknown', true],
      ['deferred', null, 'transient', false],
    ]);
    expect(recipients[2]?.attemptList[0]).toMatchObject({ phase: 'dns', address: null });
  });
});
