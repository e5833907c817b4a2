import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  type AddressError,
  addressMatches,
  asciiAddress,
  asciiDomainOf,
  domainMatches,
  domainOf,
  globMatches,
  localPartOf,
  NULL_REVERSE_PATH,
  normalizeAddress,
  parseAddress,
  reversePathText,
  toAddress,
} from '../../src/domain/address.ts';

function address(text: string): Address {
  const parsed = toAddress(text);
  if (parsed === undefined) throw new Error(`no address: ${text}`);
  return parsed;
}

describe('parseAddress, RFC 5321 §4.1.2', () => {
  it.each([
    ['ann@example.com', 'ann@example.com'],
    ['Ann@EXAMPLE.Com', 'Ann@example.com'],
    ['a.b+c=d%e!f@x.example', 'a.b+c=d%e!f@x.example'],
    ["!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"],
    ['"a b"@example.com', '"a b"@example.com'],
    ['"a@b"@example.com', '"a@b"@example.com'],
    ['"a\\"b"@example.com', '"a\\"b"@example.com'],
    ['""@example.com', '""@example.com'],
    ['ann@localhost', 'ann@localhost'],
    ['ann@mx_1.example.com', 'ann@mx_1.example.com'],
    ['ann@1.2.3.example', 'ann@1.2.3.example'],
    ['ann@xn--mnchen-3ya.example', 'ann@xn--mnchen-3ya.example'],
    ['ann@[192.0.2.1]', 'ann@[192.0.2.1]'],
    ['ann@[IPv6:2001:DB8::1]', 'ann@[ipv6:2001:db8::1]'],
    [`${'l'.repeat(64)}@example.com`, `${'l'.repeat(64)}@example.com`],
    [`ann@${'d'.repeat(63)}.example`, `ann@${'d'.repeat(63)}.example`],
  ])('takes %s', (text, expected) => {
    expect(parseAddress(text, { smtputf8: false })).toEqual({ ok: true, address: expected });
  });

  it.each<[string, AddressError]>([
    ['', 'empty'],
    ['ann', 'syntax'],
    ['@example.com', 'source-route'],
    ['@a,@b:ann@example.com', 'source-route'],
    ['ann@', 'syntax'],
    ['b(@x', 'syntax'],
    ['a b@example.com', 'syntax'],
    ['.ann@example.com', 'syntax'],
    ['ann.@example.com', 'syntax'],
    ['an..n@example.com', 'syntax'],
    ['ann@example..com', 'syntax'],
    ['ann@.example.com', 'syntax'],
    ['ann@example.com.', 'syntax'],
    ['ann@-example.com', 'syntax'],
    ['ann@example-.com', 'syntax'],
    ['<ann@example.com>', 'syntax'],
    ['ann@exam ple.com', 'syntax'],
    ['ann@exa%mple.com', 'syntax'],
    ['a@b@example.com', 'syntax'],
    ['"a"b"@example.com', 'syntax'],
    ['"a\\"@example.com', 'syntax'],
    ['ann\0@example.com', 'syntax'],
    ['ann@example.com\r\nRCPT TO:<b@example.com>', 'syntax'],
    ['ann\x7f@example.com', 'syntax'],
    ['ann@127.0.0.1', 'syntax'],
    ['ann@127.1', 'syntax'],
    ['ann@0x7f.0x1', 'syntax'],
    ['ann@2130706433', 'syntax'],
    ['ann@[999.0.0.1]', 'syntax'],
    ['ann@[192.0.2]', 'syntax'],
    ['ann@[IPv6:zz::1]', 'syntax'],
    ['ann@[IPv6:fe80::1%eth0]', 'syntax'],
    ['ann@[2001:db8::1]', 'syntax'],
    ['ann@[x400:y]', 'syntax'],
    [`${'l'.repeat(65)}@example.com`, 'too-long'],
    [`ann@${'d'.repeat(64)}.example`, 'syntax'],
    [`ann@${'d.'.repeat(130)}example`, 'too-long'],
    [`${'l'.repeat(64)}@${'d'.repeat(62)}.${'d'.repeat(62)}.${'d'.repeat(62)}.x`, 'too-long'],
    ['änn@example.com', 'utf8'],
    ['ann@münchen.example', 'utf8'],
  ])('refuses %j: %s', (text, error) => {
    expect(parseAddress(text, { smtputf8: false })).toEqual({ ok: false, error });
  });
});

