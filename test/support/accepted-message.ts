/** Puts a message into a store as submission would, and its recipients into a state as delivery would. */
import { type Address, toAddress } from '../../src/domain/address.ts';
import type { MessageId } from '../../src/domain/ids.ts';
import { createIdFactory } from '../../src/domain/ids.ts';
import type { AcceptedMessage, PreparedMessage } from '../../src/domain/message.ts';
import type { Store } from '../../src/domain/ports.ts';
import type { AttemptEnded } from '../../src/domain/recipient.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';

const nextId = createIdFactory({ now: Date.now, randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) });
const DAY = 86_400_000;

export function address(text: string): Address {
  const parsed = toAddress(text);
  if (parsed === undefined) throw new TypeError(`not an address: ${text}`);
  return parsed;
}

export interface MessageRequest {
  readonly recipients?: readonly string[];
  readonly acceptedAt?: number;
  readonly headers?: Partial<PreparedMessage['headers']>;
  readonly references?: Partial<PreparedMessage['references']>;
  readonly envelope?: Partial<PreparedMessage['envelope']>;
  readonly account?: string;
  readonly releaseAt?: number;
  readonly origin?: PreparedMessage['origin'];
  /** Whole message; its header fields are not read. */
  readonly content?: string;
}

/** Accepts a message for `recipients`; they are queued, due at once. */
export async function acceptMessage(store: Store, request: MessageRequest = {}): Promise<AcceptedMessage> {
  const acceptedAt = request.acceptedAt ?? Date.now();
  const id = nextId() as MessageId;
  const message: PreparedMessage = {
    id,
    acceptedAt,
    account: request.account ?? 'erp',
    client: { address: '127.0.0.1', helo: 'erp.example', tls: null, user: 'erp' },
    envelope: {
      reversePath: { kind: 'address', address: address('billing@example.com') },
      recipients: (request.recipients ?? ['ann@partner.example']).map((text) => ({ address: address(text), notify: null, orcpt: null })),
      ret: null,
      envid: null,
      smtputf8: false,
      eightBitMime: false,
      ...request.envelope,
    },
    headers: { subject: 'Invoice 2024-117', messageId: `${id}@erp.example`, from: 'billing@example.com', date: null, ...request.headers },
    references: { ...NO_REFERENCES, ...request.references },
    supersedes: null,
    ...(request.origin === undefined ? {} : { origin: request.origin }),
    ...(request.releaseAt === undefined ? {} : { releaseAt: request.releaseAt }),
    received: 'Received: from erp.example\r\n',
  };
  const content = store.openContent(message);
  await content.write(Buffer.from(request.content ?? 'Subject: Invoice 2024-117\r\n\r\nhello\r\n'));
  return store.accept({ message, content, dueAt: request.releaseAt ?? acceptedAt, expireAt: acceptedAt + 5 * DAY });
}

/** Makes one attempt and ends it with `reply`. */
export async function attempt(
  store: Store,
  message: MessageId,
  index: number,
  end: Pick<AttemptEnded, 'category' | 'addressInvalid'> & {
    readonly outcome: AttemptEnded['attempt']['outcome'];
    readonly code: number;
    readonly remoteId?: string;
  },
): Promise<void> {
  const now = Date.now();
  const claim = await store.claim({ message, indexes: [index], nextHop: 'hop', leaseUntil: now + 60_000, retryAt: now + 60_000, now });
  const running = claim.recipients[0]?.attempting;
  if (running === undefined || running === null) throw new Error(`recipient ${index} of ${message} could not be claimed`);
  const evidence: AttemptEnded = {
    kind: 'attempt-ended',
    attempt: {
      number: running.number,
      at: running.at,
      durationMs: 1,
      nextHop: 'hop',
      address: '127.0.0.1:25',
      tls: null,
      outcome: end.outcome,
      reply: { code: end.code, status: null, text: 'so it is' },
      phase: 'rcpt',
      ambiguous: false,
      error: null,
      ...(end.remoteId === undefined ? {} : { remoteId: end.remoteId }),
    },
    category: end.category,
    addressInvalid: end.addressInvalid,
    hop: 'recipient-server',
    retryAt: now + 60_000,
  };
  await store.apply([{ message, index, evidence }], now);
}

export const failedAttempt = { outcome: 'failed', code: 550, category: 'mailbox-unknown', addressInvalid: true } as const;
export const transferredAttempt = { outcome: 'transferred', code: 250, category: 'unknown', addressInvalid: false } as const;
