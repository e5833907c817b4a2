/**
 * The messages that a report without a token may speak of, by DESIGN's lower ranks of evidence.
 *
 *   upstream    correlate.ts, and desk.ts for the person who links by hand
 *   downstream  the store's indexes; a bounded number of look-ups whatever the report names
 *   standards   RFC 3464 §2.2.1, RFC 5322 §3.6.4
 *
 *     2  ENVID, as the sender gave it
 *     3  Message-ID, the sender's or the one a provider made of the name in its 250; a queue's name
 *     4  recipient, time and subject
 *
 * A candidate agrees on recipient and time; how much that is worth is for correlate.ts to say.
 */
import { isHardToGuess } from '../../domain/guessing.ts';
import { type MessageId, parseMessageId } from '../../domain/ids.ts';
import type { Store } from '../../domain/ports.ts';
import type { EvidenceRank } from '../../domain/recipient.ts';
import { remoteNamesOf } from '../../domain/remote-id.ts';
import type { ReportHints } from './hints.ts';
import type { ParsedReport } from './parse.ts';
import { type MessageRecord, normalized, type Originals, type Said, tellingOf, tieRecipients } from './tying.ts';

export interface Sought {
  readonly parsed: ParsedReport;
  /** Unix milliseconds: when the report was written, as far as that can be believed. */
  readonly at: number;
  /** Milliseconds after acceptance in which a report is believed. */
  readonly lifetime: number;
}

export interface Candidate {
  readonly record: MessageRecord;
  readonly rank: Exclude<EvidenceRank, 1>;
  /** What it says of which recipients; never empty. */
  readonly said: readonly Said[];
  /** Whoever wrote the report had the mail or was told of it, for nobody could guess what it quotes. */
  readonly hardToGuess: boolean;
}

type CandidateStore = Pick<Store, 'record' | 'messagesKnownAs' | 'messages'>;
type Name = Parameters<Store['messagesKnownAs']>[0];

/** Messages that one name may stand for, and that are looked at for one report. */
const OF_A_NAME = 20;
const LOOKED_AT = 60;
const NAMES_ASKED = 24;
/** Clocks differ, and time zones are got wrong. */
const SKEW = 24 * 3_600_000;
/** Servers give up within it; a subject alone names nothing for longer. */
const SAME_SUBJECT = 7 * 24 * 3_600_000;

/** Those of every rank, best first; a message may come again with a lower one. */
export async function allCandidates(store: CandidateStore, sought: Sought): Promise<readonly Candidate[]> {
  const looked = new Map<MessageId, MessageRecord | undefined>();
  const named = [...(await byNames(store, sought, 2, looked)), ...(await byNames(store, sought, 3, looked))];
  return [...named, ...(await bySubject(store, sought))];
}

/** Those of the best rank that has any. */
export async function findCandidates(store: CandidateStore, sought: Sought): Promise<readonly Candidate[]> {
  const looked = new Map<MessageId, MessageRecord | undefined>();
  for (const rank of [2, 3] as const) {
    const found = await byNames(store, sought, rank, looked);
    if (found.length > 0) return found;
  }
  return bySubject(store, sought);
}

async function byNames(
  store: CandidateStore,
  sought: Sought,
  rank: 2 | 3,
  looked: Map<MessageId, MessageRecord | undefined>,
): Promise<Candidate[]> {
  const found = new Map<MessageId, Candidate>();
  for (const { text, as } of namesOf(sought.parsed, rank)) {
    for (const id of await messagesOf(store, text, as)) {
      if (looked.size >= LOOKED_AT && !looked.has(id)) continue;
      if (!looked.has(id)) looked.set(id, await store.record(id));
      const record = looked.get(id);
      if (record === undefined || !agreesOnTime(record, sought)) continue;
      const said = tieRecipients(sought.parsed.recipients, record, originalsOf(sought.parsed.hints));
      const hardToGuess = isHardToGuess(text) || found.get(id)?.hardToGuess === true;
      if (said.length > 0) found.set(id, { record, rank, said, hardToGuess });
    }
  }
  return [...found.values()];
}

