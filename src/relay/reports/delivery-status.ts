/**
 * The machine-readable part of a delivery report: message/delivery-status (RFC 3464 §2) and its
 * UTF-8 sibling message/global-delivery-status (RFC 6533 §4). Pure.
 *
 * Per-message fields come first, then one group a recipient, parted by empty lines. Servers leave
 * the empty line out between the first two, or put one into the middle of a group: fields are
 * therefore told apart by their names, and a group ends where a recipient field comes again.
 */
import type { EnhancedStatus } from '../../domain/reply.ts';
import { type Field, fieldValue, messageIdOf, readBlocks } from './fields.ts';

/** RFC 3464 §2.3.3. */
export type DsnAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

export interface DsnRecipient {
  /** §2.3.1: what the sender asked for, by ORCPT. */
  readonly originalRecipient: string | null;
  /** §2.3.2: where it went in the end. */
  readonly finalRecipient: string | null;
  readonly action: DsnAction | null;
  /** §2.3.4. */
  readonly status: EnhancedStatus | null;
  /** The comment that §2.3.4 allows behind it. */
  readonly remark: string | null;
  /** §2.3.5. */
  readonly remoteMta: string | null;
  /** §2.3.6, without its type. */
  readonly diagnostic: string | null;
}

export interface DeliveryStatus {
  /** §2.2.1. */
  readonly envelopeId: string | null;
  /** §2.2.2, without its type. */
  readonly reportingMta: string | null;
  /** Not of the standard; some servers name the message so. */
  readonly originalMessageId: string | null;
  readonly recipients: readonly DsnRecipient[];
}

const PER_RECIPIENT = new Set([
  'original-recipient',
  'final-recipient',
  'action',
  'status',
  'remote-mta',
  'diagnostic-code',
  'last-attempt-date',
  'final-log-id',
  'will-retry-until',
]);
/** The words of §2.3.3, and those that some servers write for them. */
const ACTIONS: Readonly<Record<string, DsnAction>> = {
  failed: 'failed',
  failure: 'failed',
  fail: 'failed',
  expired: 'failed',
  delayed: 'delayed',
  delay: 'delayed',
  delivered: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
};

export function readDeliveryStatus(text: string): DeliveryStatus {
  const { perMessage, groups } = groupFields(text);
  return {
    envelopeId: fieldValue(perMessage, 'original-envelope-id'),
    reportingMta: untyped(fieldValue(perMessage, 'reporting-mta')),
    originalMessageId: messageIdOf(fieldValue(perMessage, 'x-original-message-id')),
    recipients: groups
      .map(recipientOf)
      .filter(({ finalRecipient, originalRecipient, action }) => finalRecipient !== null || originalRecipient !== null || action !== null),
  };
}

function groupFields(text: string): { perMessage: readonly Field[]; groups: readonly (readonly Field[])[] } {
  const perMessage: Field[] = [];
  const groups: Field[][] = [];
  let group: Field[] | null = null;
  for (const block of readBlocks(text)) {
    let opens = group !== null && opensGroup(block, group);
    for (const field of block) {
      const again = field.name === 'final-recipient' && group !== null && has(group, field.name);
      if (PER_RECIPIENT.has(field.name) && (group === null || opens || again)) {
        group = [];
        groups.push(group);
        opens = false;
      }
      (group ?? perMessage).push(field);
    }
  }
  return { perMessage, groups };
}

/** Whether a block tells of another recipient than the group at hand: it says again what that one said. */
function opensGroup(block: readonly Field[], group: readonly Field[]): boolean {
  return ['final-recipient', 'original-recipient', 'action'].some((name) => has(block, name) && has(group, name));
}

function has(fields: readonly Field[], name: string): boolean {
  return fields.some((field) => field.name === name);
}

function recipientOf(group: readonly Field[]): DsnRecipient {
  const action = fieldValue(group, 'action')
    ?.toLowerCase()
    .match(/[a-z]+/)?.[0];
  return {
    originalRecipient: recipientAddress(fieldValue(group, 'original-recipient')),
    finalRecipient: recipientAddress(fieldValue(group, 'final-recipient')),
    action: action !== undefined && Object.hasOwn(ACTIONS, action) ? (ACTIONS[action] ?? null) : null,
    status: statusIn(fieldValue(group, 'status') ?? ''),
    remark: /\(([^()]{1,200})\)/.exec(fieldValue(group, 'status') ?? '')?.[1] ?? null,
    remoteMta: untyped(fieldValue(group, 'remote-mta')),
    diagnostic: untyped(fieldValue(group, 'diagnostic-code')),
  };
}

const TYPED = /^[A-Za-z0-9-]{1,30}\s*;\s*/;

/** Takes the `address-type;` or `mta-name-type;` off (§2.1.2); some servers leave it out themselves. */
function untyped(value: string | null): string | null {
  const text = value?.replace(TYPED, '').trim() ?? '';
  return text === '' ? null : text;
}

function recipientAddress(value: string | null): string | null {
  const text = untyped(value);
  if (text === null) return null;
  const utf8 = /^utf-8\s*;/i.test(value ?? '');
  const plain = unquoted((utf8 ? decodeUnitext(text) : text).trim());
  return plain === '' ? null : plain.slice(0, 320);
}

/** Brackets, and quotes around the whole; those of a quoted local part belong to it (RFC 5321 §4.1.2). */
function unquoted(text: string): string {
  const bare = text.replace(/^<+|>+$/g, '').trim();
  return /^"[^"]*"$/.test(bare) ? bare.slice(1, -1) : bare.replace(/^"(?=[^"]*$)|(?<=^[^"]*)"$/g, '');
}

/** `\x{HEX}` of utf-8-addr-xtext and utf-8-addr-unitext, RFC 6533 §3. */
function decodeUnitext(text: string): string {
  return text.replace(/\\x\{([0-9A-Fa-f]{1,6})\}/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const STATUS = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)/;

/** The first status code (RFC 3463 §2) in the text; IP addresses and version numbers are none. */
export function statusIn(text: string): EnhancedStatus | null {
  const match = STATUS.exec(text);
  return match === null ? null : (`${match[1]}.${Number(match[2])}.${Number(match[3])}` as EnhancedStatus);
}
