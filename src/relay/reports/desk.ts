/**
 * What the other rooms ask of the reports: to take one in, to tie one by a person's word, and whom
 * one may speak of (domain/ports.ts, ReportDesk).
 *
 *   upstream    HTTP and command line
 *   downstream  intake.ts, tying.ts, the store
 *   failure     what is refused is answered with its reason; what the store rejects is thrown
 */
import type { Collector, EvidenceItem, LinkAnswer, ReportDesk, ReportMatch, Store } from '../../domain/ports.ts';
import type { Intake } from './intake.ts';
import { evidenceItem, type MessageRecord, type Said, saidOf, tellingOf, tieRecipients } from './tying.ts';

export interface DeskOptions {
  readonly intake: Intake;
  readonly collector: Collector;
  readonly store: Pick<Store, 'record' | 'report' | 'linkReport'>;
  readonly now: () => number;
}

type LinkRequest = Parameters<ReportDesk['link']>[0];
type Refused = Extract<LinkAnswer, { kind: 'refused' }>;

export function createDesk(options: DeskOptions): ReportDesk {
  const { intake, collector } = options;
  return {
    collector,
    take: ({ raw, via, source }) => intake.take({ raw, via, source, to: null }),
    link: (request) => link(options, request),
    candidates: async () => [],
  };
}

async function link({ store, now }: DeskOptions, request: LinkRequest): Promise<LinkAnswer> {
  const known = await store.report(request.report);
  if (known === undefined) return refused('report-not-found');
  const { report } = known;
  if (report.matched !== null) return refused('already-linked');
  const record = await store.record(request.message);
  if (record === undefined) return refused('message-not-found');
  if (request.index !== undefined && record.recipients[request.index] === undefined) return refused('recipient-not-found');
  if (tellingOf(report.recipients).length === 0) return refused('says-nothing');
  const said = recipientsMeant(report.recipients, record, request.index);
  if (said.length === 0) return refused('recipient-ambiguous');
  const at = now();
  const linked = { by: request.by, at };
  const matches: ReportMatch[] = said.map(({ index }) => ({ message: request.message, index, rank: 4, linked }));
  const items: EvidenceItem[] = said.flatMap((one) => evidenceItem({ report: report.id, message: request.message, said: one, rank: 4 }));
  return answer(await store.linkReport({ id: report.id, matches, items, now: at }));
}

function answer({ linked, report, transitions }: Awaited<ReturnType<Store['linkReport']>>): LinkAnswer {
  return linked ? { kind: 'linked', report, transitions } : refused('already-linked');
}

function recipientsMeant(reported: Parameters<typeof tellingOf>[0], record: MessageRecord, index: number | undefined): Said[] {
  if (index === undefined) return tieRecipients(reported, record, {});
  const told = saidOf(reported, record.recipients[index]?.address ?? '');
  return told === undefined ? [] : [{ index, told }];
}

function refused(reason: Refused['reason']): Refused {
  return { kind: 'refused', reason };
}
