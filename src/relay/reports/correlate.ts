/**
 * Ties a report to the recipients it speaks of, and says what it proves. ADR 0010 has the ranks, and
 * what each may change by which way in.
 *
 *   upstream    intake.ts
 *   downstream  candidates.ts, tying.ts; VERP tokens, domain/tokens.ts
 *   failure     what is forged, expired, could be guessed, or speaks of something else is tied to
 *               nothing: it changes no state, is kept with its `trouble`, and waits in the review
 *               list (R46, R47)
 *
 * A signed token stands by itself, wherever the report quotes it: whoever has one has had the mail or
 * the envelope. All else must agree on recipient and time and leave one message alone; and what came
 * by the open listener must quote something that nobody could guess.
 */
import type { MessageId, ReportId } from '../../domain/ids.ts';
import type { EvidenceItem, ReportMatch, ReportRecord, Store } from '../../domain/ports.ts';
import type { EvidenceRank } from '../../domain/recipient.ts';
import { remoteNamesOf } from '../../domain/remote-id.ts';
import { type TokenKey, type VerifiedToken, verifyToken } from '../../domain/tokens.ts';
import { type Candidate, findCandidates, originalsOf } from './candidates.ts';
import type { ParsedReport } from './parse.ts';
import { evidenceItem, type MessageRecord, normalized, saidOf } from './tying.ts';

export interface CorrelationContext {
  readonly report: ReportId;
  readonly via: ReportRecord['via'];
  /** Envelope recipient; null where there is none. */
  readonly to: string | null;
  readonly parsed: ParsedReport;
  readonly tokenKeys: readonly TokenKey[];
  readonly tokenLifetime: number;
  /** Of our return paths; null: there is none. */
  readonly reportDomain: string | null;
  readonly now: number;
  readonly store: Pick<Store, 'record' | 'messagesKnownAs' | 'messages'>;
}

export interface Correlation {
  /** Empty: for the review list. */
  readonly matches: readonly ReportMatch[];
  readonly items: readonly EvidenceItem[];
  readonly trouble: string | null;
}

export async function correlate(context: CorrelationContext): Promise<Correlation> {
  const { token, rank } = findToken(context);
  if (token.ok) return byToken(context, token.subject, rank);
  if (token.reason !== 'no-token') return unmatched(tokenTrouble(token));
  return byCandidates(context);
}

function unmatched(trouble: string): Correlation {
  return { matches: [], items: [], trouble };
}

// ── Tokens ──

interface FoundToken {
  readonly token: VerifiedToken;
  readonly rank: EvidenceRank;
}

/** The first token that holds, else the reason of the first of ours that does not. */
function findToken(context: CorrelationContext): FoundToken {
  const { tokenKeys, tokenLifetime, now } = context;
  let found: FoundToken = { token: { ok: false, reason: 'no-token', claimed: null }, rank: 1 };
  for (const { address, rank, addressed } of tokensOf(context)) {
    const token = verifyToken(localPartOf(address), tokenKeys, { now, lifetime: tokenLifetime });
    if (token.ok) return { token, rank };
    if (found.token.ok || found.token.reason !== 'no-token' || !(addressed || isOurs(address, context))) continue;
    found = { token, rank };
  }
  return found;
}

/** What tokens name that do not hold any more, or never did: for a person to look at, and no evidence. */
export function claimsOf(context: CorrelationContext): { readonly message: MessageId; readonly index: number }[] {
  const { tokenKeys, tokenLifetime, now } = context;
  return tokensOf(context).flatMap(({ address }) => {
    const token = verifyToken(localPartOf(address), tokenKeys, { now, lifetime: tokenLifetime });
    return token.ok ? [token.subject] : token.claimed === null ? [] : [token.claimed];
  });
}

/** Where a token may stand; `addressed`: in it, one that does not hold is a claim and no mere quotation. */
function tokensOf({
  to,
  parsed,
}: CorrelationContext): { readonly address: string; readonly rank: EvidenceRank; readonly addressed: boolean }[] {
  const { returnPaths, envelopeId, hints } = parsed;
  const quoted = (hints?.tokens ?? []).filter((token) => token !== envelopeId?.toLowerCase());
  return [
    ...(to === null ? [] : [{ address: to, rank: 1 as const, addressed: true }]),
    ...returnPaths.map((address) => ({ address, rank: 1 as const, addressed: false })),
    ...quoted.map((address) => ({ address, rank: 1 as const, addressed: false })),
    ...(envelopeId === null ? [] : [{ address: envelopeId, rank: 2 as const, addressed: true }]),
  ];
}

function localPartOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at === -1 ? address : address.slice(0, at);
}

/** Another relay of this kind has tokens of the same shape, under its own domain. */
function isOurs(address: string, { reportDomain }: CorrelationContext): boolean {
  return reportDomain !== null && address.toLowerCase().endsWith(`@${reportDomain.toLowerCase()}`);
}

