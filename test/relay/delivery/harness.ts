/** A delivery on the store in memory, with settings short enough for a test. */
import { randomBytes } from 'node:crypto';
import { type Address, type ReversePath, toAddress } from '../../../src/domain/address.ts';
import type { Envelope, EnvelopeRecipient } from '../../../src/domain/envelope.ts';
import { createIdFactory, type MessageId } from '../../../src/domain/ids.ts';
import type { Log } from '../../../src/domain/log.ts';
import type { PreparedMessage } from '../../../src/domain/message.ts';
import type { MessageDetail, Store } from '../../../src/domain/ports.ts';
import type { RecipientState } from '../../../src/domain/recipient.ts';
import { NO_REFERENCES } from '../../../src/domain/references.ts';
import type { DeliverySettings, MxRoute, Route, SmarthostRoute } from '../../../src/domain/settings.ts';
import { type Delivery, type DeliveryOptions, startDelivery } from '../../../src/relay/delivery/index.ts';
import { SMTP_TIMEOUTS } from '../../../src/relay/delivery/smtp-timeouts.ts';
import { createMemoryStore, type MemoryStore } from '../../support/memory-store.ts';

export const TOKEN_KEY = { id: 'k', secret: Buffer.alloc(32, 7) };
const nextId = createIdFactory({ now: Date.now, randomBytes });

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

export function settings(changes: Partial<DeliverySettings> = {}): DeliverySettings {
  return {
    retry: { delays: [60_000], expireAfter: 3_600_000 },
    delayNoticeAfter: 3_600_000,
    attemptTimeout: 10_000,
    lease: 20_000,
    connections: 50,
    priorities: { urgent: [], bulk: [] },
    resolvers: [],
    ...changes,
  };
}

const LIMITS = { connections: 5, rate: null, messagesPerConnection: 100 } as const;

export function smarthost(port: number, changes: Partial<SmarthostRoute> = {}): SmarthostRoute {
  return {
    via: 'smarthost',
    match: {},
    returnPath: 'preserve',
    limits: LIMITS,
    host: '127.0.0.1',
    port,
    tls: 'none',
    ca: null,
    auth: null,
    ...changes,
  };
}

export function mxRoute(port: number, changes: Partial<MxRoute> = {}): MxRoute {
  return { via: 'mx', match: {}, returnPath: 'preserve', limits: LIMITS, tls: 'opportunistic', port, ...changes };
}

export interface Harness {
  readonly store: MemoryStore;
  readonly delivery: Delivery;
  accept(message: NewMessage): Promise<MessageId>;
  /** Resolves with the message once each recipient is in one of the states. */
  settled(id: MessageId, states?: readonly RecipientState[]): Promise<MessageDetail>;
  /** Resolves once `look` gives something; looked at after each event of the feed. */
  until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T>;
  stop(graceMs?: number): Promise<void>;
}

export interface NewMessage {
  readonly from?: string | null;
  readonly to: readonly (string | (Partial<Omit<EnvelopeRecipient, 'address'>> & { readonly address: string }))[];
  readonly content?: string | Buffer;
  readonly account?: string;
  readonly expireAt?: number;
  readonly dueAt?: number;
  readonly envelope?: Partial<Envelope>;
  readonly class?: string;
  readonly origin?: NonNullable<PreparedMessage['origin']>;
}

export async function startHarness(
  routes: readonly Route[],
  changes: Partial<DeliveryOptions> & { readonly memory?: MemoryStore } = {},
): Promise<Harness> {
  const { memory, ...options } = changes;
  const store = memory ?? createMemoryStore();
  const delivery = await startDelivery({
    routes,
    settings: settings(),
    hostname: 'relay.test',
    reportDomain: null,
    tokenKeys: [TOKEN_KEY],
    sandboxHop: null,
    store,
    now: Date.now,
    random: Math.random,
    log: silentLog,
    timeouts: { ...SMTP_TIMEOUTS, connect: 2_000 },
    ...options,
  });
  return makeHarness(store, delivery);
}

function makeHarness(store: MemoryStore, delivery: Delivery): Harness {
  const until = async <T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const seq = store.lastSeq;
      const found = await look();
      if (found !== undefined) return found;
      await store.waitForChanges(seq, AbortSignal.timeout(200));
    }
  };
  return {
    store,
    delivery,
    accept: (message) => acceptMessage(store, message),
    until,
    settled: (id, states = ['transferred', 'failed', 'expired', 'held', 'deferred']) =>
      until(async () => {
        const detail = await store.message(id);
        const done = detail?.recipients.every(({ state, attempting }) => states.includes(state) && attempting === null);
        return done === true ? detail : undefined;
      }),
    stop: (graceMs = 1_000) => delivery.stop(graceMs),
  };
}

export function address(text: string): Address {
  const parsed = toAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

export async function acceptMessage(store: Store, message: NewMessage): Promise<MessageId> {
  const id = nextId() as MessageId;
  const acceptedAt = Date.now();
  const from = message.from === undefined ? 'erp@example.com' : message.from;
  const reversePath: ReversePath = from === null ? { kind: 'null' } : { kind: 'address', address: address(from) };
  const recipients = message.to.map((to): EnvelopeRecipient => {
    if (typeof to === 'string') return { address: address(to), notify: null, orcpt: null };
    return { address: address(to.address), notify: to.notify ?? null, orcpt: to.orcpt ?? null };
  });
  const prepared = {
    id,
    acceptedAt,
    account: message.account ?? 'default',
    client: { address: '127.0.0.1', helo: 'erp.test', tls: null, user: null },
    envelope: { reversePath, recipients, ret: null, envid: null, smtputf8: false, eightBitMime: false, ...message.envelope },
    headers: { subject: 'Invoice', messageId: `${id}@example.com`, from: null, date: null },
    references: { ...NO_REFERENCES, class: message.class ?? null },
    ...(message.origin === undefined ? {} : { origin: message.origin }),
    supersedes: null,
    received: `Received: from erp.test by relay.test\r\n\tid ${id}; now\r\n`,
  };
  const content = store.openContent(prepared);
  await content.write(Buffer.from(message.content ?? 'Subject: Invoice\r\n\r\nPlease find it attached.\r\n'));
  const dueAt = message.dueAt ?? acceptedAt;
  await store.accept({ message: prepared, content, dueAt, expireAt: message.expireAt ?? acceptedAt + 3_600_000 });
  return id;
}
