/** The desk of the signals, with one rule and what a test puts in; it keeps what was asked of it. */
import type { SignalDelivery, SignalDesk, SignalRuleStatus, SignalTrial } from '../../src/domain/ports.ts';
import type { RunRecord } from '../../src/domain/run.ts';
import type { SignalRecord } from '../../src/domain/signal.ts';
import { BY_CAUSE, signalRule } from '../../src/domain/signal-rule.ts';

export interface FakeSignalDesk extends SignalDesk {
  readonly open: Map<string, SignalRecord>;
  readonly seenRuns: Map<string, RunRecord>;
  readonly status: SignalRuleStatus;
}

const NOTHING: SignalTrial = { from: 0, to: 0, complete: true, events: 0, fired: 0, signals: 0, days: [], examples: [] };

export function fakeSignalDesk(now: () => number): FakeSignalDesk {
  const open = new Map<string, SignalRecord>();
  const status: SignalRuleStatus = {
    rule: signalRule({ name: 'failures', on: ['recipient.failed'], group: BY_CAUSE }),
    channels: [],
    open: 0,
    unacknowledged: 0,
    lastAt: null,
  };
  const runs = new Map<string, RunRecord>();
  const changed = (id: string, change: (run: RunRecord) => RunRecord): RunRecord | undefined => {
    const run = runs.get(id);
    if (run === undefined) return undefined;
    runs.set(id, change(run));
    return runs.get(id);
  };
  const known = (name: string): boolean => name === status.rule.name || open.has(name);
  return {
    open,
    seenRuns: runs,
    status,
    rules: () => [status],
    records: ({ rule, state }) =>
      [...open.values()].filter((record) => (rule ?? record.rule) === record.rule && (state ?? [record.state]).includes(record.state)),
    record: (id) => open.get(id),
    title: ({ cause, count }) => `${Object.values(cause).join(', ')} – ${count}`,
    acknowledge: async (name, by) => {
      if (!known(name)) return undefined;
      const found = [...open.values()].filter(({ id, rule, state }) => (id === name || rule === name) && state === 'open');
      const changed = found.map((record): SignalRecord => ({ ...record, state: 'acknowledged', acknowledged: { at: now(), ...by } }));
      for (const record of changed) open.set(record.id, record);
      return changed;
    },
    close: async (id, by) => {
      const record = open.get(id);
      if (record === undefined) return undefined;
      const closed: SignalRecord = { ...record, state: 'closed', closed: { at: now(), by, why: 'person' } };
      open.set(id, closed);
      return closed;
    },
    test: async (name): Promise<readonly SignalDelivery[] | undefined> => (name === status.rule.name ? [] : undefined),
    retry: async () => undefined,
    tryOut: async ({ rule }) => (typeof rule === 'string' && rule !== status.rule.name ? undefined : NOTHING),
    channelOf: () => undefined,
    runs: () => [...runs.values()],
    run: (id) => runs.get(id),
    holdRun: async (id, by) => changed(id, (run) => ({ ...run, held: { at: now(), by, rule: null } })),
    releaseRun: async (id, by) => changed(id, (run) => ({ ...run, released: { at: now(), by } })),
  };
}
