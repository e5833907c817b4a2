/**
 * Password hashes of accounts and users: scrypt (RFC 7914) as `scrypt$N$r$p$salt$hash`, salt and
 * hash in base64. Verifying costs tens of milliseconds and 16 MiB by design; it runs off the event
 * loop. The salt is an argument, so that randomness stays outside.
 */
import { scrypt, timingSafeEqual } from 'node:crypto';

export interface ScryptCost {
  /** CPU and memory cost: a power of two. */
  readonly N: number;
  /** Block size. */
  readonly r: number;
  /** Parallelisation. */
  readonly p: number;
}

export interface PasswordHash extends ScryptCost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** 16 MiB and some 50 ms: what OWASP names for interactive sign-in is within a factor of what a relay can bear. */
export const PASSWORD_COST: ScryptCost = { N: 16_384, r: 8, p: 1 };

const HASH = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]+={0,2})$/;
const HASH_OCTETS = 32;
/** A hash that asks for more memory is refused: it would be a mistake, or an attack on this process. */
const MEMORY_LIMIT = 256 * 1024 * 1024;

/** Parses a hash; undefined when it is none, or asks for more than this process may give. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const match = HASH.exec(text);
  if (match === null) return undefined;
  const [N, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const salt = Buffer.from(match[4] ?? '', 'base64');
  const hash = Buffer.from(match[5] ?? '', 'base64');
  if (N < 2 || (N & (N - 1)) !== 0 || r < 1 || p < 1 || p > 16 || memoryOf({ N, r, p }) > MEMORY_LIMIT) return undefined;
  return salt.length < 8 || hash.length < 16 ? undefined : { N, r, p, salt, hash };
}

function memoryOf(cost: ScryptCost): number {
  return 128 * cost.r * (cost.N + cost.p);
}

function derive(password: string, salt: Uint8Array, cost: ScryptCost, octets: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: cost.N, r: cost.r, p: cost.p, maxmem: memoryOf(cost) + 1024 * 1024 };
    scrypt(password, salt, octets, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** Hashes a password. `salt`: at least 16 random octets. */
export async function hashPassword(password: string, salt: Uint8Array, cost: ScryptCost = PASSWORD_COST): Promise<string> {
  const hash = await derive(password, salt, cost, HASH_OCTETS);
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${Buffer.from(salt).toString('base64')}$${hash.toString('base64')}`;
}

/** Whether `password` is the one that was hashed. False for what is no hash. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const parsed = parsePasswordHash(hash);
  if (parsed === undefined) return false;
  return timingSafeEqual(await derive(password, parsed.salt, parsed, parsed.hash.length), parsed.hash);
}
