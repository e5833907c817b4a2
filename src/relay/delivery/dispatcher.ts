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
import type { Attempt } from '../../domain/recipient.ts';
import type { Reply } from '../../domain/reply.ts';
import type { DeliverySettings } from '../../domain/settings.ts';
import { Claimer } from './claimer.ts';
import type { Entry } from './entry.ts';
import { Heap } from './heap.ts';
import type { Hop, Line } from './hop.ts';
import { type Hops, holdReason } from './hops.ts';
import { LinePool } from './line-pool.ts';
import { type HopFailure, outcomeOfFault, outcomeOfHopFailure, outcomeOfRefusal } from './outcome.ts';
import type { Queue } from './queue.ts';
import { Recorder } from './recorder.ts';
import { hopAnswered, hopFault, isStale, sendUnit } from './send-unit.ts';
import { DomainRefused, HopUnreachable } from './sessions.ts';
import type { SmtpSession } from './smtp-client.ts';
import type { ReturnPaths, Unit } from './unit.ts';

export interface DispatcherOptions {
  readonly settings: DeliverySettings;
  readonly paths: ReturnPaths;
  readonly store: Store;
  readonly queue: Queue;
  readonly hops: Hops;
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
/** A line that others wait for is given up after so many messages. */
const LINE_TURN = 20;
const SUSPENSION = { first: 500, most: 30_000 } as const;
const TIMER_LIMIT = 3_600_000;
/** The attempt ends so long before its lease does. */
const LEASE_MARGIN = 1_000;

export class Dispatcher {
  readonly #o: DispatcherOptions;
  readonly #claimer: Claimer;
  readonly #recorder: Recorder;
  readonly #lines: LinePool;
  readonly #wakes = new Heap<Hop>();
  readonly #running = new Set<AbortController>();
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
    const { settings, paths, store, queue, hops, now, random, log } = options;
    const onTrouble = (error: unknown): number => this.#suspend(error);
    const onSettled = (): void => this.#recorded();
    this.#recorder = new Recorder({ settings, store, queue, now, random, log, onTrouble, onSettled });
    this.#claimer = new Claimer({ settings, paths, store, queue, recorder: this.#recorder, now, random, log, onTrouble });
    this.#lines = new LinePool({ limit: settings.connections, hops, now, onFree: (hop) => this.#pump(hop) });
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
    if (expired.length > 0) void this.#tell(expired, { kind: 'expired' });
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
  async #tell(entries: readonly Entry[], evidence: EvidenceItem['evidence']): Promise<void> {
    const { store, queue, now } = this.#o;
    for (let i = 0; i < entries.length; i += TELL_BATCH) {
      const slice = entries.slice(i, i + TELL_BATCH);
      try {
        const items = slice.map(({ message, index }) => ({ message, index, evidence }));
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
    for (const hop of this.#o.hops.all()) if (hop.ready || hop.claimed.length > 0) this.#o.queue.stirred.add(hop);
  }

  // ── Claiming ──

  #pump(hop: Hop): void {
    const { queue, now } = this.#o;
    if (this.#stopping || this.#suspendedUntil > 0) return;
    const reason = holdReason(hop);
    if (reason !== null) {
      this.#hold(hop, reason);
      return;
    }
    this.#dispatch(hop);
    const own = this.#claimer.hasOwnPaths(hop);
    for (let room = this.#room(hop); room > 0; room = this.#room(hop)) {
      hop.rate?.take(now());
      const entries = queue.take(hop, own ? Math.min(room, RECIPIENTS_LIMIT) : RECIPIENTS_LIMIT);
      if (entries.length === 0) return;
      void this.#claim(hop, entries, own ? entries.length : 1);
    }
  }

  /** How many transactions may be claimed for the hop now; where time alone is missing, the hop is woken. */
  #room(hop: Hop): number {
    if (!hop.ready || hop.paused !== null || this.#recorder.pending >= RECORDING_LIMIT) return 0;
    const time = this.#o.now();
    const freeAt = Math.max(hop.blockedUntil, hop.rate?.freeAt() ?? 0);
    if (freeAt > time) {
      this.#wakes.set(hop, freeAt);
      return 0;
    }
    const room = hop.window + hop.ahead - hop.working - hop.claimed.length - hop.claiming;
    if (room <= 0 || (hop.lines.size === 0 && !this.#lines.mayOpen(hop))) return 0;
    return hop.rate === null ? room : 1;
  }

  async #claim(hop: Hop, entries: readonly Entry[], transactions: number): Promise<void> {
    hop.claiming += transactions;
    const units = await this.#claimer.claim(hop, entries);
    hop.claiming -= transactions;
    if (units.length > 0) this.#suspension = SUSPENSION.first;
    hop.claimed.push(...units);
    this.#dispatch(hop);
    this.#pump(hop);
    this.#arm();
    this.#checkDrained();
  }

  #hold(hop: Hop, reason: string): void {
    const entries: Entry[] = [];
    while (hop.ready && entries.length < ADVANCE_LIMIT) entries.push(...this.#o.queue.take(hop, RECIPIENTS_LIMIT));
    if (hop.ready) this.#wakes.set(hop, this.#o.now());
    if (entries.length > 0) void this.#tell(entries, { kind: 'held', reason });
  }

  // ── Sending ──

  #dispatch(hop: Hop): void {
    if (this.#giveUp) this.#abandonClaimed(hop, 'relais stopped before this was tried');
    while (hop.claimed.length > 0) {
      const line = this.#lines.obtain(hop);
      if (line === undefined) return;
      const unit = hop.claimed.shift();
      if (unit !== undefined) void this.#work(hop, line, unit);
    }
  }

  /** Sends unit after unit over the line while there are some and it may be kept. */
  async #work(hop: Hop, line: Line, first: Unit): Promise<void> {
    line.idleSince = 0;
    let unit: Unit | undefined = first;
    while (unit !== undefined) {
      await this.#transmit(hop, line, unit);
      unit = undefined;
      if (!hop.lines.has(line)) break;
      const spent = line.messages >= hop.route.limits.messagesPerConnection;
      if (line.session !== null && (spent || !line.session.usable)) this.#lines.hangUp(line);
      const owed = this.#lines.contended && (hop.lines.size > 1 || line.messages % LINE_TURN === 0);
      if (owed || hop.lines.size > hop.window) {
        this.#lines.close(hop, line);
        break;
      }
      this.#pump(hop);
      unit = hop.claimed.shift();
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

  /** Sends one unit under its deadline, and records what came of it. Never rejects. */
  async #transmit(hop: Hop, line: Line, unit: Unit): Promise<void> {
    const { settings, now, log } = this.#o;
    const startedAt = now();
    const limit = Math.min(settings.attemptTimeout, unit.leaseUntil - startedAt - LEASE_MARGIN);
    if (limit < settings.attemptTimeout / 2) {
      // Claimed ahead of a hop that then became slow: what is left of the lease is no fair time.
      this.#recorder.recordAll(hop, unit, outcomeOfHopFailure({ phase: 'connect', reply: null, error: 'no connection was free in time' }));
      return;
    }
    if (line.controller.signal.aborted) line.controller = new AbortController();
    const { controller } = line;
    this.#running.add(controller);
    const timer = setTimeout(() => controller.abort(new Error(`the attempt took longer than ${limit} ms`)), limit);
    try {
      await this.#attempt(hop, line, unit, startedAt);
    } catch (error) {
      if (error instanceof HopUnreachable) this.#unreachable(hop, line, unit, error, startedAt);
      else if (error instanceof DomainRefused) {
        const { reply, category, addressInvalid } = error;
        hop.lastError = error.message;
        this.#lines.close(hop, line);
        this.#recorder.recordAll(hop, unit, outcomeOfRefusal({ reply, category, addressInvalid, phase: 'dns' }));
      } else {
        log.error({ err: error, message: unit.message.id, nextHop: hop.name }, 'delivery: a fault of ours ended the attempt');
        line.session?.destroy();
        this.#recorder.recordAll(hop, unit, outcomeOfFault(error));
      }
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
    }
  }

  async #attempt(hop: Hop, line: Line, unit: Unit, startedAt: number): Promise<void> {
    const { signal } = line.controller;
    let session = await this.#sessionOf(hop, line, signal);
    let sent = await sendUnit(session, unit, hop.kind, signal);
    if (line.messages > 0 && isStale(sent.result)) {
      session.destroy();
      session = await this.#sessionOf(hop, line, signal);
      sent = await sendUnit(session, unit, hop.kind, signal);
    }
    const fault = hopFault(sent, line.messages === 0);
    line.messages++;
    hop.lastReply = sent.outcomes.findLast(({ reply }) => reply !== null)?.reply ?? hop.lastReply;
    if (fault !== undefined && !signal.aborted) this.#block(hop, fault, startedAt);
    else if (hopAnswered(sent)) this.#succeeded(hop, startedAt);
    const held = sent.result?.error?.kind === 'unclean' ? sent.result.error.message : null;
    this.#recorder.record(hop, unit, sent.outcomes, { address: session.address, tls: session.tls, held });
  }

  /** The line's session, dialled where there is none. */
  async #sessionOf(hop: Hop, line: Line, signal: AbortSignal): Promise<SmtpSession> {
    if (line.session?.usable === true) return line.session;
    line.session?.destroy();
    line.session = null;
    line.messages = 0;
    line.session = await hop.open(signal);
    return line.session;
  }

  // ── How hops stand ──

  #unreachable(hop: Hop, line: Line, unit: Unit, error: HopUnreachable, startedAt: number): void {
    this.#lines.close(hop, line);
    const live = [...hop.lines].filter(({ session }) => session?.usable === true).length;
    if (live > 0 && !this.#giveUp && (error.phase === 'connect' || error.phase === 'greeting')) {
      hop.narrow(live, this.#o.now());
      hop.claimed.unshift(unit);
      return;
    }
    const failure: HopFailure = { phase: error.phase, reply: error.reply, error: error.message };
    if (!this.#giveUp) this.#block(hop, failure, startedAt);
    this.#recorder.recordAll(hop, unit, outcomeOfHopFailure(failure), { address: error.address, tls: null, held: null });
  }

  #block(hop: Hop, failure: HopFailure, startedAt: number): void {
    const { settings, now, random, log } = this.#o;
    const fresh = hop.block(failure, startedAt, now(), settings.retry, random());
    this.#wakes.set(hop, hop.blockedUntil);
    if (fresh) {
      log.warn({ nextHop: hop.name, phase: failure.phase, reason: failure.error }, 'next hop blocked: its mail waits, none is failed');
      this.#announce('queue.blocked', hop, failure.reply, failure.error);
    }
    this.#abandonClaimed(hop, `not tried: ${failure.error}`);
  }

  /** What was claimed and can not be tried now goes back, its attempt ended without a dial. */
  #abandonClaimed(hop: Hop, reason: string): void {
    const outcome = outcomeOfHopFailure({ phase: 'connect', reply: null, error: reason });
    for (const unit of hop.claimed.splice(0)) this.#recorder.recordAll(hop, unit, outcome);
  }

