/**
 * Decides what an event of the feed, or the time, means to the rules: which signals open, grow, are
 * told, close. It reads and changes the book, and nothing else; what is to be told it hands out as
 * tellings. The same decider runs over the past when a rule is tried.
 *
 *   upstream    follower.ts, with events in their order, and with the time
 *   downstream  book.ts; `tellings`, for compose.ts
 *
 * Mail that tells of signals, and all other notifications of ours, is never the subject of one.
 */
import type { EventType, FeedEvent } from '../domain/events.ts';
import type { MessageId } from '../domain/ids.ts';
import type { Language } from '../domain/settings.ts';
import type { SignalCause, SignalClosing, SignalId, SignalPerson, SignalRecord } from '../domain/signal.ts';
import { causeKey, causeOf } from '../domain/signal-cause.ts';
import { acknowledgeSignal, closeSignal, joinSignal, lookAt, markTold, openSignal, resolveMembers } from '../domain/signal-life.ts';
import { type CompiledFilter, compileFilter, type MessageRecord, ownerOf, type SignalSubject } from '../domain/signal-match.ts';
import {
  BY_CAUSE,
  type DigestTimes,
  type SignalChannel,
  type SignalGroupKey,
  type SignalOwner,
  type SignalRule,
} from '../domain/signal-rule.ts';
import { incompleteRuns, nextIncomplete, noteMessage, type Run, type Runs, runOf } from '../domain/signal-runs.ts';
import { type ExpectedWindow, lastExpected, nextDigest, nextExpected } from '../domain/signal-time.ts';
import { addCount, type Counts, totalsOf } from '../domain/signal-window.ts';
import { MEMBER_LIMIT, type SignalBook } from './book.ts';
import { resolvedBy } from './resolution.ts';

export type TellingReason = 'raised' | 'grown' | 'repeated' | 'escalated' | 'closed';

export type Telling =
  | { readonly kind: 'event'; readonly rule: SignalRule; readonly subject: SignalSubject }
  | {
      readonly kind: 'signal';
      readonly rule: SignalRule;
      readonly reason: TellingReason;
      readonly record: SignalRecord;
      readonly at: number;
    }
  | { readonly kind: 'digest'; readonly rule: SignalRule; readonly records: readonly SignalRecord[]; readonly at: number };

export interface DeciderOptions {
  readonly rules: readonly SignalRule[];
  readonly owners: readonly SignalOwner[];
  /** Of an account. */
  readonly languageOf: (account: string) => Language;
  readonly book: SignalBook;
  readonly newId: () => SignalId;
}

export interface Occurrence extends SignalSubject {
  /** The messages that this one was sent again from, the latest first. */
  readonly lineage: readonly MessageRecord[];
}

interface Compiled {
  readonly rule: SignalRule;
  readonly filter: CompiledFilter;
  /** Of the recipients among which a share is: without what only failures have. */
  readonly outcomes: CompiledFilter;
}

/** Signals of one rule that are open at a time; what comes then goes into one for all others. */
const OPEN_LIMIT = 1000;
const CLOSED_KEPT = 5000;
const CLOSED_KEPT_FOR = 90 * 86_400_000;
const HOUR = 3_600_000;

/** A recipient's way has come to an end, for now. */
const OUTCOMES: readonly EventType[] = ['recipient.transferred', 'recipient.failed', 'recipient.expired', 'recipient.suppressed'];
/** After these somebody waits for the recipient to go through. */
const WAITING: readonly EventType[] = [
  'message.accepted',
  'recipient.deferred',
  'recipient.failed',
  'recipient.expired',
  'recipient.suppressed',
  'recipient.held',
  'recipient.delayed',
  'recipient.transferred',
];
/** And these end it. */
const RESOLVING: readonly EventType[] = ['recipient.transferred', 'recipient.delivered', 'recipient.cancelled', 'message.deleted'];
/** Lasting troubles of something that is no recipient: from the first to the second. */
const CONDITIONS = [
  ['queue.blocked', 'queue.recovered', 'nextHop'],
  ['mailbox.failing', 'mailbox.recovered', 'mailbox'],
  ['channel.failing', 'channel.recovered', 'channel'],
  ['backup.failed', 'backup.made', 'directory'],
] as const;

