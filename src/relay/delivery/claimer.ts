/**
 * Begins attempts: commits the claim, then gets the content and makes the transactions ready.
 * Nothing is dialled before the claim is durable, so a crash can not hammer a next hop.
 *
 * Upstream: the dispatcher, with entries taken from the queue. Downstream: `store.claim`,
 * `store.content`. Failure: what the store did not let us claim goes back; content that must not go
 * out is held with a reason, and never forwarded; any other fault ends the attempt as `internal`.
 */
import { StoreError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { Claim, Store } from '../../domain/ports.ts';
import { URGENT } from '../../domain/priority.ts';
import { retryDelay } from '../../domain/retry.ts';
import type { DeliverySettings } from '../../domain/settings.ts';
import type { Dkim } from './content/dkim.ts';
import { prepareContent } from './content/forms.ts';
import { SignatureCache } from './content/signature-cache.ts';
import { HeaderTooLarge } from './content/survey.ts';
import { UncleanContent } from './dot-stuffing.ts';
import type { Entry } from './entry.ts';
import type { Hop } from './hop.ts';
import { OctetGate } from './octet-gate.ts';
import { outcomeOfFault } from './outcome.ts';
import type { Queue } from './queue.ts';
import type { Recorder } from './recorder.ts';
import { type ReturnPaths, type Unit, unitsOf, unsendable } from './unit.ts';

export interface ClaimerOptions {
  readonly settings: DeliverySettings;
  readonly paths: ReturnPaths;
  readonly dkim: Dkim;
  readonly store: Store;
  readonly queue: Queue;
  readonly recorder: Recorder;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** The store refused; gives the time at which to go on. */
  readonly onTrouble: (error: unknown) => number;
}

/** What changed under our hands is looked at again after: its change has come by then. */
const SECOND_LOOK = 500;
const GONE_LOOK = 30_000;
/** Content of all messages on their way out that is held in memory. */
const OCTETS_LIMIT = 64 * 1024 * 1024;
/** Content that is streamed holds about so much. */
const STREAM_OCTETS = 512 * 1024;
const WHOLE_LIMIT = 4 * 1024 * 1024;

export class Claimer {
  readonly #o: ClaimerOptions;
  readonly #gate = new OctetGate(OCTETS_LIMIT);
  readonly #signatures = new SignatureCache();

  constructor(options: ClaimerOptions) {
    this.#o = options;
  }

  /** Whether recipients at this hop each have a return path, and so a transaction, of their own. */
  hasOwnPaths(hop: Hop): boolean {
    const { domain, key } = this.#o.paths;
    return hop.route.returnPath === 'verp' && domain !== null && key !== undefined;
  }

  /** The transactions to be made for these recipients of one message. Never rejects. */
  async claim(hop: Hop, entries: readonly Entry[]): Promise<readonly Unit[]> {
    const { queue, now, settings } = this.#o;
    const startedAt = now();
    const leaseUntil = startedAt + settings.lease;
    const claim = await this.#claim(hop, entries, startedAt, leaseUntil);
    if (claim === null) return [];
    hop.claimTook(now() - startedAt);
    const claimed = new Set(claim.recipients.map(({ index }) => index));
    for (const entry of entries) if (!claimed.has(entry.index)) queue.putOff(entry, now() + SECOND_LOOK);
    return claimed.size === 0 ? [] : this.#prepare(hop, claim, entries, leaseUntil);
  }

  async #claim(hop: Hop, entries: readonly Entry[], at: number, leaseUntil: number): Promise<Claim | null> {
    const { store, queue, settings, now, random, onTrouble } = this.#o;
    const [first] = entries;
    if (first === undefined) return null;
    const retryAt = Math.max(leaseUntil, at + retryDelay(settings.retry, first.attempts + 1, random()));
    const indexes = entries.map(({ index }) => index);
    try {
      return await store.claim({ message: first.message, indexes, nextHop: hop.name, leaseUntil, retryAt, now: at });
    } catch (error) {
      const gone = error instanceof StoreError && error.code === 'not-found';
      const again = gone ? now() + GONE_LOOK : onTrouble(error);
      for (const entry of entries) queue.putOff(entry, again);
      return null;
    }
  }

  async #prepare(hop: Hop, claim: Claim, entries: readonly Entry[], leaseUntil: number): Promise<readonly Unit[]> {
    const { store, paths, dkim, log, recorder } = this.#o;
    const { message } = claim;
    const octets = message.size > WHOLE_LIMIT ? STREAM_OCTETS : message.size;
    await this.#gate.enter(octets, entries[0]?.lane.priority === URGENT);
    try {
      const content = await prepareContent({
        message,
        content: await store.content(message.id),
        eightBit: hop.route.eightBit ?? 'convert',
        dkim,
        signatures: this.#signatures,
      });
      const units = unitsOf(claim, entries, content, { verp: this.hasOwnPaths(hop), paths, leaseUntil });
      let left = units.length;
      const release = (): void => {
        if (--left === 0) this.#gate.leave(octets);
      };
      return units.map((unit) => ({ ...unit, release }));
    } catch (error) {
      this.#gate.leave(octets);
      log.error({ err: error, message: message.id }, 'the content of a message can not be sent');
      const how = { address: null, tls: null, held: reasonToHold(error) };
      recorder.recordAll(hop, unsendable(claim, entries, leaseUntil), outcomeOfFault(error), how);
      return [];
    }
  }
}

/** Content that must never go out as it is: a person has to look at it. Null: a fault that may pass. */
function reasonToHold(error: unknown): string | null {
  if (error instanceof UncleanContent || error instanceof HeaderTooLarge) return error.message;
  if (!(error instanceof StoreError)) return null;
  if (error.code === 'corrupt') return 'the stored content does not match its SHA-256: quarantined, not to be forwarded';
  return error.code === 'erased' ? 'the content was erased before it could be forwarded' : null;
}
