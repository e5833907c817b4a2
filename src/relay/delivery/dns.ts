/**
 * The DNS as delivery asks it: MX, addresses, TXT and TLSA, each answer with whether it was
 * validated. Two ways to it: Node's own resolver, whose answers are never taken for validated, and
 * a client of our own over UDP and TCP for resolvers that validate and are trusted to say so.
 *
 * Upstream: mx.ts, tlsa.ts, mta-sts.ts. Standards: RFC 1035 §4.2 (UDP, TCP when truncated),
 * RFC 6840 §5.7 and §5.8 (the AD bit in question and answer), RFC 6891 §6.2 (size of UDP answers),
 * RFC 5452 §9.2 (what an answer has to match), RFC 6698 §2 (TLSA).
 *
 * Failure: `DnsFailure` when there is no answer, or one that says that the server failed. That a
 * name or a type does not exist is an answer.
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import packet, { type Answer, type DecodedPacket, type MxData, type RecordType, type TlsaData, type TxtData } from 'dns-packet';
import type { TlsaRecord } from './tls-policy.ts';

export interface MxRecord {
  readonly exchange: string;
  readonly priority: number;
}

export interface DnsAnswer<T> {
  /** `no-domain`: the name does not exist (NXDOMAIN). */
  readonly kind: 'records' | 'no-data' | 'no-domain';
  readonly records: readonly T[];
  /** Validated, by a resolver that is trusted to say so. */
  readonly secure: boolean;
  /** The name at the end of the aliases (CNAME), where there are some; null: none, or not told. */
  readonly alias: string | null;
}

export class DnsFailure extends Error {
  override readonly name = 'DnsFailure';
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Rejects with DnsFailure and nothing else. */
export interface MailResolver {
  resolveMx(domain: string): Promise<DnsAnswer<MxRecord>>;
  resolve4(host: string): Promise<DnsAnswer<string>>;
  resolve6(host: string): Promise<DnsAnswer<string>>;
  /** The strings of each record, joined. */
  resolveTxt(name: string): Promise<DnsAnswer<string>>;
  /** Null: this resolver can not tell what is validated, and DANE is not done. */
  readonly resolveTlsa: ((name: string) => Promise<DnsAnswer<TlsaRecord>>) | null;
}

export interface DnsTimes {
  /** Milliseconds for one try. */
  readonly timeout: number;
  readonly tries: number;
}

const TIMES: DnsTimes = { timeout: 5_000, tries: 2 };

// ── Node's resolver ──

/** `servers` empty: the system's. */
export function systemResolver(servers: readonly string[], times: DnsTimes = TIMES): MailResolver {
  const resolver = new Resolver(times);
  if (servers.length > 0) resolver.setServers(servers);
  const ask = async <T>(question: Promise<readonly T[]>): Promise<DnsAnswer<T>> => {
    try {
      const records = await question;
      return { kind: records.length === 0 ? 'no-data' : 'records', records, secure: false, alias: null };
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOTFOUND') return { kind: 'no-domain', records: [], secure: false, alias: null };
      if (code === 'ENODATA') return { kind: 'no-data', records: [], secure: false, alias: null };
      throw new DnsFailure(code);
    }
  };
  return {
    resolveMx: (domain) => ask(resolver.resolveMx(domain)),
    resolve4: (host) => ask(resolver.resolve4(host)),
    resolve6: (host) => ask(resolver.resolve6(host)),
    resolveTxt: (name) => ask(resolver.resolveTxt(name).then((records) => records.map((strings) => strings.join('')))),
    resolveTlsa: null,
  };
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}

// ── A client of our own ──

/** For resolvers that validate (`delivery.dnssec`); an answer is secure when they say so. */
export function validatingResolver(servers: readonly string[], times: DnsTimes = TIMES): MailResolver {
  const places = servers.map(placeOf);
  const ask = async <K extends keyof Reads>(type: K, name: string): Promise<DnsAnswer<ReturnType<Reads[K]>>> => {
    const response = await query(places, { name: nameOf(name), type }, times);
    return answerOf(response, type);
  };
  return {
    resolveMx: (domain) => ask('MX', domain),
    resolve4: (host) => ask('A', host),
    resolve6: (host) => ask('AAAA', host),
    resolveTxt: (name) => ask('TXT', name),
    resolveTlsa: (name) => ask('TLSA', name),
  };
}

interface Question {
  readonly name: string;
  readonly type: RecordType;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

function placeOf(server: string): Place {
  if (isIP(server) !== 0) return { host: server, port: 53 };
  const match = /^\[?(.+?)\]?:(\d+)$/.exec(server);
  return { host: match?.[1] ?? server, port: Number(match?.[2] ?? 53) };
}

function nameOf(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

const READS = {
  A: String,
  AAAA: String,
  MX: (data: MxData): MxRecord => ({ exchange: data.exchange === '.' ? '' : data.exchange, priority: data.preference ?? 0 }),
  TXT: (data: TxtData): string => [data].flat().map(String).join(''),
  TLSA: (data: TlsaData): TlsaRecord => ({
    usage: data.usage,
    selector: data.selector,
    matchingType: data.matchingType,
    // Quirk of dns-packet: a view of the whole answer, which it would keep alive.
    data: Buffer.from(data.certificate),
  }),
};
type Reads = typeof READS;

/** Asks each resolver in turn until one answers. */
async function query(places: readonly Place[], question: Question, { timeout, tries }: DnsTimes): Promise<DecodedPacket> {
  let code = 'ENOSERVER';
  for (let i = 0; i < places.length * tries; i++) {
    const place = places[i % places.length];
    if (place === undefined) break;
    try {
      const response = await askOne(place, question, timeout);
      const rcode = rcodeOf(response);
      if (rcode === 'NOERROR' || rcode === 'NXDOMAIN') return response;
      code = `E${rcode}`;
    } catch (error) {
      code = codeOf(error);
    }
  }
  throw new DnsFailure(code);
}

/** Quirk of dns-packet: the rcode is there, and its types do not know it. */
function rcodeOf(response: DecodedPacket): string {
  return 'rcode' in response ? String(response.rcode) : 'UNKNOWN';
}

async function askOne(place: Place, question: Question, timeout: number): Promise<DecodedPacket> {
  const signal = AbortSignal.timeout(timeout);
  const response = await overUdp(place, question, signal);
  // RFC 1035 §4.2.1: what did not fit is asked for again by TCP.
  return response.flag_tc ? overTcp(place, question, signal) : response;
}

/** What an unfragmented answer holds, as resolvers agreed on. */
const UDP_SIZE = 1232;

function encode({ name, type }: Question, id: number): packet.Packet {
  return {
    type: 'query',
    id,
    // RFC 6840 §5.7: AD in a question asks for it in the answer.
    flags: packet.RECURSION_DESIRED | packet.AUTHENTIC_DATA,
    questions: [{ type, name, class: 'IN' }],
    additionals: [{ type: 'OPT', name: '.', udpPayloadSize: UDP_SIZE, flags: 0, options: [] } as unknown as Answer],
  };
}

/** Undefined: no answer to this question (RFC 5452 §9.2), and not to be taken for one. */
function decode(octets: Buffer, question: Question, id: number): DecodedPacket | undefined {
  try {
    const response = packet.decode(octets);
    const [asked] = response.questions ?? [];
    const fits = response.type === 'response' && response.id === id && asked?.type === question.type;
    return fits && nameOf(asked.name) === question.name ? response : undefined;
  } catch {
    return undefined;
  }
}

function overUdp({ host, port }: Place, question: Question, signal: AbortSignal): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    // A socket, and so a port, for each question: RFC 5452 §9.2.
    const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
    const id = randomInt(0x10000);
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', late);
      socket.removeAllListeners('message').close();
      settle();
    };
    const late = (): void => end(() => reject(new DnsFailure('ETIMEOUT')));
    signal.addEventListener('abort', late, { once: true });
    socket.on('error', (error) => end(() => reject(new DnsFailure(codeOf(error)))));
    socket.on('message', (octets) => {
      const response = decode(octets, question, id);
      if (response !== undefined) end(() => resolve(response));
    });
    socket.connect(port, host, () => socket.send(packet.encode(encode(question, id))));
  });
}

