/** How text becomes the words that the register is searched by; the same for storing and asking. */

const WORD = /[\p{L}\p{N}]+(?:[.\-_/@+][\p{L}\p{N}]+)*/gu;
const PART = /[\p{L}\p{N}]+/gu;
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
 * The words of the texts, folded, each once: compounds as a whole (`2024-117`, `ann@example.com`)
 * and their parts, so that both the number and a piece of it are found.
 */
export function wordsOf(texts: readonly (string | null)[], limit: number = WORDS_PER_MESSAGE): string[] {
  const words = new Set<string>();
  for (const text of texts) {
    if (text === null) continue;
    for (const [whole] of fold(text).matchAll(WORD)) {
      words.add(whole.slice(0, WORD_LIMIT));
      const parts = whole.match(PART) ?? [];
      if (parts.length > 1) for (const part of parts) words.add(part.slice(0, WORD_LIMIT));
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
