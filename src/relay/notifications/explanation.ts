/** The part of a notification for people: whom it concerns, why, and what they can do. Pure. */
import type { AcceptedMessage } from '../../domain/message.ts';
import type { NotificationKind } from '../../domain/notification.ts';
import type { NotifiedRecipient } from './facts.ts';
import type { Wording } from './wording.ts';

export interface ExplanationSubject {
  readonly message: AcceptedMessage;
  readonly recipients: readonly NotifiedRecipient[];
  readonly hostname: string;
  /** Where people see what is known of the message; null: nowhere. */
  readonly link: string | null;
  /** IANA name of the time zone in which times are told. */
  readonly timeZone: string;
}

/** What asks most of the reader comes first. */
const ORDER: readonly NotificationKind[] = ['failed', 'correction', 'delayed', 'relayed', 'expanded', 'delivered'];
/** Recipients named to people; the others stand in the part for machines. */
const NAMED = 50;
const LINE = 76;
const MARGIN = '    ';

export function subjectLine({ message, recipients }: ExplanationSubject, wording: Wording): string {
  const kind = ORDER.find((one) => recipients.some((recipient) => recipient.kind === one)) ?? 'failed';
  return `${wording.subject[kind]}${wording.separator}${oneLine(message.headers.subject ?? '') || wording.noSubject}`;
}

/** With CRLF. */
export function explain(subject: ExplanationSubject, wording: Wording): string {
  const named = subject.recipients.slice(0, NAMED);
  const lines: string[] = [];
  for (const kind of ORDER) {
    const recipients = named.filter((recipient) => recipient.kind === kind);
    if (recipients.length === 0) continue;
    lines.push(...wrap(wording.intro[kind][recipients.length > 1 ? 1 : 0]), '');
    for (const group of alike(recipients)) lines.push(...groupLines(group, subject, wording), '');
  }
  const unnamed = subject.recipients.length - named.length;
  if (unnamed > 0) lines.push(wording.andMore(unnamed), '');
  lines.push(...messageLines(subject, wording), '', '-- ', ...wrap(wording.footer(subject.hostname)));
  return lines.map((line) => `${line}\r\n`).join('');
}

/** Recipients of whom the same is said, together. */
function alike(recipients: readonly NotifiedRecipient[]): readonly (readonly NotifiedRecipient[])[] {
  const groups = new Map<string, NotifiedRecipient[]>();
  for (const recipient of recipients) {
    const { cause, remoteMta, diagnostic, willRetryUntil } = recipient;
    const key = JSON.stringify([cause, remoteMta, diagnostic, willRetryUntil]);
    groups.set(key, [...(groups.get(key) ?? []), recipient]);
  }
  return [...groups.values()];
}

function groupLines(group: readonly NotifiedRecipient[], subject: ExplanationSubject, wording: Wording): string[] {
  const [first] = group;
  if (first === undefined) return [];
  return [...group.map(({ address }) => `  ${address}`), ...reasonLines(first, subject, wording)];
}

function reasonLines(recipient: NotifiedRecipient, { timeZone }: ExplanationSubject, wording: Wording): string[] {
  const { kind, cause, lastCategory, diagnostic, remoteMta, willRetryUntil } = recipient;
  if (kind === 'delivered' || kind === 'relayed' || kind === 'expanded') return [];
  const failed = kind !== 'delayed';
  const knowsWhy = failed || (cause !== 'unknown' && diagnostic !== null);
  const lines: string[] = [];
  if (knowsWhy) lines.push(`${wording.why} ${wording.reasons[cause]}`);
  if (cause === 'expired' && lastCategory !== null && lastCategory !== 'unknown') {
    lines.push(`${wording.lately} ${wording.reasons[lastCategory]}`);
  }
  if (diagnostic !== null && cause !== 'suppressed') {
    lines.push(`${diagnostic.type === 'smtp' ? wording.answered(remoteMta) : wording.found} ${oneLine(diagnostic.text)}`);
  }
  if (failed) lines.push(`${wording.todo} ${wording.advice[cause]}`);
  else lines.push(wording.stillTrying(willRetryUntil === null ? null : dateText(willRetryUntil, timeZone, wording)));
  return lines.flatMap((line) => wrap(line, MARGIN));
}

function messageLines({ message, link, timeZone }: ExplanationSubject, wording: Wording): string[] {
  const { headers, acceptedAt } = message;
  const { labels } = wording;
  const lines = [
    [labels.subject, oneLine(headers.subject ?? '') || wording.noSubject],
    [labels.sent, dateText(acceptedAt, timeZone, wording)],
    ...(headers.from === null ? [] : [[labels.from, oneLine(headers.from)]]),
    ...(headers.messageId === null ? [] : [[labels.id, `<${oneLine(headers.messageId)}>`]]),
  ].map(([label, value]) => `  ${label} ${value}`);
  return [wording.message, ...lines, ...(link === null ? [] : ['', wording.link, `  ${link}`])];
}

/** Made once: each costs a millisecond. */
const formats = new Map<string, Intl.DateTimeFormat>();

function dateText(ms: number, timeZone: string, { locale }: Wording): string {
  const key = `${locale} ${timeZone}`;
  const format = formats.get(key) ?? dateFormat(locale, timeZone);
  formats.set(key, format);
  return format.format(ms);
}

function dateFormat(locale: string, timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  });
}

function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ').trim();
}

function wrap(text: string, margin = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && margin.length + line.length + 1 + word.length > LINE) {
      lines.push(margin + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, margin + line];
}
