/** What open pages are told, and what they are given then. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Fragments } from '../../src/http/fragments.ts';
import { LiveHub } from '../../src/http/live-hub.ts';
import { signedIn } from './browser.ts';
import { accept, createRoom, type Room } from './harness.ts';

interface Page {
  readonly ticks: { accepted: number; changed: string[] | null }[];
  readonly told: (count: number) => Promise<void>;
  leave(): void;
}

function hubOf(room: Room, stopping = new AbortController().signal): LiveHub {
  return new LiveHub({ store: room.store, heartbeat: 60_000, stopping });
}

function open(hub: LiveHub, accounts: readonly string[] | null = null): Page {
  const ticks: Page['ticks'] = [];
  return {
    ticks,
    leave: hub.join({ accounts, tick: (text) => ticks.push(JSON.parse(text.slice('data: '.length))), beat: () => {} }),
    told: (count) => vi.waitFor(() => expect(ticks.length).toBeGreaterThanOrEqual(count), { timeout: 3_000, interval: 10 }),
  };
}

describe('the hub of open pages', () => {
  it('reads the feed once for all of them, and gathers what comes together', async () => {
    const room = createRoom();
    const reads = vi.spyOn(room.store, 'changes');
    const hub = hubOf(room);
    const pages = [open(hub), open(hub), open(hub)];
    const ids = [await accept(room), await accept(room)];
    await Promise.all(pages.map(({ told }) => told(1)));
    for (const { ticks } of pages) expect(ticks).toEqual([{ accepted: 2, changed: ids }]);
    expect(reads).toHaveBeenCalledTimes(1);
    for (const { leave } of pages) leave();
  });

  it('tells those who see some accounts of these alone', async () => {
    const room = createRoom();
    const hub = hubOf(room);
    const [all, payroll, other] = [open(hub), open(hub, ['payroll']), open(hub, ['shop'])];
    await accept(room, { account: 'erp' });
    const id = await accept(room, { account: 'payroll' });
    await all.told(1);
    expect([all.ticks[0]?.accepted, payroll.ticks, other.ticks]).toEqual([2, [{ accepted: 1, changed: [id] }], []]);
  });

  it('names nothing where there is more than a page could show, and reads none of it', async () => {
    const room = createRoom();
    const reads = vi.spyOn(room.store, 'changes');
    const hub = hubOf(room);
    const page = open(hub);
    for (let i = 0; i < 500; i++) await accept(room);
    await page.told(1);
    expect([page.ticks[0], reads.mock.calls.length]).toEqual([{ accepted: 0, changed: null }, 0]);
  });

  it('waits for nothing once the last page is gone, and begins anew with the next', async () => {
    const room = createRoom();
    const hub = hubOf(room);
    const waits = vi.spyOn(room.store, 'waitForChanges');
    open(hub).leave();
    await vi.waitFor(() => expect(waits.mock.results[0]?.type).toBe('return'));
    await waits.mock.results[0]?.value;
    expect(hub.pages).toBe(0);
    await accept(room);
    expect(waits).toHaveBeenCalledTimes(1);
    const page = open(hub);
    const id = await accept(room);
    await page.told(1);
    expect(page.ticks).toEqual([{ accepted: 1, changed: [id] }]);
  });
});

describe('GET /live', () => {
  const rooms: Room[] = [];
  afterEach(() => {
    for (const room of rooms.splice(0)) room.stop();
  });
  const roomWith = (limits: Parameters<typeof createRoom>[0]): Room => {
    const room = createRoom(limits);
    rooms.push(room);
    return room;
  };

  it('streams to a session, and to nobody else', async () => {
    const room = roomWith({});
    const get = await signedIn(room);
    const answer = await get('/live');
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('retry: 3000\n\n');
    const id = await accept(room);
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(`data: {"accepted":1,"changed":["${id}"]}\n\n`);
    await reader?.cancel();
    expect((await room.app.request('/live', { headers: { host: 'localhost' } })).status).toBe(401);
    const blind = await room.token('feed', { permissions: ['changes:read'] });
    expect((await (await signedIn(room, blind))('/live')).status).toBe(403);
  });

  it('tells a page at once that something happened since it was made', async () => {
    const room = roomWith({});
    const get = await signedIn(room);
    const before = /data-seq="(\d+)"/.exec(await (await get('/messages')).text())?.[1];
    await accept(room);
    const second = async (after: string | undefined): Promise<string> => {
      const reader = (await get(`/live?after=${after}`)).body?.getReader();
      await reader?.read();
      const next = reader?.read();
      await accept(room);
      const seen = Buffer.from((await next)?.value ?? []).toString();
      await reader?.cancel();
      return seen;
    };
    expect(await second(before)).toBe('data: {"accepted":0,"changed":null}\n\n');
    for (const after of [`${room.store.lastSeq}`, '', 'x', '-1']) expect(await second(after), after).toContain('"accepted":1');
  });

  it('tells a page that took nothing that it missed something, once it takes again', async () => {
    const room = roomWith({});
    const answer = await (await signedIn(room))('/live');
    // More than wait for a page that does not take them.
    for (let i = 0; i < 6; i++) {
      await accept(room);
      await delay(120);
    }
    const reader = answer.body?.getReader();
    let seen = '';
    while (!seen.includes('"changed":null')) seen += Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(seen.match(/data: /g)?.length).toBeLessThan(6);
    await reader?.cancel();
  });

  it('ends when the session does, and when relais stops', async () => {
    const room = roomWith({ limits: { heartbeat: 10 } });
    const token = await room.token('desk', { role: 'viewer' });
    const ended = (await (await signedIn(room, token))('/live')).text();
    await room.store.tokens.delete('desk');
    expect(await ended).toMatch(/^retry: 3000\n\n/);
    const stopped = (await (await signedIn(room))('/live')).text();
    room.stop();
    expect(await stopped).toMatch(/^retry: 3000\n\n/);
  });
});

describe('parts that many fetch', () => {
  it('are rendered once while nothing happened, and once a second while something does', async () => {
    let seq = 1;
    let rendered = 0;
    const fragments = new Fragments(() => seq);
    const get = (key: string) => fragments.get(key, async () => `${++rendered}`);
    const current = (html: string) => ({ html, stale: false });
    expect([await get('a'), await get('a'), await get('b')]).toEqual([current('1'), current('1'), current('2')]);
    seq = 2;
    // Who is given what was there before has to come again: nothing more may happen.
    expect(await get('a')).toEqual({ html: '1', stale: true });
    await delay(1_010);
    expect([await get('a'), await get('a')]).toEqual([current('3'), current('3')]);
  });

  it('are not kept when they failed', async () => {
    const fragments = new Fragments(() => 1);
    await expect(fragments.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect((await fragments.get('a', async () => 'yes')).html).toBe('yes');
  });

  it('are asked for the more rarely the more pages are open and the longer they take', async () => {
    const fragments = new Fragments(() => 1);
    expect(fragments.pace(1)).toBe(1_000);
    const many = fragments.pace(200);
    expect(many).toBeGreaterThan(1_000);
    for (let i = 0; i < 20; i++) await fragments.get(`slow ${i}`, () => delay(5, 'x'));
    expect(fragments.pace(200)).toBeGreaterThan(many);
    expect(fragments.pace(1_000_000)).toBe(30_000);
  });
});
