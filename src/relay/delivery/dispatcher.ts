/**
 * Works the queue off: claims what is ready, sends it over lines to the next hops, and commits what
 * came of it. One timer for all that is due.
 *
 *     queue -> claim (durable) -> content (verified) -> line -> outcome -> store.apply (durable)
 *
 * Claims run one message ahead of each line, so that a connection does not wait for the disk; a line
 * is free for the next as soon as the reply is there, while the outcome is being committed.
 *
 * Upstream: Queue, filled by the store. Downstream: the store and sessions with next hops.
 * Standards: RFC 5321 §4.5.4.1 (retries, one look at a hop that is down rather than many).
 * Failure: a hop that refuses us is left alone as a whole, and no recipient fails for it. A store
 * that refuses suspends everything. A bug of ours ends the attempt as `internal`, and is logged.
 */
import { StoreError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { Claim, EvidenceItem, Store } from '../../domain/ports.ts';
import type { Attempt, AttemptTls, RecipientRecord } from '../../domain/recipient.ts';
import { formatReply, type Reply } from '../../domain/reply.ts';
import { retryDelay } from '../../domain/retry.ts';
import type { DeliverySettings } from '../../domain/settings.ts';
import { transactionCommands } from './commands.ts';
import { UncleanContent } from './dot-stuffing.ts';
import type { Entry } from './entry.ts';
import { Heap } from './heap.ts';
import type { Hop, Line } from './hop.ts';
import { type Hops, holdReason } from './hops.ts';
import {
  type HopFailure,
  outcomeOfFault,
  outcomeOfHopFailure,
  outcomeOfRefusal,
  outcomesOf,
  type RecipientOutcome,
  type TransactionResult,
} from './outcome.ts';
import type { Queue } from './queue.ts';
import { DomainRefused, HopUnreachable } from './sessions.ts';
import type { SmtpSession } from './smtp-client.ts';
import { attemptEnded, envelopeOf, heldItems, prepareContent, type ReturnPaths, type Unit, unitsOf } from './unit.ts';

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
const HELD_BATCH = 500;
/** Outcomes on their way to the store, past which nothing new is claimed. */
const COMMIT_LIMIT = 2_000;
const IDLE_LIFETIME = 5_000;
const IDLE_SWEEP = 1_000;
/** A line that others wait for is given up after so many messages. */
const LINE_TURN = 20;
const SUSPENSION = { first: 500, most: 30_000 } as const;
const COMMIT_RETRY = { first: 100, most: 5_000 } as const;
const TIMER_LIMIT = 3_600_000;
/** The attempt ends so long before its lease does. */
const LEASE_MARGIN = 1_000;

export class Dispatcher {
  readonly #o: DispatcherOptions;
  readonly #wakes = new Heap<Hop>();
  readonly #starved = new Set<Hop>();
  readonly #running = new Set<AbortController>();
  readonly #commits = new Set<Promise<void>>();
  #lineCount = 0;
  #stopping = false;
  /** No grace is left: what is not on the wire is given up. */
  #giveUp = false;
  #suspendedUntil = 0;
  #suspension: number = SUSPENSION.first;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #idleTimer: NodeJS.Timeout | null = null;
  #drained: (() => void) | null = null;
  onAttempt: ((attempt: Attempt) => void) | null = null;

  constructor(options: DispatcherOptions) {
    this.#o = options;
  }

  /** Running, and the store takes what we tell it. */
  get up(): boolean {
    return !this.#stopping && this.#suspendedUntil === 0;
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

  #arm(): void {
    if (this.#stopping) return;
    const at = Math.max(this.#suspendedUntil, Math.min(this.#o.queue.nextAt, this.#wakes.peek()?.key ?? Number.POSITIVE_INFINITY));
    if (at >= this.#timerAt || at === Number.POSITIVE_INFINITY) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#tick(), Math.min(TIMER_LIMIT, Math.max(0, at - this.#o.now())));
  }

  #tick(): void {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    if (this.#stopping) return;
    const { queue, now } = this.#o;
    if (this.#suspendedUntil > now()) {
      this.#arm();
      return;
    }
    if (this.#suspendedUntil > 0) this.#resume();
    const { expired, foreign } = queue.advance(now(), ADVANCE_LIMIT);
    if (expired.length > 0) void this.#tell(expired, () => ({ kind: 'expired' }));
    if (foreign.length > 0) void this.#recover(foreign);
    for (let hop = this.#wakes.peek(); hop !== undefined && hop.key <= now(); hop = this.#wakes.peek()) {
      this.#wakes.remove(hop);
      queue.stirred.add(hop);
    }
    this.stir();
  }

  /** Tells the store of recipients that are not being tried: expired, held. */
  async #tell(entries: readonly Entry[], evidence: (entry: Entry) => EvidenceItem['evidence']): Promise<void> {
    const { store, queue, now } = this.#o;
    try {
      for (let i = 0; i < entries.length; i += HELD_BATCH) {
        const slice = entries.slice(i, i + HELD_BATCH);
        await store.apply(
          slice.map((entry) => ({ message: entry.message, index: entry.index, evidence: evidence(entry) })),
          now(),
        );
        for (const entry of slice) queue.giveBack(entry, now());
      }
    } catch (error) {
      this.#suspend(error);
      for (const entry of entries) queue.putOff(entry, this.#suspendedUntil);
    }
    this.stir();
  }

  /** Attempts that are not ours: where the lease has ended, their process is gone. */
  async #recover(entries: readonly Entry[]): Promise<void> {
    const { store, queue, now } = this.#o;
    for (const entry of entries) {
      try {
        const found = await store.record(entry.message);
        const running = found?.recipients.find(({ index }) => index === entry.index)?.attempting;
        if (running != null && running.leaseUntil > now()) queue.putOff(entry, running.leaseUntil);
        else {
          if (running != null) {
            await store.apply([{ message: entry.message, index: entry.index, evidence: { kind: 'attempt-abandoned' } }], now());
          }
          queue.giveBack(entry, now());
        }
      } catch (error) {
        this.#suspend(error);
        queue.putOff(entry, this.#suspendedUntil);
      }
    }
    this.stir();
  }

  // ── Our own trouble ──

  #suspend(error: unknown): void {
    const { now, log } = this.#o;
    if (this.#stopping) return;
    if (this.#suspendedUntil === 0) log.error({ err: error }, 'delivery suspended: the store refuses; nothing is lost or bounced');
    this.#suspendedUntil = now() + this.#suspension;
    this.#suspension = Math.min(this.#suspension * 2, SUSPENSION.most);
    this.#arm();
  }

  #resume(): void {
    this.#suspendedUntil = 0;
    for (const hop of this.#o.hops.all()) if (hop.ready || hop.claimed.length > 0) this.#o.queue.stirred.add(hop);
  }

  #fine(): void {
    this.#suspension = SUSPENSION.first;
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
    const verp = this.#hasOwnPaths(hop);
    for (let room = this.#room(hop); room > 0; room = this.#room(hop)) {
      hop.rate?.take(now());
      const entries = queue.take(hop, verp ? Math.min(room, RECIPIENTS_LIMIT) : RECIPIENTS_LIMIT);
      if (entries.length === 0) return;
      const count = verp ? entries.length : 1;
      hop.claiming += count;
      void this.#begin(hop, entries, verp).finally(() => {
        hop.claiming -= count;
        this.#pump(hop);
        this.#arm();
        this.#checkDrained();
      });
    }
  }

  /** How many transactions may be claimed for the hop now; where time alone is missing, the hop is woken. */
  #room(hop: Hop): number {
    if (!hop.ready || hop.paused || this.#commits.size >= COMMIT_LIMIT) return 0;
    const time = this.#o.now();
    const freeAt = Math.max(hop.blockedUntil, hop.rate?.freeAt() ?? 0);
    if (freeAt > time) {
      this.#wakes.set(hop, freeAt);
      return 0;
    }
    const room = hop.window + hop.ahead - hop.working - hop.claimed.length - hop.claiming;
    if (room <= 0 || (hop.lines.size === 0 && !this.#mayOpen(hop))) return 0;
    return hop.rate === null ? room : 1;
  }

  #hasOwnPaths(hop: Hop): boolean {
    const { domain, key } = this.#o.paths;
    return hop.route.returnPath === 'verp' && domain !== null && key !== undefined;
  }

  #hold(hop: Hop, reason: string): void {
    const entries: Entry[] = [];
    while (hop.ready && entries.length < ADVANCE_LIMIT) entries.push(...this.#o.queue.take(hop, RECIPIENTS_LIMIT));
    if (hop.ready) this.#wakes.set(hop, this.#o.now());
    if (entries.length > 0) void this.#tell(entries, () => ({ kind: 'held', reason }));
  }

  /** Commits that the attempt begins, then gets the content: nothing is dialled before. */
  async #begin(hop: Hop, entries: readonly Entry[], verp: boolean): Promise<void> {
    const { store, queue, settings, now, random } = this.#o;
    const time = now();
    const first = entries[0];
    if (first === undefined) return;
    const leaseUntil = time + settings.lease;
    const retryAt = Math.max(leaseUntil, time + retryDelay(settings.retry, first.attempts + 1, random()));
    let claim: Claim;
    try {
      claim = await store.claim({
        message: first.message,
        indexes: entries.map(({ index }) => index),
        nextHop: hop.name,
        leaseUntil,
        retryAt,
        now: time,
      });
      this.#fine();
    } catch (error) {
      if (error instanceof StoreError && error.code === 'not-found') {
        for (const entry of entries) queue.putOff(entry, now() + SUSPENSION.most);
        return;
      }
      this.#suspend(error);
      for (const entry of entries) queue.putOff(entry, Math.max(this.#suspendedUntil, now()));
      return;
    }
    const claimed = new Set(claim.recipients.map(({ index }) => index));
    // Changed meanwhile: its change has come, or is about to; a moment keeps us from asking in a circle.
    for (const entry of entries) if (!claimed.has(entry.index)) queue.putOff(entry, now() + SUSPENSION.first);
    if (claim.recipients.length === 0) return;
    hop.claimed.push(...(await this.#prepare(hop, claim, entries, { verp, paths: this.#o.paths, leaseUntil })));
    this.#dispatch(hop);
  }

  /** The transactions, with the content as the store verified it. What must not go out is held. */
  async #prepare(hop: Hop, claim: Claim, entries: readonly Entry[], how: Parameters<typeof unitsOf>[3]): Promise<readonly Unit[]> {
    const { store, log } = this.#o;
    const { message } = claim;
    try {
      return unitsOf(claim, entries, prepareContent(message, await store.content(message.id)), how);
    } catch (error) {
      log.error({ err: error, message: message.id }, 'the content of a message can not be sent');
      const recipients = claim.recipients.flatMap((record) => {
        const entry = entries.find(({ index }) => index === record.index);
        return entry === undefined ? [] : [{ record, entry }];
      });
      const held = reasonToHold(error);
      this.#commit(
        hop,
        { message, recipients },
        recipients.map(() => outcomeOfFault(error)),
        { address: null, tls: null, held },
      );
      return [];
    }
  }

  // ── Lines ──

  /** Whether one more connection fits under the limit of all together; an idle one of another hop makes room. */
  #mayOpen(hop: Hop): boolean {
    if (this.#lineCount < this.#o.settings.connections) return true;
    for (const other of this.#o.hops.all()) {
      const line = other === hop ? undefined : other.idle.shift();
      if (line === undefined) continue;
      this.#dropLine(other, line);
      return true;
    }
    this.#starved.add(hop);
    return false;
  }

  #dispatch(hop: Hop): void {
    while (hop.claimed.length > 0) {
      if (this.#giveUp) {
        this.#abandonClaimed(hop, 'relais stopped before this was tried');
        return;
      }
      let line = hop.idle.pop();
      if (line === undefined) {
        if (hop.lines.size >= hop.window || !this.#mayOpen(hop)) return;
        line = { session: null, controller: new AbortController(), messages: 0, idleSince: 0 };
        hop.lines.add(line);
        this.#lineCount++;
      }
      const unit = hop.claimed.shift();
      if (unit === undefined) return;
      void this.#work(hop, line, unit);
    }
  }

  async #work(hop: Hop, line: Line, first: Unit): Promise<void> {
    line.idleSince = 0;
    let unit: Unit | undefined = first;
    while (unit !== undefined) {
      await this.#transmit(hop, line, unit);
      if (!hop.lines.has(line)) break;
      const limit = hop.route.limits.messagesPerConnection;
      if (line.session !== null && (line.messages >= limit || !line.session.usable)) this.#hangUp(line);
      if (this.#starved.size > 0 && (hop.lines.size > 1 || line.messages % LINE_TURN === 0)) break;
      if (hop.lines.size > hop.window) break;
      this.#pump(hop);
      unit = hop.claimed.shift();
    }
    if (hop.lines.has(line)) {
      if (unit === undefined && line.session?.usable === true && !this.#stopping) this.#rest(hop, line);
      else this.#closeLine(hop, line);
    }
    this.#pump(hop);
    this.#arm();
    this.#checkDrained();
  }

  #rest(hop: Hop, line: Line): void {
    line.idleSince = this.#o.now();
    hop.idle.push(line);
    this.#idleTimer ??= setTimeout(() => this.#sweepIdle(), IDLE_SWEEP);
  }

  #sweepIdle(): void {
    this.#idleTimer = null;
    const before = this.#o.now() - IDLE_LIFETIME;
    let left = 0;
    for (const hop of this.#o.hops.all()) {
      while (hop.idle[0] !== undefined && (hop.idle[0].idleSince <= before || hop.idle[0].session?.usable !== true)) {
        const line = hop.idle.shift();
        if (line !== undefined) this.#closeLine(hop, line);
      }
      left += hop.idle.length;
    }
    if (left > 0) this.#idleTimer = setTimeout(() => this.#sweepIdle(), IDLE_SWEEP);
    this.#o.hops.prune(() => new Set([...this.#o.queue.entries()].map(({ lane }) => lane.hop)));
  }

  #hangUp(line: Line): void {
    line.session?.quit();
    line.session = null;
    line.messages = 0;
  }

  #dropLine(hop: Hop, line: Line): void {
    this.#hangUp(line);
    if (hop.lines.delete(line)) this.#lineCount--;
  }

  /** Gives the line up; the hop that waited longest for one gets it. */
  #closeLine(hop: Hop, line: Line): void {
    this.#dropLine(hop, line);
    const [waiting] = this.#starved;
    if (waiting === undefined) return;
    this.#starved.delete(waiting);
    this.#pump(waiting);
  }

  // ── Sending ──

  /** Sends one unit and commits what came of it; never rejects. */
  async #transmit(hop: Hop, line: Line, unit: Unit): Promise<void> {
    const { settings, now, log } = this.#o;
    if (line.controller.signal.aborted) line.controller = new AbortController();
    const { controller } = line;
    this.#running.add(controller);
    const startedAt = now();
    const deadline = Math.min(settings.attemptTimeout, unit.leaseUntil - startedAt - LEASE_MARGIN);
    const timer = setTimeout(() => controller.abort(new Error(`the attempt took longer than ${deadline} ms`)), Math.max(1, deadline));
    try {
      await this.#attempt(hop, line, unit, controller.signal, startedAt);
    } catch (error) {
      if (error instanceof DomainRefused) {
        hop.lastError = error.message;
        this.#closeLine(hop, line);
        this.#commitAll(hop, unit, outcomeOfRefusal({ ...refusalOf(error), phase: 'dns' }));
      } else if (error instanceof HopUnreachable) this.#unreachable(hop, line, unit, error, startedAt);
      else {
        log.error({ err: error, message: unit.message.id, nextHop: hop.name }, 'delivery: a fault of ours ended the attempt');
        this.#hangUp(line);
        this.#commitAll(hop, unit, outcomeOfFault(error));
      }
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
    }
  }

  async #attempt(hop: Hop, line: Line, unit: Unit, signal: AbortSignal, startedAt: number): Promise<void> {
    let session = await this.#sessionOf(hop, line, signal);
    let sent = await sendUnit(session, unit, signal);
    if (line.messages > 0 && isStale(sent.result)) {
      // The hop had closed a connection it was tired of: not an answer to this message.
      session.destroy();
      line.session = null;
      session = await this.#sessionOf(hop, line, signal);
      sent = await sendUnit(session, unit, signal);
    }
    const fresh = line.messages === 0;
    line.messages++;
    const { outcomes, result } = sent;
    const fault = result === null ? undefined : hopFault(outcomes, result, fresh);
    if (fault !== undefined && !signal.aborted) this.#block(hop, fault, startedAt);
    else if (result !== null && outcomes.some(({ reply, infrastructure }) => reply !== null && !infrastructure))
      this.#succeeded(hop, startedAt);
    hop.lastReply = outcomes.findLast(({ reply }) => reply !== null)?.reply ?? hop.lastReply;
    const held = result?.error?.kind === 'unclean' ? result.error.message : null;
    this.#commit(hop, unit, outcomes, { address: session.address, tls: session.tls, held });
  }

  /** The line's session, dialled where there is none. */
  async #sessionOf(hop: Hop, line: Line, signal: AbortSignal): Promise<SmtpSession> {
    if (line.session?.usable === true) return line.session;
    line.session?.destroy();
    line.messages = 0;
    line.session = null;
    const session = await hop.open(signal);
    line.session = session;
    return session;
  }

  #unreachable(hop: Hop, line: Line, unit: Unit, error: HopUnreachable, startedAt: number): void {
    this.#closeLine(hop, line);
    const live = [...hop.lines].filter(({ session }) => session?.usable === true).length;
    if (live > 0 && !this.#giveUp && (error.phase === 'connect' || error.phase === 'greeting')) {
      hop.narrow(live, this.#o.now());
      hop.claimed.unshift(unit);
      return;
    }
    const failure: HopFailure = { phase: error.phase, reply: error.reply, error: error.message };
    if (!this.#giveUp) this.#block(hop, failure, startedAt);
    this.#commitAll(hop, unit, outcomeOfHopFailure(failure), error.address);
  }

  #block(hop: Hop, failure: HopFailure, startedAt: number): void {
    const { settings, now, random, log } = this.#o;
    const time = now();
    const fresh = hop.block(failure, startedAt, time, settings.retry, random());
    this.#wakes.set(hop, hop.blockedUntil);
    if (fresh) {
      log.warn({ nextHop: hop.name, phase: failure.phase, reason: failure.error }, 'next hop blocked: its mail waits, none is failed');
      this.#announce('queue.blocked', hop, failure.reply, failure.error);
    }
    this.#abandonClaimed(hop, `not tried: ${failure.error}`);
  }

  /** What was claimed and can not be tried now goes back, its attempt ended without a dial. */
  #abandonClaimed(hop: Hop, reason: string): void {
    for (const unit of hop.claimed.splice(0)) {
      this.#commitAll(hop, unit, outcomeOfHopFailure({ phase: 'connect', reply: null, error: reason }));
    }
  }

  #succeeded(hop: Hop, startedAt: number): void {
    const time = this.#o.now();
    if (!hop.succeeded(time - startedAt, time)) return;
    this.#o.log.info({ nextHop: hop.name }, 'next hop recovered');
    this.#announce('queue.recovered', hop, null, null);
  }

  #announce(type: 'queue.blocked' | 'queue.recovered', hop: Hop, reply: Reply | null, reason: string | null): void {
    const { store, now, log } = this.#o;
    store
      .appendEvent({ type, nextHop: hop.name, ...(reply === null ? {} : { reply }), ...(reason === null ? {} : { reason }) }, now())
      .catch((error: unknown) => log.error({ err: error, type, nextHop: hop.name }, 'an event could not be recorded'));
  }

  // ── Outcomes ──

  #commitAll(hop: Hop, unit: Unit, outcome: RecipientOutcome, address: string | null = null): void {
    this.#commit(
      hop,
      unit,
      unit.recipients.map(() => outcome),
      { address, tls: null, held: null },
    );
  }

  /** All results of one transaction in one call, which the store groups with others. */
  #commit(
    hop: Hop,
    unit: Pick<Unit, 'message' | 'recipients'>,
    outcomes: readonly RecipientOutcome[],
    how: { readonly address: string | null; readonly tls: AttemptTls | null; readonly held: string | null },
  ): void {
    const { now, log } = this.#o;
    const time = now();
    const items: EvidenceItem[] = [];
    for (const [i, { record }] of unit.recipients.entries()) {
      const outcome = outcomes[i] ?? outcomeOfFault('no outcome');
      const retryAt = this.#retryAt(hop, record, outcome, time);
      const ended = attemptEnded({ record, outcome, nextHop: hop.name, hop: hop.kind, ...how, now: time, retryAt });
      const item = { message: unit.message.id, index: record.index };
      if (how.held !== null && outcome.outcome === 'internal') items.push(...heldItems(ended, item, how.held));
      else items.push({ ...item, evidence: ended });
      this.onAttempt?.(ended.attempt);
      if (outcome.outcome !== 'transferred') {
        const said = outcome.reply === null ? outcome.error : formatReply(outcome.reply);
        log.info(
          { message: item.message, index: item.index, nextHop: hop.name, outcome: outcome.outcome, phase: outcome.phase, said },
          'attempt ended',
        );
      }
    }
    const commit = this.#applied(
      items,
      unit.recipients.map(({ entry }) => entry),
    );
    this.#commits.add(commit);
    void commit.finally(() => {
      this.#commits.delete(commit);
      if (this.#commits.size === COMMIT_LIMIT - 1) for (const other of this.#o.hops.all()) this.#o.queue.stirred.add(other);
      this.stir();
      this.#checkDrained();
    });
  }

  #retryAt(hop: Hop, record: RecipientRecord, outcome: RecipientOutcome, time: number): number {
    const { settings, random } = this.#o;
    // Stopped by us: at once when we are back, unless it may have arrived.
    if (this.#giveUp && outcome.reply === null && !outcome.ambiguous) return time;
    if (outcome.infrastructure && hop.blockedUntil > time) return hop.blockedUntil;
    return time + retryDelay(settings.retry, record.attempts, random());
  }

  /** Until the store has it: what a next hop answered is not to be lost to a passing fault of ours. */
  async #applied(items: readonly EvidenceItem[], entries: readonly Entry[]): Promise<void> {
    const { store, queue, now, log } = this.#o;
    for (let wait: number = COMMIT_RETRY.first; ; wait = Math.min(wait * 2, COMMIT_RETRY.most)) {
      try {
        await store.apply(items, now());
        for (const entry of entries) queue.giveBack(entry, now());
        return;
      } catch (error) {
        this.#suspend(error);
        const final = error instanceof StoreError && (error.code === 'poisoned' || error.code === 'closed');
        if (final || this.#giveUp) {
          log.error(
            { err: error, message: items[0]?.message },
            'an outcome could not be recorded; at the next start the attempt counts as unanswered',
          );
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  // ── Control ──

  /** Works the hop off again after a person changed how it stands. */
  wake(hop: Hop): void {
    this.#wakes.remove(hop);
    this.#o.queue.stirred.add(hop);
    this.stir();
  }

  /** No new claims; what runs may end within `graceMs`, then its connection is dropped. Commits all outcomes. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const timer of [this.#timer, this.#idleTimer]) if (timer !== null) clearTimeout(timer);
    for (const hop of this.#o.hops.all()) for (const line of hop.idle.splice(0)) this.#closeLine(hop, line);
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
    for (const hop of this.#o.hops.all()) this.#abandonClaimed(hop, 'relais stopped before this was tried');
    for (const controller of this.#running) controller.abort(new Error('relais stopped'));
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#drained === null || this.#running.size > 0 || this.#commits.size > 0) return;
    for (const hop of this.#o.hops.all()) if (hop.claiming > 0 || hop.claimed.length > 0 || hop.working > 0) return;
    this.#drained();
  }
}

/** Content that must never go out as it is: a person has to look at it. Null: a fault that may pass. */
function reasonToHold(error: unknown): string | null {
  if (error instanceof UncleanContent) return error.message;
  if (!(error instanceof StoreError)) return null;
  if (error.code === 'corrupt') return 'the stored content does not match its SHA-256: quarantined, not to be forwarded';
  return error.code === 'erased' ? 'the content was erased before it could be forwarded' : null;
}

function refusalOf({ reply, category, addressInvalid }: DomainRefused): Pick<DomainRefused, 'reply' | 'category' | 'addressInvalid'> {
  return { reply, category, addressInvalid };
}

/** Runs the transaction for those recipients this session can carry. `result` null: there were none. */
async function sendUnit(
  session: SmtpSession,
  unit: Unit,
  signal: AbortSignal,
): Promise<{ readonly outcomes: readonly RecipientOutcome[]; readonly result: TransactionResult | null }> {
  if (session.sizeLimit > 0 && unit.content.size > session.sizeLimit) {
    // RFC 1870 §6.1: the hop said so in its EHLO.
    const text = `message of ${unit.content.size} octets, the next hop takes ${session.sizeLimit}`;
    const refusal = outcomeOfRefusal({
      reply: { code: 552, status: '5.3.4', text },
      phase: 'local',
      category: 'too-big',
      addressInvalid: false,
    });
    return { outcomes: unit.recipients.map(() => refusal), result: null };
  }
  const { mail, rcpts, included, refused } = transactionCommands(envelopeOf(unit), session.extensions);
  const result = rcpts.length === 0 ? null : await session.transact({ mail, rcpts, content: unit.content.outgoing, signal });
  const sent = result === null ? [] : outcomesOf(result);
  const outcomes = unit.recipients.map((_, i) => {
    const reply = refused.get(i);
    if (reply !== undefined) return outcomeOfRefusal({ reply, phase: 'local', category: 'policy', addressInvalid: false });
    return sent[included.indexOf(i)] ?? outcomeOfFault('no outcome');
  });
  return { outcomes, result };
}

/** A kept connection that the hop closed, or ends by 421, at the first word: the message was not at issue. */
function isStale(result: TransactionResult | null): boolean {
  if (result === null || result.dotSent) return false;
  return result.mail === null ? result.error?.kind === 'connection' : result.mail.startsWith('421');
}

/** What in a transaction's replies says that the hop as a whole refuses us; undefined: nothing. */
function hopFault(outcomes: readonly RecipientOutcome[], result: TransactionResult, fresh: boolean): HopFailure | undefined {
  const struck = outcomes.find(({ infrastructure }) => infrastructure);
  if (struck?.reply != null) {
    // 421 after messages were taken ends a connection, and is no word about the hop (RFC 5321 §3.8).
    if (struck.reply.code === 421 && !fresh) return undefined;
    return { phase: struck.phase, reply: struck.reply, error: formatReply(struck.reply) };
  }
  if (fresh && result.mail === null && result.error !== null) return { phase: 'mail', reply: null, error: result.error.message };
  return undefined;
}
