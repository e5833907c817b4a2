import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damerau, type KnownDomains, PROVIDERS, suggestAddress } from '../../src/domain/address-suggestion.ts';
import { addressOf } from '../support/recipients.ts';

const KNOWN: KnownDomains = new Map([
  ['partner.example', 40],
  ['bakkerij-jansen.nl', 12],
  ['rare.example', 1],
  ['acme-gmbh.de', 5],
]);

const suggested = (address: string, known = KNOWN): string | null => suggestAddress(addressOf(address), known)?.address ?? null;

describe('a mistyped address', () => {
  it.each([
    ['ann@gmial.com', 'ann@gmail.com'],
    ['ann@gmail.con', 'ann@gmail.com'],
    ['ann@gmail.co', 'ann@gmail.com'],
    ['Ann.Lee@hotmial.con', 'Ann.Lee@hotmail.com'],
    ['ann@outlok.fr', 'ann@outlook.fr'],
    ['ann@wanado.fr', 'ann@wanadoo.fr'],
    ['ann@telenet.bee', 'ann@telenet.be'],
    ['ann@partnre.example', 'ann@partner.example'],
    ['ann@bakkerij-jannsen.nl', 'ann@bakkerij-jansen.nl'],
    ['ann@bakkerijjansen.nl', 'ann@bakkerij-jansen.nl'],
    ['ann@acme-gmbh.ed', 'ann@acme-gmbh.de'],
  ])('%s was to be %s', (typed, meant) => {
    expect(suggested(typed)).toBe(meant);
  });

  it.each([
    ['a provider', 'ann@gmx.net'],
    ['a provider near another', 'ann@hotmail.fr'],
    ['a domain that mail goes to', 'ann@partner.example'],
    ['a domain that is far from all', 'ann@somewhere-else.example'],
    ['a domain near one that mail went to once', 'ann@rares.example'],
    ['an address literal', 'ann@[192.0.2.1]'],
  ])('is none: %s', (_, address) => {
    expect(suggested(address)).toBeNull();
  });

  it('takes the nearest, and of two the one that more mail goes to', () => {
    const known = new Map([
      ['muller.example', 4],
      ['mueller.example', 40],
    ]);
    expect(suggested('ann@mullerr.example', known)).toBe('ann@muller.example');
    expect(suggested('ann@muelller.example', known)).toBe('ann@mueller.example');
    expect(
      suggested(
        'ann@muler.example',
        new Map([
          ['muller.example', 4],
          ['mulder.example', 9],
        ]),
      ),
    ).toBe('ann@mulder.example');
  });

  it('says where it has it from', () => {
    expect(suggestAddress(addressOf('ann@gmial.com'), KNOWN)).toMatchObject({ because: 'provider', distance: 1, domain: 'gmail.com' });
    expect(suggestAddress(addressOf('ann@partnre.example'), KNOWN)).toMatchObject({ because: 'known', distance: 1 });
  });

  it('is told from a thousand names in no time', () => {
    const known = new Map(Array.from({ length: 2000 }, (_, n) => [`company-${(n * 7919) % 100_003}.example`, 10]));
    const begin = performance.now();
    for (let n = 0; n < 50; n++) suggestAddress(addressOf(`ann@something${n}.example`), known);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});

describe('the distance', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.'), maxLength: 8 });

  it('is what it takes to make one of the other', () => {
    expect(damerau('gmail', 'gmial', 9)).toBe(1);
    expect(damerau('gmail', 'gmal', 9)).toBe(1);
    expect(damerau('gmail', 'gmaill', 9)).toBe(1);
    expect(damerau('gmail', 'gmeil', 9)).toBe(1);
    expect(damerau('abc', 'xyz', 9)).toBe(3);
  });

  it('is symmetric, nought for the same alone, and no more than the longer one', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = damerau(a, b, 99);
        expect(distance).toBe(damerau(b, a, 99));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });

  it('is cut where it is more than what is asked for, and exact up to there', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, most) => {
        const whole = damerau(a, b, 99);
        const cut = damerau(a, b, most);
        if (whole <= most) expect(cut).toBe(whole);
        else expect(cut).toBeGreaterThan(most);
      }),
    );
  });

  it('never proposes a domain that is spelt right', () => {
    for (const provider of PROVIDERS) expect(suggested(`ann@${provider}`)).toBeNull();
  });
});
