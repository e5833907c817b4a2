/** A DNS server on UDP loopback that answers from a table, for MX, A and AAAA; RFC 1035. */
import { createSocket, type Socket } from 'node:dgram';

export interface FakeZone {
  /** Exchange and preference; '' for the root: null MX. */
  readonly mx?: readonly (readonly [preference: number, exchange: string])[];
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  /** Answered to every question. */
  readonly failure?: 'servfail' | 'silence';
}

export interface FakeDns {
  /** `ip:port`, as a resolver takes it. */
  readonly server: string;
  /** Questions so far: `MX example.net`. */
  readonly questions: readonly string[];
  stop(): Promise<void>;
}

const TYPES: Readonly<Record<number, string>> = { 1: 'A', 15: 'MX', 28: 'AAAA' };
const SERVFAIL = 2;
const NXDOMAIN = 3;

/** Names that are not in the table do not exist. */
export async function startFakeDns(zones: Readonly<Record<string, FakeZone>>): Promise<FakeDns> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  socket.on('message', (query, peer) => {
    const { name, type, end } = readQuestion(query);
    questions.push(`${TYPES[type] ?? type} ${name}`);
    const zone = zones[name];
    if (zone?.failure === 'silence') return;
    const answers = zone === undefined || zone.failure !== undefined ? [] : recordsOf(zone, type);
    const code = zone === undefined ? NXDOMAIN : zone.failure === 'servfail' ? SERVFAIL : 0;
    socket.send(responseTo(query, end, code, answers), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { server: `127.0.0.1:${socket.address().port}`, questions, stop: () => closed(socket) };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(resolve));
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

/** §4.1.3, each with a pointer to the question's name. */
function recordsOf(zone: FakeZone, type: number): Buffer[] {
  const datas: Buffer[] = [];
  if (TYPES[type] === 'A') for (const ip of zone.a ?? []) datas.push(Buffer.from(ip.split('.').map(Number)));
  if (TYPES[type] === 'AAAA') for (const ip of zone.aaaa ?? []) datas.push(ipv6(ip));
  if (TYPES[type] === 'MX') {
    for (const [preference, exchange] of zone.mx ?? []) datas.push(Buffer.concat([uint16(preference), nameOf(exchange)]));
  }
  return datas.map((data) =>
    Buffer.concat([uint16(0xc00c), uint16(type), uint16(1), Buffer.from([0, 0, 0, 60]), uint16(data.length), data]),
  );
}

function responseTo(query: Buffer, end: number, code: number, answers: readonly Buffer[]): Buffer {
  const header = Buffer.concat([query.subarray(0, 2), uint16(0x8180 | code), uint16(1), uint16(answers.length), uint16(0), uint16(0)]);
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
