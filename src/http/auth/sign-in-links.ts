/** Links that sign in once, within an hour: printed on the terminal of the machine relais runs on, at the start or by `relais sign-in`. */
import { createHash } from 'node:crypto';

export const LINK_LIFETIME = 3_600_000;
const OUTSTANDING = 100;

export interface SignInLinks {
  /** The key of a new link. */
  create(): string;
  /** Uses the key up; false when it is unknown, used or too old. */
  redeem(key: string): boolean;
}

export function createSignInLinks(now: () => number, randomBytes: (length: number) => Uint8Array): SignInLinks {
  const expiries = new Map<string, number>();
  const hash = (key: string): string => createHash('sha256').update(key).digest('hex');
  return {
    create() {
      const key = Buffer.from(randomBytes(32)).toString('base64url');
      expiries.set(hash(key), now() + LINK_LIFETIME);
      const [oldest] = expiries.keys();
      if (expiries.size > OUTSTANDING && oldest !== undefined) expiries.delete(oldest);
      return key;
    },
    redeem(key) {
      const name = hash(key);
      const expiresAt = expiries.get(name);
      expiries.delete(name);
      return expiresAt !== undefined && expiresAt > now();
    },
  };
}
