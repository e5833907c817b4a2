/**
 * What a report says of one recipient, made into reply, category and verdict. Pure.
 *
 * The classifier is the one of direct replies (domain/reply.ts): the text beats the code. A report
 * adds what a reply has not: an action, a Status field beside the diagnostic text, and texts that
 * quote the reply of a third server (`host mx.example said: 550 5.1.1 …`).
 */
import type { ReportedRecipient } from '../../domain/ports.ts';
import { classifyReply, type EnhancedStatus, type Reply, splitStatus } from '../../domain/reply.ts';
import { statusIn } from './delivery-status.ts';

const DIAGNOSTIC_LIMIT = 1000;
/** A refusal inside a text: with its status, or where a quotation begins; not a number among others. */
const QUOTED_CODE = /(?<![\d.])([45]\d\d)[ -](?=#?[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\d))|[:'"(<>=#]\s*([45]\d\d)(?=[\s-])/;
const CODE_AT_HEAD = /^([245]\d\d)(?=[\s-]|$)/;

export interface Diagnosis
  extends Pick<ReportedRecipient, 'status' | 'replyCode' | 'category' | 'addressInvalid' | 'permanent' | 'diagnostic'> {
  /** For the recipient's failure; null where the report quotes none. */
  readonly reply: Reply | null;
}

/** `diagnostic` unfolded; `action` of the report. */
export function diagnose(of: {
  readonly action: ReportedRecipient['action'];
  readonly status: EnhancedStatus | null;
  readonly diagnostic: string | null;
  /** The server had taken the recipient, and refused the message. */
  readonly afterData?: boolean;
}): Diagnosis {
  const diagnostic = of.diagnostic === null ? null : clean(of.diagnostic);
  const replyCode = codeIn(diagnostic ?? '');
  const quoted = statusIn(diagnostic ?? '');
  const status = moreSpecific(of.status, quoted);
  const failed = of.action === 'failed';
  const text = diagnostic ?? '';
  const positive = !failed && of.action !== 'delayed';
  if (positive) return { status, replyCode, category: 'unknown', addressInvalid: false, permanent: false, diagnostic, reply: null };
  const code = replyCode ?? codeOf(status, failed);
  const { category, addressInvalid } = judge({ code: verdictCode(code, failed), status, text }, of.afterData === true);
  const permanent = failed && (status === null ? code >= 500 : status.startsWith('5'));
  return {
    status,
    replyCode,
    category,
    addressInvalid: permanent && addressInvalid,
    permanent,
    diagnostic,
    reply: replyCode === null ? null : { code: replyCode, status: quoted ?? status, text: textAfter(text, replyCode) },
  };
}

/** That it was tried for too long says when it ended, not why. */
const GAVE_UP =
  /\b(?:message|envelope|queue\.?)\s*(?:has )?expired\b|\bretry time(?:out)? (?:not reached|exceeded)\b|\b(?:has )?been in the queue too long\b|\bdelivery time expired\b|\bcould not deliver for the last \d+ \w+\b|\bcannot send (?:message )?(?:for|within) \d+ \w+\b|\bfailing for a long time\b/gi;
/** No server answered: nothing is known of the recipient. */
const UNREACHED =
  /\b(?:connection (?:timed out|refused|reset|dropped|closed)|operation timed out|no route to host|network is unreachable|(?:not|un)able to (?:establish|connect|contact)|did not accept our requests to connect)\b/i;
/** The sender or the connecting host was refused, not the recipient. */
const BEFORE_RCPT = /\b(?:after|in (?:reply|response) to) (?:end of )?(?:mail from|helo|ehlo|initial connection)\b|>>> mail from\b/i;

function judge(reply: Reply, afterData: boolean): { category: ReportedRecipient['category']; addressInvalid: boolean } {
  const reason = reply.text.replace(GAVE_UP, '');
  const verdict = classifyReply({ ...reply, text: reason }, 'final');
  const dead = verdict.category === 'mailbox-unknown' || verdict.category === 'domain-unknown';
  if (BEFORE_RCPT.test(reason)) return { category: dead ? 'policy' : verdict.category, addressInvalid: false };
  if (verdict.category === 'unknown' && (reason !== reply.text || UNREACHED.test(reason)))
    return { category: 'transient', addressInvalid: false };
  return {
    category: verdict.category,
    addressInvalid: verdict.addressInvalid && !refusesMessage(afterData || AFTER_DATA.test(reason), reply.status),
  };
}

const AFTER_DATA =
  /\b(?:(?:after|at|in (?:reply|response) to) (?:the )?(?:end of )?(?:message )?data\b|final data\b|(?:command:?|>>>) data\b)|after sending (?:message|mail) (?:body|content|data)\b/i;

/**
 * Who refuses only after DATA had taken the recipient at RCPT: "user unknown" is then as often the
 * word of a filter, and no proof that the address is dead, unless its status says so.
 */
function refusesMessage(afterData: boolean, status: EnhancedStatus | null): boolean {
  return afterData && status !== '5.1.1';
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

/** `x.0.0` says nothing; then the one that the diagnostic text quotes is taken. */
function moreSpecific(field: EnhancedStatus | null, quoted: EnhancedStatus | null): EnhancedStatus | null {
  if (field === null) return quoted;
  return field.endsWith('.0.0') && quoted !== null ? quoted : field;
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
