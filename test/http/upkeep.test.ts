import { describe, expect, it } from 'vitest';
import { NOTHING_CLEANED } from '../../src/domain/cleanup.ts';
import { accept, createRoom, endAttempt, problemOf, START } from './harness.ts';

describe('the clean-up', () => {
  it('tells what is kept for how long, the last runs and the next', async () => {
    const room = createRoom();
    const counts = {
      ...NOTHING_CLEANED,
      records: 7,
      classes: [{ name: null, contents: 9, records: 7, octets: 0, keptPending: 0, keptHeld: 0, keptUnread: 0 }],
    };
    for (const [n, error] of [null, 'EIO'].entries()) {
      await room.store.cleanupRuns.put(String(START + n).padStart(15, '0'), {
        startedAt: START + n,
        endedAt: START + n + 500,
        by: null,
        counts,
        error,
      });
    }
    expect(await room.get('/api/v1/cleanup')).toMatchObject({
      retention: { schedule: '15 3 * * *', content: 30 * 86_400, records: 540 * 86_400, audit: null, classes: [] },
      running: null,
      planned: null,
      lastRun: {
        startedAt: '2026-02-01T12:00:00.001Z',
        by: null,
        error: 'EIO',
        counts: { records: 7, classes: [{ name: null, contents: 9 }] },
      },
      runs: [{ error: 'EIO' }, { error: null }],
    });
    const operator = await room.token('operator', { role: 'operator' });
    expect(await problemOf(await room.call('/api/v1/cleanup', { token: operator }))).toMatchObject({ permission: 'messages:delete' });
  });
});

describe('legal holds', () => {
  const reason = 'Case 2026/114';

  it('of a message refuse its deletion, force or not, say why, and are in the audit log', async () => {
    const room = createRoom();
    const id = await accept(room);
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    expect(await (await room.post(`/api/v1/messages/${id}/legal-hold`, { reason })).json()).toMatchObject({
      message: id,
      reason,
      by: 'local',
    });
    for (const query of ['', '?force=true']) {
      const refused = await problemOf(await room.call(`/api/v1/messages/${id}${query}`, { method: 'DELETE' }));
      expect(refused).toMatchObject({
        status: 409,
        code: 'legal-hold',
        hold: id,
        detail: expect.stringContaining('2026-02-01: Case 2026/114'),
      });
    }
    expect(await room.get(`/api/v1/messages/${id}`)).toMatchObject({ legalHolds: [{ reason, by: 'local' }] });
    const lifted = await room.call(`/api/v1/messages/${id}/legal-hold`, { method: 'DELETE' });
    expect(lifted.status).toBe(204);
    expect((await room.call(`/api/v1/messages/${id}/legal-hold`, { method: 'DELETE' })).status).toBe(404);
    expect((await room.call(`/api/v1/messages/${id}`, { method: 'DELETE' })).status).toBe(204);
    const log = (await room.store.audits({}, { limit: 9 })).items.map(({ action, subject }) => [action, subject.id]);
    expect(log).toEqual([
      ['message.deleted', id],
      ['legal-hold.lifted', id],
      ['legal-hold.set', id],
    ]);
  });

  it('with a filter keep many, and a deletion of many counts them', async () => {
    const room = createRoom();
    const ids = [await accept(room, { to: ['ann@partner.example'] }), await accept(room, { to: ['bob@partner.example'] })];
    for (const id of ids) await endAttempt(room, id, 0, { outcome: 'transferred' });
    const set = await room.call('/api/v1/legal-holds/case-114', {
      method: 'PUT',
      body: JSON.stringify({ filter: { recipient: 'Ann@Partner.example', from: '2026-01-01' }, reason }),
    });
    expect(await set.json()).toMatchObject({
      name: 'case-114',
      filter: { recipient: 'ann@partner.example', from: '2026-01-01T00:00:00.000Z' },
    });
    for (const dryRun of [true, false]) {
      const answer = await (
        await room.post('/api/v1/messages/delete', { filter: { domain: 'partner.example' }, force: true, dryRun })
      ).json();
      expect(answer).toMatchObject({ matched: 2, erased: 1, legalHold: 1 });
    }
    expect(await room.get('/api/v1/legal-holds')).toMatchObject({ items: [{ name: 'case-114', reason }], next: null });
    expect((await room.call('/api/v1/legal-holds/case-114', { method: 'DELETE' })).status).toBe(204);
    expect((await room.call('/api/v1/legal-holds/case-114', { method: 'DELETE' })).status).toBe(404);
  });

  it('say what is missing', async () => {
    const room = createRoom();
    const id = await accept(room);
    expect(await problemOf(await room.post(`/api/v1/messages/${id}/legal-hold`, {}))).toMatchObject({ errors: [{ path: 'reason' }] });
    const put = (body: object) => room.call('/api/v1/legal-holds/x', { method: 'PUT', body: JSON.stringify(body) });
    expect(await problemOf(await put({ filter: {}, reason }))).toMatchObject({ errors: [{ path: 'filter' }] });
    expect(await problemOf(await put({ filter: { state: 'failed' }, reason }))).toMatchObject({ errors: [{ path: 'filter.state' }] });
    const viewer = await room.token('viewer', { role: 'viewer' });
    expect((await room.post(`/api/v1/messages/${id}/legal-hold`, { reason }, viewer)).status).toBe(403);
    const narrow = await room.token('narrow', { role: 'admin', accounts: ['payroll'] });
    expect((await room.post(`/api/v1/messages/${id}/legal-hold`, { reason }, narrow)).status).toBe(404);
  });
});

