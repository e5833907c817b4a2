/**
 * The command line (commander 14): every command with its options. What a command does is in the
 * file of its name, which is loaded when it is asked for: `relais status` needs no mail server.
 * Usage errors end with 64 and name the nearest word that exists.
 */
import { Command, CommanderError, Option } from 'commander';
import { configJsonSchema, loadConfig, machine } from '../config/index.ts';
import { DEFAULT_ACCOUNT } from '../domain/settings.ts';
import { addAccess } from './access-commands.ts';
import { addActing } from './acting.ts';
import { localControl, requireRelay } from './api.ts';
import { addBackups } from './backup-commands.ts';
import type { ContactListOptions } from './contacts.ts';
import type { GenerateOptions } from './dkim.ts';
import type { DocumentListOptions } from './documents.ts';
import { addEvidence } from './evidence-commands.ts';
import { describeError, EXIT } from './exit.ts';
import type { ListFilter } from './filter-options.ts';
import { type Common, configOption, filters, jsonOption, limitOption, remote, wait, wholeNumber } from './options.ts';
import { addReferences } from './reference-commands.ts';
import { addSignals } from './signal-commands.ts';
import { type Terminal, terminal } from './terminal.ts';
import { addUpkeep } from './upkeep.ts';
import { relaisVersion } from './version.ts';