const RULES = 'rules';
const RUNS = 'runs';
const CONDITION_STATE = 'conditions';
/** Followed by the key of a run that a rule holds. */
export const HOLD_STATE = 'hold.';
const HOLD_KEPT = 30 * 86_400_000;

export interface RunHolding {
  readonly rule: string;
  readonly at: number;
}

export class Decider {
  readonly #o: DeciderOptions;
  readonly #byType = new Map<EventType, Compiled[]>();
  readonly #rules = new Map<string, Compiled>();
  readonly #sharing: readonly Compiled[];
  readonly #expecting: readonly Compiled[];
  readonly #runsWithin: number | null;
  readonly #needsRuns: boolean;
  #tellings: Telling[] = [];
  #sweptAt = 0;
  /** When mail is to have come next, by rule. */
  readonly #expectedAt = new Map<string, number>();
  readonly #digestAt = new Map<string, { readonly last: number; readonly next: number }>();

  constructor(options: DeciderOptions) {
    this.#o = options;
    const compiled = options.rules.map(
      (rule): Compiled => ({
        rule,
        filter: compileFilter(rule.where),
        outcomes: compileFilter(rule.where, ['state', 'category', 'confidence', 'source', 'nextHop']),
      }),
    );
    for (const one of compiled) {
      this.#rules.set(one.rule.name, one);
      for (const type of one.rule.on) this.#byType.set(type, [...(this.#byType.get(type) ?? []), one]);
    }
    this.#sharing = compiled.filter(({ rule }) => rule.threshold?.kind === 'share');
    this.#expecting = compiled.filter(({ rule }) => rule.expect?.kind === 'mail');
    const incomplete = compiled.filter(({ rule }) => rule.expect?.kind === 'run');
    this.#runsWithin =
      incomplete.length === 0 ? null : Math.min(...incomplete.map(({ rule }) => (rule.expect?.kind === 'run' ? rule.expect.within : 0)));
    this.#needsRuns =
      incomplete.length > 0 || compiled.some(({ rule }) => rule.group?.by.includes('run') === true || rule.threshold?.within === 'run');
  }

  get book(): SignalBook {
    return this.#o.book;
  }

