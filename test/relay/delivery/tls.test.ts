import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SmarthostRoute } from '../../../src/domain/settings.ts';
import { selfSigned, type TestCertificate } from '../../support/certificates.ts';
import { type FakeHop, type FakeHopOptions, startFakeHop } from '../../support/fake-hop.ts';
import { type Harness, smarthost, startHarness } from './harness.ts';

const AUTH = { user: 'erp', password: 'a secret of the tests' };
const SECRETS = /YSBzZWNyZXQ|AGVycABh|ZXJw/; // what PLAIN and LOGIN would show of it, in base64

let certificate: TestCertificate;
let other: TestCertificate;
beforeAll(async () => {
  certificate = await selfSigned('localhost');
  other = await selfSigned('other.example');
});

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function start(options: FakeHopOptions, route: Partial<SmarthostRoute>): Promise<{ hop: FakeHop; relay: Harness }> {
  const hop = await startFakeHop(options);
  open.push(hop);
  const relay = await startHarness([smarthost(hop.port, route)]);
  open.push(relay);
  return { hop, relay };
}

async function sendOne(relay: Harness) {
  const id = await relay.accept({ to: ['ann@example.net'] });
  const detail = await relay.settled(id);
  const [recipient] = detail.recipients;
  const attempt = recipient?.attemptList[0];
  if (recipient === undefined || attempt === undefined) throw new Error('no attempt');
  return { recipient, attempt, received: detail.message.received };
}

/** Neither a message nor credentials in anything the hop read in the clear. */
function expectNothingSaid(hop: FakeHop): void {
  for (const transcript of hop.transcripts) {
    expect(transcript).not.toMatch(SECRETS);
    expect(transcript).not.toContain('MAIL FROM');
    expect(transcript).not.toContain('find it attached');
  }
  expect(hop.messages).toHaveLength(0);
}

describe('R16 TLS required', () => {
  const cases: readonly { name: string; hop: () => FakeHopOptions; route?: Partial<SmarthostRoute>; phase: string }[] = [
    { name: 'a certificate nobody vouches for', hop: () => ({ tls: certificate }), phase: 'starttls' },
    {
      name: 'a trusted certificate of another name',
      hop: () => ({ tls: other }),
      route: { host: 'localhost', ca: 'other' },
      phase: 'starttls',
    },
    {
      name: 'STARTTLS stripped from the offer',
      hop: () => ({ tls: certificate, stripStartTls: true, script: refuseStartTls }),
      phase: 'starttls',
    },
    { name: 'STARTTLS refused', hop: () => ({ tls: certificate, script: refuseStartTls }), phase: 'starttls' },
    { name: 'EHLO refused', hop: () => ({ script: ({ stage }) => (stage === 'ehlo' ? '502 5.5.1 what?' : undefined) }), phase: 'ehlo' },
  ];
  for (const { name, hop: options, route, phase } of cases) {
    it(`${name}: no body and no AUTH on the wire, the mail waits`, async () => {
      const ca = route?.ca === 'other' ? other.certificate : null;
      const { hop, relay } = await start(options(), { tls: 'required', auth: AUTH, ...route, ca });
      const { recipient, attempt } = await sendOne(relay);
      expect(recipient.state).toBe('deferred');
      expect(attempt.phase).toBe(phase);
      expect(attempt.tls).toBeNull();
      expectNothingSaid(hop);
    });
  }

  it('a certificate that holds: verified is recorded, AUTH and mail go inside', async () => {
    const { hop, relay } = await start(
      { tls: certificate, extensions: ['PIPELINING', 'AUTH PLAIN LOGIN'] },
      { tls: 'required', auth: AUTH, ca: certificate.certificate },
    );
    const { recipient, attempt } = await sendOne(relay);
    expect(recipient.state).toBe('transferred');
    expect(attempt.tls).toMatchObject({ version: 'TLSv1.3', verified: true });
    expect(hop.messages[0]?.secure).toBe(true);
    expect(hop.commands.filter((line) => line.startsWith('AUTH PLAIN'))).toHaveLength(1);
  });
});

function refuseStartTls({ stage }: { readonly stage: string }): string | undefined {
  return stage === 'starttls' ? '502 5.5.1 not here' : undefined;
}

