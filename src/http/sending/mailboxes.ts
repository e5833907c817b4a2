/**
 * Address fields of a JSON message: texts as people write them (`Ann <ann@example.com>`, several
 * joined by commas) or objects. Header and envelope are both made from what is read here, so that
 * they can not name different people.
 */
import addressparser from 'nodemailer/lib/addressparser';
import { type Address, parseAddress } from '../../domain/address.ts';
import type { FieldFault } from '../problem.ts';

export interface Mailbox {
  /** Display name; empty: none. */
  readonly name: string;
  readonly address: Address;
}

export type GivenMailbox = string | { readonly name?: string | undefined; readonly address: string };

/** What no header field may hold: a line break above all, which would begin another field. */
export const CONTROLS = /[\x00-\x1f\x7f\u2028\u2029]/;

export const REASONS = {
  empty: 'is empty',
  syntax: 'not a mail address',
  'too-long': 'the address is too long',
  utf8: 'not a mail address',
  'source-route': 'not a mail address',
} as const;

/** The mailboxes of one field; what is none is told in `faults`. */
export function readMailboxes(given: GivenMailbox | readonly GivenMailbox[] | undefined, path: string, faults: FieldFault[]): Mailbox[] {
  if (given === undefined) return [];
  const list = Array.isArray(given) ? (given as readonly GivenMailbox[]) : null;
  return (list ?? [given as GivenMailbox]).flatMap((one, i) => {
    const place = list === null ? path : `${path}.${i}`;
    const parts = partsOf(one);
    const text = typeof one === 'string' ? one : `${one.name ?? ''}${one.address}`;
    if (CONTROLS.test(text)) return faulty(faults, place, 'holds a line break or another control character');
    if (parts.length === 0) return faulty(faults, place, REASONS.empty);
    return parts.flatMap(({ name, address }) => {
      const parsed = parseAddress(address, { smtputf8: true });
      if (parsed.ok) return [{ name, address: parsed.address }];
      return faulty(
        faults,
        place,
        `${JSON.stringify((address || name).slice(0, 100))}: ${REASONS[address === '' ? 'syntax' : parsed.error]}`,
      );
    });
  });
}

function partsOf(one: GivenMailbox): readonly { readonly name: string; readonly address: string }[] {
  if (typeof one !== 'string') return [{ name: one.name ?? '', address: one.address.trim() }];
  return addressparser(one, { flatten: true });
}

function faulty(faults: FieldFault[], path: string, detail: string): [] {
  faults.push({ in: 'body', path, detail });
  return [];
}
