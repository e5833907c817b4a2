/** The dashboard's words in the reader's language: the one chosen, else the first that the browser asks for and we have. */
import { getCookie } from 'hono/cookie';
import { LANGUAGES, type Language } from '../../domain/settings.ts';
import type { AppContext } from '../environment.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';
import { fr } from './languages/fr.ts';
import { nl } from './languages/nl.ts';

export type Strings = typeof en;

const STRINGS: Readonly<Record<Language, Strings>> = { en, fr, nl, de };

/** In their own words, for the choice between them. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français', nl: 'Nederlands', de: 'Deutsch' };

export const LANGUAGE_COOKIE = 'relais_language';

export function asLanguage(text: string | undefined): Language | undefined {
  return LANGUAGES.find((language) => language === text);
}

export function stringsFor(c: AppContext): Strings {
  return STRINGS[askedLanguage(c) ?? 'en'];
}

/** Undefined: neither chosen nor asked for. */
export function askedLanguage(c: AppContext): Language | undefined {
  return asLanguage(getCookie(c, LANGUAGE_COOKIE)) ?? wanted(c.req.header('accept-language') ?? '');
}

/** RFC 9110 §12.5.4; of two with the same weight the first. */
function wanted(header: string): Language | undefined {
  const asked = header
    .slice(0, 500)
    .split(',')
    .map((part, position) => {
      const [tag = '', ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1');
      return { language: asLanguage(tag.split('-')[0]), weight, position };
    });
  asked.sort((a, b) => b.weight - a.weight || a.position - b.position);
  return asked.find(({ language, weight }) => language !== undefined && weight > 0)?.language;
}
