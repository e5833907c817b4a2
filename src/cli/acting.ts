/** The commands that change something about mail: the queue, messages, the suppression list, reports, sending. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Api, requireRelay } from './api.ts';
import type { BulkAction, BulkOptions } from './bulk.ts';
import { CommandError, EXIT } from './exit.ts';
import { givenFilters, type ListFilter } from './filter-options.ts';
import { type Common, filters, limitOption, names, remote, wait } from './options.ts';
import type { ReportListOptions } from './reports.ts';
import type { SendOptions } from './send.ts';
import type { Terminal } from './terminal.ts';

export function addActing(program: Command, screen: Terminal): void {
  addQueue(program, screen);
  addMessageActions(program, screen);
  addResend(program, screen);
  addDelete(program, screen);
  addSend(program, screen);
  addSuppressions(program, screen);
  addReports(program, screen);
  addSync(program, screen);
}

function addSync(program: Command, screen: Terminal): void {
  remote(program.command('sync').description('collect reports from the mailboxes now, and tell what was found'))
    .addOption(new Option('--wait <time>', 'how long to wait for it').default(600_000, '10m').argParser(wait))
    .action(async (options: Common & { wait: number }) =>
      (await import('./sync.ts')).sync(requireRelay(options), options, screen, Date.now),
    );
}

function addQueue(program: Command, screen: Terminal): void {
  const hops = remote(program.command('queue').description('what waits, by next hop'));
  hops.action(async (options: Common) => (await import('./queue.ts')).queue(requireRelay(options), options, screen));
  for (const [action, description] of [
    ['pause', 'send nothing to a next hop until it is resumed'],
    ['resume', 'let a paused or blocked next hop go on'],
    ['flush', 'try everything that waits for a next hop now'],
  ] as const) {
    hops
      .command(action)
      .description(description)
      .argument('<next-hop>')
      // Options before and after the word belong to both: `queue --url … pause HOP`.
      .action(async (hop: string, _: object, command: Command) => {
        const options = command.optsWithGlobals<Common>();
        return (await import('./queue.ts')).queueAction(requireRelay(options), action, hop, options, screen);
      });
  }
}

/** Filters, and what goes with doing something to many. `--recipient` can be repeated where ids are given. */
function many(command: Command): Command {
  filters(remote(command)).option('--dry-run', 'only count').option('-y, --yes', 'do not ask');
  const recipient = command.options.find(({ long }) => long === '--recipient');
  recipient?.argParser((text: string, before?: string) => (before === undefined ? text : `${before}\n${text}`));
  if (recipient !== undefined) recipient.description = 'with ids: only this recipient, may be repeated';
  return command;
}

interface ManyOptions extends Common, ListFilter, BulkOptions {}

type Asked = { readonly kind: 'ids'; readonly only: readonly string[] | undefined } | { readonly kind: 'filter' };

/** Messages by their ids, or by filters; of those named, all recipients or some. */
function askedOf(ids: readonly string[], options: ManyOptions): Asked {
  const others = givenFilters(options).some((name) => name !== 'recipient');
  const only = options.recipient?.split('\n');
  if (ids.length > 0) {
    if (others) throw new CommandError(EXIT.usage, 'Give either ids or filters.');
    return { kind: 'ids', only };
  }
  if (!others && only === undefined) {
    throw new CommandError(EXIT.usage, 'Give the ids of messages, or filters such as --state or --document.');
  }
  if (only !== undefined && only.length > 1) throw new CommandError(EXIT.usage, 'As a filter, --recipient can be given once.');
  return { kind: 'filter' };
}

/** By filters, or only counted: through the calls for many. Otherwise each of the ids on its own. */
async function actOn(
  action: BulkAction,
  ids: readonly string[],
  options: ManyOptions,
  screen: Terminal,
  each: (api: Api, only: readonly string[] | undefined) => Promise<void>,
): Promise<void> {
  const asked = askedOf(ids, options);
  const api = requireRelay(options);
  if (asked.kind === 'ids' && options.dryRun !== true) return each(api, asked.only);
  const selection = asked.kind === 'filter' ? options : { ids };
  return (await import('./bulk.ts')).bulk(api, action, selection, options, screen, Date.now());
}

function addMessageActions(program: Command, screen: Terminal): void {
  for (const [action, description] of [
    ['retry', 'try the waiting recipients of messages now, also what was to be sent later'],
    ['hold', 'keep messages back until they are released'],
    ['release', 'let held messages go on'],
    ['cancel', 'take messages out of the queue for good'],
  ] as const) {
    many(program.command(action).description(description))
      .argument('[id...]')
      .action(async (ids: string[], options: ManyOptions) =>
        actOn(action, ids, options, screen, async (api, only) =>
          (await import('./actions.ts')).act(api, action, ids, { ...options, only }, screen),
        ),
      );
  }
}

