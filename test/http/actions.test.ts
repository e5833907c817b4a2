import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { ActionResult, Consumer, DeleteResult, Me, pageOf, Queue, Report, Statistics } from '../../src/http/api/schemas.ts';
import { accept, createRoom, endAttempt, problemOf, type Room, START } from './harness.ts';

const stateOf = async (room: Room, id: MessageId, index = 0): Promise<string | undefined> =>
  (await room.store.record(id))?.recipients[index]?.state;

describe('actions on a message', () => {
  it('hold, release, retry and cancel go through the transition function, and say what changed', async () => {
    const room = createRoom();
    const id = await accept(room);
    const act = async (action: string): Promise<Record<string, unknown>> => {
      const answer = await room.post(`/api/v1/messages/${id}/${action}`);
      expect(answer.status).toBe(200);
      const result = (await answer.json()) as Record<string, unknown>;
      expect(ActionResult.safeParse(result).error).toBeUndefined();
      return result;
    };
    expect(await act('hold')).toMatchObject({ recipients: [{ state: 'held', changed: true, nextAttemptAt: null }] });
    expect(await act('hold')).toMatchObject({ recipients: [{ state: 'held', changed: false }] });
    expect(await act('release')).toMatchObject({ recipients: [{ state: 'queued', changed: true }] });
    await endAttempt(room, id, 0, { outcome: 'deferred' });
    expect(await act('retry')).toMatchObject({
      recipients: [{ state: 'deferred', changed: true, nextAttemptAt: '2026-02-01T12:00:00.000Z' }],
    });
    expect(await act('cancel')).toMatchObject({ state: 'cancelled', recipients: [{ state: 'cancelled', changed: true }] });
    expect(room.store.events.map(({ type }) => type)).toEqual([
      'message.accepted',
      'recipient.held',
      'recipient.released',
      'recipient.deferred',
      'recipient.cancelled',
    ]);
    expect(room.store.events[1]).toMatchObject({ reason: 'by local' });
  });

  it('can mean some of the recipients, by address in any case', async () => {
    const room = createRoom();
    const id = await accept(room, { to: ['ann@partner.example', 'bob@partner.example'] });
    await room.post(`/api/v1/messages/${id}/cancel`, { recipients: ['Bob@Partner.example'] });
    expect([await stateOf(room, id, 0), await stateOf(room, id, 1)]).toEqual(['queued', 'cancelled']);
    const problem = await problemOf(
      await room.post(`/api/v1/messages/${id}/cancel`, { recipients: ['ann@partner.example', 'eve@partner.example'] }),
    );
    expect(problem.errors).toEqual([{ in: 'body', path: 'recipients.1', detail: 'not a recipient of this message' }]);
    expect(await stateOf(room, id, 0)).toBe('queued');
  });

  it('409 where none of the recipients can be meant, saying how they stand', async () => {
    const room = createRoom();
    const id = await accept(room);
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    for (const action of ['retry', 'hold', 'release', 'cancel']) {
      expect(await problemOf(await room.post(`/api/v1/messages/${id}/${action}`))).toMatchObject({
        status: 409,
        code: 'not-applicable',
        detail: `Nothing to ${action}: the recipient is transferred`,
      });
    }
  });
});