/** Runs the command line; gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const screen = terminal();
  let code: number = EXIT.done;
  const program = buildProgram(screen, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Help and version are thrown as well, with code 0; commander has told its errors already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { code: failed, text } = describeError(error);
    screen.note(`${screen.colors.red('relais:')} ${text}`);
    return failed;
  }
}

function buildProgram(screen: Terminal, end: (code: number) => void): Command {
  const program = new Command('relais')
    .description('Self-hosted SMTP relay that records every message and follows it to each recipient.')
    .version(relaisVersion(), '-V, --version')
    .showSuggestionAfterError(true)
    .showHelpAfterError('(relais --help shows all commands)')
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .exitOverride();
  addRunning(program, screen, end);
  addReading(program, screen);
  addActing(program, screen);
  addAccess(program, screen);
  addReferences(program, screen);
  addSignals(program, screen);
  addUpkeep(program, screen);
  addStore(program, screen);
  return program;
}

function addRunning(program: Command, screen: Terminal, end: (code: number) => void): void {
  program
    .command('start')
    .description('run the relay; without a configuration file in the sandbox, where nothing leaves the machine')
    .addOption(configOption())
    .action(async (options: Common) => end(await (await import('./start.ts')).start(options, screen)));
  program
    .command('init')
    .description('write a commented configuration file; never overwrites')
    .argument('[file]', 'where to', 'relais.yaml')
    .option('-y, --yes', 'take the defaults without asking')
    .action(async (file: string, options: { yes?: boolean }) => (await import('./init.ts')).init({ file, ...options }, screen));
  program
    .command('check')
    .description('check configuration, ports, certificates, what the next hops answer, and DNS (DKIM, SPF, DMARC, MX, PTR)')
    .addOption(configOption())
    .addOption(jsonOption())
    .option('--route <addresses...>', 'FROM TO: which route mail between them takes, and why; checks nothing else')
    .option('--account <name>', 'of the route test: who submits', DEFAULT_ACCOUNT)
    .action(async (options: Common & { route?: string[]; account: string }) => {
      if (options.route === undefined) await (await import('./check.ts')).check(options, screen);
      else (await import('./route.ts')).explain({ ...options, addresses: options.route }, screen);
    });
  program
    .command('dkim')
    .description('keys that sign outgoing mail')
    .command('generate')
    .description('make a key; prints its DNS record and what goes into the configuration; never overwrites')
    .requiredOption('--domain <domain>', 'domain of the From addresses that it signs')
    .requiredOption('--selector <name>', 'name of the key among those of the domain')
    .addOption(new Option('--type <type>', 'kind of key').choices(['rsa', 'ed25519']).default('rsa'))
    .addOption(new Option('--bits <count>', 'length of an RSA key').default(2048).argParser(wholeNumber))
    .option('--out <file>', 'where to; default: dkim-<domain>-<selector>.pem')
    .addOption(jsonOption())
    .action(async (options: GenerateOptions) => (await import('./dkim.ts')).generate(options, screen));
  program
    .command('keys')
    .description('keys of its own, which sign return paths')
    .command('rotate')
    .description('make a new key that signs return paths from the next reload or start on; the old ones verify until their tokens expire')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: Common & { json?: boolean }) => {
      const { config } = loadConfig(options.config, machine());
      (await import('./keys.ts')).rotateKeys(config, options, screen);
    });
  program
    .command('config')
    .description('about the configuration')
    .command('schema')
    .description('print the JSON Schema of the configuration file')
    .action(() => screen.print(JSON.stringify(configJsonSchema(), null, 2)));
}

function addReading(program: Command, screen: Terminal): void {
  remote(program.command('send-test').description('submit a message as an ERP would, and follow it'))
    .requiredOption('--to <address>', 'recipient')
    .option('--from <address>', 'reverse-path and From; default: relais-test@<hostname>')
    .option('--subject <text>', 'subject', 'Test of relais')
    .option('--user <name>', 'account to authenticate as')
    .option('--password <password>', 'its password')
    .addOption(new Option('--wait <time>', 'how long to follow it').default(30_000, '30s').argParser(wait))
    .action(async (options: Common & { to: string; from?: string; subject: string; user?: string; password?: string; wait: number }) => {
      const control = localControl(options);
      if (control === undefined) requireRelay({ config: options.config });
      const from = options.from ?? `relais-test@${loadConfig(options.config, machine()).config.hostname}`;
      await (await import('./send-test.ts')).sendTest(
        requireRelay(options),
        { submission: control?.submission ?? [] },
        { ...options, from },
        screen,
      );
    });
  remote(program.command('status').description('what happened to a message, to the mail of an address, or to a document'))
    .argument('<what>', 'id, Message-ID, document or recipient address')
    .option('--administration <name>', 'whose document, where several have one of this name; "" for mail that names none')
    .action(async (what: string, options: Common & { administration?: string }) =>
      (await import('./status.ts')).status(requireRelay(options), what, { ...options, json: options.json ?? false }, screen),
    );
  filters(remote(program.command('list').description('the register, newest first')))
    .addOption(limitOption())
    .action(async (options: Common & ListFilter & { limit: number }) =>
      (await import('./list.ts')).list(requireRelay(options), options, screen, Date.now()),
    );
  addGroups(program, screen);
  addEvidence(program, screen);
  remote(program.command('report').description('parse bounces and other reports from files ("-": standard input); needs no running relay'))
    .argument('<file...>')
    .option('--explain', 'say for each recipient which rule decided, by what, and what it overruled')
    .option('--submit', 'let the running relay take them in: what they say is applied')
    .action(async (files: string[], options: Common & { submit?: boolean; explain?: boolean }) =>
      options.submit === true
        ? (await import('./submit-report.ts')).submitReports(requireRelay(options), files, options, screen)
        : (await import('./report.ts')).report(files, options, screen),
    );
}

function addGroups(program: Command, screen: Terminal): void {
  remote(program.command('documents').description('documents, each with one verdict on all mail that carried it, newest mail first'))
    .option('--verdict <verdicts>', 'delivered, transferred, at-risk, failed, unknown; joined by commas')
    .option('-q, --search <words>', 'words of the mail that carried it')
    .option('--document-type <type>')
    .option('--administration <name>')
    .addOption(limitOption())
    .action(async (options: Common & DocumentListOptions) =>
      (await import('./documents.ts')).listDocuments(requireRelay(options), options, screen),
    );
  remote(program.command('contacts').description('addresses that fail, why, and what each was perhaps meant to be'))
    .option('--all', 'also those that do not fail')
    .option('-q, --search <words>', 'words of the address')
    .addOption(limitOption())
    .action(async (options: Common & ContactListOptions) =>
      (await import('./contacts.ts')).listContacts(requireRelay(options), options, screen),
    );
}

function addStore(program: Command, screen: Terminal): void {
  addBackups(program, screen);
  program
    .command('verify')
    .description('check that register, spool and feed of a stopped relay hold together; changes nothing')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: Common) => (await import('./verify.ts')).verify(options, screen));
  program
    .command('rebuild')
    .description('make the register of a stopped relay anew from its spool; what comes back is held until it is released')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: Common) => (await import('./rebuild.ts')).rebuild(options, screen));
}
