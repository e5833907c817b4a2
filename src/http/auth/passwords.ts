/** Passwords of users: scrypt (RFC 7914), kept as `scrypt$N$r$p$salt$hash`, base64. */
import { scrypt, timingSafeEqual } from 'node:crypto';

const COST = { N: 32_768, r: 8, p: 3 };
const SALT_OCTETS = 16;
const HASH_OCTETS = 32;
/** N·r·128 octets is what scrypt needs; records of other costs are taken up to this. */
const MEMORY_LIMIT = 256 * 1024 * 1024;

export const PASSWORD_MINIMUM = 10;

interface Parsed {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

function derive(password: string, salt: Uint8Array, length: number, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, length, { ...cost, maxmem: MEMORY_LIMIT }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

export async function hashPassword(password: string, randomBytes: (length: number) => Uint8Array): Promise<string> {
  const salt = Buffer.from(randomBytes(SALT_OCTETS));
  const hash = await derive(password, salt, HASH_OCTETS, COST);
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

function parse(text: string): Parsed | undefined {
  const [scheme, N, r, p, salt, hash] = text.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined || hash === '') return undefined;
  const parsed = { N: Number(N), r: Number(r), p: Number(p), salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
  return [parsed.N, parsed.r, parsed.p].every((value) => Number.isSafeInteger(value) && value > 0) ? parsed : undefined;
}

/** Takes as long for a user that does not exist (`stored` undefined) as for a wrong password. */
export async function passwordMatches(password: string, stored: string | undefined): Promise<boolean> {
  const parsed = stored === undefined ? undefined : parse(stored);
  if (parsed === undefined) {
    await derive(password, Buffer.alloc(SALT_OCTETS), HASH_OCTETS, COST);
    return false;
  }
  const { N, r, p, salt, hash } = parsed;
  return timingSafeEqual(await derive(password, salt, hash.length, { N, r, p }), hash);
}