describe('erasing', () => {
  it('refuses what is still in the queue, unless forced, which cancels first', async () => {
    const room = createRoom();
    const id = await accept(room);
    expect(await problemOf(await room.call(`/api/v1/messages/${id}`, { method: 'DELETE' }))).toMatchObject({
      status: 409,
      code: 'pending',
    });
    expect((await room.call(`/api/v1/messages/${id}`, { method: 'DELETE', body: '{"force":true}' })).status).toBe(204);
    expect((await room.call(`/api/v1/messages/${id}`, { method: 'DELETE' })).status).toBe(404);
    expect(room.store.events.slice(-2).map(({ type }) => type)).toEqual(['recipient.cancelled', 'message.deleted']);
  });

  async function many(): Promise<{ room: Room; done: MessageId[]; pending: MessageId[] }> {
    const room = createRoom();
    const done: MessageId[] = [];
    const pending: MessageId[] = [];
    for (let i = 0; i < 450; i++) {
      const id = await accept(room, { at: START - i, references: { template: i % 2 === 0 ? 'even' : 'odd' } });
      if (i % 3 === 0) pending.push(id);
      else {
        await endAttempt(room, id, 0, { outcome: 'failed' });
        done.push(id);
      }
    }
    return { room, done, pending };
  }

  it('by filter: counts first, takes what it may in slices, keeps what is in the queue', async () => {
    const { room } = await many();
    const remove = async (body: object): Promise<Record<string, unknown>> => {
      const result = (await (await room.post('/api/v1/messages/delete', body)).json()) as Record<string, unknown>;
      expect(DeleteResult.safeParse(result).error).toBeUndefined();
      return result;
    };
    const filter = { template: 'even' };
    expect(await remove({ filter, dryRun: true })).toEqual({
      dryRun: true,
      matched: 225,
      erased: 150,
      pending: 75,
      legalHold: 0,
      notFound: 0,
      complete: true,
    });
    expect((await room.store.messages(filter, { limit: 500 })).items).toHaveLength(225);
    expect(await remove({ filter })).toMatchObject({ dryRun: false, matched: 225, erased: 150, pending: 75 });
    expect((await room.store.messages(filter, { limit: 500 })).items).toHaveLength(75);
    expect(await remove({ filter, force: true })).toMatchObject({ erased: 75, pending: 0 });
    expect((await room.store.messages({}, { limit: 500 })).items).toHaveLength(225);
  });

  it('by ids, each once; what is no message is counted', async () => {
    const { room, done, pending } = await many();
    const ids = [...done.slice(0, 300), ...pending.slice(0, 10), done[0], 'nonsense'];
    expect(await (await room.post('/api/v1/messages/delete', { ids })).json()).toMatchObject({
      matched: 310,
      erased: 300,
      pending: 10,
      legalHold: 0,
      notFound: 1,
      complete: true,
    });
  });

  it.each([
    ['nothing', {}],
    ['both', { filter: { template: 'x' }, ids: [] }],
    ['a filter that names nothing', { filter: {} }],
    ['a filter of an unknown field', { filter: { templat: 'x' } }],
  ])('refuses %s', async (_, body) => {
    const room = createRoom();
    const id = await accept(room);
    expect((await room.post('/api/v1/messages/delete', { ...body, force: true })).status).toBe(400);
    expect(await stateOf(room, id)).toBe('queued');
  });
});

describe('the queue', () => {
  it('is listed by next hop, which can be paused, resumed and flushed', async () => {
    const room = createRoom();
    await accept(room);
    const queue = await room.get('/api/v1/queue');
    expect(Queue.safeParse(queue).error).toBeUndefined();
    expect(queue).toMatchObject({ items: [{ nextHop: 'smtp.provider.example:587', waiting: 2 }], totals: { messages: 1, queued: 1 } });
    for (const [action, state] of [
      ['pause', 'paused'],
      ['resume', 'active'],
      ['flush', 'active'],
    ]) {
      const answer = await room.post(`/api/v1/queue/smtp.provider.example%3A587/${action}`);
      expect(await answer.json()).toMatchObject({ nextHop: 'smtp.provider.example:587', state });
    }
    expect((await room.post('/api/v1/queue/elsewhere/pause')).status).toBe(404);
  });
});

