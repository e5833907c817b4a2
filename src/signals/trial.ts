/**
 * What a rule would have done in the past: the decider runs over the feed of then with a book of its
 * own, and nothing is written or told. Bounded by events and by time; in slices that leave the event
 * loop free. Where there is too much, the latest part is looked at, and the answer says so.
 *
 * Filters that ask for the state of a message, or for confidence, see it as it is now.
 */
import type { FeedEvent } from '../domain/events.ts';
import { createIdFactory, type MessageId } from '../domain/ids.ts';
import type { SignalReason, SignalTrial, Store } from '../domain/ports.ts';
import type { Language } from '../domain/settings.ts';
import type { SignalId } from '../domain/signal.ts';
import { causeOf } from '../domain/signal-cause.ts';
import type { MessageRecord } from '../domain/signal-match.ts';
import type { SignalOwner, SignalRule } from '../domain/signal-rule.ts';
import { nextExpected } from '../domain/signal-time.ts';
import { countArrivals } from './arrivals.ts';
import { SignalBook } from './book.ts';
import { Decider, type Telling } from './decider.ts';
import { stillSo } from './lasting.ts';
import { headline, SIGNAL_WORDINGS } from './wording.ts';

export interface TrialRequest {
  readonly rule: SignalRule;
  readonly owners: readonly SignalOwner[];
  readonly languageOf: (account: string) => Language;
  readonly store: Store;
  readonly from: number;
  readonly to: number;
  readonly language: Language;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Events looked at, and milliseconds that this may take. */
const MOST_EVENTS = 200_000;
const MOST_TIME = 8000;
const PAGE = 500;
const EXAMPLES = 20;
/** Deadlines looked at. */
const MOST_DEADLINES = 400;

type Fired = SignalTrial['examples'][number];

export async function tryRule(request: TrialRequest): Promise<SignalTrial> {
  const trial = new Trial(request);
  return request.rule.expect?.kind === 'mail' ? trial.expectations() : trial.run();
}

class Trial {
  readonly #r: TrialRequest;
  readonly #decider: Decider;
  readonly #fired: Fired[] = [];
  readonly #days = new Map<string, number>();
  readonly #began: number;
  #count = 0;
  #events = 0;
  /** The time that the decider has been told of. */
  #clock: number;

