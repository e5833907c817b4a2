/**
 * Sends one webhook: one POST, one answer, one deadline; over a connection that is kept for the next.
 *
 *   upstream    webhook.ts
 *   downstream  the receiver's HTTP server
 *   standards   RFC 9110, RFC 9112; Standard Webhooks
 *   failure     never throws: what went wrong is the answer's text, and the channel tries again
 *
 * The address is judged three times, because it is an outsider's: a literal before it is dialled,
 * names after they were resolved (the very answer that is dialled, so that a second look-up can not
 * say something else), and the connected socket's peer before a single octet is written. A connection
 * that is used again has been judged. Redirects
 * are answers like any other and are not followed. The answer's body is never read for meaning nor
 * decoded: `accept-encoding: identity` asks for none, and it is drained up to a cap and dropped.
 */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isPublicAddress } from './addresses.ts';

export type Resolve = (hostname: string, callback: (error: Error | null, addresses: LookupAddress[]) => void) => void;

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
  /** Milliseconds for everything together: names, connection, TLS, answer. */
  readonly timeout: number;
  /** Given up from outside: relais stops. */
  readonly signal: AbortSignal;
  readonly resolve?: Resolve;
  /** Keeps connections; without it each request has its own. */
  readonly connections?: Connections;
}

/** Connections to one receiver that are kept for the next webhook. */
export class Connections {
  readonly http: http.Agent;
  readonly https: https.Agent;

  constructor(most: number) {
    const options = { keepAlive: true, maxSockets: most, maxFreeSockets: most, timeout: KEPT_FOR };
    this.http = new http.Agent(options);
    this.https = new https.Agent(options);
  }

  close(): void {
    this.http.destroy();
    this.https.destroy();
  }
}

export type PostAnswer =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'unanswered'; readonly error: string }
  /** `signal` aborted: nothing is known, nothing is to be recorded. */
  | { readonly kind: 'aborted' };

/** Octets of an answer's body that are drained before the connection is cut. */
const ANSWER_CAP = 16 * 1024;
const HEADER_CAP = 8 * 1024;
const ERROR_LIMIT = 300;
/** Less than servers usually keep a connection that nobody uses. */
const KEPT_FOR = 4000;

export function postWebhook(request: PostRequest): Promise<PostAnswer> {
  if (request.signal.aborted) return Promise.resolve({ kind: 'aborted' });
  let url: URL;
  try {
    url = new URL(request.url);
  } catch {
    return Promise.resolve({ kind: 'unanswered', error: 'the URL is not valid' });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return Promise.resolve({ kind: 'unanswered', error: `the URL's scheme is ${url.protocol} but must be http: or https:` });
  }
  // The URL parser has turned 0x7f.1 and 2130706433 into 127.0.0.1 already (WHATWG URL §3.5).
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (!request.allowPrivate && isIP(literal) !== 0 && !isPublicAddress(literal)) {
    return Promise.resolve({ kind: 'unanswered', error: refusal(literal) });
  }
  return send(url, request);
}

function refusal(address: string): string {
  return `${address} is a private or reserved address: set allowPrivate on the webhook to send there`;
}

/** A kept connection may end in the moment in which it is used again: then once more, over a new one. */
async function send(url: URL, request: PostRequest): Promise<PostAnswer> {
  const sent = await sendOnce(url, request);
  if (sent.kind !== 'broken') return sent;
  const { connections: _, ...alone } = request;
  const again = await sendOnce(url, alone);
  return again.kind === 'broken' ? { kind: 'unanswered', error: again.error } : again;
}

/** `broken`: a kept connection had ended. */
function sendOnce(url: URL, request: PostRequest): Promise<PostAnswer | { readonly kind: 'broken'; readonly error: string }> {
  return new Promise((resolve) => {
    const body = Buffer.from(request.body);
    const secure = url.protocol === 'https:';
    const outgoing = (secure ? https : http).request(url, {
      method: 'POST',
      agent: (secure ? request.connections?.https : request.connections?.http) ?? false,
      maxHeaderSize: HEADER_CAP,
      lookup: checkedLookup(request),
      headers: {
        'content-type': 'application/json',
        'content-length': String(body.length),
        'user-agent': 'relais',
        accept: '*/*',
        'accept-encoding': 'identity',
        connection: request.connections === undefined ? 'close' : 'keep-alive',
        ...request.headers,
      },
    });
    const deadline = setTimeout(() => outgoing.destroy(new Error(`no answer within ${request.timeout} ms`)), request.timeout);
    const abort = (): void => {
      settle({ kind: 'aborted' });
      outgoing.destroy();
    };
    const settle = (answer: PostAnswer | { readonly kind: 'broken'; readonly error: string }): void => {
      request.signal.removeEventListener('abort', abort);
      resolve(answer);
    };
    request.signal.addEventListener('abort', abort, { once: true });
    outgoing.on('close', () => clearTimeout(deadline));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const broken = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      settle({ kind: broken ? 'broken' : 'unanswered', error: textOf(error) });
    });
    outgoing.on('response', (incoming) => {
      settle({ kind: 'answered', status: incoming.statusCode ?? 0 });
      drain(incoming, outgoing);
    });
    // Nothing is written before end(): so the peer is known before the first octet leaves.
    outgoing.on('socket', (socket) => {
      const judge = (): void => {
        const peer = (socket as TLSSocket).remoteAddress ?? '';
        if (request.allowPrivate || isPublicAddress(peer)) outgoing.end(body);
        else outgoing.destroy(new Error(refusal(peer)));
      };
      if (outgoing.reusedSocket) judge();
      else socket.once(secure ? 'secureConnect' : 'connect', judge);
    });
  });
}

function drain(incoming: http.IncomingMessage, outgoing: http.ClientRequest): void {
  let octets = 0;
  incoming.on('error', () => {});
  incoming.on('data', (chunk: Buffer) => {
    octets += chunk.length;
    if (octets > ANSWER_CAP) outgoing.destroy();
  });
}

function textOf(error: NodeJS.ErrnoException): string {
  const text = error.message === '' ? (error.code ?? error.name) : error.message;
  return text.replace(/[\x00-\x1f\x7f]+/g, ' ').slice(0, ERROR_LIMIT);
}

const resolveBySystem: Resolve = (hostname, callback) => systemLookup(hostname, { all: true }, callback);

/** Resolves a name to the addresses that may be dialled; Node asks for one or for all of them. */
function checkedLookup({ allowPrivate, resolve = resolveBySystem }: PostRequest): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const allowed = allowPrivate ? addresses : addresses.filter(({ address }) => isPublicAddress(address));
      const [first] = allowed;
      if (first === undefined) {
        const refused = addresses[0]?.address;
        return callback(new Error(refused === undefined ? `${hostname} has no address` : `${hostname}: ${refusal(refused)}`), '', 0);
      }
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