describe('the rest of the API', () => {
  it('consumers keep positions, apart from those of relais itself', async () => {
    const room = createRoom();
    await accept(room);
    await room.store.consumers.put('signals', { seq: 1, at: START });
    expect((await room.call('/api/v1/consumers/signals')).status).toBe(404);
    const put = await room.call('/api/v1/consumers/erp-sync', { method: 'PUT', body: '{"seq":1}' });
    expect(Consumer.safeParse(await put.json()).error).toBeUndefined();
    await accept(room);
    expect(await room.get('/api/v1/consumers/erp-sync')).toEqual({ name: 'erp-sync', seq: 1, at: '2026-02-01T12:00:00.000Z', behind: 1 });
    expect(await room.get('/api/v1/consumers')).toMatchObject({ items: [{ name: 'erp-sync' }], next: null });
    expect((await room.call('/api/v1/consumers/erp-sync', { method: 'PUT', body: '{"seq":3}' })).status).toBe(400);
    expect((await room.call('/api/v1/consumers/erp-sync', { method: 'DELETE' })).status).toBe(204);
    expect((await room.call('/api/v1/consumers/erp-sync', { method: 'DELETE' })).status).toBe(404);
    expect(await room.store.consumers.get('signals')).toBeDefined();
  });

  it('statistics count recipients by time and group, within a bounded span', async () => {
    const room = createRoom();
    await endAttempt(room, await accept(room, { to: ['a@x.example', 'b@y.example'] }), 0, { outcome: 'failed' });
    const result = await room.get('/api/v1/statistics?by=hour&group=domain&from=2026-02-01&to=2026-02-02');
    expect(Statistics.safeParse(result).error).toBeUndefined();
    expect(result).toMatchObject({
      by: 'hour',
      group: 'domain',
      items: [
        { at: '2026-02-01T12:00:00.000Z', group: 'x.example', states: { failed: 1 } },
        { at: '2026-02-01T12:00:00.000Z', group: 'y.example', states: { queued: 1 } },
      ],
    });
    expect(await room.get('/api/v1/statistics')).toMatchObject({ by: 'day', group: 'state' });
    for (const query of ['by=week', 'from=2026-02-02&to=2026-02-01', 'by=hour&from=2025-01-01', 'group=size']) {
      expect([query, (await room.call(`/api/v1/statistics?${query}`)).status]).toEqual([query, 400]);
    }
  });

  it('reports: the review list, one of them, its bytes', async () => {
    const room = createRoom();
    const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV' as never;
    await room.store.recordReport({
      report: {
        id,
        receivedAt: START,
        via: 'smtp',
        to: 'rb-01m85v0bvmeeefxqbean9ftw0k-0-0-z8eyv5m88406rfy8@bounce.example.com',
        kind: 'bounce',
        subject: null,
        originalMessageId: null,
        envelopeId: null,
        reportingMta: null,
        recipients: [],
        matched: null,
        trouble: 'no token',
      },
      raw: Buffer.from('the report'),
      items: [],
      now: START,
    });
    const list = await room.get('/api/v1/reports?matched=false');
    expect(pageOf(Report).safeParse(list).error).toBeUndefined();
    expect(list).toMatchObject({ items: [{ id, trouble: 'no token', matched: null }] });
    // R46: with the token of a return path anybody could report a bounce.
    expect(JSON.stringify(list)).not.toContain('z8eyv5m88406rfy8');
    expect(await room.get('/api/v1/reports?matched=true')).toMatchObject({ items: [] });
    expect(await room.get(`/api/v1/reports/${id}`)).toMatchObject({ id });
    expect(await (await room.call(`/api/v1/reports/${id}/content`)).text()).toBe('the report');
    const narrow = await room.token('narrow', { role: 'admin', accounts: ['erp'] });
    expect(await room.get('/api/v1/reports', narrow)).toMatchObject({ items: [] });
    expect((await room.call(`/api/v1/reports/${id}`, { token: narrow })).status).toBe(404);
  });

  it('clean-up counts or takes, for those who may delete', async () => {
    const room = createRoom();
    const result = await (await room.post('/api/v1/cleanup', { dryRun: true })).json();
    expect(result).toMatchObject({ dryRun: true, contents: 3 });
    expect(await (await room.post('/api/v1/cleanup')).json()).toMatchObject({ dryRun: false, running: false, records: 2 });
    const operator = await room.token('operator', { role: 'operator' });
    expect(await problemOf(await room.post('/api/v1/cleanup', {}, operator))).toMatchObject({ permission: 'messages:delete' });
  });

  it('who am I', async () => {
    const room = createRoom();
    const me = await room.get('/api/v1/me');
    expect(Me.safeParse(me).error).toBeUndefined();
    expect(me).toMatchObject({ name: 'local', kind: 'local', role: 'admin' });
  });
});
