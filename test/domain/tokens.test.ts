import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdFactory, idTime, type MessageId, parseMessageId } from '../../src/domain/ids.ts';
import { signToken, type TokenKey, verifyToken } from '../../src/domain/tokens.ts';

const NOW = 1_750_000_000_000;
const LIFETIME = 30 * 86_400_000;

function messageAt(time: number): MessageId {
  const id = parseMessageId(createIdFactory({ now: () => time, randomBytes: (length) => new Uint8Array(length).map((_, i) => i * 7) })());
  if (id === undefined) throw new Error('the factory made no id');
  return id;
}

const MESSAGE = messageAt(NOW);
const key = (id: string, fill = id.charCodeAt(0)): TokenKey => ({ id, secret: new Uint8Array(32).fill(fill) });
const validity = { now: NOW + 1000, lifetime: LIFETIME };

const subject = fc.record({
  message: fc.integer({ min: NOW - LIFETIME, max: NOW }).map(messageAt),
  index: fc.integer({ min: 0, max: 9999 }),
});
const secretKey = fc.record({ id: fc.stringMatching(/^[0-9a-z]{1,2}$/), secret: fc.uint8Array({ minLength: 16, maxLength: 64 }) });

describe('a VERP token', () => {
  it('carries message and recipient through any folding of case, within a local part', () => {
    fc.assert(
      fc.property(subject, secretKey, (given, signing) => {
        const token = signToken(given, signing);
        expect(token.length).toBeLessThanOrEqual(64);
        expect(token).toMatch(/^[0-9a-z-]+$/);
        for (const folded of [token, token.toUpperCase()]) {
          expect(verifyToken(folded, [signing], { now: NOW, lifetime: LIFETIME })).toEqual({ ok: true, subject: given });
        }
      }),
    );
  });

  it('R47 holds no longer when any one character was changed', () => {
    const token = signToken({ message: MESSAGE, index: 3 }, key('a'));
    const change = fc.tuple(fc.integer({ min: 0, max: token.length - 1 }), fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz-'));
    fc.assert(
      fc.property(change, ([at, char]) => {
        fc.pre(token[at] !== char);
        expect(verifyToken(token.slice(0, at) + char + token.slice(at + 1), [key('a')], validity).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('R46 can not be made without the secret', () => {
    const forged = signToken({ message: MESSAGE, index: 0 }, key('a', 1));
    expect(verifyToken(forged, [key('a', 2)], validity)).toEqual({
      ok: false,
      reason: 'forged',
      claimed: { message: MESSAGE, index: 0 },
    });
  });

  it('can not be turned to another recipient or message', () => {
    const token = signToken({ message: MESSAGE, index: 0 }, key('a'));
    const other = messageAt(NOW + 1).toLowerCase();
    expect(verifyToken(token.replace('-0-a-', '-1-a-'), [key('a')], validity)).toMatchObject({ reason: 'forged' });
    expect(verifyToken(token.replace(MESSAGE.toLowerCase(), other), [key('a')], validity)).toMatchObject({ reason: 'forged' });
    expect(verifyToken(token.replace('-0-a-', '-00-a-'), [key('a')], validity)).toMatchObject({ reason: 'forged' });
  });

  it('ends with its lifetime, to the millisecond', () => {
    const token = signToken({ message: MESSAGE, index: 0 }, key('a'));
    const end = idTime(MESSAGE) + LIFETIME;
    expect(verifyToken(token, [key('a')], { now: end, lifetime: LIFETIME }).ok).toBe(true);
    expect(verifyToken(token, [key('a')], { now: end + 1, lifetime: LIFETIME })).toMatchObject({ ok: false, reason: 'expired' });
  });

  it('outlives the rotation of keys while the old one is kept', () => {
    const old = signToken({ message: MESSAGE, index: 0 }, key('a'));
    expect(verifyToken(old, [key('b'), key('a')], validity).ok).toBe(true);
    expect(verifyToken(signToken({ message: MESSAGE, index: 0 }, key('b')), [key('b'), key('a')], validity).ok).toBe(true);
    expect(verifyToken(old, [key('b')], validity)).toMatchObject({ ok: false, reason: 'unknown-key' });
  });

  it('is told apart from any other local part', () => {
    expect(verifyToken('postmaster', [key('a')], validity)).toEqual({ ok: false, reason: 'no-token', claimed: null });
    fc.assert(fc.property(fc.string(), (text) => void expect(verifyToken(text, [key('a')], validity).ok).toBe(false)));
    // An id out of range is none, however well it is formed.
    expect(verifyToken(`rb-8${'0'.repeat(25)}-0-a-${'0'.repeat(16)}`, [key('a')], validity)).toMatchObject({ reason: 'no-token' });
  });
});
