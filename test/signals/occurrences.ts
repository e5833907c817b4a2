/** Messages and their events as the decider hears of them, made by hand. */
import { toAddress } from '../../src/domain/address.ts';
import type { FeedEvent } from '../../src/domain/events.ts';
import { createIdFactory, type MessageId } from '../../src/domain/ids.ts';
import type { PreparedMessage, References } from '../../src/domain/message.ts';
import type { RecipientRecord, RecipientState } from '../../src/domain/recipient.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';
import type { MessageRecord } from '../../src/domain/signal-match.ts';

const newId = createIdFactory({ now: Date.now, randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) });

function address(text: string) {
  const parsed = toAddress(text);
  if (parsed === undefined) throw new TypeError(`not an address: ${text}`);
  return parsed;
}

export interface Described {
  readonly account?: string;
  readonly sender?: string;
  readonly acceptedAt?: number;
  readonly recipients?: readonly { readonly address: string; readonly state: RecipientState }[];
  readonly references?: Partial<References>;
  readonly supersedes?: MessageId;
  readonly origin?: PreparedMessage['origin'];
}

export function recordOf(described: Described = {}): MessageRecord {
  const { account = 'erp', sender = 'billing@example.com', acceptedAt = 0, references, supersedes, origin } = described;
  const recipients = described.recipients ?? [{ address: 'ann@partner.example', state: 'failed' as const }];
  return {
    message: {
      id: newId() as MessageId,
      acceptedAt,
      account,
      client: { address: '127.0.0.1', helo: 'erp', tls: null, user: null },
      envelope: {
        reversePath: { kind: 'address', address: address(sender) },
        recipients: recipients.map((one) => ({ address: address(one.address), notify: null, orcpt: null })),
        ret: null,
        envid: null,
        smtputf8: false,
        eightBitMime: false,
      },
      headers: { subject: 'Invoice', messageId: null, from: null, date: null },
      references: { ...NO_REFERENCES, ...references },
      supersedes: supersedes ?? null,
      ...(origin === undefined ? {} : { origin }),
      received: '',
      size: 1,
      sha256: '',
    },
    recipients: recipients.map((one, index) => recipientOf(one, index)),
  };
}

function recipientOf(one: { readonly address: string; readonly state: RecipientState }, index: number): RecipientRecord {
  return {
    index,
    address: address(one.address),
    state: one.state,
    stateSince: 0,
    confidence: 'confirmed',
    attempts: 1,
    attempting: null,
    nextAttemptAt: null,
    expireAt: 0,
    failure: null,
    reports: [],
  };
}

/** An event of the record's first recipient, unless it is said otherwise. */
export function eventOf({ message, recipients }: MessageRecord, event: Pick<FeedEvent, 'type' | 'seq'> & Partial<FeedEvent>): FeedEvent {
  const index = event.index ?? 0;
  const recipient = recipients[index];
  const { template, documentType, document, run } = message.references;
  return {
    at: event.seq,
    message: message.id,
    account: message.account,
    ...(template === null ? {} : { template }),
    ...(documentType === null ? {} : { documentType }),
    ...(document === null ? {} : { document }),
    ...(run === undefined ? {} : { run: run.name }),
    ...(message.origin === undefined ? {} : { origin: message.origin }),
    ...(event.type.startsWith('recipient.') && recipient !== undefined
      ? { index, recipient: recipient.address, state: recipient.state }
      : {}),
    ...event,
  };
}

export function failedEvent(record: MessageRecord, event: Pick<FeedEvent, 'seq'> & Partial<FeedEvent>): FeedEvent {
  return eventOf(record, { type: 'recipient.failed', state: 'failed', category: 'mailbox-unknown', ...event });
}
