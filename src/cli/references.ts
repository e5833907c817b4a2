/** `relais references test FILE …`, which needs no running relay, and `relais references apply`. */
import { Readable } from 'node:stream';
import { loadConfig, machine } from '../config/index.ts';
import type { References } from '../domain/message.ts';
import { compileReferences, explain, type Finding, findAll } from '../domain/reference-rules.ts';
import { changedReferences } from '../domain/references.ts';
import type { ReferenceRule } from '../domain/settings.ts';
import { DocumentReader, factsOf, streamFacts } from '../relay/references/index.ts';
import { readHeaderBlock } from '../relay/submission/index.ts';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { filterQuery, type ListFilter } from './filter-options.ts';
import { readReport } from './report.ts';
import { confirm, printable, type Terminal } from './terminal.ts';

interface TestOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly account: string;
}

interface Tested {
  readonly subject: string | null;
  readonly said: References;
  readonly after: References;
  readonly findings: readonly Finding[];
  readonly stream: { readonly stream: string; readonly pattern: string } | null;
}

export async function testReferences(files: readonly string[], options: TestOptions, terminal: Terminal): Promise<void> {
  const { references: settings } = loadConfig(options.config, machine()).config;
  const rules = { settings, compiled: compileReferences(settings) };
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_: object, text: string) => terminal.note(text),
    error: () => undefined,
  };
  const documents = new DocumentReader({ log });
  let unread = 0;
  try {
    for (const file of files) {
      const raw = readReport(file, terminal);
      if (raw === null) {
        unread++;
        continue;
      }
      const tested = await test(raw, options.account);
      for (const line of options.json === true ? [JSON.stringify(testedJson(file, tested))] : testedLines(file, tested, terminal))
        terminal.print(line);
    }
  } finally {
    await documents.stop();
  }
  if (unread > 0) throw new CommandError(EXIT.usage, `${unread} of ${files.length} files could not be read.`);

  async function test(raw: Buffer, account: string): Promise<Tested> {
    const bytes = withCrlf(raw);
    const end = bytes.indexOf('\r\n\r\n');
    const { headers, references: said } = readHeaderBlock(end === -1 ? bytes : bytes.subarray(0, end + 4));
    const content = { bytes, stream: () => Readable.from([bytes]) };
    const files = bytes.length <= settings.attachments ? settings.attachments : 0;
    const { facts, reading } = await factsOf({ message: { headers }, rules, documents, content, files });
    const after = changedReferences(said, findAll(rules.compiled, { facts, known: said }), 'missing');
    const grouped = settings.streams && after.template === null;
    return {
      subject: headers.subject,
      said,
      after,
      findings: explain(rules.compiled, facts, said),
      stream: grouped ? streamFacts({ account, subject: headers.subject, recipients: [] }, reading) : null,
    };
  }
}

/** Messages that were saved to files have the line ends of their system. */
function withCrlf(raw: Buffer): Buffer {
  return Buffer.from(raw.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}

function testedJson(file: string, { subject, after, findings, stream }: Tested): object {
  const { found = [], stream: _, class: __, run: ___, ...references } = after;
  return {
    file,
    subject,
    references,
    found,
    findings: findings.flatMap(({ value, profile, index, rule, decides }) =>
      value === null ? [] : [{ profile, index, field: rule.field, tag: rule.tag ?? null, from: rule.from, value, decides }],
    ),
    stream,
  };
}

const FIELDS = ['document', 'documentType', 'contact', 'administration', 'template'] as const;

function testedLines(file: string, { subject, said, findings, stream }: Tested, { colors }: Terminal): string[] {
  const lines = [`${colors.bold(printable(file))}  ${printable(subject ?? '(no subject)')}`];
  const line = (name: string, value: string, why: string): void => {
    lines.push(`  ${name.padEnd(15)} ${printable(value)}  ${colors.dim(printable(why))}`);
  };
  for (const field of FIELDS) {
    const value = said[field];
    if (value !== null) line(field, value, 'said by X-Relais-*');
  }
  for (const [name, value] of Object.entries(said.tags)) line(`tag ${name}`, value, 'said by X-Relais-Tag');
  const deciding = findings.filter(({ decides }) => decides);
  for (const finding of deciding) line(nameOf(finding.rule), finding.value ?? '', whyOf(finding));
  for (const finding of findings) {
    if (finding.value !== null && !finding.decides)
      lines.push(colors.dim(`  passed over     ${nameOf(finding.rule)} ${printable(finding.value)}  ${printable(whyOf(finding))}`));
  }
  if (lines.length === 1) lines.push(colors.dim(`  nothing: none of ${findings.length} rules found anything`));
  if (stream !== null) line('stream', stream.stream, `mail like "${stream.pattern}"`);
  return lines;
}

function nameOf({ field, tag }: ReferenceRule): string {
  return field === 'tag' ? `tag ${tag ?? ''}` : field;
}

/** Rules are counted from 1, as people do. */
function whyOf({ profile, index, rule }: Finding): string {
  const place =
    rule.from === 'header'
      ? `${rule.header ?? ''}`
      : rule.from === 'xml'
        ? `xml ${rule.path?.[0] ?? ''}${(rule.path ?? []).length > 1 ? ' …' : ''}`
        : rule.from;
  return `${profile === null ? 'your rule' : profile} ${index + 1}: ${place}`;
}

// ── Applying ──

export interface ApplyOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly cursor?: string;
}

