/**
 * Answers who a request is from: a token in the Authorization header (RFC 6750 §2.1), or the
 * session cookie of a browser. Failures are counted by address; a good token is heard even from an
 * address whose others failed, since behind a proxy all share one.
 */
import { getCookie } from 'hono/cookie';
import type { Log } from '../../domain/log.ts';
import type { Permission, Store, TokenRecord, UserRecord } from '../../domain/ports.ts';
import type { HttpSettings } from '../../domain/settings.ts';
import { type AppContext, clientAddress } from '../environment.ts';
import { Problem } from '../problem.ts';
import { type Caller, LOCAL_CALLER, permissionsOf } from './caller.ts';
import { OidcSignIn } from './oidc.ts';
import { hostIsOurs, requestOrigin } from './origin.ts';
import { createSealing, type Sealing } from './sealing.ts';
import { createSessions, SESSION_COOKIE, type Session, type Sessions } from './sessions.ts';
import { SignIn, tokenFingerprint, tooMany, userFingerprint } from './sign-in.ts';
import { createSignInLinks, type SignInLinks } from './sign-in-links.ts';
import { createThrottle, type Throttle } from './throttle.ts';
import { createTokenRegister, sameSecret, type TokenRegister } from './tokens.ts';
import { createUses, type Uses } from './uses.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;
/** Wrong codes of one user within that time; RFC 4226 §7.3 asks for a limit. */
const CODE_FAILURES = 5;
const CODE_WINDOW = 15 * 60_000;

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
  readonly sealing: Sealing;
  readonly signIn: SignIn;
  /** Null: there is no identity provider. */
  readonly oidc: OidcSignIn | null;
  readonly uses: Uses;
  readonly #options: AccessOptions;
  readonly #throttle: Throttle;

  constructor(options: AccessOptions) {
    const { store, now, randomBytes, sessionKey: key } = options;
    this.#options = options;
    this.tokens = createTokenRegister(store, now);
    this.links = createSignInLinks(now, randomBytes);
    this.sessions = createSessions({ ...options, key });
    this.sealing = createSealing({ key, now, randomBytes });
    this.uses = createUses(options);
    const { oidc, publicUrl } = options.settings;
    this.oidc =
      oidc == null || publicUrl === null
        ? null
        : new OidcSignIn({ settings: oidc, publicUrl: publicUrl.replace(/\/+$/, ''), sealing: this.sealing, now, log: options.log });
    this.#throttle = createThrottle(options.failures, now);
    const byUser = createThrottle(CODE_FAILURES, now, CODE_WINDOW);
    this.signIn = new SignIn({ ...options, tokens: this.tokens, sealing: this.sealing, byAddress: this.#throttle, byUser });
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
    const address = clientAddress(c) || null;
    if (sameSecret(token, this.#options.localToken)) return { ...LOCAL_CALLER, address };
    const record = await this.tokens.find(token);
    if (record === undefined) return undefined;
    this.uses.note('tokens', record.name, address);
    return callerOf('token', record, { address, session: null });
  }

  /** The caller whose session the cookie carries. */
  async fromCookie(c: AppContext): Promise<Caller | undefined> {
    const cookie = getCookie(c, SESSION_COOKIE);
    const session = cookie === undefined ? undefined : await this.sessions.read(cookie);
    if (session === undefined) return undefined;
    const record = session.kind === 'local' ? null : await this.#subjectOf(session);
    if (record === undefined) return undefined;
    const address = clientAddress(c) || null;
    this.sessions.seen(session, address);
    const info = { id: session.id, expiresAt: session.expiresAt, csrf: this.sessions.csrfToken(session.id) };
    return record === null || session.kind === 'local'
      ? { ...LOCAL_CALLER, address, session: info }
      : callerOf(session.kind, record, { address, session: info });
  }

  async #subjectOf(session: Session): Promise<TokenRecord | UserRecord | undefined> {
    const { store, now } = this.#options;
    if (session.kind === 'user') {
      const user = await store.users.get(session.name);
      return user !== undefined && user.disabled !== true && userFingerprint(user) === session.fingerprint ? user : undefined;
    }
    const token = await store.tokens.get(session.name);
    if (token === undefined || tokenFingerprint(token) !== session.fingerprint) return undefined;
    return token.expiresAt !== null && token.expiresAt <= now() ? undefined : token;
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

  /** Counts a failure; past the limit the answer is 429. */
  #fail(c: AppContext, what: string): void {
    const address = clientAddress(c);
    this.#throttle.failed(address);
    const seconds = this.#throttle.blockedFor(address);
    this.#options.log.warn({ address, what, blockedFor: seconds }, 'authentication failed');
    if (seconds > 0) throw tooMany(seconds);
  }
}

function callerOf(kind: 'token' | 'user', record: TokenRecord | UserRecord, from: Pick<Caller, 'address' | 'session'>): Caller {
  const { name, role, accounts } = record;
  return { kind, name, role, permissions: permissionsOf(record), accounts, ...from };
}

function unauthorized(detail: string, error?: string): Problem {
  // RFC 6750 §3.
  const challenge = `Bearer realm="relais"${error === undefined ? '' : `, error="${error}"`}`;
  return new Problem(401, 'unauthorized', detail, { headers: { 'www-authenticate': challenge } });
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
