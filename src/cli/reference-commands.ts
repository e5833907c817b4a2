/** The commands about what mail is about: rules tried on files and applied to the past, streams and their names. */
import { type Command, Option } from 'commander';
import { DEFAULT_ACCOUNT } from '../domain/settings.ts';
import { requireRelay } from './api.ts';
import type { ListFilter } from './filter-options.ts';
import { type Common, configOption, filters, jsonOption, remote } from './options.ts';
import type { ApplyOptions } from './references.ts';
import type { StreamListOptions } from './streams.ts';
import type { Terminal } from './terminal.ts';

export function addReferences(program: Command, screen: Terminal): void {
  const group = program.command('references').description('what mail is about: the rules that find it');
  group
    .command('test')
    .description('what each rule of the configuration finds in messages, and which decides')
    .addOption(configOption())
    .addOption(jsonOption())
    .argument('<file...>', 'messages; "-": from standard input')
    .option('--account <name>', 'whose mail it would be', DEFAULT_ACCOUNT)
    .action(async (files: string[], options: { config?: string; json?: boolean; account: string }) =>
      (await import('./references.ts')).testReferences(files, options, screen),
    );
  filters(remote(group.command('apply').description('find anew, by the rules of the configuration, what messages are about')))
    .option('--all', 'of all messages')
    .option('--dry-run', 'only count')
    .option('-y, --yes', 'do not ask')
    .option('--cursor <cursor>', 'go on where a call ended')
    .action(async (options: Common & ListFilter & ApplyOptions) =>
      (await import('./references.ts')).applyReferences(requireRelay(options), options, screen, Date.now()),
    );
  const streams = program.command('streams').description('kinds of mail that have no template');
  remote(streams.command('list').description('those that were seen often, or have a name'))
    .addOption(new Option('--named <yes|no>').choices(['yes', 'no']))
    .option('-q, --search <text>', 'a part of name or pattern')
    .action(async (options: Common & StreamListOptions) =>
      (await import('./streams.ts')).listStreams(requireRelay(options), options, screen),
    );
  remote(streams.command('name').description('give a stream a name, by which it is found as a template is'))
    .argument('<stream>')
    .argument('[name]', 'left out: it has none any more')
    .action(async (stream: string, name: string | undefined, options: Common) =>
      (await import('./streams.ts')).nameStream(requireRelay(options), { stream, name: name ?? null, json: options.json === true }, screen),
    );
}
