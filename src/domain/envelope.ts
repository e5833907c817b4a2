/** The SMTP envelope with its DSN parameters (RFC 5321 §2.3.1, RFC 3461 §4). */
import type { Address, ReversePath } from './address.ts';

/** NOTIFY, RFC 3461 §4.1: `never` alone, or any of the others. */
export type Notify = 'never' | readonly ('success' | 'failure' | 'delay')[];

/** ORCPT, RFC 3461 §4.2, xtext already decoded. */
export interface OriginalRecipient {
  readonly type: string;
  readonly address: string;
}

export interface EnvelopeRecipient {
  readonly address: Address;
  readonly notify: Notify | null;
  readonly orcpt: OriginalRecipient | null;
  /** Named in Cc, or in no field of the header (Bcc), where others are named in To (RFC 5322 §3.6.3). Absent: not so. */
  readonly copy?: true;
  /** Of a message sent again to a corrected address: the recipient of the superseded one whose place it takes. */
  readonly insteadOf?: Address;
}

export interface Envelope {
  readonly reversePath: ReversePath;
  readonly recipients: readonly EnvelopeRecipient[];
  /** RET, RFC 3461 §4.3. */
  readonly ret: 'full' | 'hdrs' | null;
  /** ENVID, RFC 3461 §4.4, xtext already decoded. */
  readonly envid: string | null;
  /** Declared by the client: SMTPUTF8 (RFC 6531 §3.4). */
  readonly smtputf8: boolean;
  /** Declared by the client: BODY=8BITMIME (RFC 6152 §2). */
  readonly eightBitMime: boolean;
  /** Declared by the client: REQUIRETLS (RFC 8689 §4). Absent: it was not. */
  readonly requireTls?: boolean;
}
