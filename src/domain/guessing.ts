/** Whether a name can serve as a secret between us and whoever had the mail. Pure. */

/** Characters of one kind: letters as a word has them, or digits. */
const RUN = /[A-Z]?[a-z]+|[A-Z]+|[0-9]+/g;
/** A longer one is a word, a date or a counter: it tells as little as this. */
const WORD_LENGTH = 4;
const WORD_COUNTED = 2;
/** At 4 bits each, 64 bits. */
const NEEDED = 16;

/**
 * Whether an outsider could not guess the name in a lifetime: random ones mix letters and digits, so
 * that their runs are short; words, dates and counters count little however long they are. The
 * domain of a Message-ID says nothing. Errs on the safe side.
 */
export function isHardToGuess(name: string): boolean {
  const at = name.lastIndexOf('@');
  let counted = 0;
  for (const [run] of (at > 0 ? name.slice(0, at) : name).slice(0, 300).matchAll(RUN)) {
    counted += run.length < WORD_LENGTH ? run.length : WORD_COUNTED;
  }
  return counted >= NEEDED;
}
