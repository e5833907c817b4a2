/** Light or dark: as the reader's system says, or as the reader chose; kept in a cookie. */
import { getCookie } from 'hono/cookie';
import type { AppContext } from '../environment.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_COOKIE = 'relais_theme';

export function asTheme(text: string | undefined): Theme | undefined {
  return THEMES.find((theme) => theme === text);
}

export function themeOf(c: AppContext): Theme {
  return asTheme(getCookie(c, THEME_COOKIE)) ?? 'system';
}
