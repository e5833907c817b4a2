/** `relais report FILE …`: parses bounces and other reports; needs no running relay. */
import { readFileSync } from 'node:fs';
import { loadConfig, machine } from '../config/index.ts';
import { useOwnRules } from '../domain/reply.ts';
import { type Explanation, type ParsedReport, parseReport } from '../relay/reports/index.ts';
import { CommandError, EXIT } from './exit.ts';
import { printable, type Terminal } from './terminal.ts';

export async function report(
  files: readonly string[],
  options: { readonly json?: boolean; readonly explain?: boolean; readonly config?: string | undefined },
  terminal: Terminal,
): Promise<void> {
  if (options.config !== undefined) useOwnRules(loadConfig(options.config, machine()).config.reports.ownRules ?? null);
  let unread = 0;
  for (const file of files) {
    const raw = readReport(file, terminal);
    if (raw === null) {
      unread++;
      continue;
    }
    const parsed = await parseReport(raw);
    if (options.json === true) terminal.print(JSON.stringify(reportJson(file, parsed, options.explain === true)));
    else for (const line of reportLines(file, parsed, options.explain === true, terminal)) terminal.print(line);
  }
  if (unread > 0) throw new CommandError(EXIT.usage, `${unread} of ${files.length} files could not be read.`);
}

/** `-`: standard input. Null: it can not be read, and that was said. */
export function readReport(file: string, terminal: Terminal): Buffer | null {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    terminal.note(`${printable(file)}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    return null;
  }
}

/** The object of the contract, its keys in its order; `explanation` where it was asked for. */
function reportJson(file: string, parsed: ParsedReport, explain: boolean): object {
  const { kind, originalMessageId, envelopeId, reportingMta, recipients } = parsed;
  return {
    file,
    kind,
    originalMessageId,
    envelopeId,
    reportingMta,
    recipients: recipients.map(({ address, action, status, replyCode, category, addressInvalid, permanent, diagnostic }, index) => ({
      address,
      action,
      status,
      replyCode,
      category,
      addressInvalid,
      permanent,
      diagnostic,
      ...(explain ? { explanation: parsed.explanations?.[index] ?? null } : {}),
    })),
  };
}

function reportLines(file: string, parsed: ParsedReport, explain: boolean, { colors }: Terminal): string[] {
  const about = [parsed.reportingMta, parsed.originalMessageId].filter((part) => part !== null).join('  ');
  const lines = [`${colors.bold(printable(file))}  ${parsed.kind}  ${colors.dim(printable(about))}`];
  for (const [index, one] of parsed.recipients.entries()) {
    const what = [one.action, one.status, one.category, one.addressInvalid ? 'address invalid' : null]
      .filter((part) => part !== null)
      .join('  ');
    lines.push(`  ${printable(one.address ?? '(no address)')}  ${what}`);
    if (one.diagnostic !== null) lines.push(`    ${colors.dim(printable(one.diagnostic))}`);
    if (explain) lines.push(...explained(parsed.explanations?.[index] ?? null).map((line) => `    ${printable(line)}`));
  }
  return lines;
}

const REFUSED_AT = {
  greeting: 'refused as soon as the connection was there',
  'before-rcpt': 'refused before a recipient was named',
  rcpt: 'refused in answer to RCPT',
  data: 'refused in answer to DATA',
} as const;

function explained(explanation: Explanation | null): string[] {
  if (explanation === null) return ['no rule was asked: nothing failed'];
  const { rule, says, matched, refusedAt, overruled } = explanation;
  const head = rule === null ? says : `rule ${rule}: ${says}; it found "${matched ?? ''}"`;
  return [head, ...(refusedAt === null ? [] : [REFUSED_AT[refusedAt]]), ...overruled.map((sentence) => `overruled: ${sentence}`)];
}
