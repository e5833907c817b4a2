/**
 * `relais token|user add|list|revoke`: who may use API and dashboard. Through the API of a running
 * relay; on a stopped one directly in its store.
 */
import { randomBytes } from 'node:crypto';
import { parseDuration } from '../config/index.ts';
import { hashPassword } from '../domain/password.ts';
import { PERMISSIONS, type Permission, type Role, type Store, type TokenRecord, type UserRecord } from '../domain/ports.ts';
import { hashOf, newToken } from '../http/auth/tokens.ts';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { localTime, type Terminal, table } from './terminal.ts';

/** Where access is kept: behind the API, or in the store of a relay that does not run. */
export type AccessPlace = { readonly api: Api } | { readonly store: Store };

export interface Rights {
  readonly role: Role;
  readonly permissions?: readonly string[] | undefined;
  readonly accounts?: readonly string[] | undefined;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

interface Listed {
  readonly name: string;
  readonly role: string;
  readonly permissions: readonly string[] | null;
  readonly accounts: readonly string[] | null;
  readonly createdAt: string;
  readonly expiresAt?: string | null;
}

function checkedRights(name: string, rights: Rights): { role: Role; permissions: Permission[] | null; accounts: readonly string[] | null } {
  if (!NAME.test(name)) {
    throw new CommandError(EXIT.usage, `${JSON.stringify(name)} is no name: letters, digits, ".", "_", "@" and "-", up to 64 characters.`);
  }
  const unknown = rights.permissions?.filter((one) => !PERMISSIONS.some((known) => known === one)) ?? [];
  if (unknown.length > 0) {
    throw new CommandError(EXIT.usage, `No such permission: ${unknown.join(', ')}.`, `There are ${PERMISSIONS.join(', ')}.`);
  }
  const permissions = rights.permissions === undefined ? null : PERMISSIONS.filter((known) => rights.permissions?.includes(known));
  return { role: rights.role, permissions, accounts: rights.accounts ?? null };
}

/** Makes a token and gives its text, which is shown this once. */
export async function addToken(
  place: AccessPlace,
  request: { readonly name: string; readonly expires?: string | undefined } & Rights,
  now: number,
): Promise<string> {
  const { name, expires } = request;
  const rights = checkedRights(name, request);
  const lifetime = expires === undefined ? null : parseDuration(expires);
  if (lifetime === undefined) throw new CommandError(EXIT.usage, `--expires ${expires} is no time: allowed is something like 90d or 12h.`);
  if ('api' in place) {
    const body = { name, role: rights.role, ...given(rights), ...(expires === undefined ? {} : { expires }) };
    return (await place.api.post<{ token: string }>('/tokens', body)).token;
  }
  if ((await place.store.tokens.get(name)) !== undefined) throw taken('token', name);
  const token = newToken((length) => randomBytes(length));
  const record: TokenRecord = {
    name,
    hash: hashOf(token),
    ...rights,
    createdAt: now,
    expiresAt: lifetime === null ? null : now + lifetime,
  };
  await place.store.tokens.put(name, record);
  return token;
}

export async function addUser(
  place: AccessPlace,
  request: { readonly name: string; readonly password: string } & Rights,
  now: number,
): Promise<void> {
  const { name, password } = request;
  const rights = checkedRights(name, request);
  if ('api' in place) {
    await place.api.post('/users', { name, password, role: rights.role, ...given(rights) });
    return;
  }
  if ((await place.store.users.get(name)) !== undefined) throw taken('user', name);
  const record: UserRecord = { name, passwordHash: await hashPassword(password, randomBytes(16)), ...rights, createdAt: now };
  await place.store.users.put(name, record);
}

function given(rights: { permissions: readonly string[] | null; accounts: readonly string[] | null }): object {
  return {
    ...(rights.permissions === null ? {} : { permissions: rights.permissions }),
    ...(rights.accounts === null ? {} : { accounts: rights.accounts }),
  };
}

function taken(kind: string, name: string): CommandError {
  return new CommandError(
    EXIT.negative,
    `There is a ${kind} ${name} already.`,
    `Revoke it first (relais ${kind} revoke ${name}), or take another name.`,
  );
}

export async function listAccess(
  place: AccessPlace,
  kind: 'tokens' | 'users',
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const items = 'api' in place ? (await place.api.get<{ items: Listed[] }>(`/${kind}`)).items : await listedIn(place.store, kind);
  if (options.json === true) {
    for (const item of items) terminal.print(JSON.stringify(item));
    return;
  }
  if (items.length === 0) {
    terminal.note(kind === 'tokens' ? 'There are no tokens.' : 'There are no users.');
    return;
  }
  const lines = table(terminal, items, [
    { title: 'NAME', of: ({ name }) => name },
    { title: 'ROLE', of: ({ role }) => role },
    { title: 'ACCOUNTS', of: ({ accounts }) => accounts?.join(', ') ?? 'all' },
    { title: 'CREATED', of: ({ createdAt }) => localTime(createdAt) },
    ...(kind === 'tokens' ? [{ title: 'EXPIRES', of: ({ expiresAt }: Listed) => (expiresAt ? localTime(expiresAt) : 'never') }] : []),
    { title: 'PERMISSIONS', of: ({ permissions }) => permissions?.join(', ') ?? 'of the role' },
  ]);
  for (const line of lines) terminal.print(line);
}

async function listedIn(store: Store, kind: 'tokens' | 'users'): Promise<Listed[]> {
  const records: readonly { readonly value: TokenRecord | UserRecord }[] = await store[kind].list();
  return records.map(({ value }) => ({
    name: value.name,
    role: value.role,
    permissions: value.permissions,
    accounts: value.accounts,
    createdAt: new Date(value.createdAt).toISOString(),
    ...('expiresAt' in value ? { expiresAt: value.expiresAt === null ? null : new Date(value.expiresAt).toISOString() } : {}),
  }));
}

export async function revoke(place: AccessPlace, kind: 'tokens' | 'users', name: string): Promise<void> {
  if ('api' in place) {
    await place.api.delete(`/${kind}/${encodeURIComponent(name)}`);
    return;
  }
  if (!(await place.store[kind].delete(name)))
    throw new CommandError(EXIT.negative, `There is no ${kind === 'tokens' ? 'token' : 'user'} ${name}.`);
}
