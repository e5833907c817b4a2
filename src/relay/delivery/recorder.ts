/**
 * Tells the store how attempts ended: all results of one transaction in one call, many calls side
 * by side, which the store groups into one commit.
 *
 * Upstream: the dispatcher. Downstream: `store.apply`. Failure: tried until the store takes it, for
 * what a next hop answered is not to be lost to a passing fault of ours. Only a store that is gone
 * for good, or the end of the grace at stop, ends that; the attempt then counts as unanswered at the
 * next start, and its message may arrive twice.
 */
import { StoreError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { EvidenceItem, Store } from '../../domain/ports.ts';
import type { Attempt, AttemptTls, RecipientRecord } from '../../domain/recipient.ts';
import { formatReply } from '../../domain/reply.ts';
import { retryDelay } from '../../domain/retry.ts';
import type { DeliverySettings } from '../../domain/settings.ts';
import type { Hop } from './hop.ts';
import { outcomeOfFault, type RecipientOutcome } from './outcome.ts';
import type { Queue } from './queue.ts';
import { attemptEnded, heldItems, type Unit } from './unit.ts';

export interface RecorderOptions {
  readonly settings: DeliverySettings;
  readonly store: Store;
  readonly queue: Queue;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** A commit is over. */
  readonly onSettled: () => void;
  /** The store refused. */
  readonly onTrouble: (error: unknown) => void;
}

/** Where and how the attempt was made, and why its content is to be held. */
export interface HowTried {
  readonly address: string | null;
  readonly tls: AttemptTls | null;
  readonly held: string | null;
}

const NOT_TRIED: HowTried = { address: null, tls: null, held: null };
const RETRY = { first: 100, most: 5_000 } as const;

export class Recorder {
  readonly #o: RecorderOptions;
  #pending = 0;
  /** The grace at stop is over: nothing is tried again. */
  giveUp = false;
  onAttempt: ((attempt: Attempt) => void) | null = null;

  constructor(options: RecorderOptions) {
    this.#o = options;
  }

  /** Transactions whose outcome is on its way. */
  get pending(): number {
    return this.#pending;
  }

  /** The same outcome for all recipients. */
  recordAll(hop: Hop, unit: Unit, outcome: RecipientOutcome, how: HowTried = NOT_TRIED): void {
    const outcomes = unit.recipients.map(() => outcome);
    this.record(hop, unit, outcomes, how);
  }

  record(hop: Hop, unit: Unit, outcomes: readonly RecipientOutcome[], how: HowTried): void {
    const now = this.#o.now();
    const items: EvidenceItem[] = [];
    unit.release();
    for (const [i, { record }] of unit.recipients.entries()) {
      const outcome = outcomes[i] ?? outcomeOfFault('no outcome');
      const retryAt = this.#retryAt(hop, record, outcome, now);
      const ended = attemptEnded({ record, outcome, nextHop: hop.name, hop: hop.kind, ...how, now, retryAt });
      const item = { message: unit.message.id, index: record.index };
      if (how.held !== null && outcome.outcome === 'internal') items.push(...heldItems(ended, item, how.held));
      else items.push({ ...item, evidence: ended });
      this.onAttempt?.(ended.attempt);
      if (outcome.outcome !== 'transferred') this.#logAttempt(hop, item, outcome);
    }
    this.#pending++;
    void this.#apply(items, unit).finally(() => {
      this.#pending--;
      this.#o.onSettled();
    });
  }

  #logAttempt(hop: Hop, item: Omit<EvidenceItem, 'evidence'>, outcome: RecipientOutcome): void {
    const said = outcome.reply === null ? outcome.error : formatReply(outcome.reply);
    const fields = { ...item, nextHop: hop.name, outcome: outcome.outcome, phase: outcome.phase, said };
    this.#o.log.info(fields, 'attempt ended');
  }

  #retryAt(hop: Hop, record: RecipientRecord, outcome: RecipientOutcome, now: number): number {
    // Stopped by us: at once when we are back, unless it may have arrived.
    if (this.giveUp && outcome.reply === null && !outcome.ambiguous) return now;
    if (outcome.infrastructure && hop.blockedUntil > now) return hop.blockedUntil;
    return now + retryDelay(this.#o.settings.retry, record.attempts, this.#o.random());
  }

  async #apply(items: readonly EvidenceItem[], unit: Unit): Promise<void> {
    const { store, queue, now, log, onTrouble } = this.#o;
    for (let wait: number = RETRY.first; ; wait = Math.min(wait * 2, RETRY.most)) {
      try {
        await store.apply(items, now());
        for (const { entry } of unit.recipients) queue.giveBack(entry, now());
        return;
      } catch (error) {
        onTrouble(error);
        const final = error instanceof StoreError && (error.code === 'poisoned' || error.code === 'closed');
        if (final || this.giveUp) {
          log.error(
            { err: error, message: unit.message.id },
            'an outcome could not be recorded: at the next start it counts as unanswered',
          );
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }
}
