/**
 * Room on the disk: how much is free, watched once a second, and a reserve that is given up when
 * the disk is full, so that clean-up can write what it has to write in order to free more (R27).
 */
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../domain/log.ts';

const RESERVE_NAME = 'reserve';
const RESERVE_OCTETS = 8 * 1024 * 1024;
/** Below this the reserve is given up; it is put back only well above. */
const TIGHT = 2 * RESERVE_OCTETS;
const ROOMY = 8 * RESERVE_OCTETS;
const INTERVAL = 1000;

export class DiskSpace {
  readonly #dir: string;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #free = Number.POSITIVE_INFINITY;

  private constructor(dir: string, log: Log) {
    this.#dir = dir;
    this.#log = log;
    this.#timer = setInterval(() => void this.#measure(), INTERVAL);
    this.#timer.unref();
  }

  static async open(dir: string, log: Log): Promise<DiskSpace> {
    const space = new DiskSpace(dir, log);
    await space.#measure();
    if (space.#free < TIGHT) await space.release();
    else await space.restore();
    return space;
  }

  /** As last measured. */
  get freeOctets(): number {
    return this.#free;
  }

  /** Gives the reserve up when there is little room. */
  async release(): Promise<void> {
    await this.#measure();
    if (this.#free >= TIGHT) return;
    await rm(join(this.#dir, RESERVE_NAME), { force: true });
    await this.#measure();
    this.#log.warn({ freeOctets: this.#free }, 'the disk is nearly full: the reserve for clean-up was given up');
  }

  /** Puts it back when there is room again. Never an error: without it the relay works as well. */
  async restore(): Promise<void> {
    const path = join(this.#dir, RESERVE_NAME);
    try {
      await this.#measure();
      const size = await stat(path).then(
        (found) => found.size,
        () => 0,
      );
      if (size >= RESERVE_OCTETS || this.#free < ROOMY) return;
      const file = await open(path, 'w', 0o600);
      try {
        await file.write(Buffer.alloc(RESERVE_OCTETS));
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      this.#log.warn({ err: error }, 'no reserve for clean-up on a full disk could be put aside');
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #measure(): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.#dir);
      this.#free = bavail * bsize;
    } catch (error) {
      this.#log.warn({ err: error }, `the free space of ${this.#dir} is not known`);
    }
  }
}
