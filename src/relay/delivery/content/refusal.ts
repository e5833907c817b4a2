/** Content that has no 7-bit form, thrown where that is found and told to the recipient's sender as a failure. */
import type { Reply } from '../../../domain/reply.ts';

export class NoSevenBitForm extends Error {
  override readonly name = 'NoSevenBitForm';
  readonly reply: Reply;
  constructor(reply: Reply) {
    super(reply.text);
    this.reply = reply;
  }
}

/** RFC 3463 §3.7: X.6.3, conversion required but not supported. */
export function unconvertible(why: string): NoSevenBitForm {
  return new NoSevenBitForm({ code: 554, status: '5.6.3', text: `the next hop takes 7-bit content alone: ${why}` });
}

/** RFC 6531 §3.5; X.6.7 speaks of addresses, X.6.9 of header fields (RFC 6531 §4.2). */
export function unencodable(field: string, what: 'address' | 'field'): NoSevenBitForm {
  const status = what === 'address' ? '5.6.7' : '5.6.9';
  const text = `needs SMTPUTF8, which the next hop does not offer: ${what === 'address' ? 'an address in ' : ''}${field} has no ASCII form`;
  return new NoSevenBitForm({ code: 553, status, text });
}
