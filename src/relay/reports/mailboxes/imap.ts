/**
 * The adapter to imapflow: one folder of one mailbox over one connection, and the traps on the way.
 *
 *   upstream    mailbox.ts
 *   downstream  an IMAP server (RFC 3501, RFC 9051)
 *   standards   RFC 2177 (IDLE), RFC 4315 (UIDPLUS), RFC 6851 (MOVE), RFC 8314 (implicit TLS)
 *   failure     an ImapError that says what to do; after one the connection is closed
 *
 * imapflow has a time limit for silence, but none for a command: a server that drips is cut off
 * here. Where a server has no UIDPLUS, imapflow's messageMove and messageDelete expunge whatever
 * else is marked as deleted: there the copied messages stay, marked. A refused STORE, COPY or MOVE
 * is no error of imapflow's but `false`. `n:*` finds the last message also when it is older than n
 * (RFC 3501 §6.4.8). Of OpenSSL in FIPS mode imapflow's MD5 ids would throw.
 */
import { rootCertificates } from 'node:tls';
import type { ImapFlow, ImapFlowOptions } from 'imapflow';
import type { ImapSettings } from '../../../domain/settings.ts';

export interface ImapLimits {
  /** Milliseconds to connect and be greeted. */
  readonly connect: number;
  /** Milliseconds for one command, whatever trickles in meanwhile. */
  readonly command: number;
  /** Milliseconds for a command that brings content. */
  readonly fetch: number;
  /** UIDs looked for with one command. */
  readonly window: number;
}

export const IMAP_LIMITS: ImapLimits = { connect: 30_000, command: 60_000, fetch: 300_000, window: 50_000 };

export interface FolderRequest {
  readonly imap: ImapSettings;
  /** Signs in with it; null: by password. */
  readonly accessToken: string | null;
  readonly folder: string;
  readonly moveTo: string | null;
  /** Whether IDLE is wanted. */
  readonly idle: boolean;
  /** Octets; no message is loaded beyond. */
  readonly messageSize: number;
  readonly limits: ImapLimits;
}

/** A message as it lies in the folder. */
export interface StoredMail {
  readonly uid: number;
  /** Octets, as the server says: some only estimate. */
  readonly size: number;
}

export interface FetchedMail extends StoredMail {
  readonly raw: Buffer;
}

export interface MailFolder {
  /** A decimal (RFC 3501 §2.3.1.1). */
  readonly uidValidity: string;
  /** The server offers IDLE, and it is wanted. */
  readonly idles: boolean;
  /** UIDs above `uid` of messages that came since the day of `since`, ascending, in slices. */
  uidsAfter(uid: number, since: Date): AsyncIterable<readonly number[]>;
  /** Those of them that are still there, ascending. */
  sizes(uids: readonly number[]): Promise<readonly StoredMail[]>;
  /** Their first `octets` octets, unmarked as read. */
  read(uids: readonly number[], octets: number): Promise<readonly FetchedMail[]>;
  /** Moves them, or marks them as read where there is nowhere to move them to. Null: done; otherwise why not. */
  putAway(uids: readonly number[]): Promise<string | null>;
  /** Resolves when something came, `ms` are over, or the signal aborts; rejects when the connection is lost. */
  awaitNews(ms: number, signal: AbortSignal): Promise<void>;
  /** Says goodbye, for so many milliseconds at most. */
  leave(ms: number): Promise<void>;
  /** At once: what is under way rejects. */
  cut(): void;
}

export class ImapError extends Error {
  override readonly name = 'ImapError';
  /** The server refused who signs in: the same again soon helps nothing, and may lock the account. */
  readonly refused: boolean;
  constructor(message: string, refused = false, options?: ErrorOptions) {
    super(message, options);
    this.refused = refused;
  }
}

