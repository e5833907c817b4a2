import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DkimKey } from '../../../../src/domain/settings.ts';
import { BodyHash } from '../../../../src/relay/delivery/content/body-hash.ts';
import { Dkim } from '../../../../src/relay/delivery/content/dkim.ts';
import { SignatureCache } from '../../../../src/relay/delivery/content/signature-cache.ts';
import { makeDkimKey } from '../../../support/dkim-keys.ts';
import { type VerifiedSignature, verifyDkim } from '../../../support/dkim-verifier.ts';
import { type FakeHop, type FakeHopOptions, startFakeHop } from '../../../support/fake-hop.ts';
import { type Harness, type NewMessage, silentLog, smarthost, startHarness } from '../harness.ts';
import { type ContentRequest, formRequest, octetsFor } from './prepared.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const RSA = makeDkimKey('rsa', 'example.com', 's1');
const EDWARDS = makeDkimKey('ed25519', 'example.com', 's2');
const RECORDS = { ...RSA.records, ...EDWARDS.records };

async function start(
  keys: readonly DkimKey[],
  options: FakeHopOptions = {},
  changes: Parameters<typeof startHarness>[1] = {},
): Promise<{ hop: FakeHop; relay: Harness }> {
  const hop = await startFakeHop(options);
  open.push(hop);
  const relay = await startHarness([smarthost(hop.port)], { dkim: keys, ...changes });
  open.push(relay);
  return { hop, relay };
}

async function send(
  relay: Harness,
  hop: FakeHop,
  message: Partial<NewMessage>,
): Promise<{ content: Buffer; signatures: readonly VerifiedSignature[] }> {
  const id = await relay.accept({ to: ['ann@example.net'], ...message });
  const detail = await relay.settled(id);
  expect(detail.recipients.map(({ state }) => state)).toEqual(['transferred']);
  const content = hop.messages.at(-1)?.content ?? Buffer.alloc(0);
  return { content, signatures: verifyDkim(content, RECORDS) };
}

const MAIL = 'From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject: Invoice\r\n\r\n.dot  first \t\r\n\r\nlast\r\n\r\n\r\n';