/** RFC 1035 §4.2.2: two octets of length before each message. */
function overTcp({ host, port }: Place, question: Question, signal: AbortSignal): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    const id = randomInt(0x10000);
    const socket = connect({ host, port });
    let octets = Buffer.alloc(0);
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', late);
      socket.destroy();
      settle();
    };
    const late = (): void => end(() => reject(new DnsFailure('ETIMEOUT')));
    signal.addEventListener('abort', late, { once: true });
    socket.on('error', (error) => end(() => reject(new DnsFailure(codeOf(error)))));
    socket.on('close', () => end(() => reject(new DnsFailure('ECONNRESET'))));
    socket.on('connect', () => socket.write(packet.streamEncode(encode(question, id))));
    socket.on('data', (chunk: Buffer) => {
      octets = Buffer.concat([octets, chunk]);
      const length = octets.length < 2 ? Number.POSITIVE_INFINITY : octets.readUInt16BE(0) + 2;
      if (octets.length < length) return;
      const response = decode(octets.subarray(2, length), question, id);
      end(() => (response === undefined ? reject(new DnsFailure('EBADRESP')) : resolve(response)));
    });
  });
}

const ALIAS_LIMIT = 10;

/** Records of the type at the end of the aliases; others in the answer are no answer to the question. */
function answerOf<K extends keyof Reads>(response: DecodedPacket, type: K): DnsAnswer<ReturnType<Reads[K]>> {
  const answers = response.answers ?? [];
  const asked = nameOf(response.questions?.[0]?.name ?? '');
  let name = asked;
  for (let i = 0; i < ALIAS_LIMIT; i++) {
    const alias = answers.find((answer) => answer.type === 'CNAME' && nameOf(answer.name) === name);
    if (alias === undefined || alias.type !== 'CNAME') break;
    name = nameOf(alias.data);
  }
  const read = READS[type] as (data: unknown) => ReturnType<Reads[K]>;
  const records = answers.flatMap((answer) =>
    answer.type === type && nameOf(answer.name) === name && 'data' in answer ? [read(answer.data)] : [],
  );
  const kind = records.length > 0 ? 'records' : rcodeOf(response) === 'NXDOMAIN' ? 'no-domain' : 'no-data';
  return { kind, records, secure: response.flag_ad, alias: name === asked ? null : name };
}
