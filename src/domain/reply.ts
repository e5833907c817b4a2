/**
 * SMTP replies (RFC 5321 §4.2) and enhanced status codes (RFC 3463), and what they mean for a
 * recipient. Pure. An unknown reply is a deferral, never a failure.
 *
 * What decides, in this order: the wording, where it is unmistakable; the enhanced status; the
 * weaker wordings; the bare code. Wording first, because servers answer 5.1.1 for a full mailbox or
 * for a rate limit. Addresses are cut out of the text before it is read: `spam@example.com` says
 * nothing about spam.
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

interface TextRule {
  readonly pattern: RegExp;
  readonly category: Category;
}

/** Who speaks of our sending as a whole, of our account or of our log-in speaks of no recipient. */
const OWN_FAULT_RULES: readonly TextRule[] = [
  {
    pattern:
      /\byour (?:\w+ )?(?:account|subscription|plan|smtp access)\b.{0,40}\b(?:suspended|disabled|blocked|locked|deactivated|expired)\b/i,
    category: 'blocked',
  },
  {
    pattern:
      /\b(?:daily|hourly|monthly|sending|sender|outgoing|outbound|user sending|message) (?:\w+ )?(?:quota|limits?|rate)\b.{0,30}\b(?:exceed(?:ed|s)?|reached)|\bexceeded (?:\w+ ){0,3}(?:daily|hourly|monthly|sending|outgoing|outbound)\b/i,
    category: 'rate',
  },
  {
    pattern:
      /\b(?:smtp )?auth(?:entication)? (?:is )?(?:required|first|needed)\b|\bmust (?:first )?(?:authenticate first|issue a starttls)|\blog ?in (?:first|required)\b|\bneed to authenticate\b/i,
    category: 'auth',
  },
];

/**
 * Unmistakable wordings, in order of trust; common to many servers. Those that speak of us, of the
 * sender or of the moment come before those that speak of the recipient: `Sender address rejected:
 * Domain not found` is no dead recipient.
 */
