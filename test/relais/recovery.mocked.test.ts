import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { parseConfig, readControl, rotateVerpKeys } from '../../src/config/index.ts';
import type { Store } from '../../src/domain/ports.ts';
import type { Relais } from '../../src/relais.ts';
import type * as StoreRoom from '../../src/store/index.ts';
import { surroundings } from '../config/surroundings.ts';
import { startFakeHop } from '../support/fake-hop.ts';

/** The store's room with an `openStore` that opens the real one, and keeps what a test needs to poison it. */
const openStore = vi.fn<(typeof StoreRoom)['openStore']>();
let startRelais: typeof import('../../src/relais.ts')['startRelais'];
let openRealStore: (typeof StoreRoom)['openStore'];

beforeAll(async () => {
  // Other files may have loaded relais in this process, with the store as it is.
  vi.resetModules();
  vi.doMock('../../src/store/index.ts', async (original) => {
    const room = await original<typeof StoreRoom>();
    openRealStore = room.openStore;
    return { ...room, openStore };
  });
  ({ startRelais } = await import('../../src/relais.ts'));
});
afterAll(() => {
  vi.doUnmock('../../src/store/index.ts');
  vi.resetModules();
});

const YAML = `hostname: relay.test
submission: {listeners: [{port: 0, tls: none}]}
routes: [{via: sandbox}]
http: {port: 0}
shutdownGrace: 2s
`;

interface Entry {
  readonly level: string;
  readonly message: string;
}

let dir: string;
let relais: Relais | undefined;
let entries: Entry[];
let poison: ((cause: Error) => void)[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'relais-root-'));
  entries = [];
  poison = [];
  openStore.mockImplementation(async (options) => {
    const store = await openRealStore(options);
    const listen = store.onPoisoned.bind(store);
    store.onPoisoned = (listener: Parameters<Store['onPoisoned']>[0]) => {
      poison.push(listener);
      listen(listener);
    };
    return store;
  });
});
afterEach(async () => {
  await relais?.stop();
  relais = undefined;
  rmSync(dir, { recursive: true, force: true });
});

function config(yaml: string = YAML) {
  return parseConfig(yaml, join(dir, 'relais.yaml'), surroundings()).config;
}

async function start(yaml?: string): Promise<Relais> {
  const at = (level: string) => (_: object, message: string) => void entries.push({ level, message });
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  relais = await startRelais({ config: config(yaml), log, version: '0.0.0', restartDelays: [0, 0, 0] });
  return relais;
}

async function submit(port: number): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  try {
    return (await transport.sendMail({ from: 'erp@example.com', to: 'ann@example.com', subject: 'x', text: 'x' })).response;
  } finally {
    transport.close();
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 15_000, interval: 25 });
}

it('R23 a poisoned store is closed and opened again in the same process, on the same ports, and mail is taken again', async () => {
  const running = await start();
  const port = running.submission[0]?.port ?? 0;
  expect(await submit(port)).toMatch(/^250 2\.0\.0 Recorded as /);
  const { url } = running;
  poison[0]?.(new Error('EIO'));
  await until(() => entries.some(({ message }) => message.startsWith('the store was opened again')));
  expect(running.submission[0]?.port).toBe(port);
  expect(running.url).toBe(url);
  expect(await submit(port)).toMatch(/^250 2\.0\.0 Recorded as /);
  const { token } = readControl(config().dataDir) ?? { token: '' };
  const list = await fetch(`${url}/api/v1/messages`, { headers: { authorization: `Bearer ${token}` } });
  expect(((await list.json()) as { items: unknown[] }).items).toHaveLength(2);
});

it('a store that does not open any more is lost after three tries, and says so', async () => {
  const running = await start();
  openStore.mockRejectedValue(new Error('still full'));
  poison[0]?.(new Error('ENOSPC'));
  expect(await running.lost).toMatchObject({ message: 'still full' });
  expect(entries.filter(({ message }) => message === 'relais could not be started again')).toHaveLength(3);
});

it('a reload that cannot be carried out leaves all as it was', async () => {
  const running = await start();
  const port = running.submission[0]?.port ?? 0;
  const taken = new URL(running.url).port;
  const next = YAML.replace('{port: 0, tls: none}', `{port: ${taken}, tls: none}`).replace(
    'http: {port: 0}',
    'http: {port: 0, address: 127.0.0.2}',
  );
  // The port of the HTTP room is free only once that one has moved; here it stays held.
  await expect(running.reload(config(next.replace('127.0.0.2', '127.0.0.1')))).rejects.toThrow(
    `Port ${taken} on 127.0.0.1 (submission) is taken`,
  );
  expect(running.submission[0]?.port).toBe(port);
  expect(await submit(port)).toMatch(/^250 /);
});

it('a reload changes who may submit while a session is open', async () => {
  const running = await start();
  const port = running.submission[0]?.port ?? 0;
  const socket = connect(port, '127.0.0.1');
  const greeting = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
  expect(await greeting).toMatch(/^220 relay\.test/);
  await running.reload(config(`${YAML}accounts: [{name: default, senders: ["*@other.example"]}]\n`));
  await expect(submit(port)).rejects.toThrow(/550 5\.7\.1/);
  expect(socket.destroyed).toBe(false);
  socket.destroy();
});

it('a key that was rotated signs return paths from the reload on', async () => {
  const hop = await startFakeHop();
  try {
    const yaml = YAML.replace('{via: sandbox}', `{via: smarthost, host: 127.0.0.1, port: ${hop.port}, tls: none}`);
    const running = await start(`${yaml}reports: {domain: bounce.relay.test}\n`);
    const port = running.submission[0]?.port ?? 0;
    const keyOf = (i: number): string | undefined => /rb-\w{26}-0-(\w+)-/.exec(hop.messages[i]?.mail ?? '')?.[1];
    await submit(port);
    await until(() => hop.messages.length === 1);
    rotateVerpKeys(config().dataDir);
    await running.reload(config(`${yaml}reports: {domain: bounce.relay.test}\n`));
    await submit(port);
    await until(() => hop.messages.length === 2);
    expect([keyOf(0), keyOf(1)]).toEqual(['0', '1']);
  } finally {
    await hop.stop();
  }
});
