/**
 * Answers who a request is from: a token in the Authorization header (RFC 6750 §2.1), or the
 * session cookie of a browser. Failures are counted by address; a good token is heard even from an
 * address whose others failed, since behind a proxy all share one.
 */
import { createHash } from 'node:crypto';
import { getCookie } from 'hono/cookie';
import type { Log } from '../../domain/log.ts';
import type { Permission, Store, TokenRecord, UserRecord } from '../../domain/ports.ts';
import type { HttpSettings } from '../../domain/settings.ts';
import { type AppContext, clientAddress } from '../environment.ts';
import { printable } from '../printable.ts';
import { Problem } from '../problem.ts';
import { type Caller, LOCAL_CALLER, permissionsOf } from './caller.ts';
import { hostIsOurs, requestOrigin } from './origin.ts';
import { passwordMatches } from './passwords.ts';
import { createSessions, SESSION_COOKIE, type Session, type SessionSubject, type Sessions } from './sessions.ts';
import { createSignInLinks, type SignInLinks } from './sign-in-links.ts';
import { createThrottle, type Throttle } from './throttle.ts';
import { createTokenRegister, sameSecret, type TokenRegister } from './tokens.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Passwords that may be hashed at once: each takes tens of megabytes and milliseconds. */
const HASHING_LIMIT = 4;
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

export interface AccessOptions {
  readonly store: Store;
  readonly settings: HttpSettings;
  readonly localToken: string;
  readonly sessionKey: Uint8Array;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly failures: number;
  readonly log: Log;
}

