/** What became of the reports since the room was started, for /metrics. */
import type { ReportCounts, ReportRecord } from '../../domain/ports.ts';

export type RefusalReason = ReportCounts['refused'][number]['reason'];
export type Outcome = ReportCounts['reports'][number]['outcome'];

export interface ReportTally {
  counted(report: Pick<ReportRecord, 'via' | 'kind'>, outcome: Outcome): void;
  refused(reason: RefusalReason): void;
  counts(): ReportCounts;
}

export function createTally(): ReportTally {
  const reports = new Map<string, ReportCounts['reports'][number]>();
  const refused = new Map<RefusalReason, number>();
  return {
    counted({ via, kind }, outcome) {
      const key = `${via} ${kind} ${outcome}`;
      reports.set(key, { via, kind, outcome, count: (reports.get(key)?.count ?? 0) + 1 });
    },
    refused(reason) {
      refused.set(reason, (refused.get(reason) ?? 0) + 1);
    },
    counts: () => ({ reports: [...reports.values()], refused: [...refused].map(([reason, count]) => ({ reason, count })) }),
  };
}
