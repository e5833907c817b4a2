import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MxRoute } from '../../../src/domain/settings.ts';
import { authority, signedBy, type TestCertificate } from '../../support/certificates.ts';
import type { FakeZone } from '../../support/fake-dns.ts';
import type { FakeHopOptions } from '../../support/fake-hop.ts';
import { answerWith, policyText, startPolicyHost } from '../../support/policy-host.ts';
import { keyRecord, saidNothing, sendOne, startTransport, type Transport } from './transport.ts';

let ca: TestCertificate;
let strangers: TestCertificate;
let right: TestCertificate;
let wrong: TestCertificate;
let expired: TestCertificate;
let host: TestCertificate;
beforeAll(async () => {
  [ca, strangers] = await Promise.all([authority('A Test CA'), authority('Another CA')]);
  [right, wrong, expired, host] = await Promise.all([
    signedBy(ca, 'mx.example'),
    signedBy(ca, 'www.example'),
    signedBy(ca, 'mx.example', { expired: true }),
    signedBy(ca, 'mta-sts.example.net'),
  ]);
});

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const refuseStartTls: FakeHopOptions['script'] = ({ stage }) => (stage === 'starttls' ? '502 5.5.1 what?' : undefined);

async function start(options: {
  readonly hop: FakeHopOptions;
  readonly policy?: Parameters<typeof policyText>[0];
  readonly zones?: (port: number) => Readonly<Record<string, FakeZone>>;
  readonly dnssec?: boolean;
  readonly route?: Partial<MxRoute>;
}): Promise<Transport> {
  const policies = await startPolicyHost(host, answerWith(policyText(options.policy ?? { mode: 'enforce', mx: ['mx.example'] })));
  open.push(policies);
  return startTransport(
    {
      hop: options.hop,
      dnssec: options.dnssec === true,
      route: { mtaSts: true, ca: ca.certificate, ...options.route },
      delivery: { policyHosts: { port: policies.port, ca: ca.certificate } },
      zones: (port) => ({
        'example.net': { mx: [[10, 'mx.example']] },
        'mx.example': { a: ['127.0.0.1'] },
        '_mta-sts.example.net': { txt: ['v=STSv1; id=1;'] },
        'mta-sts.example.net': { a: ['127.0.0.1'] },
        ...options.zones?.(port),
      }),
    },
    open,
  );
}

describe('MTA-STS: a policy to be enforced', () => {
  it('is kept by a server whose certificate holds for its name', async () => {
    const transport = await start({ hop: { tls: right } });
    const { attempt } = await sendOne(transport);
    expect(attempt).toMatchObject({ outcome: 'transferred', tls: { verified: true, verifiedBy: 'mta-sts', peerName: 'mx.example' } });
    expect(transport.sessions).toEqual(['sts success']);
    expect(await transport.relay.store.mtaStsPolicies.get('example.net')).toMatchObject({ id: '1', mode: 'enforce' });
  });

  const refused: readonly [string, () => Parameters<typeof start>[0], RegExp, string][] = [
    ['a certificate of another name', () => ({ hop: { tls: wrong } }), /MTA-STS.*not for mx\.example/, 'sts certificate-host-mismatch'],
    ['an expired certificate', () => ({ hop: { tls: expired } }), /MTA-STS.*expired/, 'sts certificate-expired'],
    [
      'a certificate that nobody vouches for',
      () => ({ hop: { tls: right }, route: { ca: strangers.certificate } }),
      /MTA-STS.*authority/,
      'sts certificate-not-trusted',
    ],
    [
      'a name that the policy does not know',
      () => ({ hop: { tls: right }, policy: { mode: 'enforce', mx: ['*.else.example'] } }),
      /no MX/,
      'sts validation-failure',
    ],
    [
      'STARTTLS stripped from the offer',
      () => ({ hop: { tls: right, stripStartTls: true, script: refuseStartTls } }),
      /STARTTLS/,
      'sts starttls-not-supported',
    ],
  ];
  for (const [name, options, reason, counted] of refused) {
    it(`R16 ${name}: nothing is said to the server, the mail waits, the hop is blocked`, async () => {
      const transport = await start(options());
      const { recipient, attempt } = await sendOne(transport);
      expect([recipient.state, attempt.phase, attempt.tls]).toEqual(['deferred', 'starttls', null]);
      expect(attempt.error ?? attempt.reply?.text).toMatch(attempt.reply === null ? reason : /what/);
      expect([saidNothing(transport.hop), transport.sessions]).toEqual([true, [counted]]);
      await transport.relay.until(() => transport.relay.store.events.find(({ type }) => type === 'queue.blocked'));
    });
  }

  it('in testing mode is counted, and the mail goes out', async () => {
    const cases: readonly [FakeHopOptions, readonly string[], string][] = [
      [{ tls: wrong }, ['mx.example'], 'sts certificate-host-mismatch'],
      [{ tls: right }, ['else.example'], 'sts validation-failure'],
      [{}, ['mx.example'], 'sts starttls-not-supported'],
      [{ tls: right }, ['mx.example'], 'sts success'],
    ];
    for (const [hop, mx, counted] of cases) {
      const transport = await start({ hop, policy: { mode: 'testing', mx } });
      expect((await sendOne(transport)).recipient.state).toBe('transferred');
      expect(transport.sessions).toEqual([counted]);
    }
  });

  it('gives way to DANE (RFC 8461 §2): TLSA records decide alone', async () => {
    const secure = (port: number): Record<string, FakeZone> => ({
      'example.net': { mx: [[10, 'mx.example']], secure: true },
      'mx.example': { a: ['127.0.0.1'], secure: true },
      [`_${port}._tcp.mx.example`]: { tlsa: [keyRecord(3, wrong.certificate)], secure: true },
    });
    const good = await start({ hop: { tls: wrong }, zones: secure, dnssec: true });
    expect((await sendOne(good)).attempt.tls).toMatchObject({ verifiedBy: 'dane' });
    const bad = await start({ hop: { tls: right }, zones: secure, dnssec: true });
    expect((await sendOne(bad)).recipient.state).toBe('deferred');
    expect(saidNothing(bad.hop)).toBe(true);
  });

  it('is set aside for one message with TLS-Required: No (RFC 8689 §4.2.2), and for that one alone', async () => {
    const content = 'Subject: Invoice\r\nTLS-Required: No\r\n\r\nPlease find it attached.\r\n';
    const { relay, hop } = await start({
      hop: { tls: wrong },
      route: { limits: { connections: 1, rate: null, messagesPerConnection: 100 } },
    });
    const waived = await relay.accept({ to: ['ann@example.net'], content });
    expect((await relay.settled(waived)).recipients[0]).toMatchObject({ state: 'transferred' });
    const usual = await relay.accept({ to: ['ann@example.net'] });
    expect((await relay.settled(usual)).recipients[0]).toMatchObject({ state: 'deferred' });
    expect(hop.messages).toHaveLength(1);
  });
});

