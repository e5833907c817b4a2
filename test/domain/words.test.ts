import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryWords, WORDS_PER_MESSAGE, wordsOf } from '../../src/domain/words.ts';

/** As the register asks: each word of the query begins a word of the text. */
const found = (query: string, ...texts: string[]): boolean =>
  queryWords(query).every((asked) => wordsOf(texts).some((word) => word.startsWith(asked)));

describe('words', () => {
  it.each([
    ['invoice', 'Your Invoice 2024-117'],
    ['INV', 'Your invoice 2024-117'],
    ['2024-117', 'Your invoice 2024-117'],
    ['117', 'Your invoice 2024-117'],
    ['2024-11', 'Your invoice 2024-117'],
    ['117 invoice', 'Your invoice 2024-117'],
    ['ann', 'ann.lee@mail.example.com'],
    ['ann.lee@mail.example.com', 'ann.lee@mail.example.com'],
    ['lee@mail', 'ann.lee@mail.example.com'],
    ['example.com', 'ann.lee@mail.example.com'],
    ['@example', 'ann@example.com'],
    ['strasse', 'Stra\u00dfe strasse'],
    ['facture', 'Facturé à'],
    ['müll', 'Mu\u0308ll'],
    ['請求', '請求書'],
    ["o'brien", "O'Brien"],
    ['', 'anything'],
    ['!!!', 'anything'],
  ])('"%s" finds "%s"', (query, text) => expect(found(query, text)).toBe(true));

  it.each([
    ['voice', 'Your invoice'],
    ['118', 'Your invoice 2024-117'],
    ['invoice reminder', 'Your invoice'],
    ['xample', 'ann@example.com'],
  ])('"%s" does not find "%s"', (query, text) => expect(found(query, text)).toBe(false));

  it('finds every text by itself, as far as its words are kept', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        expect(found(text, text)).toBe(true);
      }),
    );
  });

  it('keeps so many words of one message, each once and of bounded length', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'grapheme' }))), (texts) => {
        const words = wordsOf(texts);
        expect(words.length).toBeLessThanOrEqual(WORDS_PER_MESSAGE);
        expect(new Set(words).size).toBe(words.length);
        for (const word of words) expect(word.length).toBeLessThanOrEqual(64);
      }),
    );
    expect(wordsOf([Array.from({ length: 100 }, (_, i) => `word${i}`).join(' ')])).toHaveLength(WORDS_PER_MESSAGE);
    expect(wordsOf(['x'.repeat(1000)])).toEqual(['x'.repeat(64)]);
  });

  it('asks for eight words at most', () => expect(queryWords('a b c d e f g h i j')).toHaveLength(8));
});
