/**
 * A scriptable IMAP server (RFC 3501) over loopback: as much of it as collecting reports needs, and
 * the ways in which servers go wrong. Mailboxes live in memory; several connections see the same.
 */
import net from 'node:net';
import tls from 'node:tls';

export interface FakeMail {
  readonly uid: number;
  readonly flags: Set<string>;
  readonly raw: Buffer;
  readonly receivedAt: Date;
}

export interface FakeFolder {
  uidValidity: number;
  uidNext: number;
  mails: FakeMail[];
}

/** What becomes of a command instead of being carried out. */
export type Fault =
  | 'hang'
  | 'drop'
  /** Answers NO. */
  | 'refuse'
  /** Sends an octet now and then, and never ends. */
  | 'drip'
  /** Untagged text before the command is carried out. */
  | { readonly say: string };

export interface FakeImapOptions {
  readonly capabilities?: readonly string[];
  readonly user?: string;
  readonly password?: string;
  /** Accepted by XOAUTH2 and OAUTHBEARER. */
  readonly accessToken?: () => string;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** TLS from the first octet. */
  readonly implicit?: boolean;
  readonly port?: number;
}

export interface FakeImap {
  readonly port: number;
  readonly folders: Map<string, FakeFolder>;
  /** Commands as they came, with their tag taken off; those that bring secrets without them. */
  readonly commands: string[];
  /** Asked for each command; undefined: it is carried out. */
  fault: (command: string, connection: number) => Fault | undefined;
  /** RFC822.SIZE as some servers estimate it. */
  sizeOf: (mail: FakeMail) => number;
  /** Content in place of what is stored, written piece by piece. */
  contentOf: (mail: FakeMail) => Buffer;
  append(folder: string, raw: Buffer | string, flags?: readonly string[], receivedAt?: Date): FakeMail;
  inbox(): FakeFolder;
  readonly connections: number;
  /** Connections so far. */
  readonly accepted: number;
  /** Resolves once a command that fits has come, or has already. */
  heard(pattern: RegExp, times?: number): Promise<void>;
  dropAll(): void;
  close(): Promise<void>;
}

const CAPABILITIES = ['IMAP4rev1', 'AUTH=PLAIN', 'AUTH=XOAUTH2', 'IDLE', 'UIDPLUS', 'MOVE'];

export async function startFakeImap(options: FakeImapOptions = {}): Promise<FakeImap> {
  const server = new FakeImapServer(options);
  await server.listen();
  return server;
}

class FakeImapServer implements FakeImap {
  readonly options: FakeImapOptions;
  readonly folders = new Map<string, FakeFolder>([['INBOX', { uidValidity: 1, uidNext: 1, mails: [] }]]);
  readonly commands: string[] = [];
  readonly sessions = new Set<Session>();
  accepted = 0;
  fault: FakeImap['fault'] = () => undefined;
  sizeOf: FakeImap['sizeOf'] = ({ raw }) => raw.length;
  contentOf: FakeImap['contentOf'] = ({ raw }) => raw;
  readonly #server: net.Server;
  #waiting: { readonly pattern: RegExp; readonly times: number; readonly resolve: () => void }[] = [];

  constructor(options: FakeImapOptions) {
    this.options = options;
    const take = (socket: net.Socket): void => {
      this.accepted++;
      this.sessions.add(new Session(this, socket, this.accepted));
    };
    this.#server = options.implicit === true && options.tls !== undefined ? tls.createServer(options.tls, take) : net.createServer(take);
    this.#server.on('tlsClientError', () => undefined);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get connections(): number {
    return this.sessions.size;
  }

  inbox(): FakeFolder {
    return this.folder('INBOX') ?? { uidValidity: 0, uidNext: 0, mails: [] };
  }

  folder(name: string): FakeFolder | undefined {
    return this.folders.get(name.toUpperCase() === 'INBOX' ? 'INBOX' : name);
  }

