/** Who calls, and what the caller may do. */
import { PERMISSIONS, type Permission, type Role } from '../../domain/ports.ts';

export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['messages:read', 'changes:read'],
  operator: [
    'messages:read',
    'changes:read',
    'messages:content',
    'messages:send',
    'messages:resend',
    'queue:manage',
    'sync:run',
    'suppressions:manage',
  ],
  admin: PERMISSIONS,
};

export interface Caller {
  /** `local`: the command line on this machine, or whoever holds its sign-in link. */
  readonly kind: 'local' | 'token' | 'user';
  readonly name: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
  /** Accounts it is restricted to; null: all. */
  readonly accounts: readonly string[] | null;
  /** IP address it calls from; null where there is no connection. */
  readonly address: string | null;
  /** Of the browser session it came with; null for tokens sent by programs. */
  readonly session: { readonly id: string; readonly expiresAt: number; readonly csrf: string } | null;
}

/** The explicit list holds where there is one; otherwise the role's. */
export function permissionsOf(record: {
  readonly role: Role;
  readonly permissions: readonly Permission[] | null;
}): ReadonlySet<Permission> {
  return new Set(record.permissions ?? ROLE_PERMISSIONS[record.role]);
}

export const LOCAL_CALLER: Caller = {
  kind: 'local',
  name: 'local',
  role: 'admin',
  permissions: new Set(PERMISSIONS),
  accounts: null,
  address: null,
  session: null,
};

/** Whether the caller may see mail of the account. */
export function maySee(caller: Caller, account: string): boolean {
  return caller.accounts === null || caller.accounts.includes(account);
}
