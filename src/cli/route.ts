/**
 * `relais check --route FROM TO`: which route of the configuration mail takes, and why none before
 * it. Asks nobody: neither DNS nor next hops. Exit code 1 where no route leads on.
 */
import { loadConfig, machine } from '../config/index.ts';
import { addressMatches, NULL_REVERSE_PATH, type ReversePath, toAddress } from '../domain/address.ts';
import { explainRoute, type RouteExplanation, routingSubject } from '../domain/routing.ts';
import { type Config, DEFAULT_ACCOUNT } from '../domain/settings.ts';
import { CommandError, EXIT } from './exit.ts';
import { printable, type Terminal } from './terminal.ts';

export interface RouteQuestion {
  readonly config?: string | undefined;
  readonly json?: boolean;
  /** Reverse-path and recipient; `<>`: the null reverse-path. */
  readonly addresses: readonly string[];
  readonly account: string;
}

export function explain(question: RouteQuestion, terminal: Terminal): void {
  const [from, to, ...more] = question.addresses;
  if (from === undefined || to === undefined || more.length > 0) {
    throw new CommandError(EXIT.usage, '--route takes two addresses, FROM and TO', 'FROM may be "<>", the null reverse-path.');
  }
  const { config } = loadConfig(question.config, machine());
  const reversePath = pathOf(from);
  const recipient = toAddress(to);
  if (recipient === undefined) throw new CommandError(EXIT.usage, `${to} is no address`);
  const refusal = refusalOf(config, question.account, reversePath);
  const subject = routingSubject(recipient, reversePath, question.account);
  const explanation = explainRoute(config.routes, subject, {
    reportDomain: config.reports.domain,
    dnssec: config.delivery.dnssec === true,
  });
  if (question.json === true) terminal.print(JSON.stringify({ from, to, account: question.account, refusal, ...explanation }));
  else for (const line of linesOf(explanation, refusal, terminal)) terminal.print(line);
  if (explanation.route === null) throw new CommandError(EXIT.negative, 'No route leads to this recipient.');
}

function pathOf(text: string): ReversePath {
  if (text === '<>' || text === '') return NULL_REVERSE_PATH;
  const address = toAddress(text);
  if (address === undefined) throw new CommandError(EXIT.usage, `${text} is no address`, 'The null reverse-path is "<>".');
  return { kind: 'address', address };
}

/** Why the account could not submit this at all; null: it can. */
function refusalOf({ accounts }: Config, name: string, path: ReversePath): string | null {
  const account = accounts.find((one) => one.name === name);
  if (account === undefined) {
    if (name === DEFAULT_ACCOUNT) return null;
    const known = [DEFAULT_ACCOUNT, ...accounts.map((one) => one.name)];
    throw new CommandError(EXIT.usage, `there is no account ${name}`, `There are ${[...new Set(known)].join(', ')}.`);
  }
  if (path.kind === 'null' || account.senders.some((pattern) => addressMatches(pattern, path.address))) return null;
  return `account ${name} may not send as ${path.address}: 550 5.7.1 at submission`;
}

function linesOf({ steps, route }: RouteExplanation, refusal: string | null, { colors }: Terminal): readonly string[] {
  const lines = steps.map(({ index, via, matches, why }) => {
    const mark = matches ? colors.green('takes it') : 'passed  ';
    return `${mark}  routes[${index}] ${via.padEnd(9)} ${printable(why)}`;
  });
  if (refusal !== null) lines.unshift(`${colors.red('refused ')}  ${printable(refusal)}`);
  if (route === null) return [...lines, `${colors.yellow('held')}      no route takes it: add one to the configuration`];
  const facts: readonly (readonly [string, string])[] = [
    ['next hop', route.via === 'hold' ? 'none: it is held until a person releases it' : route.nextHop],
    ...(route.hosts.length === 0 ? [] : ([['hosts', route.hosts.join(', then ')]] as const)),
    ['return path', route.returnPath],
    ['TLS', route.tls],
  ];
  return [...lines, ...facts.map(([what, said]) => `${what.padEnd(12)}${printable(said)}`)];
}