/** `old@a=new@b`, several times. */
function replacement(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=', text.indexOf('@'));
  if (at <= 0 || !text.slice(at).includes('@')) throw new InvalidArgumentError('Expected OLD=NEW, two addresses.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function addResend(program: Command, screen: Terminal): void {
  many(program.command('resend').description('send messages again, to those whom they did not reach'))
    .argument('[id...]')
    .addOption(new Option('--replace <old=new>', 'a corrected address; may be repeated').argParser(replacement))
    .option('--rewrite-to', 'write it into the To and Cc fields as well')
    .option('--again', 'with filters: also what was sent again before')
    .action(async (ids: string[], options: ManyOptions) =>
      actOn('resend', ids, options, screen, async (api, only) =>
        (await import('./actions.ts')).resend(api, ids, { ...options, only }, screen),
      ),
    );
}

function addDelete(program: Command, screen: Terminal): void {
  many(program.command('delete').description('erase messages, record and bytes'))
    .argument('[id...]')
    .option('--force', 'also what is still in the queue, which is cancelled first')
    .action(async (ids: string[], options: ManyOptions) =>
      actOn('delete', ids, options, screen, async (api) => (await import('./actions.ts')).erase(api, ids, options, screen)),
    );
}

function addSend(program: Command, screen: Terminal): void {
  remote(program.command('send').description('send a message through the API: composed, or a file as it is'))
    .option('--from <address>', 'From and reverse-path, "Name <address>" allowed; with --raw the reverse-path')
    .option('--to <addresses...>', 'recipients')
    .option('--cc <addresses...>')
    .option('--bcc <addresses...>')
    .option('--subject <text>')
    .option('--text <text>', 'the text; "-": from standard input')
    .option('--html <file>', 'the HTML, from a file')
    .option('--attach <file...>')
    .option('--raw <file>', 'a whole message from a file; "-": from standard input')
    .option('--account <name>')
    .option('--send-at <time>', 'not before: 2026-11-24T18:00:00+01:00')
    .option('--document <id>')
    .option('--document-type <type>')
    .option('--contact <id>')
    .option('--administration <name>')
    .option('--template <name>')
    .addOption(new Option('--notify <words>', 'never, or some of success,failure,delay').argParser(names))
    .action(async (options: Common & SendOptions) => (await import('./send.ts')).send(requireRelay(options), options, screen));
}

function addSuppressions(program: Command, screen: Terminal): void {
  const list = program.command('suppressions').description('addresses that mail is not sent to');
  remote(list.command('list').description('all of them'))
    .addOption(new Option('--reason <reason>').choices(['bounce', 'complaint', 'manual']))
    .option('-q, --search <text>', 'a part of address or note')
    .action(async (options: Common & { reason?: string; search?: string }) =>
      (await import('./suppressions.ts')).listSuppressions(requireRelay(options), options, screen),
    );
  remote(list.command('add').description('send nothing to an address from now on'))
    .argument('<address...>')
    .addOption(new Option('--reason <reason>').choices(['bounce', 'complaint', 'manual']).default('manual'))
    .option('--note <text>', 'why, in words')
    .option('--until <time>', 'from when it no longer holds: 2027-01-31, or after 90d')
    .action(async (addresses: string[], options: Common & { reason: string; note?: string; until?: string }) =>
      (await import('./suppressions.ts')).addSuppressions(requireRelay(options), addresses, options, screen, Date.now()),
    );
  remote(list.command('lift').description('send to an address again; shows the mail that was not sent because of it'))
    .argument('<address...>')
    .option('--resend', 'send that mail again')
    .action(async (addresses: string[], options: Common & { resend?: boolean }) =>
      (await import('./suppressions.ts')).liftSuppressions(requireRelay(options), addresses, options, screen),
    );
}

function addReports(program: Command, screen: Terminal): void {
  const group = program.command('reports').description('bounces, delays and complaints that came in, and which message each is about');
  remote(group.command('list').description('all of them, newest first'))
    .option('--unmatched', 'the review list: those that fit no message')
    .addOption(new Option('--kind <kind>').choices(['bounce', 'delayed', 'delivered', 'complaint', 'auto-reply', 'none']))
    .addOption(new Option('--via <way>', 'how it came in').choices(['smtp', 'imap', 'api', 'file']))
    .option('--from <time>', 'came in at or after: 2026-11-24, or 2h ago as 2h')
    .option('--to <time>', 'came in before')
    .addOption(limitOption())
    .action(async (options: Common & ReportListOptions) =>
      (await import('./reports.ts')).listReports(requireRelay(options), options, screen, Date.now()),
    );
  remote(group.command('show').description('one report; where it fits no message, those that it may be about'))
    .argument('<id>')
    .action(async (id: string, options: Common) => (await import('./reports.ts')).showReport(requireRelay(options), id, options, screen));
  remote(group.command('link').description('tie a report of the review list to a message: what it says is applied, for good'))
    .argument('<id>', 'of the report')
    .argument('<message>', 'id of the message')
    .option('--recipient <address>', 'which one, where the message has several')
    .action(async (id: string, message: string, options: Common & { recipient?: string }) =>
      (await import('./reports.ts')).linkReport(requireRelay(options), { id, message, recipient: options.recipient }, options, screen),
    );
}
