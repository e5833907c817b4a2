/** The erasure of one person's data: what was found of them, what was done, and the record that stays of it. */
import type { MessageId } from './ids.ts';

export interface SubjectErasureCounts {
  /** Messages to this address alone: erased, record and bytes. */
  readonly erased: number;
  /** Messages that others got too, or that only speak of it: the address is replaced in all that is kept of them. */
  readonly rewritten: number;
  /** Contents of those that name the address, and were erased. */
  readonly contents: number;
  /** Reports that name it: their bytes were erased, the address is replaced in their records. */
  readonly reports: number;
  /** Other records in which it was replaced: events, attempts, deliveries of signals, the audit log, suppressions and the like. */
  readonly records: number;
  /** Messages with a recipient still in the queue. With `force` they were cancelled for this address. */
  readonly pending: number;
  /** Messages and reports under a legal hold: left as they are. */
  readonly held: number;
  /** Contents that name it and are still to go to others: erased by the first clean-up after. */
  readonly remaining: number;
  /** Messages sent by this address: left as they are, but for those to it. */
  readonly sent: number;
}

/** What stays of an erasure: that it was done, and of whom for those who can name them. */
export interface SubjectErasureRecord {
  /** 26 characters, like those of messages. */
  readonly id: string;
  /** What the address was replaced by: a salted hash of it. */
  readonly pseudonym: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Name of who asked; null: relais itself. */
  readonly by: string | null;
  readonly force: boolean;
  readonly counts: SubjectErasureCounts;
  /** Messages whose content is still to go, or, where it does not name the address, what stands before it in the spool. */
  readonly unfinished: readonly { readonly message: MessageId; readonly content: 'erase' | 'keep' }[];
  /** Names of the legal holds that kept something. */
  readonly holds: readonly string[];
  /** All that was replaced is gone from the register's files too; false: it goes with later compactions. */
  readonly compacted: boolean;
}

export interface SubjectErasureRequest {
  /** Normalised. */
  readonly address: string;
  /** Counts, and changes nothing. */
  readonly dryRun: boolean;
  /** Cancels what is still in the queue for the address; without it nothing is done while there is any. */
  readonly force: boolean;
  readonly by: string | null;
  readonly now: number;
}

export type SubjectErasureAnswer =
  | { readonly kind: 'counted'; readonly counts: SubjectErasureCounts; readonly holds: readonly string[] }
  /** Something is still in the queue: nothing was done. */
  | { readonly kind: 'pending'; readonly counts: SubjectErasureCounts }
  | { readonly kind: 'erased'; readonly record: SubjectErasureRecord };
