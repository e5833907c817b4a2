/**
 * What a next hop says of itself: connection, greeting, EHLO, and STARTTLS where the route wants it,
 * then QUIT (RFC 5321 §4.1.1.1, RFC 3207). For `relais check`: no AUTH, no mail.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { SmarthostRoute } from '../domain/settings.ts';

export interface Greeting {
  readonly ok: boolean;
  /** One sentence. */
  readonly said: string;
}

const TIMEOUT = 15_000;
/** A server that does not answer QUIT is no worse for it. */
const FAREWELL = 1_000;
const REPLY_LIMIT = 16 * 1024;

export async function greet(route: SmarthostRoute, hostname: string): Promise<Greeting> {
  const open: Socket[] = [];
  try {
    return await dialogue(route, hostname, open);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { ok: false, said: code === undefined ? message : `${code}: ${message}` };
  } finally {
    for (const socket of open) socket.destroy();
  }
}

async function dialogue(route: SmarthostRoute, hostname: string, open: Socket[]): Promise<Greeting> {
  const { host, port, tls } = route;
  const trust = { servername: host, ...(route.ca === null ? {} : { ca: route.ca }) };
  let socket: Socket = tls === 'implicit' ? connectTls({ host, port, ...trust }) : connect({ host, port });
  open.push(socket);
  await once(socket, tls === 'implicit' ? 'secureConnect' : 'connect');
  const greeting = await reply(socket);
  if (greeting.code !== 220) return { ok: false, said: `greets with ${greeting.text}` };
  let offered = await ask(socket, `EHLO ${hostname}`);
  if (offered.code !== 250) return { ok: false, said: `EHLO: ${offered.text}` };
  if (tls === 'required' || tls === 'opportunistic') {
    const offers = /^250[ -]STARTTLS\s*$/im.test(offered.text);
    if (!offers && tls === 'required') return { ok: false, said: 'does not offer STARTTLS, and tls is required' };
    if (offers) {
      const ready = await ask(socket, 'STARTTLS');
      if (ready.code !== 220) return { ok: tls !== 'required', said: `STARTTLS: ${ready.text}` };
      const secured: TLSSocket = connectTls({ socket, ...trust, rejectUnauthorized: tls === 'required' });
      open.push(secured);
      await once(secured, 'secureConnect');
      socket = secured;
      offered = await ask(socket, `EHLO ${hostname}`);
    }
  }
  if (route.auth !== null && !/^250[ -]AUTH[ =]/im.test(offered.text))
    return { ok: false, said: 'does not offer AUTH, and the route has auth' };
  await Promise.race([ask(socket, 'QUIT').catch(() => undefined), delay(FAREWELL)]);
  const cipher = 'getProtocol' in socket ? ` with ${String((socket as TLSSocket).getProtocol())}` : ' without TLS';
  return { ok: true, said: `answers${cipher}: ${firstLine(greeting.text)}` };
}

function firstLine(text: string): string {
  return text.split(/\r?\n/)[0] ?? '';
}

function once(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
    socket.once(event, () => resolve());
    socket.once('error', reject);
  });
}

function ask(socket: Socket, command: string): Promise<{ code: number; text: string }> {
  socket.write(`${command}\r\n`);
  return reply(socket);
}

/** One reply of one or more lines (RFC 5321 §4.2.1). */
function reply(socket: Socket): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const done = (error?: Error): void => {
      socket.off('data', take).off('error', done).off('close', gone);
      const code = Number(/^(\d{3})/.exec(text)?.[1] ?? Number.NaN);
      if (error !== undefined) reject(error);
      else resolve({ code, text: text.trim() });
    };
    const gone = (): void => done(new Error('closes the connection without an answer'));
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (/^\d{3}(?: .*)?\r?\n$/m.test(text) && /(?:^|\n)\d{3}(?: [^\n]*)?\r?\n$/.test(text)) done();
      else if (text.length > REPLY_LIMIT) done(new Error('answers without end'));
    };
    socket.on('data', take).on('error', done).on('close', gone);
  });
}
