/** The DNS record that belongs to a DKIM key (RFC 6376 §3.6.1, RFC 8463 §4.2), and what another record has to do with it. Pure. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { DnsFinding } from './dns-words.ts';
import type { DkimKey } from './settings.ts';

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

export type Verdict = { readonly state: 'ok' | 'warning' | 'failed' } & DnsFinding;

/** What a verifier makes of a published record and signatures of this key. */
export function compareRecord(published: string, key: DkimKey): Verdict {
  const { name, value: publish } = recordOf(key);
  const tags = tagsOf(published);
  const version = tags.get('v');
  if (version !== undefined && version !== 'DKIM1') return { state: 'failed', code: 'dkim-version', values: { name, version, publish } };
  const fault = keyFault(tags, key, publish) ?? useFault(tags);
  if (fault !== null) return { state: 'failed', code: fault, values: { name, publish } };
  const expected = createPrivateKey(key.key).asymmetricKeyType ?? '';
  const type = tags.get('k') ?? 'rsa';
  if (type !== expected) return { state: 'failed', code: 'dkim-type', values: { name, type, expected, publish } };
  if (listOf(tags, 't').includes('y')) return { state: 'warning', code: 'dkim-testing', values: { name } };
  return { state: 'ok', code: 'dkim-ok', values: { name, type: expected } };
}

type Tags = ReadonlyMap<string, string>;

/** Of a key of another type it is said elsewhere. */
function keyFault(tags: Tags, key: DkimKey, ours: string): 'dkim-no-key' | 'dkim-revoked' | 'dkim-other-key' | null {
  const p = tags.get('p')?.replace(/\s/g, '');
  if (p === undefined) return 'dkim-no-key';
  if (p === '') return 'dkim-revoked';
  const sameType = (tags.get('k') ?? 'rsa') === createPrivateKey(key.key).asymmetricKeyType;
  return sameType && p !== tagsOf(ours).get('p') && !isSameKey(p, key) ? 'dkim-other-key' : null;
}

function useFault(tags: Tags): 'dkim-hash' | 'dkim-service' | null {
  const [hashes, services] = [listOf(tags, 'h'), listOf(tags, 's')];
  if (hashes.length > 0 && !hashes.includes('sha256')) return 'dkim-hash';
  return services.length > 0 && !services.includes('*') && !services.includes('email') ? 'dkim-service' : null;
}

function listOf(tags: Tags, name: string): readonly string[] {
  return (
    tags
      .get(name)
      ?.split(':')
      .map((one) => one.trim()) ?? []
  );
}

/** RFC 6376 §3.2; spaces around names and values do not count. */
function tagsOf(record: string): Tags {
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
