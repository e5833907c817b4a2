/**
 * Keeps the runs: counts what comes of each and how it goes, points out what came twice, and holds a
 * run that a person or a rule wants held.
 *
 *   upstream    the feed, from a consumer position of its own; `hold` of rules, by index.ts
 *   downstream  the store: runs and position in one commit; recipients that are held or released
 *   failure     what was not committed is forgotten and read again from the committed position: each
 *               event counts once. A hold is written before it is carried out, and carried out again
 *               after a restart.
 *
 * It has no hurry: the feed is read some events at a time, and left alone for a moment in between.
 */
import { StoreError } from '../domain/errors.ts';
import type { EventType, FeedEvent } from '../domain/events.ts';
import type { Log } from '../domain/log.ts';
import type { Store } from '../domain/ports.ts';
import type { Evidence, RecipientState } from '../domain/recipient.ts';
import {
  beginRun,
  countOutcome,
  covers,
  duplicatesOf,
  goesOn,
  isHeld,
  isRun,
  joinRun,
  noteDuplicates,
  type RunDuplicate,
  type RunRecord,
  runPrefix,
} from '../domain/run.ts';
import { NO_CHANGES } from '../domain/signal.ts';
import type { MessageRecord } from '../domain/signal-match.ts';
import { namedKey, RUN_PAUSE } from '../domain/signal-runs.ts';
import type { RunHolding } from './decider.ts';

export const RUNS_CONSUMER = 'runs';

export interface RunKeeperOptions {
  readonly store: Store;
  readonly now: () => number;
  readonly log: Log;
  /** Milliseconds that the feed is left alone after it moved. */
  readonly runGather?: number;
}

const PAGE = 500;
/** Messages read side by side. */
const AT_ONCE = 25;
/** Events that are passed before the position is written where no run has changed. */
const UNWRITTEN_LIMIT = 5_000;
const GATHER = 300;
const RETRY_FIRST = 500;
const RETRY_LONGEST = 30_000;
/** The position is written this often at least, where it moved: the clean-up waits for it. */
const WRITTEN_EVERY = 3_600_000;
const RUNS_KEPT = 2_000;
const KEPT_FOR = 180 * 86_400_000;
/** Documents remembered, twice: of those that were not seen nothing need be looked up. */
const DOCUMENTS = 50_000;
/** Earlier messages of a document that are compared. */
const EARLIER = 10;
const SWEPT_AT_ONCE = 100;
/** Of a run that goes on, messages that came since. */
const SWEEP_AHEAD = 60_000;
const DAY = 86_400_000;

const TYPES: readonly EventType[] = [
  'message.accepted',
  'recipient.deferred',
  'recipient.transferred',
  'recipient.delivered',
  'recipient.failed',
  'recipient.expired',
  'recipient.held',
  'recipient.released',
  'recipient.cancelled',
  'recipient.suppressed',
];

