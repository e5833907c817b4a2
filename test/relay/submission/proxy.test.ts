/** The PROXY protocol: who the client behind a load balancer is, and who may say so. */

import { once } from 'node:events';
import { connect as tlsConnect } from 'node:tls';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readProxyHeader } from '../../../src/relay/submission/proxy-header.ts';
import { RawClient } from '../../support/raw-client.ts';
import { account, plainToken, type Running, type RunOptions, runSubmission, SMALL_MESSAGE } from './harness.ts';

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

function version2(command: number, family: number, body: Buffer): Buffer {
  const head = Buffer.from([command, family, body.length >> 8, body.length & 255]);
  return Buffer.concat([SIGNATURE, head, body]);
}

const IPV4 = Buffer.from([192, 0, 2, 7, 198, 51, 100, 1, 0x30, 0x39, 0, 25]);
const IPV6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000007', 'hex'),
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from([0x30, 0x39, 0, 25]),
]);
const V1 = 'PROXY TCP4 192.0.2.7 198.51.100.1 12345 25\r\n';

describe('a header', () => {
  it.each<[string, Buffer | string, { address: string; port: number } | null]>([
    ['version 1, IPv4', V1, { address: '192.0.2.7', port: 12345 }],
    ['version 1, IPv6', 'PROXY TCP6 2001:DB8::7 2001:db8::1 12345 25\r\n', { address: '2001:db8::7', port: 12345 }],
    ['version 1, unknown', 'PROXY UNKNOWN\r\n', null],
    ['version 1, unknown with more', 'PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n', null],
    ['version 2, IPv4', version2(0x21, 0x11, IPV4), { address: '192.0.2.7', port: 12345 }],
    ['version 2, IPv6', version2(0x21, 0x21, IPV6), { address: '2001:db8:0:0:0:0:0:7', port: 12345 }],
    [
      'version 2, with extensions',
      version2(0x21, 0x11, Buffer.concat([IPV4, Buffer.from([4, 0, 1, 0])])),
      { address: '192.0.2.7', port: 12345 },
    ],
    ['version 2, local', version2(0x20, 0x00, Buffer.alloc(0)), null],
    ['version 2, local with addresses', version2(0x20, 0x11, IPV4), null],
    ['version 2, unspecified', version2(0x21, 0x00, Buffer.alloc(0)), null],
    ['version 2, Unix', version2(0x21, 0x31, Buffer.alloc(216)), null],
  ])('%s', (_name, octets, client) => {
    const header = Buffer.from(octets);
    expect(readProxyHeader(Buffer.concat([header, Buffer.from('EHLO x\r\n')]))).toEqual({ kind: 'header', length: header.length, client });
    for (let length = 0; length < header.length; length++) {
      expect(readProxyHeader(header.subarray(0, length))).toEqual({ kind: 'incomplete' });
    }
  });

  it.each<[string, Buffer | string]>([
    ['none', 'EHLO erp.test\r\n'],
    ['a TLS hello', Buffer.from([0x16, 3, 1, 2, 0])],
    ['in lower case', 'proxy TCP4 192.0.2.7 198.51.100.1 12345 25\r\n'],
    ['another family', 'PROXY UDP4 192.0.2.7 198.51.100.1 12345 25\r\n'],
    ['no addresses', 'PROXY TCP4\r\n'],
    ['an address of the other family', 'PROXY TCP4 2001:db8::7 198.51.100.1 12345 25\r\n'],
    ['an address that is none', 'PROXY TCP4 192.0.2.777 198.51.100.1 12345 25\r\n'],
    ['an address with leading zeros', 'PROXY TCP4 192.0.02.7 198.51.100.1 12345 25\r\n'],
    ['an address with a zone', 'PROXY TCP6 fe80::1%eth0 fe80::2 12345 25\r\n'],
    ['a name', 'PROXY TCP4 localhost localhost 12345 25\r\n'],
    ['a port beyond', 'PROXY TCP4 192.0.2.7 198.51.100.1 65536 25\r\n'],
    ['a port with a sign', 'PROXY TCP4 192.0.2.7 198.51.100.1 +1 25\r\n'],
    ['two blanks', 'PROXY  TCP4 192.0.2.7 198.51.100.1 12345 25\r\n'],
    ['one word more', 'PROXY TCP4 192.0.2.7 198.51.100.1 12345 25 x\r\n'],
    ['an endless line', `PROXY UNKNOWN ${'x'.repeat(200)}`],
    ['version 3', version2(0x31, 0x11, IPV4)],
    ['another command', version2(0x22, 0x11, IPV4)],
    ['UDP', version2(0x21, 0x12, IPV4)],
    ['addresses cut short', version2(0x21, 0x21, IPV4)],
    ['very long', Buffer.concat([SIGNATURE, Buffer.from([0x21, 0x11, 0xff, 0xff])])],
  ])('malformed: %s', (_name, octets) => {
    expect(readProxyHeader(Buffer.from(octets))).toMatchObject({ kind: 'malformed' });
  });

  it('is judged the same whatever follows, and never past its limits', () => {
    const start = fc.constantFrom(Buffer.from(V1), Buffer.from('PROXY '), SIGNATURE, version2(0x21, 0x11, IPV4), Buffer.alloc(0));
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), (head, tail) => {
        const octets = Buffer.concat([head, tail]);
        const header = readProxyHeader(octets);
        if (header.kind === 'header') {
          expect(header.length).toBeLessThanOrEqual(octets.length);
          expect(readProxyHeader(octets.subarray(0, header.length))).toEqual(header);
        }
        if (header.kind === 'malformed') expect(readProxyHeader(Buffer.concat([octets, Buffer.from('x')]))).toEqual(header);
        if (header.kind === 'incomplete') expect(octets.length).toBeLessThan(16 + 4096);
      }),
    );
  });
});

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: RunOptions = {}): Promise<Running> {
  running = await runSubmission({ listener: { proxy: ['127.0.0.1'] }, ...options });
  return running;
}