/** Restarted before servers end it at half an hour (RFC 2177). */
const IDLE_LIMIT = 9 * 60_000;
/** Silence after which the server is asked whether it is still there; half of many a router's memory. */
const SILENCE_LIMIT = 2 * 60_000;
const FRAMING = 1024 * 1024;
const LINE_LIMIT = 4 * 1024 * 1024;

/** Connects, signs in and opens the folder. `signal` gives it up. */
export async function openFolder(request: FolderRequest, signal: AbortSignal): Promise<MailFolder> {
  // Loaded when there is a mailbox: it takes a moment, and memory.
  const { ImapFlow: Client } = await import('imapflow');
  const client = new Client(optionsOf(request));
  // Each error meets the command that is under way, or `close` follows.
  client.on('error', () => undefined);
  const cut = (): void => client.close();
  signal.addEventListener('abort', cut, { once: true });
  try {
    if (signal.aborted) throw new ImapError('stopped');
    const { limits } = request;
    await within(client, 'sign in', client.connect(), 2 * limits.connect + limits.command);
    const folder = new OpenFolder(client, request);
    await folder.open();
    return folder;
  } catch (error) {
    client.close();
    throw explain(error, request);
  } finally {
    signal.removeEventListener('abort', cut);
  }
}

function optionsOf({ imap, accessToken, messageSize, limits }: FolderRequest): ImapFlowOptions {
  const auth = imap.auth.kind === 'password' ? { pass: imap.auth.password } : { accessToken: accessToken ?? '' };
  return {
    host: imap.host,
    port: imap.port,
    secure: imap.tls === 'implicit',
    doSTARTTLS: imap.tls === 'starttls',
    auth: { user: imap.user, ...auth },
    tls: imap.ca === null ? {} : { ca: [...rootCertificates, imap.ca] },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    disableAutoEnable: true,
    disableBinary: true,
    idHashAlgorithm: 'sha256',
    clientInfo: { name: 'relais' },
    connectionTimeout: limits.connect,
    greetingTimeout: limits.connect,
    socketTimeout: Math.max(limits.command, SILENCE_LIMIT),
    maxIdleTime: IDLE_LIMIT,
    maxLineLength: LINE_LIMIT,
    maxLiteralSize: messageSize + FRAMING,
    maxResponseSize: messageSize + 2 * FRAMING + LINE_LIMIT,
  };
}

/** A deadline for one command. Past it the connection is of no use: what comes late would answer another. */
async function within<T>(client: ImapFlow, what: string, work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ImapError(`the server did not ${what} within ${ms / 1000} s`));
      client.close();
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

class OpenFolder implements MailFolder {
  readonly #client: ImapFlow;
  readonly #request: FolderRequest;
  #uidValidity = '';
  #uidNext = 0;
  #target: string | null = null;
  /** Mail came since the last search began. */
  #news = false;
  #onNews: () => void = () => undefined;

  constructor(client: ImapFlow, request: FolderRequest) {
    this.#client = client;
    this.#request = request;
    client.on('exists', ({ count, prevCount }: { readonly count: number; readonly prevCount: number }) => {
      if (count <= prevCount) return;
      this.#news = true;
      this.#onNews();
    });
  }

  async open(): Promise<void> {
    const { folder, moveTo } = this.#request;
    const opened = await this.#command('open the folder', this.#client.mailboxOpen(levels(folder)));
    this.#uidValidity = String(opened.uidValidity);
    this.#uidNext = opened.uidNext;
    if (moveTo !== null) this.#target = await this.#makeTarget(moveTo);
  }

