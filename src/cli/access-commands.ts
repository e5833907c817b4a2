/** `relais token`, `relais user` and `relais sign-in`: the commands and their options. */
import { type Command, Option } from 'commander';
import { loadConfig, machine } from '../config/index.ts';
import type { Role, Store } from '../domain/ports.ts';
import type { AccessPlace } from './access.ts';
import { type ApiOptions, findRelay, requireRelay } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { type Common, names, remote } from './options.ts';
import { type Terminal, terminal } from './terminal.ts';

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];

interface AccessOptions extends Common {
  readonly name?: string;
  readonly role: Role;
  readonly permissions?: string[];
  readonly accounts?: string[];
  readonly expires?: string;
}

export function addAccess(program: Command, screen: Terminal): void {
  const tokens = program.command('token').description('tokens of programs that use the API');
  rights(tokens.command('add').description('make a token; it is printed this once, and nothing else'))
    .requiredOption('--name <name>')
    .option('--expires <time>', 'after a time, such as 90d; default: never')
    .action(async (options: AccessOptions & { name: string }) => {
      const token = await withAccess(options, async (place) => (await import('./access.ts')).addToken(place, options, Date.now()));
      screen.print(options.json === true ? JSON.stringify({ name: options.name, token }) : token);
    });
  const users = program.command('user').description('users of the dashboard');
  rights(users.command('add').description('add a user; the password is asked for, or read from standard input'))
    .argument('[name]')
    .option('--name <name>', 'in place of the argument')
    .action(async (given: string | undefined, options: AccessOptions) => {
      const name = given ?? options.name;
      if (name === undefined) throw new CommandError(EXIT.usage, 'A name is needed.', 'relais user add ann --role admin');
      const password = await (await import('./password.ts')).readPassword(screen);
      await withAccess(options, async (place) => (await import('./access.ts')).addUser(place, { ...options, name, password }, Date.now()));
      screen.note(`${name} can sign in.`);
    });
  addPassword(users, screen);
  for (const [group, kind] of [
    [tokens, 'token'],
    [users, 'user'],
  ] as const) {
    addListing(group, kind, screen);
  }
  remote(
    program
      .command('sign-in')
      .description('print an address that signs a browser in once, within an hour, with the rights of this command'),
  ).action(async (options: Common) => {
    const { url, expiresAt } = await (await import('./access.ts')).signInLink(requireRelay(options));
    screen.print(options.json === true ? JSON.stringify({ url, expiresAt }) : url);
  });
}

function rights(command: Command): Command {
  return remote(command)
    .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]).default('viewer'))
    .option('--permissions <list>', "in place of the role's, joined by commas", names)
    .option('--accounts <list>', 'only the mail of these accounts, joined by commas', names);
}

function addPassword(users: Command, screen: Terminal): void {
  remote(users.command('passwd').description('set a password, asked for or read from standard input; the user is signed out everywhere'))
    .argument('<name>')
    .option('--remove-totp', 'take the second factor away instead, for somebody who lost device and recovery codes')
    .action(async (name: string, options: Common & { removeTotp?: boolean }) => {
      const removeTotp = options.removeTotp ?? false;
      const password = removeTotp ? null : await (await import('./password.ts')).readPassword(screen);
      await withAccess(options, async (place) =>
        (await import('./access.ts')).changeUser(place, name, { password, removeTotp }, Date.now()),
      );
      screen.note(removeTotp ? `${name} signs in with the password alone.` : `${name} has a new password.`);
    });
}

function addListing(group: Command, kind: 'token' | 'user', screen: Terminal): void {
  remote(group.command('list').description(`all ${kind}s`)).action(async (options: Common) =>
    withAccess(options, async (place) => (await import('./access.ts')).listAccess(place, `${kind}s`, options, screen)),
  );
  remote(group.command('revoke').description(`take a ${kind} away`))
    .argument('<name>')
    .action(async (name: string, options: Common) => {
      await withAccess(options, async (place) => (await import('./access.ts')).revoke(place, `${kind}s`, name, Date.now()));
      screen.note(`${name} is revoked.`);
    });
}

/** The running relay's API, or the store of one that does not run. */
export async function withAccess<T>(options: ApiOptions, work: (place: AccessPlace) => Promise<T>): Promise<T> {
  const api = findRelay(options);
  return api === undefined ? withStore(options, (store) => work({ store })) : work({ api });
}

async function withStore<T>(options: ApiOptions, work: (store: Store) => Promise<T>): Promise<T> {
  const { config } = loadConfig(options.config, machine());
  const { openStore } = await import('../store/index.ts');
  const { createLog } = await import('./log.ts');
  const log = createLog('silent', terminal());
  const store = await openStore({ dataDir: config.dataDir, diskFloor: 0, now: Date.now, log });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
