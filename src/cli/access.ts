/**
 * `relais token|user add|list|revoke`: who may use API and dashboard. Through the API of a running
 * relay; on a stopped one directly in its store.
 */
import { randomBytes } from 'node:crypto';
import { parseDuration } from '../config/index.ts';
import type { AuditEntry } from '../domain/audit.ts';
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
  readonly lastUsedAt?: string | null;
  readonly disabled?: boolean;
  readonly totp?: boolean;
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
  await audit(place.store, { action: 'token.created', subject: { kind: 'token', id: name }, detail: { role: rights.role } }, now);
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
  await audit(place.store, { action: 'user.created', subject: { kind: 'user', id: name }, detail: { role: rights.role } }, now);
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
    { title: 'LAST USED', of: ({ lastUsedAt }) => (lastUsedAt ? localTime(lastUsedAt) : 'never') },
    ...(kind === 'users' ? [{ title: 'SIGN-IN', of: signInOf }] : []),
    { title: 'PERMISSIONS', of: ({ permissions }) => permissions?.join(', ') ?? 'of the role' },
  ]);
  for (const line of lines) terminal.print(line);
}

function signInOf({ disabled, totp }: Listed): string {
  return disabled === true ? 'disabled' : totp === true ? 'second factor' : 'password';
}

function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

async function listedIn(store: Store, kind: 'tokens' | 'users'): Promise<Listed[]> {
  const records: readonly { readonly value: TokenRecord | UserRecord }[] = await store[kind].list();
  const uses = new Map((await store.uses.list()).map(({ name, value }) => [name, value.at]));
  return records.map(({ value }) => ({
    name: value.name,
    role: value.role,
    permissions: value.permissions,
    accounts: value.accounts,
    createdAt: new Date(value.createdAt).toISOString(),
    lastUsedAt: timeOrNull(uses.get(`${kind}/${value.name}`)),
    ...('passwordHash' in value ? { disabled: value.disabled === true, totp: value.totp != null } : {}),
    ...('expiresAt' in value ? { expiresAt: value.expiresAt === null ? null : new Date(value.expiresAt).toISOString() } : {}),
  }));
}

/** Sets a password, or takes the second factor away; the browsers that the user is signed in with are signed out. */
export async function changeUser(
  place: AccessPlace,
  name: string,
  changes: { readonly password: string | null; readonly removeTotp: boolean },
  now: number,
): Promise<void> {
  const { password, removeTotp } = changes;
  const totp = removeTotp ? { totp: null } : {};
  if ('api' in place) {
    await place.api.patch(`/users/${encodeURIComponent(name)}`, { ...(password === null ? {} : { password }), ...totp });
    return;
  }
  const { store } = place;
  const hashed = password === null ? {} : { passwordHash: await hashPassword(password, randomBytes(16)) };
  let found = false;
  await store.users.change(name, (user) => {
    found = user !== undefined;
    if (user?.identity != null && password !== null) throw managedElsewhere(name);
    return user === undefined ? undefined : { ...user, ...hashed, ...totp };
  });
  if (!found) throw new CommandError(EXIT.negative, `There is no user ${name}.`);
  await endSessions(store, 'user', name);
  const action = removeTotp ? 'totp.removed' : 'password.changed';
  await audit(store, { action, subject: { kind: 'user', id: name }, detail: {} }, now);
}

/** What is done to a relay that does not run stands in its audit log as well. */
async function audit(store: Store, act: Pick<AuditEntry, 'action' | 'subject' | 'detail'>, now: number): Promise<void> {
  await store.appendAudit({ ...act, at: now, by: { kind: 'local', name: 'local' }, address: null });
}

function managedElsewhere(name: string): CommandError {
  return new CommandError(EXIT.negative, `${name} signs in at the identity provider: change the password there.`);
}

async function endSessions(store: Store, kind: 'user' | 'token', name: string): Promise<void> {
  for (const { name: id, value } of await store.sessions.list()) {
    if (value.kind === kind && value.name === name) await store.sessions.delete(id);
  }
}

/** An address that signs a browser in once, with the rights of the command line. */
export async function signInLink(api: Api): Promise<{ readonly url: string; readonly expiresAt: string }> {
  return api.post('/sign-in-links');
}

export async function revoke(place: AccessPlace, kind: 'tokens' | 'users', name: string, now: number): Promise<void> {
  if ('api' in place) {
    await place.api.delete(`/${kind}/${encodeURIComponent(name)}`);
    return;
  }
  const one = kind === 'tokens' ? 'token' : 'user';
  if (!(await place.store[kind].delete(name))) throw new CommandError(EXIT.negative, `There is no ${one} ${name}.`);
  await place.store.uses.delete(`${kind}/${name}`);
  await endSessions(place.store, one, name);
  const action = one === 'token' ? 'token.revoked' : 'user.deleted';
  await audit(place.store, { action, subject: { kind: one, id: name }, detail: {} }, now);
}
