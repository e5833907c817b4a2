import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AuditActor } from '../../src/domain/audit.ts';
import { type CleanupCounts, type CleanupRequest, cleanupRequest, NOTHING_CLEANED } from '../../src/domain/cleanup.ts';
import { type Housekeeping, startHousekeeping } from '../../src/housekeeping/index.ts';
import { acceptMessage, attempt, transferredAttempt } from '../support/accepted-message.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingLog } from '../support/recording-log.ts';

const DAY = 86_400_000;
const RETENTION = { schedule: '15 3 * * *', content: 30 * DAY, records: 540 * DAY };
const NOTHING = NOTHING_CLEANED;
const ANN: AuditActor = { kind: 'user', name: 'ann' };

/** The store in memory, its clean-up another's. */
function storeWith(cleanup: (request: CleanupRequest, options?: { readonly signal?: AbortSignal }) => Promise<CleanupCounts>) {
  return Object.assign(createMemoryStore(), { cleanup });
}

const running: Housekeeping[] = [];
afterEach(() => {
  for (const housekeeping of running.splice(0)) void housekeeping.stop();
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
    const { counts } = await started({ retention: RETENTION, store, now: () => now, log }).cleanup.run(ANN);
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
    const store = storeWith(async (request) => {
      requests.push(request);
      return NOTHING;
    });
    const housekeeping = started({ retention: RETENTION, store, now: Date.now, log: recordingLog() });
    expect(housekeeping.cleanup.status().nextRunAt).toBe(new Date(2026, 4, 1, 3, 15).getTime());
    await vi.advanceTimersByTimeAsync(59_000);
    expect(requests).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(requests).toEqual([cleanupRequest(RETENTION, new Date(2026, 4, 1, 3, 15).getTime())]);
    await vi.advanceTimersByTimeAsync(DAY);
    expect(requests).toHaveLength(2);
    await housekeeping.stop();
    await vi.advanceTimersByTimeAsync(2 * DAY);
    expect(requests).toHaveLength(2);
    expect(housekeeping.cleanup.status().nextRunAt).toBeNull();
  });

  it('logs what a scheduled run failed of, and runs again the next night', async () => {
    vi.useFakeTimers({ now: new Date(2026, 4, 1, 3, 14, 30) });
    let runs = 0;
    const store = storeWith(() => (runs++ === 0 ? Promise.reject(new Error('EIO')) : Promise.resolve(NOTHING)));
    const log = recordingLog();
    started({ retention: RETENTION, store, now: Date.now, log });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.lines).toEqual([expect.stringMatching(/^error .*failed/)]);
    await vi.advanceTimersByTimeAsync(DAY);
    expect(log.lines).toHaveLength(2);
    expect(log.lines[1]).toBe('info clean-up done');
    expect((await store.cleanupRuns.list()).map(({ value }) => [value.by, value.error])).toEqual([
      [null, 'EIO'],
      [null, null],
    ]);
    expect((await store.audits({}, { limit: 5 })).items).toMatchObject([
      { by: { kind: 'relais' }, action: 'cleanup.run' },
      { by: { kind: 'relais' }, detail: { error: 'EIO' } },
    ]);
  });

  it('runs once at a time: who asks meanwhile gets the same result', async () => {
    let runs = 0;
    let finish = (_: CleanupCounts): void => {};
    const store = storeWith(
      () =>
        new Promise<CleanupCounts>((resolve) => {
          runs++;
          finish = resolve;
        }),
    );
    const housekeeping = started({ retention: RETENTION, store, now: Date.now, log: recordingLog() });
    const both = Promise.all([housekeeping.cleanup.run(ANN), housekeeping.cleanup.run(ANN)]);
    expect(housekeeping.cleanup.status().running).toMatchObject({ by: 'ann' });
    finish({ ...NOTHING, records: 7 });
    expect((await both).map(({ counts }) => counts.records)).toEqual([7, 7]);
    expect(runs).toBe(1);
    expect(housekeeping.cleanup.status().running).toBeNull();
    const next = housekeeping.cleanup.run(ANN);
    finish(NOTHING);
    await next;
    expect(runs).toBe(2);
  });

  it('tells who asks by hand that it failed', async () => {
    const store = storeWith(() => Promise.reject(new Error('EIO')));
    const housekeeping = started({ retention: RETENTION, store, now: Date.now, log: recordingLog() });
    await expect(housekeeping.cleanup.run(ANN)).rejects.toThrow('EIO');
    expect((await store.cleanupRuns.list())[0]?.value).toMatchObject({ by: 'ann', error: 'EIO' });
  });

  it('ends a run that is under way when it is stopped, and says so of it', async () => {
    const store = storeWith(
      (_, options) =>
        new Promise((resolve) => options?.signal?.addEventListener('abort', () => resolve({ ...NOTHING, records: 3 }), { once: true })),
    );
    const housekeeping = started({ retention: RETENTION, store, now: Date.now, log: recordingLog() });
    const run = housekeeping.cleanup.run(ANN);
    await housekeeping.stop();
    expect(await run).toMatchObject({ counts: { records: 3 }, error: expect.stringContaining('ended before it was done') });
    expect((await store.cleanupRuns.list())[0]?.value.error).toContain('ended before');
  });

  it('counts what it would take, remembers the count, and asks by classes of its own', async () => {
    const store = createMemoryStore();
    const now = Date.now();
    const message = await acceptMessage(store, { acceptedAt: now - 8 * DAY });
    await attempt(store, message.id, 0, transferredAttempt);
    const classes = [{ name: 'ours', match: { account: ['*'] }, content: 7 * DAY, records: 540 * DAY }];
    const { cleanup } = started({ retention: { ...RETENTION, classes }, store, now: () => now, log: recordingLog() });
    expect(await cleanup.plan()).toMatchObject({
      contents: 1,
      classes: [
        { name: 'ours', contents: 1 },
        { name: null, contents: 0 },
      ],
    });
    expect(cleanup.status().planned).toMatchObject({ at: now, counts: { contents: 1 } });
  });

  it.each(['', 'every night', '99 3 * * *', '2099-01-01', '* * *'])('node-schedule: says that "%s" is no schedule', (schedule) => {
    expect(() =>
      startHousekeeping({ retention: { ...RETENTION, schedule }, store: createMemoryStore(), now: Date.now, log: recordingLog() }),
    ).toThrow(/retention\.schedule/);
  });
});