describe('parseAddress with SMTPUTF8, RFC 6531 §3.3', () => {
  it.each([
    ['änn@example.com', 'änn@example.com'],
    ['ann@MÜNCHEN.example', 'ann@münchen.example'],
    ['用户@例子.example', '用户@例子.example'],
    ['"ä b"@example.com', '"ä b"@example.com'],
    ['👍@example.com', '👍@example.com'],
  ])('takes %s', (text, expected) => {
    expect(parseAddress(text, { smtputf8: true })).toEqual({ ok: true, address: expected });
  });

  it.each<[string, string, AddressError]>([
    ['a replacement character, what is left of invalid UTF-8', 'a\ufffdn@example.com', 'syntax'],
    ['a lone surrogate', 'a\ud800n@example.com', 'syntax'],
    ['a control of the second range', 'a\u0085n@example.com', 'syntax'],
    ['a line separator', 'a\u2028n@example.com', 'syntax'],
    ['a domain that has no A-label', 'ann@xn--iñvalid.example', 'syntax'],
    ['an IP address in wide digits', 'ann@１２７.0.0.1', 'syntax'],
    ['a label whose A-label is too long', `ann@${'ü'.repeat(60)}.example`, 'syntax'],
    ['65 octets in 33 letters', `${'ä'.repeat(33)}@example.com`, 'too-long'],
  ])('refuses %s', (_name, text, error) => {
    expect(parseAddress(text, { smtputf8: true })).toEqual({ ok: false, error });
  });
});

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/).filter((text) => !text.startsWith('xn-'));
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const atom = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,12}$/);
const quoted = fc.stringMatching(/^[ -~]{0,20}$/).map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`);
const local = fc.oneof(
  fc.array(atom, { minLength: 1, maxLength: 4 }).map((atoms) => atoms.join('.')),
  quoted,
);
const mailbox = fc.tuple(local, domain).map(([name, host]) => `${name}@${host}`);

describe('an address', () => {
  it('is taken whatever legal form it has, falls apart into its parts, and parses again as itself', () => {
    fc.assert(
      fc.property(mailbox, (text) => {
        const parsed = address(text);
        expect(`${localPartOf(parsed)}@${domainOf(parsed)}`).toBe(parsed);
        expect(toAddress(parsed)).toBe(parsed);
        expect(toAddress(asciiAddress(parsed) ?? '')).toBe(parsed);
      }),
    );
  });

  it('is normalised to an address, once and for all', () => {
    fc.assert(
      fc.property(mailbox, (text) => {
        const normalized = normalizeAddress(address(text));
        expect(normalizeAddress(address(normalized))).toBe(normalized);
      }),
    );
  });

  it('is never made of arbitrary text that holds a control character or a space outside quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = toAddress(`${text}@example.com`);
        if (parsed !== undefined) expect(text).toMatch(/^(?:"[^\x00-\x1f\x7f]*"|[^\x00-\x20\x7f"(),:;<>@[\\\]]+)$/);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['Ann@Example.com', 'ann@example.com'],
    ['"Ann"@example.com', 'ann@example.com'],
    ['"a\\nn"@example.com', 'ann@example.com'],
    ['"a b"@example.com', '"a b"@example.com'],
    ['A\u0308nn@example.com', 'änn@example.com'],
    ['ann@münchen.example', 'ann@xn--mnchen-3ya.example'],
  ])('%s is compared as %s', (text, expected) => expect(normalizeAddress(address(text))).toBe(expected));

  it.each([
    ['ann@münchen.example', 'ann@xn--mnchen-3ya.example'],
    ['ann@example.com', 'ann@example.com'],
    ['änn@example.com', undefined],
  ])('%s without SMTPUTF8 is %s', (text, expected) => expect(asciiAddress(address(text))).toBe(expected));

  it('has its domain as an A-label', () => expect(asciiDomainOf(address('ann@faß.example'))).toBe('xn--fa-hia.example'));

  it('stands in a reverse-path as itself, and the null one as nothing', () => {
    expect(reversePathText({ kind: 'address', address: address('ann@example.com') })).toBe('ann@example.com');
    expect(reversePathText(NULL_REVERSE_PATH)).toBe('');
  });
});

describe('patterns', () => {
  it.each<[string, string, boolean]>([
    ['*', 'ann@example.com', true],
    ['*@example.com', 'Ann@EXAMPLE.com', true],
    ['*@example.com', 'ann@sub.example.com', false],
    ['*@*.example.com', 'ann@sub.example.com', true],
    ['*@*.example.com', 'ann@example.com', false],
    ['ann@example.com', 'ANN@example.com', true],
    ['ann@example.com', 'joann@example.com', false],
    ['ann@example.com', 'ann@example.com.evil.example', false],
    ['a.n@example.com', 'axn@example.com', false],
    ['a+b@example.com', 'a+b@example.com', true],
    ['*@münchen.example', 'ann@münchen.example', true],
    ['*@xn--mnchen-3ya.example', 'ann@münchen.example', true],
    ['*@*.münchen.example', 'ann@post.münchen.example', true],
    ['boss@example.com', 'boſs@example.com', false],
  ])('%s covers %s: %s', (pattern, text, expected) => expect(addressMatches(pattern, address(text))).toBe(expected));

  it.each<[string, string, boolean]>([
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['EXAMPLE.com', 'example.com', true],
    ['*.münchen.example', 'post.xn--mnchen-3ya.example', true],
  ])('%s covers the domain %s: %s', (pattern, text, expected) => expect(domainMatches(pattern, text)).toBe(expected));

  it('takes every character but the asterisk as itself', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, text) => {
        fc.pre(!pattern.includes('*'));
        expect(globMatches(pattern, pattern)).toBe(true);
        if (pattern.toLowerCase() !== text.toLowerCase() && pattern.toUpperCase() !== text.toUpperCase()) {
          expect(globMatches(pattern, text)).toBe(false);
        }
        expect(globMatches(`${pattern}*`, pattern + text)).toBe(true);
      }),
    );
  });
});
