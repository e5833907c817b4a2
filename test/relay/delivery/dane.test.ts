import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { authority, selfSigned, signedBy, type TestCertificate } from '../../support/certificates.ts';
import type { FakeTlsa, FakeZone } from '../../support/fake-dns.ts';
import { keyRecord, saidNothing, sendOne, startTransport, type Transport } from './transport.ts';

let certificate: TestCertificate;
let other: TestCertificate;
let ca: TestCertificate;
let signed: TestCertificate;
beforeAll(async () => {
  [certificate, other, ca] = await Promise.all([selfSigned('mx.example'), selfSigned('other.example'), authority('A Test CA')]);
  signed = await signedBy(ca, 'mx.example');
});

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

interface Case {
  readonly tlsa?: readonly FakeTlsa[];
  readonly shown?: TestCertificate;
  readonly strip?: boolean;
  readonly zones?: Readonly<Record<string, FakeZone>>;
  readonly tls?: 'none' | 'opportunistic' | 'required';
}

function start({ tlsa, shown = certificate, strip = false, zones = {}, tls = 'opportunistic' }: Case): Promise<Transport> {
  return startTransport(
    {
      hop: { tls: shown, stripStartTls: strip, script: ({ stage }) => (strip && stage === 'starttls' ? '502 5.5.1 what?' : undefined) },
      dnssec: true,
      route: { tls },
      zones: (port) => ({
        'example.net': { mx: [[10, 'mx.example']], secure: true },
        'mx.example': { a: ['127.0.0.1'], secure: true },
        ...(tlsa === undefined ? {} : { [`_${port}._tcp.mx.example`]: { tlsa, secure: true } }),
        ...Object.fromEntries(Object.entries(zones).map(([name, zone]) => [name.replace('PORT', String(port)), zone])),
      }),
    },
    open,
  );
}

describe('DANE: a server with TLSA records', () => {
  it('that match its key is authenticated by them, whoever signed its certificate', async () => {
    const transport = await start({ tlsa: [keyRecord(3, certificate.certificate)] });
    const { recipient, attempt } = await sendOne(transport);
    expect(recipient.state).toBe('transferred');
    expect(attempt.tls).toMatchObject({ verified: true, verifiedBy: 'dane', peerName: 'mx.example', problem: null });
    expect([transport.hop.messages[0]?.secure, transport.sessions]).toEqual([true, ['tlsa success']]);
  });

  it('that name its authority is authenticated by the chain it sends', async () => {
    const { attempt } = await sendOne(await start({ tlsa: [keyRecord(2, ca.certificate)], shown: signed }));
    expect(attempt).toMatchObject({ outcome: 'transferred', tls: { verifiedBy: 'dane' } });
  });

  const refused: readonly [string, () => Case, string][] = [
    ['another key', () => ({ tlsa: [keyRecord(3, other.certificate)] }), 'tlsa validation-failure'],
    ['no STARTTLS', () => ({ tlsa: [keyRecord(3, certificate.certificate)], strip: true }), 'tlsa starttls-not-supported'],
    ['records that can not be had', () => ({ zones: { '_PORT._tcp.mx.example': { failure: 'servfail' } } }), 'tlsa dnssec-invalid'],
  ];
  for (const [name, options, counted] of refused) {
    it(`R16 and ${name} gets no mail, in the clear or otherwise; it waits`, async () => {
      const transport = await start(options());
      const { recipient, attempt } = await sendOne(transport);
      expect([recipient.state, attempt.phase, attempt.tls]).toEqual(['deferred', 'starttls', null]);
      expect(attempt.error).toMatch(/TLSA|STARTTLS/);
      expect(saidNothing(transport.hop)).toBe(true);
      expect(transport.sessions).toEqual([counted]);
      await transport.relay.until(() => transport.relay.store.events.find(({ type }) => type === 'queue.blocked'));
    });
  }

  it('of which none is usable has to speak TLS, and proves nothing (RFC 7672 §2.2)', async () => {
    const unusable = [keyRecord(1, certificate.certificate), { usage: 3, selector: 1, matchingType: 1, data: Buffer.alloc(7) }];
    const { attempt } = await sendOne(await start({ tlsa: unusable }));
    expect(attempt).toMatchObject({ outcome: 'transferred', tls: { verified: false } });
    const stripped = await start({ tlsa: unusable, strip: true });
    expect((await sendOne(stripped)).recipient.state).toBe('deferred');
    expect(saidNothing(stripped.hop)).toBe(true);
  });

  it('at the name that it is an alias of is looked for there first', async () => {
    const zones = (match: TestCertificate): Record<string, FakeZone> => ({
      'mx.example': { cname: 'real.example', secure: true },
      'real.example': { a: ['127.0.0.1'], secure: true },
      '_PORT._tcp.real.example': { tlsa: [keyRecord(3, match.certificate)], secure: true },
    });
    const { attempt } = await sendOne(await start({ zones: zones(certificate) }));
    expect(attempt.tls).toMatchObject({ verifiedBy: 'dane', peerName: 'real.example' });
    expect((await sendOne(await start({ zones: zones(other) }))).recipient.state).toBe('deferred');
  });
});

describe('DANE is not done', () => {
  const cases: readonly [string, Record<string, FakeZone>][] = [
    ['where the MX records were not validated', { 'example.net': { mx: [[10, 'mx.example']] } }],
    ['where the address was not validated', { 'mx.example': { a: ['127.0.0.1'] } }],
    ['where the TLSA records were not validated', { '_PORT._tcp.mx.example': { tlsa: [] } }],
  ];
  for (const [name, zones] of cases) {
    it(name, async () => {
      const wrong = keyRecord(3, other.certificate);
      const given = zones['_PORT._tcp.mx.example'] === undefined ? zones : { '_PORT._tcp.mx.example': { tlsa: [wrong] } };
      const transport = await start({ tlsa: [wrong], zones: given });
      const { attempt } = await sendOne(transport);
      expect(attempt).toMatchObject({ outcome: 'transferred', tls: { verified: false, verifiedBy: null } });
      expect(attempt.tls?.problem).toBe('the certificate is self-signed');
      expect(transport.sessions).toEqual(['no-policy-found success']);
    });
  }

  it('where the route wants no TLS at all', async () => {
    const transport = await start({ tlsa: [keyRecord(3, other.certificate)], tls: 'none' });
    const { attempt } = await sendOne(transport);
    expect([attempt.outcome, attempt.tls]).toEqual(['transferred', null]);
  });
});