  #succeeded(hop: Hop, startedAt: number): void {
    const time = this.#o.now();
    if (!hop.succeeded(time - startedAt, time)) return;
    this.#o.log.info({ nextHop: hop.name }, 'next hop recovered');
    this.#announce('queue.recovered', hop, null, null);
  }

  #announce(type: 'queue.blocked' | 'queue.recovered', hop: Hop, reply: Reply | null, reason: string | null): void {
    const { store, now, log } = this.#o;
    const event = { type, nextHop: hop.name, ...(reply === null ? {} : { reply }), ...(reason === null ? {} : { reason }) };
    store.appendEvent(event, now()).catch((error: unknown) => log.error({ err: error, ...event }, 'an event could not be recorded'));
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
  }

  #endGrace(): void {
    this.#giveUp = true;
    this.#recorder.giveUp = true;
    for (const hop of this.#o.hops.all()) this.#abandonClaimed(hop, 'relais stopped before this was tried');
    for (const controller of this.#running) controller.abort(new Error('relais stopped'));
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#drained === null || this.#running.size > 0 || this.#recorder.pending > 0) return;
    for (const hop of this.#o.hops.all()) if (hop.claiming > 0 || hop.claimed.length > 0 || hop.working > 0) return;
    this.#drained();
  }
}
