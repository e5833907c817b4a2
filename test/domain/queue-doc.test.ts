/** The tables of docs/QUEUE.md against the transition function: one can not change without the other. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type Evidence,
  isPending,
  RECIPIENT_STATES,
  type RecipientRecord,
  type Transition,
  transition,
} from '../../src/domain/recipient.ts';
import { attemptEnded, EXPIRE_AT, freshRecipient, NOW, recipientIn, report, started } from '../support/recipients.ts';

const DOCUMENT = readFileSync(new URL('../../docs/QUEUE.md', import.meta.url), 'utf8');

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[];
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The table that follows the marker `<!-- table: name -->`. */
function tableOf(name: string): Table {
  const [, after = ''] = DOCUMENT.split(`<!-- table: ${name} -->\n`);
  const lines = after.slice(0, after.search(/\n(?!\|)/)).split('\n');
  const [head = '', , ...rows] = lines;
  const [, ...columns] = cellsOf(head);
  return {
    columns,
    rows: rows.map((line) => {
      const [rowName = '', ...cells] = cellsOf(line);
      return { name: rowName, cells };
    }),
  };
}

const QUIET: Readonly<Record<string, () => RecipientRecord>> = {
  queued: freshRecipient,
  deferred: () => recipientIn('deferred'),
  held: () => recipientIn('held'),
  transferred: () => recipientIn('transferred'),
  delivered: () => recipientIn('delivered'),
  'failed by attempt': () => recipientIn('failed'),
  'failed by report': () => transition(recipientIn('transferred'), report('failed'), NOW).recipient,
  expired: () => recipientIn('expired'),
  cancelled: () => recipientIn('cancelled'),
  suppressed: () => recipientIn('suppressed'),
};

const ATTEMPTING: Readonly<Record<string, () => RecipientRecord>> = {
  queued: () => recipientIn('queued', true),
  deferred: () => recipientIn('deferred', true),
  held: () => recipientIn('held', true),
  delivered: () => transition(recipientIn('queued', true), report('delivered'), NOW).recipient,
  'failed by report': () => transition(recipientIn('queued', true), report('failed'), NOW).recipient,
  cancelled: () => recipientIn('cancelled', true),
};

const LATE = ', retry time over';
const OUTCOMES = ['transferred', 'deferred', 'failed', 'unanswered', 'internal'] as const;
const ACTIONS = {
  failed: 'failed',
  delivered: 'delivered',
  delayed: 'delayed',
  relayed: 'relayed',
  expanded: 'expanded',
  complaint: 'complaint',
  'automatic reply': 'auto-reply',
} as const;
const SIMPLE: Readonly<Record<string, Evidence>> = {
  'attempt started': started,
  'attempt abandoned': { kind: 'attempt-abandoned' },
  expired: { kind: 'expired' },
  'expired, before the retry time is over': { kind: 'expired' },
  held: { kind: 'held', reason: 'test' },
  released: { kind: 'released' },
  retry: { kind: 'retry' },
  cancelled: { kind: 'cancelled' },
  suppressed: { kind: 'suppressed', reason: 'test' },
};

/** The evidence that a row names; a late attempt is the first one, which no longer runs. */
function evidenceOf(row: string, recipient: RecipientRecord): { evidence: Evidence; now: number } {
  const late = row.endsWith(LATE);
  const name = late ? row.slice(0, -LATE.length) : row;
  const now = late ? EXPIRE_AT : NOW;
  const simple = SIMPLE[name];
  if (simple !== undefined) return { evidence: simple, now };
  const outcome = OUTCOMES.find((candidate) => name === `attempt: ${candidate}` || name === `late attempt: ${candidate}`);
  if (outcome !== undefined) return { evidence: attemptEnded(outcome, recipient.attempting?.number ?? 1, { retryAt: now + 1000 }), now };
  const action = Object.entries(ACTIONS).find(([words]) => name === `report: ${words}`)?.[1];
  if (action !== undefined) return { evidence: report(action), now };
  throw new Error(`docs/QUEUE.md names an evidence that this test does not know: ${row}`);
}

/** A transition in the words of the document. */
function cellOf(before: RecipientRecord, { changed, recipient, events }: Transition): string {
  if (!changed) return '–';
  const [event, ...more] = events;
  expect(more).toEqual([]);
  if (event === undefined) return recipient.state === before.state ? 'noted' : `${recipient.state}, untold`;
  const told = event.type.replace(/^recipient\./, '');
  // A further deferral is one, too.
  if (told === recipient.state) return told;
  return recipient.state === before.state ? `(${told})` : `${recipient.state} (${told})`;
}

describe.each([
  ['quiet', QUIET],
  ['attempting', ATTEMPTING],
] as const)('docs/QUEUE.md, table %s', (name, columns) => {
  const table = tableOf(name);

  it('has a column for each way a recipient can stand', () => {
    expect(table.columns).toEqual(Object.keys(columns));
    for (const [column, make] of Object.entries(columns)) {
      const recipient = make();
      expect(column.startsWith(recipient.state)).toBe(true);
      expect(recipient.attempting !== null).toBe(name === 'attempting');
    }
  });

  it.each(table.rows.map(({ name: row, cells }) => [row, cells] as const))('%s', (row, cells) => {
    const found = table.columns.map((column) => {
      const recipient = columns[column]?.();
      if (recipient === undefined) return 'no such column';
      const { evidence, now } = evidenceOf(row, recipient);
      return cellOf(recipient, transition(recipient, evidence, now));
    });
    expect(found).toEqual(cells);
  });
});

describe('docs/QUEUE.md', () => {
  it('has a row for each kind of evidence', () => {
    const rows = tableOf('quiet').rows.map(({ name }) => name);
    const needed = [
      ...Object.keys(SIMPLE).filter((name) => name !== 'expired'),
      `expired${LATE}`,
      ...OUTCOMES.map((outcome) => `late attempt: ${outcome}`),
      ...Object.keys(ACTIONS).map((words) => `report: ${words}`),
    ];
    expect([...rows].sort()).toEqual(needed.sort());
  });

  it('lists the states, and which of them are in the queue', () => {
    const section = DOCUMENT.slice(DOCUMENT.indexOf('## States of a recipient'), DOCUMENT.indexOf('## Transitions'));
    const listed = section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map(cellsOf);
    expect(listed.map(([state]) => state)).toEqual(RECIPIENT_STATES.map((state) => `\`${state}\``));
    for (const [i, [, , pending]] of listed.entries()) {
      const state = RECIPIENT_STATES[i];
      expect(pending).toBe(state !== undefined && isPending(state) ? 'yes' : 'no');
    }
  });
});
