/** `relais verify`: whether register, spool and feed hold together; on a stopped relay, changing nothing. */
import { loadConfig, machine } from '../config/index.ts';
import { type Finding, type VerifyReport, verifyStore } from '../store/verify.ts';
import { CommandError, EXIT } from './exit.ts';
import { createLog } from './log.ts';
import { formatSize, printable, type Terminal } from './terminal.ts';

export async function verify(
  options: { readonly config?: string | undefined; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const { config } = loadConfig(options.config, machine());
  const report = await verifyStore({ dataDir: config.dataDir, log: createLog('silent', terminal), now: Date.now });
  if (options.json === true) terminal.print(JSON.stringify(report));
  else for (const line of reportLines(report, terminal)) terminal.print(line);
  if (!report.ok) throw new CommandError(EXIT.store, `The store in ${config.dataDir} is damaged.`);
}

export function reportLines({ ok, counts, findings, omitted }: VerifyReport, terminal: Terminal): string[] {
  const { colors } = terminal;
  const lines = findings.map((finding) => findingLine(finding, terminal));
  if (omitted > 0) lines.push(`and ${omitted} more`);
  const { messages, recipients, pending, events, entries, octets } = counts;
  lines.push(
    `${messages} messages to ${recipients} recipients (${pending} in the queue), ${events} events, ${entries} contents (${formatSize(octets)})`,
    ok ? colors.green('Everything holds together.') : colors.red('There is damage.'),
  );
  return lines;
}

function findingLine({ severity, what, where, advice }: Finding, { colors }: Terminal): string {
  const mark = severity === 'damage' ? colors.red('damage') : colors.yellow('note  ');
  return `${mark}  ${printable(what)}\n        ${colors.dim(printable(where))}\n        ${printable(advice)}`;
}
