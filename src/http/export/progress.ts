/** How far exports are, for the pages that started them; and how many may run at once. */
import { LRUCache } from 'lru-cache';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../problem.ts';

/** Each takes a good part of a processor. */
const AT_ONCE = 3;
/** Remembered when they are over. */
const REMEMBERED = 200;

export interface ExportProgress {
  rows: number;
  /** Unix milliseconds: back to when it has come. */
  back: number | null;
  state: 'running' | 'done' | 'failed';
}

export class Exports {
  readonly #known = new LRUCache<string, ExportProgress>({ max: REMEMBERED });
  #running = 0;

  /** Throws the 503 where too many run. `key`: the page's own, to ask for it by; null: nobody asks. */
  begin(caller: Caller, key: string | null): ExportProgress {
    if (this.#running >= AT_ONCE) {
      throw new Problem(503, 'busy', `${AT_ONCE} exports are running: try again when one of them is done`, {
        headers: { 'retry-after': '10' },
      });
    }
    this.#running++;
    const progress: ExportProgress = { rows: 0, back: null, state: 'running' };
    if (key !== null) this.#known.set(nameOf(caller, key), progress);
    return progress;
  }

  /** Once for each that began. */
  end(progress: ExportProgress, whole: boolean): void {
    if (progress.state !== 'running') return;
    progress.state = whole ? 'done' : 'failed';
    this.#running--;
  }

  of(caller: Caller, key: string): ExportProgress | undefined {
    return this.#known.get(nameOf(caller, key));
  }
}

function nameOf({ kind, name }: Caller, key: string): string {
  return `${kind}/${name}/${key}`;
}
