/**
 * Problem details for HTTP APIs (RFC 9457): every error that leaves here is one. `code` is stable
 * and meant for programs; `detail` says what, where and what to do.
 */
import { STATUS_CODES } from 'node:http';
import { StoreError } from '../domain/errors.ts';

export interface FieldFault {
  readonly in: 'query' | 'path' | 'header' | 'body';
  /** `limit`, `filter.state`, `recipients.2`. */
  readonly path: string;
  readonly detail: string;
}

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  /** Further members of the object (RFC 9457 §3.2). */
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: string,
    detail: string,
    more: { readonly members?: Readonly<Record<string, unknown>>; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.members = more.members ?? {};
    this.headers = more.headers ?? {};
  }
}

/** The JSON object of RFC 9457 §3.1. The type is `about:blank`, so the title is the status' own (§4.2.1). */
export function problemBody(problem: Problem): Record<string, unknown> {
  return {
    type: 'about:blank',
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    ...problem.members,
  };
}

export function problemResponse(problem: Problem): Response {
  return new Response(JSON.stringify(problemBody(problem)), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...problem.headers },
  });
}

export function validationProblem(faults: readonly FieldFault[]): Problem {
  const first = faults[0];
  const rest = faults.length > 1 ? ` (and ${faults.length - 1} more, see errors)` : '';
  const detail = first === undefined ? 'The request is not valid' : `${first.path === '' ? first.in : first.path}: ${first.detail}${rest}`;
  return new Problem(400, 'invalid-request', detail, { members: { errors: faults } });
}

/** A cursor that no page of the list gave. */
export function badCursor(): Problem {
  return validationProblem([{ in: 'query', path: 'cursor', detail: 'not a cursor of this list: start without one' }]);
}

export function notFound(what: string): Problem {
  return new Problem(404, 'not-found', what);
}

/** What an error means to the caller. Undefined: a defect of ours, to be logged. */
export function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (!(error instanceof StoreError)) return undefined;
  switch (error.code) {
    case 'not-found':
      return notFound('There is no such message or report');
    case 'erased':
      return new Problem(410, 'content-erased', 'The content was erased; the record of what happened to it stays');
    case 'cursor-expired':
      return new Problem(
        410,
        'cursor-expired',
        'The feed no longer goes back that far: synchronise anew from /messages, then go on from `last`',
      );
    case 'bad-cursor':
      return badCursor();
    case 'pending':
      return new Problem(409, 'pending', 'Still in the queue: cancel it first, or give force');
    case 'poisoned':
    case 'closed':
    case 'locked':
      return new Problem(503, 'store-unavailable', 'The store takes no writes at the moment; see /readyz', {
        headers: { 'retry-after': '5' },
      });
    case 'corrupt':
      return new Problem(500, 'content-corrupt', 'The stored bytes do not match their SHA-256 and are not handed out');
    case 'damaged':
    case 'version':
      return undefined;
    default:
      return error.code satisfies never;
  }
}
