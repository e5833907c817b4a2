/**
 * DKIM signatures of one header section and one body hash: the adapter to mailauth (RFC 6376;
 * Ed25519: RFC 8463).
 *
 *   upstream    dkim.ts, which says which keys sign which fields
 *   downstream  mailauth's DkimSigner: the relaxed form of the fields, the signature, its folding
 *   failure     throws SigningError, which names domain and selector and never the key: nobody sends
 *               without the signature then
 *
 * Quirks of mailauth 4.13.3 held here (each has its test):
 * - `dkimSign` signs only fields that are there: it can not oversign (RFC 6376 §8.15). What stands in
 *   `h=` is the `casedKey` of each field, so a second name stands beside the first in one of them.
 * - its body hash looks at each octet of a line anew for each chunk (25 MB in one line: minutes). The
 *   hash comes from body-hash.ts; `finalize` is called without a body.
 * - the relaxed form of a field takes U+00A0, vertical tab and form feed for blanks: `à` in raw UTF-8
 *   (C3 A0) would be signed as something else (RFC 6376 §2.8 knows space and tab). They travel as
 *   characters with the same low octet that are no blanks; mailauth writes low octets.
 * - `headerList` as its types have it, an array, is not looked at: a string with colons is.
 * - what fails is collected in `errors`, and the other signatures come all the same.
 * - it reads the key anew for each message, and takes a text of 32 characters for a raw key.
 */

import type { HeaderField } from '../../../domain/mime/header-section.ts';
import type { DkimKey } from '../../../domain/settings.ts';

/** A field that is signed, and how often its name stands in `h=`. */
export interface SignedField {
  readonly field: HeaderField;
  /** As it stands in `h=`: one name or several, the signed one first. */
  readonly names: readonly string[];
}

export class SigningError extends Error {
  override readonly name = 'SigningError';
}

const LOOKS_BLANK: Readonly<Record<string, string>> = { '\xa0': '\u01a0', '\x0b': '\u010b', '\x0c': '\u010c' };

/** It brings a list of all public suffixes: loaded where something is to be signed, before mail waits for it. */
export async function loadSigner(): Promise<typeof import('mailauth/lib/dkim/dkim-signer.js')> {
  return import('mailauth/lib/dkim/dkim-signer.js');
}

/** The DKIM-Signature fields, one a key, each with its CRLF. */
export async function signatureFields(request: {
  readonly keys: readonly DkimKey[];
  /** In the order of `h=`. */
  readonly fields: readonly SignedField[];
  readonly bodyHash: string;
  /** Unix milliseconds. */
  readonly signedAt: number;
}): Promise<string> {
  const { keys, fields, bodyHash, signedAt } = request;
  const { DkimSigner } = await loadSigner();
  const signer = new DkimSigner({
    canonicalization: 'relaxed/relaxed',
    signTime: new Date(signedAt),
    headerList: [...new Set(fields.map(({ field }) => field.name))].join(':'),
    bodyHash,
    // It takes them from the last to the first.
    headers: { parsed: fields.map(parsedField).reverse() },
    signatureData: keys.map(({ domain, selector, key }) => ({ signingDomain: domain, selector, privateKey: key })),
  });
  await signer.finalize();
  const [fault] = signer.errors;
  if (fault !== undefined || signer.signatureHeaders.length !== keys.length) {
    const which =
      fault === undefined ? 'one signature or more did not come' : `${fault.selector} of ${fault.signingDomain}: ${fault.err.message}`;
    throw new SigningError(`DKIM: ${which}`);
  }
  return signer.signatureHeaders.map((field) => `${field}\r\n`).join('');
}

function parsedField({ field, names }: SignedField) {
  const line = field.raw.slice(0, -2).replace(/[\xa0\x0b\x0c]/g, (octet) => LOOKS_BLANK[octet] ?? octet);
  return { key: field.name, casedKey: names.join(': '), line: { toString: () => line } };
}
