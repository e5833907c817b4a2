import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DnsAnswer } from '../../../src/relay/delivery/dns.ts';
import { DnsFailure } from '../../../src/relay/delivery/dns.ts';
import { createStsPolicies, parseStsPolicy, StsFailure, type StsPolicies, stsRecordId } from '../../../src/relay/delivery/mta-sts.ts';
import { policyHost } from '../../../src/relay/delivery/policy-host.ts';
import { matchesMx } from '../../../src/relay/delivery/tls-policy.ts';
import { authority, signedBy, type TestCertificate } from '../../support/certificates.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { answerWith, policyText, startPolicyHost } from '../../support/policy-host.ts';
import { silentLog } from './harness.ts';

const open: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

describe('the record (RFC 8461 §3.1)', () => {
  it.each([
    [['v=STSv1; id=20260101T00;'], '20260101T00'],
    [['v=spf1 -all', 'v=STSv1;id=a1'], 'a1'],
    [['v=STSv1; extra=x; id=b2; more=y'], 'b2'],
    [[], undefined],
    [['v=STSv1; id=a', 'v=STSv1; id=b'], undefined],
    [['v=STSv1; id=a-b;'], undefined],
    [['v=STSv1;'], undefined],
    [['V=STSv1; id=a;'], undefined],
    [[`v=STSv1; id=${'a'.repeat(33)};`], undefined],
  ])('%j has the id %s', (records, id) => {
    expect(stsRecordId(records)).toBe(id);
  });
});

describe('the policy (RFC 8461 §3.2)', () => {
  it.each([
    [
      'version: STSv1\r\nmode: enforce\r\nmx: MX.example\r\nmx: *.mail.example\r\nmax_age: 604800\r\n',
      { mode: 'enforce', maxAge: 604_800_000 },
    ],
    ['max_age:60\nmode :testing\nfuture: yes\nversion: STSv1\nmx: a.example', { mode: 'testing', mx: ['a.example'] }],
    ['version: STSv1\nmode: none\nmax_age: 1', { mode: 'none', mx: [] }],
    ['version: STSv1\nmode: testing\nmode: enforce\nmx: a.example\nmax_age: 9999999999', { mode: 'testing', maxAge: 31_557_600_000 }],
  ])('%j is read', (text, policy) => {
    expect(parseStsPolicy(text)).toMatchObject(policy);
  });

  it.each([
    '',
    '<html>',
    'version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 1',
    'version: STSv1\nmode: strict\nmx: a.example\nmax_age: 1',
    'version: STSv1\nmode: enforce\nmax_age: 1',
    'version: STSv1\nmode: enforce\nmx: a.example',
    'version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1',
    'version: STSv1\nmode: enforce\nmx: *\nmax_age: 1',
    'version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1',
  ])('%j is none', (text) => {
    expect(() => parseStsPolicy(text)).toThrow(expect.objectContaining({ result: 'sts-policy-invalid' }));
  });

  it.each([
    ['mx.example', 'MX.example.', true],
    ['mx.example', 'a.mx.example', false],
    ['*.example', 'mx.example', true],
    ['*.example', 'a.mx.example', false],
    ['*.example', 'example', false],
  ])('mx %s covers %s: %s', (pattern, name, covers) => {
    expect(matchesMx(pattern, name)).toBe(covers);
  });
});

describe('fetching it', () => {
  let ca: TestCertificate;
  let right: TestCertificate;
  let wrong: TestCertificate;
  beforeAll(async () => {
    ca = await authority('A Test CA');
    [right, wrong] = await Promise.all([signedBy(ca, 'mta-sts.example.net'), signedBy(ca, 'www.example.net')]);
  });

  const here = { resolve4: async () => answer(['127.0.0.1']), resolve6: async () => answer<string>([]) };

  async function fetchFrom(
    certificate: TestCertificate,
    respond: Parameters<typeof startPolicyHost>[1],
    trusted = true,
    patience = 5_000,
  ): Promise<string> {
    const host = await startPolicyHost(certificate, respond);
    open.push(host);
    const fetch = policyHost({ resolver: here, port: host.port, ...(trusted ? { ca: ca.certificate } : {}) });
    try {
      return await fetch('example.net', AbortSignal.timeout(patience));
    } catch (error) {
      if (error instanceof StsFailure) return error.result;
      throw error;
    } finally {
      for (const request of host.requests) expect(request).toBe('mta-sts.example.net /.well-known/mta-sts.txt');
    }
  }

  const text = policyText({ mode: 'enforce', mx: ['mx.example'] });

  it('gives the text, also with parameters of the media type', async () => {
    expect(await fetchFrom(right, answerWith(text, 200, { 'content-type': 'text/plain; charset=utf-8' }))).toBe(text);
  });

  it.each([
    ['a certificate of another name', () => wrong, answerWith(text), true, 'sts-webpki-invalid'],
    ['a certificate that nobody vouches for', () => right, answerWith(text), false, 'sts-webpki-invalid'],
    ['a redirect', () => right, answerWith('', 302, { location: 'https://www.example.net/' }), true, 'sts-policy-fetch-error'],
    ['no such file', () => right, answerWith('no', 404), true, 'sts-policy-fetch-error'],
    ['a page', () => right, answerWith(text, 200, { 'content-type': 'text/html' }), true, 'sts-policy-fetch-error'],
    ['more than 64 KiB', () => right, answerWith('x'.repeat(66_000)), true, 'sts-policy-fetch-error'],
  ] as const)('takes none from %s', async (_, certificate, respond, trusted, result) => {
    expect(await fetchFrom(certificate(), respond, trusted)).toBe(result);
  });

  it('takes none from an answer that does not come', async () => {
    expect(await fetchFrom(right, () => undefined, true, 200)).toBe('sts-policy-fetch-error');
  });
});