export class RunKeeper {
  readonly #o: RunKeeperOptions;
  readonly #abort = new AbortController();
  #runs = new Map<string, RunRecord>();
  /** Keys of unnamed ones by account and template, the oldest first. */
  #unnamed = new Map<string, string[]>();
  #byId = new Map<string, string>();
  #changed = new Set<string>();
  #gone = new Set<string>();
  #position = 0;
  #written = 0;
  #writtenAt = 0;
  #startedAt = 0;
  #seen: [Set<string>, Set<string>] = [new Set(), new Set()];
  /** Held by a rule before the run was read. */
  readonly #wanted = new Map<string, RunHolding>();
  #running: Promise<void> = Promise.resolve();
  #sweeps: Promise<void> = Promise.resolve();
  /** One at a time: a step of the feed, or what a person or a rule asks for. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RunKeeperOptions) {
    this.#o = options;
  }

  async start(): Promise<void> {
    const { store, now } = this.#o;
    this.#startedAt = now();
    this.#writtenAt = now();
    const known = await store.consumers.get(RUNS_CONSUMER);
    if (known === undefined) await store.consumers.put(RUNS_CONSUMER, { seq: store.lastSeq, at: now() });
    await this.#reload();
    for (const run of this.#runs.values()) if (isHeld(run) && run.lastAt > now() - DAY) this.#sweep(run.key, 'hold');
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.all([this.#running, this.#sweeps]);
    await this.#exclusive(() => this.#commit()).catch((error: unknown) => {
      // Nothing is lost: those events are read again.
      this.#o.log.warn({ err: error }, 'the position of the runs in the feed could not be written');
    });
  }

  // ── The desk ──

  list(): readonly RunRecord[] {
    return [...this.#runs.values()].filter(isRun).sort((a, b) => b.lastAt - a.lastAt || (a.id < b.id ? -1 : 1));
  }

  get(id: string): RunRecord | undefined {
    const run = this.#runs.get(this.#byId.get(id) ?? '');
    return run !== undefined && isRun(run) ? run : undefined;
  }

  async hold(id: string, by: string): Promise<RunRecord | undefined> {
    const run = this.get(id);
    if (run === undefined) return undefined;
    if (!isHeld(run)) await this.#write(run.key, (one) => ({ ...one, held: { at: this.#o.now(), by, rule: null }, released: null }));
    this.#sweep(run.key, 'hold');
    await this.#sweeps;
    return this.get(id);
  }

  async release(id: string, by: string): Promise<RunRecord | undefined> {
    const run = this.get(id);
    if (run === undefined) return undefined;
    if (isHeld(run)) await this.#write(run.key, (one) => ({ ...one, released: { at: this.#o.now(), by } }));
    this.#sweep(run.key, 'release');
    await this.#sweeps;
    return this.get(id);
  }

  /** What a rule decided, possibly again: a run that was held already, or released since, stays as it is. */
  holdByRule(key: string, holding: RunHolding): void {
    if (!this.#runs.has(key)) this.#wanted.set(key, holding);
    else if (this.#runs.get(key)?.held === null) this.#holdByRule(key, holding);
  }

  #holdByRule(key: string, { rule, at }: RunHolding): void {
    const { log } = this.#o;
    this.#write(key, (run) => (run.held === null ? { ...run, held: { at, by: null, rule } } : run))
      .then(() => log.warn({ run: key, rule }, 'a run is held by a rule, until somebody releases it'))
      // The rule's own record stands: it is asked for again at the next start.
      .catch((error: unknown) => log.error({ err: error, run: key, rule }, 'a run could not be held'));
    this.#sweep(key, 'hold');
  }

  /** Between two steps, so that what is counted and the position that it was counted at go together. */
  #write(key: string, change: (run: RunRecord) => RunRecord): Promise<void> {
    return this.#exclusive(async () => {
      const run = this.#runs.get(key);
      if (run === undefined) return;
      this.#set(change(run));
      await this.#commit();
    });
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  // ── What is kept ──

  #set(run: RunRecord): void {
    if (!this.#runs.has(run.key)) this.#index(run);
    this.#runs.set(run.key, run);
    this.#changed.add(run.key);
  }

  #index(run: RunRecord): void {
    this.#byId.set(run.id, run.key);
    if (run.name !== null) return;
    const prefix = run.key.slice(0, -'2026-01-31T08:00'.length);
    this.#unnamed.set(prefix, [...(this.#unnamed.get(prefix) ?? []), run.key]);
  }

  #forget(run: RunRecord): void {
    this.#runs.delete(run.key);
    this.#byId.delete(run.id);
    const prefix = run.key.slice(0, -'2026-01-31T08:00'.length);
    const rest = (this.#unnamed.get(prefix) ?? []).filter((key) => key !== run.key);
    if (rest.length === 0) this.#unnamed.delete(prefix);
    else this.#unnamed.set(prefix, rest);
    this.#changed.delete(run.key);
    this.#gone.add(run.key);
  }

  async #reload(): Promise<void> {
    const { store } = this.#o;
    this.#runs = new Map();
    this.#unnamed = new Map();
    this.#byId = new Map();
    this.#gone = new Set();
    const kept = (await store.runs.list()).map(({ value }) => value).sort((a, b) => a.startedAt - b.startedAt);
    for (const run of kept) this.#set(run);
    this.#changed = new Set();
    this.#position = (await store.consumers.get(RUNS_CONSUMER))?.seq ?? store.lastSeq;
    this.#written = this.#position;
  }

  /** The run that a message is of, by what the feed says of it. */
  #runOf({ account, template, run, message, origin }: FeedEvent): RunRecord | undefined {
    if (account === undefined || message === undefined || origin === 'resend' || origin === 'notification') return undefined;
    if (run !== undefined) return this.#runs.get(namedKey(account, run));
    const keys = this.#unnamed.get(runPrefix({ account, ...(template === undefined ? {} : { template }) }) ?? '') ?? [];
    for (const key of keys.toReversed()) {
      const found = this.#runs.get(key);
      if (found !== undefined && covers(found, message)) return found;
    }
    return undefined;
  }

  // ── The feed ──

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const { store, log, runGather = GATHER } = this.#o;
    let retry = RETRY_FIRST;
    while (!signal.aborted) {
      try {
        const more = await this.#exclusive(() => this.#step());
        retry = RETRY_FIRST;
        if (!more) await this.#waitForMore();
        await pause(more ? 0 : runGather, signal);
      } catch (error) {
        if (error instanceof StoreError && error.code === 'cursor-expired') this.#position = store.lastSeq;
        else {
          if (!signal.aborted)
            log.error({ err: error, retryMs: retry }, 'runs: the feed could not be read or the runs not recorded; tried again');
          await this.#exclusive(() => this.#reload()).catch(() => {});
          await pause(retry, signal);
          retry = Math.min(retry * 2, RETRY_LONGEST);
        }
      }
    }
  }

  /** Until the feed moves on, or the position is to be written. */
  async #waitForMore(): Promise<void> {
    const { signal } = this.#abort;
    const enough = new AbortController();
    const end = (): void => enough.abort();
    const timer = setTimeout(end, WRITTEN_EVERY);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    await this.#o.store.waitForChanges(this.#position, enough.signal);
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }

  /** True when there is more to read at once. */
  async #step(): Promise<boolean> {
    const { store } = this.#o;
    if (store.lastSeq <= this.#position) {
      if (this.#isOverdue()) await this.#commit();
      return false;
    }
    const page = await store.changes({ after: this.#position, limit: PAGE, types: TYPES });
    for (let i = 0; i < page.items.length; i += AT_ONCE) {
      await this.#hear(page.items.slice(i, i + AT_ONCE));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#position = Math.max(this.#position, page.last);
    const shown = [...this.#changed].some((key) => isRun(this.#runs.get(key) ?? NO_RUN));
    if (shown || this.#position - this.#written >= UNWRITTEN_LIMIT || this.#isOverdue()) {
      this.#prune(page.items.at(-1)?.at ?? 0);
      await this.#commit();
    }
    return store.lastSeq > this.#position && page.items.length >= PAGE;
  }

  #isOverdue(): boolean {
    return this.#position > this.#written && this.#o.now() - this.#writtenAt >= WRITTEN_EVERY;
  }

  async #hear(events: readonly FeedEvent[]): Promise<void> {
    const coming = events.filter(mayBeOfRun);
    const records = new Map(
      await Promise.all(
        coming.map(async ({ message }) => [message, message === undefined ? undefined : await this.#o.store.record(message)] as const),
      ),
    );
    for (const event of events) {
      if (event.type === 'message.accepted') {
        const record = mayBeOfRun(event) ? records.get(event.message) : undefined;
        if (record !== undefined) await this.#accepted(event, record);
        continue;
      }
      const run = this.#runOf(event);
      if (run === undefined) continue;
      const counted = countOutcome(run, event);
      if (counted !== run) this.#set(counted);
    }
  }

  async #accepted(event: FeedEvent, { message, recipients }: MessageRecord): Promise<void> {
    const before = this.#goingOn(event, message.acceptedAt) ?? beginRun(message);
    const found = await this.#duplicates(before, { message, recipients });
    const run = noteDuplicates(joinRun(before, message, recipients.length), found);
    this.#set(run);
    const wanted = this.#wanted.get(run.key);
    if (wanted !== undefined) {
      this.#wanted.delete(run.key);
      this.holdByRule(run.key, wanted);
      return;
    }
    if (isHeld(run)) await this.#act([{ message, recipients }], 'hold', run);
  }

  #goingOn({ account = '', run, template = '' }: FeedEvent, acceptedAt: number): RunRecord | undefined {
    if (run !== undefined) return this.#runs.get(namedKey(account, run));
    const last = this.#runs.get(this.#unnamed.get(runPrefix({ account, template }) ?? '')?.at(-1) ?? '');
    return last !== undefined && goesOn(last, acceptedAt) ? last : undefined;
  }

  /** Earlier messages of the run with the same document, to the same recipients. */
  async #duplicates(run: RunRecord, { message, recipients }: MessageRecord): Promise<readonly RunDuplicate[]> {
    const { document } = message.references;
    if (document === null || !this.#seenBefore(`${run.key} ${document}`, run.startedAt)) return [];
    const filter = { document, account: [message.account], from: run.startedAt, to: message.acceptedAt + 1 };
    const { items } = await this.#o.store.messages(filter, { limit: EARLIER });
    const earlier = items.filter(
      ({ message: one }) => one.id < message.id && one.supersedes === null && sameRun(one.references, message.references),
    );
    return duplicatesOf({ message, recipients }, earlier);
  }

  /** False only where it certainly was not. */
  #seenBefore(name: string, since: number): boolean {
    const [young, old] = this.#seen;
    const seen = young.has(name) || old.has(name);
    young.add(name);
    if (young.size >= DOCUMENTS) this.#seen = [new Set(), young];
    return seen || since < this.#startedAt;
  }

  /** `at`: of the latest event. Bursts that became no run are let go, and runs that are long over. */
  #prune(at: number): void {
    for (const run of [...this.#runs.values()]) {
      const kept = isRun(run) ? run.lastAt + KEPT_FOR > at : run.lastAt + 2 * RUN_PAUSE > at;
      if (!kept) this.#forget(run);
    }
    const over = this.#runs.size - RUNS_KEPT;
    if (over > 0) for (const run of [...this.#runs.values()].sort((a, b) => a.lastAt - b.lastAt).slice(0, over)) this.#forget(run);
  }

  async #commit(): Promise<void> {
    const { store, now } = this.#o;
    const changed = [...this.#changed];
    const gone = [...this.#gone];
    if (changed.length + gone.length === 0 && this.#position === this.#written) return;
    const runs = [
      ...changed.flatMap((key) => {
        const value = this.#runs.get(key);
        return value === undefined ? [] : [{ name: key, value }];
      }),
      ...gone.map((name) => ({ name, value: null })),
    ];
    const [from, seq] = [this.#written, this.#position];
    this.#changed.clear();
    this.#gone.clear();
    const done = await store.recordSignals({
      consumer: RUNS_CONSUMER,
      from,
      seq,
      deliveries: [],
      changes: { ...NO_CHANGES, runs },
      now: now(),
    });
    if (!done) throw new Error('the position of the runs was moved by another reader');
    this.#written = seq;
    this.#writtenAt = now();
  }

  // ── Holding ──

  /** One after the other, after what is under way. */
  #sweep(key: string, what: 'hold' | 'release'): void {
    this.#sweeps = this.#sweeps
      // After the step that is under way, and what is to be written before.
      .then(() => this.#turn)
      .then(() => this.#sweepNow(key, what))
      .catch((error: unknown) => {
        this.#o.log.error({ err: error, run: key }, `a run could not be ${what === 'hold' ? 'held' : 'released'} whole; ask for it again`);
      });
  }

  async #sweepNow(key: string, what: 'hold' | 'release'): Promise<void> {
    const run = this.#runs.get(key);
    if (run === undefined || isHeld(run) !== (what === 'hold')) return;
    const { store } = this.#o;
    const filter = {
      state: what === 'hold' ? ['queued', 'deferred'] : ['held'],
      account: [run.account],
      from: run.startedAt,
      to: run.lastAt + SWEEP_AHEAD,
      ...(run.name === null && run.template !== null ? { template: run.template } : {}),
    };
    let cursor: string | undefined;
    do {
      const page = await store.messages(filter, { limit: SWEPT_AT_ONCE, ...(cursor === undefined ? {} : { cursor }) });
      const own = page.items.filter(({ message }) => message.supersedes === null && isOf(run, message));
      const records = await Promise.all(own.map(({ message }) => store.record(message.id)));
      await this.#act(
        records.filter((record) => record !== undefined),
        what,
        run,
      );
      cursor = page.next ?? undefined;
    } while (cursor !== undefined && !this.#abort.signal.aborted);
  }

  async #act(records: readonly MessageRecord[], what: 'hold' | 'release', run: RunRecord): Promise<void> {
    const from: readonly RecipientState[] = what === 'hold' ? ['queued', 'deferred'] : ['held'];
    const by = run.held?.rule ?? run.held?.by ?? '';
    const evidence: Evidence = what === 'hold' ? { kind: 'held', reason: `the run is held: ${by}` } : { kind: 'released' };
    const items = records.flatMap(({ message, recipients }) =>
      recipients.filter(({ state }) => from.includes(state)).map(({ index }) => ({ message: message.id, index, evidence })),
    );
    for (let i = 0; i < items.length; i += SWEPT_AT_ONCE) await this.#o.store.apply(items.slice(i, i + SWEPT_AT_ONCE), this.#o.now());
  }
}

const NO_RUN = { name: null, messages: 0 } as RunRecord;

function mayBeOfRun({ type, run, template, origin, message }: FeedEvent): boolean {
  return (
    type === 'message.accepted' &&
    message !== undefined &&
    origin !== 'resend' &&
    origin !== 'notification' &&
    (run !== undefined || template !== undefined)
  );
}

type RunReferences = MessageRecord['message']['references'];

function sameRun(a: RunReferences, b: RunReferences): boolean {
  return b.run === undefined ? a.run === undefined && a.template === b.template : a.run?.name === b.run.name;
}

function isOf(run: RunRecord, { id, references }: MessageRecord['message']): boolean {
  if (run.name !== null) return references.run?.name === run.name;
  return references.run === undefined && references.template === run.template && covers(run, id);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
