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
import { isMessageField } from './returned.ts';

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

/** In the mail of a machine: that a message did not arrive, in the languages of those who write no subject for it. */
const FAILURE_TEXT =
  /\b(?:could ?n[o']t be delivered|(?:cannot|can't|could not|unable to|failed to) deliver|undeliver(?:ed|able)|not (?:been )?delivered|delivery (?:has )?failed|trouble delivering|nicht (?:zugestellt|zustellbar|ausgeliefert)|n'a pas pu (?:être|etre) (?:remis|distribu|délivr|delivr|livr)|non remis|no (?:se )?(?:pudo|ha podido|fue posible) (?:ser )?entreg|no entregado|non (?:è stato possibile )?(?:consegn|recapit)|impossibile (?:consegn|recapit)|não (?:pôde|foi possível|pode) (?:ser )?entreg|niet (?:worden )?(?:bezorgd|afgeleverd)|kunde inte levereras|kunne ikke leveres|nie (?:mogła|może|została|udało się)[^.]{0,40}dostarcz)|не (?:было|был[ао]?|удалось|может быть)[^.]{0,40}доставл|(?:送信|配信|配達|お届け)(?:する(?:こと)?が?)?(?:でき|出来)ません|无法(?:投递|送达|发送)|投递失败|退信|無法(?:投遞|傳送|送達)/i;
const MACHINE_LOCAL_PART = /^"?(?:no-?reply|do-?not-?reply|auto(?:mated|matic|reply|responder)?|bounces?|robot)\b/i;

const FIELD_LINE = /^([A-Za-z][\w-]{1,60}):(?:\s|$)/;
const STATUS_LINE = /^(?:reporting-mta|original-envelope-id|final-recipient|original-recipient|action)\s*:/i;
const LINES_LIMIT = 2000;

function linesIn({ text }: ReportMime): string[] {
  return text
    .split('\n')
    .slice(0, LINES_LIMIT)
    .map((line) => line.slice(0, 1000));
}

/** The lines above the returned message, or all of them. */
export function textAbove(mime: ReportMime): readonly string[] {
  const lines = linesIn(mime);
  return lines.slice(0, returnedAt(lines));
}

/** What the part for people says of `address`; null where it says nothing of it. */
export function reasonFor(address: string, mime: ReportMime): string | null {
  const text = withoutSeparator(textAbove(mime));
  const below = reasonsBelow(text, headsOf(text)).find((one) => includes([address], one.address));
  return below?.reason ?? paragraphWith(address, text);
}

/** The lines around the one that names `address`, where they say anything beside. */
function paragraphWith(address: string, text: readonly string[]): string | null {
  const at = text.findIndex((line) => line.toLowerCase().includes(address.toLowerCase()));
  if (at === -1) return null;
  const before = text.slice(0, at).findLastIndex((line) => line.trim() === '');
  const after = text.findIndex((line, index) => index > at && line.trim() === '');
  const paragraph = text.slice(before + 1, after === -1 ? text.length : after);
  return paragraph.length > 1 ? paragraph.join(' ').replace(/\s+/g, ' ').trim() : null;
}

export function readNotice(mime: ReportMime, attached: readonly Field[]): Notice | null {
  if (!isFromMailSystem(mime)) return null;
  const lines = withoutOwnHeader(linesIn(mime), mime);
  const cut = returnedAt(lines);
  const notice = withoutSeparator(lines.slice(0, cut));
  const below = readBlocks(lines.slice(cut).join('\n'), 1)[0] ?? [];
  const returned = attached.length > 0 ? attached : below;
  const status = notice.findIndex((line) => STATUS_LINE.test(line.trimStart()));
  const text = status === -1 ? notice : notice.slice(0, status);
  const inner = status === -1 ? statusFrom(lines.slice(cut)) : null;
  const passedOn = inner !== null && namesNobody({ mime, text, returned }) ? inner : null;
  return {
    deliveryStatus: status === -1 ? passedOn : linesOf(notice.slice(status)),
    delayed: isDelay(mime.subject ?? '', text.join(' ')),
    recipients: recipientsOf({ mime, text, returned }),
    returned,
  };
}

/** Whether a mail system wrote it, to whoever sent the message that it speaks of. */
export function isFromMailSystem({ headers, subject, reportType, text }: ReportMime): boolean {
  if (reportType === 'delivery-status' || fieldValue(headers, 'x-failed-recipients') !== null) return true;
  const from = fieldValue(headers, 'from') ?? '';
  const name = from.replace(/<.*/, '');
  const address = addressIn(from) ?? from;
  if (SYSTEM_LOCAL_PART.test(address) || SYSTEM_NAME.test(name) || FAILURE_SUBJECT.test(subject ?? '')) return true;
  return isFromMachine(headers, address) && FAILURE_TEXT.test(text.slice(0, 4000));
}

/** RFC 3834 §2: nobody wrote it by hand. */
function isFromMachine(headers: readonly Field[], address: string): boolean {
  const submitted = fieldValue(headers, 'auto-submitted')?.toLowerCase() ?? 'no';
  const nullPath = headers.some(({ name, value }) => name === 'return-path' && /^<\s*>$/.test(value));
  return nullPath || !submitted.startsWith('no') || MACHINE_LOCAL_PART.test(address);
}

/** Whom it failed for is told by the returned header alone. */
function namesNobody({ mime, text, returned }: Reading): boolean {
  return recipientsOf({ mime, text, returned: returned.filter(({ name }) => name !== 'to') }).length === 0;
}

/** A report in the text of another, which says nothing of its own: a gateway passed it on. */
function statusFrom(lines: readonly string[]): string | null {
  const begin = lines.findIndex((line) => /^(?:reporting-mta|final-recipient)\s*:/i.test(line.trimStart()));
  return begin === -1 ? null : linesOf(lines.slice(begin));
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** The line at which the returned message begins: three fields of a header, one after the other. */
function returnedAt(lines: readonly string[]): number {
  for (let start = 0; start < lines.length; start++) {
    if (isMessageLine(lines[start] ?? '') && messageFieldsFrom(lines, start) >= 3) return start;
  }
  return lines.length;
}

/** Some notices begin with their own header once more: it is none of the returned message. */
function withoutOwnHeader(lines: readonly string[], { headers, subject }: ReportMime): readonly string[] {
  const begin = returnedAt(lines);
  if (begin === lines.length || subject === null) return lines;
  const length = lines.slice(begin).findIndex((line) => line.trim() === '');
  const fields = readBlocks(lines.slice(begin, length === -1 ? lines.length : begin + length).join('\n'), 1)[0] ?? [];
  const same = (name: string, own: string | null): boolean => own !== null && fieldValue(fields, name)?.trim() === own.trim();
  if (length === -1 || !same('subject', subject) || addressIn(fieldValue(fields, 'to')) !== addressIn(fieldValue(headers, 'to')))
    return lines;
  return [...lines.slice(0, begin), ...lines.slice(begin + length)];
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

function isMessageLine(line: string): boolean {
  return isMessageField(FIELD_LINE.exec(line)?.[1] ?? '');
}

function messageFieldsFrom(lines: readonly string[], start: number): number {
  let known = 0;
  for (const line of lines.slice(start, start + 60)) {
    if (isMessageLine(line)) known++;
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
  const parted = heads.length > 0 ? reasonsBelow(text, heads) : reasonsAbove(text);
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
    const match = SESSION.test(content) ? null : AT_HEAD.exec(content);
    if (match?.[1] !== undefined) {
      heads.push({ line, address: match[1].replace(/\.+$/, ''), rest: content.slice(match[0].length), plain: PLAIN.test(content) });
    }
    if (heads.length >= RECIPIENTS_LIMIT) break;
  }
  return heads;
}

/** A reply code or an enhanced status: where one stands, there stands the reason. */
const CODE = /(?<![\d.])[45]\d\d(?=[ -]\D|[ -][45]\.)|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/;

/** Each address once, with what stands between it and the next one; quotations of itself are part of that. */
function reasonsBelow(text: readonly string[], heads: readonly Head[]): NoticeRecipient[] {
  const firsts = heads.filter((head, at) => heads.findIndex(({ address }) => address.toLowerCase() === head.address.toLowerCase()) === at);
  const above = reasonIn(text.slice(0, firsts[0]?.line ?? 0));
  return firsts.map(({ address, line, rest }, at) => {
    const below = text.slice(line + 1, firsts[at + 1]?.line ?? text.length);
    const reason = [rest.replace(/^[\s>"':;,.]+/, ''), ...below].join(' ').replace(/\s+/g, ' ').trim();
    // A list of addresses has its reason above, or below all of them.
    if (!/\p{L}{3}/u.test(reason)) return { address, reason: text.join(' ') };
    return { address, reason: above !== '' && !CODE.test(reason) ? `${above} ${reason}` : reason };
  });
}

/** From the line with a code on; empty where none has one. */
function reasonIn(text: readonly string[]): string {
  const at = text.findIndex((line) => CODE.test(line));
  return at === -1 ? '' : text.slice(at).join(' ').trim();
}

/** What sendmail writes in the end of each: `550 <a@b>... User unknown`. */
const ENDED = new RegExp(`^[45]\\d\\d (?:[45]\\.\\d{1,3}\\.\\d{1,3} )?<(${ADDRESS})>\\.\\.\\. (.+)`, 'i');
const SESSION = /^(?:>>>|<<<) /;

/** The transcript of a session alone: above the line for each address stand the command and its reply. */
function reasonsAbove(text: readonly string[]): NoticeRecipient[] {
  const ended: NoticeRecipient[] = [];
  let session: string[] = [];
  for (const line of text) {
    if (SESSION.test(line)) session.push(line);
    const [, address = '', reason = ''] = ENDED.exec(line) ?? [];
    if (address === '') continue;
    if (
      !includes(
        ended.map((one) => one.address),
        address,
      ) &&
      ended.length < RECIPIENTS_LIMIT
    ) {
      ended.push({ address, reason: [...session.slice(-20), reason].join(' ') });
    }
    session = [];
  }
  return ended;
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
