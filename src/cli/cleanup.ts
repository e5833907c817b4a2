/** `relais cleanup`: takes what retention says is over, or with --dry-run counts it. */
import { setTimeout as delay } from 'node:timers/promises';
import { type CleanupClassCounts, type CleanupCounts, cleanupRequest } from '../domain/cleanup.ts';
import type { RetentionSettings } from '../domain/settings.ts';
import type { AccessPlace } from './access.ts';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { formatSize, type Terminal, table } from './terminal.ts';

export async function cleanup(
  place: AccessPlace,
  options: { readonly dryRun?: boolean; readonly json?: boolean; readonly retention: RetentionSettings; readonly now: number },
  terminal: Terminal,
): Promise<void> {
  const { dryRun = false } = options;
  const counts = await countsOf(place, dryRun, options);
  if (options.json === true) {
    terminal.print(JSON.stringify({ dryRun, ...counts }));
    return;
  }
  const verb = dryRun ? 'would be erased' : 'erased';
  terminal.print(`Content of ${counts.contents} messages (${formatSize(counts.octets)}) and ${counts.records} records ${verb}.`);
  if (counts.classes.length > 1) for (const line of classLines(counts, terminal)) terminal.print(line);
  const others = [
    `${counts.reports} reports`,
    `${counts.deliveries} deliveries of signals`,
    `${counts.events} events of the feed`,
    `${counts.audits} entries of the audit log`,
  ];
  terminal.print(`Beside these ${others.join(', ')}.`);
  for (const line of keptLines(counts)) terminal.print(line);
}

function classLines({ classes }: CleanupCounts, terminal: Terminal): string[] {
  const column = (title: string, of: (one: CleanupClassCounts) => number) => ({ title, of: (one: CleanupClassCounts) => String(of(one)) });
  return table(terminal, classes, [
    { title: 'CLASS', of: ({ name }) => name ?? '(all others)' },
    column('CONTENTS', ({ contents }) => contents),
    { title: 'SIZE', of: ({ octets }) => formatSize(octets) },
    column('RECORDS', ({ records }) => records),
    column('IN QUEUE', ({ keptPending }) => keptPending),
    column('HELD', ({ keptHeld }) => keptHeld),
    column('UNREAD', ({ keptUnread }) => keptUnread),
  ]);
}

function keptLines({ keptPending, keptHeld, keptUnread }: CleanupCounts): string[] {
  const lines: string[] = [];
  if (keptPending > 0) lines.push(`${keptPending} are old enough but still in the queue, and kept.`);
  if (keptHeld > 0) lines.push(`${keptHeld} are old enough but under a legal hold, and kept.`);
  if (keptUnread > 0)
    lines.push(`${keptUnread} are old enough but still to be read by a reader of the feed or told by a signal, and kept for now.`);
  return lines;
}

async function countsOf(
  place: AccessPlace,
  dryRun: boolean,
  options: { readonly retention: RetentionSettings; readonly now: number },
): Promise<CleanupCounts> {
  if ('api' in place) return runByApi(place.api, dryRun);
  const request = cleanupRequest(options.retention, options.now);
  return dryRun ? place.store.planCleanup(request) : place.store.cleanup(request);
}

type Answer = CleanupCounts & { readonly running: boolean };

interface State {
  readonly running: object | null;
  readonly planned: { readonly counts: CleanupCounts | null } | null;
  readonly lastRun: { readonly counts: CleanupCounts; readonly error: string | null } | null;
}

/** A long run is answered before it is over; then it is asked for until it is. */
async function runByApi(api: Api, dryRun: boolean): Promise<CleanupCounts> {
  const { running, ...counts } = await api.post<Answer & { dryRun?: boolean }>('/cleanup', { dryRun });
  if (!running) return withoutDryRun(counts);
  for (;;) {
    await delay(POLL);
    const state = await api.get<State>('/cleanup');
    if (dryRun) {
      if (state.planned === null) throw new CommandError(EXIT.negative, 'Counting failed: the log of the relay says why.');
      if (state.planned.counts !== null) return state.planned.counts;
    } else if (state.running === null) {
      const { lastRun } = state;
      if (lastRun === null || lastRun.error !== null)
        throw new CommandError(EXIT.negative, `The clean-up ended early: ${lastRun?.error ?? 'see the log'}.`);
      return lastRun.counts;
    }
  }
}

function withoutDryRun({ dryRun: _, ...counts }: CleanupCounts & { readonly dryRun?: boolean }): CleanupCounts {
  return counts;
}

const POLL = 2000;
