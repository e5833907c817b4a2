/**
 * Which keys sign a message, and which of its fields (RFC 6376 §5). Pure but for the signature itself.
 *
 *   upstream    content.ts, with the header section and the hash of the body as they go out
 *   downstream  signature.ts
 *   failure     throws SigningError: an attempt is then our own fault, and the message is not sent
 *
 * The key follows the domain of the From address, which is what DMARC looks at (RFC 7489 §3.1.1):
 * the keys of that domain, else those of the nearest domain above it. Where there are none, or the
 * account may not send as that address, the reverse-path's domain is taken, which was checked when
 * the message came in. So a tenant's forged From never gets another tenant's signature.
 */
import { type Address, addressMatches, asciiDomainOf } from '../../../domain/address.ts';
import type { AcceptedMessage } from '../../../domain/message.ts';
import { fieldBody, fieldsOf, type HeaderField } from '../../../domain/mime/header-section.ts';
import type { DkimKey } from '../../../domain/settings.ts';
import { fromAddress } from './from-address.ts';
import { type SignedField, signatureFields } from './signature.ts';

/** RFC 6376 §5.4.1, and those of the same kind that came after it; trace fields are never signed. */
const SIGNED = [
  ...['From', 'Sender', 'Reply-To', 'Subject', 'Date', 'Message-ID', 'To', 'Cc', 'In-Reply-To', 'References'],
  ...['MIME-Version', 'Content-Type', 'Content-Transfer-Encoding', 'Content-ID', 'Content-Description', 'Content-Disposition'],
  ...['Resent-Date', 'Resent-From', 'Resent-Sender', 'Resent-To', 'Resent-Cc', 'Resent-Message-ID', 'Auto-Submitted'],
  ...['List-Id', 'List-Help', 'List-Unsubscribe', 'List-Unsubscribe-Post', 'List-Subscribe', 'List-Post', 'List-Owner', 'List-Archive'],
];
/** RFC 6376 §8.15: named once more than they are there, so that nobody adds another one. */
const OVERSIGNED: ReadonlySet<string> = new Set(['from', 'subject', 'to']);

/** Patterns of the addresses that an account may send as. */
export type SendersOf = (account: string) => readonly string[];

export class Dkim {
  readonly #keys: ReadonlyMap<string, readonly DkimKey[]>;
  readonly #sendersOf: SendersOf;

  constructor(keys: readonly DkimKey[], sendersOf: SendersOf) {
    this.#keys = groups(keys, ({ domain }) => domain);
    this.#sendersOf = sendersOf;
  }

  /** Those that sign the message; none: it goes out as it is. */
  keysFor(message: AcceptedMessage, header: string): readonly DkimKey[] {
    if (this.#keys.size === 0) return [];
    const [from, another] = fieldsNamed(header, 'from');
    // RFC 6376 §5.4: From must be signed; what has none can not be.
    if (from === undefined) return [];
    const author = another === undefined ? fromAddress(fieldBody(from)) : undefined;
    const keys = author === undefined || !this.#maySendAs(message, author) ? [] : this.#nearest(asciiDomainOf(author));
    if (keys.length > 0) return keys;
    const { reversePath } = message.envelope;
    return reversePath.kind === 'null' ? [] : this.#nearest(asciiDomainOf(reversePath.address));
  }

  #maySendAs(message: AcceptedMessage, author: Address): boolean {
    // What relais itself writes bears its own address.
    return message.origin === 'notification' || this.#sendersOf(message.account).some((pattern) => addressMatches(pattern, author));
  }

  #nearest(domain: string): readonly DkimKey[] {
    for (let name = domain; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
      const keys = this.#keys.get(name);
      if (keys !== undefined) return keys;
    }
    return [];
  }

  /** The DKIM-Signature fields in front of this header section. Deterministic: the same again at each attempt. */
  async sign(
    message: AcceptedMessage,
    keys: readonly DkimKey[],
    content: { readonly header: string; readonly bodyHash: string },
  ): Promise<string> {
    const { header, bodyHash } = content;
    const fields = [...fieldsOf(header)];
    const sets = groups(keys, ({ headers }) => (headers ?? SIGNED).join(':'));
    let signatures = '';
    for (const [names, alike] of sets) {
      const signed = signedFields(fields, names.split(':'));
      signatures += await signatureFields({ keys: alike, fields: signed, bodyHash, signedAt: message.acceptedAt });
    }
    return signatures;
  }
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return found;
}

function fieldsNamed(header: string, name: string): readonly HeaderField[] {
  return [...fieldsOf(header)].filter((field) => field.name === name);
}

/** RFC 6376 §5.4.2: of a repeated field the last one first. */
function signedFields(fields: readonly HeaderField[], names: readonly string[]): readonly SignedField[] {
  const signed: { field: HeaderField; names: string[] }[] = [];
  const missing: string[] = [];
  for (const name of new Set(names.map((one) => one.toLowerCase()))) {
    const shown = names.find((one) => one.toLowerCase() === name) ?? name;
    const found = fields.filter((field) => field.name === name).reverse();
    signed.push(...found.map((field) => ({ field, names: [shown] })));
    if (!OVERSIGNED.has(name)) continue;
    if (found.length === 0) missing.push(shown);
    else signed.at(-1)?.names.push(shown);
  }
  signed.at(-1)?.names.push(...missing);
  return signed;
}
