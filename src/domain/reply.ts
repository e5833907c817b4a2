/**
 * SMTP replies (RFC 5321 §4.2) and enhanced status codes (RFC 3463), and what they mean for a
 * recipient. Pure. An unknown reply is a deferral, never a failure.
 */

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

const STATUS_AT_HEAD = /^\s*([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$|[:;,)-])/;
const REPLY_LINE = /^(\d{3})(?:[ -](.*))?$/;
const TEXT_LIMIT = 1000;
const CONTROLS = /[\x00-\x1f\x7f-\x9f]+/g;

/** The enhanced status at the head of a reply's text, and the text after it. */
export function splitStatus(text: string): { status: EnhancedStatus | null; text: string } {
  const match = STATUS_AT_HEAD.exec(text);
  if (match === null) return { status: null, text: text.trim() };
  const status = `${match[1]}.${Number(match[2])}.${Number(match[3])}` as EnhancedStatus;
  return { status, text: text.slice(match[0].length).trim() };
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

interface TextRule {
  readonly pattern: RegExp;
  readonly category: Category;
}

/**
 * Text rules in order of trust: the text beats the code, because servers answer 5.1.1 for a full
 * mailbox or a rate limit. Wordings common to many servers only.
 */
const TEXT_RULES: readonly TextRule[] = [
  {
    pattern:
      /\b(?:over ?quota|quota (?:is )?exceeded|exceed(?:s|ed|ing)?\b.{0,40}\bquota|mailbox (?:is )?full|insufficient (?:disk|storage|system storage)|out of storage|storage (?:allocation|limit))/i,
    category: 'mailbox-full',
  },
  { pattern: /\b(?:virus|malware|infected|trojan)\b/i, category: 'virus' },
  {
    pattern:
      /\b(?:block ?list(?:ed)?|black ?list(?:ed)?|deny ?list|dnsbl|\brbl\b|reputation|listed (?:at|by|in|on)\b|spamhaus|spamcop|barracudacentral|banned|(?:ip|host|client|address) (?:is )?(?:blocked|denied|rejected))/i,
    category: 'blocked',
  },
  { pattern: /\b(?:spf|dkim|dmarc|unauthenticated|not authenticated|sender (?:id|authentication))\b/i, category: 'auth' },
  { pattern: /\b(?:spam|unsolicited|junk|bulk mail|content (?:rejected|filter))\b/i, category: 'spam' },
  {
    pattern: /\b(?:message|mail|size)\b.{0,30}\b(?:too (?:big|large)|exceeds?\b.{0,30}\b(?:size|maximum|limit))|\btoo large\b/i,
    category: 'too-big',
  },
  {
    pattern:
      /\b(?:too many (?:messages|connections|recipients|emails|requests)|rate.?limit(?:ed|s)?|throttl|too fast|try(?:ing)? too often|exceeded.{0,30}\b(?:rate|limit)\b|grey ?list)/i,
    category: 'rate',
  },
  {
    pattern:
      /\b(?:(?:mailbox|account|user|recipient|address)\b.{0,30}\b(?:disabled|inactive|suspended|deactivated|locked|frozen|expired)|is no longer (?:active|in use|valid|available))/i,
    category: 'mailbox-disabled',
  },
  {
    pattern:
      /\b(?:(?:domain|host)(?: name)? (?:is )?(?:not found|unknown|does(?:n't| not) exist)|no such (?:domain|host)|unrouteable mail domain|null mx|nullmx|does(?:n't| not) accept (?:any )?mail)/i,
    category: 'domain-unknown',
  },
  {
    pattern:
      /\b(?:(?:user|mailbox|recipient|address|account|alias)\b(?: \S+){0,4}? (?:unknown|not (?:found|known|exist)|does(?:n't| not) exist|not (?:listed|recognized)|invalid|unavailable or not)|(?:unknown|invalid|no such|non-?existent|bad destination) (?:local )?(?:user|mailbox|recipient|address|account|person)|no mailbox (?:here )?by that name|user unknown|unrouteable address|recipient rejected: (?:user|address) unknown|not our customer)/i,
    category: 'mailbox-unknown',
  },
];

/** Enhanced status to category, RFC 3463 §3 and the IANA registry. `x` is the class, left out. */
const STATUS_CATEGORIES: Readonly<Record<string, Category>> = {
  '1.0': 'mailbox-unknown',
  '1.1': 'mailbox-unknown',
  '1.2': 'domain-unknown',
  '1.3': 'mailbox-unknown',
  '1.6': 'mailbox-unknown',
  '1.7': 'policy',
  '1.8': 'policy',
  '1.10': 'domain-unknown',
  '2.0': 'mailbox-disabled',
  '2.1': 'mailbox-disabled',
  '2.2': 'mailbox-full',
  '2.3': 'too-big',
  '3.1': 'mailbox-full',
  '3.4': 'too-big',
  '4.1': 'transient',
  '4.2': 'transient',
  '4.3': 'transient',
  '4.4': 'domain-unknown',
  '4.5': 'rate',
  '4.7': 'transient',
  '7.1': 'policy',
  '7.7': 'policy',
  '7.20': 'auth',
  '7.21': 'auth',
  '7.22': 'auth',
  '7.23': 'auth',
  '7.24': 'auth',
  '7.25': 'auth',
  '7.26': 'auth',
  '7.27': 'auth',
  '7.28': 'rate',
};

function categoryByStatus(status: EnhancedStatus | null): Category | undefined {
  if (status === null) return undefined;
  const detail = status.slice(2);
  return STATUS_CATEGORIES[detail] ?? (detail.startsWith('7.') ? 'policy' : undefined);
}

/** Bare reply codes, RFC 5321 §4.2.3, where no status and no wording decides. */
function categoryByCode(code: number, phase: Phase): Category {
  if (code === 552) return phase === 'rcpt' ? 'mailbox-full' : 'too-big';
  if (code === 452) return phase === 'rcpt' ? 'rate' : 'transient';
  if (code === 550 && phase === 'rcpt') return 'mailbox-unknown';
  if (code === 551 || code === 553) return phase === 'rcpt' ? 'mailbox-unknown' : 'policy';
  if (code === 556) return 'domain-unknown'; // RFC 7504 §4
  if (code >= 400 && code < 500) return 'transient';
  return 'unknown';
}

function categorize(reply: Reply, phase: Phase): { category: Category; byStatus: Category | undefined } {
  const byText = TEXT_RULES.find((rule) => rule.pattern.test(reply.text))?.category;
  const byStatus = categoryByStatus(reply.status);
  return { category: byText ?? byStatus ?? categoryByCode(reply.code, phase), byStatus };
}

/** Whether the fault lies with the path or with us: before MAIL nothing said concerns a recipient. */
function isInfrastructure(reply: Reply, phase: Phase, category: Category): boolean {
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
    case 'data':
    case 'final':
      // 421: the channel closes (RFC 5321 §3.8). 530/534/535/538: our credentials (RFC 4954 §6).
      return [421, 530, 534, 535, 538].includes(reply.code) || (category === 'blocked' && phase === 'mail');
    default:
      return phase satisfies never;
  }
}

/**
 * What `reply`, given in `phase`, means for the recipient. 2xx is positive, 5xx a failure unless
 * it concerns the path; everything else, unknown codes included, is a deferral.
 */
export function classifyReply(reply: Reply, phase: Phase): Verdict {
  if (reply.code >= 200 && reply.code < 300) {
    return { kind: 'positive', category: 'unknown', addressInvalid: false, infrastructure: false };
  }
  const { category, byStatus } = categorize(reply, phase);
  const infrastructure = isInfrastructure(reply, phase, category);
  const permanent = reply.code >= 500 && reply.code < 600 && !infrastructure;
  const dead = category === 'mailbox-unknown' || category === 'domain-unknown';
  const agreed = byStatus === undefined || byStatus === category || byStatus === 'mailbox-unknown';
  return {
    kind: permanent ? 'failure' : 'deferral',
    category: !permanent && category === 'unknown' ? 'transient' : category,
    addressInvalid: permanent && dead && agreed,
    infrastructure,
  };
}
