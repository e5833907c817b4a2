import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isHardToGuess } from '../../src/domain/guessing.ts';

describe('a name that is hard to guess', () => {
  it.each([
    'f81d4fae-7dec-41d0-a765-00a0c91e6bf6@erp.example',
    'CAJ5v+0kQ2xT7b1uWnYt8pR3sLdE9fGhZ4aMcVqXo@mail.example',
    '01KAV3N9T8QJ5R2W7XC4M6ZBYD@erp.example',
    '010201935d2f8a11-6e0f3c1a-2b4d-4c8e-9f10-1a2b3c4d5e6f-000000',
  ])('%s is one', (name) => expect(isHardToGuess(name)).toBe(true));

  it.each([
    'invoice.202611240001@erp.example',
    '1234567.3.1732449301000.JavaMail.tomcat@localhost',
    'original-1@erp.example',
    '20261124115501.12345@a-very-long-domain-name-7f3a9b2c8d1e4f60.example',
    '4XyZ12AbCdEfz',
    'order 7',
    '',
  ])('%j is none', (name) => expect(isHardToGuess(name)).toBe(false));

  it('is what random sources make, nearly always', () => {
    for (const make of [randomUUID, () => randomBytes(18).toString('base64url'), () => randomBytes(16).toString('hex')]) {
      // So many that chance has no say: of 500 alone it fell short of the share now and then.
      const hard = Array.from({ length: 20_000 }, make).filter(isHardToGuess);
      expect(hard.length / 20_000).toBeGreaterThan(480 / 500);
    }
  });
});