  constructor(request: TrialRequest) {
    this.#r = request;
    this.#began = request.now();
    this.#clock = request.from;
    // Channels do not matter, but where there are none nothing would be told.
    const rule: SignalRule = {
      ...request.rule,
      notify: [{ kind: 'mail', to: ['sender'], language: 'en', account: '' }],
      quiet: request.rule.quiet,
    };
    const newId = createIdFactory({ now: () => this.#clock, randomBytes: (length) => new Uint8Array(length) }) as () => SignalId;
    const { owners, languageOf } = request;
    this.#decider = new Decider({ rules: [rule], owners, languageOf, book: new SignalBook(), newId });
  }

  async run(): Promise<SignalTrial> {
    const { store, to, signal } = this.#r;
    const start = await this.#start();
    let after = start.after;
    let complete = start.complete;
    let looked = 0;
    while (after < store.lastSeq && !signal.aborted) {
      const page = await store.changes({ after, limit: PAGE, types: this.#decider.types });
      const items = page.items.filter(({ at }) => at < to);
      await this.#hear(items);
      looked += page.last - after;
      after = page.last;
      if (items.length < page.items.length) break;
      if (looked >= MOST_EVENTS || this.#r.now() - this.#began > MOST_TIME) {
        complete = after >= store.lastSeq && complete;
        break;
      }
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    const end = complete || after >= store.lastSeq ? to : this.#clock;
    this.#tickUntil(Math.min(end, this.#r.now()));
    return this.#answer(start.from, end, complete && !signal.aborted);
  }

  /** Deadlines, by the register. */
  async expectations(): Promise<SignalTrial> {
    const { rule, from, to, store, now, signal } = this.#r;
    if (rule.expect?.kind !== 'mail') throw new TypeError('the rule expects no mail');
    let window = nextExpected(from, rule.expect);
    let complete = true;
    let looked = 0;
    for (; window !== null && window.to <= Math.min(to, now()); looked++) {
      if (looked >= MOST_DEADLINES || now() - this.#began > MOST_TIME || signal.aborted) {
        complete = false;
        break;
      }
      const came = await countArrivals(store, rule, window);
      const cause = { day: window.date, expected: String(rule.expect.least) };
      if (came < rule.expect.least)
        this.#note(window.to, 'raised', headline({ cause, count: came }, SIGNAL_WORDINGS[this.#r.language]), came, null);
      window = nextExpected(window.to, rule.expect);
    }
    this.#events = looked;
    return this.#answer(from, complete ? to : (window?.to ?? to), complete);
  }

  /** Where in the feed to begin: at `from`, or later where there is too much or less is kept. */
  async #start(): Promise<{ readonly after: number; readonly from: number; readonly complete: boolean }> {
    const { store, from } = this.#r;
    const found = await firstAfter(store, from);
    const after = Math.max(found.after, store.lastSeq - MOST_EVENTS);
    if (after === found.after) return { after, from: Math.max(from, found.begins), complete: found.begins <= from };
    const [first] = (await store.changes({ after, limit: 1 })).items;
    return { after, from: first?.at ?? from, complete: false };
  }

  async #hear(events: readonly FeedEvent[]): Promise<void> {
    const { rule } = this.#r;
    const records = await this.#recordsOf(events);
    for (const event of events) {
      this.#tickUntil(event.at);
      const record = (event.message === undefined ? undefined : records.get(event.message)) ?? null;
      if (rule.after !== null && rule.on.includes(event.type)) await this.#hearLate(rule.after, event);
      this.#decider.hear({ event, record, lineage: [] });
      this.#take();
    }
  }

  /** Of then only what is still so now can be told with certainty, or what a later event ended. */
  async #hearLate(after: number, event: FeedEvent): Promise<void> {
    const { store, now } = this.#r;
    if (event.at + after > now() || !this.#decider.mayMeanLate(after, event)) return;
    const so = await lastedFor(store, event, after);
    if (so) this.#decider.hearLate(after, { event: { ...event, at: event.at + after }, record: so.record }, so.index);
  }

  async #recordsOf(events: readonly FeedEvent[]): Promise<ReadonlyMap<MessageId, MessageRecord>> {
    const ids = [
      ...new Set(events.flatMap((event) => (event.message !== undefined && this.#decider.needsRecord(event) ? [event.message] : []))),
    ];
    const found: (readonly [MessageId, MessageRecord])[] = [];
    for (let i = 0; i < ids.length; i += 50) {
      for (const record of await Promise.all(ids.slice(i, i + 50).map((id) => this.#r.store.record(id)))) {
        if (record !== undefined) found.push([record.message.id, record]);
      }
    }
    return new Map(found);
  }

  /** Lets the time pass that lies between two events: repeats, digests, escalations. */
  #tickUntil(at: number): void {
    for (let i = 0; i < 10_000; i++) {
      const next = this.#decider.nextAt;
      if (next === null || next > at) break;
      this.#clock = Math.max(this.#clock, next);
      this.#decider.tick(this.#clock);
      this.#take();
    }
    this.#clock = Math.max(this.#clock, at);
    this.#decider.tick(this.#clock);
    this.#take();
  }

  #take(): void {
    for (const telling of this.#decider.takeTellings()) this.#noteTelling(telling);
  }

  #noteTelling(telling: Telling): void {
    const words = SIGNAL_WORDINGS[this.#r.language];
    switch (telling.kind) {
      case 'event': {
        const { event } = telling.subject;
        this.#note(
          event.at,
          'event',
          headline({ cause: causeOf(['cause'], telling.subject, null), count: 1 }, words),
          1,
          event.message ?? null,
        );
        return;
      }
      case 'signal': {
        const { record, at, reason } = telling;
        this.#note(at, reason, headline(record, words), record.count, record.examples.at(-1)?.message ?? null);
        return;
      }
      case 'digest':
        this.#note(telling.at, 'digest', words.digest(telling.records.length), telling.records.length, null);
        return;
      default:
        telling satisfies never;
    }
  }

  #note(at: number, reason: SignalReason, title: string, count: number, message: MessageId | null): void {
    this.#count++;
    const date = new Date(at).toISOString().slice(0, 10);
    this.#days.set(date, (this.#days.get(date) ?? 0) + 1);
    this.#fired.push({ at, reason, title, count, message });
    if (this.#fired.length > EXAMPLES) this.#fired.shift();
  }

  #answer(from: number, to: number, complete: boolean): SignalTrial {
    const records = [...this.#decider.book.all()];
    const events = this.#events + records.reduce((sum, { count }) => sum + count, 0) + (this.#r.rule.group === null ? this.#count : 0);
    return {
      from,
      to,
      complete,
      events,
      fired: this.#count,
      signals: records.length,
      days: [...this.#days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([date, fired]) => ({ date, fired })),
      examples: this.#fired.toReversed(),
    };
  }
}

/** Whether it lasted for so long then: nothing of the recipient followed within that time. */
async function lastedFor(
  store: Store,
  event: FeedEvent,
  after: number,
): Promise<{ readonly record: MessageRecord | null; readonly index: number | undefined } | null> {
  const { message, index, state } = event;
  if (message === undefined || index === undefined) return stillSo(store, event, () => true);
  if (event.previous === state && event.type !== 'recipient.delayed') return null;
  const detail = await store.message(message);
  if (detail === undefined) return null;
  const left = detail.events.some(
    (later) =>
      later.seq > event.seq && later.at <= event.at + after && later.index === index && later.state !== undefined && later.state !== state,
  );
  return left ? null : { record: { message: detail.message, recipients: detail.recipients }, index };
}

/** By halving: events are in the order of time, near enough. `begins`: when the feed does. */
async function firstAfter(
  store: Pick<Store, 'changes' | 'lastSeq'>,
  from: number,
): Promise<{ readonly after: number; readonly begins: number }> {
  let low = await firstKept(store);
  // What was never removed was never there.
  const begins = low === 0 ? from : ((await store.changes({ after: low, limit: 1 })).items[0]?.at ?? from);
  let high = store.lastSeq;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [item] = (await store.changes({ after: middle, limit: 1 })).items;
    if (item === undefined || item.at >= from) high = middle;
    else low = middle + 1;
  }
  return { after: low, begins };
}

/** The position in front of the oldest event that is kept, by halving as well. */
async function firstKept(store: Pick<Store, 'changes' | 'lastSeq'>): Promise<number> {
  let low = 0;
  let high = store.lastSeq;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const kept = await store.changes({ after: middle, limit: 1 }).then(
      () => true,
      () => false,
    );
    if (kept) high = middle;
    else low = middle + 1;
  }
  return low;
}
