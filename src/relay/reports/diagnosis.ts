/**
 * What a report says of one recipient, made into reply, category and verdict. Pure.
 *
 * The classifier is the one of direct replies (domain/reply.ts): the text beats the code. A report
 * adds what a reply has not: an action, a Status field beside the diagnostic text, and texts that
 * quote the reply of a third server (`host mx.example said: 550 5.1.1 …`).
 */
import type { ReportedRecipient } from '../../domain/ports.ts';
import { type EnhancedStatus, type Findings, type Reply, readReply, splitStatus } from '../../domain/reply.ts';
import type { Beside } from './beside.ts';
import { statusIn } from './delivery-status.ts';

const DIAGNOSTIC_LIMIT = 1000;
/** A refusal inside a text: with its status, or where a quotation begins; not a number among others. */
const QUOTED_CODE = /(?<![\d.])([45]\d\d)[ -](?=#?[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\d))|[:'"(<>=#]\s*([45]\d\d)(?=[\s-])/;
const CODE_AT_HEAD = /^([245]\d\d)(?=[\s-]|$)/;

export interface Diagnosis
  extends Pick<ReportedRecipient, 'status' | 'replyCode' | 'category' | 'addressInvalid' | 'permanent' | 'diagnostic'> {
  /** Null where nothing failed. */
  readonly explanation: Explanation | null;
}

/** How it was decided, for people. */
export interface Explanation {
  /** Null: no rule fits. */
  readonly rule: string | null;
  readonly says: string;
  /** What the rule found: words, a status or a code. */
  readonly matched: string | null;
  /** The command that was refused, where the report tells. */
  readonly refusedAt: RefusedAt;
  /** What spoke for something else, a sentence each. */
  readonly overruled: readonly string[];
}

/** What a report says of one recipient; `diagnostic` unfolded. */
export interface Told {
  readonly action: ReportedRecipient['action'];
  readonly status: EnhancedStatus | null;
  readonly diagnostic: string | null;
  /** The comment behind the status (RFC 3464 §2.3.4). */
  readonly remark?: string | null;
}

/** What only some reports tell, of the one recipient they speak of. */
export interface Circumstances {
  /** What the report's transcript of the session says was refused. */
  readonly refusedAt?: RefusedAt;
  /** What stands in the part for people beside the reply; asked only where it could decide. */
  readonly beside?: Beside | null;
}

/** Taken apart, and not judged yet. */
interface Reading extends Pick<Diagnosis, 'status' | 'replyCode' | 'diagnostic'> {
  /** The diagnostic text without what wraps it. */
  readonly text: string;
  /** The status that the text quotes. */
  readonly quoted: EnhancedStatus | null;
}

function readTold({ action, status, diagnostic: written }: Told): Reading {
  const diagnostic = written === null ? null : clean(written);
  const text = unwrapped(diagnostic ?? '');
  const quoted = isFailure(action) ? quotedStatus(text) : statusIn(text);
  return { diagnostic, text, quoted, replyCode: codeIn(text), status: moreSpecific(status, quoted) };
}

function isFailure(action: ReportedRecipient['action']): boolean {
  return action === 'failed' || action === 'delayed';
}

/** The reply that the report quotes; null where it quotes none, or nothing failed. */
export function quotedReply(told: Told): Reply | null {
  const { replyCode, quoted, status, text } = readTold(told);
  if (replyCode === null || !isFailure(told.action)) return null;
  return { code: replyCode, status: quoted ?? status, text: textAfter(text, replyCode) };
}

export function diagnose(told: Told & Circumstances): Diagnosis {
  const { diagnostic, text, replyCode, status } = readTold(told);
  if (!isFailure(told.action)) {
    return { status, replyCode, category: 'unknown', addressInvalid: false, permanent: false, diagnostic, explanation: null };
  }
  const failed = told.action === 'failed';
  const code = replyCode ?? codeOf(status, failed);
  const { category, addressInvalid, explanation } = judge({
    reply: { code: verdictCode(code, failed), status, text },
    quoted: replyCode !== null,
    told: told.refusedAt ?? refusedBy(status, told.remark ?? null),
    beside: told.beside ?? null,
  });
  const permanent = failed && (status === null ? code >= 500 : status.startsWith('5'));
  return {
    status,
    replyCode,
    category,
    addressInvalid: failed && addressInvalid,
    permanent,
    diagnostic,
    explanation,
  };
}

/** The command that was refused, where the report tells: the SMTP client's own words, not the server's. */
export type RefusedAt = 'greeting' | 'before-rcpt' | 'rcpt' | 'data' | null;

/** That it was tried for too long says when it ended, not why. */
const GAVE_UP =
  /\b(?:message|envelope|queue\.?)\s*(?:has )?expired\b|\bretry time(?:out)? (?:not reached|exceeded)\b|\b(?:has )?been in the queue too long\b|\bdelivery time expired\b|\b(?:could not|cannot|couldn't|unable to) (?:be )?(?:deliver(?:ed)?|send|sent) (?:message )?(?:for|within)(?: the last| too long)?(?: \d+ \w+)?\b|\bfailing for a long time\b/gi;
/** Of a client about its server; no reason that the server gave. */
const OWN_WORDS = /\brefused to talk to me\b/gi;
const GREETING = /\b(?:after|in (?:reply|response) to) initial connection\b|\brefused to talk to me\b|\[connect\]/gi;
const BEFORE_RCPT =
  /\b(?:after|in (?:reply|response) to) (?:pipelined )?(?:mail from|helo|ehlo)\b|>>> (?:mail from|helo|ehlo)\b|\b(?:my name|sender) was rejected\b|\[(?:mail_from|helo|ehlo)\]/gi;
const AT_RCPT =
  /\b(?:after|at|in (?:reply|response) to|during|following|like our) (?:the )?(?:pipelined )?rcpt\b|>>> rcpt\b|\[rcpt_to\]|\bdoes not like recipient\b|\bsmtp command:? rcpt\b|\bsmtp:rcpt\b|\brcpt to[:<]/gi;
const AFTER_DATA =
  /\b(?:(?:after|at|in (?:reply|response) to|during) (?:the )?(?:end of )?(?:message )?data\b|final data\b|(?:command:?|>>>) data\b)|after sending (?:message|mail) (?:body|content|data)\b|\bafter i sent the message\b|\[(?:data|dot|end_of_data)\]/gi;

/** The last command that `text` names before its refusal. */
function refusedAt(text: string): RefusedAt {
  const phases: readonly [Exclude<RefusedAt, null>, RegExp][] = [
    ['greeting', GREETING],
    ['before-rcpt', BEFORE_RCPT],
    ['rcpt', AT_RCPT],
    ['data', AFTER_DATA],
  ];
  const found = phases.map(([phase, words]) => ({ phase, at: [...text.matchAll(words)].at(-1)?.index ?? -1 }));
  const last = found.reduce((one, other) => (other.at > one.at ? other : one));
  return last.at === -1 ? null : last.phase;
}

/** Oracle's servers tell the command in the status' comment. A status of its own says more than that. */
function refusedBy(status: EnhancedStatus | null, remark: string | null): RefusedAt {
  const silent = status === null || status.endsWith('.0.0');
  return silent && /\brejected address\b/i.test(remark ?? '') ? 'rcpt' : null;
}

interface Judged extends Pick<ReportedRecipient, 'category' | 'addressInvalid'> {
  readonly explanation: Explanation;
}

interface Case {
  readonly reply: Reply;
  /** Its code stands in the text. */
  readonly quoted: boolean;
  readonly told: RefusedAt;
  readonly beside: Beside | null;
}

function judge(of: Case): Judged {
  const { reply, quoted, told, beside } = of;
  const last = reply.text.replace(GAVE_UP, '');
  const at = refusedAt(last) ?? told;
  const reason = last.replace(OWN_WORDS, '');
  const phase = at === 'rcpt' ? 'rcpt' : 'final';
  const findings = readQuotation({ ...reply, text: reason }, phase) ?? readReply({ ...reply, text: reason }, phase);
  const { category, dead, decision } = findings;
  const explained = (overruled: readonly string[], says?: string): Explanation => ({
    rule: decision?.rule.id ?? null,
    says: says ?? decision?.rule.says ?? 'no rule fits: nothing is known of the reason',
    matched: decision?.matched ?? null,
    refusedAt: at,
    overruled: [...againstStatus(reply, phase, category), ...overruled],
  });
  if (isBeforeRcpt(at) && (category === 'mailbox-unknown' || category === 'domain-unknown')) {
    const overruled = ['only the sender and the connecting host were known by then: it speaks of no recipient'];
    return { category: 'policy', addressInvalid: false, explanation: explained(overruled) };
  }
  if (decision === undefined) {
    const known = unexplained({ ...of, at, gaveUp: last !== reply.text }, explained);
    return { category, addressInvalid: false, explanation: explained([]), ...known };
  }
  if (!dead) return { category, addressInvalid: false, explanation: explained([]) };
  const milder = beside?.milder() ?? null;
  if (milder !== null && category === 'mailbox-unknown') {
    const overruled = [`the part for people names another reason: ${milder.sentence}`];
    return { category: milder.category, addressInvalid: false, explanation: explained(overruled) };
  }
  const proof = isProof({ at, quoted, reply, findings, beside });
  const unproven = proof ? [] : [`no proof that the address is dead: ${whyNot(at, category)}`];
  return { category, addressInvalid: proof, explanation: explained(unproven) };
}

/** No rule knows the reason: when it was said, or how long it was tried, tells something still. */
function unexplained(
  { reply, beside, at, gaveUp }: Case & { at: RefusedAt; gaveUp: boolean },
  explained: (overruled: readonly string[], says: string) => Explanation,
): Pick<Judged, 'category' | 'explanation'> | undefined {
  if (gaveUp || beside?.gaveUp() === true) {
    return { category: 'transient', explanation: explained([], 'given up after many tries, no other reason told') };
  }
  if (at !== 'greeting' || reply.code < 500) return undefined;
  return { category: 'blocked', explanation: explained([], 'the connecting host is refused: nothing else was known by then') };
}

function isBeforeRcpt(at: RefusedAt): boolean {
  return at === 'greeting' || at === 'before-rcpt';
}

/**
 * What the quotation says by itself, where the words around it are the reporting system's: it tells
 * who refused, and explains refusals in general. Undefined where it has no words that a rule knows.
 */
function readQuotation(reply: Reply, phase: 'rcpt' | 'final'): Findings | undefined {
  const quoted = QUOTED_CODE.exec(reply.text);
  if (CODE_AT_HEAD.test(reply.text) || quoted === null) return undefined;
  const findings = readReply({ ...reply, text: reply.text.slice(quoted.index) }, phase);
  return findings.decision?.rule.wording === undefined ? undefined : findings;
}

function whyNot(at: RefusedAt, category: Judged['category']): string {
  if (at === 'data') return 'the server had taken the recipient, and refused the message';
  if (category === 'domain-unknown') return 'the status calls it temporary';
  return 'the report tells neither a status of its own for it nor that RCPT was refused';
}

/** What the status alone would have meant, where it was overruled. */
function againstStatus(reply: Reply, phase: 'rcpt' | 'final', category: Judged['category']): string[] {
  if (reply.status === null) return [];
  const { decision } = readReply({ ...reply, text: '' }, phase);
  if (decision?.rule.status === undefined || decision.rule.category === category) return [];
  return [`the status ${reply.status} alone would mean ${decision.rule.category} (${decision.rule.id})`];
}

/**
 * Who refuses after DATA had taken the recipient at RCPT: "user unknown" is then as often the word of
 * a filter. So it is where a gateway quotes another server's reply, and neither a status nor the
 * command says what was refused. In a text for people without codes the reporting system speaks of
 * what it knows itself; and a domain is unknown to whoever looked it up.
 */
function isProof(of: { at: RefusedAt; quoted: boolean; reply: Reply; findings: Findings; beside: Beside | null }): boolean {
  const { at, quoted, reply, findings } = of;
  const { status } = reply;
  const named = status !== null && ['1.1', '1.2', '1.3', '1.6', '1.10'].includes(status.slice(2));
  if (findings.certain || named) return true;
  if (at === 'data') return false;
  if (findings.category === 'domain-unknown') return status?.startsWith('4') !== true;
  if (at === 'rcpt' || (!quoted && status?.endsWith('.0.0') !== true)) return true;
  return ofAddress(reply) || (of.beside?.notFound() === true && status?.startsWith('4') !== true);
}

/** A status about addresses (RFC 3463 §3.2), and the address named: DATA is answered for all recipients alike. */
function ofAddress({ status, text }: Reply): boolean {
  return status !== null && /^\d\.1\.(?![78]$)/.test(status) && /<[^<>@\s]+@[^<>\s]+>/.test(text);
}

/** Cisco's appliances lead with words of their own: `5.1.0 - Unknown address error 550-'…' (delivery attempts: 0)`. */
const WRAPPED = /^[45]\.\d\.\d - [A-Za-z ]{3,60}? ([45]\d\d)-?'(.+)' \(delivery attempts: \d+\)$/;

/** The reply that such a text wraps; the text itself where it wraps none. */
function unwrapped(text: string): string {
  const match = WRAPPED.exec(text);
  return match === null ? text : `${match[1]} ${match[2]}`;
}

/** A report of a failure is final whatever it quotes: 2xx in it is a stray number, no success. */
function verdictCode(code: number, failed: boolean): number {
  if (code >= 400) return code;
  return failed ? 500 : 400;
}

/** The class is all that a status alone says; 500 and 400 mean nothing by themselves. */
function codeOf(status: EnhancedStatus | null, failed: boolean): number {
  if (status === null) return failed ? 500 : 400;
  return status.startsWith('5') ? 500 : 400;
}

/** Who gave up quotes the last refusal behind the status that says so: `4.4.7 expired <421 4.4.2 …>`. */
function quotedStatus(text: string): EnhancedStatus | null {
  const first = failureIn(text);
  if (first?.endsWith('.4.7') !== true) return first;
  return failureIn(text.slice(text.indexOf('.4.7') + 4)) ?? first;
}

/** A transcript says `2.1.0 Ok` before it comes to what failed. */
function failureIn(text: string): EnhancedStatus | null {
  const first = statusIn(text);
  if (first?.startsWith('2') !== true) return first;
  return statusIn(text.replace(/(?<![\d.])2\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/g, '')) ?? first;
}

/**
 * `x.0.0` says nothing, `x.1.0` next to nothing, `x.4.7` only when it ended: then the one that the
 * diagnostic text quotes is taken.
 */
function moreSpecific(field: EnhancedStatus | null, quoted: EnhancedStatus | null): EnhancedStatus | null {
  if (field === null || quoted === null) return field ?? quoted;
  if (field.endsWith('.0.0')) return quoted;
  return /\.(?:1\.0|4\.7)$/.test(field) && !quoted.endsWith('.0.0') ? quoted : field;
}

function codeIn(text: string): number | null {
  const quoted = QUOTED_CODE.exec(text);
  const code = CODE_AT_HEAD.exec(text)?.[1] ?? quoted?.[1] ?? quoted?.[2];
  return code === undefined ? null : Number(code);
}

/** The text that follows the code, without codes that multi-line replies repeat. */
function textAfter(text: string, code: number): string {
  const at = text.indexOf(String(code));
  return splitStatus(text.slice(at + 3).replace(/^[\s-]+/, '')).text;
}

/** One line, without controls, the repeated codes of a multi-line reply (RFC 5321 §4.2.1) taken out. */
function clean(diagnostic: string): string {
  const line = diagnostic
    .replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, DIAGNOSTIC_LIMIT * 2);
  const head = /^(\d{3})[ -](?:([245]\.\d{1,3}\.\d{1,3}) )?/.exec(line);
  if (head === null) return line.slice(0, DIAGNOSTIC_LIMIT);
  const [whole, code = '', status] = head;
  const repeated = status === undefined ? `${code}[ -]` : `${code}[ -]${status.replaceAll('.', '\\.')} `;
  return (whole + line.slice(whole.length).replace(new RegExp(`(?<= )${repeated}`, 'g'), '')).slice(0, DIAGNOSTIC_LIMIT);
}

const QUOTATION = /^\s*<<< ([45]\d\d[ -].*)$/;
const COMMAND = /^\s*>>> (\w+)/;

const TRANSCRIPT_LIMIT = 50_000;

/**
 * What was refused, by the part for people: a transcript of the session (`>>> RCPT To:<…>`, `<<< 550 …`),
 * or the sentence that quotes a diagnostic and ends with the command. Read once; the answer for each
 * diagnostic is null where the text tells nothing of it.
 */
export function readTranscript(text: string): (diagnostic: string | null) => RefusedAt {
  const lines = text.slice(0, TRANSCRIPT_LIMIT).split('\n');
  const refusals: { readonly said: string; readonly at: RefusedAt }[] = [];
  let command = '';
  for (const line of lines) {
    if (/\bwhile talking to \S/i.test(line)) command = 'CONNECT';
    command = COMMAND.exec(line)?.[1]?.toUpperCase() ?? (line.trimStart().startsWith('>>> .') ? 'DATA' : command);
    const said = QUOTATION.exec(line)?.[1];
    const at = REFUSED_BY[command];
    if (said !== undefined && at !== undefined && refusals.length < 100) refusals.push({ said: essence(said), at });
  }
  const flat = essence(lines.join(' '));
  return (diagnostic) => {
    const wanted = essence(diagnostic ?? '');
    const same = refusals.find(({ said }) => wanted === '' || wanted.includes(said) || said.includes(wanted));
    return same?.at ?? (wanted.length < 8 ? null : quotedBefore(flat, wanted));
  };
}

const REFUSED_BY: Readonly<Record<string, RefusedAt>> = {
  RCPT: 'rcpt',
  DATA: 'data',
  CONNECT: 'greeting',
  MAIL: 'before-rcpt',
  HELO: 'before-rcpt',
  EHLO: 'before-rcpt',
};

function quotedBefore(text: string, wanted: string): RefusedAt {
  const at = text.indexOf(wanted);
  if (at === -1) return null;
  return refusedAt(text.slice(at + wanted.length, at + wanted.length + 60).replace(/\).*/, ''));
}

function essence(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
