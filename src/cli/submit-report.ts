/** `relais report FILE … --submit`: reports from files, taken in by the running relay as if they had come by SMTP. */
import { basename } from 'node:path';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { readReport } from './report.ts';
import { printable, type Terminal } from './terminal.ts';

interface Submitted {
  readonly id: string;
  readonly kind: string;
  readonly matches: readonly { readonly message: string; readonly index: number }[];
  readonly trouble: string | null;
}

/** Ends with 1 when some fit no message, 64 when some could not be read; the others are taken in all the same. */
export async function submitReports(
  api: Api,
  files: readonly string[],
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  let [unread, unmatched] = [0, 0];
  for (const file of files) {
    const raw = readReport(file, terminal);
    if (raw === null) {
      unread++;
      continue;
    }
    const report = await api.postRaw<Submitted>('/reports', { file: file === '-' ? 'standard input' : basename(file).slice(0, 200) }, raw);
    if (report.matches.length === 0) unmatched++;
    if (options.json === true) terminal.print(JSON.stringify({ file, ...report }));
    else terminal.print(lineOf(file, report, terminal));
  }
  if (unread > 0) throw new CommandError(EXIT.usage, `${unread} of ${files.length} files could not be read.`);
  if (unmatched > 0) {
    const what = files.length === 1 ? 'It fits' : `${unmatched} of ${files.length} fit`;
    throw new CommandError(EXIT.negative, `${what} no message: see the review list.`, '`relais reports list --unmatched` shows it.');
  }
}

function lineOf(file: string, { id, kind, matches, trouble }: Submitted, { colors }: Terminal): string {
  const about = matches.map(({ message, index }) => `${message}#${index}`).join(', ');
  const why = trouble === null ? 'it fits no message' : printable(trouble);
  return `${colors.bold(printable(file))}  ${kind}  recorded as ${id}  ${about === '' ? colors.yellow(why) : about}`;
}