  /** It is made where it is missing; a server that forbids it is told of when something is to be moved. */
  async #makeTarget(moveTo: string): Promise<string> {
    const path = levels(moveTo);
    const made = this.#client.mailboxCreate(path).then(
      ({ path: own }) => own,
      () => null,
    );
    return (await this.#command('make the folder of reports', made)) ?? path.join('/');
  }

  get uidValidity(): string {
    return this.#uidValidity;
  }

  get idles(): boolean {
    return this.#request.idle && this.#client.capabilities.has('IDLE');
  }

  async *uidsAfter(uid: number, since: Date): AsyncIterable<readonly number[]> {
    const { window } = this.#request.limits;
    this.#news = false;
    for (let from = uid + 1; ; from += window) {
      // The last window has no end: UIDNEXT may be missing, and mail comes while one reads.
      const last = from + window >= this.#uidNext;
      const range = last ? `${from}:*` : `${from}:${from + window - 1}`;
      const search = this.#client.search({ uid: range, since, deleted: false }, { uid: true });
      const found = await this.#command('search the folder', search);
      if (found === false || found === undefined) throw new ImapError('the server refuses to search the folder');
      const uids = found.filter((one) => one >= from).sort((a, b) => a - b);
      this.#uidNext = Math.max(this.#uidNext, (uids.at(-1) ?? 0) + 1);
      if (uids.length > 0) yield uids;
      if (last) return;
    }
  }

  async sizes(uids: readonly number[]): Promise<readonly StoredMail[]> {
    const found = await this.#command('list the folder', this.#client.fetchAll([...uids], { uid: true, size: true }, { uid: true }));
    return found.map(({ uid, size = 0 }) => ({ uid, size })).sort((a, b) => a.uid - b.uid);
  }

  async read(uids: readonly number[], octets: number): Promise<readonly FetchedMail[]> {
    const query = { uid: true, size: true, source: { start: 0, maxLength: octets } };
    const fetched = this.#client.fetchAll([...uids], query, { uid: true });
    const found = await this.#command('hand out a message', fetched, this.#request.limits.fetch);
    return found
      .map(({ uid, size, source = Buffer.alloc(0) }) => ({ uid, size: size ?? source.length, raw: source.subarray(0, octets) }))
      .sort((a, b) => a.uid - b.uid);
  }

  async putAway(uids: readonly number[]): Promise<string | null> {
    if (uids.length === 0) return null;
    const { moveTo } = this.#request;
    const client = this.#client;
    const range = [...uids];
    const byUid = { uid: true } as const;
    if (moveTo === null || this.#target === null) {
      const marked = await this.#command('mark messages as read', client.messageFlagsAdd(range, ['\\Seen'], byUid));
      return marked ? null : 'the server refuses to mark what was taken as read: may the user write in this folder?';
    }
    const refused = `the server refuses to move what was taken to ${moveTo}: is the folder there, and is there room?`;
    if (client.capabilities.has('MOVE') || client.capabilities.has('UIDPLUS')) {
      const moved = await this.#command('move messages', client.messageMove(range, this.#target, byUid));
      return moved ? null : refused;
    }
    const copied = await this.#command('copy messages', client.messageCopy(range, this.#target, byUid));
    if (!copied) return refused;
    // A plain EXPUNGE would take what others have marked; these go with the next one of theirs.
    await this.#command('mark messages as deleted', client.messageFlagsAdd(range, ['\\Deleted', '\\Seen'], byUid));
    return null;
  }

  async awaitNews(ms: number, signal: AbortSignal): Promise<void> {
    const client = this.#client;
    if (this.#news || signal.aborted) return;
    if (!client.usable) throw this.#lost();
    let over = false;
    const idle = async (): Promise<void> => {
      // It ends when imapflow asks whether the server is still there, and when it has lasted long.
      while (!over && client.usable) {
        if ((await client.idle()) === false) return;
      }
    };
    let letGo = (): void => undefined;
    const waited = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      const end = (): void => resolve();
      const lost = (): void => reject(this.#lost());
      this.#onNews = resolve;
      client.once('close', lost);
      signal.addEventListener('abort', end, { once: true });
      letGo = () => {
        clearTimeout(timer);
        client.off('close', lost);
        signal.removeEventListener('abort', end);
        this.#onNews = () => undefined;
      };
    });
    idle().catch(() => undefined);
    try {
      await waited;
    } finally {
      over = true;
      letGo();
    }
  }

  #lost(): ImapError {
    const { host, port } = this.#request.imap;
    return new ImapError(`${host}:${port} closed the connection`);
  }

  async leave(ms: number): Promise<void> {
    const client = this.#client;
    if (client.usable && ms > 0) await within(client, 'say goodbye', client.logout(), ms).catch(() => undefined);
    client.close();
  }

  cut(): void {
    this.#client.close();
  }

  async #command<T>(what: string, work: Promise<T>, ms: number = this.#request.limits.command): Promise<T> {
    try {
      return await within(this.#client, what, work, ms);
    } catch (error) {
      throw explain(error, this.#request);
    }
  }
}

