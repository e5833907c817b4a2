import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/domain/errors.ts';
import { Changes } from '../../src/http/api/schemas.ts';
import { accept, createRoom, endAttempt, LOCAL_TOKEN, problemOf, type Room } from './harness.ts';

interface Feed {
  readonly items: { readonly seq: number; readonly type: string }[];
  readonly last: number;
}

describe('GET /changes', () => {
  it('gives the events after a number, oldest first, as declared', async () => {
    const room = createRoom();
    const id = await accept(room, { references: { document: 'INV-1' } });
    await endAttempt(room, id, 0, { outcome: 'deferred' });
    const feed = await room.get<Feed>('/api/v1/changes');
    expect(Changes.safeParse(feed).error).toBeUndefined();
    expect(feed).toMatchObject({
      items: [
        {
          seq: 1,
          at: '2026-02-01T12:00:00.000Z',
          type: 'message.accepted',
          message: id,
          account: 'erp',
          document: 'INV-1',
          domains: { 'partner.example': 1 },
        },
        {
          seq: 2,
          type: 'recipient.deferred',
          recipient: 'ann@partner.example',
          index: 0,
          nextAttemptAt: '2026-02-01T12:10:01.000Z',
          reply: { code: 451 },
        },
      ],
      last: 2,
    });
    expect(await room.get('/api/v1/changes?after=1&limit=1')).toMatchObject({ items: [{ seq: 2 }], last: 2 });
    expect(await room.get('/api/v1/changes?after=2')).toEqual({ items: [], last: 2 });
  });

  it('filters by type, and still moves the position past what it left out', async () => {
    const room = createRoom();
    for (let i = 0; i < 5; i++) await accept(room);
    expect(await room.get('/api/v1/changes?types=recipient.failed,recipient.expired&limit=2')).toEqual({ items: [], last: 5 });
    const problem = await problemOf(await room.call('/api/v1/changes?types=recipient.lost'));
    expect(problem.errors?.[0]?.path).toBe('types');
  });

  it('waits until something happens', async () => {
    const room = createRoom();
    const waiting = room.get<Feed>('/api/v1/changes?after=0&wait=30s&types=recipient.transferred');
    const id = await accept(room);
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    expect((await waiting).items.map(({ seq }) => seq)).toEqual([2]);
  });

  it('answers an empty page when the wait is over, or relais stops', async () => {
    const room = createRoom();
    expect(await room.get('/api/v1/changes?wait=20ms')).toEqual({ items: [], last: 0 });
    const waiting = room.get('/api/v1/changes?wait=60s');
    await Promise.resolve();
    room.stop();
    expect(await waiting).toEqual({ items: [], last: 0 });
    expect((await room.call('/api/v1/changes?wait=61s')).status).toBe(400);
    expect((await room.call('/api/v1/changes?wait=soon')).status).toBe(400);
  });

  it('410 for a position the feed no longer has, or does not have yet, with where it ends', async () => {
    const room = createRoom();
    await accept(room);
    expect(await problemOf(await room.call('/api/v1/changes?after=2'))).toMatchObject({ status: 410, code: 'cursor-ahead', last: 1 });
    room.store.changes = async () => {
      throw new StoreError('cursor-expired', 'gone');
    };
    expect(await problemOf(await room.call('/api/v1/changes?after=0'))).toMatchObject({ status: 410, code: 'cursor-expired', last: 1 });
    expect((await room.call('/api/v1/changes/stream?after=0')).status).toBe(410);
  });
});

/** Reads events of a stream until `count` were seen. */
async function readEvents(answer: Response, count: number): Promise<{ ids: number[]; text: string }> {
  const reader = answer.body?.getReader();
  if (reader === undefined) throw new Error('no stream');
  let text = '';
  while ((text.match(/^data: /gm) ?? []).length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    text += Buffer.from(value).toString();
  }
  await reader.cancel();
  return { ids: [...text.matchAll(/^id: (\d+)\ndata: /gm)].map((match) => Number(match[1])), text };
}

describe('GET /changes/stream', () => {
  const open = (room: Room, path = '', headers: Record<string, string> = {}): Promise<Response> =>
    room.call(`/api/v1/changes/stream${path}`, { headers });

  it('begins with what comes, or after a number, and resumes with Last-Event-ID', async () => {
    const room = createRoom();
    await accept(room);
    await accept(room);
    const fromNow = await open(room);
    expect(fromNow.headers.get('content-type')).toBe('text/event-stream');
    const reading = readEvents(fromNow, 1);
    await accept(room);
    expect((await reading).ids).toEqual([3]);
    expect((await readEvents(await open(room, '?after=0'), 3)).ids).toEqual([1, 2, 3]);
    expect((await readEvents(await open(room, '?after=0', { 'last-event-id': '2' }), 1)).ids).toEqual([3]);
  });

  it('gives each event as one line of JSON, whatever a reply says', async () => {
    const room = createRoom();
    const id = await accept(room);
    await endAttempt(room, id, 0, { outcome: 'failed', text: 'no\r\n\r\ndata: {"forged":true}\r\nid: 9' });
    const { text } = await readEvents(await open(room, '?after=0&types=recipient.failed'), 1);
    const data = text.split('\n').filter((line) => line.startsWith('data: '));
    expect(data).toHaveLength(1);
    expect(JSON.parse(data[0]?.slice(6) ?? '')).toMatchObject({ seq: 2, type: 'recipient.failed' });
  });

  it('shows signs of life, and moves the position of a reader that filters', async () => {
    const room = createRoom({ limits: { heartbeat: 10 } });
    await accept(room);
    const answer = await open(room, '?after=0&types=recipient.failed');
    const reader = answer.body?.getReader();
    let text = '';
    while (!text.includes('heartbeat')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    await reader?.cancel();
    expect(text).toContain(': heartbeat\nid: 1\n\n');
  });

  it('ends when its token is revoked, and when relais stops', async () => {
    const room = createRoom({ limits: { heartbeat: 10 } });
    const token = await room.token('sync', { role: 'viewer' });
    const first = await room.call('/api/v1/changes/stream', { token });
    await room.store.tokens.delete('sync');
    room.advance(2_000);
    expect(await first.text()).toMatch(/^retry: /);
    const second = room.call('/api/v1/changes/stream', { token: LOCAL_TOKEN }).then((answer) => answer.text());
    await Promise.resolve();
    room.stop();
    expect(await second).toMatch(/^retry: /);
  });
});
