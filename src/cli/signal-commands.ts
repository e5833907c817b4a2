/** The commands of `relais signals`. */
import { type Command, Option } from 'commander';
import { requireRelay } from './api.ts';
import { type Common, remote, wholeNumber } from './options.ts';
import type { TryOptions } from './signals.ts';
import type { Terminal } from './terminal.ts';

export function addSignals(program: Command, screen: Terminal): void {
  const group = program.command('signals').description('what the rules found, who is told, and trying a rule against the past');
  remote(group.command('list').description('the rules, what is open, and how their channels do')).action(async (options: Common) =>
    (await import('./signals.ts')).listRules(requireRelay(options), options, screen),
  );
  remote(group.command('open').description('what is not over'))
    .option('--all', 'also what lately was')
    .action(async (options: Common & { all?: boolean }) => (await import('./signals.ts')).listOpen(requireRelay(options), options, screen));
  remote(group.command('acknowledge').description('somebody takes care: it is not told again, nor escalated'))
    .argument('<signal-or-rule...>')
    .option('--note <text>', 'for the others')
    .action(async (names: string[], options: Common & { note?: string }) =>
      (await import('./signals.ts')).acknowledge(requireRelay(options), names, options, screen),
    );
  remote(group.command('test').description('send a test over each channel of a rule'))
    .argument('<rule>')
    .action(async (name: string, options: Common) => (await import('./signals.ts')).testRule(requireRelay(options), name, options, screen));
  remote(group.command('try').description('what a rule would have told in the past; nothing is sent'))
    .argument('[rule]', 'name of a configured rule')
    .option('--rule <file>', 'a rule that is not configured, as YAML; "-": from standard input')
    .option('--from <time>', 'such as 2026-11-24, or 30d ago as 30d; default: 7d')
    .option('--to <time>')
    .action(async (name: string | undefined, options: Common & TryOptions) =>
      (await import('./signals.ts')).tryRule(requireRelay(options), name, options, screen, Date.now()),
    );
  remote(group.command('deliveries').description('what a rule sent, and what was answered'))
    .argument('<rule>')
    .addOption(new Option('-n, --limit <count>', 'how many').default(50).argParser(wholeNumber))
    .action(async (name: string, options: Common & { limit: number }) =>
      (await import('./signals.ts')).listDeliveries(requireRelay(options), name, options, screen),
    );
  remote(group.command('retry').description('send deliveries again now'))
    .argument('<delivery...>')
    .action(async (ids: string[], options: Common) =>
      (await import('./signals.ts')).retryDelivery(requireRelay(options), ids, options, screen),
    );
}
