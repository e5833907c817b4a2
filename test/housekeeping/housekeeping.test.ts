import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CleanupCounts, CleanupRequest } from '../../src/domain/ports.ts';
import { cleanupRequest, type Housekeeping, startHousekeeping } from '../../src/housekeeping/index.ts';
import { acceptMessage, attempt, transferredAttempt } from '../support/accepted-message.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingLog } from '../support/recording-log.ts';

const DAY = 86_400_000;
const RETENTION = { schedule: '15 3 * * *', content: 30 * DAY, records: 540 * DAY };
const NOTHING: CleanupCounts = { contents: 0, records: 0, octets: 0, keptPending: 0 };

const running: Housekeeping[] = [];
afterEach(() => {
  for (const housekeeping of running.splice(0)) housekeeping.stop();
  vi.useRealTimers();
});

function started(...[options]: Parameters<typeof startHousekeeping>): Housekeeping {
  const housekeeping = startHousekeeping(options);
  running.push(housekeeping);
  return housekeeping;
}

describe('housekeeping', () => {
  it('takes content and records by age, and nothing that is still in the queue', async () => {
    const store = createMemoryStore();
    const now = Date.now();
    const ages = { fresh: 1, content: 31, record: 541 };
    const ids: Record<string, string> = {};
    for (const [name, days] of Object.entries(ages)) {
      const message = await acceptMessage(store, { acceptedAt: now - days * DAY });
      await attempt(store, message.id, 0, transferredAttempt);
      ids[name] = message.id;
    }
    const pending = await acceptMessage(store, { acceptedAt: now - 541 * DAY });
    const log = recordingLog();
    const counts = await started({ retention: RETENTION, store, now: () => now, log }).cleanupNow();
    expect(counts).toMatchObject({ contents: 2, records: 1, keptPending: 1 });
    const left = (await store.messages({}, { limit: 10 })).items.map(({ message, contentErased }) => [message.id, contentErased]);
    expect(left).toEqual(
      expect.arrayContaining([
        [ids['fresh'], false],
        [ids['content'], true],
        [pending.id, false],
      ]),
    );
    expect(left).toHaveLength(3);
    expect(log.lines).toEqual(['info clean-up done']);
  });

  it('runs at the time of the schedule', async () => {
    vi.useFakeTimers({ now: new Date(2026, 4, 1, 3, 14, 0) });
    const requests: CleanupRequest[] = [];
    const store = {
      cleanup: async (request: CleanupRequest) => {
        requests.push(request);
        return NOTHING;
      },
    };
    const housekeeping = started({ retention: RETENTION, store, now: Date.now, log: recordingLog() });
    expect(housekeeping.nextRunAt()).toBe(new Date(2026, 4, 1, 3, 15).getTime());
    await vi.advanceTimersByTimeAsync(59_000);
    expect(requests).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(requests).toEqual([cleanupRequest(RETENTION, new Date(2026, 4, 1, 3, 15).getTime())]);
    await vi.advanceTimersByTimeAsync(DAY);
    expect(requests).toHaveLength(2);
    housekeeping.stop();
    await vi.advanceTimersByTimeAsync(2 * DAY);
    expect(requests).toHaveLength(2);
    expect(housekeeping.nextRunAt()).toBeNull();
  });

  it('logs what a scheduled run failed of, and runs again the next night', async () => {
    vi.useFakeTimers({ now: new Date(2026, 4, 1, 3, 14, 30) });
    let runs = 0;
    const store = { cleanup: () => (runs++ === 0 ? Promise.reject(new Error('EIO')) : Promise.resolve(NOTHING)) };
    const log = recordingLog();
    started({ retention: RETENTION, store, now: Date.now, log });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.lines).toEqual([expect.stringMatching(/^error .*failed/)]);
    await vi.advanceTimersByTimeAsync(DAY);
    expect(log.lines).toHaveLength(2);
    expect(log.lines[1]).toBe('info clean-up done');
  });

  it('runs once at a time: who asks meanwhile gets the same result', async () => {
    let runs = 0;
    let finish = (_: CleanupCounts): void => {};
    const store = {
      cleanup: () =>
        new Promise<CleanupCounts>((resolve) => {
          runs++;
          finish = resolve;
        }),
    };
    const housekeeping = started({ retention: RETENTION, store, now: Date.now, log: recordingLog() });
    const both = Promise.all([housekeeping.cleanupNow(), housekeeping.cleanupNow()]);
    finish({ ...NOTHING, records: 7 });
    expect((await both).map(({ records }) => records)).toEqual([7, 7]);
    expect(runs).toBe(1);
    const next = housekeeping.cleanupNow();
    finish(NOTHING);
    await next;
    expect(runs).toBe(2);
  });

  it('tells who asks by hand that it failed', async () => {
    const store = { cleanup: () => Promise.reject(new Error('EIO')) };
    const housekeeping = started({ retention: RETENTION, store, now: Date.now, log: recordingLog() });
    await expect(housekeeping.cleanupNow()).rejects.toThrow('EIO');
  });

  it.each(['', 'every night', '99 3 * * *', '2099-01-01', '* * *'])('node-schedule: says that "%s" is no schedule', (schedule) => {
    const store = { cleanup: () => Promise.resolve(NOTHING) };
    expect(() => startHousekeeping({ retention: { ...RETENTION, schedule }, store, now: Date.now, log: recordingLog() })).toThrow(
      /retention\.schedule/,
    );
  });
});