describe('the other modes of TLS', () => {
  it('opportunistic: an unverified certificate is used, and recorded as such', async () => {
    const { hop, relay } = await start({ tls: certificate }, { tls: 'opportunistic' });
    const { attempt } = await sendOne(relay);
    expect(attempt.tls).toMatchObject({ verified: false });
    expect(hop.messages[0]?.secure).toBe(true);
  });

  it('opportunistic: no STARTTLS, a refused and a broken one go on in the clear', async () => {
    const options: readonly FakeHopOptions[] = [
      {},
      { tls: certificate, script: refuseStartTls },
      { tls: certificate, script: ({ stage }) => (stage === 'starttls' ? { reply: '220 go', close: 'end' } : undefined) },
    ];
    for (const option of options) {
      const { hop, relay } = await start(option, { tls: 'opportunistic' });
      const { recipient, attempt } = await sendOne(relay);
      expect([recipient.state, attempt.tls, hop.messages[0]?.secure]).toEqual(['transferred', null, false]);
    }
  });

  it('opportunistic: credentials do not go out without TLS', async () => {
    const { hop, relay } = await start({ extensions: ['AUTH PLAIN LOGIN'] }, { tls: 'opportunistic', auth: AUTH });
    const { recipient, attempt } = await sendOne(relay);
    expect([recipient.state, attempt.phase]).toEqual(['deferred', 'auth']);
    expectNothingSaid(hop);
  });

  it('implicit: TLS from the first octet, the certificate checked', async () => {
    const trusted = await start({ tls: certificate, implicitTls: true }, { tls: 'implicit', ca: certificate.certificate });
    expect((await sendOne(trusted.relay)).attempt.tls).toMatchObject({ verified: true });
    const untrusted = await start({ tls: certificate, implicitTls: true }, { tls: 'implicit' });
    const { recipient, attempt } = await sendOne(untrusted.relay);
    expect([recipient.state, attempt.phase]).toEqual(['deferred', 'starttls']);
    expectNothingSaid(untrusted.hop);
  });

  it('none: STARTTLS is left alone, and AUTH goes out as the operator chose', async () => {
    const { hop, relay } = await start(
      { tls: certificate, extensions: ['AUTH LOGIN'], script: ({ line, stage }) => loginReply(stage, line) },
      { tls: 'none', auth: AUTH },
    );
    const { recipient } = await sendOne(relay);
    expect(recipient.state).toBe('transferred');
    expect(hop.commands).not.toContain('STARTTLS');
    expect(hop.commands).toContain(Buffer.from(AUTH.password).toString('base64'));
  });
});

function loginReply(stage: string, line: string): string | undefined {
  if (stage === 'auth') return '334 VXNlcm5hbWU6';
  if (stage !== 'other') return undefined;
  return line === Buffer.from(AUTH.user).toString('base64') ? '334 UGFzc3dvcmQ6' : '235 2.7.0 welcome';
}

describe('R17 our credentials are refused', () => {
  it('535: the hop is blocked with an event, nothing bounces, what waits is not each tried', async () => {
    const { hop, relay } = await start(
      { extensions: ['AUTH PLAIN'], script: ({ stage }) => (stage === 'auth' ? '535 5.7.8 bad credentials' : undefined) },
      { tls: 'none', auth: AUTH, limits: { connections: 1, rate: null, messagesPerConnection: 100 } },
    );
    const { recipient, attempt } = await sendOne(relay);
    expect(recipient.state).toBe('deferred');
    expect(attempt).toMatchObject({ phase: 'auth', outcome: 'deferred', reply: { code: 535, status: '5.7.8' } });
    const ids = await Promise.all(Array.from({ length: 20 }, () => relay.accept({ to: ['bob@example.net'] })));
    const event = await relay.until(() => relay.store.events.find(({ type }) => type === 'queue.blocked'));
    expect(event).toMatchObject({ nextHop: `127.0.0.1:${hop.port}`, reply: { code: 535 } });
    for (const id of ids) expect((await relay.store.message(id))?.recipients[0]).toMatchObject({ state: 'queued', attempts: 0 });
    expect(hop.connections).toBe(1);
    expect(relay.delivery.nextHops()).toMatchObject([{ state: 'blocked', waiting: 21, lastReply: { code: 535 } }]);
    expect(JSON.stringify([relay.store.events, relay.delivery.nextHops()])).not.toContain(AUTH.password);
  });
});
