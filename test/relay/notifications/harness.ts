/** The room over the store in memory and the real Submitter, with short times. */
import { vi } from 'vitest';
import { createIdFactory, type MessageId } from '../../../src/domain/ids.ts';
import type { MessageDetail } from '../../../src/domain/ports.ts';
import type { Account } from '../../../src/domain/settings.ts';
import { type Notifications, startNotifications } from '../../../src/relay/notifications/index.ts';
import type { Pacing } from '../../../src/relay/notifications/pacing.ts';
import { InternalSubmitter } from '../../../src/relay/submission/index.ts';
import { type ReadDsn, readDsn } from '../../support/dsn-reader.ts';
import { createMemoryStore, type MemoryStore } from '../../support/memory-store.ts';
import { type RecordingLog, recordingLog } from '../../support/recording-log.ts';

const LIMITS = {
  messageSize: 100_000,
  recipients: 1000,
  connections: 10,
  connectionsPerAddress: 10,
  idle: 1000,
  data: 1000,
  queue: 1000,
  authFailures: 5,
  futureRelease: 0,
};

export interface Room {
  readonly store: MemoryStore;
  readonly log: RecordingLog;
  /** Started by this. */
  start(changes?: Partial<Parameters<typeof startNotifications>[0]>): Promise<Notifications>;
  /** Resolves with the notifications about `message` once there are `count`, oldest first. */
  sent(message: MessageId, count: number): Promise<readonly Sent[]>;
  /** How many there are now, about anything. */
  count(): Promise<number>;
  /** Replaces the submission's answer; null: the real one. */
  refusal: { readonly code: number; readonly text: string } | null;
  stop(): Promise<void>;
}

export interface Sent {
  readonly detail: MessageDetail;
  readonly dsn: ReadDsn;
  readonly raw: Buffer;
}

export const SHORT: Pacing = { window: 20, longest: 100, gather: 1, overdueEvery: 20, overdueHourly: 3, retryFirst: 10, retryLongest: 20 };

export function account(changes: Partial<Account> = {}): Account {
  return { name: 'erp', password: null, senders: ['*'], tracking: true, language: 'en', notifications: 'standard', ...changes };
}

export function openRoom(now: () => number = Date.now): Room {
  const store = createMemoryStore();
  const log = recordingLog();
  const nextId = createIdFactory({ now, randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) });
  const submitter = new InternalSubmitter({
    settings: {
      submission: { limits: LIMITS, networks: [], listeners: [], tls: null, greetingDelay: 0 } as never,
      accounts: [],
      hostname: 'relay.example.com',
      reportDomain: 'bounce.example.com',
      expireAfter: 60_000,
      diskFloor: 0,
    },
    store,
    now,
    newMessageId: () => nextId() as MessageId,
    log,
  });
  let running: Notifications | undefined;
  const about = async (message?: MessageId): Promise<MessageId[]> => {
    const { items } = await store.messages({}, { limit: 500 });
    const found = items.filter(({ message: one }) => one.origin === 'notification' && (message === undefined || one.concerns === message));
    return found.map(({ message: one }) => one.id).reverse();
  };
  const room: Room = {
    store,
    log,
    refusal: null,
    async start(changes = {}) {
      running = await startNotifications({
        store,
        submitter: {
          submit: (request) => {
            const { refusal } = room;
            return refusal === null
              ? submitter.submit(request)
              : Promise.resolve({ kind: 'refused', reply: { code: refusal.code, status: null, text: refusal.text } });
          },
        },
        accounts: [account()],
        hostname: 'relay.example.com',
        publicUrl: null,
        delayNoticeAfter: 3_600_000,
        now,
        log,
        timeZone: 'UTC',
        pacing: SHORT,
        ...changes,
      });
      return running;
    },
    async sent(message, count) {
      const ids = await vi.waitFor(
        async () => {
          const found = await about(message);
          if (found.length < count) throw new Error(`${found.length} of ${count} notifications:\n${log.lines.join('\n')}`);
          return found;
        },
        { timeout: 5_000, interval: 5 },
      );
      return Promise.all(
        ids.map(async (id) => {
          const detail = await store.message(id);
          const content = await store.content(id);
          if (detail === undefined || content.bytes === null) throw new Error(`${id} is gone`);
          return { detail, raw: content.bytes, dsn: await readDsn(content.bytes) };
        }),
      );
    },
    count: async () => (await about()).length,
    async stop() {
      await running?.stop(1000);
      await store.close();
    },
  };
  return room;
}
