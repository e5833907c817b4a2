/** What requests about users and tokens have in common. */
import { z } from '@hono/zod-openapi';
import { PERMISSIONS, type TokenRecord, type UseRecord, type UserRecord } from '../../domain/ports.ts';
import { rfc3339, rfc3339OrNull } from '../../domain/representation.ts';
import { permissionsOf } from '../auth/caller.ts';
import { givenName } from './fields.ts';

const role = z.enum(['viewer', 'operator', 'admin'], 'viewer, operator or admin');
const permissions = z.array(z.enum(PERMISSIONS, `one of ${PERMISSIONS.join(', ')}`));
const accounts = z.array(z.string().min(1).max(100)).min(1, 'name at least one, or leave it out for all');

export const RIGHTS = {
  role,
  permissions: permissions.optional().openapi({ description: 'In place of the role’s.' }),
  accounts: accounts.optional().openapi({ description: 'Restricts to the mail of these accounts.' }),
};

/** As they are changed: what is left out stays. */
export const CHANGED_RIGHTS = {
  role: role.optional(),
  permissions: permissions.nullable().optional().openapi({ description: 'In place of the role’s; null: those of the role.' }),
  accounts: accounts.nullable().optional().openapi({ description: 'Restricts to the mail of these accounts; null: all.' }),
};

export const byName = z.object({ name: givenName });

/** Administration of access concerns all accounts. */
export const ACCESS = { tag: 'Access', permission: 'access:manage', spansAccounts: true } as const;

/** What was given of the fields that a zod object leaves as undefined. */
export function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function rightsJson(record: TokenRecord | UserRecord): Record<string, unknown> {
  return { role: record.role, permissions: [...permissionsOf(record)], accounts: record.accounts };
}

function useJson(use: UseRecord | null): Record<string, unknown> {
  return { lastUsedAt: rfc3339OrNull(use?.at ?? null), lastUsedFrom: use?.address ?? null };
}

export function tokenJson(record: TokenRecord, use: UseRecord | null): Record<string, unknown> {
  const { name, createdAt, expiresAt } = record;
  return { name, ...rightsJson(record), createdAt: rfc3339(createdAt), expiresAt: rfc3339OrNull(expiresAt), ...useJson(use) };
}

export function userJson(record: UserRecord, use: UseRecord | null): Record<string, unknown> {
  const { name, createdAt, disabled, totp, identity } = record;
  return {
    name,
    ...rightsJson(record),
    createdAt: rfc3339(createdAt),
    disabled: disabled === true,
    totp: totp != null,
    identityProvider: identity?.issuer ?? null,
    ...useJson(use),
  };
}
