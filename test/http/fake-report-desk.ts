/** The ReportDesk port over the store in memory: links what it is told to, finds the candidates it was given, collects nothing. */
import type { MessageId, ReportId } from '../../src/domain/ids.ts';
import type { CollectorStatus, LinkAnswer, ReportCounts, ReportDesk, ReportMatch, ReportRecord } from '../../src/domain/ports.ts';
import type { MemoryStore } from '../support/memory-store.ts';

export interface FakeReportDesk extends ReportDesk {
  /** What was asked to be linked, in order. */
  readonly links: Parameters<ReportDesk['link']>[0][];
  /** The reason that all which follow are refused for; null: they are linked. */
  refusal: Extract<LinkAnswer, { kind: 'refused' }>['reason'] | null;
  readonly found: Map<ReportId, readonly ReportMatch[]>;
  mailboxes: CollectorStatus['mailboxes'];
  counted: ReportCounts;
  /** Collections that were asked for; each ends when `ended` does. */
  collections: number;
  ended: Promise<void>;
  /** What was to be taken in, in order, and what is answered. */
  readonly taken: Parameters<ReportDesk['take']>[0][];
  answer: { readonly report: ReportRecord; readonly repeated: boolean } | null;
}

export function fakeReportDesk(store: MemoryStore, now: () => number): FakeReportDesk {
  const status = (): CollectorStatus => ({ running: false, mailboxes: fake.mailboxes });
  const fake: FakeReportDesk = {
    counts: () => fake.counted,
    counted: { reports: [], refused: [] },
    links: [],
    refusal: null,
    found: new Map(),
    mailboxes: [],
    collections: 0,
    ended: Promise.resolve(),
    taken: [],
    answer: null,
    collector: {
      async collect() {
        fake.collections++;
        await fake.ended;
        return status();
      },
      status,
    },
    async take(taken) {
      fake.taken.push(taken);
      if (fake.answer === null) throw new Error('no answer was set');
      return { ...fake.answer, transitions: [] };
    },
    async link(request) {
      fake.links.push(request);
      if (fake.refusal !== null) return { kind: 'refused', reason: fake.refusal };
      const found = await store.report(request.report);
      if (found === undefined) return { kind: 'refused', reason: 'report-not-found' };
      const match: ReportMatch = { ...candidate(request.message, request.index ?? 0), linked: { by: request.by, at: now() } };
      const report: ReportRecord = { ...found.report, matched: match, matches: [match] };
      return { kind: 'linked', report, transitions: [] };
    },
    candidates: async (report) => fake.found.get(report) ?? [],
  };
  return fake;
}

export function candidate(message: MessageId, index: number, rank: ReportMatch['rank'] = 4): ReportMatch {
  return { message, index, rank };
}
