/**
 * Small things that a browser keeps for us between two steps, and can neither read nor change: the
 * first half of a sign-in, a key on its way into a device. AES-256-GCM under a key of the relay's own,
 * one for each purpose, so that what was sealed for one step opens in no other.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

const NONCE = 12;
const TAG = 16;
/** Longer than anything that is sealed. */
const LIMIT = 8_192;

export interface Sealing {
  /** Text that opens for `purpose` until `expiresAt`, Unix milliseconds. */
  seal(purpose: string, value: object, expiresAt: number): string;
  /** What was sealed; undefined when its time is over, or it was not sealed here for this. */
  open<T extends object>(purpose: string, text: string): T | undefined;
}

export function createSealing(options: {
  readonly key: Uint8Array;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}): Sealing {
  const { key, now, randomBytes } = options;
  const keyFor = (purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', key, '', `relais-sealed-1:${purpose}`, 32));
  return {
    seal(purpose, value, expiresAt) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), nonce);
      const sealed = Buffer.concat([cipher.update(JSON.stringify({ value, expiresAt }), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open<T extends object>(purpose: string, text: string): T | undefined {
      const octets = text.length > LIMIT ? Buffer.alloc(0) : Buffer.from(text, 'base64url');
      if (octets.length <= NONCE + TAG) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), octets.subarray(0, NONCE), { authTagLength: TAG });
        decipher.setAuthTag(octets.subarray(NONCE, NONCE + TAG));
        const opened = decipher.update(octets.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8');
        const { value, expiresAt } = JSON.parse(opened) as { value: T; expiresAt: number };
        return expiresAt > now() ? value : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
