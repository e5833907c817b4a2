/**
 * Room on the disk: how much is free, watched once a second, and a reserve that is given up when
 * the disk is full, so that clean-up can write what it has to write in order to free more (R27).
 */
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../domain/log.ts';

const RESERVE_NAME = 'reserve';
/** A register that was killed writes its log out as a table when it is opened: at most its write buffer (database.ts), and something more. */
const RESERVE_OCTETS = 48 * 1024 * 1024;
const PIECE = Buffer.alloc(1024 * 1024);
/** Below this the reserve is given up; it is put aside only well above. */
const TIGHT = RESERVE_OCTETS;
const ROOMY = 8 * RESERVE_OCTETS;
const INTERVAL = 1000;
/** The reserve is put aside some time after opening: what lives shortly needs none. */
const RESERVE_AFTER = 5;

export class DiskSpace {
  readonly #dir: string;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #free = Number.POSITIVE_INFINITY;
  #ticks = 0;
  #closed = false;
  #restoring: Promise<void> | null = null;

  private constructor(dir: string, log: Log) {
    this.#dir = dir;
    this.#log = log;
    this.#timer = setInterval(() => void this.#tick(), INTERVAL);
    this.#timer.unref();
  }

  static async open(dir: string, log: Log): Promise<DiskSpace> {
    const space = new DiskSpace(dir, log);
    await space.release();
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

  /** Puts it aside when there is room. Never an error: without it the relay works as well. */
  restore(): Promise<void> {
    this.#restoring ??= this.#restore().finally(() => {
      this.#restoring = null;
    });
    return this.#restoring;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#restoring;
  }

  async #tick(): Promise<void> {
    this.#ticks++;
    if (this.#ticks === RESERVE_AFTER) await this.restore();
    else await this.#measure();
  }

  async #restore(): Promise<void> {
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
        for (let at = 0; at < RESERVE_OCTETS && !this.#closed; at += PIECE.length) await file.write(PIECE, 0, PIECE.length, at);
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      this.#log.warn({ err: error }, 'no reserve for clean-up on a full disk could be put aside');
    }
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
