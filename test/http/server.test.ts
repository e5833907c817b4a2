/** The socket side, on real connections. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Http, type HttpLimits, startHttp } from '../../src/http/index.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { accept, httpOptions, LOCAL_TOKEN } from './harness.ts';

const running: Http[] = [];

async function start(limits: Partial<HttpLimits> = {}): Promise<{ http: Http; store: MemoryStore; lines: string[] }> {
  const store = createMemoryStore();
  const { options, log } = httpOptions(store, { limits });
  const http = await startHttp(options);
  running.push(http);
  return { http, store, lines: log.lines };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((http) => http.stop(0)));
});

/** Sends octets and reads until the server closes, or `until` stands in what it said. */
async function exchange(http: Http, write: (socket: Socket) => void, until?: string): Promise<string> {
  const socket = connect(http.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  let text = '';
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (until !== undefined && text.includes(until)) socket.destroy();
    });
  });
  write(socket);
  await closed;
  return text;
}

const AUTH = `Authorization: Bearer ${LOCAL_TOKEN}\r\n`;

describe('the server', () => {
  it('listens where the system chose, and links to it', async () => {
    const { http } = await start();
    expect(http.port).toBeGreaterThan(0);
    expect(http.url).toBe(`http://127.0.0.1:${http.port}`);
    const answer = await fetch(http.signInLink());
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, expect.stringContaining('HttpOnly')]);
  });

  it('names the public URL where there is one', async () => {
    const { options } = httpOptions(createMemoryStore(), { settings: { publicUrl: 'https://mail.example.com/' } });
    const http = await startHttp(options);
    running.push(http);
    expect(http.signInLink()).toMatch(/^https:\/\/mail\.example\.com\/sign-in\/link\?key=/);
  });

  it('rejects when the port is taken', async () => {
    const { http } = await start();
    const { options } = httpOptions(createMemoryStore(), { settings: { port: http.port } });
    await expect(startHttp(options)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('leaves the global Request and Response alone (@hono/node-server replaces them by default)', async () => {
    const before = [globalThis.Request, globalThis.Response];
    await start();
    expect([globalThis.Request, globalThis.Response]).toEqual(before);
  });

  it('keeps a connection for the next request, also after an error', async () => {
    const { http } = await start();
    const text = await exchange(http, (socket) =>
      socket.write(
        'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      ),
    );
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['200', '401', '200']);
  });

  it('answers a probe of HTTP/1.0 without a Host', async () => {
    const { http } = await start();
    expect(await exchange(http, (socket) => socket.write('GET /healthz HTTP/1.0\r\n\r\n'))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('R56', () => {
  it.each([
    ['what is not HTTP', 'EHLO relais\r\n\r\n', 400, 'malformed-request'],
    ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400, 'malformed-request'],
    ['a backslash in the path', 'GET /a\\b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400, 'malformed-request'],
    ['a head too large', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'malformed-request'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'malformed-request',
    ],
  ])('R56 %s is refused as a problem', async (_, request, status, code) => {
    const { http } = await start();
    const text = await exchange(http, (socket) => socket.write(request), '"code"');
    expect(text).toContain(`HTTP/1.1 ${status} `);
    expect(text.toLowerCase()).toContain('content-type: application/problem+json');
    expect(text).toContain(`"code":"${code}"`);
  });

  it('R56 100 MB by its length is 413 before it is sent, and by chunks soon after the limit', async () => {
    const { http } = await start();
    const declared = await exchange(http, (socket) =>
      socket.write(`POST /api/v1/messages/delete HTTP/1.1\r\nHost: localhost\r\n${AUTH}Content-Length: 104857600\r\n\r\n{`),
    );
    expect(declared).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"body-too-large"/);
    let sent = 0;
    const chunked = await exchange(http, (socket) => {
      socket.write(`POST /api/v1/messages/delete HTTP/1.1\r\nHost: localhost\r\n${AUTH}Transfer-Encoding: chunked\r\n\r\n`);
      const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
      const more = (): void => {
        while (!socket.destroyed && sent < 100_000_000) {
          sent += 65_536;
          if (!socket.write(chunk)) return;
        }
      };
      socket.on('drain', more);
      more();
    });
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(100_000_000);
  });

  it('R56 a head that drips is 408', async () => {
    const { http } = await start({ headers: 100 });
    expect(await exchange(http, (socket) => socket.write('GET /healthz HTTP/1.1\r\nHost: loc'))).toMatch(
      /^HTTP\/1\.1 408 [\s\S]*"code":"request-timeout"/,
    );
  });

  it('R56 a body that drips is 408, however busy the client is', async () => {
    const { http } = await start({ body: 100 });
    const text = await exchange(http, (socket) => {
      socket.write(`POST /api/v1/messages/delete HTTP/1.1\r\nHost: localhost\r\n${AUTH}Content-Length: 1000\r\n\r\n{`);
      const drip = setInterval(() => socket.write(' '), 10);
      socket.on('close', () => clearInterval(drip));
    });
    expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"body-timeout"/);
  });

  const SEND = `POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\n${AUTH}`;

  it('R56 a message may be as large as messages may be, and base64 makes it; past that it is 413, by its length or by chunks', async () => {
    const { http } = await start({ bodySize: 1_000 });
    const content = Buffer.alloc(95_000).toString('base64');
    const body = JSON.stringify({ from: 'a@example.com', to: 'b@example.com', attachments: [{ content }] });
    const headers = { authorization: `Bearer ${LOCAL_TOKEN}` };
    expect((await fetch(`${http.url}/api/v1/messages`, { method: 'POST', headers, body })).status).toBe(201);
    const declared = await exchange(http, (socket) => socket.write(`${SEND}Content-Length: 104857600\r\n\r\n{`));
    expect(declared).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"body-too-large"/);
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    const chunked = await exchange(http, (socket) => socket.write(`${SEND}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(4)}`));
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('R56 a message that drips is 408, after its own time', async () => {
    const { http } = await start({ body: 50, upload: 150 });
    const started = performance.now();
    const text = await exchange(http, (socket) => {
      socket.write(`${SEND}Content-Length: 1000\r\n\r\n{`);
      const drip = setInterval(() => socket.write(' '), 10);
      socket.on('close', () => clearInterval(drip));
    });
    expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"body-timeout"/);
    expect(performance.now() - started).toBeGreaterThan(140);
  });

  it('R56 many large bodies at once are not all held: who comes too many is told to come again', async () => {
    const { http } = await start();
    const part = ' '.repeat(200_000);
    const waiting: Socket[] = [];
    const answers = Array.from({ length: 4 }, () =>
      exchange(http, (socket) => {
        waiting.push(socket);
        socket.write(`${SEND}Connection: close\r\nContent-Length: 200002\r\n\r\n${part}`);
      }),
    );
    expect(await Promise.race(answers)).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"busy"/);
    for (const socket of waiting) socket.write('{}');
    // The others are read to their end: what is in them is judged.
    expect((await Promise.all(answers)).map((answer) => answer.slice(9, 12)).sort()).toEqual(['400', '400', '400', '503']);
    expect(await exchange(http, (socket) => socket.write(`${SEND}Connection: close\r\nContent-Length: 2\r\n\r\n{}`))).toMatch(/ 400 /);
  });

  it('a client that goes away in the middle of its body leaves no trace but a debug line', async () => {
    const { http, lines } = await start();
    const socket = connect(http.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`POST /api/v1/messages/delete HTTP/1.1\r\nHost: localhost\r\n${AUTH}Content-Length: 1000\r\n\r\n{`);
    await expect.poll(() => fetch(`${http.url}/healthz`).then((answer) => answer.ok)).toBe(true);
    socket.resetAndDestroy();
    await once(socket, 'close');
    await expect.poll(() => lines.filter((line) => line.startsWith('debug http request')).length).toBeGreaterThanOrEqual(2);
    expect(lines.filter((line) => !line.startsWith('debug'))).toEqual([]);
  });
});

/** More than the buffers of a connection hold. */
const EVENTS = 1_000;

describe('the event stream', () => {
  it('drops a reader that takes nothing, which resumes where it was', async () => {
    const { http, store, lines } = await start({ stall: 500 });
    for (let i = 0; i < EVENTS; i++) await store.appendEvent({ type: 'queue.blocked', reason: 'x'.repeat(20_000) }, 0);
    const socket = connect({ port: http.port, host: '127.0.0.1', readableHighWaterMark: 1 } as never);
    await once(socket, 'connect');
    socket.on('error', () => {});
    socket.write(`GET /api/v1/changes/stream?after=0 HTTP/1.1\r\nHost: localhost\r\n${AUTH}\r\n`);
    socket.pause();
    await expect.poll(() => lines.filter((line) => line.includes('event stream dropped')).length, { timeout: 10_000 }).toBe(1);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.resume();
    await once(socket, 'close');
    const seen = [...text.matchAll(/^id: (\d+)\ndata: .*\n\n/gm)].map((match) => Number(match[1]));
    const last = seen.at(-1) ?? 0;
    expect(last).toBeLessThan(EVENTS);
    const resumed = await fetch(`${http.url}/api/v1/changes/stream`, {
      headers: { authorization: `Bearer ${LOCAL_TOKEN}`, 'last-event-id': String(last) },
    });
    const ids: number[] = [];
    let rest = '';
    for await (const chunk of resumed.body ?? []) {
      rest += Buffer.from(chunk as Uint8Array).toString();
      for (const match of rest.matchAll(/^id: (\d+)\ndata: .*\n\n/gm)) ids.push(Number(match[1]));
      rest = rest.includes('\n\n') ? rest.slice(rest.lastIndexOf('\n\n') + 2) : rest;
      if (ids.at(-1) === EVENTS) break;
    }
    expect(ids).toEqual(Array.from({ length: EVENTS - last }, (_, i) => last + 1 + i));
  });

  it('lets go of a reader that went away', async () => {
    const { http, store } = await start();
    const controller = new AbortController();
    const answer = await fetch(`${http.url}/api/v1/changes/stream`, {
      headers: { authorization: `Bearer ${LOCAL_TOKEN}` },
      signal: controller.signal,
    });
    const reader = answer.body?.getReader();
    await reader?.read();
    controller.abort();
    await reader?.read().catch(() => {});
    await accept({ store });
    expect((await fetch(`${http.url}/healthz`)).status).toBe(200);
  });
});

describe('stopping', () => {
  it('ends long polls and streams with an answer, and closes within the grace', async () => {
    const { http } = await start();
    const headers = { authorization: `Bearer ${LOCAL_TOKEN}` };
    const poll = fetch(`${http.url}/api/v1/changes?wait=60s`, { headers });
    const stream = await fetch(`${http.url}/api/v1/changes/stream`, { headers });
    const reader = stream.body?.getReader();
    await reader?.read();
    await expect.poll(() => fetch(`${http.url}/healthz`).then((answer) => answer.status)).toBe(200);
    const stopped = http.stop(5_000);
    expect(await (await poll).json()).toEqual({ items: [], last: 0 });
    expect(await reader?.read()).toMatchObject({ done: true });
    await stopped;
    await expect(fetch(`${http.url}/healthz`)).rejects.toThrow();
  });

  it('cuts off what does not end', async () => {
    const { http } = await start();
    const socket = connect(http.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(`POST /api/v1/messages/delete HTTP/1.1\r\nHost: localhost\r\n${AUTH}Content-Length: 1000\r\n\r\n{`);
    await expect.poll(() => fetch(`${http.url}/healthz`).then((answer) => answer.status)).toBe(200);
    const closed = once(socket, 'close');
    await http.stop(50);
    await closed;
  });
});
