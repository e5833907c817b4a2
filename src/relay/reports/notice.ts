/**
 * Reports written for people alone: qmail, older Exim, sendmail and Exchange, gateways. Half of all
 * bounces have no machine-readable part. Pure.
 *
 * Read by structure that they share, not by any server's words: a mail system for a sender; a text;
 * the returned message below it, known by the header block it begins with; and in the text each
 * failed address, at the head of a line or in brackets, followed by the reason. A delivery status
 * that stands in the text, its MIME lost on the way, is found too.
 */
import { addressIn, type Field, fieldValue, readBlocks } from './fields.ts';
import type { ReportMime } from './mime.ts';

export interface NoticeRecipient {
  readonly address: string;
  /** What the notice says of this one; of all of them, where it parts nothing. */
  readonly reason: string;
}

export interface Notice {
  /** The fields of a delivery status found in the text; null when there are none. */
  readonly deliveryStatus: string | null;
  /** Still trying: nothing has failed yet. */
  readonly delayed: boolean;
  readonly recipients: readonly NoticeRecipient[];
  /** Header of the returned message. */
  readonly returned: readonly Field[];
}

const SYSTEM_LOCAL_PART =
  /^"?(?:mailer-?daemon|post[-_]?master|mail-?daemon|mdaemon|mailerdaemon|daemon|mail-?system|delivery(?:subsystem|-?status)?)\b/i;
const SYSTEM_NAME =
  /\b(?:mailer.?daemon|mail delivery|delivery (?:sub)?system|mail (?:system|administrator|server)|system administrator|postmaster)\b/i;
const FAILURE_SUBJECT =
  /\b(?:undeliver(?:ed|able)|not? (?:be )?deliver(?:ed|able)|non-?deliver\w*|delivery (?:status|fail\w*|report|problem|error|delayed|notification|has failed)|deliver\w* .{0,20}\bfail\w*|fail(?:ed|ure)\b.{0,30}\b(?:deliver\w*|notice|mail|message)|returned? (?:mail|message|to sender)|mail (?:system )?(?:error|failed)|returning (?:mail|message)|delayed mail|warning: (?:could not send|message))\b/i;

/** Fields by which the header of a returned message is known, and a delivery status in the text. */
const MESSAGE_FIELDS = new Set([
  'received',
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'return-path',
  'mime-version',
  'content-type',
  'reply-to',
  'dkim-signature',
  'sender',
  'cc',
  'x-mailer',
]);
const FIELD_LINE = /^([A-Za-z][\w-]{1,60}):(?:\s|$)/;
const STATUS_LINE = /^(?:reporting-mta|original-envelope-id|final-recipient|original-recipient|action)\s*:/i;
const LINES_LIMIT = 2000;

/** What the part for people says of `address`; null where it says nothing of it. */
export function reasonFor(address: string, mime: ReportMime): string | null {
  const lines = mime.text
    .split('\n')
    .slice(0, LINES_LIMIT)
    .map((line) => line.slice(0, 1000));
  const text = withoutSeparator(lines.slice(0, returnedAt(lines)));
  return reasonsBelow(text, headsOf(text)).find((one) => includes([address], one.address))?.reason ?? null;
}

export function readNotice(mime: ReportMime, attached: readonly Field[]): Notice | null {
  if (!isFromMailSystem(mime)) return null;
  const lines = mime.text
    .split('\n')
    .slice(0, LINES_LIMIT)
    .map((line) => line.slice(0, 1000));
  const cut = returnedAt(lines);
  const notice = withoutSeparator(lines.slice(0, cut));
  const below = readBlocks(lines.slice(cut).join('\n'), 1)[0] ?? [];
  const returned = attached.length > 0 ? attached : below;
  const status = notice.findIndex((line) => STATUS_LINE.test(line.trimStart()));
  const text = status === -1 ? notice : notice.slice(0, status);
  return {
    deliveryStatus:
      status === -1
        ? null
        : notice
            .slice(status)
            .map((line) => line.trimEnd())
            .join('\n'),
    delayed: isDelay(mime.subject ?? '', text.join(' ')),
    recipients: recipientsOf({ mime, text, returned }),
    returned,
  };
}

