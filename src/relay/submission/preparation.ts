/**
 * From the header block of a message to the record that it begins with: who sent it, what it is about,
 * when it may go out, and the fields that go in front of it. Time and ids are given.
 */
import type { Envelope } from '../../domain/envelope.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { PreparedMessage, References, SubmissionClient } from '../../domain/message.ts';
import type { AcceptKey } from '../../domain/ports.ts';
import { markCopies } from './copies.ts';
import { type HeaderBlock, readHeaderBlock } from './header-block.ts';
import { dateTime, receivedField } from './received.ts';
import { type ReferenceIntake, wantedBy, withFound } from './reference-intake.ts';
import { type Refusal, refusal } from './refusal.ts';
import { parseSendAt } from './send-at.ts';

/** What is known of a message before its content. */
export interface Submitted {
  readonly account: string;
  /** Null: relais itself. */
  readonly client: SubmissionClient | null;
  readonly envelope: Envelope;
  /** What the trace field says it came by. */
  readonly protocol: string;
  /** Unix milliseconds before which it is not to be tried; the later one of it and X-Relais-Send-At holds. */
  readonly releaseAt?: number;
  /** Message-ID and Date are added where they are missing (RFC 6409 §8). */
  readonly complete?: boolean;
  /** Win over those of the header, field by field. */
  readonly references?: Partial<References>;
  readonly key?: AcceptKey;
  /** Goes into the message as it is. */
  readonly about?: Partial<Pick<PreparedMessage, 'origin' | 'supersedes' | 'concerns' | 'requestHash'>>;
}

export interface IntakeLimits {
  /** Octets. */
  readonly messageSize: number;
  /** Milliseconds ahead that a message may be scheduled for; 0: not at all. */
  readonly futureRelease: number;
}

export interface PreparationRequest {
  readonly hostname: string;
  readonly now: () => number;
  readonly newMessageId: () => MessageId;
  readonly submitted: Submitted;
  readonly limits: IntakeLimits;
  /** Null: what a message is about is read of X-Relais-* alone. */
  readonly references: ReferenceIntake | null;
  readonly log: Log;
  /** The header block as it came. */
  readonly block: Buffer;
  /** Whether all of it is there. */
  readonly whole: boolean;
}

export type Preparation =
  /** `header`: the block as it goes on. */
  | { readonly kind: 'prepared'; readonly message: PreparedMessage; readonly header: Buffer }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** RFC 5321 §6.3: loops are found by counting trace fields. */
const HOP_LIMIT = 50;
const LOOP = refusal(554, '5.4.6', `The message has passed more than ${HOP_LIMIT} servers: it is in a loop`);
/** Clients and relays whose clocks differ by so many milliseconds agree on the last moment. */
const CLOCK_SLACK = 60_000;

export function prepareMessage(request: PreparationRequest): Preparation {
  const { submitted, hostname } = request;
  const read = readHeaderBlock(request.block, wantedBy(request.references));
  if (read.received > HOP_LIMIT) return { kind: 'refused', refusal: LOOP };
  const acceptedAt = request.now();
  const release = releaseTime(read.sendAt, acceptedAt, request);
  if (typeof release !== 'number') return { kind: 'refused', refusal: release };
  const id = request.newMessageId();
  const { account, client, envelope, protocol, about } = submitted;
  const added =
    submitted.complete === true && request.whole ? missingFields(read, `${id}@${hostname}`, dateTime(acceptedAt)) : NOTHING_ADDED;
  const message: PreparedMessage = {
    id,
    acceptedAt,
    account,
    client: client ?? NOBODY,
    // Sent again: what it was is kept, for the To field may still name the old address.
    envelope: about?.origin === 'resend' ? envelope : markCopies(envelope, request.block),
    headers: { ...read.headers, ...added.headers },
    references: referencesOf(read, request),
    supersedes: null,
    ...about,
    ...(release > acceptedAt ? { releaseAt: release } : {}),
    received: receivedField({ from: client, hostname, protocol, id, recipients: envelope.recipients, at: acceptedAt }),
  };
  return { kind: 'prepared', message, header: added.lines === '' ? read.content : Buffer.concat([Buffer.from(added.lines), read.content]) };
}

/** Of what relais itself makes: no client, no address. */
const NOBODY: SubmissionClient = { address: '', helo: '', tls: null, user: null };

/** Unix milliseconds, not before `acceptedAt`; or why it cannot be. */
function releaseTime(sendAt: string | null, acceptedAt: number, { submitted, limits }: PreparationRequest): number | Refusal {
  const asked = sendAt === null || sendAt === '' ? acceptedAt : parseSendAt(sendAt);
  if (asked === undefined) {
    return refusal(550, '5.6.0', 'X-Relais-Send-At is no time; write it as 2025-01-31T08:00:00+01:00 or Fri, 31 Jan 2025 08:00:00 +0100');
  }
  const late = tooFarAhead(asked, acceptedAt, limits.futureRelease);
  if (late !== null) return refusal(550, '5.6.0', `X-Relais-Send-At: ${late}`);
  return Math.max(acceptedAt, asked, submitted.releaseAt ?? 0);
}

/** In words why a message is not kept until then; null when it is. Used for RFC 4865 too. */
export function tooFarAhead(releaseAt: number, now: number, limit: number): string | null {
  if (releaseAt <= now || (limit > 0 && releaseAt <= now + limit + CLOCK_SLACK)) return null;
  if (limit === 0) return 'messages are not kept for a later time here';
  return `messages are kept for ${limit / 1000} seconds at most`;
}

interface Added {
  readonly headers: { readonly messageId?: string; readonly date?: string };
  readonly lines: string;
}

const NOTHING_ADDED: Added = { headers: {}, lines: '' };

/** RFC 6409 §8.2 and §8.3. */
function missingFields({ lacks }: HeaderBlock, messageId: string, date: string): Added {
  if (!lacks.messageId && !lacks.date) return NOTHING_ADDED;
  return {
    headers: { ...(lacks.messageId ? { messageId } : {}), ...(lacks.date ? { date } : {}) },
    lines: `${lacks.messageId ? `Message-ID: <${messageId}>\r\n` : ''}${lacks.date ? `Date: ${date}\r\n` : ''}`,
  };
}

/** What relais itself writes is about nothing. */
function referencesOf(read: HeaderBlock, { submitted, references, log }: PreparationRequest): References {
  const said = mergeReferences(read.references, submitted.references);
  return references === null || submitted.about?.origin === 'notification' ? said : withFound(references, read, said, log);
}

function mergeReferences(read: References, given: Partial<References> | undefined): References {
  if (given === undefined) return read;
  const { found } = given;
  return {
    ...read,
    ...(found === undefined ? {} : { found }),
    document: given.document ?? read.document,
    documentType: given.documentType ?? read.documentType,
    contact: given.contact ?? read.contact,
    administration: given.administration ?? read.administration,
    template: given.template ?? read.template,
    class: given.class ?? read.class,
    stream: given.stream ?? read.stream,
    tags: given.tags === undefined ? read.tags : { ...read.tags, ...given.tags },
  };
}