function tokenTrouble({ reason, claimed }: VerifiedToken & { ok: false }): string {
  const claim = claimed === null ? '' : ` (claims recipient ${claimed.index} of message ${claimed.message})`;
  switch (reason) {
    case 'no-token':
      return 'it carries no token of ours';
    case 'unknown-key':
      return `its token was signed with a key that is not known${claim}`;
    case 'forged':
      return `its token is forged${claim}`;
    case 'expired':
      return `its token has expired${claim}`;
    default:
      return reason satisfies never;
  }
}

async function byToken(
  context: CorrelationContext,
  { message, index }: { readonly message: MessageId; readonly index: number },
  rank: EvidenceRank,
): Promise<Correlation> {
  const { parsed, report, store } = context;
  const where = `recipient ${index} of message ${message}`;
  const record = await store.record(message);
  const recipient = record?.recipients[index];
  if (record === undefined || recipient === undefined) return unmatched(`its token holds, but ${where} is not recorded (any more)`);
  if (parsed.kind === 'none') return unmatched(`it came for ${where}, but says nothing that could be read`);
  if (await speaksOfAnother(context, record, index)) {
    return unmatched(`its token is of ${where}, but it speaks of another recipient and another message`);
  }
  const told = saidOf(parsed.recipients, recipient.address, originalsOf(parsed.hints));
  const items = told === undefined ? [] : evidenceItem({ report, message, said: { index, told }, rank });
  return { matches: [{ message, index, rank }], items, trouble: null };
}

/** Providers rewrite the Message-ID, aliases the recipient; that both differ, neither explains. */
async function speaksOfAnother(
  { parsed, store }: CorrelationContext,
  { message, recipients }: MessageRecord,
  index: number,
): Promise<boolean> {
  const { kind, addresses, originalMessageId, hints } = parsed;
  const ours = normalized(recipients[index]?.address ?? '');
  const { messageId } = message.headers;
  if (kind === 'auto-reply' || addresses.length === 0 || addresses.some((address) => normalized(address) === ours)) return false;
  if (originalMessageId === null || messageId === null || [originalMessageId, ...(hints?.messageIds ?? [])].includes(messageId))
    return false;
  for (const remoteId of remoteNamesOf(originalMessageId)) {
    if ((await store.messagesKnownAs({ remoteId }, 20)).includes(message.id)) return false;
  }
  return true;
}

// ── Without a token ──

/** A report is written after the mail, and before it came; what says otherwise is not believed. */
export function writtenAt({ hints }: ParsedReport, now: number): number {
  return Math.min(hints?.writtenAt ?? now, now);
}

async function byCandidates(context: CorrelationContext): Promise<Correlation> {
  const { parsed, store, via, now, tokenLifetime } = context;
  if (parsed.kind === 'none') return unmatched('it carries no token of ours, and says nothing that could be read');
  // Whoever may write to the listener may write any date.
  const at = via === 'smtp' ? now : writtenAt(parsed, now);
  const candidates = await findCandidates(store, { parsed, at, lifetime: tokenLifetime });
  const candidate = theOne(candidates);
  if (candidate === undefined) {
    return unmatched(
      candidates.length === 0
        ? 'it carries no token of ours, and what it names fits no message, recipient and time'
        : `it carries no token of ours, and may speak of ${candidates.length} messages: ${list(candidates)}`,
    );
  }
  const { rank, record, said, hardToGuess } = candidate;
  const { id } = record.message;
  if (via === 'smtp' && !hardToGuess) {
    return unmatched(
      `it carries no token of ours: it may speak of message ${id}, but what it names of it could be guessed, and anybody can write to the listener`,
    );
  }
  return {
    matches: said.map(({ index }) => ({ message: id, index, rank })),
    items: said.flatMap((one) => evidenceItem({ report: context.report, message: id, said: one, rank })),
    trouble: null,
  };
}

const LISTED = 3;

function list(candidates: readonly Candidate[]): string {
  const ids = candidates.slice(0, LISTED).map(({ record }) => record.message.id);
  return ids.join(', ') + (candidates.length > LISTED ? ', …' : '');
}

/** A message that was sent again shares its Message-ID with the one that was refused at once: that can not bounce. */
function theOne(candidates: readonly Candidate[]): Candidate | undefined {
  if (candidates.length <= 1) return candidates[0];
  const possible = candidates.filter(({ record, said }) => said.some(({ index }) => mayBeReportedOf(record, index)));
  return possible.length === 1 ? possible[0] : undefined;
}

/** Whether a server after ours can have had it: the 250 came, or nobody knows. */
function mayBeReportedOf({ recipients }: MessageRecord, index: number): boolean {
  const recipient = recipients[index];
  if (recipient === undefined || recipient.attempts === 0) return false;
  return recipient.state !== 'failed' || recipient.failure?.source === 'report';
}
