/**
 * A person signs in: with a password and, where the user has one, a second factor, or with a token.
 * The password comes first; what is left to do then travels sealed through the browser, for five
 * minutes. Guessing is slowed by address, and at the second factor by user as well.
 */
import { createHash } from 'node:crypto';
import type { Log } from '../../domain/log.ts';
import type { SessionRecord, Store, TokenRecord, UserRecord } from '../../domain/ports.ts';
import { printable } from '../printable.ts';
import { Problem } from '../problem.ts';
import { passwordMatches } from './passwords.ts';
import type { Sealing } from './sealing.ts';
import type { SessionSubject } from './sessions.ts';
import type { Throttle } from './throttle.ts';
import { sameSecret, type TokenRegister } from './tokens.ts';
import { recoveryHash, totpStep } from './totp.ts';

/** Passwords that may be hashed at once: each takes tens of megabytes and milliseconds. */
const HASHING_LIMIT = 4;
const CHALLENGE_LIFETIME = 5 * 60_000;
const CHALLENGE = 'second-factor';

export type SignedIn =
  | { readonly kind: 'in'; readonly subject: SessionSubject; readonly via: SessionRecord['via'] }
  /** The password was right; `challenge` is to be sent back with a code. */
  | { readonly kind: 'code'; readonly challenge: string }
  /** `user`: the one it was tried for, where there is such a user. */
  | { readonly kind: 'refused'; readonly user: string | null }
  /** The challenge's time is over, or the password was changed meanwhile: it begins anew. */
  | { readonly kind: 'over' };

interface Challenge {
  readonly name: string;
  readonly fingerprint: string;
}

export interface SignInOptions {
  readonly store: Pick<Store, 'users'>;
  readonly tokens: TokenRegister;
  readonly sealing: Sealing;
  readonly localToken: string;
  readonly now: () => number;
  readonly log: Log;
  readonly byAddress: Throttle;
  readonly byUser: Throttle;
}

export class SignIn {
  readonly #options: SignInOptions;
  #hashing = 0;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** Throws 429 when there were too many tries. */
  async withPassword(address: string, name: string, password: string): Promise<SignedIn> {
    this.assertNotBlocked(address);
    const user = await this.#checked(name, password);
    if (user === undefined) {
      const known = await this.#options.store.users.get(name);
      return this.#refused(address, known === undefined ? null : name, name);
    }
    if (user.totp == null) return this.#signedIn(address, { kind: 'user', name, fingerprint: userFingerprint(user) }, 'password');
    const challenge: Challenge = { name, fingerprint: userFingerprint(user) };
    return { kind: 'code', challenge: this.#options.sealing.seal(CHALLENGE, challenge, this.#options.now() + CHALLENGE_LIFETIME) };
  }

  async withToken(address: string, token: string): Promise<SignedIn> {
    this.assertNotBlocked(address);
    const { localToken, tokens } = this.#options;
    if (sameSecret(token, localToken)) return this.#signedIn(address, LOCAL_SUBJECT, 'token');
    const record = await tokens.find(token);
    if (record === undefined) return this.#refused(address, null);
    return this.#signedIn(address, { kind: 'token', name: record.name, fingerprint: tokenFingerprint(record) }, 'token');
  }

  /** The second factor: a code of the device, or a recovery code, which is used up. */
  async withCode(address: string, challengeText: string, code: string): Promise<SignedIn> {
    const { sealing, store, byUser, now } = this.#options;
    this.assertNotBlocked(address);
    const challenge = sealing.open<Challenge>(CHALLENGE, challengeText);
    const user = challenge === undefined ? undefined : await store.users.get(challenge.name);
    if (challenge === undefined || user === undefined || userFingerprint(user) !== challenge.fingerprint || user.disabled === true) {
      return { kind: 'over' };
    }
    const subject: SessionSubject = { kind: 'user', name: user.name, fingerprint: challenge.fingerprint };
    const seconds = byUser.blockedFor(user.name);
    if (seconds > 0) throw tooMany(seconds);
    // Counted beforehand: many guesses at once are as many tries.
    byUser.failed(user.name);
    const via = await this.takeCode(user.name, code, now());
    if (via === null) return this.#refused(address, user.name);
    byUser.succeeded(user.name);
    return this.#signedIn(address, subject, via);
  }

  /** Uses a code up: null when it is none, or was taken before. One that is used twice at once counts once. */
  async takeCode(name: string, code: string, now: number): Promise<'totp' | 'recovery' | null> {
    let via: 'totp' | 'recovery' | null = null;
    await this.#options.store.users.change(name, (user) => {
      const totp = user?.totp;
      if (user === undefined || totp == null) return undefined;
      const step = totpStep(totp.secret, code, now);
      if (step !== undefined) {
        if (step <= totp.lastStep) return undefined;
        via = 'totp';
        return { ...user, totp: { ...totp, lastStep: step } };
      }
      const hash = recoveryHash(code);
      if (!totp.recovery.includes(hash)) return undefined;
      via = 'recovery';
      return { ...user, totp: { ...totp, recovery: totp.recovery.filter((one) => one !== hash) } };
    });
    return via;
  }

  /** The user whose password this is; in the same time whether there is one or not. */
  async #checked(name: string, password: string): Promise<UserRecord | undefined> {
    if (this.#hashing >= HASHING_LIMIT) throw tooMany(1);
    this.#hashing++;
    try {
      const user = await this.#options.store.users.get(name);
      const matches = await passwordMatches(password, user?.passwordHash ?? undefined);
      return user !== undefined && matches && user.disabled !== true ? user : undefined;
    } finally {
      this.#hashing--;
    }
  }

  /** Whether it is the user's password, for what asks for it once more. Throws 429 when there were too many tries. */
  async confirms(address: string, name: string, password: string): Promise<boolean> {
    this.assertNotBlocked(address);
    const right = (await this.#checked(name, password)) !== undefined;
    if (!right) this.#options.byAddress.failed(address);
    return right;
  }

  assertNotBlocked(address: string): void {
    const seconds = this.#options.byAddress.blockedFor(address);
    if (seconds > 0) throw tooMany(seconds);
  }

  #signedIn(address: string, subject: SessionSubject, via: SessionRecord['via']): SignedIn {
    this.#options.byAddress.succeeded(address);
    this.#options.log.info({ address, kind: subject.kind, name: subject.name, via }, 'signed in');
    return { kind: 'in', subject, via };
  }

  #refused(address: string, user: string | null, typed?: string): SignedIn {
    this.#options.byAddress.failed(address);
    this.#options.log.warn({ address, ...(typed === undefined ? {} : { user: printable(typed) }) }, 'sign-in failed');
    return { kind: 'refused', user };
  }
}

export const LOCAL_SUBJECT: SessionSubject = { kind: 'local', name: 'local', fingerprint: '' };

/** Enough to notice that a secret changed, and nothing that helps to find it. */
function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url').slice(0, 16);
}

export function tokenFingerprint({ hash }: TokenRecord): string {
  return fingerprintOf(hash);
}

export function userFingerprint({ passwordHash, identity }: UserRecord): string {
  return fingerprintOf(passwordHash ?? JSON.stringify([identity?.issuer, identity?.subject]));
}

export function tooMany(seconds: number): Problem {
  return new Problem(429, 'too-many-attempts', `Too many failed attempts: try again in ${seconds} s`, {
    headers: { 'retry-after': String(seconds) },
  });
}
