/** Options that several commands take, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../config/index.ts';
import type { ApiOptions } from './api.ts';

export interface Common extends ApiOptions {
  readonly json?: boolean;
}

export const configOption = (): Option =>
  new Option('-c, --config <file>', 'configuration file (RELAIS_CONFIG; else ./relais.yaml; else the sandbox)');
export const jsonOption = (): Option => new Option('--json', 'one JSON object a line');

/** Options of all that talks to a running relay. */
export function remote(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'the relay to ask (RELAIS_URL; found by itself on its own machine)'))
    .addOption(new Option('--token <token>', 'token for it (RELAIS_TOKEN)'))
    .addOption(configOption())
    .addOption(jsonOption());
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}

export const limitOption = (): Option => new Option('-n, --limit <count>', 'how many').default(50).argParser(wholeNumber);

export function wait(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Expected a time with its unit, such as 30s.');
  return ms;
}

export function names(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/** The filters of the register. */
export function filters(command: Command): Command {
  return command
    .option('--state <states>', 'states of message or recipient, joined by commas')
    .option('--recipient <address>')
    .option('--domain <domain>', 'domain of a recipient')
    .option('--sender <address>')
    .option('--account <names>', 'accounts, joined by commas')
    .option('--template <name>')
    .option('--document <id>')
    .option('--document-type <type>')
    .option('--contact <id>')
    .option('--administration <name>')
    .option('--stream <fingerprints>', 'mail of one kind without a template, joined by commas')
    .option('--tag <name[=value]>')
    .option('--message-id <id>')
    .option('-q, --search <words>', 'words of addresses, subject, document, Message-ID')
    .option('--from <time>', 'accepted at or after: 2026-11-24, or 2h ago as 2h')
    .option('--to <time>', 'accepted before');
}
