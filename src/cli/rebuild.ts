/** `relais rebuild`: a new register from the spool alone, on a stopped relay whose register is damaged or gone. */
import { loadConfig, machine } from '../config/index.ts';
import { rebuildStore } from '../store/rebuild.ts';
import { createLog } from './log.ts';
import { printable, type Terminal } from './terminal.ts';

export async function rebuild(
  options: { readonly config?: string | undefined; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const { config } = loadConfig(options.config, machine());
  const report = await rebuildStore({ dataDir: config.dataDir, log: createLog('silent', terminal), now: Date.now });
  if (options.json === true) {
    terminal.print(JSON.stringify(report));
    return;
  }
  const { colors } = terminal;
  for (const { segment, offset, length, what } of report.damage) {
    terminal.print(`${colors.red('damage')}  segment ${segment}, ${length} octets from ${offset}: ${printable(what)}`);
  }
  for (const note of report.notes) terminal.print(printable(note));
}