describe("erasing one person's data", () => {
  it('counts, refuses while something is in the queue, erases by force, and leaves a certificate and an entry in the audit log', async () => {
    const room = createRoom();
    const waiting = await accept(room, { at: START - 5000, to: ['ann@partner.example'] });
    const shared = await accept(room, {
      at: START - 4000,
      to: ['ann@partner.example', 'bob@partner.example'],
      content: 'Subject: x\r\n\r\nHello\r\n',
    });
    for (const index of [0, 1]) await endAttempt(room, shared, index, { outcome: 'transferred' });
    const body = { address: 'Ann@Partner.example' };
    expect(await (await room.post('/api/v1/erasures', { ...body, dryRun: true })).json()).toMatchObject({
      dryRun: true,
      running: false,
      counts: { erased: 1, rewritten: 1, pending: 1 },
      erasure: null,
    });
    expect(await problemOf(await room.post('/api/v1/erasures', body))).toMatchObject({ status: 409, code: 'pending', pending: 1 });
    const done = (await (await room.post('/api/v1/erasures', { ...body, force: true })).json()) as {
      erasure: { id: string; pseudonym: string };
    };
    expect(done.erasure).toMatchObject({ by: 'local', force: true, counts: { erased: 1, rewritten: 1 }, holds: [], unfinished: [] });
    expect((await room.call(`/api/v1/messages/${waiting}`)).status).toBe(404);
    expect(JSON.stringify(await room.get(`/api/v1/messages/${shared}`))).not.toContain('ann@partner');
    expect(await room.get('/api/v1/erasures?address=ann@partner.example')).toMatchObject({
      items: [{ id: done.erasure.id }],
      work: { running: false },
    });
    expect(await room.get('/api/v1/erasures?address=bob@partner.example')).toMatchObject({ items: [] });
    const [entry] = (await room.store.audits({}, { limit: 1 })).items;
    expect(entry).toMatchObject({ action: 'subject.erased', subject: { kind: 'address', id: done.erasure.pseudonym } });
    expect(JSON.stringify(entry)).not.toContain('ann@');
  });

  it('is for those who may delete, and for one address at a time', async () => {
    const room = createRoom();
    expect(await problemOf(await room.post('/api/v1/erasures', { address: 'no address' }))).toMatchObject({
      errors: [{ path: 'address' }],
    });
    const operator = await room.token('operator', { role: 'operator' });
    expect((await room.post('/api/v1/erasures', { address: 'a@b.example' }, operator)).status).toBe(403);
    const both = await Promise.all(['a@b.example', 'c@d.example'].map((address) => room.post('/api/v1/erasures', { address })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});
