/**
 * A signal as a mail: text and HTML side by side. The adapter to nodemailer's MIME node, as in
 * relay/notifications.
 *
 *   upstream    mail.ts
 *   standards   RFC 5322, RFC 2046 §5.1.4, RFC 3834 §5
 *   failure     rejects only for a bug: all values are escaped here, header fields made one line
 */
import MimeNode from 'nodemailer/lib/mime-node';
import { type Address, asciiAddress } from '../domain/address.ts';
import type { Told, ToldItem } from './told.ts';

export interface MailDraft {
  readonly told: Told;
  readonly to: Address;
  readonly hostname: string;
  /** Of the delivery; left of the @ of its Message-ID. */
  readonly id: string;
  /** What earlier mails about the same signal are threaded by; null: none is. */
  readonly thread: string | null;
  /** Unix milliseconds. */
  readonly now: number;
}

const LINE = 76;
const SUBJECT_LIMIT = 200;

/** The whole message, with CRLF. */
export function composeMail(draft: MailDraft): Promise<Buffer> {
  const { told, to, hostname, id, thread, now } = draft;
  const root = new MimeNode('multipart/alternative');
  root.setHeader([
    { key: 'From', value: `"${told.words.from}" <postmaster@${hostname}>` },
    { key: 'To', value: `<${asciiAddress(to) ?? to}>` },
    { key: 'Subject', value: oneLine(told.title).slice(0, SUBJECT_LIMIT) },
    { key: 'Message-ID', value: `<${id}@${hostname}>` },
    { key: 'Auto-Submitted', value: 'auto-generated' }, // RFC 3834 §5
    { key: 'X-Auto-Response-Suppress', value: 'All' },
    ...(thread === null ? [] : [{ key: 'References', value: `<${thread}@${hostname}>` }]),
  ]);
  root.date = new Date(now);
  part(root, 'text/plain; charset=utf-8', textOf(told, hostname));
  part(root, 'text/html; charset=utf-8', htmlOf(told, hostname));
  return root.build();
}

function part(root: MimeNode, type: string, content: string): void {
  root.createChild(type).setHeader('Content-Transfer-Encoding', 'quoted-printable').setContent(content);
}

function oneLine(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

// ── Text ──

function textOf(told: Told, hostname: string): string {
  const { title, text, items, more, words, rule, links } = told;
  const lines = [...wrap(oneLine(title), ''), ''];
  for (const sentence of text) lines.push(...wrap(oneLine(sentence), ''), '');
  for (const item of items) lines.push(...itemLines(item), '');
  if (more > 0) lines.push(words.andMore(more), '');
  for (const [name, target] of targetsOf(told)) lines.push(`${name}: ${target}`);
  if (Object.keys(links).length > 0) lines.push('');
  lines.push('-- ', ...wrap(words.footer(oneLine(rule), hostname), ''));
  return lines.map((line) => `${line}\r\n`).join('');
}

function itemLines({ name, lines, link }: ToldItem): string[] {
  return [`  ${oneLine(name)}`, ...lines.flatMap((line) => wrap(oneLine(line), '    ')), ...(link === null ? [] : [`    ${link}`])];
}

/** Links with their names, the way into the dashboard first. */
function targetsOf({ links, words }: Told): readonly (readonly [string, string])[] {
  const targets: [string, string | undefined][] = [
    [words.open, links.signal ?? links.message],
    [words.document, links.document],
    [words.contact, links.contact],
  ];
  return targets.flatMap(([name, target]) => (target === undefined ? [] : [[name, target] as const]));
}

function wrap(text: string, margin: string): string[] {
  const lines: string[] = [];
  let line = margin;
  for (const word of text.split(' ')) {
    if (line.length > margin.length && line.length + 1 + word.length > LINE) {
      lines.push(line);
      line = margin;
    }
    line += line.length === margin.length ? word : ` ${word}`;
  }
  return [...lines, line];
}

// ── HTML: tables and styles on the elements, for that is what mail programs show ──

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

function htmlOf(told: Told, hostname: string): string {
  const { title, text, items, more, words, rule, good } = told;
  const accent = good ? '#2e7d4f' : '#b3401f';
  const rows = items.map(itemRow).join('');
  const buttons = targetsOf(told)
    .map(([name, target], i) => buttonOf(name, target, i === 0))
    .join(' ');
  return `<!doctype html>
<html lang="${words.locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(oneLine(title))}</title></head>
<body style="margin:0;padding:24px 12px;background:#f4f3f0;${FONT};color:#22201c">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border-top:4px solid ${accent};border-radius:6px">
<tr><td style="padding:24px 24px 8px;font-size:19px;line-height:1.35;font-weight:600">${html(oneLine(title))}</td></tr>
${text.map((sentence) => `<tr><td style="padding:4px 24px;font-size:15px;line-height:1.5">${html(oneLine(sentence))}</td></tr>`).join('')}
${rows === '' ? '' : `<tr><td style="padding:8px 24px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0">${rows}</table></td></tr>`}
${more > 0 ? `<tr><td style="padding:4px 24px;font-size:14px;color:#6b665d">${html(words.andMore(more))}</td></tr>` : ''}
${buttons === '' ? '' : `<tr><td style="padding:16px 24px 8px">${buttons}</td></tr>`}
<tr><td style="padding:16px 24px 24px;font-size:12px;line-height:1.5;color:#6b665d">${html(words.footer(oneLine(rule), hostname))}</td></tr>
</table></td></tr></table></body></html>
`.replace(/\r?\n/g, '\r\n');
}

function itemRow({ name, lines, link }: ToldItem): string {
  const shown = link === null ? html(oneLine(name)) : `<a href="${html(link)}" style="color:#22201c">${html(oneLine(name))}</a>`;
  const below = lines.map((line) => `<div style="font-size:13px;line-height:1.5;color:#6b665d">${html(oneLine(line))}</div>`).join('');
  return `<tr><td style="padding:10px 0;border-top:1px solid #e7e4de;font-size:15px;line-height:1.4;word-break:break-word">${shown}${below}</td></tr>`;
}

function buttonOf(name: string, target: string, first: boolean): string {
  const colours = first ? 'background:#22201c;color:#ffffff' : 'background:#ece9e3;color:#22201c';
  return `<a href="${html(target)}" style="display:inline-block;margin:0 6px 8px 0;padding:9px 16px;border-radius:5px;font-size:14px;text-decoration:none;${colours}">${html(name)}</a>`;
}

function html(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;');
}