export class Access {
  readonly tokens: TokenRegister;
  readonly links: SignInLinks;
  readonly sessions: Sessions;
  readonly #options: AccessOptions;
  readonly #throttle: Throttle;
  #hashing = 0;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.tokens = createTokenRegister(options.store, options.now);
    this.links = createSignInLinks(options.now, options.randomBytes);
    this.sessions = createSessions({ key: options.sessionKey, now: options.now, randomBytes: options.randomBytes });
    this.#throttle = createThrottle(options.failures, options.now);
  }

  /** The caller of an API request; throws the 401, 403, 421 or 429 that is due. */
  async authenticate(c: AppContext): Promise<Caller> {
    const header = c.req.header('authorization');
    if (header === undefined) {
      const caller = await this.fromCookie(c);
      if (caller === undefined) throw unauthorized('A token is needed: Authorization: Bearer …');
      this.assertOurs(c);
      if (!SAFE_METHODS.has(c.req.method)) this.assertNotForged(c, caller, c.req.header('x-csrf-token'));
      return caller;
    }
    const token = BEARER.exec(header)?.[1];
    const caller = token === undefined ? undefined : await this.#fromToken(c, token);
    if (caller !== undefined) return caller;
    this.#fail(c, 'token');
    throw unauthorized('The token is unknown, revoked or expired', 'invalid_token');
  }

  /** Whether what the request came with is still good: asked again while a stream is open. */
  async stillHolds(c: AppContext): Promise<boolean> {
    const token = BEARER.exec(c.req.header('authorization') ?? '')?.[1];
    return (token === undefined ? await this.fromCookie(c) : await this.#fromToken(c, token)) !== undefined;
  }

  async #fromToken(c: AppContext, token: string): Promise<Caller | undefined> {
    if (sameSecret(token, this.#options.localToken)) return { ...LOCAL_CALLER, address: clientAddress(c) || null };
    const record = await this.tokens.find(token);
    return record === undefined ? undefined : callerOf(c, 'token', record, null);
  }

  /** The caller whose session the cookie carries. */
  async fromCookie(c: AppContext): Promise<Caller | undefined> {
    const cookie = getCookie(c, SESSION_COOKIE);
    const session = cookie === undefined ? undefined : this.sessions.read(cookie);
    if (session === undefined) return undefined;
    const info = { id: session.id, expiresAt: session.expiresAt, csrf: this.sessions.csrfToken(session.id) };
    if (session.kind === 'local') return { ...LOCAL_CALLER, address: clientAddress(c) || null, session: info };
    const record = await this.#subjectOf(session);
    return record === undefined ? undefined : callerOf(c, session.kind, record, info);
  }

  async #subjectOf(session: Session): Promise<TokenRecord | UserRecord | undefined> {
    const { store, now } = this.#options;
    if (session.kind === 'user') {
      const user = await store.users.get(session.name);
      return user !== undefined && fingerprintOf(user.passwordHash) === session.fingerprint ? user : undefined;
    }
    const token = await store.tokens.get(session.name);
    if (token === undefined || fingerprintOf(token.hash) !== session.fingerprint) return undefined;
    return token.expiresAt !== null && token.expiresAt <= now() ? undefined : token;
  }

  /** A sign-in by a person; undefined when it does not hold. Throws 429 when there were too many. */
  async signIn(
    c: AppContext,
    credentials: { readonly token: string } | { readonly user: string; readonly password: string },
  ): Promise<SessionSubject | undefined> {
    const address = clientAddress(c);
    this.#assertNotBlocked(address);
    const subject = 'token' in credentials ? await this.#tokenSubject(credentials.token) : await this.#userSubject(credentials);
    if (subject === undefined) {
      this.#options.log.warn({ address, ...('user' in credentials ? { user: printable(credentials.user) } : {}) }, 'sign-in failed');
      this.#throttle.failed(address);
      return undefined;
    }
    this.#throttle.succeeded(address);
    this.#options.log.info({ address, kind: subject.kind, name: subject.name }, 'signed in');
    return subject;
  }

  async #tokenSubject(token: string): Promise<SessionSubject | undefined> {
    if (sameSecret(token, this.#options.localToken)) return { kind: 'local', name: 'local', fingerprint: '' };
    const record = await this.tokens.find(token);
    return record === undefined ? undefined : { kind: 'token', name: record.name, fingerprint: fingerprintOf(record.hash) };
  }

  async #userSubject(credentials: { readonly user: string; readonly password: string }): Promise<SessionSubject | undefined> {
    if (this.#hashing >= HASHING_LIMIT) throw tooMany(1);
    this.#hashing++;
    try {
      const user = await this.#options.store.users.get(credentials.user);
      const matches = await passwordMatches(credentials.password, user?.passwordHash);
      return user !== undefined && matches ? { kind: 'user', name: user.name, fingerprint: fingerprintOf(user.passwordHash) } : undefined;
    } finally {
      this.#hashing--;
    }
  }

  /** R55: a page that rides on a cookie answers under its own name only. */
  assertOurs(c: AppContext): void {
    if (hostIsOurs(c.req.header('host'), this.#options.settings)) return;
    throw new Problem(421, 'unknown-host', 'This server does not answer pages under that name: set http.publicUrl to the address you use');
  }

  /** R55: nothing is changed on behalf of another site. */
  assertNotForged(c: AppContext, caller: Caller, token: string | undefined): void {
    const origin = requestOrigin(c);
    const known = caller.session !== null && token !== undefined && sameSecret(token, caller.session.csrf);
    if (origin === 'ours' || (origin === 'unknown' && known)) return;
    throw new Problem(403, 'forged-request', 'The request does not come from a page of this server');
  }

  #assertNotBlocked(address: string): void {
    const seconds = this.#throttle.blockedFor(address);
    if (seconds > 0) throw tooMany(seconds);
  }

  /** Counts a failure; past the limit the answer is 429. */
  #fail(c: AppContext, what: string): void {
    const address = clientAddress(c);
    this.#throttle.failed(address);
    const seconds = this.#throttle.blockedFor(address);
    this.#options.log.warn({ address, what, blockedFor: seconds }, 'authentication failed');
    if (seconds > 0) throw tooMany(seconds);
  }
}

function callerOf(c: AppContext, kind: 'token' | 'user', record: TokenRecord | UserRecord, session: Caller['session']): Caller {
  const { name, role, accounts } = record;
  return { kind, name, role, permissions: permissionsOf(record), accounts, address: clientAddress(c) || null, session };
}

/** Enough to notice that a secret changed, and nothing that helps to find it: the cookie shows it. */
function fingerprintOf(hash: string): string {
  return createHash('sha256').update(hash).digest('base64url').slice(0, 16);
}

function unauthorized(detail: string, error?: string): Problem {
  // RFC 6750 §3.
  const challenge = `Bearer realm="relais"${error === undefined ? '' : `, error="${error}"`}`;
  return new Problem(401, 'unauthorized', detail, { headers: { 'www-authenticate': challenge } });
}

function tooMany(seconds: number): Problem {
  return new Problem(429, 'too-many-attempts', `Too many failed attempts: try again in ${seconds} s`, {
    headers: { 'retry-after': String(seconds) },
  });
}

/** Throws the 403 that names what is missing. */
export function assertPermitted(caller: Caller, permission: Permission): void {
  if (caller.permissions.has(permission)) return;
  throw new Problem(403, 'permission-missing', `${caller.name} lacks the permission ${permission}`, { members: { permission } });
}

/** Throws the 403 for what spans accounts, if the caller is restricted to some. */
export function assertUnrestricted(caller: Caller): void {
  if (caller.accounts === null) return;
  throw new Problem(403, 'account-restricted', `${caller.name} is restricted to some accounts, and this concerns all of them`);
}
