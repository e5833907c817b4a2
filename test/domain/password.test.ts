import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashPassword, parsePasswordHash, verifyPassword } from '../../src/domain/password.ts';

/** Cheap on purpose: what is tested is the form, not the cost. */
const COST = { N: 16, r: 1, p: 1 };
const SALT = Buffer.alloc(16, 7);

describe('a password hash', () => {
  it('knows its password and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (password, other) => {
        const hash = await hashPassword(password, SALT, COST);
        expect(await verifyPassword(password, hash)).toBe(true);
        if (Buffer.from(other).compare(Buffer.from(password)) !== 0) expect(await verifyPassword(other, hash)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('is written in one form, and read back', async () => {
    const hash = await hashPassword('secret', SALT, COST);
    expect(hash).toMatch(/^scrypt\$16\$1\$1\$[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]+={0,2}$/);
    expect(parsePasswordHash(hash)).toMatchObject({ ...COST, salt: SALT });
  });

  const encoded = Buffer.alloc(32, 1).toString('base64');
  it.each([
    ['nothing', ''],
    ['a plain password', 'secret'],
    ['a cost that is no power of two', `scrypt$15$8$1$${encoded}$${encoded}`],
    ['no cost', `scrypt$0$8$1$${encoded}$${encoded}`],
    ['more memory than this process may give', `scrypt$16777216$8$1$${encoded}$${encoded}`],
    ['a salt too short', `scrypt$16$8$1$AAAA$${encoded}`],
    ['a hash too short', `scrypt$16$8$1$${encoded}$AAAA`],
  ])('is not %s', async (_name, text) => {
    expect(parsePasswordHash(text)).toBeUndefined();
    expect(await verifyPassword('secret', text)).toBe(false);
  });
});
