/** How text becomes the words that the register is searched by; the same for storing and asking. */

const WORD = /[\p{L}\p{N}]+(?:[.\-_/@+][\p{L}\p{N}]+)*/gu;
const PART_START = /(?<=[.\-_/@+])(?=[\p{L}\p{N}])/gu;
const WORD_LIMIT = 64;
/** How many words of one message are indexed; past that it is no longer a subject but a text. */
export const WORDS_PER_MESSAGE = 32;

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

/**
 * The words of the texts, folded, each once: compounds as a whole (`ann@example.com`) and what is
 * left of them from each part on (`example.com`, `com`), so that a query, which is compared with
 * the beginnings of words, finds any part and any run of parts.
 */
export function wordsOf(texts: readonly (string | null)[], limit: number = WORDS_PER_MESSAGE): string[] {
  const words = new Set<string>();
  for (const text of texts) {
    if (text === null) continue;
    for (const [whole] of fold(text).matchAll(WORD)) {
      words.add(whole.slice(0, WORD_LIMIT));
      for (const { index } of whole.matchAll(PART_START)) words.add(whole.slice(index, index + WORD_LIMIT));
      if (words.size >= limit) return [...words].slice(0, limit);
    }
  }
  return [...words];
}

/** The words asked for; each must be there, as a word or as the beginning of one. */
export function queryWords(query: string): string[] {
  const words = new Set<string>();
  for (const [whole] of fold(query).matchAll(WORD)) words.add(whole.slice(0, WORD_LIMIT));
  return [...words].slice(0, 8);
}