interface Applied {
  readonly matched: number;
  readonly changed: number;
  readonly unread: number;
  readonly fields: Readonly<Record<string, number>>;
  readonly complete: boolean;
  readonly next: string | null;
}

export async function applyReferences(api: Api, options: ListFilter & ApplyOptions, terminal: Terminal, now: number): Promise<void> {
  const filter = filterQuery(options, now);
  if (Object.keys(filter).length === 0 && options.all !== true) {
    throw new CommandError(EXIT.usage, 'Give filters that say of which messages, or --all.');
  }
  const body = { filter, ...(options.all === true ? { all: true } : {}) };
  const asks = terminal.canAsk && options.yes !== true && options.json !== true;
  if (options.dryRun === true || asks) {
    const counted = await walk(api, { ...body, dryRun: true }, options.cursor, terminal);
    if (options.dryRun === true) return tell(counted, true, options, terminal);
    if (counted.changed > 0 && !(await confirm(`Change what ${messages(counted.changed)} are about?`))) {
      throw new CommandError(EXIT.negative, 'Nothing was changed.');
    }
  }
  tell(await walk(api, body, options.cursor, terminal), false, options, terminal);
}

type Sums = { matched: number; changed: number; unread: number; fields: Record<string, number> };

/** Calls until all is done; where one fails, the last cursor says where to go on. */
async function walk(api: Api, body: object, from: string | undefined, terminal: Terminal): Promise<Sums> {
  const sums: Sums = { matched: 0, changed: 0, unread: 0, fields: {} };
  let cursor = from;
  for (;;) {
    let answer: Applied;
    try {
      answer = await api.post<Applied>('/references/apply', { ...body, ...(cursor === undefined ? {} : { cursor }) });
    } catch (error) {
      if (cursor !== undefined) terminal.note(`Go on with --cursor ${cursor}`);
      throw error;
    }
    sums.matched += answer.matched;
    sums.changed += answer.changed;
    sums.unread += answer.unread;
    for (const [field, count] of Object.entries(answer.fields)) sums.fields[field] = (sums.fields[field] ?? 0) + count;
    if (answer.next === null) return sums;
    cursor = answer.next;
    terminal.note(`${sums.matched} looked at, ${sums.changed} changed …`);
  }
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}

function tell(sums: Sums, dryRun: boolean, { json }: ApplyOptions, terminal: Terminal): void {
  if (json === true) {
    terminal.print(JSON.stringify({ dryRun, ...sums }));
    return;
  }
  const { colors } = terminal;
  const verb = dryRun ? 'would change' : sums.changed === 1 ? 'has changed' : 'have changed';
  terminal.print(`${colors.bold(messages(sums.changed))} of ${sums.matched} ${verb}.`);
  for (const [field, count] of Object.entries(sums.fields)) terminal.print(colors.dim(`${count} in ${field}`));
  if (sums.unread > 0) terminal.print(colors.dim(`${sums.unread} without content: what was found in it before stays`));
}
