/**
 * What administrators do to users and tokens, for the API and the pages alike: checked, written, put
 * into the audit log. Nobody gives what he does not have, acts on whoever may more than he, or takes
 * away his own way in.
 */
import { hashPassword } from '../../domain/password.ts';
import type { Permission, Role, TokenRecord, UserRecord } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import { audit } from '../audit.ts';
import { notFound, Problem } from '../problem.ts';
import { type Caller, permissionsOf } from './caller.ts';
import { hashOf, newToken } from './tokens.ts';

export interface Rights {
  readonly role: Role;
  /** Null: those of the role. */
  readonly permissions: readonly Permission[] | null;
  /** Null: all. */
  readonly accounts: readonly string[] | null;
}

// ── Users ──

/** Throws 409 `exists`. */
export async function createUser(
  shared: Shared,
  caller: Caller,
  user: Rights & { readonly name: string; readonly password: string },
): Promise<UserRecord> {
  const { store, now, randomBytes } = shared.options;
  const { name, password, role, permissions, accounts } = user;
  assertMayGrant(caller, user);
  if ((await store.users.get(name)) !== undefined) throw exists('user', name);
  const passwordHash = await hashPassword(password, randomBytes(16));
  const record: UserRecord = { name, passwordHash, role, permissions, accounts, createdAt: now(), passwordChangedAt: now() };
  let taken = false;
  await store.users.change(name, (there) => {
    taken = there !== undefined;
    return taken ? undefined : record;
  });
  if (taken) throw exists('user', name);
  await audit(shared, caller, { action: 'user.created', subject: { kind: 'user', id: name }, detail: rightsDetail(user) });
  shared.options.log.info({ caller: caller.name, user: name, role }, 'user added');
  return record;
}

export interface UserChanges extends Partial<Rights> {
  readonly password?: string;
  readonly disabled?: boolean;
  /** The second factor goes, for somebody who lost device and codes. */
  readonly totp?: null;
}

/** Throws 404, 403 where the user may more than the caller, 409 `own-access` and `managed-elsewhere`. */
export async function changeUser(shared: Shared, caller: Caller, name: string, changes: UserChanges): Promise<UserRecord> {
  const { store, now, randomBytes, log } = shared.options;
  const { password, ...others } = changes;
  const passwordHash = password === undefined ? undefined : await hashPassword(password, randomBytes(16));
  let before: UserRecord | undefined;
  const record = await store.users.change(name, (user) => {
    before = user;
    if (user === undefined) return undefined;
    assertMayChangeUser(caller, user, changes);
    const changed: UserRecord = { ...user, ...others };
    return passwordHash === undefined ? changed : { ...changed, passwordHash, passwordChangedAt: now() };
  });
  if (before === undefined || record === undefined) throw notFound(`There is no user ${name}`);
  if (password !== undefined || changes.disabled === true || changes.totp === null) {
    await shared.access.sessions.endAll({ kind: 'user', name }, caller.session?.id);
  }
  const subject = { kind: 'user', id: name } as const;
  const { disabled } = changes;
  const rights = changedRights(before, changes);
  await audit(
    shared,
    caller,
    ...(password === undefined ? [] : [{ action: 'password.changed', subject } as const]),
    ...(changes.totp === undefined ? [] : [{ action: 'totp.removed', subject } as const]),
    ...(rights === null && disabled === undefined
      ? []
      : [{ action: 'user.changed', subject, detail: { ...rights, ...(disabled === undefined ? {} : { disabled }) } } as const]),
  );
  log.info({ caller: caller.name, user: name, changed: Object.keys(changes) }, 'user changed');
  return record;
}

export async function deleteUser(shared: Shared, caller: Caller, name: string): Promise<void> {
  const { store, log } = shared.options;
  const user = await store.users.get(name);
  if (user === undefined) throw notFound(`There is no user ${name}`);
  if (isSelf(caller, 'user', name)) throw ownAccess('remove yourself');
  assertMayGrant(caller, user);
  if (!(await store.users.delete(name))) throw notFound(`There is no user ${name}`);
  await shared.access.sessions.endAll({ kind: 'user', name });
  await shared.access.uses.forget('users', name);
  await audit(shared, caller, { action: 'user.deleted', subject: { kind: 'user', id: name } });
  log.info({ caller: caller.name, user: name }, 'user removed');
}

function assertMayChangeUser(caller: Caller, user: UserRecord, changes: UserChanges): void {
  // Whoever sets the password of somebody who may more would be that somebody.
  assertMayGrant(caller, user);
  const after = {
    role: changes.role ?? user.role,
    permissions: changes.permissions === undefined ? user.permissions : changes.permissions,
  };
  assertMayGrant(caller, after);
  if (user.identity != null && (changedRights(user, changes) !== null || changes.password !== undefined)) {
    const what = 'Role, permissions, accounts and password of this user come from the identity provider: change them there';
    throw new Problem(409, 'managed-elsewhere', what);
  }
  if (!isSelf(caller, 'user', user.name)) return;
  if (changes.disabled === true) throw ownAccess('disable yourself');
  const keeps = permissionsOf(after).has('access:manage') && (changes.accounts ?? null) === null;
  if (!keeps) throw ownAccess('take away your own right to manage access');
}

