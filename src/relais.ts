/**
 * The composition root: one running relay. Opens the store and the keys, the rooms over them
 * (relais/rooms.ts), and leaves word for the command line (dataDir/run/control.json).
 *
 *   upstream    the command line: `relais start`
 *   downstream  every room
 *   failure     what keeps it from starting is thrown: ConfigError, StoreError, ServiceError (exit
 *               codes 78, 74 or 75, 69). A write that the store rejects while it runs poisons the
 *               store: submission answers 451 and /readyz 503 by themselves; everything is closed
 *               and started again in this process, three times in ten minutes at most. After that,
 *               or when the store does not open any more, `lost` tells it, and the process is to
 *               end with 74.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { openKeys, type RelayKeys, removeControl, writeControl } from './config/index.ts';
import type { Log } from './domain/log.ts';
import type { Store } from './domain/ports.ts';
import type { Config } from './domain/settings.ts';
import { Rooms } from './relais/rooms.ts';
import { openStore } from './store/index.ts';

export interface RelaisOptions {
  readonly config: Config;
  readonly log: Log;
  readonly version: string;
  /** Unix milliseconds; the machine's clock by default. */
  readonly now?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Milliseconds before the 1st, 2nd, … restart after the store was poisoned; so many are tried. */
  readonly restartDelays?: readonly number[];
}

export interface Relais {
  readonly submission: readonly { readonly address: string; readonly port: number; readonly tls: string }[];
  /** Base of the HTTP room, without trailing slash. */
  readonly url: string;
  signInLink(): string;
  /** Goes over to another configuration; throws, and keeps the one before, when it can't. */
  reload(config: Config): Promise<void>;
  /** Takes nothing more, finishes or gives up what is in flight within `shutdownGrace`, flushes. */
  stop(): Promise<void>;
  /** Resolves when the relay cannot go on: the store is lost. */
  readonly lost: Promise<unknown>;
}

const RESTART_WINDOW = 10 * 60_000;
/** A full disk does not empty at once. */
const RESTART_DELAYS: readonly number[] = [500, 5_000, 20_000];

export async function startRelais(options: RelaisOptions): Promise<Relais> {
  const relais = new RunningRelais(options);
  await relais.start(options.config);
  return relais;
}

class RunningRelais implements Relais {
  readonly #log: Log;
  readonly #version: string;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #token = randomBytes(32).toString('base64url');
  readonly #restartDelays: readonly number[];
  readonly #restarts: number[] = [];
  readonly lost: Promise<unknown>;
  #lose: (cause: unknown) => void = () => undefined;
  #config: Config;
  #store: Store | null = null;
  #rooms: Rooms | null = null;
  /** Stop, reload and restart, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #stopping: Promise<void> | null = null;
  /** Ends a wait before a restart. */
  #wake: () => void = () => undefined;

  constructor(options: RelaisOptions) {
    this.#log = options.log;
    this.#version = options.version;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#restartDelays = options.restartDelays ?? RESTART_DELAYS;
    this.#config = options.config;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
  }

  get submission(): Relais['submission'] {
    return this.#rooms?.submissionListeners ?? [];
  }

  get url(): string {
    return this.#rooms?.http?.url ?? '';
  }

  signInLink(): string {
    return this.#rooms?.http?.signInLink() ?? '';
  }

