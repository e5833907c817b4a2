/** R56 Cursors that the API did not give, over the store as it runs: every list refuses them, none fails over them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/domain/ports.ts';
import { createApp, type HttpApp } from '../../src/http/index.ts';
import { openStore } from '../../src/store/index.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingLog } from '../support/recording-log.ts';
import { accept, httpOptions, LOCAL_TOKEN, START } from './harness.ts';

const dir = mkdtempSync(join(tmpdir(), 'relais-cursors-'));
let store: Store;
let http: HttpApp;
beforeAll(async () => {
  store = await openStore({ dataDir: join(dir, 'data'), diskFloor: 0, now: () => START, log: recordingLog() });
  for (let i = 0; i < 3; i++) {
    await accept({ store: store as never }, { to: [`ann${i}@partner.example`], references: { document: `INV-${i}` } });
  }
  http = createApp({ ...httpOptions(createMemoryStore(), { now: () => START }).options, store });
});
afterAll(async () => {
  await http.stop();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

async function get(path: string): Promise<{ status: number; body: { next?: string | null; code?: string; errors?: { path: string }[] } }> {
  const answer = await http.app.request(path, { headers: { authorization: `Bearer ${LOCAL_TOKEN}` } });
  return { status: answer.status, body: (await answer.json()) as object };
}

/** Every call that takes a cursor, from the description of the API. */
async function lists(): Promise<string[]> {
  interface Description {
    readonly paths: Record<string, { get?: { parameters?: { name: string; in: string }[] } }>;
  }
  const { paths } = (await (await http.app.request('/openapi.json')).json()) as Description;
  return Object.entries(paths)
    .filter(([, { get: operation }]) => operation?.parameters?.some(({ name, in: where }) => where === 'query' && name === 'cursor'))
    .map(([path]) => path);
}

const CRAFTED = [
  'x',
  '..',
  '../../etc/passwd',
  '%00%ff',
  '"; drop',
  'AAAA',
  'e30',
  '9'.repeat(1024),
  'z'.repeat(1025),
  `${'A'.repeat(40)}.1`,
];

describe('R56 a cursor that the API did not give', () => {
  it('R56 is refused by every list, beside the parameter', async () => {
    const all = await lists();
    expect(all.length).toBeGreaterThan(8);
    const taken: string[] = [];
    for (const path of all) {
      // A list of what belongs to something needs one that is not there: 404 is as good an answer.
      const called = path.replace(/\{\w+\}/g, 'x');
      for (const cursor of CRAFTED) {
        const { status, body } = await get(`${called}?cursor=${encodeURIComponent(cursor)}`);
        if (status === 404 && called !== path) continue;
        if (status !== 400 || body.errors?.[0]?.path !== 'cursor') taken.push(`${path} ${cursor.slice(0, 20)}: ${status}`);
      }
    }
    expect(taken).toEqual([]);
  });

  it('R56 nor is one of another list taken, or one that was changed', async () => {
    const given: Record<string, string> = {};
    for (const path of ['/api/v1/messages', '/api/v1/documents', '/api/v1/contacts']) {
      given[path] = (await get(`${path}?limit=1`)).body.next ?? '';
      expect(given[path], path).not.toBe('');
      expect((await get(`${path}?limit=1&cursor=${encodeURIComponent(given[path])}`)).status, path).toBe(200);
    }
    for (const [path, own] of Object.entries(given)) {
      const others = Object.values(given).filter((cursor) => cursor !== own);
      for (const cursor of [...others, `${own}A`, own.slice(1)]) {
        expect([path, cursor, (await get(`${path}?limit=1&cursor=${encodeURIComponent(cursor)}`)).status]).not.toContain(500);
      }
    }
  });
});