  append(name: string, raw: Buffer | string, flags: readonly string[] = [], receivedAt = new Date()): FakeMail {
    const folder = this.folder(name) ?? { uidValidity: 1, uidNext: 1, mails: [] };
    this.folders.set(name, folder);
    const mail = { uid: folder.uidNext++, flags: new Set(flags), raw: Buffer.from(raw), receivedAt };
    folder.mails.push(mail);
    for (const session of this.sessions) session.notify(folder);
    return mail;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.options.port ?? 0, '127.0.0.1', resolve);
    });
  }

  note(command: string): void {
    this.commands.push(command);
    this.#waiting = this.#waiting.filter((one) => {
      if (this.#count(one.pattern) < one.times) return true;
      one.resolve();
      return false;
    });
  }

  #count(pattern: RegExp): number {
    return this.commands.filter((command) => pattern.test(command)).length;
  }

  heard(pattern: RegExp, times = 1): Promise<void> {
    if (this.#count(pattern) >= times) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ pattern, times, resolve }));
  }

  dropAll(): void {
    for (const session of this.sessions) session.socket.destroy();
  }

  close(): Promise<void> {
    this.dropAll();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

class Session {
  socket: net.Socket;
  readonly #server: FakeImapServer;
  readonly #number: number;
  #input = Buffer.alloc(0);
  #folder: FakeFolder | null = null;
  /** UIDs by sequence number, as this client knows them. */
  #known: number[] = [];
  #idleTag: string | null = null;
  #authTag: string | null = null;
  #drip: NodeJS.Timeout | undefined;
  #deaf = false;

  constructor(server: FakeImapServer, socket: net.Socket, number: number) {
    this.#server = server;
    this.#number = number;
    this.socket = socket;
    this.#attach(socket);
    const fault = server.fault('GREETING', number);
    if (fault === 'drop') socket.destroy();
    else if (fault !== 'hang') this.send(`* OK [CAPABILITY ${this.#capabilities()}] ready`);
  }

  #attach(socket: net.Socket): void {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.socket !== socket) return;
      clearInterval(this.#drip);
      this.#server.sessions.delete(this);
    });
    socket.on('data', (chunk: Buffer) => {
      this.#input = Buffer.concat([this.#input, chunk]);
      this.#read();
    });
  }

  #capabilities(): string {
    const { capabilities = CAPABILITIES, implicit, tls: material } = this.#server.options;
    const offered = material !== undefined && implicit !== true && !(this.socket instanceof tls.TLSSocket);
    return [...capabilities, ...(offered ? ['STARTTLS'] : [])].join(' ');
  }

  send(text: string): void {
    if (!this.socket.destroyed) this.socket.write(`${text}\r\n`);
  }

  /** Lines, with the literals that belong to them. */
  #read(): void {
    for (;;) {
      const command = this.#nextCommand();
      if (command === undefined) return;
      if (!this.#deaf) this.#take(command);
    }
  }

  #nextCommand(): string | undefined {
    let text = '';
    let at = 0;
    for (;;) {
      const end = this.#input.indexOf('\r\n', at);
      if (end === -1) return undefined;
      const line = this.#input.subarray(at, end).toString('latin1');
      const literal = /\{(\d+)(\+?)\}$/.exec(line);
      if (literal === null) {
        text += line;
        this.#input = this.#input.subarray(end + 2);
        return text;
      }
      const size = Number(literal[1]);
      const from = end + 2;
      if (this.#input.length < from + size) {
        if (literal[2] === '' && this.#input.length === from) this.send('+ go on');
        return undefined;
      }
      text += `${line.slice(0, -literal[0].length)}"${this.#input.subarray(from, from + size).toString('latin1')}"`;
      at = from + size;
    }
  }

  #take(line: string): void {
    if (this.#authTag !== null) {
      this.#authenticate(this.#authTag, line);
      return;
    }
    if (this.#idleTag !== null) {
      const tag = this.#idleTag;
      this.#idleTag = null;
      this.#server.note('DONE');
      this.send(`${tag} OK idled`);
      return;
    }
    const [, tag = '', rest = ''] = /^(\S+) (.*)$/s.exec(line) ?? [];
    this.#server.note(/^LOGIN/i.test(rest) ? 'LOGIN' : rest);
    const fault = this.#server.fault(rest, this.#number);
    if (fault === 'hang') this.#deaf = true;
    else if (fault === 'drop') this.socket.destroy();
    else if (fault === 'refuse') this.send(`${tag} NO refused by the test`);
    else if (fault === 'drip') this.#drip = setInterval(() => this.socket.write('* OK still here\r\n'), 5);
    else {
      if (fault !== undefined) this.send(fault.say);
      this.#carryOut(tag, rest);
    }
  }

  #carryOut(tag: string, command: string): void {
    const [name = '', ...more] = command.split(' ');
    const uid = name.toUpperCase() === 'UID';
    const verb = (uid ? (more.shift() ?? '') : name).toUpperCase();
    const args = more.join(' ');
    switch (verb) {
      case 'CAPABILITY':
        this.send(`* CAPABILITY ${this.#capabilities()}`);
        break;
      case 'STARTTLS':
        this.#startTls(tag);
        return;
      case 'LOGIN':
        this.#login(tag, ...(words(args) as [string, string]));
        return;
      case 'AUTHENTICATE':
        this.#beginAuthenticate(tag, args);
        return;
      case 'LIST':
      case 'LSUB':
        this.#list(verb, args);
        break;
      case 'SELECT':
      case 'EXAMINE':
        this.#select(tag, words(args)[0] ?? '');
        return;
      case 'CREATE':
        this.#create(tag, words(args)[0] ?? '');
        return;
      case 'SEARCH':
        this.#search(args);
        break;
      case 'FETCH':
        this.#fetch(args);
        break;
      case 'STORE':
        this.#store(args);
        break;
      case 'COPY':
      case 'MOVE':
        this.#copy(tag, args, verb === 'MOVE');
        return;
      case 'EXPUNGE':
        this.#expunge((mail) => mail.flags.has('\\Deleted') && (!uid || setOf(args)(mail.uid)));
        break;
      case 'IDLE':
        this.#idleTag = tag;
        this.send('+ idling');
        this.#tellNew();
        return;
      case 'LOGOUT':
        this.send('* BYE good bye');
        this.send(`${tag} OK done`);
        this.socket.end();
        return;
      case 'NOOP':
        this.#tellNew();
        break;
      default:
        break;
    }
    this.send(`${tag} OK ${verb} done`);
  }

  #startTls(tag: string): void {
    const { tls: material } = this.#server.options;
    if (material === undefined) {
      this.send(`${tag} BAD no TLS`);
      return;
    }
    this.send(`${tag} OK go`);
    const plain = this.socket;
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    this.#attach(new tls.TLSSocket(plain, { isServer: true, secureContext: tls.createSecureContext(material) }));
  }

  #login(tag: string, user: string, password: string): void {
    const { user: expected = 'bounces', password: secret = 'secret' } = this.#server.options;
    if (user === expected && password === secret) this.send(`${tag} OK welcome`);
    else this.send(`${tag} NO [AUTHENTICATIONFAILED] wrong user or password`);
  }

  #beginAuthenticate(tag: string, args: string): void {
    const [mechanism = '', initial] = args.split(' ');
    this.#authTag = `${tag} ${mechanism.toUpperCase()}`;
    if (initial === undefined) this.send('+ ');
    else this.#authenticate(this.#authTag, initial);
  }

  #authenticate(pending: string, line: string): void {
    const [tag = '', mechanism = ''] = pending.split(' ');
    this.#authTag = null;
    const said = Buffer.from(line, 'base64').toString();
    if (mechanism === 'PLAIN') {
      const [, user = '', password = ''] = said.split('\0');
      this.#login(tag, user, password);
      return;
    }
    const token = /auth=Bearer ([^\x01]*)/i.exec(said)?.[1];
    if (token !== undefined && token === this.#server.options.accessToken?.()) this.send(`${tag} OK welcome`);
    else this.send(`${tag} NO [AUTHENTICATIONFAILED] the token is not for here`);
  }

  #list(verb: string, args: string): void {
    const wanted = words(args.replace(/ RETURN .*$/, '')).at(-1) ?? '';
    if (wanted === '') {
      this.send(`* ${verb} (\\Noselect) "/" ""`);
      return;
    }
    for (const name of this.#server.folders.keys()) {
      if (wanted === '*' || wanted === '%' || wanted.toUpperCase() === name.toUpperCase()) this.send(`* ${verb} () "/" "${name}"`);
    }
  }

  #select(tag: string, name: string): void {
    const folder = this.#server.folder(name);
    if (folder === undefined) {
      this.send(`${tag} NO [NONEXISTENT] no such folder`);
      return;
    }
    this.#folder = folder;
    this.#known = folder.mails.map(({ uid }) => uid);
    this.send(`* ${this.#known.length} EXISTS`);
    this.send('* FLAGS (\\Seen \\Deleted)');
    this.send(`* OK [UIDVALIDITY ${folder.uidValidity}] valid`);
    this.send(`* OK [UIDNEXT ${folder.uidNext}] next`);
    this.send(`${tag} OK [READ-WRITE] selected`);
  }

  #create(tag: string, name: string): void {
    if (this.#server.folder(name) !== undefined) {
      this.send(`${tag} NO [ALREADYEXISTS] there is one`);
      return;
    }
    this.#server.folders.set(name, { uidValidity: 1, uidNext: 1, mails: [] });
    this.send(`${tag} OK created`);
  }

  #mails(): readonly FakeMail[] {
    return this.#folder?.mails ?? [];
  }

  #search(args: string): void {
    const set = /UID ([\d:*,]+)/.exec(args)?.[1] ?? '1:*';
    const since = /(?<!SENT)SINCE "?(\d+-\w+-\d+)"?/.exec(args)?.[1];
    const from = since === undefined ? 0 : Date.parse(`${since} UTC`);
    const highest = this.#mails().at(-1)?.uid ?? 0;
    const wanted = setOf(set, highest);
    const found = this.#mails().filter(
      ({ uid, flags, receivedAt }) =>
        wanted(uid) && !(/UNDELETED|NOT DELETED/.test(args) && flags.has('\\Deleted')) && receivedAt.getTime() >= from,
    );
    this.#tellNew();
    this.send(`* SEARCH ${found.map(({ uid }) => uid).join(' ')}`.trimEnd());
  }

  #fetch(args: string): void {
    const [, set = '', items = ''] = /^(\S+) (.*)$/.exec(args) ?? [];
    const partial = /BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?/.exec(items);
    const wanted = setOf(set);
    for (const mail of this.#mails()) {
      if (!wanted(mail.uid)) continue;
      const sequence = this.#known.indexOf(mail.uid) + 1;
      if (sequence === 0) continue;
      const parts = [`UID ${mail.uid}`, ...(items.includes('RFC822.SIZE') ? [`RFC822.SIZE ${this.#server.sizeOf(mail)}`] : [])];
      if (partial === null) {
        this.send(`* ${sequence} FETCH (${parts.join(' ')})`);
        continue;
      }
      const whole = this.#server.contentOf(mail);
      const start = Number(partial[1] ?? 0);
      const body = partial[2] === undefined ? whole : whole.subarray(start, start + Number(partial[2]));
      const name = partial[1] === undefined ? 'BODY[]' : `BODY[]<${start}>`;
      this.socket.write(`* ${sequence} FETCH (${parts.join(' ')} ${name} {${body.length}}\r\n`);
      this.socket.write(body);
      this.send(')');
    }
  }

  #store(args: string): void {
    const [, set = '', sign = '', flags = ''] = /^(\S+) ([+-]?)FLAGS(?:\.SILENT)? \(([^)]*)\)/.exec(args) ?? [];
    const wanted = setOf(set);
    for (const mail of this.#mails()) {
      if (!wanted(mail.uid)) continue;
      for (const flag of flags.split(' ')) {
        if (sign === '-') mail.flags.delete(flag);
        else mail.flags.add(flag);
      }
    }
  }

  #copy(tag: string, args: string, move: boolean): void {
    const [, set = '', target = ''] = /^(\S+) (.*)$/.exec(args) ?? [];
    const name = words(target)[0] ?? '';
    if (this.#server.folder(name) === undefined) {
      this.send(`${tag} NO [TRYCREATE] no such folder`);
      return;
    }
    const wanted = setOf(set);
    const chosen = this.#mails().filter(({ uid }) => wanted(uid));
    for (const { raw, flags } of chosen)
      this.#server.append(
        name,
        raw,
        [...flags].filter((flag) => flag !== '\\Deleted'),
      );
    if (move) this.#expunge((mail) => chosen.includes(mail));
    this.send(`${tag} OK done`);
  }

  #expunge(goes: (mail: FakeMail) => boolean): void {
    if (this.#folder === null) return;
    const gone = new Set(this.#folder.mails.filter(goes).map(({ uid }) => uid));
    this.#folder.mails = this.#folder.mails.filter(({ uid }) => !gone.has(uid));
    for (const session of this.#server.sessions) session.forget(gone);
  }

  forget(gone: ReadonlySet<number>): void {
    for (let i = this.#known.length - 1; i >= 0; i--) {
      if (!gone.has(this.#known[i] ?? 0)) continue;
      this.#known.splice(i, 1);
      this.send(`* ${i + 1} EXPUNGE`);
    }
  }

  /** Mail came to a folder: told at once to who idles, to others with their next command. */
  notify(folder: FakeFolder): void {
    if (folder === this.#folder && this.#idleTag !== null) this.#tellNew();
  }

  #tellNew(): void {
    if (this.#folder === null) return;
    const fresh = this.#folder.mails.filter(({ uid }) => !this.#known.includes(uid) && uid > (this.#known.at(-1) ?? 0));
    if (fresh.length === 0) return;
    this.#known.push(...fresh.map(({ uid }) => uid));
    this.send(`* ${this.#known.length} EXISTS`);
  }
}

/** Atoms and quoted strings. */
function words(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, atom]) => quoted?.replace(/\\(.)/g, '$1') ?? atom ?? '');
}

/** Whether a sequence set holds a UID; `n:*` holds the highest in any case (RFC 3501 §6.4.8). */
function setOf(set: string, highest = Number.POSITIVE_INFINITY): (uid: number) => boolean {
  const single = new Set<number>();
  const ranges: (readonly [number, number])[] = [];
  for (const range of set.split(',')) {
    const ends = range.split(':').map((end) => (end === '*' ? highest : Number(end)));
    if (ends.length === 1) single.add(ends[0] ?? 0);
    else ranges.push([Math.min(...ends), Math.max(...ends)]);
  }
  return (uid) => single.has(uid) || ranges.some(([from, to]) => uid >= from && uid <= to);
}
