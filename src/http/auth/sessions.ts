/**
 * Browser sessions: a signed cookie that names its subject, and nothing on the server but the ids of
 * those that signed out. A session ends when its token is revoked, its user removed, or the
 * password changed: `fingerprint` ties it to what it was opened with.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';

export const SESSION_COOKIE = 'relais_session';
export const SESSION_LIFETIME = 12 * 3_600_000;
const REVOKED_LIMIT = 100_000;

export interface SessionSubject {
  readonly kind: 'local' | 'token' | 'user';
  readonly name: string;
  readonly fingerprint: string;
}

export interface Session extends SessionSubject {
  readonly id: string;
  readonly expiresAt: number;
}

export interface Sessions {
  /** The cookie's value. */
  issue(subject: SessionSubject): string;
  read(cookie: string): Session | undefined;
  revoke(session: { readonly id: string; readonly expiresAt: number }): void;
  /** Goes with every form: a page of others cannot know it. */
  csrfToken(id: string): string;
}

export function createSessions(options: {
  readonly key: Uint8Array;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}): Sessions {
  const { key, now, randomBytes } = options;
  const revoked = new LRUCache<string, number>({ max: REVOKED_LIMIT });
  const mac = (purpose: string, text: string): Buffer => createHmac('sha256', key).update(`relais-${purpose}-1:${text}`).digest();
  return {
    issue(subject) {
      const session: Session = {
        ...subject,
        id: Buffer.from(randomBytes(16)).toString('base64url'),
        expiresAt: now() + SESSION_LIFETIME,
      };
      const payload = Buffer.from(JSON.stringify(session)).toString('base64url');
      return `${payload}.${mac('session', payload).toString('base64url')}`;
    },
    read(cookie) {
      const [payload = '', signature = ''] = cookie.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = mac('session', payload);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      const session = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Session;
      return session.expiresAt <= now() || revoked.has(session.id) ? undefined : session;
    },
    revoke(session) {
      revoked.set(session.id, session.expiresAt);
    },
    csrfToken(id) {
      return mac('csrf', id).toString('base64url');
    },
  };
}
