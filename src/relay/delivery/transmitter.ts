/**
 * Sends one transaction over a line to its next hop, under the attempt's deadline, and has recorded
 * what came of it. What it meets tells how the hop stands.
 *
 * Upstream: the dispatcher, which chose unit and line. Downstream: attempt.ts, the recorder.
 * Standards: RFC 5321 §4.5.4.1 (one look at a hop that is down rather than many).
 * Failure: a hop that refuses us is left alone as a whole, and no recipient fails for it. A bug of
 * ours ends the attempt as `internal`, and is logged.
 */
import type { Log } from '../../domain/log.ts';
import type { DeliverySettings } from '../../domain/settings.ts';
import { attemptUnit } from './attempt.ts';
import type { Hop, Line } from './hop.ts';
import type { HopRecords } from './hop-records.ts';
import type { LinePool } from './line-pool.ts';
import { type HopFailure, outcomeOfFault, outcomeOfHopFailure, outcomeOfRefusal } from './outcome.ts';
import type { Recorder } from './recorder.ts';
import { asksForLess, hopAnswered, hopFault, type SentUnit } from './send-unit.ts';
import type { Standings } from './standings.ts';
import type { Unit } from './unit.ts';
import { DomainRefused, HopUnreachable } from './unreachable.ts';

export interface TransmitterOptions {
  readonly settings: DeliverySettings;
  readonly lines: LinePool;
  readonly recorder: Recorder;
  readonly standings: Standings;
  readonly records: HopRecords;
  readonly now: () => number;
  readonly log: Log;
}

/** A transaction that came to its end. */
interface Sent {
  readonly hop: Hop;
  readonly line: Line;
  readonly unit: Unit;
  readonly sent: SentUnit;
  readonly startedAt: number;
  /** By the first transaction of its session. */
  readonly fresh: boolean;
}

/** The attempt ends so long before its lease does. */
const LEASE_MARGIN = 1_000;

export class Transmitter {
  readonly #o: TransmitterOptions;
  readonly #running = new Set<AbortController>();
  #giveUp = false;

  constructor(options: TransmitterOptions) {
    this.#o = options;
  }

  get running(): number {
    return this.#running.size;
  }

  /** No grace is left: what is on the wire is given up, and says nothing of the hops. */
  giveUp(): void {
    this.#giveUp = true;
    for (const controller of this.#running) controller.abort(new Error('relais stopped'));
  }

  /** Never rejects. */
  async transmit(hop: Hop, line: Line, unit: Unit): Promise<void> {
    const { settings, recorder, now, log } = this.#o;
    const startedAt = now();
    const limit = Math.min(settings.attemptTimeout, unit.leaseUntil - startedAt - LEASE_MARGIN);
    if (limit < settings.attemptTimeout / 2) {
      // Claimed ahead of a hop that then became slow: what is left of the lease is no fair time.
      hop.rate?.giveBack();
      recorder.recordAll(hop, unit, outcomeOfHopFailure({ phase: 'connect', reply: null, error: 'no connection was free in time' }));
      return;
    }
    if (line.controller.signal.aborted) line.controller = new AbortController();
    const { controller } = line;
    this.#running.add(controller);
    const timer = setTimeout(() => controller.abort(new Error(`the attempt took longer than ${limit} ms`)), limit);
    try {
      await this.#attempt(hop, line, unit, startedAt);
    } catch (error) {
      log.error({ err: error, message: unit.message.id, nextHop: hop.name }, 'delivery: a fault of ours ended the attempt');
      line.session?.destroy();
      recorder.recordAll(hop, unit, outcomeOfFault(error));
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
    }
  }

  async #attempt(hop: Hop, line: Line, unit: Unit, startedAt: number): Promise<void> {
    const { records, recorder } = this.#o;
    let went = false;
    const goes = async (): Promise<void> => {
      await records.cover(hop);
      went = true;
    };
    try {
      const { sent, session, fresh } = await attemptUnit({ hop, line, unit, goes });
      if (!went) hop.rate?.giveBack();
      this.#judge({ hop, line, unit, sent, startedAt, fresh });
      const held = sent.result?.error?.kind === 'unclean' ? sent.result.error.message : null;
      recorder.record(hop, unit, sent.outcomes, { address: session?.address ?? null, tls: session?.tls ?? null, held });
    } catch (error) {
      if (error instanceof HopUnreachable && this.#otherLinesGoOn(hop, line, unit, error, went)) return;
      if (!went) hop.rate?.giveBack();
      if (error instanceof HopUnreachable) this.#unreachable(hop, line, unit, error, startedAt);
      else if (error instanceof DomainRefused) this.#refused(hop, line, unit, error);
      else throw error;
    }
  }

  /** What the replies say of the hop. */
  #judge({ hop, line, unit, sent, startedAt, fresh }: Sent): void {
    const { standings } = this.#o;
    const fault = hopFault(sent, fresh);
    line.messages++;
    hop.lastReply = sent.outcomes.findLast(({ reply }) => reply !== null)?.reply ?? hop.lastReply;
    if (line.controller.signal.aborted) return;
    const less = asksForLess(sent);
    if (fault !== undefined && !isContradicted(hop, unit, fault, this.#o.now())) standings.block(hop, fault, startedAt);
    else if (less !== undefined) standings.slow(hop, less, startedAt);
    else if (hopAnswered(sent)) standings.succeeded(hop, startedAt);
  }

  /** A hop that refuses one connection more while others carry mail has enough of them. */
  #otherLinesGoOn(hop: Hop, line: Line, unit: Unit, error: HopUnreachable, went: boolean): boolean {
    const live = [...hop.lines].filter((other) => other !== line && other.session?.usable === true).length;
    if (live === 0 || went || this.#giveUp || (error.phase !== 'connect' && error.phase !== 'greeting')) return false;
    hop.narrow(live, this.#o.now());
    hop.claimed.putBack(unit);
    this.#o.lines.close(hop, line);
    return true;
  }

  #unreachable(hop: Hop, line: Line, unit: Unit, error: HopUnreachable, startedAt: number): void {
    const failure: HopFailure = { phase: error.phase, reply: error.reply, error: error.message };
    if (!this.#giveUp) this.#o.standings.block(hop, failure, startedAt);
    this.#o.recorder.recordAll(hop, unit, outcomeOfHopFailure(failure), { address: error.address, tls: null, held: null });
    this.#o.lines.close(hop, line);
  }

  #refused(hop: Hop, line: Line, unit: Unit, { reply, category, addressInvalid, message }: DomainRefused): void {
    hop.lastError = message;
    this.#o.recorder.recordAll(hop, unit, outcomeOfRefusal({ reply, category, addressInvalid, phase: 'dns' }));
    this.#o.lines.close(hop, line);
  }
}

/**
 * A reply to these recipients that reads as if it were about us, from a hop that takes other mail:
 * it has answered others since it said so to these, or has not yet said so to several in a row. It
 * is about them after all, and does not hold up the rest. They wait.
 */
function isContradicted(hop: Hop, unit: Unit, fault: HopFailure, now: number): boolean {
  if (fault.reply === null || fault.reply.code === 421) return false;
  if (unit.recipients.every(({ record }) => record.state === 'deferred' && hop.lastSuccess > record.stateSince)) return true;
  return !hop.strike(now);
}
