/** What signals say to people, by language. Texts for an office, not for postmasters. */
import type { EventType } from '../domain/events.ts';
import type { Category } from '../domain/reply.ts';
import type { Language } from '../domain/settings.ts';
import type { SignalCause, SignalClosing } from '../domain/signal.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';
import { fr } from './languages/fr.ts';
import { nl } from './languages/nl.ts';

export interface SignalWording {
  /** For numbers and dates. */
  readonly locale: string;
  /** Display name of the From field. */
  readonly from: string;
  /** What is wrong, after a domain and a colon. */
  readonly categories: Readonly<Record<Category | 'suppressed', string>>;
  /** What happened, where there is no category; after a name and a colon, or alone. */
  readonly events: Readonly<Record<EventType | 'others', string>>;
  readonly recipients: (count: number) => string;
  readonly refusesUs: (domain: string) => string;
  readonly hopBlocked: (nextHop: string) => string;
  readonly mailboxFailing: (mailbox: string) => string;
  readonly backupFailed: (directory: string) => string;
  readonly channelFailing: (channel: string) => string;
  readonly noMail: (came: number, expected: number) => string;
  readonly runIncomplete: (run: string, came: number, expected: number) => string;
  readonly shareFails: (share: string) => string;
  /** Labels of the parts of a cause that have no sentence of their own. */
  readonly parts: Readonly<Record<'account' | 'template' | 'documentType' | 'document' | 'sender' | 'message' | 'run' | 'nextHop', string>>;
  /** In front of the headline. */
  readonly stillOpen: string;
  readonly escalated: string;
  readonly over: string;
  readonly test: string;
  readonly closings: Readonly<Record<SignalClosing, string>>;
  readonly digest: (count: number) => string;
  readonly testText: (rule: string) => string;
  readonly erased: string;
  readonly noSubject: string;
  readonly andMore: (count: number) => string;
  readonly since: (time: string) => string;
  /** Labels of lines and links. */
  readonly answer: string;
  readonly document: string;
  readonly contact: string;
  readonly open: string;
  readonly openMessage: string;
  readonly footer: (rule: string, hostname: string) => string;
}

export const SIGNAL_WORDINGS: Readonly<Record<Language, SignalWording>> = { en, fr, nl, de };

/** What a headline is made of. */
export interface Headlined {
  readonly cause: SignalCause;
  readonly count: number;
}

/** One line that says what is the matter. */
export function headline({ cause, count }: Headlined, words: SignalWording): string {
  const number = new Intl.NumberFormat(words.locale);
  const { nextHop, mailbox, channel, directory, day, expected, run, share, domain } = cause;
  if (day !== undefined) return words.noMail(count, Number(expected ?? 1));
  if (run !== undefined && expected !== undefined) return words.runIncomplete(run, count, Number(expected));
  if (channel !== undefined) return words.channelFailing(channel);
  if (directory !== undefined) return words.backupFailed(directory);
  if (mailbox !== undefined) return words.mailboxFailing(mailbox);
  if (nextHop !== undefined && domain === undefined && cause.category === undefined) return words.hopBlocked(nextHop);
  const where = [domain, ...partsOf(cause, words)].filter((part) => part !== undefined).join(', ');
  if (share !== undefined) return joined(where, words.shareFails(`${number.format(Number(share))} %`));
  const many = words.recipients(count);
  if (domain !== undefined && cause.category === 'blocked') return `${words.refusesUs(where)} – ${many}`;
  return `${joined(where, whatOf(cause, words))} – ${many}`;
}

function joined(where: string, what: string): string {
  if (where === '') return what === '' ? '' : what.charAt(0).toUpperCase() + what.slice(1);
  return what === '' ? where : `${where}: ${what}`;
}

function whatOf({ category, event }: SignalCause, words: SignalWording): string {
  if (category !== undefined && Object.hasOwn(words.categories, category)) return words.categories[category as Category];
  return event !== undefined && Object.hasOwn(words.events, event) ? words.events[event as EventType] : words.events['recipient.failed'];
}

function partsOf(cause: SignalCause, words: SignalWording): string[] {
  return (Object.keys(words.parts) as (keyof SignalWording['parts'])[]).flatMap((name) => {
    const value = cause[name];
    return value === undefined ? [] : [`${words.parts[name]} ${value}`];
  });
}

/** In front of the headline, by why it is told. */
export function prefixOf(reason: string | undefined, words: SignalWording): string {
  switch (reason) {
    case 'repeated':
      return `${words.stillOpen}: `;
    case 'escalated':
      return `${words.escalated}: `;
    case 'closed':
      return `${words.over}: `;
    default:
      return '';
  }
}
