/**
 * Reads the PROXY header off a connection that a load balancer made, before anything else of it is read;
 * what follows the header stays in the socket. One deadline for all of it, however slowly it comes.
 */
import type { Socket } from 'node:net';
import { type ProxyHeader, readProxyHeader } from './proxy-header.ts';

export type ProxyAnswer =
  | { readonly kind: 'read'; readonly client: Extract<ProxyHeader, { kind: 'header' }>['client'] }
  | { readonly kind: 'failed'; readonly why: string };

export function readProxy(socket: Socket, timeoutMs: number): Promise<ProxyAnswer> {
  return new Promise((resolve) => {
    let octets = Buffer.alloc(0);
    const end = (answer: ProxyAnswer): void => {
      clearTimeout(timer);
      socket.off('readable', read);
      socket.off('end', gone);
      socket.off('close', gone);
      // An error that comes late is nobody's.
      if (answer.kind === 'read') socket.off('error', gone);
      resolve(answer);
    };
    const gone = (): void => end({ kind: 'failed', why: 'the connection ended before it' });
    const read = (): void => {
      for (let chunk: unknown = socket.read(); Buffer.isBuffer(chunk); chunk = socket.read()) {
        octets = Buffer.concat([octets, chunk]);
        const header = readProxyHeader(octets);
        if (header.kind === 'incomplete') continue;
        if (header.kind === 'malformed') {
          end({ kind: 'failed', why: header.why });
          return;
        }
        const rest = octets.subarray(header.length);
        end({ kind: 'read', client: header.client });
        if (rest.length > 0) socket.unshift(rest);
        return;
      }
    };
    const timer = setTimeout(() => end({ kind: 'failed', why: 'it did not come in time' }), timeoutMs);
    socket.on('readable', read);
    socket.on('end', gone);
    socket.on('close', gone);
    socket.on('error', gone);
  });
}
