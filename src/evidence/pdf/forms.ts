/** How times, numbers and fingerprints stand on paper, in each language. */
import type { Language } from '../../domain/settings.ts';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr', nl: 'nl', de: 'de' };

/** To the second, in UTC: what is handed to others is read elsewhere. */
export function timeShown(text: string, language: Language): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const shown = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23', timeZone: 'UTC' });
  return `${shown.format(date)} UTC`;
}

export function octetsShown(octets: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language]).format(octets);
}

/** In groups, for eyes that compare. */
export function fingerprintShown(hex: string): string {
  return (hex.match(/.{1,8}/g) ?? []).join(' ');
}