/** Connects as the proxy would, and reads the greeting. */
async function through(run: Running, header: Buffer | string): Promise<RawClient> {
  const client = await RawClient.connect({ port: run.port });
  client.send(header);
  await client.reply();
  return client;
}

describe('a listener behind a proxy', () => {
  it.each<[string, Buffer | string, string]>([
    ['version 1', V1, '192.0.2.7'],
    ['version 2', version2(0x21, 0x11, IPV4), '192.0.2.7'],
    ['version 2, IPv6', version2(0x21, 0x21, IPV6), '2001:db8::7'],
  ])('%s: the client is the one announced, for the record and for networks', async (_name, header, address) => {
    const run = await start({ networks: ['192.0.2.7', '2001:db8::/64'] });
    const client = await through(run, header);
    await client.command('EHLO erp.test');
    expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: SMALL_MESSAGE })).code).toBe(250);
    const message = run.store.recorded[0]?.message;
    expect(message?.client.address).toBe(address);
    expect(message?.received).toContain(`([${address.includes(':') ? 'IPv6:' : ''}${address}])`);
  });

  it('R41 whom the proxy brings is not trusted for the proxy being in networks; nor is the proxy for itself', async () => {
    const run = await start();
    for (const header of [V1, 'PROXY UNKNOWN\r\n', version2(0x20, 0, Buffer.alloc(0))]) {
      const client = await through(run, header);
      await client.command('EHLO erp.test');
      expect((await client.command('MAIL FROM:<a@src.test>')).raw.slice(0, 9)).toBe('530 5.7.0');
    }
  });

  it('counts connections and failed AUTHs by the client announced', async () => {
    const limits = { connectionsPerAddress: 1 };
    const run = await start({ limits, accounts: [account('erp', 'secret')], listener: { proxy: ['127.0.0.0/8'], authWithoutTls: true } });
    const first = await through(run, V1);
    const again = await RawClient.connect({ port: run.port });
    again.send(V1);
    expect((await again.reply()).code).toBe(421);
    const other = await through(run, V1.replace('192.0.2.7', '192.0.2.8'));
    await other.command('EHLO x');
    expect((await other.command(`AUTH PLAIN ${plainToken('erp', 'wrong')}`)).code).toBe(535);
    expect(run.log.lines.find((line) => line.includes('AUTH failed'))).toContain('192.0.2.8');
    await first.command('QUIT');
    await through(run, V1);
  });

  it.each<[string, (client: RawClient) => void]>([
    ['no header', (client) => client.send('EHLO erp.test\r\n')],
    ['a malformed one', (client) => client.send('PROXY TCP4 x y 1 2\r\n')],
    ['the end', (client) => client.halfClose()],
    ['silence', () => undefined],
    ['a drip', (client) => void [...V1.slice(0, 20)].map((octet, index) => setTimeout(() => client.send(octet), index * 20))],
  ])('closes without a word: %s', async (_name, misbehave) => {
    const run = await start({ limits: { idle: 200 } });
    const client = await RawClient.connect({ port: run.port });
    misbehave(client);
    await client.whenClosed();
    expect([...client.pending, ...client.malformed]).toEqual([]);
    expect(run.submission.connections).toBe(0);
    await vi.waitFor(() => expect(run.log.lines.join()).toContain('its PROXY header is no good'));
  });

  it('survives a reset in the midst of the header', async () => {
    const run = await start();
    const client = await RawClient.connect({ port: run.port });
    await client.flush('PROXY TCP4 192');
    client.vanish({ reset: true });
    expect((await through(run, V1)).closed).toBe(false);
  });

  it('takes a header that comes octet by octet, with the dialogue right behind it', async () => {
    const run = await start({ networks: ['192.0.2.0/24'] });
    const client = await RawClient.connect({ port: run.port });
    for (const octet of V1.slice(0, -1)) await client.flush(octet);
    client.send('\nEHLO erp.test\r\n');
    expect((await client.reply()).code).toBe(220);
    expect((await client.reply()).code).toBe(250);
  });

  it('speaks TLS behind the header on an implicit listener', async () => {
    const run = await start({ listener: { proxy: ['127.0.0.1'], tls: 'implicit' }, networks: ['192.0.2.7'] });
    const plain = await RawClient.connect({ port: run.port });
    plain.send(version2(0x21, 0x11, IPV4));
    await plain.startTls();
    expect((await plain.reply()).code).toBe(220);
    await plain.command('EHLO erp.test');
    expect((await plain.submit({ from: 'a@src.test', to: ['b@dest.test'], data: SMALL_MESSAGE })).code).toBe(250);
    expect(run.store.recorded[0]?.message.client).toMatchObject({ address: '192.0.2.7', tls: { version: 'TLSv1.3' } });
    const without = tlsConnect({ port: run.port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(without, 'error');
  });

  it('refuses a header from where no proxy is: over SMTP 421, nothing is believed', async () => {
    const run = await start({ listener: { proxy: ['10.0.0.0/8'] } });
    const client = await RawClient.greeted({ port: run.port });
    expect((await client.command(V1.trimEnd())).raw.slice(0, 9)).toBe('421 4.7.0');
    await client.whenClosed();
    const binary = await RawClient.greeted({ port: run.port });
    binary.send(version2(0x21, 0x11, IPV4));
    await binary.whenClosed();
    expect(run.store.writers).toEqual([]);
    const direct = await RawClient.greeted({ port: run.port });
    await direct.command('EHLO erp.test');
    expect((await direct.submit({ from: 'a@src.test', to: ['b@dest.test'], data: SMALL_MESSAGE })).code).toBe(250);
    expect(run.store.recorded[0]?.message.client.address).toBe('127.0.0.1');
  });

  it('R29 holds a bounded number of connections without a header', async () => {
    const run = await start({ limits: { connections: 5, idle: 5000 } });
    const clients = await Promise.all(Array.from({ length: 60 }, () => RawClient.connect({ port: run.port })));
    await expect.poll(() => clients.filter((client) => client.closed).length).toBe(60 - 37);
    for (const client of clients) client.vanish();
    expect(run.submission.connections).toBe(0);
  });

  it('stops although a header is still to come', async () => {
    const run = await start();
    const client = await RawClient.connect({ port: run.port });
    await client.flush('PROXY ');
    await run.submission.stop(0);
    await client.whenClosed();
  });
});
