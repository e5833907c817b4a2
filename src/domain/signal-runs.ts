/**
 * Runs as signals see them: messages that belong together because they say so (X-Relais-Run), or
 * because many of one template came from one account without a pause. Plain data, to be kept with
 * the position of the reader that saw them. Pure.
 */
import type { AcceptedMessage } from './message.ts';

export interface Run {
  readonly key: string;
  readonly account: string;
  /** Null: nobody named it. */
  readonly name: string | null;
  /** How many messages it is to have, as it says. */
  readonly expected: number | null;
  /** Unix milliseconds of its first and last message. */
  readonly startedAt: number;
  readonly lastAt: number;
  readonly messages: number;
  /** It was told that messages are missing. */
  readonly told: boolean;
}

/** The latest last. */
export type Runs = readonly Run[];

/** A pause that ends a run that nobody named. */
export const RUN_PAUSE = 3 * 60_000;
/** Messages from which on a burst is a run. */
export const RUN_LEAST = 20;
const RUNS_KEPT = 500;
const KEPT_FOR = 7 * 86_400_000;

export function namedKey(account: string, name: string): string {
  return `${account}: ${name}`;
}

export function unnamedKey(account: string, kind: string, startedAt: number): string {
  return `${account}: ${kind} ${new Date(startedAt).toISOString().slice(0, 16)}`;
}

/** Template, or where none is named the stream that the message was found to be of; null: neither. */
function kindOf({ references }: AcceptedMessage): string | null {
  return references.template ?? references.stream;
}

/** The runs with one message more. */
export function noteMessage(runs: Runs, message: AcceptedMessage): Runs {
  const { account, acceptedAt, references } = message;
  const named = references.run;
  if (named !== undefined) {
    const key = namedKey(account, named.name);
    const before = runs.find((run) => run.key === key);
    const run: Run =
      before === undefined
        ? { key, account, name: named.name, expected: named.expected, startedAt: acceptedAt, lastAt: acceptedAt, messages: 1, told: false }
        : joined(before, acceptedAt, named.expected);
    return kept([...runs.filter((one) => one !== before), run], acceptedAt);
  }
  const kind = kindOf(message);
  if (kind === null) return runs;
  const prefix = `${account}: ${kind} `;
  const before = runs.findLast((run) => run.name === null && run.key.startsWith(prefix) && acceptedAt - run.lastAt <= RUN_PAUSE);
  const key = unnamedKey(account, kind, acceptedAt);
  const run: Run =
    before === undefined
      ? { key, account, name: null, expected: null, startedAt: acceptedAt, lastAt: acceptedAt, messages: 1, told: false }
      : joined(before, acceptedAt, null);
  return kept([...runs.filter((one) => one !== before), run], acceptedAt);
}

function joined(run: Run, at: number, expected: number | null): Run {
  return { ...run, lastAt: Math.max(run.lastAt, at), messages: run.messages + 1, expected: expected ?? run.expected };
}

function kept(runs: Runs, now: number): Runs {
  const fresh = runs.some(({ lastAt }) => lastAt <= now - KEPT_FOR) ? runs.filter(({ lastAt }) => lastAt > now - KEPT_FOR) : runs;
  return fresh.length > RUNS_KEPT ? fresh.slice(-RUNS_KEPT) : fresh;
}

/** The run that the message belongs to; undefined: it belongs to none. */
export function runOf(runs: Runs, message: AcceptedMessage): Run | undefined {
  const { account, acceptedAt, references } = message;
  const { run: named } = references;
  if (named !== undefined) return runs.find((run) => run.key === namedKey(account, named.name));
  const kind = kindOf(message);
  if (kind === null) return undefined;
  const prefix = `${account}: ${kind} `;
  const found = runs.find(
    (run) => run.name === null && run.key.startsWith(prefix) && run.startedAt <= acceptedAt && acceptedAt <= run.lastAt,
  );
  return found !== undefined && found.messages >= RUN_LEAST ? found : undefined;
}

/** Runs that have been complete for so long as they will be, and are not. */
export function incompleteRuns(runs: Runs, within: number, now: number): readonly Run[] {
  return runs.filter(({ expected, messages, lastAt, told }) => expected !== null && messages < expected && !told && lastAt + within <= now);
}

/** When the next run may turn out to be incomplete; null: none is to be looked at. */
export function nextIncomplete(runs: Runs, within: number): number | null {
  const times = runs
    .filter(({ expected, messages, told }) => expected !== null && messages < expected && !told)
    .map(({ lastAt }) => lastAt + within);
  return times.length === 0 ? null : Math.min(...times);
}
