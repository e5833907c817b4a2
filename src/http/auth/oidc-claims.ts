/** What an identity provider's claims mean here (OpenID Connect Core §5.1): a name, a role, accounts. Pure. */
import type { Role } from '../../domain/ports.ts';
import type { OidcSettings } from '../../domain/settings.ts';

export type Claims = Readonly<Record<string, unknown>>;

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** As people and the API name the user. */
  readonly name: string;
  readonly role: Role;
  /** Null: all. */
  readonly accounts: readonly string[] | null;
}

export type IdentityAnswer =
  | { readonly kind: 'identity'; readonly identity: Identity }
  | { readonly kind: 'refused'; readonly reason: 'no-role' | 'no-accounts'; readonly name: string };

/** Of several that fit, the one that may most. */
const BY_POWER: readonly Role[] = ['admin', 'operator', 'viewer'];
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;
const ALL = '*';

/** `claims` come from an ID token that was verified, and from the UserInfo endpoint. */
export function identityOf(claims: Claims, subject: string, settings: OidcSettings): IdentityAnswer {
  const name = nameOf(claims, subject, settings);
  const role = roleOf(claims, settings);
  if (role === null) return { kind: 'refused', reason: 'no-role', name };
  let accounts: readonly string[] | null = null;
  if (settings.accountsClaim !== null) {
    const named = valuesOf(claims, settings.accountsClaim);
    if (named.length === 0) return { kind: 'refused', reason: 'no-accounts', name };
    accounts = named.includes(ALL) ? null : named;
  }
  return { kind: 'identity', identity: { issuer: settings.issuer, subject, name, role, accounts } };
}

/** Claims that the configuration asks for, and that are not there. */
export function missingClaims(claims: Claims, { roleClaims, accountsClaim, nameClaim }: OidcSettings): boolean {
  const asked = [...roleClaims, ...(accountsClaim === null ? [] : [accountsClaim]), ...(nameClaim === null ? [] : [nameClaim])];
  return asked.some((claim) => claimOf(claims, claim) === undefined);
}

function nameOf(claims: Claims, subject: string, { nameClaim }: OidcSettings): string {
  const asked = [...(nameClaim === null ? [] : [nameClaim]), 'preferred_username', 'email'];
  for (const claim of asked) {
    const [value] = valuesOf(claims, claim);
    if (value !== undefined && NAME.test(value)) return value;
  }
  return NAME.test(subject) ? subject : `user-${Buffer.from(subject).toString('hex').slice(0, 40)}`;
}

function roleOf(claims: Claims, { roleClaims, roles, defaultRole }: OidcSettings): Role | null {
  const found = new Set<Role>();
  for (const claim of roleClaims) {
    for (const value of valuesOf(claims, claim)) {
      const role = Object.hasOwn(roles, value) ? roles[value] : undefined;
      if (role !== undefined) found.add(role);
    }
  }
  return BY_POWER.find((role) => found.has(role)) ?? defaultRole;
}

/** One text, several, or the names of an object's members, as providers have it. */
function valuesOf(claims: Claims, claim: string): string[] {
  // An address that nobody verified is whatever its owner typed.
  if (claim === 'email' && claims['email_verified'] !== true) return [];
  const value = claimOf(claims, claim);
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (Array.isArray(value)) return value.filter((one): one is string => typeof one === 'string' && one !== '');
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** By its name, or by a path of names joined by dots: `realm_access.roles`. */
function claimOf(claims: Claims, claim: string): unknown {
  if (Object.hasOwn(claims, claim)) return claims[claim];
  let value: unknown = claims;
  for (const step of claim.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Claims)[step];
  }
  return value;
}