const STRONG_RULES: readonly TextRule[] = [
  { pattern: /\bgr[ea]y ?-?list|\bunverified address\b.{0,40}\bin progress\b/i, category: 'transient' },
  {
    pattern:
      /\b(?:over ?quota|(?:mailbox|inbox|folder|storage|user|recipient|disk)\b.{0,40}\b(?:is |was )?(?:full\b|over (?:its |the )?(?:quota|limit)|out of storage)|(?:mailbox|user|recipient|account)\b.{0,40}\b(?:quota|storage|size limit)|quota (?:is |has been )?exceeded|exceed(?:s|ed|ing)?\b.{0,40}\b(?:quota|storage)|out of storage|storage (?:allocation|limit)|mailbox has exceeded)/i,
    category: 'mailbox-full',
  },
  {
    pattern:
      /\b(?:rate.?limit(?:ed|s|ing)?|throttl(?:ed|ing)|too many (?:messages|connections|recipients|e?mails|requests|sessions|concurrent)|too (?:fast|quickly|frequently)|tr(?:y|ied|ying) too often|receiving mail (?:at a rate|too)|un(?:usual|expected) (?:rate|volume)|(?:temporarily|has been) deferred\b.{0,40}\b(?:volume|complaints|rate)|exceeded\b.{0,30}\b(?:rate|connections?)\b)/i,
    category: 'rate',
  },
  { pattern: /\b(?:virus|malware|infected|trojan)\b/i, category: 'virus' },
  {
    pattern:
      /\b(?:block ?-?list(?:ed)?|black ?-?list(?:ed)?|deny ?-?list(?:ed)?|dnsbl|rbl|reputation|spamhaus|spamcop|barracudacentral|banned|blocked (?:using|by|at)|(?<!not )listed (?:at|by|in|on)|(?:ip|host|client)(?: address)?(?: \S+)? (?:is |was |has been )?(?:blocked|denied|rejected)(?!: (?:cannot|can't|no|need|unverified)))\b/i,
    category: 'blocked',
  },
  {
    pattern:
      /\b(?:spf|dkim|dmarc|unauthenticated|not authenticated|sender (?:id|authentication)|reverse (?:dns|hostname|lookup)|ptr record|find your (?:reverse )?hostname|no ptr)\b/i,
    category: 'auth',
  },
  { pattern: /\b(?:anti-?)?spam(?:my|ming)?\b|\b(?:unsolicited|junk|bulk e?mail|content (?:rejected|filter))\b/i, category: 'spam' },
  {
    pattern:
      /\b(?:message|mail|size|content|attachment)\b.{0,30}\b(?:too (?:big|large|long)|larger than|exceed(?:s|ed|ing)?\b.{0,30}\b(?:size|max(?:imum)?|limit))|\btoo (?:large|big)\b|\bmax(?:imum)? (?:message|allowed )?\s?size\b/i,
    category: 'too-big',
  },
  { pattern: /\b(?:mail|routing|forwarding|message) loop|\blooping\b|\btoo many hops\b|\bhop count exceeded\b/i, category: 'policy' },
  // The sender, its domain, or our greeting.
  {
    pattern:
      /\b(?:senders?|return[- ]path|mail from|envelope from|header from|from(?: header)? address|reply-to|ehlo|helo)\b.{0,40}\b(?:rejected|denied|refused|unknown|invalid|blocked|verif\w+|not (?:found|exist|allowed|accepted|authori[sz]ed|owned|permitted|valid)|does(?:n't| not) (?:exist|resolve)|unroutable|unrouteable|could not)|\bdomain of sender\b/i,
    category: 'policy',
  },
  { pattern: /\b5\.4\.1 recipient address rejected: access denied/i, category: 'mailbox-unknown' },
  {
    pattern:
      /\b(?:mailbox|account|user|recipient|address)\b.{0,40}\b(?:disabled|inactive|suspended|deactivated|discontinued|locked|frozen|expired)\b|\bno longer (?:active|in use|valid|available|accept(?:s|ing)|employed|works|with (?:us|the))|\b(?:mailbox|account|user|recipient) (?:is )?not (?:accepting|active)\b/i,
    category: 'mailbox-disabled',
  },
  {
    pattern:
      /\b(?:(?:domain|host)(?: name)? (?:is )?(?:not found|unknown|invalid|does(?:n't| not) exist)|no such (?:domain|host)|unroute?able (?:mail )?domain|null ?mx|domain\b.{0,40}\bdoes(?:n't| not) accept (?:any )?(?:e?mail|messages)(?! from))/i,
    category: 'domain-unknown',
  },
  {
    pattern:
      /\b(?:(?:user|mailbox|recipient|address|account|alias)\b(?: \S+){0,6}? (?:unknown|not (?:found|known|exist|here|listed|recogni[sz]ed)|does(?:n't| not) exist|could not be found|invalid)|(?:unknown|invalid|no such|non-?existent|bad destination|undeliverable) (?:local |virtual )?(?:user|mailbox|recipient|address|account|person|alias)|no mailbox (?:here )?by that name|unroute?able address|doesn't have an? (?:\S+ )?account|not our customer)\b/i,
    category: 'mailbox-unknown',
  },
];

/** Wordings that many refusals carry beside their reason: asked only where no status decides. */
const WEAK_RULES: readonly TextRule[] = [
  { pattern: /\binsufficient (?:system |disk )?(?:storage|space|resources)\b/i, category: 'transient' },
  {
    pattern:
      /\b(?:policy|policies|prohibited|access denied|relay(?:ing)?\b.{0,20}\b(?:denied|allowed|permitted|prohibited)|unable to relay|not (?:allowed|permitted|authori[sz]ed)|security (?:issue|reasons?)|administrative(?:ly)?)\b/i,
    category: 'policy',
  },
];

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

/** Enhanced status to category, RFC 3463 §3 and the IANA registry. The class is left out. */
const STATUS_CATEGORIES: Readonly<Record<string, Category>> = {
  '1.0': 'mailbox-unknown',
  '1.1': 'mailbox-unknown',
  '1.2': 'domain-unknown',
  '1.3': 'mailbox-unknown',
  '1.4': 'mailbox-unknown',
  '1.6': 'mailbox-unknown',
  '1.7': 'policy',
  '1.8': 'policy',
  '1.10': 'domain-unknown', // RFC 7505 §4.1
  '2.1': 'mailbox-disabled',
  '2.2': 'mailbox-full',
  '2.3': 'too-big',
  '3.1': 'transient',
  '3.2': 'transient',
  '3.4': 'too-big',
  '4.1': 'transient',
  '4.2': 'transient',
  '4.3': 'transient',
  '4.4': 'domain-unknown',
  '4.5': 'rate',
  '4.6': 'policy',
  '4.7': 'transient',
  '5.3': 'rate',
  '7.8': 'auth',
  // RFC 7372 §3.
  '7.20': 'auth',
  '7.21': 'auth',
  '7.22': 'auth',
  '7.23': 'auth',
  '7.24': 'auth',
  '7.25': 'auth',
  '7.26': 'auth',
  '7.27': 'auth', // RFC 7505 §4.2
  '7.28': 'rate',
  '7.29': 'auth',
};

/** The statuses that by themselves say that the address is dead; `x.1.0` is given for much else. */
const DEAD_STATUSES: ReadonlySet<string> = new Set(['1.1', '1.2', '1.3', '1.6', '1.10']);

function categoryByStatus(status: EnhancedStatus | null): Category | undefined {
  if (status === null) return undefined;
  const detail = status.slice(2);
  return STATUS_CATEGORIES[detail] ?? (detail.startsWith('7.') || detail.startsWith('6.') ? 'policy' : undefined);
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

/** Addresses, since their words are no wording. */
const ADDRESS_IN_TEXT = /<[^<>\s]*@[^<>\s]*>|[^\s<>()[\]",;:]+@[^\s<>()[\]",;:]+/g;

function wordingOf(reply: Reply): string {
  const text = reply.text.slice(0, TEXT_LIMIT).replace(ADDRESS_IN_TEXT, ' ').replace(/\s+/g, ' ').trim();
  return `${reply.status ?? ''} ${text}`.trimStart();
}

function firstMatch(rules: readonly TextRule[], wording: string): Category | undefined {
  return rules.find((rule) => rule.pattern.test(wording))?.category;
}

/** What was found out about a reply before its code is looked at. */
interface Findings {
  readonly category: Category;
  /** The wording is about us, not about a recipient. */
  readonly ownFault: boolean;
  /** Wording or status say outright that the address is dead, and neither speaks against it. */
  readonly dead: boolean;
}

function readFindings(reply: Reply, phase: Phase): Findings {
  const wording = wordingOf(reply);
  const own = firstMatch(OWN_FAULT_RULES, wording);
  if (own !== undefined) return { category: own, ownFault: true, dead: false };
  const byText = firstMatch(STRONG_RULES, wording);
  const byStatus = categoryByStatus(reply.status);
  const category = byText ?? byStatus ?? firstMatch(WEAK_RULES, wording) ?? categoryByCode(reply.code, phase);
  // At MAIL only the sender and we are known: an unknown address there is the sender's.
  if (phase === 'mail' && isDead(category)) return { category: 'policy', ownFault: false, dead: false };
  const said = byText !== undefined || DEAD_STATUSES.has(reply.status?.slice(2) ?? '') || reply.code === 556;
  const agreed = byStatus === undefined || isDead(byStatus);
  return { category, ownFault: false, dead: isDead(category) && said && agreed };
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
  const findings = readFindings(reply, phase);
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
