/**
 * What the other rooms ask of the reports: to take one in, to tie one by a person's word, and whom
 * one may speak of (domain/ports.ts, ReportDesk).
 *
 *   upstream    HTTP and command line
 *   downstream  intake.ts, candidates.ts, tying.ts, the store
 *   failure     what is refused is answered with its reason; what the store rejects is thrown
 */
import type { MessageId, ReportId } from '../../domain/ids.ts';
import type { Collector, LinkAnswer, ReportDesk, ReportMatch, ReportRecord, Store } from '../../domain/ports.ts';
import type { EvidenceRank } from '../../domain/recipient.ts';
import type { TokenKey } from '../../domain/tokens.ts';
import { allCandidates, originalsOf } from './candidates.ts';
import { type CorrelationContext, claimsOf, writtenAt } from './correlate.ts';
import type { Intake } from './intake.ts';
import type { ParsedReport } from './parse.ts';
import type { ReportParser } from './parser.ts';
import { evidenceItem, type MessageRecord, type Said, saidOf, tellingOf, tieRecipients } from './tying.ts';

export interface DeskOptions {
  readonly intake: Intake;
  readonly collector: Collector;
  readonly counts: ReportDesk['counts'];
  readonly parser: Pick<ReportParser, 'parse'>;
  readonly store: Pick<Store, 'record' | 'report' | 'linkReport' | 'messagesKnownAs' | 'messages'>;
  readonly tokenKeys: readonly TokenKey[];
  readonly tokenLifetime: number;
  readonly reportDomain: string | null;
  readonly now: () => number;
}

type LinkRequest = Parameters<ReportDesk['link']>[0];
type Refused = Extract<LinkAnswer, { kind: 'refused' }>;

/** A person chooses among these. */
const CANDIDATES_SHOWN = 10;
/** What is too old to change anything by itself may still be shown. */
const ANY_AGE = 10 * 365 * 86_400_000;

export function createDesk(options: DeskOptions): ReportDesk {
  const { intake, collector, counts } = options;
  return {
    collector,
    counts,
    take: ({ raw, via, source }) => intake.take({ raw, via, source, to: null }),
    link: (request) => link(options, request),
    candidates: (report) => candidates(options, report),
  };
}

async function link(options: DeskOptions, request: LinkRequest): Promise<LinkAnswer> {
  const { store, now } = options;
  const known = await store.report(request.report);
  if (known === undefined) return refused('report-not-found');
  const { report, raw } = known;
  if (report.matched !== null) return refused('already-linked');
  const record = await store.record(request.message);
  if (record === undefined) return refused('message-not-found');
  if (request.index !== undefined && record.recipients[request.index] === undefined) return refused('recipient-not-found');
  if (tellingOf(report.recipients).length === 0) return refused('says-nothing');
  const parsed = await readAgain(options, report, raw);
  const said = recipientsMeant(parsed, record, request.index);
  if (said.length === 0) return refused('recipient-ambiguous');
  const at = now();
  const rank = await rankOf(options, report, parsed, request.message);
  const linked = { by: request.by, at };
  const matches: ReportMatch[] = said.map(({ index }) => ({ message: request.message, index, rank, linked }));
  const items = said.flatMap((one) => evidenceItem({ report: report.id, message: request.message, said: one, rank }));
  const answer = await store.linkReport({ id: report.id, matches, items, now: at });
  return answer.linked ? { kind: 'linked', report: answer.report, transitions: answer.transitions } : refused('already-linked');
}

/** Of the record, with what the raw report still tells beside; its bytes may be erased. */
async function readAgain({ parser }: DeskOptions, report: ReportRecord, raw: Buffer): Promise<ParsedReport> {
  const { kind, subject, originalMessageId, envelopeId, reportingMta, recipients, trouble } = report;
  const own = { kind, subject, originalMessageId, envelopeId, reportingMta, recipients, trouble };
  if (raw.length === 0) return { ...own, returnPaths: [], addresses: [] };
  return { ...(await parser.parse(raw)), ...own };
}

function recipientsMeant(parsed: ParsedReport, record: MessageRecord, index: number | undefined): Said[] {
  const originals = originalsOf(parsed.hints);
  if (index === undefined) return tieRecipients(parsed.recipients, record, originals);
  const told = saidOf(parsed.recipients, record.recipients[index]?.address ?? '', originals);
  return told === undefined ? [] : [{ index, told }];
}

/** What speaks for it beside the person's word; that alone is the lowest rank. */
async function rankOf(options: DeskOptions, report: ReportRecord, parsed: ParsedReport, message: MessageId): Promise<EvidenceRank> {
  const found = await allCandidates(options.store, soughtBy(parsed, report));
  return found.find(({ record }) => record.message.id === message)?.rank ?? 4;
}

function soughtBy(parsed: ParsedReport, { receivedAt }: ReportRecord) {
  return { parsed, at: writtenAt(parsed, receivedAt), lifetime: ANY_AGE };
}

/** What a token claims that does not hold stands first: mostly it has expired. */
async function candidates(options: DeskOptions, id: ReportId): Promise<readonly ReportMatch[]> {
  const { store, tokenKeys, tokenLifetime, reportDomain, now } = options;
  const known = await store.report(id);
  if (known === undefined || known.report.matched !== null) return [];
  const { report, raw } = known;
  const parsed = await readAgain(options, report, raw);
  const context: CorrelationContext = {
    report: id,
    via: report.via,
    to: report.to,
    parsed,
    tokenKeys,
    tokenLifetime,
    reportDomain,
    now: now(),
    store,
  };
  const found = new Map<string, ReportMatch>();
  const add = (match: ReportMatch): void => {
    const key = `${match.message} ${match.index}`;
    if (!found.has(key)) found.set(key, match);
  };
  for (const { message, index } of claimsOf(context)) {
    if ((await store.record(message))?.recipients[index] !== undefined) add({ message, index, rank: 1 });
  }
  for (const { record, said, rank } of await allCandidates(store, soughtBy(parsed, report))) {
    for (const { index } of said) add({ message: record.message.id, index, rank });
  }
  return [...found.values()].slice(0, CANDIDATES_SHOWN);
}

function refused(reason: Refused['reason']): Refused {
  return { kind: 'refused', reason };
}
