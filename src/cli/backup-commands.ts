/** The commands of backups: made of a relay that runs or is stopped, looked through, restored. */
import type { Command } from 'commander';
import { type Common, configOption, jsonOption, remote, wholeNumber } from './options.ts';
import type { Terminal } from './terminal.ts';

export function addBackups(program: Command, screen: Terminal): void {
  const backup = remote(program.command('backup').description('make a backup while the relay works, or of one that is stopped'))
    .argument('[dir]', 'directory of backups; what has not changed since the one before is shared with it; default: backup.dir')
    .option('--keep <count>', 'keep so many of the newest there; default: as configured for backup.dir, else all', wholeNumber)
    .action(async (dir: string | undefined, options: Common & { keep?: number; json?: boolean }) =>
      (await import('./backup.ts')).backup(dir, options, screen),
    );
  backup
    .command('verify')
    .description('check that a backup, or the newest of a directory, is whole and holds together; changes nothing')
    .argument('<dir>')
    .addOption(jsonOption())
    .action(async (dir: string, _options: unknown, command: Command) =>
      (await import('./backup.ts')).verifyOne(dir, command.optsWithGlobals<{ json?: boolean }>(), screen),
    );
  program
    .command('restore')
    .description('put a backup, or the newest of a directory, into the empty dataDir; what waits in its queue is held')
    .argument('<dir>')
    .option('--no-hold', 'leave the queue as it was: what was sent since the backup is sent again')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (dir: string, options: Common & { hold: boolean; json?: boolean }) =>
      (await import('./backup.ts')).restore(dir, options, screen),
    );
}
