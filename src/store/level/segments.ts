/**
 * Drops segments of the spool in which nothing is kept any more: the counts are written with each
 * commit, so that nothing has to be searched. A segment that is still appended to is dropped later.
 */
import type { Log } from '../../domain/log.ts';
import type { Spool, SpoolLocation } from '../spool/spool.ts';
import type { Committer } from './committer.ts';
import type { Committed } from './transaction.ts';

export class SegmentKeeper {
  readonly #spool: Spool;
  readonly #committer: () => Committer;
  readonly #log: Log;
  readonly #empty = new Set<number>();
  /** Content that is durable and not yet in the register: its segment stays. */
  readonly #pins = new Map<number, number>();
  #endSegment = 0;
  #dropping: Promise<void> | null = null;

  constructor(options: { readonly spool: Spool; readonly committer: () => Committer; readonly log: Log }) {
    this.#spool = options.spool;
    this.#committer = options.committer;
    this.#log = options.log;
  }

  pin({ segment }: SpoolLocation): void {
    this.#pins.set(segment, (this.#pins.get(segment) ?? 0) + 1);
  }

  unpin({ segment }: SpoolLocation): void {
    const left = (this.#pins.get(segment) ?? 0) - 1;
    if (left > 0) this.#pins.set(segment, left);
    else this.#pins.delete(segment);
  }

  isPinned(segment: number): boolean {
    return this.#pins.has(segment);
  }

  /** Hears of a commit; also of what was found at opening. */
  noted({ record, segments }: Pick<Committed, 'record' | 'segments'>): void {
    let look = record.end.segment !== this.#endSegment && this.#empty.size > 0;
    this.#endSegment = record.end.segment;
    for (const [segment, count] of segments) {
      if (count?.live !== 0) {
        this.#empty.delete(segment);
        continue;
      }
      this.#empty.add(segment);
      look = true;
    }
    if (look) void this.drop();
  }

  /** Drops what can be dropped now. */
  async drop(): Promise<void> {
    while (this.#dropping !== null) await this.#dropping;
    this.#dropping = this.#drop().catch((error: unknown) => {
      // The commit that follows meets the same trouble, and says so.
      this.#log.warn({ err: error }, 'empty segments of the spool were not dropped');
    });
    await this.#dropping;
    this.#dropping = null;
  }

  async #drop(): Promise<void> {
    const committer = this.#committer();
    const segments = [...this.#empty].filter((segment) => !this.#pins.has(segment) && committer.segments.get(segment)?.live === 0);
    if (segments.length === 0 || committer.poisonedBy !== null) return;
    const dropped = await this.#spool.dropSegments(segments);
    const there = new Set(this.#spool.segments().map(({ segment }) => segment));
    const gone = segments.filter((segment) => dropped.includes(segment) || !there.has(segment));
    if (gone.length === 0) return;
    await committer.submit({
      weight: gone.length,
      stage: (transaction) => {
        for (const segment of gone) transaction.forgetSegment(segment);
      },
    });
    for (const segment of gone) this.#empty.delete(segment);
    this.#log.debug({ segments: gone }, 'segments of the spool in which nothing was kept were dropped');
  }
}
