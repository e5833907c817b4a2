/**
 * Mail that is being submitted has the right of way: a bounce that comes a second later harms nobody,
 * an ERP that waits does. While mail is submitted and leaves the process little time, reports wait for
 * their turn before they are taken; as soon as there is time again, they all go on.
 *
 *   upstream    listener.ts (with MAIL: whoever sends waits, and keeps the report), room.ts (mailboxes)
 *   downstream  nothing; how busy the process is, by the utilization of its event loop
 *   failure     none: it lets some through a second however busy the process is
 *
 * It costs nothing where no mail is submitted. Without limits of its own: what waits is bounded by the
 * connections of the listener.
 */

export interface RightOfWay {
  /** Resolves when a report may be taken; undefined: at once. */
  pass(): Promise<void> | undefined;
  /** Lets all go on. */
  open(): void;
}

export interface RightOfWayOptions {
  /** Messages that clients have submitted until now; counted anew at any time. */
  readonly submitted: () => number;
  /** Share of the time in which the event loop was busy since this was last asked, 0 to 1. */
  readonly busy: () => number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Milliseconds between two looks at how busy the process is. */
const LOOK = 20;
/** So many milliseconds after the last message mail still counts as being submitted. */
const SUBMITTING = 250;
/** Up to here reports may fill the time of the event loop; the rest is for submission to come and go. */
const FILLED = 0.7;
/** Share of the time between two looks that one report takes, roughly. */
const SHARE = 0.1;
/** However busy the process is, one report goes on for so many messages, which takes an eighth of their time, */
const MESSAGES_PER_REPORT = 20;
/** and one after so many milliseconds. */
const LONGEST = 100;
/** Reports that messages submitted before may let through at once. */
const MOST_OWED = 4;

export function createRightOfWay(options: RightOfWayOptions): RightOfWay {
  return new Gate(options);
}

class Gate implements RightOfWay {
  readonly #o: RightOfWayOptions;
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #count: number;
  #countedAt = Number.NEGATIVE_INFINITY;
  #submittedAt = Number.NEGATIVE_INFINITY;
  #owed = 0;
  #passedAt = 0;

  constructor(options: RightOfWayOptions) {
    this.#o = options;
    this.#count = options.submitted();
  }

  pass(): Promise<void> | undefined {
    if (this.#waiting.length === 0 && !this.#isSubmitting()) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#timer !== null) return;
      this.#o.busy();
      this.#timer = setInterval(() => this.#look(), LOOK);
    });
  }

  open(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Whether mail came a moment ago. */
  #isSubmitting(): boolean {
    const { submitted, now } = this.#o;
    const at = now();
    const count = submitted();
    // After a longer time without a report nobody knows when it was that mail came.
    if (count !== this.#count && at - this.#countedAt < SUBMITTING) this.#submittedAt = at;
    this.#owed = Math.min(MOST_OWED, this.#owed + Math.max(0, count - this.#count) / MESSAGES_PER_REPORT);
    this.#count = count;
    this.#countedAt = at;
    return at - this.#submittedAt < SUBMITTING;
  }

  #look(): void {
    if (this.#isSubmitting()) this.#letSome();
    else this.open();
  }

  #letSome(): void {
    const { busy, now } = this.#o;
    const free = Math.floor((FILLED - busy()) / SHARE);
    const late = now() - this.#passedAt >= LONGEST ? 1 : 0;
    const some = this.#waiting.splice(0, Math.max(free, Math.floor(this.#owed), late));
    if (some.length > 0) this.#passedAt = now();
    this.#owed = Math.max(0, this.#owed - some.length);
    for (const go of some) go();
    // Nobody waits: the timer ends.
    if (this.#waiting.length === 0) this.open();
  }
}
