/** What a notification says to people, by language: texts for an office, not for postmasters. */
import type { NotificationKind } from '../../domain/notification.ts';
import type { Category } from '../../domain/reply.ts';
import type { Language } from '../../domain/settings.ts';
import type { Cause } from './facts.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';
import { fr } from './languages/fr.ts';
import { nl } from './languages/nl.ts';

export interface Wording {
  /** For dates. */
  readonly locale: string;
  /** Display name of the From field. */
  readonly from: string;
  /** Before the message's own subject, with `separator`. */
  readonly subject: Readonly<Record<NotificationKind, string>>;
  readonly separator: string;
  readonly noSubject: string;
  /** The sentence above the recipients, for one and for several. */
  readonly intro: Readonly<Record<NotificationKind, readonly [one: string, several: string]>>;
  /** Whole sentences. */
  readonly reasons: Readonly<Record<Cause, string>>;
  /** What to do about a failure. */
  readonly advice: Readonly<Record<Cause, string>>;
  /** Labels of lines below a recipient. */
  readonly why: string;
  /** Why the last attempt did not succeed; follows `why` where the retry time ran out. */
  readonly lately: string;
  readonly todo: string;
  readonly answered: (server: string | null) => string;
  readonly found: string;
  /** Below a delay. `until`: a date. */
  readonly stillTrying: (until: string | null) => string;
  readonly andMore: (count: number) => string;
  readonly message: string;
  readonly labels: { readonly subject: string; readonly sent: string; readonly from: string; readonly id: string };
  readonly link: string;
  readonly footer: (hostname: string) => string;
}

/** Reasons and advice of a category, side by side. */
export type Reasons = Readonly<Record<Category | 'expired' | 'suppressed', readonly [reason: string, advice: string]>>;

export function reasonsAndAdvice(table: Reasons): Pick<Wording, 'reasons' | 'advice'> {
  const entries = Object.entries(table) as [Cause, readonly [string, string]][];
  return {
    reasons: Object.fromEntries(entries.map(([cause, [reason]]) => [cause, reason])) as Record<Cause, string>,
    advice: Object.fromEntries(entries.map(([cause, [, advice]]) => [cause, advice])) as Record<Cause, string>,
  };
}

export const WORDINGS: Readonly<Record<Language, Wording>> = { en, fr, nl, de };
