/**
 * Hands what came over HTTP to the Submitter port, and says in HTTP's words what became of it. A
 * refusal keeps the reply that SMTP would have given, as the member `reply`.
 */
import { isIPv6 } from 'node:net';
import { reversePathText } from '../../domain/address.ts';
import type { AcceptedMessage, SubmissionClient } from '../../domain/message.ts';
import type { SubmissionRequest } from '../../domain/ports.ts';
import { formatReply, type Reply } from '../../domain/reply.ts';
import { replyJson, rfc3339, rfc3339OrNull } from '../../domain/representation.ts';
import type { Caller } from '../auth/caller.ts';
import { type AppContext, clientAddress } from '../environment.ts';
import type { HttpOptions } from '../options.ts';
import { printable } from '../printable.ts';
import { Problem } from '../problem.ts';
import { assertSameRequest, type Repeatable } from './idempotency.ts';

export interface Sent {
  readonly message: AcceptedMessage;
  /** By an earlier request with the same key. */
  readonly repeated: boolean;
}

/** Throws the problem that is due when it is refused. */
export async function submit(
  { submitter, log }: Pick<HttpOptions, 'submitter' | 'log'>,
  caller: Caller,
  request: Omit<SubmissionRequest, 'key' | 'requestHash'>,
  repeatable: Repeatable | null,
): Promise<Sent> {
  const answer = await submitter.submit({
    ...request,
    ...(repeatable === null ? {} : { key: repeatable.key, requestHash: repeatable.requestHash }),
  });
  if (answer.kind === 'refused') {
    log.info(
      { caller: caller.name, account: request.account, origin: request.origin, reply: printable(formatReply(answer.reply)) },
      'message refused',
    );
    throw refusalProblem(answer.reply);
  }
  const { message, repeated } = answer;
  if (repeated && repeatable !== null) assertSameRequest(message, repeatable);
  log.info(
    {
      caller: caller.name,
      message: message.id,
      account: message.account,
      origin: request.origin,
      recipients: message.envelope.recipients.length,
      repeated,
      ...(request.supersedes === undefined ? {} : { supersedes: request.supersedes }),
    },
    'message sent',
  );
  return { message, repeated };
}

/** What HTTP says where SMTP would have given `reply` (RFC 5321 §4.2, RFC 3463). */
export function refusalProblem(reply: Reply): Problem {
  const more = { members: { reply: replyJson(reply) } };
  const later = { ...more, headers: { 'retry-after': '30' } };
  if (reply.status === '5.3.4' || reply.code === 552) return new Problem(413, 'message-too-big', reply.text, more);
  if (reply.status === '4.3.1') return new Problem(507, 'no-room', reply.text, later);
  if (reply.status === '4.5.3' || reply.status === '5.5.3') return new Problem(422, 'too-many-recipients', reply.text, more);
  if (reply.code < 500) return new Problem(503, 'try-later', reply.text, later);
  if (reply.status === '5.7.1') return new Problem(403, 'not-allowed', reply.text, more);
  return new Problem(422, 'refused', reply.text, more);
}

/** Who asked, for the record and the Received field; null where there is no connection. */
export function submissionClient(c: AppContext, caller: Caller): SubmissionClient | null {
  const address = clientAddress(c);
  // RFC 5321 §4.1.3: the name of a client that has none.
  return address === '' ? null : { address, helo: isIPv6(address) ? `[IPv6:${address}]` : `[${address}]`, tls: null, user: caller.name };
}

/** What never changes about a message, so that a repeated request gets the same answer. */
export function sentJson(message: AcceptedMessage): Record<string, unknown> {
  return {
    id: message.id,
    acceptedAt: rfc3339(message.acceptedAt),
    account: message.account,
    messageId: message.headers.messageId,
    sender: reversePathText(message.envelope.reversePath),
    recipients: message.envelope.recipients.map(({ address }) => address),
    size: message.size,
    supersedes: message.supersedes,
    releaseAt: rfc3339OrNull(message.releaseAt ?? null),
  };
}

/** 201 with the address of what was made; repeated: the same answer, marked as such. */
export function sentResponse(c: AppContext, { message, repeated }: Sent): Response {
  c.header('location', `/api/v1/messages/${message.id}`);
  if (repeated) c.header('idempotent-replayed', 'true');
  return c.json(sentJson(message), 201);
}
