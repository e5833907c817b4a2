/** The commands that look after what is kept: the clean-up, legal holds, a person's data. */
import { type Command, Option } from 'commander';
import { loadConfig, machine } from '../config/index.ts';
import { withAccess } from './access-commands.ts';
import { findRelay, requireRelay } from './api.ts';
import type { EraseOptions } from './erase.ts';
import type { SetOptions } from './legal-holds.ts';
import { type Common, filters, remote } from './options.ts';
import type { Terminal } from './terminal.ts';

export function addUpkeep(program: Command, screen: Terminal): void {
  remote(program.command('cleanup').description('erase what retention says is over'))
    .option('--dry-run', 'only count it')
    .action(async (options: Common & { dryRun?: boolean }) => {
      const { retention } = findRelay(options) === undefined ? loadConfig(options.config, machine()).config : { retention: NO_RETENTION };
      await withAccess(options, async (place) =>
        (await import('./cleanup.ts')).cleanup(place, { ...options, retention, now: Date.now() }, screen),
      );
    });
  addLegalHolds(program, screen);
  remote(program.command('erase').description("erase one person's data: messages to their address, and the address in all else"))
    .argument('<address>')
    .option('--dry-run', 'only count it')
    .option('--force', 'also what is still in the queue, which is cancelled for this address')
    .action(async (address: string, options: Common & EraseOptions) =>
      (await import('./erase.ts')).eraseSubject(requireRelay(options), address, options, screen),
    );
}

/** The running relay decides by its own configuration. */
const NO_RETENTION = { schedule: '', content: 0, records: 0 };

function addLegalHolds(program: Command, screen: Terminal): void {
  const group = program.command('legal-hold').description('mail that nobody erases, whatever its age and whoever asks');
  filters(remote(group.command('set').description('put messages under a hold, or all that fit filters, also those still to come')))
    .argument('[id...]')
    .addOption(new Option('--reason <text>', 'why: a case, a request').makeOptionMandatory())
    .option('--name <name>', 'of a hold with filters')
    .action(async (ids: string[], options: Common & SetOptions) =>
      (await import('./legal-holds.ts')).setHolds(requireRelay(options), { ids, options, now: Date.now() }, screen),
    );
  remote(group.command('list').description('all legal holds')).action(async (options: Common) =>
    (await import('./legal-holds.ts')).listHolds(requireRelay(options), options, screen),
  );
  remote(group.command('lift').description('lift a hold: of a message, or by its name'))
    .argument('<what>', 'id of the message, or name of the hold')
    .action(async (what: string, options: Common) => (await import('./legal-holds.ts')).liftHold(requireRelay(options), what, screen));
}