  /** Events that it has to hear; the others it need not be told of. */
  get types(): readonly EventType[] {
    const types = new Set<EventType>(this.#byType.keys());
    const groups = [...this.#rules.values()].some(({ rule }) => rule.group !== null);
    if (groups) for (const type of RESOLVING) types.add(type);
    for (const [from, to] of CONDITIONS) {
      if (!types.has(from)) continue;
      types.add(to);
    }
    if (this.#sharing.length > 0) for (const type of OUTCOMES) types.add(type);
    if (this.#needsRuns || this.#expecting.length > 0) types.add('message.accepted');
    return [...types];
  }

  /** At each start: rules that were not there before hear of what comes after `lastSeq`, not of what was. */
  begin(lastSeq: number): void {
    const { book } = this.#o;
    const before = book.state<Readonly<Record<string, number>>>(RULES) ?? {};
    const names = [...this.#rules.keys()];
    if (Object.keys(before).length === names.length && names.every((name) => Object.hasOwn(before, name))) return;
    book.setState(RULES, Object.fromEntries(names.map((name) => [name, Object.hasOwn(before, name) ? (before[name] ?? 0) : lastSeq])));
    for (const name of book.stateNames()) {
      const [, rule] = /^(?:counts|digest|expect)\.(.+)$/.exec(name) ?? [];
      if (rule !== undefined && !this.#rules.has(rule)) book.setState(name, null);
    }
  }

  /** Whether the rule was there when it happened. */
  #hears({ name }: SignalRule, { seq }: FeedEvent): boolean {
    const since = this.#o.book.state<Readonly<Record<string, number>>>(RULES);
    return since === undefined || !Object.hasOwn(since, name) || seq > (since[name] ?? 0);
  }

  /** Whether the message of the event has to be read to decide. */
  needsRecord(event: FeedEvent): boolean {
    if (event.message === undefined || isOwn(event)) return false;
    if (event.type === 'message.accepted' && (this.#needsRuns || this.#expecting.length > 0)) return true;
    if (this.#byType.get(event.type)?.some(({ filter }) => filter.may(event)) === true) return true;
    if (event.origin === 'resend' && RESOLVING.includes(event.type) && this.#o.book.memberCount > 0) return true;
    return OUTCOMES.includes(event.type) && this.#sharing.some(({ outcomes }) => outcomes.may(event));
  }

  get hasTellings(): boolean {
    return this.#tellings.length > 0;
  }

  /** What was decided to be told since the last call. */
  takeTellings(): readonly Telling[] {
    const tellings = this.#tellings;
    this.#tellings = [];
    return tellings;
  }

  // ── Events ──

  hear(occurrence: Occurrence): void {
    const { event } = occurrence;
    if (isOwn(event)) return;
    this.#noteCondition(event);
    if (event.type === 'message.accepted') this.#noteArrival(occurrence);
    if (RESOLVING.includes(event.type)) this.#resolve(occurrence);
    if (OUTCOMES.includes(event.type)) this.#countOutcome(occurrence);
    for (const one of this.#byType.get(event.type) ?? []) {
      if (one.rule.after !== null || !one.filter.may(event) || !this.#hears(one.rule, event)) continue;
      if (one.filter.fits(occurrence)) this.#meant(one.rule, occurrence);
    }
  }

  /** An event that is as old as `after` of some rules by now, and of which it is still so. `index`: of the recipient, where the event names none. */
  hearLate(after: number, occurrence: SignalSubject, index?: number): void {
    const { event } = occurrence;
    for (const one of this.#byType.get(event.type) ?? []) {
      if (one.rule.after === after && one.filter.may(event) && one.filter.fits(occurrence)) this.#meant(one.rule, occurrence, index);
    }
  }

  /** The rules that wait for so long before they tell. */
  get delays(): readonly number[] {
    return [...new Set([...this.#rules.values()].flatMap(({ rule }) => rule.after ?? []))];
  }

  typesAfter(after: number): readonly EventType[] {
    return [...new Set([...this.#rules.values()].flatMap(({ rule }) => (rule.after === after ? rule.on : [])))];
  }

  /** Whether a rule with this `after` may mean the event. */
  mayMeanLate(after: number, event: FeedEvent): boolean {
    return !isOwn(event) && (this.#byType.get(event.type) ?? []).some(({ rule, filter }) => rule.after === after && filter.may(event));
  }

  #meant(rule: SignalRule, subject: SignalSubject, index?: number): void {
    const { threshold } = rule;
    if (threshold === null) {
      this.#found(rule, subject, index);
      return;
    }
    const { event } = subject;
    const run = this.#runFor(subject);
    if (threshold.within === 'run' && run === undefined) return;
    const cause = causeOf(groupsOf(rule), subject, run?.key ?? null);
    const key = threshold.within === 'run' ? (run?.key ?? '') : causeKey(cause);
    const within = threshold.within === 'run' ? null : threshold.within;
    // Those whose outcome it is were counted among all already.
    const counts = this.#count(rule, {
      key,
      at: event.at,
      within,
      hit: true,
      outcome: threshold.kind === 'share' && !OUTCOMES.includes(event.type),
    });
    const { hits, outcomes } = totalsOf(counts, key, event.at, within);
    if (threshold.kind === 'count' ? hits < threshold.count : outcomes < threshold.least || hits / outcomes <= threshold.share) return;
    const opened = this.#o.book.openFor(rule.name, causeKey(cause)) !== undefined;
    const share = threshold.kind === 'share' ? { share: String(Math.round((hits / outcomes) * 1000) / 10) } : {};
    this.#join(rule, subject, { cause, shown: { ...cause, ...share }, count: opened ? 1 : hits, index });
    if (rule.hold && run !== undefined) this.#hold(run, rule, event.at);
  }

  /** Written with the signal; carried out by the keeper of the runs. */
  #hold(run: Run, rule: SignalRule, at: number): void {
    const { book } = this.#o;
    const name = HOLD_STATE + run.key;
    if (book.state(name) === undefined) book.setState(name, { rule: rule.name, at } satisfies RunHolding);
  }

  #count(rule: SignalRule, count: Parameters<typeof addCount>[1]): Counts {
    const { book } = this.#o;
    const name = `counts.${rule.name}`;
    const counts = addCount(book.state<Counts>(name) ?? {}, count);
    book.setState(name, counts);
    return counts;
  }

  #countOutcome(subject: SignalSubject): void {
    const { event } = subject;
    for (const { rule, outcomes } of this.#sharing) {
      const { threshold } = rule;
      if (threshold === null || !outcomes.may(event) || !outcomes.fits(subject)) continue;
      const run = this.#runFor(subject);
      if (threshold.within === 'run' && run === undefined) continue;
      const key = threshold.within === 'run' ? (run?.key ?? '') : causeKey(causeOf(groupsOf(rule), subject, run?.key ?? null));
      this.#count(rule, { key, at: event.at, within: threshold.within === 'run' ? null : threshold.within, hit: false, outcome: true });
    }
  }

  #found(rule: SignalRule, subject: SignalSubject, index?: number): void {
    if (rule.group === null) {
      if (rule.notify.length > 0) this.#tellings.push({ kind: 'event', rule, subject });
      return;
    }
    const cause = causeOf(rule.group.by, subject, this.#runFor(subject)?.key ?? null);
    this.#join(rule, subject, { cause, shown: cause, count: 1, index });
  }

  #join(
    rule: SignalRule,
    subject: SignalSubject,
    joining: { readonly cause: SignalCause; readonly shown: SignalCause; readonly count: number; readonly index: number | undefined },
  ): void {
    const { book } = this.#o;
    const { event, record: message } = subject;
    const record = this.#openOrNew(rule, joining, event.at);
    const index = event.index ?? joining.index;
    const member =
      event.message !== undefined && index !== undefined && WAITING.includes(event.type) ? { message: event.message, index } : null;
    const known = member !== null && book.waitingFor(member.message, member.index).has(record.id);
    const full = member !== null && !known && book.memberCount >= MEMBER_LIMIT;
    const next = joinSignal(
      full ? { ...record, overfull: true } : record,
      {
        at: event.at,
        example: { seq: event.seq, message: event.message ?? null, index: index ?? null },
        people: message === null ? [] : this.#peopleOf(rule, message),
        count: known ? 0 : joining.count,
        waits: member !== null && !known,
      },
      rule,
    );
    if (member !== null && !known && !full) book.addMember(record.id, member.message, member.index, event.at);
    book.put(next);
  }

  #openOrNew(rule: SignalRule, { cause, shown }: { readonly cause: SignalCause; readonly shown: SignalCause }, at: number): SignalRecord {
    const { book, newId } = this.#o;
    const key = causeKey(cause);
    const open = book.openFor(rule.name, key);
    if (open !== undefined) return open;
    const others: SignalCause = { event: 'others' };
    const full = book.openCount(rule.name) >= OPEN_LIMIT;
    const known = full ? book.openFor(rule.name, causeKey(others)) : undefined;
    return known ?? openSignal({ id: newId(), rule, cause: full ? others : shown, key: full ? causeKey(others) : key, at });
  }

  #peopleOf(rule: SignalRule, record: MessageRecord): readonly SignalPerson[] {
    const words = new Set(channelsOf(rule).flatMap((channel) => (channel.kind === 'mail' ? channel.to : [])));
    return peopleOf(words, record, this.#o);
  }

  // ── What ends a signal ──

  #noteCondition(event: FeedEvent): void {
    const { book } = this.#o;
    for (const [from, to, name] of CONDITIONS) {
      const subject = event[name];
      if ((event.type !== from && event.type !== to) || subject === undefined) continue;
      const before = book.state<Readonly<Record<string, number>>>(CONDITION_STATE) ?? {};
      const key = `${name} ${subject}`;
      const { [key]: since, ...rest } = before;
      if (event.type === from) book.setState(CONDITION_STATE, { ...rest, [key]: since ?? event.seq });
      else {
        book.setState(CONDITION_STATE, rest);
        this.#closeWhere((record, rule) => rule.on.includes(from) && record.cause[name] === subject, 'recovered', event.at);
      }
    }
  }

  /** Whether the trouble that the event tells of lasts since then. */
  lasts(event: FeedEvent): boolean {
    const conditions = this.#o.book.state<Readonly<Record<string, number>>>(CONDITION_STATE) ?? {};
    return CONDITIONS.some(([from, , name]) => event.type === from && conditions[`${name} ${event[name] ?? ''}`] === event.seq);
  }

  #closeWhere(which: (record: SignalRecord, rule: SignalRule) => boolean, why: SignalClosing, at: number): void {
    const { book } = this.#o;
    for (const record of [...book.all()]) {
      const rule = this.#rules.get(record.rule)?.rule;
      if (record.state === 'closed' || rule === undefined || !which(record, rule)) continue;
      book.put(closeSignal(record, { at, by: null, why }, rule));
    }
  }

  #resolve(occurrence: Occurrence): void {
    const { book } = this.#o;
    const { event } = occurrence;
    if (book.memberCount === 0) return;
    const gone = new Map<SignalId, number>();
    const resolve = (message: MessageId, index: number): void => {
      for (const id of [...book.waitingFor(message, index)]) {
        const record = book.get(id);
        const rule = record === undefined ? undefined : this.#rules.get(record.rule)?.rule;
        // What a rule tells of does not end what it tells of.
        if (rule?.on.includes(event.type) === true) continue;
        book.removeMember(id, message, index);
        gone.set(id, (gone.get(id) ?? 0) + 1);
      }
    };
    for (const { message, index } of resolvedBy(occurrence, (id) => book.waitedOf(id))) resolve(message, index);
    for (const [id, count] of gone) {
      const record = book.get(id);
      const rule = record === undefined ? undefined : this.#rules.get(record.rule)?.rule;
      if (record !== undefined && rule !== undefined) book.put(resolveMembers(record, count, event.at, rule));
    }
  }

  // ── Runs, and mail that is to come ──

  #runFor({ record }: SignalSubject): Run | undefined {
    if (!this.#needsRuns || record === null) return undefined;
    return runOf(this.#runs(), record.message);
  }

  #runs(): Runs {
    return this.#o.book.state<{ readonly runs: Runs }>(RUNS)?.runs ?? [];
  }

  #noteArrival(subject: SignalSubject): void {
    const { book } = this.#o;
    const { record, event } = subject;
    if (record === null) return;
    if (this.#needsRuns) {
      const before = this.#runs();
      const runs = noteMessage(before, record.message);
      if (runs !== before) book.setState(RUNS, { runs });
      this.#closeComplete(runOf(runs, record.message), event.at);
    }
    for (const { rule, filter } of this.#expecting) {
      const state = book.state<ExpectState>(`expect.${rule.name}`);
      if (state === undefined || state.missing === 0 || !filter.fits(subject)) continue;
      const missing = state.missing - 1;
      book.setState(`expect.${rule.name}`, { ...state, missing });
      if (missing === 0) this.#closeWhere((open) => open.rule === rule.name, 'recovered', event.at);
    }
  }

  #closeComplete(run: Run | undefined, at: number): void {
    if (run === undefined || !run.told || run.expected === null || run.messages < run.expected) return;
    this.#closeWhere((record, rule) => rule.expect?.kind === 'run' && record.cause.run === run.key, 'recovered', at);
  }

  /** Mail that was to have come by now, and has not been looked for yet. */
  expectations(now: number): readonly { readonly rule: SignalRule; readonly window: ExpectedWindow }[] {
    const { book } = this.#o;
    return this.#expecting.flatMap(({ rule }) => {
      if (rule.expect?.kind !== 'mail' || now < (this.#expectedAt.get(rule.name) ?? 0)) return [];
      this.#expectedAt.set(rule.name, nextExpected(now, rule.expect)?.to ?? now + HOUR);
      const window = lastExpected(now, rule.expect);
      const name = `expect.${rule.name}`;
      const state = book.state<ExpectState>(name);
      if (state === undefined) {
        // From now on: what was missing before the rule was there is nobody's news.
        book.setState(name, { checked: window?.date ?? '', missing: 0 });
        return [];
      }
      return window === null || window.date <= state.checked ? [] : [{ rule, window }];
    });
  }

  /** So many messages came in the window. */
  expected(rule: SignalRule, window: ExpectedWindow, came: number, now: number): void {
    if (rule.expect?.kind !== 'mail') return;
    const { book } = this.#o;
    const missing = Math.max(0, rule.expect.least - came);
    book.setState(`expect.${rule.name}`, { checked: window.date, missing });
    if (missing > 0) this.#absent(rule, { day: window.date, expected: String(rule.expect.least) }, came, now);
  }

  /** A signal about what did not happen. */
  #absent(rule: SignalRule, cause: SignalCause, came: number, now: number): void {
    const { book } = this.#o;
    const record = this.#openOrNew(rule, { cause, shown: cause }, now);
    const example = { seq: 0, message: null, index: null };
    book.put(joinSignal(record, { at: now, example, people: [], count: came, waits: false }, rule));
  }

  #lookAtRuns(now: number): void {
    const { book } = this.#o;
    const runs = this.#runs();
    for (const { rule } of this.#rules.values()) {
      if (rule.expect?.kind !== 'run') continue;
      for (const run of incompleteRuns(runs, rule.expect.within, now)) {
        this.#absent(rule, { run: run.key, expected: String(run.expected ?? 0) }, run.messages, now);
        book.setState(RUNS, { runs: this.#runs().map((one) => (one.key === run.key ? { ...one, told: true } : one)) });
      }
    }
  }

  // ── Time ──

  tick(now: number): void {
    const { book } = this.#o;
    if (this.#runsWithin !== null) this.#lookAtRuns(now);
    for (const record of book.due(now)) {
      const rule = this.#rules.get(record.rule)?.rule;
      if (rule === undefined) continue;
      const look = lookAt(record, rule, now);
      if (look.record !== record) book.put(look.record);
      if (look.kind === 'tell') this.#tellings.push({ kind: 'signal', rule, reason: look.reason, record: look.record, at: now });
    }
    for (const { rule } of this.#rules.values()) this.#digest(rule, now);
    if (now - this.#sweptAt >= HOUR) this.#sweep(now);
  }

  #digest(rule: SignalRule, now: number): void {
    const { book } = this.#o;
    if (rule.digest === null) return;
    const name = `digest.${rule.name}`;
    const last = book.state<{ readonly at: number }>(name)?.at;
    if (last !== undefined && this.#digestAfter(rule.name, rule.digest, last) > now) return;
    book.setState(name, { at: now });
    if (last === undefined) return;
    const records = [...book.all()].filter(
      (record) => record.rule === rule.name && (record.count > record.toldCount || (record.closed?.at ?? 0) > last),
    );
    if (records.length === 0) return;
    for (const record of records) book.put(markTold(record, now));
    this.#tellings.push({ kind: 'digest', rule, records, at: now });
  }

  #digestAfter(rule: string, digest: DigestTimes, last: number): number {
    const known = this.#digestAt.get(rule);
    if (known?.last === last) return known.next;
    const next = nextDigest(last, digest);
    this.#digestAt.set(rule, { last, next });
    return next;
  }

  /** Closes signals whose rule is gone, and lets go of those that were closed long ago. */
  #sweep(now: number): void {
    const { book } = this.#o;
    this.#sweptAt = now;
    const closed: SignalRecord[] = [];
    for (const record of [...book.all()]) {
      if (record.state === 'closed') closed.push(record);
      else if (!this.#rules.has(record.rule))
        book.put({ ...record, state: 'closed', nextAt: null, closed: { at: now, by: null, why: 'quiet' } });
    }
    for (const name of book.stateNames()) {
      if (name.startsWith(HOLD_STATE) && (book.state<RunHolding>(name)?.at ?? 0) + HOLD_KEPT <= now) book.setState(name, null);
    }
    closed.sort((a, b) => (b.closed?.at ?? 0) - (a.closed?.at ?? 0));
    for (const [i, { id, closed: over }] of closed.entries()) {
      if (i >= CLOSED_KEPT || (over?.at ?? 0) + CLOSED_KEPT_FOR <= now) book.forget(id);
    }
  }

  /** Unix milliseconds at which `tick` or `expectations` have something to do; null: when something happens. */
  get nextAt(): number | null {
    const { book } = this.#o;
    const times: number[] = [];
    if (book.nextAt !== null) times.push(book.nextAt);
    for (const { rule } of this.#rules.values()) {
      const { digest, expect } = rule;
      const last = book.state<{ readonly at: number }>(`digest.${rule.name}`)?.at;
      if (digest !== null && last !== undefined) times.push(this.#digestAfter(rule.name, digest, last));
      if (expect?.kind === 'mail') times.push(this.#expectedAt.get(rule.name) ?? 0);
      const incomplete = expect?.kind === 'run' ? nextIncomplete(this.#runs(), expect.within) : null;
      if (incomplete !== null) times.push(incomplete);
    }
    const next = Math.min(...times);
    return Number.isFinite(next) ? next : null;
  }

  // ── People ──

  acknowledge(record: SignalRecord, by: { readonly at: number; readonly by: string | null; readonly note: string | null }): SignalRecord {
    const rule = this.#rules.get(record.rule)?.rule;
    const next = rule === undefined ? record : acknowledgeSignal(record, by, rule);
    this.#o.book.put(next);
    return next;
  }

  close(record: SignalRecord, by: { readonly at: number; readonly by: string | null }): SignalRecord {
    const rule = this.#rules.get(record.rule)?.rule;
    const next = rule === undefined ? record : closeSignal(record, { ...by, why: 'person' }, rule);
    this.#o.book.put(next);
    return next;
  }
}

interface ExpectState {
  /** Local date of the last deadline that was looked at. */
  readonly checked: string;
  /** Messages that are still to come. */
  readonly missing: number;
}

/** Notifications of ours: senders were told, or a signal was. */
function isOwn({ origin }: FeedEvent): boolean {
  return origin === 'notification';
}

/** Among what a share is, is the same for what failed and for what did not. */
function groupsOf({ group, threshold }: SignalRule): readonly SignalGroupKey[] {
  const { by } = group ?? BY_CAUSE;
  return threshold?.kind === 'share' ? by.filter((key) => key !== 'category' && key !== 'cause' && key !== 'nextHop') : by;
}

/** All channels of a rule, in the order in which deliveries number them. */
export function channelsOf({ notify, escalate }: SignalRule): readonly SignalChannel[] {
  return escalate === null ? notify : [...notify, ...escalate.notify];
}

/** Those that the words `sender` and `owner` stand for. */
export function peopleOf(
  words: ReadonlySet<string>,
  record: MessageRecord,
  { owners, languageOf }: Pick<DeciderOptions, 'owners' | 'languageOf'>,
): readonly SignalPerson[] {
  const people: SignalPerson[] = [];
  const { reversePath } = record.message.envelope;
  if (words.has('sender') && reversePath.kind === 'address') {
    people.push({ kind: 'sender', address: reversePath.address, language: languageOf(record.message.account) });
  }
  if (words.has('owner')) {
    const owner = ownerOf(owners, record);
    for (const address of owner?.mail ?? []) people.push({ kind: 'owner', address, language: owner?.language ?? 'en' });
  }
  return people;
}