// ── Tokens ──

export interface NewToken {
  readonly record: TokenRecord;
  /** Shown this once. */
  readonly token: string;
}

/** Throws 409 `exists`. */
export async function createToken(
  shared: Shared,
  caller: Caller,
  request: Rights & { readonly name: string; readonly expiresAt: number | null },
): Promise<NewToken> {
  const { store, now, randomBytes, log } = shared.options;
  const { name, role, permissions, accounts, expiresAt } = request;
  assertMayGrant(caller, request);
  const token = newToken(randomBytes);
  const record: TokenRecord = { name, hash: hashOf(token), role, permissions, accounts, createdAt: now(), expiresAt };
  let taken = false;
  await store.tokens.change(name, (there) => {
    taken = there !== undefined;
    return taken ? undefined : record;
  });
  if (taken) throw exists('token', name);
  shared.access.tokens.forget();
  await audit(shared, caller, { action: 'token.created', subject: { kind: 'token', id: name }, detail: rightsDetail(request) });
  log.info({ caller: caller.name, tokenName: name, role }, 'token made');
  return { record, token };
}

export interface TokenChanges extends Partial<Rights> {
  readonly expiresAt?: number | null;
}

export async function changeToken(shared: Shared, caller: Caller, name: string, changes: TokenChanges): Promise<TokenRecord> {
  const { store, log } = shared.options;
  let before: TokenRecord | undefined;
  const record = await store.tokens.change(name, (token) => {
    before = token;
    if (token === undefined) return undefined;
    assertMayGrant(caller, token);
    const after: TokenRecord = { ...token, ...changes };
    assertMayGrant(caller, after);
    if (isSelf(caller, 'token', name) && (!permissionsOf(after).has('access:manage') || after.accounts !== null)) {
      throw ownAccess('take away your own right to manage access');
    }
    return after;
  });
  if (before === undefined || record === undefined) throw notFound(`There is no token ${name}`);
  shared.access.tokens.forget();
  const { expiresAt } = changes;
  const detail = { ...changedRights(before, changes), ...(expiresAt === undefined ? {} : { expiresAt }) };
  await audit(shared, caller, { action: 'token.changed', subject: { kind: 'token', id: name }, detail });
  log.info({ caller: caller.name, tokenName: name, changed: Object.keys(changes) }, 'token changed');
  return record;
}

export async function revokeToken(shared: Shared, caller: Caller, name: string): Promise<void> {
  const { store, log } = shared.options;
  const token = await store.tokens.get(name);
  if (token === undefined) throw notFound(`There is no token ${name}`);
  assertMayGrant(caller, token);
  if (!(await store.tokens.delete(name))) throw notFound(`There is no token ${name}`);
  shared.access.tokens.forget();
  await shared.access.sessions.endAll({ kind: 'token', name });
  await shared.access.uses.forget('tokens', name);
  await audit(shared, caller, { action: 'token.revoked', subject: { kind: 'token', id: name } });
  log.info({ caller: caller.name, tokenName: name }, 'token revoked');
}

// ── Both ──

/** Nobody gives what he does not have, nor acts on whoever has it. */
function assertMayGrant(caller: Caller, asked: Pick<Rights, 'role' | 'permissions'>): void {
  const missing = [...permissionsOf(asked)].filter((permission) => !caller.permissions.has(permission));
  if (missing.length === 0) return;
  throw new Problem(403, 'permission-missing', `${caller.name} cannot grant what it lacks, or change who has it: ${missing.join(', ')}`, {
    members: { permission: missing[0] },
  });
}

function isSelf({ kind, name }: Caller, ofKind: 'user' | 'token', ofName: string): boolean {
  return kind === ofKind && name === ofName;
}

function ownAccess(what: string): Problem {
  return new Problem(409, 'own-access', `You cannot ${what}: let somebody else do it, or use the command line where relais runs`);
}

function exists(what: string, name: string): Problem {
  return new Problem(409, 'exists', `There is a ${what} ${name} already: remove it first, or take another name`);
}

type Detail = Record<string, string | null>;

function rightsDetail({ role, permissions, accounts }: Rights): Detail {
  return {
    role,
    ...(permissions === null ? {} : { permissions: permissions.join(', ') }),
    ...(accounts === null ? {} : { accounts: accounts.join(', ') }),
  };
}

/** What of the rights is another than before, as the audit log tells it; null: nothing. */
function changedRights(before: Rights, changes: Partial<Rights>): Detail | null {
  const detail: Detail = {};
  if (changes.role !== undefined && changes.role !== before.role) detail['role'] = changes.role;
  for (const list of ['permissions', 'accounts'] as const) {
    const wanted = changes[list];
    if (wanted !== undefined && wanted?.join() !== before[list]?.join()) detail[list] = wanted?.join(', ') ?? null;
  }
  return Object.keys(detail).length === 0 ? null : detail;
}
