/**
 * SMTP replies (RFC 5321 §4.2) and enhanced status codes (RFC 3463), and what they mean for a
 * recipient. Pure. An unknown reply is a deferral, never a failure.
 *
 * What decides, in this order: the wording, where it is unmistakable; the enhanced status; the
 * weaker wordings; the bare code. Wording first, because servers answer 5.1.1 for a full mailbox or
 * for a rate limit. Addresses are cut out of the text before it is read: `spam@example.com` says
 * nothing about spam.
 */

import { compileRules, type Decision, firstRule, type OwnRules } from './reply-rules.ts';
import { SHIPPED_RULES } from './shipped-rules.ts';

/** A mail system status code `class.subject.detail`, RFC 3463 §2. */
export type EnhancedStatus = `${2 | 4 | 5}.${number}.${number}`;

export interface Reply {
  /** Three digits, RFC 5321 §4.2.1. */
  readonly code: number;
  /** The enhanced status at the head of the text (RFC 2034 §4), if the server gave one. */
  readonly status: EnhancedStatus | null;
  /** The text lines without codes, joined by a space. */
  readonly text: string;
}

/** Why a recipient failed or was deferred, as people ask for it. */
export const CATEGORIES = [
  'mailbox-unknown',
  'domain-unknown',
  'mailbox-full',
  'mailbox-disabled',
  'too-big',
  'blocked',
  'auth',
  'spam',
  'virus',
  'policy',
  'rate',
  'transient',
  'unknown',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** The command a reply answered: the point of the dialogue an attempt had reached. */
export const PHASES = ['dns', 'connect', 'greeting', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'final', 'local'] as const;
export type Phase = (typeof PHASES)[number];

/** What a reply means for a recipient. */
export interface Verdict {
  readonly kind: 'positive' | 'deferral' | 'failure';
  readonly category: Category;
  /** Strictly: the address itself is dead. Never for blocks, full mailboxes, policy. */
  readonly addressInvalid: boolean;
  /**
   * The fault is ours, our provider's or the path's, and would strike any recipient: it holds the
   * next hop, and never fails a recipient.
   */
  readonly infrastructure: boolean;
}

/** Some servers write `#5.1.0`; `5.1.1.2` is an address, no status. */
const STATUS_AT_HEAD = /^\s*#?([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)/;
/** What qmail and its heirs write at the end of the text: `(#5.1.1)`. */
const STATUS_IN_BRACKETS = /\(#([245])\.(\d{1,3})\.(\d{1,3})\)/;
const REPLY_LINE = /^(\d{3})(?:[ -](.*))?$/;
const TEXT_LIMIT = 1000;
const CONTROLS = /[\x00-\x1f\x7f-\x9f]+/g;

function statusOf(match: RegExpExecArray): EnhancedStatus {
  return `${match[1]}.${Number(match[2])}.${Number(match[3])}` as EnhancedStatus;
}

/** The enhanced status at the head of a reply's text (RFC 2034 §4), and the text after it. */
export function splitStatus(text: string): { status: EnhancedStatus | null; text: string } {
  const match = STATUS_AT_HEAD.exec(text);
  if (match !== null) return { status: statusOf(match), text: text.slice(match[0].length).trim() };
  const bracketed = STATUS_IN_BRACKETS.exec(text);
  return { status: bracketed === null ? null : statusOf(bracketed), text: text.trim() };
}

/**
 * Parses a reply of one or more lines as they came from the server. Control characters become
 * spaces, since texts of others end in logs and on pages. Undefined when the first line has no
 * code: the caller treats that as a deferral.
 */
export function parseReply(raw: string): Reply | undefined {
  const lines = raw.split(/\r?\n/).filter((line) => line !== '');
  const first = REPLY_LINE.exec(lines[0] ?? '');
  if (first === null) return undefined;
  const code = Number(first[1]);
  let status: EnhancedStatus | null = null;
  const texts: string[] = [];
  for (const line of lines) {
    const match = REPLY_LINE.exec(line);
    const part = splitStatus(match === null ? line : (match[2] ?? ''));
    status ??= part.status;
    if (part.text !== '') texts.push(part.text);
  }
  return { code, status, text: texts.join(' ').replace(CONTROLS, ' ').slice(0, TEXT_LIMIT) };
}

/** One line of a reply as people read it: `550 5.1.1 no such user`. */
export function formatReply(reply: Reply): string {
  return [String(reply.code), reply.status, reply.text].filter((part) => part !== null && part !== '').join(' ');
}

/** The address we send from, as the servers that block it speak of it. */
const OUR_ADDRESS =
  /\bclient (?:host|ip|address)\b|\byour (?:\w+ )?(?:ip|server|host|network|mta)\b|\b(?:sending|connecting|source|remote|originating|sender) (?:ip|host|server|mta)\b|\bip address\b|\bthe ip\b|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/i;
/** What is listed is in the message, or it is told of others. */
const NOT_OUR_ADDRESS = /\b(?:urls?|uris?|links?|uribl|surbl|body|attachments?|said)\b/i;

/**
 * A smarthost that will not relay for us any more has changed its mind about us, not about the
 * recipient. Said by the recipient's own server it is a refusal like any other.
 */
const RELAY_DENIED =
  /\brelay(?:ing)?\b.{0,20}\b(?:denied|not (?:allowed|permitted)|prohibited)|\bunable to relay\b|\bdo(?:es)? not relay\b/i;

/** Addresses, since their words are no wording. */
const ADDRESS_IN_TEXT = /<[^<>\s]*@[^<>\s]*>|[^\s<>()[\]",;:]+@[^\s<>()[\]",;:]+/g;

let rules = compileRules(SHIPPED_RULES);

/** Sets the rules of this process, once at its start; null: the shipped ones alone. */
export function useOwnRules(own: OwnRules | null): void {
  const shipped = SHIPPED_RULES.filter(({ id }) => own?.without.includes(id) !== true);
  rules = compileRules([...(own?.rules ?? []), ...shipped]);
}

/** What one rule makes of a reply, before the code's class is asked. */
export interface Findings {
  readonly category: Category;
  readonly ownFault: boolean;
  /** The rule says that the address is dead. */
  readonly dead: boolean;
  /** That, whichever command was refused. */
  readonly certain: boolean;
  /** Undefined where none fits: the reply says nothing known. */
  readonly decision: Decision | undefined;
}

/** The text without addresses: `spam@example.com` says nothing about spam. */
function wordingOf({ text }: Reply): string {
  return text.slice(0, TEXT_LIMIT).replace(ADDRESS_IN_TEXT, ' ').replace(/\s+/g, ' ').trim();
}

/** What the rules say of `reply`, given in `phase`. */
export function readReply(reply: Reply, phase: Phase): Findings {
  const decision = firstRule(rules, { code: reply.code, status: reply.status, wording: wordingOf(reply) }, phase);
  if (decision === undefined) {
    return {
      category: reply.code >= 400 && reply.code < 500 ? 'transient' : 'unknown',
      ownFault: false,
      dead: false,
      certain: false,
      decision,
    };
  }
  const { category, ownFault = false, dead = false, certain = false } = decision.rule;
  // At MAIL only the sender and we are known: an unknown address there is the sender's.
  if (phase === 'mail' && isDead(category)) return { category: 'policy', ownFault, dead: false, certain: false, decision };
  return { category, ownFault, dead, certain, decision };
}

function isDead(category: Category): boolean {
  return category === 'mailbox-unknown' || category === 'domain-unknown';
}

/** Whether the fault lies with the path or with us: before MAIL nothing said concerns a recipient. */
function isInfrastructure(reply: Reply, phase: Phase, findings: Findings, hop: 'provider' | 'recipient-server' | undefined): boolean {
  switch (phase) {
    case 'dns':
    case 'connect':
    case 'greeting':
    case 'ehlo':
    case 'starttls':
    case 'auth':
    case 'local':
      return true;
    case 'mail':
    case 'rcpt':
      // 500, 502, 503, 504 answer the command, not what it names (RFC 5321 §4.2.2): a dialogue out of step.
      if ([500, 502, 503, 504].includes(reply.code)) return true;
      if (hop === 'provider' && RELAY_DENIED.test(reply.text)) return true;
      if (phase === 'mail' && findings.category === 'blocked') return true;
      return concernsUs(reply, findings, hop);
    case 'data':
    case 'final':
      return concernsUs(reply, findings, hop);
    default:
      return phase satisfies never;
  }
}

/** 421: the channel closes (RFC 5321 §3.8). 530, 534, 535, 538 and x.7.8: our credentials (RFC 4954 §6). */
function concernsUs(reply: Reply, findings: Findings, hop: 'provider' | 'recipient-server' | undefined): boolean {
  // Said to us, not quoted by a report: there the message is over.
  const ours = findings.category === 'blocked' && OUR_ADDRESS.test(reply.text) && !NOT_OUR_ADDRESS.test(reply.text);
  if (hop !== undefined && ours) return true;
  return [421, 530, 534, 535, 538].includes(reply.code) || reply.status?.endsWith('.7.8') === true || findings.ownFault;
}

/**
 * What `reply`, given in `phase`, means for the recipient. 2xx is positive; 5xx is a failure unless
 * it concerns the path or the pace, which both get better by waiting; everything else, unknown codes
 * included, is a deferral. `hop` says who answered, where that is known.
 */
export function classifyReply(reply: Reply, phase: Phase, hop?: 'provider' | 'recipient-server'): Verdict {
  if (reply.code >= 200 && reply.code < 300) {
    return { kind: 'positive', category: 'unknown', addressInvalid: false, infrastructure: false };
  }
  const findings = readReply(reply, phase);
  const { category } = findings;
  const infrastructure = isInfrastructure(reply, phase, findings, hop);
  const permanent = reply.code >= 500 && reply.code < 600 && !infrastructure && category !== 'rate';
  return {
    kind: permanent ? 'failure' : 'deferral',
    category: nameFor(category, permanent),
    addressInvalid: permanent && findings.dead && !NAMES_ANOTHER_REASON.test(reply.text),
    infrastructure,
  };
}

/**
 * Whether the reply asks us to send less to this server, by its wording or by what providers mean by
 * x.7.0 and the like. What concerns one mailbox (x.2.x) or one transaction (4.5.3) does not, and a
 * grey list takes the next message as it takes any.
 */
export function asksToSlow(reply: Reply, category: Category, phase: Phase): boolean {
  if (reply.code < 400 || reply.code >= 600) return false;
  const detail = reply.status?.slice(2) ?? '';
  if (detail.startsWith('2.') || detail === '5.3') return false;
  if (category === 'rate') return reply.code !== 452 || phase !== 'rcpt' || reply.status !== null;
  // RFC 3463 §3.4, §3.5: the system is full, or takes nothing now; the network is congested.
  if (reply.code < 500 && ['3.1', '3.2', '4.5'].includes(detail)) return true;
  return reply.code < 500 && (category === 'blocked' || detail === '7.0' || /^7\.[5-9]\d\d$/.test(detail));
}

/** Whatever the codes say: who is told of a quota or a blocking list has an address that may live. */
const NAMES_ANOTHER_REASON = /\b(?:quota|spamhaus|spamcop|barracuda(?:central)?|sorbs|dnsbl|rbl|(?:block|black|deny) ?list(?:ed)?)\b/i;

/** A deferral without a reason is transient; a failure never is. */
function nameFor(category: Category, permanent: boolean): Category {
  if (permanent) return category === 'transient' ? 'unknown' : category;
  return category === 'unknown' ? 'transient' : category;
}
