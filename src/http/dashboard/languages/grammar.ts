/** What languages differ in beside their words: numbers, plurals, distances of time. */

export type TimeUnit = 'minute' | 'hour' | 'day';

/** `3 messages`, with the digits as the language groups them. */
export function counter(locale: string, isOne: (n: number) => boolean): (n: number, one: string, many: string) => string {
  return (n, one, many) => `${n.toLocaleString(locale)} ${isOne(n) ? one : many}`;
}

/** `3 minutes ago`, `in 2 hours`: the same words that the pages' script goes on with. */
export function timeWords(locale: string): Record<'ago' | 'in', (n: number, unit: TimeUnit) => string> {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  return { ago: (n, unit) => format.format(-n, unit), in: (n, unit) => format.format(n, unit) };
}
