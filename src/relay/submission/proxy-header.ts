/**
 * The PROXY protocol header, versions 1 and 2, as HAProxy's specification (proxy-protocol.txt) has it:
 * who the client of a load balancer is. Pure: the first octets of a connection go in. Strict, since
 * whatever stands here is believed: what is not exactly a header is malformed.
 */
import { isIPv4, isIPv6 } from 'node:net';

export type ProxyHeader =
  /** More octets are needed. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'malformed'; readonly why: string }
  /** `length`: octets of the header. `client` null: the proxy speaks for itself (LOCAL), or does not know (UNKNOWN). */
  | { readonly kind: 'header'; readonly length: number; readonly client: { readonly address: string; readonly port: number } | null };

/** Version 1, CRLF included. */
const LINE_LIMIT = 107;
const V1 = Buffer.from('PROXY ');
const V2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V2_HEAD = 16;
/** Octets of addresses and extensions (TLVs) of version 2 that are taken; what they hold is not read. */
const V2_LIMIT = 4096;
/** Octets of the addresses, by family and transport: TCP over IPv4 and IPv6, a stream over a Unix socket. */
const V2_STREAMS: ReadonlyMap<number, number> = new Map([
  [0x11, 12],
  [0x21, 36],
  [0x31, 216],
]);

const INCOMPLETE: ProxyHeader = { kind: 'incomplete' };

export function readProxyHeader(octets: Buffer): ProxyHeader {
  if (startsAs(octets, V2)) return octets.length < V2_HEAD ? INCOMPLETE : readVersion2(octets);
  if (startsAs(octets, V1)) return readVersion1(octets);
  return malformed('it does not begin like one');
}

/** Whether `octets` begin with `mark`, as far as they go. */
function startsAs(octets: Buffer, mark: Buffer): boolean {
  const length = Math.min(octets.length, mark.length);
  return octets.compare(mark, 0, length, 0, length) === 0;
}

function malformed(why: string): ProxyHeader {
  return { kind: 'malformed', why };
}

const PORT = /^(?:0|[1-9]\d{0,4})$/;

/** Section 2.1. */
function readVersion1(octets: Buffer): ProxyHeader {
  const end = octets.subarray(0, LINE_LIMIT).indexOf('\r\n');
  if (end === -1) return octets.length < LINE_LIMIT ? INCOMPLETE : malformed('its line is too long');
  const length = end + 2;
  const [, family, source = '', target = '', port = '', targetPort = '', ...more] = octets.toString('latin1', 0, end).split(' ');
  if (family === 'UNKNOWN') return { kind: 'header', length, client: null };
  if (family !== 'TCP4' && family !== 'TCP6') return malformed('its family is none of TCP4, TCP6, UNKNOWN');
  const isAddress = family === 'TCP4' ? isIPv4 : isIPv6;
  if (more.length > 0 || ![source, target].every((address) => isAddress(address) && !address.includes('%'))) {
    return malformed(`its addresses are not those of ${family}`);
  }
  if (![port, targetPort].every((text) => PORT.test(text) && Number(text) <= 65_535)) return malformed('a port of it is none');
  return { kind: 'header', length, client: { address: source.toLowerCase(), port: Number(port) } };
}

/** Section 2.2. */
function readVersion2(octets: Buffer): ProxyHeader {
  const command = octets.readUInt8(12);
  const family = octets.readUInt8(13);
  const size = octets.readUInt16BE(14);
  if (command !== 0x20 && command !== 0x21) return malformed('its version or command is not known');
  if (size > V2_LIMIT) return malformed('it is too long');
  const length = V2_HEAD + size;
  const wanted = V2_STREAMS.get(family);
  const local = command === 0x20;
  if (!local && family !== 0 && (wanted === undefined || size < wanted))
    return malformed('its addresses are not those of a TCP connection');
  if (octets.length < length) return INCOMPLETE;
  // Unspecified, or a Unix socket: the connection's own address is all there is.
  if (local || (family !== 0x11 && family !== 0x21)) return { kind: 'header', length, client: null };
  const [address, port] = family === 0x11 ? [ipv4At(octets, 16), octets.readUInt16BE(24)] : [ipv6At(octets, 16), octets.readUInt16BE(48)];
  return { kind: 'header', length, client: { address, port } };
}

function ipv4At(octets: Buffer, at: number): string {
  return [...octets.subarray(at, at + 4)].join('.');
}

function ipv6At(octets: Buffer, at: number): string {
  return Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(at + index * 2).toString(16)).join(':');
}
