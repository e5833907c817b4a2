import { describe, expect, it } from 'vitest';
import { createRelaisClient, RelaisProblem, type Schemas } from '../../client/index.js';
import { accept, createRoom, endAttempt, LOCAL_TOKEN, type Room } from '../http/harness.ts';

/** The client over the room itself; `faults` answer in its place first. */
function clientOf(room: Room, faults: (() => Promise<Response>)[] = [], token = LOCAL_TOKEN) {
  return createRelaisClient({
    url: 'http://127.0.0.1:8025/',
    token,
    fetch: async (request: Request) => {
      const fault = faults.shift();
      if (fault !== undefined) return fault();
      const { pathname, search } = new URL(request.url);
      const body = request.method === 'GET' ? undefined : await request.text();
      return room.call(pathname + search, {
        method: request.method,
        token: null, // the client brings its own
        headers: Object.fromEntries(request.headers),
        signal: request.signal,
        ...(body === undefined ? {} : { body }),
      });
    },
  });
}

describe('relais/client', () => {
  it('calls the API by its paths, typed', async () => {
    const room = createRoom();
    const id = await accept(room, { references: { document: 'INV-1' } });
    await endAttempt(room, id, 0, { outcome: 'failed' });
    const relais = clientOf(room);
    const { data } = await relais.GET('/messages', { params: { query: { state: ['failed'], document: 'INV-1' } } });
    expect(data?.items.map((message) => [message.id, message.recipients[0]?.state])).toEqual([[id, 'failed']]);
    const { data: message } = await relais.GET('/messages/{id}', { params: { path: { id } } });
    expect(message?.recipients[0]?.failure?.reply?.code).toBe(550);
  });

  it('gives what is wrong as the API says it', async () => {
    const { error, response } = await clientOf(createRoom()).GET('/messages/{id}', {
      params: { path: { id: '01J00000000000000000000000' } },
    });
    expect(response.status).toBe(404);
    expect(error).toMatchObject({ code: 'not-found' });
  });

  it('follows the feed over failures that pass, in order and without repetition', async () => {
    const room = createRoom();
    const down = async (): Promise<Response> => Promise.reject(new TypeError('fetch failed'));
    const busy = async (): Promise<Response> => new Response('{}', { status: 503 });
    const stop = new AbortController();
    const seen: Schemas['Changes']['items'] = [];
    const following = (async () => {
      for await (const event of clientOf(room, [down, busy]).follow({ after: 0, signal: stop.signal })) {
        seen.push(event);
        if (seen.length === 4) stop.abort();
      }
    })();
    for (let i = 0; i < 2; i++) await endAttempt(room, await accept(room), 0, { outcome: 'transferred' });
    await following;
    expect(seen.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'message.accepted'],
      [2, 'recipient.transferred'],
      [3, 'message.accepted'],
      [4, 'recipient.transferred'],
    ]);
  });

  it('ends with the problem where asking again is of no use', async () => {
    const room = createRoom();
    await accept(room);
    const ahead = clientOf(room).follow({ after: 7 }).next();
    await expect(ahead).rejects.toMatchObject({ name: 'RelaisProblem', status: 410, code: 'cursor-ahead' });
    await expect(clientOf(room, [], 'wrong').follow({ after: 0 }).next()).rejects.toBeInstanceOf(RelaisProblem);
  });
});
