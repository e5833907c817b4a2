/**
 * The users that sign in at the identity provider: each gets a record at its first sign-in, and with
 * every one the rights that the provider's claims give it then. One is known by issuer and subject
 * (OpenID Connect Core §5.7), never by a name, which the provider may give to somebody else.
 */
import type { UserRecord } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import { type Actor, audit } from '../audit.ts';
import type { Identity } from './oidc-claims.ts';

export type ProviderUser =
  | { readonly kind: 'user'; readonly user: UserRecord }
  /** Somebody who signs in otherwise has the name; or an administrator has disabled this one. */
  | { readonly kind: 'refused'; readonly reason: 'name-taken' | 'disabled'; readonly name: string };

export async function userOf(shared: Shared, identity: Identity, address: string | null): Promise<ProviderUser> {
  const { store, now } = shared.options;
  const { issuer, subject, role, accounts } = identity;
  const known = (await store.users.list()).find(({ value }) => isSame(value, identity));
  const name = known?.name ?? identity.name;
  let before: UserRecord | undefined;
  const user = await store.users.change(name, (there) => {
    before = there;
    if (there === undefined) {
      return { name, passwordHash: null, role, permissions: null, accounts, createdAt: now(), identity: { issuer, subject } };
    }
    return isSame(there, identity) ? { ...there, role, permissions: null, accounts } : undefined;
  });
  if (user === undefined || !isSame(user, identity)) return { kind: 'refused', reason: 'name-taken', name };
  if (user.disabled === true) return { kind: 'refused', reason: 'disabled', name };
  await note(shared, { before, user, address });
  return { kind: 'user', user };
}

function isSame({ identity }: UserRecord, { issuer, subject }: Identity): boolean {
  return identity?.issuer === issuer && identity.subject === subject;
}

/** What the provider changed is told as relais' own doing. */
async function note(
  shared: Shared,
  change: { readonly before: UserRecord | undefined; readonly user: UserRecord; readonly address: string | null },
): Promise<void> {
  const { before, user, address } = change;
  const actor: Actor = { kind: 'relais', name: 'relais', address };
  const rights = { role: user.role, accounts: user.accounts?.join(', ') ?? null };
  const same = before !== undefined && before.role === rights.role && (before.accounts?.join(', ') ?? null) === rights.accounts;
  if (same) return;
  await audit(shared, actor, {
    action: before === undefined ? 'user.created' : 'user.changed',
    subject: { kind: 'user', id: user.name },
    detail: { ...rights, issuer: user.identity?.issuer ?? null },
  });
}
