/** Messages and evidence as the contract suite puts them into a store: made of what a test says, the rest usual. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Address, NULL_REVERSE_PATH, toAddress } from '../../src/domain/address.ts';
import { createIdFactory, type MessageId, type ReportId } from '../../src/domain/ids.ts';
import type { AcceptedMessage, PreparedMessage, References } from '../../src/domain/message.ts';
import type { AcceptKey, ReportRecord, SignalDelivery, Store, SuppressionRecord } from '../../src/domain/ports.ts';
import type { AttemptEnded, Outcome, RecipientRecord, ReportEvidence } from '../../src/domain/recipient.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';
import type { Category } from '../../src/domain/reply.ts';
import type { SignalId, SignalRecord } from '../../src/domain/signal.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** 2026-03-02T00:00:00Z. */
export const START = 1_772_409_600_000;

/** A clock that stands until it is set. */
export class Clock {
  now = START;
  readonly read = (): number => this.now;
}

export function addressOf(text: string): Address {
  const address = toAddress(text);
  if (address === undefined) throw new Error(`no address: ${text}`);
  return address;
}

export interface Described {
  readonly recipients?: readonly string[];
  /** '' is the null reverse-path. */
  readonly sender?: string;
  readonly account?: string;
  readonly subject?: string | null;
  readonly messageId?: string | null;
  readonly envid?: string;
  readonly references?: Partial<References>;
  readonly supersedes?: MessageId;
  readonly origin?: 'api' | 'resend' | 'notification';
  /** By an address: the recipient of the superseded message in whose place it stands. */
  readonly insteadOf?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly dueAt?: number;
  readonly expireAt?: number;
  readonly releaseAt?: number;
  readonly key?: AcceptKey;
}

/** What of an attempt's end is not the usual. */
export interface EndDetail {
  readonly category?: Category;
  readonly remoteId?: string;
}

let randomness = 0;

/** The same in each run. */
function nextOctet(): number {
  randomness = (Math.imul(randomness, 1103515245) + 12345) & 0x7fffffff;
  return (randomness >>> 16) & 255;
}

/** Makes messages whose ids and times come from a clock. */
export class Maker {
  readonly clock: Clock;
  readonly #nextId: () => string;

