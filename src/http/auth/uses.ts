/** Notes when tokens and users were last used: once a minute at most for each, and never in the way of a request. */
import { LRUCache } from 'lru-cache';
import type { Log } from '../../domain/log.ts';
import type { Store, UseRecord } from '../../domain/ports.ts';

const EVERY = 60_000;
const REMEMBERED = 10_000;

export interface Uses {
  /** Returns at once; what can not be written is told in the log. */
  note(kind: 'tokens' | 'users', name: string, address: string | null): void;
  /** The last use since `createdAt`: one of the same name before it does not count. */
  last(kind: 'tokens' | 'users', record: { readonly name: string; readonly createdAt: number }): Promise<UseRecord | null>;
  forget(kind: 'tokens' | 'users', name: string): Promise<void>;
}

export function createUses({
  store,
  now,
  log,
}: {
  readonly store: Pick<Store, 'uses'>;
  readonly now: () => number;
  readonly log: Log;
}): Uses {
  const noted = new LRUCache<string, number>({ max: REMEMBERED });
  return {
    note(kind, name, address) {
      const key = `${kind}/${name}`;
      const at = now();
      if (at - (noted.get(key) ?? Number.NEGATIVE_INFINITY) < EVERY) return;
      noted.set(key, at);
      store.uses.put(key, { at, address }).catch((error: unknown) => log.warn({ err: error, key }, 'a use could not be noted'));
    },
    async last(kind, { name, createdAt }) {
      const use = await store.uses.get(`${kind}/${name}`);
      return use === undefined || use.at < createdAt ? null : use;
    },
    async forget(kind, name) {
      noted.delete(`${kind}/${name}`);
      await store.uses.delete(`${kind}/${name}`);
    },
  };
}