describe('REQUIRETLS', () => {
  const REQUIRED = { envelope: { requireTls: true } } as const;
  const offering: readonly string[] = ['PIPELINING', 'REQUIRETLS'];

  it('is passed on to a server that offers it and is authenticated', async () => {
    const transport = await start({ hop: { tls: right, extensions: offering } });
    const { attempt } = await sendOne(transport, REQUIRED);
    expect(attempt).toMatchObject({ outcome: 'transferred', tls: { verifiedBy: 'mta-sts' } });
    expect(transport.hop.messages[0]?.mail).toMatch(/ REQUIRETLS$/);
    await sendOne(transport);
    expect(transport.hop.messages[1]?.mail).not.toContain('REQUIRETLS');
  });

  it('holds with DANE as well', async () => {
    const zones = (port: number): Record<string, FakeZone> => ({
      'example.net': { mx: [[10, 'mx.example']], secure: true },
      'mx.example': { a: ['127.0.0.1'], secure: true },
      [`_${port}._tcp.mx.example`]: { tlsa: [keyRecord(3, wrong.certificate)], secure: true },
    });
    const transport = await start({ hop: { tls: wrong, extensions: offering }, zones, dnssec: true });
    expect((await sendOne(transport, REQUIRED)).attempt.tls).toMatchObject({ verifiedBy: 'dane' });
  });

  const unmet: readonly [string, () => Parameters<typeof start>[0], string][] = [
    ['a server that does not offer it', () => ({ hop: { tls: right } }), '5.7.30'],
    ['one that offers it before TLS alone', () => ({ hop: { extensions: offering, script: refuseStartTls } }), '5.7.10'],
    ['one whose certificate does not hold', () => ({ hop: { tls: wrong, extensions: offering } }), '5.7.10'],
    [
      'one whose name nobody vouches for',
      () => ({ hop: { tls: right, extensions: offering }, zones: () => ({ '_mta-sts.example.net': { txt: [] } }) }),
      '5.7.10',
    ],
    [
      'one with the word in its name',
      () => ({ hop: { tls: right, script: ({ stage }) => (stage === 'ehlo' ? '250 requiretls.example' : undefined) } }),
      '5.7.30',
    ],
  ];
  for (const [name, options, status] of unmet) {
    it(`fails here and now at ${name}: 550 ${status} (RFC 8689 §4.2.1)`, async () => {
      const transport = await start({ ...options(), policy: { mode: 'testing', mx: ['mx.example'] } });
      const { recipient, attempt } = await sendOne(transport, REQUIRED);
      expect([recipient.state, recipient.failure?.addressInvalid]).toEqual(['failed', false]);
      expect(attempt).toMatchObject({ phase: 'local', reply: { code: 550, status } });
      expect(saidNothing(transport.hop)).toBe(true);
      // Others are none the worse for it.
      expect((await sendOne(transport)).recipient.state).toBe('transferred');
    });
  }

  it('waits where a server could not be reached: it may be good enough', async () => {
    const transport = await start({
      hop: { tls: right },
      zones: () => ({
        'example.net': {
          mx: [
            [5, 'down.example'],
            [10, 'mx.example'],
          ],
        },
        'down.example': { a: ['127.0.0.2'] },
      }),
      policy: { mode: 'enforce', mx: ['*.example'] },
    });
    const { recipient, attempt } = await sendOne(transport, REQUIRED);
    expect([recipient.state, attempt.outcome]).toEqual(['deferred', 'unanswered']);
    expect(transport.relay.store.events.some(({ type }) => type === 'queue.blocked')).toBe(false);
    expect((await sendOne(transport)).recipient.state).toBe('transferred');
  });
});