interface AskedName {
  readonly text: string;
  readonly as: readonly Name[];
}

function namesOf({ envelopeId, originalMessageId, hints }: ParsedReport, rank: 2 | 3): AskedName[] {
  if (rank === 2) return envelopeId === null ? [] : [{ text: envelopeId, as: [{ envelopeId }] }];
  const messageIds = [...new Set([...(originalMessageId === null ? [] : [originalMessageId]), ...(hints?.messageIds ?? [])])];
  const asked: AskedName[] = [
    ...messageIds.map((text) => ({ text, as: [{ messageId: text }, ...remoteNamesOf(text).map((remoteId) => ({ remoteId }))] })),
    ...(hints?.logIds ?? []).map((text) => ({ text, as: [{ remoteId: text }] })),
  ];
  return asked.slice(0, NAMES_ASKED);
}

async function messagesOf(store: CandidateStore, text: string, names: readonly Name[]): Promise<Set<MessageId>> {
  const ids = new Set<MessageId>();
  for (const name of names) for (const id of await store.messagesKnownAs(name, OF_A_NAME)) ids.add(id);
  // The id itself, as the API and our trace field tell it.
  const own = parseMessageId(text);
  if (own !== undefined) ids.add(own);
  return ids;
}

function agreesOnTime({ message }: MessageRecord, { at, lifetime }: Sought): boolean {
  return at >= message.acceptedAt - SKEW && at <= message.acceptedAt + lifetime;
}

/** Rank 4: the recipient got a message of that subject lately. */
async function bySubject(store: CandidateStore, sought: Sought): Promise<Candidate[]> {
  const { parsed, at, lifetime } = sought;
  const subject = parsed.hints?.subject;
  if (subject == null || subjectText(subject) === '') return [];
  const originals = originalsOf(parsed.hints);
  const found = new Map<MessageId, Candidate>();
  for (const recipient of recipientsNamed(parsed, originals)) {
    const filter = { recipient, from: at - Math.min(lifetime, SAME_SUBJECT), to: at + SKEW };
    const { items } = await store.messages(filter, { limit: OF_A_NAME });
    for (const { message } of items) {
      if (found.has(message.id) || !isSameMail(message.headers, subject, parsed.hints?.date ?? null)) continue;
      const record = await store.record(message.id);
      const said = record === undefined ? [] : tieRecipients(parsed.recipients, record, originals);
      if (record !== undefined && said.length > 0) found.set(message.id, { record, rank: 4, said, hardToGuess: false });
    }
  }
  return [...found.values()];
}

const RECIPIENTS_ASKED = 5;

function recipientsNamed({ recipients }: ParsedReport, originals: Originals): string[] {
  const names = tellingOf(recipients).flatMap(({ address }) => {
    const name = address === null ? '' : normalized(address);
    return [name, originals[name] ?? ''];
  });
  return [...new Set(names)].filter((name) => name.includes('@')).slice(0, RECIPIENTS_ASKED);
}

/** Where both tell a date, it is the same to the second: nobody changes that on the way. */
function isSameMail(headers: MessageRecord['message']['headers'], subject: string, date: number | null): boolean {
  if (headers.subject === null || subjectText(headers.subject) !== subjectText(subject)) return false;
  const own = headers.date === null ? Number.NaN : Date.parse(headers.date);
  return date === null || Number.isNaN(own) || own === date;
}

function subjectText(subject: string): string {
  return subject.replace(/\s+/g, ' ').trim().toLowerCase();
}

/** Final recipients with the original ones, normalised. */
export function originalsOf(hints: ReportHints | undefined): Originals {
  const pairs = (hints?.originals ?? []).map(({ final, original }) => [normalized(final), normalized(original)] as const);
  return Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(pairs));
}
