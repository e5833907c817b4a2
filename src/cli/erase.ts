/** `relais erase ADDRESS`: one person's data, counted or erased. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SubjectErasureCounts } from '../domain/subject-erasure.ts';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { printable, type Terminal } from './terminal.ts';

interface Certificate {
  readonly id: string;
  readonly pseudonym: string;
  readonly unfinished: readonly string[];
  readonly holds: readonly string[];
  readonly compacted: boolean;
  readonly counts: SubjectErasureCounts;
}

interface Answer {
  readonly running: boolean;
  readonly counts: SubjectErasureCounts | null;
  readonly erasure: Certificate | null;
}

interface State {
  readonly items: readonly Certificate[];
  readonly work: { readonly running: boolean; readonly error: string | null; readonly counts: SubjectErasureCounts | null } | null;
}

export interface EraseOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const POLL = 2000;

export async function eraseSubject(api: Api, address: string, options: EraseOptions, terminal: Terminal): Promise<void> {
  const { dryRun = false, force = false } = options;
  const first = await api.post<Answer>('/erasures', { address, dryRun, force });
  const { counts, erasure } = first.running ? await ended(api, address, dryRun) : first;
  if (options.json === true) {
    terminal.print(JSON.stringify(erasure ?? { address, dryRun, counts }));
    return;
  }
  if (counts !== null) for (const line of countLines(counts, dryRun)) terminal.print(line);
  if (erasure === null) return;
  terminal.print(`Certificate ${erasure.id}: the address is now ${erasure.pseudonym}.`);
  if (erasure.holds.length > 0) terminal.print(`Kept by legal holds: ${printable(erasure.holds.join(', '))}.`);
  if (!erasure.compacted)
    terminal.print('Old values are still in the files of the register; they go with later compactions and the next start.');
}

async function ended(api: Api, address: string, dryRun: boolean): Promise<Pick<Answer, 'counts' | 'erasure'>> {
  for (;;) {
    await delay(POLL);
    const { items, work } = await api.get<State>('/erasures', { address, limit: '1' });
    if (work?.running === true) continue;
    if (work === null || work.error !== null)
      throw new CommandError(
        EXIT.negative,
        `The erasure ended early: ${printable(work?.error ?? 'relais was restarted')}.`,
        'Ask again: what was done is done.',
      );
    return { counts: work.counts, erasure: dryRun ? null : (items[0] ?? null) };
  }
}

function countLines(counts: SubjectErasureCounts, dryRun: boolean): string[] {
  const would = dryRun ? 'would be' : 'were';
  const lines = [
    `${counts.erased} messages to this address alone ${would} erased.`,
    `In ${counts.rewritten} that stay the address ${dryRun ? 'would be' : 'was'} replaced; ${counts.contents} of their contents and the bytes of ${counts.reports} reports named it and ${would} erased.`,
    `It ${dryRun ? 'would be' : 'was'} replaced in ${counts.records} other records.`,
  ];
  if (counts.pending > 0)
    lines.push(`${counts.pending} are still in the queue${dryRun ? ': refused unless forced' : ', cancelled for this address'}.`);
  if (counts.held > 0) lines.push(`${counts.held} lie under a legal hold, and stay.`);
  if (counts.remaining > 0) lines.push(`${counts.remaining} contents are still to go to others: the first clean-up after erases them.`);
  if (counts.sent > 0) lines.push(`${counts.sent} messages were sent by this address, and stay.`);
  return lines;
}
