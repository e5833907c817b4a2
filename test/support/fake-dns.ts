/** A DNS server on UDP and TCP loopback that answers from a table, for MX, A, AAAA, CNAME, TXT and TLSA; RFC 1035. */
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';

export interface FakeZone {
  /** Exchange and preference; '' for the root: null MX. */
  readonly mx?: readonly (readonly [preference: number, exchange: string])[];
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  /** Told in front of the records of the name it leads to. */
  readonly cname?: string;
  readonly txt?: readonly string[];
  readonly tlsa?: readonly FakeTlsa[];
  /** Answered with the AD bit: validated. */
  readonly secure?: boolean;
  /** By UDP only the TC bit is told. */
  readonly truncated?: boolean;
  /** Answered to every question. */
  readonly failure?: 'servfail' | 'silence';
  /** Sent in place of an answer. */
  readonly garbage?: Buffer;
}

export interface FakeTlsa {
  readonly usage: number;
  readonly selector: number;
  readonly matchingType: number;
  readonly data: Buffer;
}

export interface FakeDns {
  /** `ip:port`, as a resolver takes it. */
  readonly server: string;
  /** Questions so far: `MX example.net`. */
  readonly questions: readonly string[];
  /** The table, to be changed while it runs. */
  readonly zones: Record<string, FakeZone>;
  stop(): Promise<void>;
}

const TYPES: Readonly<Record<number, string>> = { 1: 'A', 5: 'CNAME', 15: 'MX', 16: 'TXT', 28: 'AAAA', 52: 'TLSA' };
const SERVFAIL = 2;
const NXDOMAIN = 3;

/** Names that are not in the table do not exist. */
export async function startFakeDns(table: Readonly<Record<string, FakeZone>>): Promise<FakeDns> {
  const zones: Record<string, FakeZone> = { ...table };
  const questions: string[] = [];
  const answer = (query: Buffer, udp: boolean): Buffer | undefined => {
    const { name, type, end } = readQuestion(query);
    questions.push(`${TYPES[type] ?? type} ${name}`);
    const zone = zones[name];
    if (zone?.failure === 'silence') return undefined;
    if (zone?.garbage !== undefined) return Buffer.concat([query.subarray(0, 2), zone.garbage]);
    if (zone === undefined) return responseTo(query, end, NXDOMAIN, []);
    if (zone.failure === 'servfail') return responseTo(query, end, SERVFAIL, []);
    const secure = zone.secure === true ? AD : 0;
    if (udp && zone.truncated === true) return responseTo(query, end, TC | secure, []);
    if (zone.cname === undefined || TYPES[type] === 'CNAME') return responseTo(query, end, secure, recordsOf(zone, type));
    const target = zones[zone.cname] ?? {};
    return responseTo(query, end, secure, [
      record(uint16(0xc00c), CNAME, nameOf(zone.cname)),
      ...recordsOf(target, type, nameOf(zone.cname)),
    ]);
  };
  const server = createServer((client) => {
    client.on('error', () => undefined);
    client.on('data', (data) => {
      const response = answer((data as Buffer).subarray(2), false);
      if (response !== undefined) client.end(Buffer.concat([uint16(response.length), response]));
    });
  });
  const { socket, port } = await onePort(server);
  socket.on('message', (query, peer) => {
    const response = answer(query, true);
    if (response !== undefined) socket.send(response, peer.port, peer.address);
  });
  return { server: `127.0.0.1:${port}`, questions, zones, stop: () => closed(socket, server) };
}

/** §4.1.1, in the second word of the header; AD: RFC 4035 §3.2.3. */
const TC = 0x0200;
const AD = 0x0020;
const CNAME = 5;

/** A port that is free for TCP and for UDP. */
async function onePort(server: Server): Promise<{ readonly socket: Socket; readonly port: number }> {
  for (;;) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const socket = createSocket('udp4');
    const bound = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false)).bind(address.port, '127.0.0.1', () => resolve(true));
    });
    if (bound) return { socket, port: address.port };
    await closed(socket, server);
  }
}

async function closed(socket: Socket, server: Server): Promise<void> {
  await Promise.all([new Promise<void>((resolve) => socket.close(resolve)), new Promise<void>((resolve) => server.close(() => resolve()))]);
}

/** §4.1.2 */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** §4.1.3, each under the question's name or the one given. */
function recordsOf(zone: FakeZone, type: number, name: Buffer = uint16(0xc00c)): Buffer[] {
  const datas: Buffer[] = [];
  if (TYPES[type] === 'A') for (const ip of zone.a ?? []) datas.push(Buffer.from(ip.split('.').map(Number)));
  if (TYPES[type] === 'AAAA') for (const ip of zone.aaaa ?? []) datas.push(ipv6(ip));
  if (TYPES[type] === 'CNAME' && zone.cname !== undefined) datas.push(nameOf(zone.cname));
  if (TYPES[type] === 'TXT') for (const text of zone.txt ?? []) datas.push(stringsOf(text));
  if (TYPES[type] === 'MX') {
    for (const [preference, exchange] of zone.mx ?? []) datas.push(Buffer.concat([uint16(preference), nameOf(exchange)]));
  }
  if (TYPES[type] === 'TLSA') {
    for (const { usage, selector, matchingType, data } of zone.tlsa ?? [])
      datas.push(Buffer.concat([Buffer.from([usage, selector, matchingType]), data]));
  }
  return datas.map((data) => record(name, type, data));
}

function record(name: Buffer, type: number, data: Buffer): Buffer {
  return Buffer.concat([name, uint16(type), uint16(1), Buffer.from([0, 0, 0, 60]), uint16(data.length), data]);
}

/** §3.3.14: strings of 255 octets at most. */
function stringsOf(text: string): Buffer {
  const parts = text.match(/[\s\S]{1,200}/g) ?? [''];
  return Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])));
}

function responseTo(query: Buffer, end: number, flags: number, answers: readonly Buffer[]): Buffer {
  const header = Buffer.concat([query.subarray(0, 2), uint16(0x8180 | flags), uint16(1), uint16(answers.length), uint16(0), uint16(0)]);
  return Buffer.concat([header, query.subarray(12, end), ...answers]);
}

function nameOf(name: string): Buffer {
  const labels = name === '' ? [] : name.split('.');
  return Buffer.concat([...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])]);
}

function ipv6(ip: string): Buffer {
  const [head = '', tail = ''] = ip.split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const before = groups(head);
  const after = groups(tail);
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return Buffer.concat([...before, ...zeros, ...after].map(uint16));
}

function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}