  /** The store first: its lock keeps a second process off the keys too. */
  async start(config: Config): Promise<void> {
    const { dataDir } = config;
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const store = await openStore({
      dataDir,
      diskFloor: config.diskFloor,
      now: this.#now,
      log: this.#log,
      suppression: () => this.#config.reports.suppression ?? null,
    });
    this.#store = store;
    try {
      store.onPoisoned((cause) => this.#recover(cause));
      const keys = await this.#openKeys(config);
      const rooms = await Rooms.open({
        config,
        store,
        keys,
        localToken: this.#token,
        version: this.#version,
        now: this.#now,
        random: this.#random,
        log: this.#log,
      });
      this.#rooms = rooms;
      this.#config = rooms.config;
      this.#leaveWord(rooms);
    } catch (error) {
      this.#store = null;
      await store.close().catch((cause: unknown) => this.#log.error({ err: cause }, 'the store did not close cleanly'));
      throw error;
    }
  }

  #openKeys({ dataDir, hostname, submission, reports }: Config): Promise<RelayKeys> {
    return openKeys({ dataDir, hostname, tls: submission.tls, now: this.#now(), tokenLifetime: reports.tokenLifetime });
  }

  #leaveWord(rooms: Rooms): void {
    const { http } = this.#config;
    const host =
      http.address === '0.0.0.0'
        ? '127.0.0.1'
        : http.address === '::'
          ? '[::1]'
          : http.address.includes(':')
            ? `[${http.address}]`
            : http.address;
    const control = { url: `http://${host}:${http.port}`, token: this.#token, pid: process.pid, submission: rooms.submissionListeners };
    try {
      writeControl(this.#config.dataDir, control);
    } catch (error) {
      this.#log.error({ err: error }, 'run/control.json could not be written: commands on this machine need --url and --token');
    }
  }

  reload(config: Config): Promise<void> {
    return this.#inTurn(async () => {
      const rooms = this.#rooms;
      if (rooms === null) return;
      if (config.dataDir !== this.#config.dataDir) {
        throw new Error(
          `dataDir cannot change from ${this.#config.dataDir} to ${config.dataDir} while relais runs: stop it and start it again`,
        );
      }
      const changed = await rooms.change(config, await this.#openKeys(config)).finally(() => {
        this.#config = rooms.config;
        this.#leaveWord(rooms);
      });
      this.#log.info({ restarted: changed }, 'configuration reloaded');
    });
  }

  stop(): Promise<void> {
    this.#wake();
    this.#stopping ??= this.#inTurn(() => this.#close(this.#now() + this.#config.shutdownGrace));
    return this.#stopping;
  }

  async #close(deadline: number): Promise<void> {
    const [rooms, store] = [this.#rooms, this.#store];
    this.#rooms = null;
    this.#store = null;
    await rooms?.close(deadline);
    await store?.close();
    if (store !== null) removeControl(this.#config.dataDir);
  }

  /** Once a write was rejected nothing of this handle is to be trusted: close, open, check, go on. */
  #recover(cause: unknown): void {
    if (this.#stopping !== null) return;
    this.#log.error({ err: cause }, 'the store rejected a write: nothing is accepted until it was opened again');
    this.#inTurn(async () => {
      await this.#close(this.#now() + RECOVERY_GRACE).catch((error: unknown) =>
        this.#log.error({ err: error }, 'the poisoned store did not close cleanly'),
      );
      await this.#startAgain(cause);
    }).catch((error: unknown) => this.#lose(error));
  }

  async #startAgain(cause: unknown): Promise<void> {
    let last = cause;
    while (this.#stopping === null) {
      const now = this.#now();
      while (this.#restarts.length > 0 && (this.#restarts[0] ?? now) < now - RESTART_WINDOW) this.#restarts.shift();
      if (this.#restarts.length >= this.#restartDelays.length) {
        this.#log.error({ err: last }, `the store failed again after ${this.#restarts.length} restarts in ten minutes: giving up`);
        this.#lose(last);
        return;
      }
      await this.#pause(this.#restartDelays[this.#restarts.length] ?? 0);
      if (this.#stopping !== null) return;
      this.#restarts.push(this.#now());
      try {
        await this.start(this.#config);
        this.#log.warn({ restart: this.#restarts.length }, 'the store was opened again: mail is accepted');
        return;
      } catch (error) {
        this.#log.error({ err: error }, 'relais could not be started again');
        last = error;
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** What is in flight when the store is poisoned cannot be recorded: it gets little time. */
const RECOVERY_GRACE = 2_000;