function isFromMailSystem({ headers, subject, reportType }: ReportMime): boolean {
  if (reportType === 'delivery-status' || fieldValue(headers, 'x-failed-recipients') !== null) return true;
  const from = fieldValue(headers, 'from') ?? '';
  const name = from.replace(/<.*/, '');
  if (SYSTEM_LOCAL_PART.test(addressIn(from) ?? from) || SYSTEM_NAME.test(name)) return true;
  return FAILURE_SUBJECT.test(subject ?? '');
}

/** The line at which the returned message begins: three fields of a header, one after the other. */
function returnedAt(lines: readonly string[]): number {
  for (let start = 0; start < lines.length; start++) {
    if (isMessageField(lines[start] ?? '') && messageFieldsFrom(lines, start) >= 3) return start;
  }
  return lines.length;
}

/** Takes the lines off that only lead to the returned message. */
function withoutSeparator(lines: readonly string[]): readonly string[] {
  let end = lines.length;
  while (
    end > 0 &&
    /^\s*$|^[\s|>*]*[-=_*#]{3}|:\s*$|\bcopy of the (?:original )?message\b|\boriginal message follows\b/i.test(lines[end - 1] ?? '')
  ) {
    // `<a@b>:` leads to nothing: it is a recipient.
    if ((lines[end - 1] ?? '').includes('@')) break;
    end--;
  }
  return lines.slice(0, end);
}

function isMessageField(line: string): boolean {
  return MESSAGE_FIELDS.has(FIELD_LINE.exec(line)?.[1]?.toLowerCase() ?? '');
}

function messageFieldsFrom(lines: readonly string[], start: number): number {
  let known = 0;
  for (const line of lines.slice(start, start + 60)) {
    if (isMessageField(line)) known++;
    else if (!FIELD_LINE.test(line) && !/^[ \t]+\S/.test(line)) break;
    if (known >= 3) break;
  }
  return known;
}

const STILL_TRYING =
  /\b(?:will (?:keep|continue) (?:on )?(?:trying|to (?:try|retry|be retried))|will (?:be )?retr(?:y|ied)\b|still (?:being retried|trying)|not yet been delivered|has been delayed|is delayed|delayed mail|(?:do|does) not need to re-?send|no action is required|warning only|delivery (?:is |has been )?delayed|delay(?:ed)? notification)/i;
const GIVEN_UP =
  /\b(?:giv(?:en|ing) up|gave up|permanent(?:ly)? (?:error|fail\w*)|fail\w* permanently|will not be (?:re)?tried|could not be delivered (?:to|after)|retry time(?:out)? exceeded|message (?:has )?expired)\b/i;

function isDelay(subject: string, text: string): boolean {
  return STILL_TRYING.test(`${subject} ${text}`) && !GIVEN_UP.test(text);
}

const ADDRESS = `[^\\s<>()\\[\\]",;:@]{1,64}@[A-Za-z0-9\\u0080-\\uffff](?:[A-Za-z0-9\\u0080-\\uffff.-]{0,250}[A-Za-z0-9\\u0080-\\uffff])?`;
/** An address with which a line begins: `<a@b>:`, `"a@b":`, `  a@b`, `a@b... reason`, `To: a@b`. */
const AT_HEAD = new RegExp(
  `^[\\s>*|-]*(?:(?:to|rcpt to|recipient(?: address)?|address|user|e-?mail|destinatari\\w*|empf\\w*)\\s*[:=]\\s*)?(?:"[^"]{0,80}"\\s*)?[<"']{0,2}(?:mailto:|rfc822;\\s*|smtp:)?(${ADDRESS})[>"']{0,2}(?=$|[\\s:;,.(\\[/-])`,
  'i',
);
const IN_BRACKETS = new RegExp(`<(?:mailto:)?(${ADDRESS})>`, 'gi');
const ANYWHERE = new RegExp(`(?<![\\w.+-])(${ADDRESS})`, 'g');
const NO_RECIPIENT = /^(?:postmaster|mailer-daemon|abuse|support|helpdesk|hostmaster|webmaster)@/i;
const RECIPIENTS_LIMIT = 100;

interface Reading {
  readonly mime: ReportMime;
  /** The lines above the returned message. */
  readonly text: readonly string[];
  readonly returned: readonly Field[];
}

function recipientsOf(reading: Reading): NoticeRecipient[] {
  const { text, mime, returned } = reading;
  const ours = knownSenders(reading);
  const isRecipient = (address: string): boolean => !ours.has(address.toLowerCase()) && !NO_RECIPIENT.test(address);
  const failed = addressesIn(fieldValue(mime.headers, 'x-failed-recipients') ?? '');
  const heads = headsOf(text).filter((head) =>
    failed.length > 0 ? includes(failed, head.address) : head.plain || isRecipient(head.address),
  );
  const parted = reasonsBelow(text, heads);
  if (failed.length > 0) {
    const whole = text.join(' ');
    return failed.map((address) => ({ address, reason: parted.find((one) => includes([address], one.address))?.reason ?? whole }));
  }
  if (parted.length > 0) return parted;
  const whole = text.join(' ');
  const bracketed = unique([...whole.matchAll(IN_BRACKETS)].map(([, address = '']) => address)).filter(isRecipient);
  const anywhere =
    bracketed.length > 0 ? bracketed : unique([...whole.matchAll(ANYWHERE)].map(([, address = '']) => address)).filter(isRecipient);
  const to = addressesIn(fieldValue(returned, 'to') ?? '');
  // Of several addresses in a running text, those are meant that the message went to.
  const meant = anywhere.filter((address) => includes(to, address));
  const found = meant.length > 0 ? meant : anywhere.length > 0 ? anywhere.slice(0, 1) : to.length === 1 ? to : [];
  return found.slice(0, RECIPIENTS_LIMIT).map((address) => ({ address, reason: whole }));
}

/** Who sent what was returned, and who wrote the notice: no recipients, wherever they are named. */
function knownSenders({ mime, returned }: Reading): Set<string> {
  const fields = [
    ...['from', 'to', 'reply-to', 'return-path', 'delivered-to'].map((name) => fieldValue(mime.headers, name)),
    ...['from', 'sender', 'return-path', 'reply-to', 'errors-to'].map((name) => fieldValue(returned, name)),
  ];
  return new Set(fields.flatMap((value) => addressesIn(value ?? '')).map((address) => address.toLowerCase()));
}

interface Head {
  readonly line: number;
  readonly address: string;
  /** What follows it on the line. */
  readonly rest: string;
  /** Written as `<a@b>:`, which nothing but a failed recipient is, be it the sender's own address. */
  readonly plain: boolean;
}

const PLAIN = /^\s*<[^<>\s]+>:/;

function headsOf(text: readonly string[]): Head[] {
  const heads: Head[] = [];
  for (const [line, content] of text.entries()) {
    const match = AT_HEAD.exec(content);
    if (match?.[1] !== undefined) {
      heads.push({ line, address: match[1].replace(/\.+$/, ''), rest: content.slice(match[0].length), plain: PLAIN.test(content) });
    }
    if (heads.length >= RECIPIENTS_LIMIT) break;
  }
  return heads;
}

/** Each address once, with what stands between it and the next one; quotations of itself are part of that. */
function reasonsBelow(text: readonly string[], heads: readonly Head[]): NoticeRecipient[] {
  const firsts = heads.filter((head, at) => heads.findIndex(({ address }) => address.toLowerCase() === head.address.toLowerCase()) === at);
  return firsts.map(({ address, line, rest }, at) => {
    const below = text.slice(line + 1, firsts[at + 1]?.line ?? text.length);
    const reason = [rest.replace(/^[\s>"':;,.]+/, ''), ...below].join(' ').replace(/\s+/g, ' ').trim();
    // A list of addresses has its reason above, or below all of them.
    return { address, reason: /\p{L}{3}/u.test(reason) ? reason : text.join(' ') };
  });
}

function addressesIn(value: string): string[] {
  return unique([...value.matchAll(ANYWHERE)].map(([, address = '']) => address.replace(/\.+$/, '')));
}

function includes(addresses: readonly string[], address: string): boolean {
  return addresses.some((one) => one.toLowerCase() === address.toLowerCase());
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
