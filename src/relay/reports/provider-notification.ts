/**
 * What Amazon SES tells by SNS, where a topic's subscriber is a mailbox: a JSON document in the text
 * of a mail, by itself or as the `Message` of a notification's wrapper. Pure.
 *
 * It is read from the first brace; lines that the mail's way folded into it are joined. Whatever is
 * not such a document is none, and no error.
 */
import type { EnhancedStatus } from '../../domain/reply.ts';
import { statusIn } from './delivery-status.ts';
import { messageIdOf } from './fields.ts';

export interface ProviderNotification {
  readonly kind: 'bounce' | 'complaint' | 'delivery' | 'delay';
  /** A complaint that was taken back (RFC 5965 §7.3). */
  readonly notSpam: boolean;
  /** The provider's own name of the message, which it puts into its 250 reply and its Message-ID. */
  readonly providerId: string | null;
  readonly messageId: string | null;
  readonly subject: string | null;
  readonly reportingMta: string | null;
  readonly recipients: readonly {
    readonly address: string;
    readonly status: EnhancedStatus | null;
    readonly diagnostic: string | null;
  }[];
}

const KINDS: Readonly<Record<string, ProviderNotification['kind']>> = {
  bounce: 'bounce',
  complaint: 'complaint',
  delivery: 'delivery',
  deliverydelay: 'delay',
};
const RECIPIENTS_LIMIT = 100;

export function readProviderNotification(text: string): ProviderNotification | null {
  const outer = jsonIn(text);
  const document = typeof outer?.['Message'] === 'string' ? jsonIn(outer['Message']) : outer;
  const kind = KINDS[stringOf(document?.['notificationType'] ?? document?.['eventType'])?.toLowerCase() ?? ''];
  if (document === null || kind === undefined) return null;
  const mail = objectOf(document['mail']);
  const detail = objectOf(document[kind === 'delay' ? 'deliveryDelay' : kind]);
  return {
    kind,
    notSpam: stringOf(detail['complaintFeedbackType']) === 'not-spam',
    providerId: stringOf(mail['messageId']),
    messageId: messageIdIn(mail),
    subject: stringOf(objectOf(mail['commonHeaders'])['subject']),
    reportingMta: stringOf(detail['reportingMTA'])?.replace(/^[\w-]+\s*;\s*/, '') ?? null,
    recipients: recipientsOf(kind, detail, mail),
  };
}

type Json = Readonly<Record<string, unknown>>;

/** The object that begins with the first brace; null where none is whole. */
function jsonIn(text: string): Json | null {
  const begin = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (begin === -1 || end < begin || !/"(?:notificationType|eventType|Message)\\?"\s*:/.test(text)) return null;
  const body = text.slice(begin, end + 1);
  for (const unfolded of [body, body.replace(/\r?\n[ \t]?/g, ''), body.replace(/\r?\n/g, '')]) {
    try {
      return objectOf(JSON.parse(unfolded));
    } catch {
      // Folded another way, or no JSON at all.
    }
  }
  return null;
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, RECIPIENTS_LIMIT) : [];
}

function messageIdIn(mail: Json): string | null {
  const common = stringOf(objectOf(mail['commonHeaders'])['messageId']);
  const field = listOf(mail['headers'])
    .map(objectOf)
    .find(({ name }) => stringOf(name)?.toLowerCase() === 'message-id');
  return messageIdOf(stringOf(field?.['value']) ?? common);
}

const LISTS = { bounce: 'bouncedRecipients', complaint: 'complainedRecipients', delay: 'delayedRecipients' } as const;

function recipientsOf(kind: ProviderNotification['kind'], detail: Json, mail: Json): ProviderNotification['recipients'] {
  if (kind === 'delivery') {
    const addresses = listOf(detail['recipients'] ?? mail['destination']).flatMap((address) => stringOf(address) ?? []);
    return addresses.map((address) => ({ address, status: null, diagnostic: stringOf(detail['smtpResponse']) }));
  }
  const type = `${stringOf(detail['bounceType']) ?? ''} ${stringOf(detail['bounceSubType']) ?? ''}`.trim();
  return listOf(detail[LISTS[kind]])
    .map(objectOf)
    .flatMap((recipient) => {
      const address = stringOf(recipient['emailAddress']);
      const diagnostic = stringOf(recipient['diagnosticCode'])?.replace(/^smtp\s*;\s*/i, '') ?? (type === '' ? null : type);
      return address === null ? [] : [{ address, status: statusIn(stringOf(recipient['status']) ?? ''), diagnostic }];
    });
}