describe('DKIM signatures at egress', () => {
  it('RSA and Ed25519 both sign, both hold, and the content is as it came behind them', async () => {
    const { hop, relay } = await start([RSA.key, EDWARDS.key]);
    const { content, signatures } = await send(relay, hop, { content: MAIL });
    expect(signatures.map(({ result, algorithm, selector }) => [result, algorithm, selector])).toEqual([
      ['pass', 'rsa-sha256', 's1'],
      ['pass', 'ed25519-sha256', 's2'],
    ]);
    expect(content.toString()).toMatch(
      /^DKIM-Signature: v=1; a=rsa-sha256; [\s\S]*\r\nDKIM-Signature: v=1; a=ed25519-sha256; [\s\S]*\r\nReceived: /,
    );
    expect(content.toString().endsWith(MAIL)).toBe(true);
    expect(signatures[0]?.tags).not.toHaveProperty('l');
    for (const name of ['from', 'to', 'subject']) expect(signatures[0]?.signed.filter((one) => one === name)).toHaveLength(2);
  });

  it('content that was signed before keeps that signature, and gets ours too', async () => {
    const before = await signed({ bytes: Buffer.from(MAIL), keys: [EDWARDS.key] });
    const after = await signed({ bytes: before.sent, keys: [RSA.key] });
    expect(after.results).toEqual(['s1 pass', 's2 pass']);
  });

  it('is made once for all recipients and attempts, and is the same when it is made again', async () => {
    const request = formRequest({ bytes: Buffer.from(MAIL), keys: [RSA.key] });
    const first = await octetsFor(request);
    const sign = vi.spyOn(Dkim.prototype, 'sign');
    expect(await octetsFor(request)).toEqual(first);
    expect(sign).not.toHaveBeenCalled();
    expect(await octetsFor({ ...request, signatures: new SignatureCache() })).toEqual(first);
    expect(sign).toHaveBeenCalledOnce();
    sign.mockRestore();
  });

  it('that does not come about keeps the message back: our own fault, never unsigned, never a bounce', async () => {
    const logged: string[] = [];
    const error = (fields: object, message: string): void => void logged.push(`${message} ${String((fields as { err: unknown }).err)}`);
    const broken = { ...RSA.key, key: EDWARDS.key.key.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA') };
    const { hop, relay } = await start([broken], {}, { log: { ...silentLog, error } });
    const id = await relay.accept({ to: ['ann@example.net'], content: MAIL });
    const { recipients } = await relay.settled(id, ['deferred']);
    expect(recipients[0]?.attemptList.map(({ outcome, phase }) => [outcome, phase])).toEqual([['internal', 'local']]);
    expect(hop.connections).toBe(0);
    expect(logged.join()).toMatch(/s1 of example\.com/);
    expect(logged.join()).not.toContain(broken.key.split('\n')[1]);
  });
});

async function signed(request: ContentRequest): Promise<{ sent: Buffer; results: readonly string[] }> {
  const { sent } = await octetsFor(formRequest(request));
  return { sent, results: verifyDkim(sent, RECORDS).map(({ selector, result }) => `${selector} ${result}`) };
}

describe('the key follows', () => {
  const SUB = makeDkimKey('ed25519', 'mail.example.com', 'sub');
  const OTHER = makeDkimKey('ed25519', 'other.example', 'other');
  const keys = [RSA.key, SUB.key, OTHER.key];
  it.each([
    ['the domain of From', 'Ann <ann@Example.COM>', 'x@other.example', ['example.com']],
    ['the domain above it', 'ann@deep.sub.example.com', null, ['example.com']],
    ['the nearest one', 'ann@eu.mail.example.com', null, ['mail.example.com']],
    ['the reverse-path where From has no key', 'ann@unknown.example', 'x@other.example', ['other.example']],
    ['nothing where neither has', 'ann@unknown.example', 'x@unknown.example', []],
    ['nothing that only looks alike', 'ann@notexample.com', null, []],
    ['a name in quotes that looks like an address', '"x@other.example, <y@other.example>" <ann@example.com>', null, ['example.com']],
    ['a comment that does', '(<x@other.example>) ann@example.com (x@other.example)', null, ['example.com']],
    ['an encoded name', '=?utf-8?Q?J=C3=B6rg?=\r\n\t<ann@example.com>', null, ['example.com']],
    ['a U-label', 'ann@bücher.example', null, ['xn--bcher-kva.example']],
  ])('%s', async (_, author, reversePath, domains) => {
    const idn = makeDkimKey('ed25519', 'xn--bcher-kva.example', 'idn');
    const bytes = Buffer.from(`Subject: x\r\nFrom: ${author}\r\n\r\nx\r\n`);
    const { sent } = await octetsFor(formRequest({ bytes, keys: [...keys, idn.key], from: reversePath }));
    const records = { ...RECORDS, ...SUB.records, ...OTHER.records, ...idn.records };
    expect(verifyDkim(sent, records).map(({ domain, result }) => [domain, result])).toEqual(domains.map((domain) => [domain, 'pass']));
  });

  it('no From that the account may not send as: that would be the signature of another tenant', async () => {
    const request = { bytes: Buffer.from(MAIL), keys, from: 'x@other.example', sendersOf: () => ['*@other.example'] };
    const domains = async (changes: Partial<ContentRequest>): Promise<readonly string[]> => {
      const { sent } = await octetsFor(formRequest({ ...request, ...changes }));
      return verifyDkim(sent, { ...RECORDS, ...OTHER.records }).map(({ domain }) => domain);
    };
    expect(await domains({})).toEqual(['other.example']);
    expect(await domains({ sendersOf: () => ['*@example.com'] })).toEqual(['example.com']);
    expect(await domains({ message: { origin: 'notification' } })).toEqual(['example.com']);
    const two = Buffer.from(`From: ann@example.com\r\nFrom: x@other.example\r\n\r\n`);
    expect(await domains({ bytes: two, sendersOf: () => ['*'] })).toEqual(['other.example']);
  });
});

describe('quirks of mailauth 4.13.3', () => {
  const fields = (text: string): string => `From: ann@example.com\r\n${text}`;

  it.each([
    [
      'octets A0, 0B and 0C are no blanks: raw UTF-8 holds them',
      fields('Subject: \u00a0à la\u00a0\u00a0carte à\x0b\x0c x\u00a0\r\n\r\nx\r\n'),
    ],
    ['a field that is not there is signed as not there', fields('\r\nx\r\n')],
    ['fields of one name are signed from the last', fields('Cc: a@x.example\r\nCc: b@x.example\r\nSubject: a\r\nSubject: b\r\n\r\nx')],
    ['folded fields and blanks before the colon', fields('Subject :  a\r\n\t  b  \r\n c \r\nTo:\r\n\r\n')],
    ['no body', 'From: ann@example.com\r\n'],
    ['an empty one', fields('\r\n')],
    ['one of empty lines', fields('\r\n\r\n \t\r\n\r\n')],
    ['one without a last line end', fields('\r\na  b \t')],
    ['one that ends in very many', fields(`\r\na${'\r\n'.repeat(3000)}`)],
    [
      'one of base64 and text',
      fields(`\r\n${`${'QUJD'.repeat(19)}\r\n`.repeat(120)}a  b \r\n\t\r\n${`${'QUJD'.repeat(19)}\r\n`.repeat(90)}\r\n \r\n`),
    ],
    ['and has very many inside', fields(`\r\na${'\r\n'.repeat(3000)}b\r\n`)],
  ])('%s', async (_, text) => {
    for (const pieces of [undefined, 1, 5]) {
      const { results } = await signed({
        bytes: Buffer.from(text),
        keys: [RSA.key, EDWARDS.key],
        ...(pieces === undefined ? {} : { pieces }),
      });
      expect(results).toEqual(['s1 pass', 's2 pass']);
    }
  });

  it('a list of fields is kept to, and what is not on it may change on its way', async () => {
    const { key, records } = makeDkimKey('ed25519', 'example.com', 's3', ['Subject', 'from']);
    const { sent } = await octetsFor(formRequest({ bytes: Buffer.from(MAIL), keys: [key, RSA.key] }));
    const changed = Buffer.from(sent.toString().replace('To: bob', 'To: eve'));
    const check = (content: Buffer) =>
      verifyDkim(content, { ...records, ...RECORDS }).map(({ selector, result }) => `${selector} ${result}`);
    expect(check(sent)).toEqual(['s3 pass', 's1 pass']);
    expect(check(changed)).toEqual(['s3 pass', 's1 the signature does not match']);
    const added = Buffer.from(sent.toString().replace('\r\nSubject:', '\r\nSubject: added\r\nSubject:'));
    expect(check(added)).toEqual(['s3 the signature does not match', 's1 the signature does not match']);
  });

  it('a body in one long line takes no longer than one in many, however small its pieces', () => {
    const timeOf = (body: Buffer): number => {
      const started = performance.now();
      const hash = new BodyHash();
      for (let at = 0; at < body.length; at += 4096) hash.update(body.subarray(at, at + 4096));
      hash.digest();
      return performance.now() - started;
    };
    const many = Buffer.from(`${'x y'.repeat(24)}\r\n`.repeat(14_000));
    const one = Buffer.from('x y'.repeat(345_000));
    const times = Array.from({ length: 3 }, () => [timeOf(many), timeOf(one)] as const);
    const least = (index: 0 | 1): number => Math.min(...times.map((pair) => pair[index]));
    // It would be hundreds of times if each piece were looked at with all before it.
    expect(least(1)).toBeLessThan(20 * least(0));
  });

  it('any header section and body, in any pieces, verify', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\r\n', '.', '=', 'à', '\u00a0', ':', '日'), maxLength: 80 });
    const value = text.map((one) => one.replaceAll('\r\n', '\r\n '));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('Subject', 'To', 'X-Other', 'Cc', 'Date'), value), { maxLength: 5 }),
        text,
        fc.nat(9),
        async (list, body, size) => {
          const header = list.map(([name, one]) => `${name}: ${one}\r\n`).join('');
          const bytes = Buffer.from(`${header}From: ann@example.com\r\n\r\n${body}`);
          const { results } = await signed({ bytes, keys: [EDWARDS.key], ...(size === 0 ? {} : { pieces: size }) });
          expect(results).toEqual(['s2 pass']);
        },
      ),
      { numRuns: 60 },
    );
  });
});
