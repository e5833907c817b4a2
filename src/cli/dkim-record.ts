/** The DNS record that belongs to a DKIM key (RFC 6376 §3.6.1, RFC 8463 §4.2), and what another record has to do with it. Pure. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { DkimKey } from '../domain/settings.ts';

export interface DkimRecord {
  /** Where it stands, without a final dot. */
  readonly name: string;
  readonly value: string;
}

export function recordName({ selector, domain }: Pick<DkimKey, 'selector' | 'domain'>): string {
  return `${selector}._domainkey.${domain}`;
}

export function recordOf(key: Pick<DkimKey, 'selector' | 'domain' | 'key'>): DkimRecord {
  const publicKey = createPublicKey(createPrivateKey(key.key));
  return { name: recordName(key), value: `v=DKIM1; k=${publicKey.asymmetricKeyType}; p=${publicOctets(publicKey)}` };
}

/** RSA keys with their wrapping; RFC 8463 §4.2: Ed25519 keys without, 32 octets. */
function publicOctets(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return (key.asymmetricKeyType === 'ed25519' ? der.subarray(-32) : der).toString('base64');
}

/** RFC 1035 §3.3.14: a TXT record is a row of strings of 255 octets at most. */
const STRING_LIMIT = 255;

export function txtStrings(value: string): readonly string[] {
  const strings: string[] = [];
  for (let at = 0; at < value.length; at += STRING_LIMIT) strings.push(value.slice(at, at + STRING_LIMIT));
  return strings;
}

/** As a line of a zone file. */
export function zoneLine({ name, value }: DkimRecord): string {
  const strings = txtStrings(value).map((text) => `"${text}"`);
  return `${name}. IN TXT ${strings.length === 1 ? strings.join('') : `(\n    ${strings.join('\n    ')} )`}`;
}

export interface Verdict {
  readonly state: 'ok' | 'warning' | 'failed';
  readonly said: string;
}

/** What a verifier makes of a published record and signatures of this key. */
export function compareRecord(published: string, key: DkimKey): Verdict {
  const ours = recordOf(key);
  const tags = tagsOf(published);
  const failed = (said: string): Verdict => ({ state: 'failed', said: `${said}; publish ${ours.value}` });
  if (tags.has('v') && tags.get('v') !== 'DKIM1') return failed(`holds version ${tags.get('v')}, not DKIM1`);
  const p = tags.get('p')?.replace(/\s/g, '');
  if (p === undefined) return failed('holds no key (p=)');
  if (p === '') return failed('says that the key is revoked (p= is empty)');
  const type = tags.get('k') ?? 'rsa';
  const expected = createPrivateKey(key.key).asymmetricKeyType ?? '';
  if (type !== expected) return failed(`is for a key of type ${type}, and the configured one is ${expected}`);
  if (p !== tagsOf(ours.value).get('p') && !isSameKey(p, key)) return failed('holds another key than the configured one');
  const hashes = tags
    .get('h')
    ?.split(':')
    .map((one) => one.trim());
  if (hashes !== undefined && !hashes.includes('sha256')) return failed('does not allow sha256 (h=)');
  const services = tags
    .get('s')
    ?.split(':')
    .map((one) => one.trim());
  if (services !== undefined && !services.includes('*') && !services.includes('email')) return failed('is not for mail (s=)');
  const flags =
    tags
      .get('t')
      ?.split(':')
      .map((one) => one.trim()) ?? [];
  if (flags.includes('y'))
    return { state: 'warning', said: 'says that the domain is testing (t=y): take that out, verifiers need not care' };
  return { state: 'ok', said: `is the configured key (${expected})` };
}

/** RFC 6376 §3.2; spaces around names and values do not count. */
function tagsOf(record: string): ReadonlyMap<string, string> {
  const pairs = record.split(';').flatMap((part): [string, string][] => {
    const equals = part.indexOf('=');
    return equals < 0 ? [] : [[part.slice(0, equals).trim(), part.slice(equals + 1).trim()]];
  });
  return new Map(pairs);
}

/** The same RSA key may stand there without its wrapping (PKCS#1), as RFC 6376 §3.6.1 has it. */
function isSameKey(p: string, key: DkimKey): boolean {
  try {
    const published = createPublicKey({ key: Buffer.from(p, 'base64'), format: 'der', type: 'pkcs1' });
    return published.equals(createPublicKey(createPrivateKey(key.key)));
  } catch {
    return false;
  }
}
