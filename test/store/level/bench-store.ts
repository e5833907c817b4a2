/** Stores in directories that go, for the tests of what the register does on disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Store } from '../../../src/domain/ports.ts';
import { openStore, type StoreOptions } from '../../../src/store/index.ts';
import { Clock, Maker } from '../../contract/messages.ts';
import { type RecordingLog, recordingLog } from '../../support/recording-log.ts';

export interface Bench {
  readonly clock: Clock;
  readonly make: Maker;
  readonly log: RecordingLog;
  newDir(): string;
  /** Closed after the test. */
  open(dataDir: string, options?: Partial<StoreOptions>): Promise<Store>;
}

export function storeBench(): Bench {
  const dirs: string[] = [];
  const stores: Store[] = [];
  const clock = new Clock();
  const log = recordingLog();
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close().catch(() => undefined);
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
    log.lines.length = 0;
  });
  return {
    clock,
    make: new Maker(clock),
    log,
    newDir: () => {
      const dir = mkdtempSync(join(tmpdir(), 'relais-register-'));
      dirs.push(dir);
      return join(dir, 'data');
    },
    open: async (dataDir, options = {}) => {
      const store = await openStore({ dataDir, diskFloor: 0, now: clock.read, log, ...options });
      stores.push(store);
      return store;
    },
  };
}

/** Every file below, as one text: to look for what should be gone. */
export function everythingIn(dir: string): string {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return names.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

interface BatchPrototype {
  _write(options: { readonly sync?: boolean }): Promise<void>;
}

/** Puts `instead` before every write of a batch to LevelDB, until the test is over. It may throw. */
export function beforeBatches(instead: (options: { readonly sync?: boolean }) => Promise<void> | void): () => void {
  const level = createRequire(import.meta.url).resolve('level');
  const { ChainedBatch } = createRequire(level)('classic-level/chained-batch.js') as { ChainedBatch: { prototype: BatchPrototype } };
  const original = ChainedBatch.prototype._write;
  ChainedBatch.prototype._write = async function (options) {
    await instead(options);
    return original.call(this, options);
  };
  return () => {
    ChainedBatch.prototype._write = original;
  };
}
