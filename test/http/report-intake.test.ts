import { describe, expect, it } from 'vitest';
import type { ReportId } from '../../src/domain/ids.ts';
import { Report, SyncStatus } from '../../src/http/api/schemas.ts';
import { createRoom, problemOf, report } from './harness.ts';

const RAW = 'From: MAILER-DAEMON@mx.partner.example\r\nSubject: Undelivered\r\n\r\nuser unknown\r\n';

function rfc822(body: string, token?: string): RequestInit & { token?: string } {
  return { method: 'POST', body, headers: { 'content-type': 'message/rfc822' }, ...(token === undefined ? {} : { token }) };
}

describe('POST /reports', () => {
  it('hands the octets to the desk as they came: 201 with the report, 200 when it came before', async () => {
    const room = createRoom();
    const kept = await room.store.report((await report(room)) as ReportId);
    if (kept === undefined) throw new Error('no report');
    room.desk.answer = { report: kept.report, repeated: false };
    const first = await room.call('/api/v1/reports', rfc822(RAW));
    expect(first.status).toBe(201);
    const body = await first.json();
    expect(Report.safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ id: kept.report.id });
    room.desk.answer = { report: kept.report, repeated: true };
    expect((await room.call('/api/v1/reports?file=late.eml', rfc822(RAW))).status).toBe(200);
    expect(room.desk.taken.map(({ raw, via, source }) => [raw.toString(), via, source])).toEqual([
      [RAW, 'api', expect.any(String)],
      [RAW, 'file', 'late.eml'],
    ]);
  });

  it('refuses what is too big, of another type, empty, or not for the caller', async () => {
    const room = createRoom();
    expect(await problemOf(await room.call('/api/v1/reports', rfc822('x'.repeat(50_001))))).toMatchObject({
      status: 413,
      code: 'body-too-large',
    });
    const json = await room.call('/api/v1/reports', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    expect(json.headers.get('accept-post')).toBe('message/rfc822');
    expect(await problemOf(json)).toMatchObject({
      status: 415,
      code: 'unsupported-media-type',
      detail: 'The Content-Type must be message/rfc822',
    });
    expect(await problemOf(await room.call('/api/v1/reports', rfc822('')))).toMatchObject({
      status: 400,
      detail: expect.stringContaining('is empty'),
    });
    const viewer = await room.token('viewer', { role: 'viewer' });
    expect((await room.call('/api/v1/reports', rfc822(RAW, viewer))).status).toBe(403);
    const restricted = await room.token('restricted', { role: 'operator', accounts: ['erp'] });
    expect((await room.call('/api/v1/reports', rfc822(RAW, restricted))).status).toBe(403);
    expect(room.desk.taken).toEqual([]);
  });
});

describe('/sync', () => {
  const mailbox = { name: 'bounces', folder: 'INBOX', state: 'waiting', nextRunAt: 1_770_000_300_000, lastRun: null } as const;
  const lastRun = { startedAt: 1_770_000_000_000, endedAt: 1_770_000_001_000, taken: 3, repeated: 1, unmatched: 1, error: null };

  it('POST collects, and answers with what was found', async () => {
    const room = createRoom();
    room.desk.mailboxes = [{ ...mailbox, lastRun }];
    const answer = await room.call('/api/v1/sync', { method: 'POST' });
    expect(answer.status).toBe(200);
    const body = await answer.json();
    expect(SyncStatus.safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ running: false, mailboxes: [{ lastRun: { taken: 3, left: 0, startedAt: '2026-02-02T02:40:00.000Z' } }] });
    expect(room.desk.collections).toBe(1);
    expect(await room.get('/api/v1/sync')).toEqual(body);
  });

  it('answers 202 when it goes on beyond the wait, and when the server stops', async () => {
    const room = createRoom();
    room.desk.ended = new Promise(() => undefined);
    const answer = await room.call('/api/v1/sync?wait=10ms', { method: 'POST' });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ running: true });
    const waiting = room.call('/api/v1/sync?wait=30s', { method: 'POST' });
    while (room.desk.collections < 2) await new Promise(setImmediate);
    room.stop();
    expect((await waiting).status).toBe(202);
  });

  it('is for those who may run it and see all accounts, and waits for no longer than it can', async () => {
    const room = createRoom();
    const viewer = await room.token('viewer', { role: 'viewer' });
    expect((await room.call('/api/v1/sync', { method: 'POST', token: viewer })).status).toBe(403);
    const restricted = await room.token('restricted', { role: 'operator', accounts: ['erp'] });
    expect((await room.call('/api/v1/sync', { token: restricted })).status).toBe(403);
    expect(await problemOf(await room.call('/api/v1/sync?wait=10m', { method: 'POST' }))).toMatchObject({
      errors: [{ path: 'wait', detail: 'at most 60s' }],
    });
    expect(room.desk.collections).toBe(0);
  });
});
