/**
 * The running relay's HTTP API, as the commands use it. Found by --url and --token, or RELAIS_URL
 * and RELAIS_TOKEN, or on the relay's own machine through `dataDir/run/control.json`.
 */
import { type Control, loadConfig, machine, readControl } from '../config/index.ts';
import { CommandError, EXIT } from './exit.ts';
import { printable } from './terminal.ts';

export interface ApiOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly config?: string | undefined;
}

export interface Api {
  get<T>(path: string, query?: Query): Promise<T>;
  /** A file, as it is. */
  getRaw(path: string, query?: Query): Promise<Buffer>;
  post<T>(path: string, body?: object): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
  patch<T>(path: string, body: object): Promise<T>;
  /** With what was answered; undefined where that was nothing. */
  delete<T = undefined>(path: string): Promise<T>;
  /** A message as it is (`message/rfc822`). */
  postRaw<T>(path: string, query: Query, body: Buffer): Promise<T>;
}

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

interface Place {
  readonly url: string;
  readonly token: string;
}

/** The relay to talk to; undefined: none was named and none runs on this machine's data directory. */
export function findRelay(options: ApiOptions): Api | undefined {
  const place = placeOf(options);
  return place === undefined ? undefined : apiAt(place);
}

export function requireRelay(options: ApiOptions): Api {
  const found = findRelay(options);
  if (found !== undefined) return found;
  const { config } = loadConfig(options.config, machine());
  throw new CommandError(
    EXIT.unavailable,
    `No relay runs on ${config.dataDir}.`,
    'Start it with `relais start`, or name another with --url and --token (RELAIS_URL, RELAIS_TOKEN).',
  );
}

/** What the relay of this machine wrote down about itself. */
export function localControl(options: ApiOptions): Control | undefined {
  return readControl(loadConfig(options.config, machine()).config.dataDir);
}

function placeOf(options: ApiOptions): Place | undefined {
  const { env } = machine();
  const url = options.url ?? given(env['RELAIS_URL']);
  const token = options.token ?? given(env['RELAIS_TOKEN']);
  if (url !== undefined) {
    if (!URL.canParse(url))
      throw new CommandError(EXIT.usage, `${printable(url)} is no address: expected something like http://127.0.0.1:8025`);
    const control = token === undefined ? localControlQuietly(options) : undefined;
    const own = control !== undefined && sameOrigin(control.url, url) ? control.token : undefined;
    if (token === undefined && own === undefined) {
      throw new CommandError(
        EXIT.usage,
        'A token is needed with --url.',
        'Give --token or RELAIS_TOKEN; `relais token add` on the relay makes one.',
      );
    }
    return { url: url.replace(/\/+$/, ''), token: token ?? own ?? '' };
  }
  const control = localControl(options);
  return control === undefined ? undefined : { url: control.url, token: token ?? control.token };
}

/** A variable that is set to nothing is not set. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function localControlQuietly(options: ApiOptions): Control | undefined {
  try {
    return localControl(options);
  } catch {
    return undefined;
  }
}

function sameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}

function apiAt({ url, token }: Place): Api {
  const call = async (method: string, path: string, query: Query, body?: object | Buffer): Promise<Response> => {
    const target = new URL(`${url}/api/v1${path}`);
    for (const [name, value] of Object.entries(query)) {
      for (const one of value === undefined ? [] : [value].flat()) target.searchParams.append(name, one);
    }
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const request: RequestInit = { method, redirect: 'manual', signal: AbortSignal.timeout(60_000), ...withBody(headers, body) };
    const response = await fetch(target, request).catch((error: unknown) => {
      throw new CommandError(
        EXIT.unavailable,
        `The relay at ${url} does not answer (${reasonOf(error)}).`,
        'Is it running? Is the address right?',
      );
    });
    if (!response.ok) throw await problemOf(response, url);
    return response;
  };
  return {
    get: async <T>(path: string, query: Query = {}) => (await (await call('GET', path, query)).json()) as T,
    getRaw: async (path: string, query: Query = {}) => Buffer.from(await (await call('GET', path, query)).arrayBuffer()),
    post: async <T>(path: string, body: object = {}) => (await (await call('POST', path, {}, body)).json()) as T,
    put: async <T>(path: string, body: object) => (await (await call('PUT', path, {}, body)).json()) as T,
    patch: async <T>(path: string, body: object) => (await (await call('PATCH', path, {}, body)).json()) as T,
    delete: async <T>(path: string) => {
      const answer = await call('DELETE', path, {});
      return (answer.status === 204 ? undefined : await answer.json()) as T;
    },
    postRaw: async <T>(path: string, query: Query, body: Buffer) => (await (await call('POST', path, query, body)).json()) as T,
  };
}

/** JSON, or a message as it is. */
function withBody(headers: Readonly<Record<string, string>>, body: object | Buffer | undefined): Pick<RequestInit, 'headers' | 'body'> {
  if (body === undefined) return { headers };
  if (Buffer.isBuffer(body)) return { headers: { ...headers, 'content-type': 'message/rfc822' }, body: new Uint8Array(body) };
  return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: NodeJS.ErrnoException }).cause;
  return cause?.code ?? (error instanceof Error ? error.name : String(error));
}

/** An answer of RFC 9457 in one sentence. */
async function problemOf(response: Response, url: string): Promise<CommandError> {
  const text = await response.text();
  let problem: { detail?: string; title?: string; code?: string; errors?: readonly { path: string; detail: string }[] } = {};
  try {
    problem = JSON.parse(text) as typeof problem;
  } catch {
    // Not one of ours: the status says enough.
  }
  const faults = problem.errors?.map(({ path, detail }) => `${path}: ${detail}`);
  const said = printable(faults?.join('; ') ?? problem.detail ?? problem.title ?? response.statusText);
  if (response.status === 401) return new CommandError(EXIT.unavailable, `The relay at ${url} does not accept the token: ${said}`, null);
  if (response.status === 404) return new NotFound(said);
  const code = response.status >= 500 ? EXIT.unavailable : response.status === 400 ? EXIT.usage : EXIT.negative;
  return new CommandError(code, `${said} (${response.status}${problem.code === undefined ? '' : ` ${problem.code}`})`);
}

export class NotFound extends CommandError {
  constructor(message: string) {
    super(EXIT.negative, message);
  }
}
