import { describe, expect, it } from 'vitest';
import { hashPassword, parsePasswordHash, verifyPassword } from '../../src/domain/password.ts';

const CHEAP = { N: 16, r: 1, p: 1 };
const SALT = Buffer.from('0123456789abcdef');

describe('password hashes', () => {
  it('verify the password that was hashed, and no other', async () => {
    const hash = await hashPassword('pässword', SALT, CHEAP);
    expect(hash).toMatch(/^scrypt\$16\$1\$1\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$/);
    expect(await verifyPassword('pässword', hash)).toBe(true);
    for (const wrong of ['', 'password', 'pässword ', 'PÄSSWORD']) expect(await verifyPassword(wrong, hash)).toBe(false);
  });

  it('are those of RFC 7914 §12', async () => {
    const vector = `scrypt$16384$8$1$${Buffer.from('SodiumChloride').toString('base64')}$${Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex').toString('base64')}`;
    expect(await verifyPassword('pleaseletmein', vector)).toBe(true);
  });

  it('differ by salt', async () => {
    expect(await hashPassword('a', SALT, CHEAP)).not.toBe(await hashPassword('a', Buffer.alloc(16), CHEAP));
  });

  it.each([
    '',
    'plain',
    'scrypt$16$1$1$AAAA',
    'scrypt$15$1$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==',
    'scrypt$0$1$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==',
    'scrypt$16$0$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==',
    'scrypt$16$1$1$AA==$AAAAAAAAAAAAAAAAAAAAAA==',
    'scrypt$16$1$1$AAAAAAAAAAAAAAAAAAAAAA==$AA==',
    'scrypt$67108864$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==',
    'scrypt$16$1$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA==$',
  ])('%j is none', async (text) => {
    expect(parsePasswordHash(text)).toBeUndefined();
    expect(await verifyPassword('', text)).toBe(false);
  });
});
