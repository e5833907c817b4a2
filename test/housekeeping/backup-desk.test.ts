import { afterEach, describe, expect, it, vi } from 'vitest';
import { BackupError, type BackupRecord, type BackupRequest } from '../../src/domain/backup.ts';
import { type Housekeeping, startHousekeeping } from '../../src/housekeeping/index.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingLog } from '../support/recording-log.ts';

const RETENTION = { schedule: '15 3 * * *', content: 1, records: 1 };
const BACKUP = { dir: '/backups', schedule: '30 2 * * *', keep: 7 };
const MADE: BackupRecord = { name: '20260501T023000Z', octets: 9, copied: 5, madeAt: 12, seq: 3, messages: 2, pending: 1 };
const ANN = { kind: 'user', name: 'ann' } as const;

const running: Housekeeping[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const housekeeping of running.splice(0)) await housekeeping.stop();
});

function desk(backup: (request: BackupRequest) => Promise<BackupRecord>, backups: readonly BackupRecord[] = []) {
  const store = createMemoryStore();
  const log = recordingLog();
  Object.assign(store, { backup, backups: async () => backups });
  const housekeeping = startHousekeeping({ retention: RETENTION, backup: BACKUP, store, now: Date.now, log });
  running.push(housekeeping);
  return { store, log, housekeeping, desk: housekeeping.backups };
}

const events = (store: ReturnType<typeof createMemoryStore>) =>
  store.events.map(({ type, directory, reason }) => ({ type, directory, reason }));

describe('backups by schedule', () => {
  it('are made at its times, kept in number, told in feed, audit log and status', async () => {
    vi.useFakeTimers({ now: new Date(2026, 4, 1, 2, 29, 0) });
    const requests: BackupRequest[] = [];
    const here = desk(async (request) => {
      requests.push(request);
      return MADE;
    });
    expect(here.desk.status()).toMatchObject({ settings: BACKUP, nextRunAt: new Date(2026, 4, 1, 2, 30).getTime(), lastMadeAt: null });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests).toMatchObject([{ dir: '/backups', keep: 7 }]);
    expect(events(here.store)).toEqual([{ type: 'backup.made', directory: '/backups', reason: undefined }]);
    expect((await here.store.audits({}, { limit: 1 })).items).toMatchObject([{ action: 'backup.made', by: { name: 'schedule' } }]);
    expect(here.desk.status()).toMatchObject({ lastMadeAt: 12, failures: 0, lastRun: { by: null, made: MADE, error: null } });
  });

  it('that fail are an event, a log line and a count, and the next one is tried', async () => {
    vi.useFakeTimers({ now: new Date(2026, 4, 1, 2, 29, 0) });
    const here = desk(() => Promise.reject(new BackupError('full', '/backups is full: make room')), [MADE]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events(here.store)).toEqual([{ type: 'backup.failed', directory: '/backups', reason: '/backups is full: make room' }]);
    expect(here.log.lines).toEqual(['error the scheduled backup failed; the next one tries again']);
    expect(here.desk.status()).toMatchObject({
      failures: 1,
      lastMadeAt: 12,
      lastRun: { made: null, error: '/backups is full: make room' },
    });
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(here.desk.status().failures).toBe(2);
  });
});

describe('a backup that is asked for', () => {
  it('is one at a time, shows how far it is, and one that fails is its caller’s to know', async () => {
    let fail: (error: Error) => void = () => undefined;
    const here = desk(({ onProgress }) => {
      onProgress?.(4, 10);
      return new Promise((_, reject) => {
        fail = reject;
      });
    });
    const first = here.desk.run({ dir: '/elsewhere', keep: null }, ANN);
    await expect(here.desk.run({ dir: '/elsewhere', keep: null }, ANN)).rejects.toMatchObject({ code: 'busy' });
    expect(here.desk.status().running).toMatchObject({ dir: '/elsewhere', by: 'ann' });
    fail(new BackupError('place', 'no'));
    await expect(first).rejects.toThrow('no');
    expect(events(here.store)).toEqual([]);
    expect(here.desk.status()).toMatchObject({ running: null, failures: 1, lastMadeAt: null });
  });

  it('is ended when housekeeping stops', async () => {
    const here = desk(({ signal }) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))));
    const made = here.desk.run(BACKUP, ANN);
    const stopped = here.housekeeping.stop();
    await expect(made).rejects.toMatchObject({ code: 'ended' });
    await stopped;
    expect(events(here.store)).toEqual([]);
  });
});
