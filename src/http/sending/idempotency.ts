/**
 * Requests that may be sent again without being done again: the header Idempotency-Key, as the
 * IETF's draft-ietf-httpapi-idempotency-key-header has it. The store keeps the key in the commit of
 * the message, so that requests at the same time, and crashes between them, make one message; the
 * message keeps the hash of its request, so that the same key on another one is found out.
 */
import { createHash } from 'node:crypto';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { AcceptKey } from '../../domain/ports.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext } from '../environment.ts';
import { Problem, validationProblem } from '../problem.ts';

/** How long a key is kept. */
const KEY_LIFETIME = 24 * 3_600_000;

export interface Repeatable {
  readonly key: AcceptKey;
  readonly requestHash: string;
}

/** A structured field's string (RFC 8941 §3.3.3), as the draft wants it, or the same without its quotes. */
const HEADER = /^(?:"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"|([\x21\x23-\x7e]{1,255}))$/;

/** Null where the request bears no key. Keys of one caller say nothing to another. */
export function repeatableOf(c: AppContext, caller: Caller, bytes: Buffer, now: number): Repeatable | null {
  const header = c.req.header('idempotency-key');
  if (header === undefined) return null;
  const match = HEADER.exec(header.trim());
  if (match === null) {
    throw validationProblem([
      { in: 'header', path: 'Idempotency-Key', detail: '1 to 255 printable ASCII characters, in quotes or without' },
    ]);
  }
  const { pathname, search } = new URL(c.req.url);
  const envelope = ['x-relais-from', 'x-relais-recipients', 'content-type'].map((name) => c.req.header(name) ?? '');
  const requestHash = createHash('sha256')
    .update(JSON.stringify([c.req.method, pathname, search, ...envelope]))
    .update(bytes)
    .digest('hex');
  return { key: { value: `${caller.kind}:${caller.name}:${match[1] ?? match[2] ?? ''}`, until: now + KEY_LIFETIME }, requestHash };
}

/** What is to happen once whoever asks for it: `name` says what. */
export function onceOnly(name: string, now: number): Repeatable {
  const requestHash = createHash('sha256').update(name).digest('hex');
  return { key: { value: `once:${name}`, until: now + KEY_LIFETIME }, requestHash };
}

/** One of several messages that one request makes. */
export function partOf(whole: Repeatable, part: string): Repeatable {
  return { ...whole, key: { ...whole.key, value: `${whole.key.value}#${part}` } };
}

export function assertSameRequest(message: AcceptedMessage, { requestHash }: Repeatable): void {
  if (message.requestHash === undefined || message.requestHash === requestHash) return;
  throw new Problem(422, 'idempotency-key-reused', 'The Idempotency-Key was used before with another request: take a new one', {
    members: { message: message.id },
  });
}
