/**
 * Identifiers: 26 characters of Crockford base32, ULID layout: 48 bits of Unix time in
 * milliseconds, then 80 bits of randomness. They sort as text in the order they were made,
 * so a range of time is a range of ids.
 */

declare const messageIdBrand: unique symbol;
/** The id of an accepted message; the 250 reply carries it. */
export type MessageId = string & { readonly [messageIdBrand]: true };

declare const reportIdBrand: unique symbol;
/** The id of a report (bounce, complaint, automatic reply) that came in. */
export type ReportId = string & { readonly [reportIdBrand]: true };

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ID_PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;
/** 48 bits; the last millisecond that an id can tell, in the year 10889. */
const LAST_TIME = 2 ** 48 - 1;

/** Sources an id needs; given by the caller so that the domain stays pure. */
export interface IdSources {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Fills and returns a view of `length` random octets. */
  readonly randomBytes: (length: number) => Uint8Array;
}

function encodeTime(ms: number): string {
  let text = '';
  let rest = ms;
  for (let i = 0; i < TIME_LENGTH; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * Makes ids that strictly ascend within one process: two ids of the same millisecond, or of a
 * clock that went back, differ by one in their random part.
 */
export function createIdFactory(sources: IdSources): () => string {
  let lastTime = -1;
  const digits = new Uint8Array(RANDOM_LENGTH);
  return () => {
    const now = sources.now();
    if (now > lastTime) {
      lastTime = now;
      const random = sources.randomBytes(RANDOM_LENGTH);
      for (let i = 0; i < RANDOM_LENGTH; i++) digits[i] = (random[i] ?? 0) & 31;
      digits[0] = (digits[0] ?? 0) & 15; // room to count up without running over
    } else {
      for (let i = RANDOM_LENGTH - 1; i >= 0; i--) {
        const next = (digits[i] ?? 0) + 1;
        digits[i] = next & 31;
        if (next < 32) break;
      }
    }
    let text = encodeTime(lastTime);
    for (let i = 0; i < RANDOM_LENGTH; i++) text += ALPHABET.charAt(digits[i] ?? 0);
    return text;
  };
}

/** Parses a message id in either case; undefined when it is none. */
export function parseMessageId(text: string): MessageId | undefined {
  const upper = text.toUpperCase();
  return ID_PATTERN.test(upper) ? (upper as MessageId) : undefined;
}

/** Unix milliseconds at which the id was made. */
export function idTime(id: string): number {
  let ms = 0;
  for (let i = 0; i < TIME_LENGTH; i++) ms = ms * 32 + ALPHABET.indexOf(id.charAt(i));
  return ms;
}

/** The smallest id that can have been made at or after `ms`; a bound for ranges of time. */
export function lowestIdAt(ms: number): string {
  return encodeTime(Math.min(Math.max(0, Math.ceil(ms)), LAST_TIME)) + '0'.repeat(RANDOM_LENGTH);
}

const INVERTED = new Map([...ALPHABET].map((char, value) => [char, ALPHABET.charAt(31 - value)]));

/** Turns an id into one that sorts in the opposite direction, and back. */
export function invertId(id: string): string {
  let text = '';
  for (let i = 0; i < id.length; i++) text += INVERTED.get(id.charAt(i)) ?? '';
  return text;
}
