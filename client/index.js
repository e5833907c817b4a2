/**
 * The typed client of relais' HTTP API, `relais/client`: openapi-fetch over types that are generated from
 * the API's OpenAPI document (schema.d.ts). For Node.js 20 or newer, and browsers.
 *
 *     import { createRelaisClient } from 'relais/client';
 *     const relais = createRelaisClient({ url: 'http://127.0.0.1:8025', token });
 *     const { data, error } = await relais.GET('/messages', { params: { query: { state: ['failed'] } } });
 *     for await (const event of relais.follow({ after: 0 })) …
 */
import createClient from 'openapi-fetch';

/** An answer that is no success, where nothing else can carry it: RFC 9457. */
export class RelaisProblem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.name = 'RelaisProblem';
    this.status = status;
    this.code = problem.code ?? null;
    this.problem = problem;
  }
}

/** Milliseconds before the feed is asked again after a failure that may pass. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const PAGE = 500;

export function createRelaisClient({ url, token, ...options }) {
  const client = createClient({
    baseUrl: `${String(url).replace(/\/$/, '')}/api/v1`,
    ...options,
    headers: { authorization: `Bearer ${token}`, ...options.headers },
  });
  return { ...client, follow: (request) => follow(client, request) };
}

/**
 * The change feed after `after`, event by event, for ever or until `signal` aborts. A failure that may pass
 * (the network, a restart, 429, 5xx) is waited out; any other ends it with a RelaisProblem: 410 means that
 * the register has to be loaded anew.
 */
async function* follow(client, { after, types, wait = '30s', signal }) {
  let position = after;
  let pause = FIRST_PAUSE;
  while (!signal?.aborted) {
    const page = await ask(client, { after: position, limit: PAGE, wait, ...(types === undefined ? {} : { types }) }, signal);
    if (page === undefined) {
      await sleep(pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      continue;
    }
    pause = FIRST_PAUSE;
    yield* page.items;
    position = page.last;
  }
}

/** A page; undefined where it is worth to ask again. */
async function ask(client, query, signal) {
  let answer;
  try {
    answer = await client.GET('/changes', { params: { query }, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (error instanceof TypeError || signal?.aborted) return undefined; // fetch: no connection
    throw error;
  }
  const { data, error, response } = answer;
  if (data !== undefined) return data;
  if (response.status === 429 || response.status >= 500) return undefined;
  throw new RelaisProblem(response.status, error ?? {});
}

function sleep(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}