/** imapflow joins them with the server's own delimiter. */
function levels(folder: string): string[] {
  return folder.split('/').filter((level) => level !== '');
}

interface LibraryError extends Error {
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  readonly tlsFailed?: boolean;
  readonly mailboxMissing?: boolean;
  readonly responseText?: string;
  readonly response?: unknown;
  readonly reason?: string;
}

/** What went wrong in words of the person who set it up. */
function explain(error: unknown, request: FolderRequest): ImapError {
  if (error instanceof ImapError) return error;
  const from = error as LibraryError;
  const said = oneLine(from.responseText ?? (typeof from.response === 'string' ? from.response : from.message));
  return explainSignIn(from, said, request) ?? explainConnection(from, said, request);
}

/** Undefined: it was not about who signs in, and to what. */
function explainSignIn(from: LibraryError, said: string, { imap, folder }: FolderRequest): ImapError | undefined {
  const place = `${imap.host}:${imap.port}`;
  const because = { cause: from };
  const byPassword = imap.auth.kind === 'password';
  if (from.authenticationFailed === true) {
    const advice = byPassword
      ? 'check user and password; Microsoft 365 takes oauth2 alone, Google oauth2 or an app password'
      : 'check that the token is for this user and its scope is that of IMAP';
    return new ImapError(`${place} does not let ${imap.user} in (${said}): ${advice}`, true, because);
  }
  if (from.message === 'Unsupported authentication mechanism') {
    const way = byPassword ? 'password' : 'oauth2';
    return new ImapError(`${place} offers no way to sign in by ${way}${imap.tls === 'none' ? ' without TLS' : ''}`, true, because);
  }
  if (from.mailboxMissing !== true) return undefined;
  return new ImapError(`${place} has no folder ${folder} for ${imap.user}: check folder`, true, because);
}

function explainConnection(from: LibraryError, said: string, { imap }: FolderRequest): ImapError {
  const place = `${imap.host}:${imap.port}`;
  const { code = '' } = from;
  return new ImapError(`${place}${connectionFault(code, said, from, imap)}`, false, { cause: from });
}

function connectionFault(code: string, said: string, from: LibraryError, { tls }: ImapSettings): string {
  if (/CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS_CERT/.test(code)) {
    return ` has a certificate that is not to be trusted (${code}): give its authority by ca, or correct host`;
  }
  if (from.tlsFailed === true) return ` does not speak TLS as tls: ${tls} needs it (${said})`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ` has no address (${code}): check host`;
  if (/^E(?:CONNREFUSED|HOSTUNREACH|NETUNREACH|CONNRESET|TIMEDOUT)$|TIMEOUT$/.test(code)) return ` does not answer (${code})`;
  if (/^(?:NoConnection|EConnectionClosed|ClosedAfterConnect\w+|StateLogout)$/.test(code)) {
    return ` closed the connection${from.reason === undefined ? '' : ` (${oneLine(from.reason)})`}`;
  }
  return `: ${said}${code === '' ? '' : ` (${code})`}`;
}

function oneLine(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f-\x9f\s]+/g, ' ')
    .trim()
    .slice(0, 200);
}
