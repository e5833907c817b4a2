/**
 * Browser sessions: kept in the store by the SHA-256 of what the cookie holds, so that they are listed
 * and ended, and outlive a restart. One ends with its time, by its owner or an administrator, when
 * its token is revoked or its user removed, and with a new password: `fingerprint` ties it to what
 * it was opened with.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Log } from '../../domain/log.ts';
import type { SessionRecord, Store } from '../../domain/ports.ts';

export const SESSION_COOKIE = 'relais_session';
export const SESSION_LIFETIME = 12 * 3_600_000;
/** That it was seen is noted this often: a page needs no write. */
const SEEN_EVERY = 5 * 60_000;
/** Of one user or token; the oldest goes. */
const SESSIONS_EACH = 50;
const AGENT_LIMIT = 200;
const COOKIE = /^[A-Za-z0-9_-]{43}$/;

/** Whom a session is for. */
export type SessionSubject = Pick<SessionRecord, 'kind' | 'name' | 'fingerprint'>;

export interface Session extends SessionRecord {
  /** Its name in lists; no secret. */
  readonly id: string;
}

export interface Sessions {
  /** Opens one; gives the cookie's value. */
  open(opened: SessionSubject & Pick<SessionRecord, 'via' | 'address' | 'agent'>): Promise<string>;
  read(cookie: string): Promise<Session | undefined>;
  /** Notes, now and then, that it was seen. Resolves at once; where it can not be noted, the log says so. */
  seen(session: Session, address: string | null): void;
  /** Those that are open, the latest first; of one user or token, or all. */
  list(whose?: Pick<SessionSubject, 'kind' | 'name'>): Promise<readonly Session[]>;
  /** False when it has ended already. */
  end(id: string): Promise<boolean>;
  /** Ends all of a user or token, save one; how many. */
  endAll(whose: Pick<SessionSubject, 'kind' | 'name'>, except?: string): Promise<number>;
  /** Goes with every form: a page of others cannot know it. */
  csrfToken(id: string): string;
}

export function createSessions(options: {
  readonly store: Pick<Store, 'sessions'>;
  readonly key: Uint8Array;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly log: Log;
}): Sessions {
  const { store, key, now, randomBytes, log } = options;
  const collection = store.sessions;
  const noted = (error: unknown): void => log.warn({ err: error }, 'when a session was seen could not be noted');
  const list: Sessions['list'] = async (whose) =>
    (await collection.list())
      .map(({ name, value }): Session => ({ ...value, id: name }))
      .filter(({ expiresAt }) => expiresAt > now())
      .filter(({ kind, name }) => whose === undefined || (kind === whose.kind && name === whose.name))
      .sort((a, b) => b.createdAt - a.createdAt);
  return {
    list,
    async open(opened) {
      const cookie = Buffer.from(randomBytes(32)).toString('base64url');
      const { kind, name, fingerprint, via, address, agent } = opened;
      await sweep(collection, now());
      const others = await list({ kind, name });
      for (const { id } of others.slice(SESSIONS_EACH - 1)) await collection.delete(id);
      await collection.put(nameOf(cookie), {
        kind,
        name,
        fingerprint,
        via,
        createdAt: now(),
        expiresAt: now() + SESSION_LIFETIME,
        lastSeenAt: now(),
        address,
        agent: agent?.slice(0, AGENT_LIMIT) ?? null,
      });
      return cookie;
    },
    async read(cookie) {
      if (!COOKIE.test(cookie)) return undefined;
      const id = nameOf(cookie);
      const record = await collection.get(id);
      return record === undefined || record.expiresAt <= now() ? undefined : { ...record, id };
    },
    seen({ id, lastSeenAt }, address) {
      const at = now();
      if (at - lastSeenAt < SEEN_EVERY) return;
      // One that was ended meanwhile stays ended.
      collection.change(id, (record) => (record === undefined ? undefined : { ...record, lastSeenAt: at, address })).catch(noted);
    },
    end: (id) => collection.delete(id),
    async endAll(whose, except) {
      const ending = (await list(whose)).filter(({ id }) => id !== except);
      await Promise.all(ending.map(({ id }) => collection.delete(id)));
      return ending.length;
    },
    csrfToken: (id) => createHmac('sha256', key).update(`relais-csrf-1:${id}`).digest('base64url'),
  };
}

async function sweep(collection: Store['sessions'], now: number): Promise<void> {
  const over = (await collection.list()).filter(({ value }) => value.expiresAt <= now);
  await Promise.all(over.map(({ name }) => collection.delete(name)));
}

function nameOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('hex');
}
