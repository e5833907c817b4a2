/** The words of evidence in each language: of the statement, and of the document that is made of it. */
import type { RecipientState } from '../domain/recipient.ts';
import type { Language } from '../domain/settings.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';
import { fr } from './languages/fr.ts';
import { nl } from './languages/nl.ts';

export type Meaning =
  | 'waiting'
  | 'provider'
  | 'server'
  | 'quiet'
  | 'confirmed'
  | 'refused'
  | 'bounced'
  | 'contradicted'
  | 'expired'
  | 'cancelled'
  | 'suppressed';

export interface EvidenceWords {
  /** What a state says, and what it does not prove. */
  readonly meanings: Readonly<Record<Meaning, { readonly means: string; readonly not: readonly string[] }>>;
  /** Beside these, where an attempt ended without an answer after the whole message had been sent. */
  readonly ambiguous: string;
  /** How a report was tied to the recipient. */
  readonly ranks: Readonly<Record<1 | 2 | 3 | 4, string>>;
  readonly linked: string;
  readonly limits: readonly string[];
  readonly paper: PaperWords;
}

/** What stands in the PDF beside the statement's own sentences. */
export interface PaperWords {
  readonly title: string;
  readonly ofMessage: string;
  readonly ofDocument: string;
  readonly madeBy: (relay: string) => string;
  readonly summary: string;
  readonly submitted: string;
  readonly submission: string;
  readonly recipients: (count: number) => string;
  readonly attempts: string;
  readonly noAttempts: string;
  readonly reports: string;
  readonly noReports: string;
  readonly notProven: string;
  readonly events: string;
  readonly eventsLead: string;
  readonly limits: string;
  readonly verify: string;
  readonly verifySteps: (file: string) => readonly string[];
  readonly fingerprint: string;
  readonly signature: string;
  readonly page: (page: number, of: number) => string;
  readonly fields: {
    readonly document: string;
    readonly administration: string;
    readonly verdict: string;
    readonly since: string;
    readonly message: string;
    readonly subject: string;
    readonly from: string;
    readonly sender: string;
    readonly nullSender: string;
    readonly messageId: string;
    readonly size: string;
    readonly sha256: string;
    readonly content: string;
    readonly accepted: string;
    readonly account: string;
    readonly client: string;
    readonly tls: string;
    readonly user: string;
    readonly supersedes: string;
    readonly supersededBy: string;
    readonly contact: string;
    readonly state: string;
    readonly seal: string;
    readonly madeAt: string;
    readonly madeFor: string;
  };
  readonly contentKept: string;
  readonly contentErased: string;
  readonly inClear: string;
  readonly byNetwork: string;
  readonly octets: (count: string) => string;
  readonly since: (time: string) => string;
  readonly states: Readonly<Record<RecipientState, string>>;
  readonly verdicts: Readonly<Record<string, string>>;
  readonly origins: Readonly<Record<'smtp' | 'api' | 'resend' | 'notification', string>>;
  readonly attempt: (number: number) => string;
  readonly outcomes: Readonly<Record<string, string>>;
  readonly running: string;
  readonly reply: string;
  readonly noReply: string;
  readonly to: string;
  readonly verified: (name: string | null, by: string | null) => string;
  readonly unverified: (problem: string | null) => string;
  readonly report: Readonly<Record<string, string>>;
  readonly rank: (rank: number) => string;
  readonly says: string;
  readonly addressInvalid: string;
  readonly more: string;
  readonly sealed: (seal: number) => string;
  readonly unsealed: string;
  readonly unknown: string;
  readonly withheld: string;
  /** Over the recipients that are not on paper in full. */
  readonly others: string;
  readonly moreEvents: (count: number) => string;
  /** Of letters that are written by their code points. */
  readonly substituted: string;
  readonly time: string;
  readonly event: string;
  readonly hash: string;
}

const WORDS: Readonly<Record<Language, EvidenceWords>> = { en, fr, nl, de };

export function wordsIn(language: Language): EvidenceWords {
  return WORDS[language];
}
