/** Text of others, made fit for one line of a log: no control characters, no line ends, bounded. */
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const LIMIT = 500;

export function printable(text: string): string {
  return text.slice(0, LIMIT).replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
