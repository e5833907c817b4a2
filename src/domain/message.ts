/** A message as relais records it, and the state that follows from its recipients'. */
import type { Envelope } from './envelope.ts';
import type { MessageId } from './ids.ts';
import type { RecipientState } from './recipient.ts';
import type { Category } from './reply.ts';

/** How the message came in. */
export interface SubmissionClient {
  /** IP address without port. */
  readonly address: string;
  /** EHLO or HELO argument, control characters taken out. */
  readonly helo: string;
  readonly tls: { readonly version: string; readonly cipher: string } | null;
  /** The account that authenticated; null when `networks` let it in. */
  readonly user: string | null;
}

/** Header fields read on the way in, decoded (RFC 2047); null where absent. */
export interface MessageHeaders {
  readonly subject: string | null;
  /** Without angle brackets. */
  readonly messageId: string | null;
  readonly from: string | null;
  readonly date: string | null;
}

/** What the mail is about: as the ERP said it, or as the rules of references found it. */
export interface References {
  readonly document: string | null;
  /** What the document is: `invoice`, or as the ERP calls it, such as `account.move`. */
  readonly documentType: string | null;
  readonly contact: string | null;
  /** The books, company or tenant of the ERP that it is from. */
  readonly administration: string | null;
  readonly template: string | null;
  readonly class: string | null;
  /** Where no template is named: the fingerprint that it shares with mail of the same kind. */
  readonly stream: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Which of these rules have found (`document`, `tag:run`): other rules may find otherwise. Absent: none. */
  readonly found?: readonly string[];
  /** The run that it belongs to, X-Relais-Run, and how many messages that has, where it says so. Absent: none. */
  readonly run?: { readonly name: string; readonly expected: number | null };
}

/** What of a message's references may change once it is accepted: its class has decided its priority. */
export type ReferenceChange = Partial<Omit<References, 'class' | 'run' | 'found'>>;

/** A message before its content is complete. */
export interface PreparedMessage {
  readonly id: MessageId;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  readonly account: string;
  readonly client: SubmissionClient;
  readonly envelope: Envelope;
  readonly headers: MessageHeaders;
  readonly references: References;
  /** The message that this one replaces. */
  readonly supersedes: MessageId | null;
  /** How it came to be, where not from an ERP by SMTP. */
  readonly origin?: 'api' | 'resend' | 'notification';
  /** Of a notification: the message that it tells of. */
  readonly concerns?: MessageId;
  /** Unix milliseconds before which it is not to be tried (RFC 4865 §4, X-Relais-Send-At). */
  readonly releaseAt?: number;
  /** SHA-256 in hex of the request that it came of, where that bore a key: another request with the key is told from the same. */
  readonly requestHash?: string;
  /** Our trace field (RFC 5321 §4.4), folded, with its final CRLF: forwarded in front of the content. */
  readonly received: string;
}

/** A message whose content is durable. */
export interface AcceptedMessage extends PreparedMessage {
  /** Octets of the content, `received` not counted. */
  readonly size: number;
  /** SHA-256 of the content in lower-case hex, `received` not included. */
  readonly sha256: string;
}

export const MESSAGE_STATES = ['in-progress', 'transferred', 'delivered', 'failed', 'partly-failed', 'cancelled'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** The state of a message: derived from those of its recipients, never stored on its own. */
export function messageState(states: Iterable<RecipientState>): MessageState {
  let failed = 0;
  let delivered = 0;
  let transferred = 0;
  for (const state of states) {
    switch (state) {
      case 'queued':
      case 'deferred':
      case 'held':
        return 'in-progress';
      case 'failed':
      case 'expired':
      case 'suppressed':
        failed++;
        break;
      case 'delivered':
        delivered++;
        break;
      case 'transferred':
        transferred++;
        break;
      case 'cancelled':
        break;
      default:
        return state satisfies never;
    }
  }
  if (failed > 0) return delivered + transferred > 0 ? 'partly-failed' : 'failed';
  if (transferred > 0) return 'transferred';
  return delivered > 0 ? 'delivered' : 'cancelled';
}

/** A message in a list. */
export interface MessageSummary {
  readonly message: AcceptedMessage;
  readonly state: MessageState;
  readonly contentErased: boolean;
  readonly recipients: readonly {
    readonly address: string;
    readonly state: RecipientState;
    readonly category: Category | null;
  }[];
}
