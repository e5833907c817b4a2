/**
 * Works the queue off: has what is ready claimed, sends it over lines to the next hops, and has what
 * came of it recorded. One timer for all that is due.
 *
 *     queue -> claimer (durable) -> line -> session -> outcome -> recorder (durable)
 *
 * Claims run ahead of the lines, so that a connection does not wait for the disk; a line is free for
 * the next message as soon as the reply is there, while the outcome is being committed.
 *
 * Upstream: Queue, filled by the store. Downstream: the store and sessions with next hops.
 * Standards: RFC 5321 §4.5.4.1 (retries, one look at a hop that is down rather than many).
 * Failure: a hop that refuses us is left alone as a whole, and no recipient fails for it. A store
 * that refuses suspends everything. A bug of ours ends the attempt as `internal`, and is logged.
 */
import type { Log } from '../../domain/log.ts';
import type { EvidenceItem, Store } from '../../domain/ports.ts';
import type { Priority } from '../../domain/priority.ts';
import type { Attempt } from '../../domain/recipient.ts';
import type { DeliverySettings } from '../../domain/settings.ts';
import { priorityOfUnit } from './claimed.ts';
import { Claimer } from './claimer.ts';
import type { Dkim } from './content/dkim.ts';
import type { DnsOutage } from './dns-outage.ts';
import type { Entry } from './entry.ts';
import { Heap } from './heap.ts';
import type { Hop, Line } from './hop.ts';
import type { HopRecords } from './hop-records.ts';
import { type Hops, holdReason } from './hops.ts';
import { LinePool } from './line-pool.ts';
import { outcomeOfHopFailure } from './outcome.ts';
import type { Queue } from './queue.ts';
import { Recorder } from './recorder.ts';
import { expiryAt, Standings } from './standings.ts';
import { Transmitter } from './transmitter.ts';
import type { ReturnPaths, Unit } from './unit.ts';

export interface DispatcherOptions {
  readonly settings: DeliverySettings;
  readonly paths: ReturnPaths;
  readonly dkim: Dkim;
  readonly store: Store;
  readonly queue: Queue;
  readonly hops: Hops;
  readonly records: HopRecords;
  readonly outage: DnsOutage;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
}

/** RFC 5321 §4.5.3.1.8: at least so many recipients fit into one transaction. */
const RECIPIENTS_LIMIT = 100;
/** What one turn of the timer moves on, so that a large backlog does not hold the loop. */
const ADVANCE_LIMIT = 2_000;
const TELL_BATCH = 500;
/** Outcomes on their way to the store, past which nothing new is claimed. */
const RECORDING_LIMIT = 2_000;
const SUSPENSION = { first: 500, most: 30_000 } as const;
const TIMER_LIMIT = 3_600_000;

export class Dispatcher {
  readonly #o: DispatcherOptions;
  readonly #claimer: Claimer;
  readonly #recorder: Recorder;
  readonly #lines: LinePool;
  readonly #transmitter: Transmitter;
  readonly #wakes = new Heap<Hop>();
  #stopping = false;
  /** No grace is left: what is not on the wire is given up. */
  #giveUp = false;
  #suspendedUntil = 0;
  #suspension: number = SUSPENSION.first;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #drained: (() => void) | null = null;

  constructor(options: DispatcherOptions) {
    this.#o = options;
    const { settings, paths, dkim, store, queue, hops, records, outage, now, random, log } = options;
    const onTrouble = (error: unknown): number => this.#suspend(error);
    const onSettled = (): void => this.#recorded();
    this.#recorder = new Recorder({ settings, store, queue, now, random, log, onTrouble, onSettled });
    this.#claimer = new Claimer({ settings, paths, dkim, store, queue, recorder: this.#recorder, now, random, log, onTrouble });
    this.#lines = new LinePool({ limit: settings.connections, now, onFree: (hop) => this.#pump(hop) });
    const onBlocked = (hop: Hop): void => {
      this.#wakes.set(hop, hop.blockedUntil);
      this.#abandonClaimed(hop, `not tried: ${hop.lastError}`);
    };
    const onReleased = (hop: Hop): void => this.wake(hop);
    const standings = new Standings({ retry: settings.retry, store, records, hops, outage, now, random, log, onBlocked, onReleased });
    this.#transmitter = new Transmitter({ settings, lines: this.#lines, recorder: this.#recorder, standings, records, now, log });
  }

  /** Running, and the store takes what we tell it. */
  get up(): boolean {
    return !this.#stopping && this.#suspendedUntil === 0;
  }

  get onAttempt(): ((attempt: Attempt) => void) | null {
    return this.#recorder.onAttempt;
  }

  set onAttempt(listener: ((attempt: Attempt) => void) | null) {
    this.#recorder.onAttempt = listener;
  }

  // ── What is due ──

  /** Works off hops that got something ready, and sets the timer for the next. */
  stir(): void {
    const { stirred } = this.#o.queue;
    if (stirred.size > 0) {
      const hops = [...stirred];
      stirred.clear();
      for (const hop of hops) this.#pump(hop);
    }
    this.#arm();
  }