function answer<T>(records: readonly T[]): DnsAnswer<T> {
  return { kind: records.length === 0 ? 'no-data' : 'records', records, secure: false, alias: null };
}

describe('what is known', () => {
  const MINUTE = 60_000;
  const DAY = 86_400_000;

  function start(store = createMemoryStore()) {
    const world = {
      now: 1_000_000_000_000,
      txt: ['v=STSv1; id=1;'] as string[] | null,
      text: policyText({ mode: 'enforce', mx: ['mx.example'], maxAge: 7 * 86_400 }) as string | null,
      fetches: 0,
      results: [] as string[],
      /** Resolves once so many fetches were made and noted. */
      settled: async () => {
        for (let i = 0; i < 20; i++) await Promise.resolve();
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const policies: StsPolicies = createStsPolicies({
      resolver: {
        resolveTxt: async () => {
          if (world.txt === null) throw new DnsFailure('ESERVFAIL');
          return answer(world.txt);
        },
      },
      fetch: async () => {
        world.fetches++;
        if (world.text === null) throw new StsFailure('sts-policy-fetch-error', 'down');
        return world.text;
      },
      store: store.mtaStsPolicies,
      now: () => world.now,
      log: silentLog,
      onTls: ({ policy, result }) => world.results.push(`${policy} ${result}`),
    });
    open.push(policies);
    return { world, policies, mode: async () => (await policies.policyOf('example.net'))?.mode ?? null };
  }

  it('is asked for once for a burst, and the record again after some minutes', async () => {
    const { world, mode } = start();
    expect(await Promise.all([mode(), mode(), mode()])).toEqual(['enforce', 'enforce', 'enforce']);
    world.now += 6 * MINUTE;
    expect(await mode()).toBe('enforce');
    await world.settled();
    expect(world.fetches).toBe(1);
  });

  it('is fetched anew behind the mail when the id changes', async () => {
    const { world, mode } = start();
    await mode();
    world.txt = ['v=STSv1; id=2;'];
    world.text = policyText({ mode: 'testing', mx: ['mx.example'] });
    expect(await mode()).toBe('enforce');
    world.now += 6 * MINUTE;
    expect(await mode()).toBe('enforce');
    await world.settled();
    expect([await mode(), world.fetches]).toEqual(['testing', 2]);
  });

  it('holds while it can not be fetched anew, its record is gone or the DNS is down, until it runs out', async () => {
    const { world, mode } = start();
    await mode();
    world.text = null;
    for (const txt of [['v=STSv1; id=2;'], [], null]) {
      world.txt = txt;
      world.now += DAY;
      expect(await mode()).toBe('enforce');
      await world.settled();
    }
    expect(world.results).toEqual(['sts sts-policy-fetch-error']);
    world.now += 5 * DAY;
    expect(await mode()).toBeNull();
  });

  it('a failed fetch is counted, leaves the domain without a policy, and is not repeated at once', async () => {
    const { world, mode } = start();
    world.text = 'nonsense';
    expect([await mode(), await mode(), world.fetches, world.results]).toEqual([null, null, 1, ['sts sts-policy-invalid']]);
    world.text = policyText({ mode: 'enforce', mx: ['mx.example'] });
    world.now += 6 * MINUTE;
    expect(await mode()).toBe('enforce');
  });

  it('a domain without a record has no policy, and no host is asked', async () => {
    const { world, mode } = start();
    world.txt = [];
    expect([await mode(), world.fetches]).toEqual([null, 0]);
  });

  it('outlives a restart, and mode none takes it back', async () => {
    const store = createMemoryStore();
    await start(store).mode();
    const second = start(store);
    second.world.txt = null;
    second.world.text = null;
    expect([await second.mode(), second.world.fetches]).toEqual(['enforce', 0]);
    await second.world.settled();
    second.world.txt = ['v=STSv1; id=3;'];
    second.world.text = policyText({ mode: 'none', mx: [] });
    second.world.now += 6 * MINUTE;
    await second.mode();
    await second.world.settled();
    expect(await second.mode()).toBe('none');
    expect(await store.mtaStsPolicies.list()).toEqual([]);
  });
});
