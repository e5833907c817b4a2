import type { LookupAddress } from 'node:dns';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { type PostRequest, postWebhook, type Resolve } from '../../src/signals/post.ts';
import { answerWith, type Receiver, startReceiver } from './receiver.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function receiver(answer?: Receiver['answer']): Promise<Receiver> {
  const started = await startReceiver(answer);
  closing.push(() => started.close());
  return started;
}

function post(url: string, more: Partial<PostRequest> = {}): ReturnType<typeof postWebhook> {
  const signal = new AbortController().signal;
  return postWebhook({ url, headers: { 'webhook-id': 'msg_1' }, body: '{"a":1}', allowPrivate: true, timeout: 5000, signal, ...more });
}

function resolvesTo(...answers: LookupAddress[][]): Resolve & { calls: number } {
  const resolve = (_: string, callback: (error: Error | null, addresses: LookupAddress[]) => void): void => {
    callback(null, answers[Math.min(resolve.calls++, answers.length - 1)] ?? []);
  };
  resolve.calls = 0;
  return resolve;
}

describe('postWebhook', () => {
  it('posts the body and tells the status', async () => {
    const target = await receiver(answerWith(201));
    expect(await post(target.url)).toEqual({ kind: 'answered', status: 201 });
    expect(target.received[0]?.text).toBe('{"a":1}');
    expect(target.received[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'msg_1' });
  });

  it('R57 refuses loopback and private targets however they are written, and dials nothing', async () => {
    const target = await receiver();
    const hosts = [
      '127.0.0.1',
      '0x7f.1',
      '2130706433',
      '0177.0.0.1',
      '127.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[::7f00:1]',
    ];
    for (const host of hosts) {
      const answer = await post(`http://${host}:${target.port}/`, { allowPrivate: false });
      expect(answer, host).toMatchObject({ kind: 'unanswered', error: expect.stringContaining('private or reserved') });
    }
    expect(target.received).toEqual([]);
  });

  it('R57 refuses a name that resolves to a private address, and goes there with allowPrivate', async () => {
    const target = await receiver();
    const url = `http://hooks.example:${target.port}/`;
    for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254']) {
      const answer = await post(url, { allowPrivate: false, resolve: resolvesTo([{ address, family: 4 }]) });
      expect(answer).toMatchObject({ kind: 'unanswered', error: expect.stringContaining(address) });
    }
    expect(target.received).toEqual([]);
    expect(await post(url, { resolve: resolvesTo([{ address: '127.0.0.1', family: 4 }]) })).toEqual({ kind: 'answered', status: 204 });
  });

  it('R58 dials the very answer that was checked: a resolver that changes its mind is asked once', async () => {
    const target = await receiver();
    const resolve = resolvesTo([{ address: '192.0.2.1', family: 4 }], [{ address: '127.0.0.1', family: 4 }]);
    const answer = await post(`http://hooks.example:${target.port}/`, { allowPrivate: false, resolve });
    expect(answer).toMatchObject({ kind: 'unanswered', error: expect.stringContaining('192.0.2.1') });
    expect(resolve.calls).toBe(1);
    expect(target.received).toEqual([]);
  });

  it('R58 leaves private addresses out of a mixed answer', async () => {
    const target = await receiver();
    const resolve = resolvesTo([
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
    expect((await post(`http://hooks.example:${target.port}/`, { allowPrivate: false, resolve })).kind).toBe('unanswered');
    expect(target.received).toEqual([]);
  });

  it.each([301, 302, 303, 307, 308])('R59 does not follow a redirect: %i', async (status) => {
    const inside = await receiver();
    const target = await receiver(answerWith(status, { location: inside.url }));
    expect(await post(target.url)).toEqual({ kind: 'answered', status });
    expect(inside.received).toEqual([]);
  });

  it('R60 cuts an endless answer off, and asks for no encoding', async () => {
    let sent = 0;
    let onCut = (): void => {};
    const cut = new Promise<void>((resolve) => {
      onCut = resolve;
    });
    const target = await receiver((_, response) => {
      response.writeHead(200, { 'content-encoding': 'br' });
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
      };
      response.on('drain', more);
      response.on('close', onCut);
      more();
    });
    expect(await post(target.url)).toEqual({ kind: 'answered', status: 200 });
    expect(target.received[0]?.headers['accept-encoding']).toBe('identity');
    await cut;
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it('R60 cuts endless header fields off', async () => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write(`x-more: ${'a'.repeat(1000)}\r\n`));
      };
      socket.on('drain', more);
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const answer = await post(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(answer).toMatchObject({ kind: 'unanswered', error: expect.stringMatching(/header/i) });
  });

  it('keeps one deadline for a receiver that takes the body and says nothing, or drips', async () => {
    const silent = await receiver(() => {});
    expect(await post(silent.url, { timeout: 100 })).toEqual({ kind: 'unanswered', error: 'no answer within 100 ms' });
    const dripping = net.createServer((socket) => {
      socket.on('error', () => {});
      const drip = setInterval(() => socket.write('H'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise<void>((resolve) => dripping.close(() => resolve())));
    expect((await post(`http://127.0.0.1:${(dripping.address() as AddressInfo).port}/`, { timeout: 200 })).kind).toBe('unanswered');
  });

  it('is given up when relais stops', async () => {
    const silent = await receiver(() => abort.abort());
    const abort = new AbortController();
    expect(await post(silent.url, { signal: abort.signal })).toEqual({ kind: 'aborted' });
  });

  it('sends nothing to a server whose certificate does not hold', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
    let requests = 0;
    const server = https.createServer({ key, cert }, () => requests++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const answer = await post(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(answer).toMatchObject({ kind: 'unanswered', error: expect.stringMatching(/certificate/) });
    expect(requests).toBe(0);
  });

  it.each(['', 'nonsense', 'file:///etc/passwd', 'ftp://example.com/'])('says what is wrong with the URL %s', async (url) => {
    expect(await post(url)).toMatchObject({ kind: 'unanswered', error: expect.stringContaining('URL') });
  });

  it('says when nobody listens', async () => {
    const target = await startReceiver();
    await target.close();
    expect(await post(target.url)).toMatchObject({ kind: 'unanswered', error: expect.stringContaining('ECONNREFUSED') });
  });
});