  /** Works the hop off again after a person changed how it stands. */
  wake(hop: Hop): void {
    this.#wakes.remove(hop);
    this.#o.queue.stirred.add(hop);
    this.stir();
  }

  #arm(): void {
    if (this.#stopping) return;
    const next = Math.min(this.#o.queue.nextAt, this.#wakes.peek()?.key ?? Number.POSITIVE_INFINITY);
    const at = this.#suspendedUntil > 0 ? this.#suspendedUntil : next;
    if (at >= this.#timerAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#tick(), Math.min(TIMER_LIMIT, Math.max(0, at - this.#o.now())));
  }

  #tick(): void {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const { queue, hops, now } = this.#o;
    if (this.#stopping || this.#suspendedUntil > now()) {
      this.#arm();
      return;
    }
    if (this.#suspendedUntil > 0) this.#resume();
    const { expired, foreign } = queue.advance(now(), ADVANCE_LIMIT);
    if (expired.length > 0) void this.#tell(expired, ({ lane }) => expiryAt(lane.hop));
    if (foreign.length > 0) void this.#recover(foreign);
    for (let hop = this.#wakes.peek(); hop !== undefined && hop.key <= now(); hop = this.#wakes.peek()) {
      this.#wakes.remove(hop);
      queue.stirred.add(hop);
    }
    hops.prune(now(), () => {
      const busy = new Set<Hop>();
      queue.each(({ lane }) => busy.add(lane.hop));
      return busy;
    });
    this.stir();
  }

  /** Tells the store of recipients that are not being tried: expired, held. */
  async #tell(entries: readonly Entry[], evidenceOf: (entry: Entry) => EvidenceItem['evidence']): Promise<void> {
    const { store, queue, now } = this.#o;
    for (let i = 0; i < entries.length; i += TELL_BATCH) {
      const slice = entries.slice(i, i + TELL_BATCH);
      try {
        const items = slice.map((entry) => ({ message: entry.message, index: entry.index, evidence: evidenceOf(entry) }));
        await store.apply(items, now());
        for (const entry of slice) queue.giveBack(entry, now());
      } catch (error) {
        const again = this.#suspend(error);
        for (const entry of slice) queue.putOff(entry, again);
      }
    }
    this.stir();
  }

  /** Attempts that are not ours: where the lease has ended, their process is gone. */
  async #recover(entries: readonly Entry[]): Promise<void> {
    const { store, queue, now } = this.#o;
    for (const entry of entries) {
      const { message, index } = entry;
      try {
        const found = await store.record(message);
        const running = found?.recipients.find((recipient) => recipient.index === index)?.attempting;
        if (running != null && running.leaseUntil > now()) {
          queue.putOff(entry, running.leaseUntil);
          continue;
        }
        if (running != null) await store.apply([{ message, index, evidence: { kind: 'attempt-abandoned' } }], now());
        queue.giveBack(entry, now());
      } catch (error) {
        queue.putOff(entry, this.#suspend(error));
      }
    }
    this.stir();
  }

  // ── Our own trouble ──

  /** Nothing is begun for a while; gives the time at which to go on. */
  #suspend(error: unknown): number {
    const { now, log } = this.#o;
    if (this.#stopping) return now() + SUSPENSION.first;
    if (this.#suspendedUntil === 0) {
      log.error({ err: error }, 'delivery suspended, the store refuses: nothing is lost, and nothing bounces');
      this.#suspendedUntil = now() + this.#suspension;
      this.#suspension = Math.min(this.#suspension * 2, SUSPENSION.most);
      // The timer may be set for something that is due before: it comes, and finds us suspended.
      this.#arm();
    }
    return this.#suspendedUntil;
  }

  #resume(): void {
    this.#suspendedUntil = 0;
    for (const hop of this.#o.hops.all()) if (hop.turns.any || hop.claimed.length > 0) this.#o.queue.stirred.add(hop);
  }

  // ── Claiming ──

  #pump(hop: Hop): void {
    if (this.#stopping || this.#suspendedUntil > 0) return;
    const reason = holdReason(hop);
    if (reason !== null) {
      this.#hold(hop, reason);
      return;
    }
    this.#dispatch(hop);
    const own = this.#claimer.hasOwnPaths(hop);
    for (;;) {
      const lane = hop.turns.next((priority) => this.#room(hop, priority) > 0);
      if (lane === undefined) return;
      const entries = this.#o.queue.take(lane, own ? Math.min(this.#room(hop, lane.priority), RECIPIENTS_LIMIT) : RECIPIENTS_LIMIT);
      if (entries.length === 0) return;
      hop.rate?.hold();
      void this.#claim(hop, lane.priority, entries, own ? entries.length : 1);
    }
  }

  /** How many transactions of the class may be claimed for the hop now; where time alone is missing, the hop is woken. */
  #room(hop: Hop, priority: Priority): number {
    if (hop.paused !== null || this.#recorder.pending >= RECORDING_LIMIT) return 0;
    const time = this.#o.now();
    const freeAt = Math.max(hop.blockedUntil, hop.rate?.freeAt(time, priority) ?? 0);
    if (freeAt > time) {
      // Infinity: it is pumped when what is on its way has gone.
      if (Number.isFinite(freeAt) && (hop.place < 0 || freeAt < hop.key)) this.#wakes.set(hop, freeAt);
      return 0;
    }
    const room = hop.room(priority);
    if (room <= 0 || (hop.lines.size === 0 && !this.#lines.reserve(hop, priority))) return 0;
    return hop.rate === null ? room : 1;
  }

  async #claim(hop: Hop, priority: Priority, entries: readonly Entry[], transactions: number): Promise<void> {
    hop.claiming[priority] += transactions;
    const units = await this.#claimer.claim(hop, entries);
    hop.claiming[priority] -= transactions;
    if (units.length > 0) this.#suspension = SUSPENSION.first;
    else hop.rate?.giveBack();
    for (const unit of units) hop.claimed.push(unit);
    this.#dispatch(hop);
    this.#pump(hop);
    if (hop.claims === 0 && hop.claimed.length === 0) this.#lines.giveUpReserved(hop);
    this.#arm();
    this.#checkDrained();
  }

  #hold(hop: Hop, reason: string): void {
    const entries: Entry[] = [];
    while (entries.length < ADVANCE_LIMIT) {
      const lane = hop.turns.next(() => true);
      if (lane === undefined) break;
      entries.push(...this.#o.queue.take(lane, RECIPIENTS_LIMIT));
    }
    if (hop.turns.any) this.#wakes.set(hop, this.#o.now());
    if (entries.length > 0) void this.#tell(entries, () => ({ kind: 'held', reason }));
  }

  // ── Sending ──

  #dispatch(hop: Hop): void {
    if (this.#giveUp) this.#abandonClaimed(hop, 'relais stopped before this was tried');
    for (;;) {
      const unit = hop.claimed.next((priority) => hop.working < hop.windowFor(priority) && this.#lines.has(hop, priority));
      if (unit === undefined) return;
      const line = this.#lines.obtain(hop, priorityOfUnit(unit));
      if (line === undefined) {
        hop.claimed.putBack(unit);
        return;
      }
      void this.#work(hop, line, unit);
    }
  }

  /** Sends unit after unit over the line while there are some and it may be kept. */
  async #work(hop: Hop, line: Line, first: Unit): Promise<void> {
    line.idleSince = 0;
    let unit: Unit | undefined = first;
    while (unit !== undefined) {
      await this.#transmitter.transmit(hop, line, unit);
      unit = undefined;
      if (!hop.lines.has(line)) break;
      const spent = line.messages >= hop.route.limits.messagesPerConnection;
      if (line.session !== null && (spent || !line.session.usable)) await this.#lines.hangUp(line);
      if (this.#lines.yields(hop, line) || hop.lines.size > hop.window) {
        this.#lines.close(hop, line);
        break;
      }
      this.#pump(hop);
      unit = this.#nextOn(hop, line);
    }
    if (hop.lines.has(line)) {
      if (line.session?.usable === true && !this.#stopping) this.#lines.rest(hop, line);
      else this.#lines.close(hop, line);
    }
    this.#dispatch(hop);
    this.#pump(hop);
    this.#arm();
    this.#checkDrained();
  }

  /** What the line, which works, is to carry next. */
  #nextOn(hop: Hop, line: Line): Unit | undefined {
    const unit = hop.claimed.next((priority) => hop.working <= hop.windowFor(priority) && this.#lines.mayCarry(line, priority));
    if (unit !== undefined) this.#lines.carries(line, priorityOfUnit(unit));
    return unit;
  }

  /** What was claimed and can not be tried now goes back, its attempt ended without a dial. */
  #abandonClaimed(hop: Hop, reason: string): void {
    const outcome = outcomeOfHopFailure({ phase: 'connect', reply: null, error: reason });
    for (const unit of hop.claimed.drain()) {
      hop.rate?.giveBack();
      this.#recorder.recordAll(hop, unit, outcome);
    }
  }

  #recorded(): void {
    if (this.#recorder.pending === RECORDING_LIMIT - 1) for (const hop of this.#o.hops.all()) this.#o.queue.stirred.add(hop);
    this.stir();
    this.#checkDrained();
  }

  // ── Stopping ──

  /** No new claims; what runs may end within `graceMs`, then its connection is dropped. All outcomes are recorded. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#lines.stop();
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    this.#checkDrained();
    const grace = setTimeout(() => this.#endGrace(), graceMs);
    await drained;
    clearTimeout(grace);
    await this.#o.records.close(this.#o.hops.all());
  }

  #endGrace(): void {
    this.#giveUp = true;
    this.#recorder.giveUp = true;
    for (const hop of this.#o.hops.all()) this.#abandonClaimed(hop, 'relais stopped before this was tried');
    this.#transmitter.giveUp();
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#drained === null || this.#transmitter.running > 0 || this.#recorder.pending > 0) return;
    for (const hop of this.#o.hops.all()) if (hop.claims > 0 || hop.claimed.length > 0 || hop.working > 0) return;
    this.#drained();
  }
}
