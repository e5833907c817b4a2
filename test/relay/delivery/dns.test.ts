import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { DnsFailure, type MailResolver, systemResolver, validatingResolver } from '../../../src/relay/delivery/dns.ts';
import { type FakeDns, type FakeZone, startFakeDns } from '../../support/fake-dns.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const TIMES = { timeout: 2_000, tries: 1 };
const LONG = `v=STSv1; id=${'a'.repeat(20)}; ${'x'.repeat(500)}`;

const ZONES: Readonly<Record<string, FakeZone>> = {
  'signed.example': { mx: [[10, 'mx.signed.example']], a: ['192.0.2.1'], aaaa: ['2001:db8::7'], txt: [LONG], secure: true },
  'unsigned.example': { a: ['192.0.2.2'] },
  'big.example': { a: ['192.0.2.3', '192.0.2.4'], truncated: true, secure: true },
  'alias.example': { cname: 'signed.example', secure: true },
  'null.example': { mx: [[0, '']] },
  'broken.example': { failure: 'servfail' },
  'silent.example': { failure: 'silence' },
  '_25._tcp.mx.example': { tlsa: [{ usage: 3, selector: 1, matchingType: 1, data: Buffer.alloc(32, 9) }], secure: true },
};

async function start(zones = ZONES): Promise<FakeDns> {
  const dns = await startFakeDns(zones);
  open.push(dns);
  return dns;
}

const both: readonly (readonly [string, (servers: readonly string[]) => MailResolver, boolean])[] = [
  ['the resolver of Node.js', (servers) => systemResolver(servers, TIMES), false],
  ['the one that validates', (servers) => validatingResolver(servers, TIMES), true],
];

describe.each(both)('%s', (_, make, validates) => {
  it('answers, and says what was validated only where it can tell', async () => {
    const resolver = make([(await start()).server]);
    expect(await resolver.resolveMx('Signed.example.')).toMatchObject({
      kind: 'records',
      records: [{ exchange: 'mx.signed.example', priority: 10 }],
      secure: validates,
    });
    expect(await resolver.resolve4('signed.example')).toMatchObject({ records: ['192.0.2.1'], secure: validates });
    expect(await resolver.resolve6('signed.example')).toMatchObject({ records: ['2001:db8::7'] });
    expect(await resolver.resolve4('unsigned.example')).toMatchObject({ records: ['192.0.2.2'], secure: false });
    expect(await resolver.resolveTxt('signed.example')).toMatchObject({ records: [LONG] });
    expect(await resolver.resolveMx('null.example')).toMatchObject({ records: [{ exchange: '', priority: 0 }] });
    expect(await resolver.resolve4('alias.example')).toMatchObject({ records: ['192.0.2.1'], alias: validates ? 'signed.example' : null });
    expect(resolver.resolveTlsa === null).toBe(!validates);
  });

  it('tells what does not exist from what could not be learnt', async () => {
    const resolver = make([(await start()).server]);
    expect(await resolver.resolveMx('unsigned.example')).toMatchObject({ kind: 'no-data', records: [] });
    expect(await resolver.resolveMx('missing.example')).toMatchObject({ kind: 'no-domain', records: [] });
    await expect(resolver.resolveMx('broken.example')).rejects.toThrow(expect.objectContaining({ code: 'ESERVFAIL' }));
  });

  it('asks again by TCP for what did not fit (RFC 1035 §4.2.1)', async () => {
    const resolver = make([(await start()).server]);
    expect((await resolver.resolve4('big.example')).records).toEqual(['192.0.2.3', '192.0.2.4']);
  });
});

describe('the one that validates', () => {
  it('reads TLSA records', async () => {
    const { resolveTlsa } = validatingResolver([(await start()).server], TIMES);
    expect(await resolveTlsa?.('_25._tcp.mx.example')).toMatchObject({
      records: [{ usage: 3, selector: 1, matchingType: 1, data: Buffer.alloc(32, 9) }],
      secure: true,
    });
  });

  it('goes on to the next server where one fails, is silent or is not there', async () => {
    const good = await start();
    const bad = await start({ 'signed.example': { failure: 'servfail' } });
    const silent = await start({ 'signed.example': { failure: 'silence' } });
    const resolver = validatingResolver([bad.server, silent.server, '127.0.0.1:1', good.server], { timeout: 200, tries: 1 });
    expect((await resolver.resolve4('signed.example')).records).toEqual(['192.0.2.1']);
    await expect(validatingResolver([silent.server], { timeout: 50, tries: 2 }).resolve4('signed.example')).rejects.toThrow(
      expect.objectContaining({ code: 'ETIMEOUT' }),
    );
    expect(silent.questions).toHaveLength(3);
  });

  it('whatever a server sends: an answer, or DnsFailure', async () => {
    const dns = await start({});
    const resolver = validatingResolver([dns.server], { timeout: 15, tries: 1 });
    const octets = fc.uint8Array({ minLength: 0, maxLength: 80 }).map((bytes) => Buffer.from(bytes));
    // Also what begins like an answer to the question.
    const question = Buffer.from('81a00001000100000000077a7a7a7a7a7a7a076578616d706c650000010001', 'hex');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          octets,
          octets.map((rest) => Buffer.concat([question, rest])),
        ),
        async (garbage) => {
          dns.zones['zzzzzzz.example'] = { garbage };
          const answer = await resolver.resolve4('zzzzzzz.example').catch((error: unknown) => error);
          expect(answer instanceof DnsFailure || (typeof answer === 'object' && answer !== null && 'kind' in answer)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});
