/**
 * Verifies DKIM signatures (RFC 6376 §6, RFC 8463) with node:crypto alone, written from the RFCs and
 * sharing no code with what signs: header section and body are taken apart, brought into canonical
 * form and hashed here.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

export interface VerifiedSignature {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: string;
  /** Names of `h=` in lower case. */
  readonly signed: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** `pass`, or why not. */
  readonly result: string;
}

/** TXT records by name, as DNS joins their strings. */
export type TxtRecords = Readonly<Record<string, string>>;

interface Field {
  readonly name: string;
  /** Name, colon, value and final CRLF, as they stand there; one character an octet. */
  readonly raw: string;
}

/** Each DKIM-Signature of the message, from the top. */
export function verifyDkim(message: Buffer, records: TxtRecords): readonly VerifiedSignature[] {
  const text = message.toString('latin1');
  const split = text.indexOf('\r\n\r\n');
  const fields = fieldsOf(split < 0 ? text : text.slice(0, split + 2));
  const body = split < 0 ? '' : text.slice(split + 4);
  return fields.filter(({ name }) => name === 'dkim-signature').map((signature) => verifyOne(signature, fields, body, records));
}

function fieldsOf(section: string): Field[] {
  // §2.8: a field goes on where the next line begins with a blank.
  return section.split(/\r\n(?![ \t])/).flatMap((raw) => {
    const colon = raw.indexOf(':');
    return colon < 0 ? [] : [{ name: raw.slice(0, colon).trim().toLowerCase(), raw: `${raw}\r\n` }];
  });
}

function verifyOne(signature: Field, fields: readonly Field[], body: string, records: TxtRecords): VerifiedSignature {
  const tags = tagsOf(signature.raw.slice(signature.raw.indexOf(':') + 1));
  const signed = (tags['h'] ?? '').split(':').map((name) => name.trim().toLowerCase());
  const found = { domain: tags['d'] ?? '', selector: tags['s'] ?? '', algorithm: tags['a'] ?? '', signed, tags };
  const canonical = tags['c'] ?? 'simple/simple';
  if (canonical !== 'relaxed/relaxed') return { ...found, result: `this verifier knows relaxed/relaxed, not ${canonical}` };
  const bodyHash = createHash('sha256').update(relaxedBody(body), 'latin1').digest('base64');
  if (bodyHash !== (tags['bh'] ?? '').replace(/\s/g, '')) return { ...found, result: 'the body hash does not match' };
  const input = headerInput(signature, signed, fields);
  const record = tagsOf(records[`${found.selector}._domainkey.${found.domain}`] ?? '');
  if (record['p'] === undefined || record['p'] === '') return { ...found, result: 'no key in DNS' };
  const octets = Buffer.from((tags['b'] ?? '').replace(/\s/g, ''), 'base64');
  const holds =
    found.algorithm === 'ed25519-sha256'
      ? verify(null, createHash('sha256').update(input, 'latin1').digest(), edwardsKey(record['p']), octets) // RFC 8463 §3
      : verify('sha256', Buffer.from(input, 'latin1'), rsaKey(record['p']), octets);
  return { ...found, result: holds ? 'pass' : 'the signature does not match' };
}

/** §3.2 */
function tagsOf(text: string): Record<string, string> {
  const pairs = text.split(';').flatMap((part): [string, string][] => {
    const equals = part.indexOf('=');
    return equals < 0
      ? []
      : [
          [
            part.slice(0, equals).trim(),
            part
              .slice(equals + 1)
              .replace(/\r\n/g, '')
              .trim(),
          ],
        ];
  });
  return Object.fromEntries(pairs);
}

/** §3.7, §5.4.2: each name of `h=` takes the last field of that name that was not taken; one too many takes nothing. */
function headerInput(signature: Field, signed: readonly string[], fields: readonly Field[]): string {
  const left = fields.filter((field) => field !== signature);
  let input = '';
  for (const name of signed) {
    const at = left.findLastIndex((field) => field.name === name);
    if (at >= 0) input += left.splice(at, 1).map(relaxedField).join('');
  }
  const own = relaxedField(signature).replace(/([:;][ ]?b=)[^;]*/, '$1');
  return input + own.replace(/\r\n$/, '');
}

/** §3.4.2 */
function relaxedField({ name, raw }: Field): string {
  const value = raw
    .slice(raw.indexOf(':') + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ');
  return `${name}:${value.replace(/^ | $/g, '')}\r\n`;
}

/** §3.4.4 */
function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line}\r\n`).join('');
}

function rsaKey(p: string): KeyObject {
  return createPublicKey({ key: Buffer.from(p, 'base64'), format: 'der', type: 'spki' });
}

/** RFC 8463 §4.2: 32 octets; RFC 8410 §4 wraps them. */
function edwardsKey(p: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(p, 'base64').toString('base64url') }, format: 'jwk' });
}