  constructor(clock: Clock) {
    this.clock = clock;
    this.#nextId = createIdFactory({
      now: clock.read,
      randomBytes: (length) => Uint8Array.from({ length }, nextOctet),
    });
  }

  id(): string {
    return this.#nextId();
  }

  prepare(described: Described = {}): PreparedMessage {
    const { sender = 'billing@erp.example', account = 'erp', recipients = ['ann@customer.example'] } = described;
    const id = this.#nextId() as MessageId;
    return {
      id,
      acceptedAt: this.clock.now,
      account,
      client: { address: '192.0.2.1', helo: 'erp.example', tls: null, user: account },
      envelope: {
        reversePath: sender === '' ? NULL_REVERSE_PATH : { kind: 'address', address: addressOf(sender) },
        recipients: recipients.map((text) => ({
          address: addressOf(text),
          notify: null,
          orcpt: null,
          ...(described.insteadOf?.[text] === undefined ? {} : { insteadOf: addressOf(described.insteadOf[text]) }),
        })),
        ret: null,
        envid: described.envid ?? null,
        smtputf8: false,
        eightBitMime: false,
      },
      headers: {
        subject: described.subject === undefined ? 'Your order' : described.subject,
        messageId: described.messageId === undefined ? `${id.toLowerCase()}@erp.example` : described.messageId,
        from: sender === '' ? null : sender,
        date: null,
      },
      references: { ...NO_REFERENCES, ...described.references },
      supersedes: described.supersedes ?? null,
      ...(described.origin === undefined ? {} : { origin: described.origin }),
      ...(described.releaseAt === undefined ? {} : { releaseAt: described.releaseAt }),
      received: 'Received: from erp.example (192.0.2.1) by relay.example;\r\n Mon, 2 Mar 2026 00:00:00 +0000\r\n',
    };
  }

  async accept(store: Store, described: Described = {}): Promise<AcceptedMessage> {
    const message = this.prepare(described);
    const content = store.openContent(message);
    await content.write(Buffer.from(described.body ?? `Subject: ${described.subject ?? ''}\r\n\r\nHello.\r\n`));
    const { dueAt = described.releaseAt ?? this.clock.now, key } = described;
    const { expireAt = dueAt + 5 * DAY } = described;
    return store.accept({ message, content, dueAt, expireAt, ...(key === undefined ? {} : { key }) });
  }

  report(described: Partial<ReportRecord> = {}): Omit<ReportRecord, 'size' | 'sha256'> {
    return {
      id: this.#nextId() as string as ReportId,
      receivedAt: this.clock.now,
      via: 'smtp',
      to: 'rb-token@bounce.example',
      kind: 'bounce',
      subject: 'Undelivered Mail Returned to Sender',
      originalMessageId: null,
      envelopeId: null,
      reportingMta: 'mx.customer.example',
      recipients: [],
      matched: null,
      trouble: null,
      ...described,
    };
  }

  /** A suppression under its address. */
  async suppress(store: Store, address: string, described: Partial<SuppressionRecord> = {}): Promise<void> {
    const { now } = this.clock;
    const record: SuppressionRecord = {
      address,
      reason: 'manual',
      note: null,
      by: 'ops',
      at: now,
      until: null,
      message: null,
      ...described,
    };
    await store.suppressions.put(address, record);
  }

  delivery(described: Partial<SignalDelivery> = {}): SignalDelivery {
    return {
      id: this.#nextId(),
      signal: 'failures',
      channel: 0,
      seq: 1,
      createdAt: this.clock.now,
      state: 'pending',
      attempts: 0,
      nextAttemptAt: this.clock.now,
      lastAttemptAt: null,
      lastAnswer: null,
      body: '{}',
      ...described,
    };
  }

  signalRecord(described: Partial<SignalRecord> = {}): SignalRecord {
    return {
      id: this.#nextId() as SignalId,
      rule: 'failures',
      key: 'partner.example blocked',
      cause: { domain: 'partner.example', category: 'blocked' },
      state: 'open',
      openedAt: this.clock.now,
      lastAt: this.clock.now,
      count: 1,
      examples: [],
      people: [],
      unresolved: 1,
      resolved: 0,
      told: 0,
      toldAt: null,
      toldCount: 0,
      nextAt: null,
      escalatedAt: null,
      acknowledged: null,
      closed: null,
      ...described,
    };
  }

  claim(store: Store, message: MessageId, indexes: readonly number[] = [0]): ReturnType<Store['claim']> {
    const { now } = this.clock;
    return store.claim({ message, indexes, nextHop: 'hop.example:25', leaseUntil: now + HOUR, retryAt: now + HOUR / 4, now });
  }

  /** The end of the attempt that runs. */
  ended(recipient: RecipientRecord, outcome: Outcome, more: EndDetail = {}): AttemptEnded {
    const { attempting } = recipient;
    if (attempting === null) throw new Error('no attempt runs');
    const code = { transferred: 250, deferred: 451, failed: 550, unanswered: 0, internal: 0 }[outcome];
    return {
      kind: 'attempt-ended',
      attempt: {
        number: attempting.number,
        at: attempting.at,
        durationMs: 12,
        nextHop: attempting.nextHop,
        address: '192.0.2.25:25',
        tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: true },
        outcome,
        reply: code === 0 ? null : { code, status: null, text: 'as the hop says' },
        phase: 'rcpt',
        ambiguous: false,
        error: code === 0 ? 'no answer' : null,
        ...(more.remoteId === undefined ? {} : { remoteId: more.remoteId }),
      },
      category: more.category ?? (outcome === 'failed' ? 'mailbox-unknown' : 'transient'),
      addressInvalid: outcome === 'failed',
      hop: 'recipient-server',
      retryAt: this.clock.now + HOUR,
    };
  }

  /** Tries one recipient, with this end. */
  async attempt(store: Store, message: MessageId, outcome: Outcome, index = 0, more: EndDetail = {}): Promise<void> {
    const { recipients } = await this.claim(store, message, [index]);
    const [recipient] = recipients;
    if (recipient === undefined) throw new Error(`recipient ${index} of ${message} was not free`);
    await store.apply([{ message, index, evidence: this.ended(recipient, outcome, more) }], this.clock.now);
  }
}

export function reportEvidence(report: ReportId, action: ReportEvidence['action']): ReportEvidence {
  return {
    kind: 'report',
    report,
    action,
    rank: 1,
    category: action === 'failed' ? 'mailbox-unknown' : 'unknown',
    status: action === 'failed' ? '5.1.1' : '2.0.0',
    reply: null,
    addressInvalid: action === 'failed',
  };
}

/** All that an async iterable gives. */
export async function gather<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

export async function scheduleOf(store: Store): Promise<{ message: MessageId; index: number; state: string; attempting: boolean }[]> {
  return (await gather(store.schedule())).flat().map(({ message, index, state, attempting }) => ({ message, index, state, attempting }));
}

/** Lets everything that is on its way in this process arrive. */
export async function settled(): Promise<void> {
  await delay(0);
  await delay(0);
}
