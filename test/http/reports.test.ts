import { describe, expect, it } from 'vitest';
import { LinkResult, pageOf, Report, ReportCandidate } from '../../src/http/api/schemas.ts';
import { candidate } from './fake-report-desk.ts';
import { accept, createRoom, endAttempt, problemOf, report, reported, START } from './harness.ts';

const ids = ({ items }: { items?: { id: string }[] }): string[] => (items ?? []).map(({ id }) => id);

describe('GET /reports', () => {
  it('finds by kind, way and time, and answers as declared', async () => {
    const room = createRoom();
    const message = await accept(room);
    const matched = { message, index: 0, rank: 2, linked: { by: 'ann', at: 1_770_000_000_000 } } as const;
    const tied = await report(room, { matched, matches: [matched], trouble: null, source: '192.0.2.1' });
    const stray = await report(room, { kind: 'complaint', via: 'imap', source: 'bounces' });
    const list = await room.get<{ items: { id: string }[] }>('/api/v1/reports');
    expect(pageOf(Report).safeParse(list).error).toBeUndefined();
    expect(ids(list)).toEqual([stray, tied]);
    expect(list.items[1]).toMatchObject({
      source: '192.0.2.1',
      matched: { rank: 2 },
      matches: [{ message, index: 0, linked: { by: 'ann', at: '2026-02-02T02:40:00.000Z' } }],
    });
    expect(ids(await room.get('/api/v1/reports?kind=complaint'))).toEqual([stray]);
    expect(ids(await room.get('/api/v1/reports?via=smtp&matched=true'))).toEqual([tied]);
    // Ids of the harness are of the year 1970.
    expect(ids(await room.get('/api/v1/reports?from=1971-01-01'))).toEqual([]);
    expect(ids(await room.get('/api/v1/reports?to=1971-01-01'))).toEqual([stray, tied]);
    expect(await problemOf(await room.call('/api/v1/reports?kind=bounced&via=fax'))).toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'kind' }, { path: 'via', detail: expect.stringContaining('smtp, imap') }],
    });
  });

  it('gives one in full; one of an earlier version too', async () => {
    const room = createRoom();
    const message = await accept(room);
    const id = await report(room, { matched: { message, index: 0, rank: 1 }, trouble: null });
    const found = await room.get(`/api/v1/reports/${id}`);
    expect(Report.safeParse(found).error).toBeUndefined();
    expect(found).toMatchObject({
      source: null,
      matches: [{ message, index: 0, rank: 1, linked: null }],
      recipients: [{ address: 'ann@partner.example', category: 'mailbox-unknown', diagnostic: expect.stringContaining('user unknown') }],
    });
  });

  it('of several accounts is for those who may see all of them', async () => {
    const room = createRoom();
    const matches = [await accept(room), await accept(room, { account: 'payroll' })].map((message) => candidate(message, 0));
    const id = await report(room, { matched: matches[0] ?? null, matches });
    const erp = await room.token('erp-only', { accounts: ['erp'] });
    const both = await room.token('both', { accounts: ['erp', 'payroll'] });
    expect([ids(await room.get('/api/v1/reports', erp)), ids(await room.get('/api/v1/reports', both))]).toEqual([[], [id]]);
    expect((await room.call(`/api/v1/reports/${id}`, { token: erp })).status).toBe(404);
  });
});

describe('GET /reports/{id}/candidates', () => {
  it('gives whom it may speak of, best first, without what was erased since', async () => {
    const room = createRoom();
    const [first, second] = [await accept(room), await accept(room, { to: ['bob@partner.example', 'ann@partner.example'] })];
    const id = await report(room);
    room.desk.found.set(id, [candidate(second, 1, 3), candidate(first, 0), candidate('01ARZ3NDEKTSV4RRFFQ69G5FAV' as never, 0)]);
    const found = await room.get<{ items: object[] }>(`/api/v1/reports/${id}/candidates`);
    expect(pageOf(ReportCandidate).safeParse(found).error).toBeUndefined();
    // What the report names was never tried: nothing of it can have come back.
    expect(found.items).toMatchObject([
      { message: second, index: 1, rank: 3, address: 'ann@partner.example', state: 'queued', subject: 'Invoice 2026-117' },
      { message: first, index: 0, rank: 4 },
    ]);
    const tied = await report(room, { matched: candidate(first, 0) });
    room.desk.found.set(tied, [candidate(second, 0)]);
    expect(await room.get(`/api/v1/reports/${tied}/candidates`)).toEqual({ items: [], next: null });
    const narrow = await room.token('narrow', { role: 'admin', accounts: ['erp'] });
    expect((await room.call(`/api/v1/reports/${id}/candidates`, { token: narrow })).status).toBe(404);
  });
});

it('of what evidence does not tell apart, the latest that went to whom the report names', async () => {
  const room = createRoom();
  const sent = [];
  for (let i = 0; i < 7; i++)
    sent.unshift(await accept(room, { to: ['bob@partner.example', 'Ann@Partner.example'], at: START - 1000 + i }));
  for (const message of sent) await endAttempt(room, message, 1, { outcome: 'transferred' });
  await accept(room, { at: START - 10 });
  await endAttempt(room, await accept(room, { at: START + 6_000 }), 0, { outcome: 'transferred' });
  const id = await report(room);
  room.desk.found.set(id, [candidate(sent[6] as never, 1, 4)]);
  const found = await room.get<{ items: { message: string; index: number; rank: number | null }[] }>(`/api/v1/reports/${id}/candidates`);
  expect(pageOf(ReportCandidate).safeParse(found).error).toBeUndefined();
  expect(found.items.map(({ message, index, rank }) => [message, index, rank])).toEqual([
    [sent[6], 1, 4],
    ...sent.slice(0, 4).map((message) => [message, 1, null]),
  ]);
});

describe('POST /reports/{id}/link', () => {
  it('ties it to the recipient named by address or position, in the name of the caller', async () => {
    const room = createRoom();
    const message = await accept(room, { to: ['bob@partner.example', 'ann@partner.example'] });
    await endAttempt(room, message, 1, { outcome: 'transferred' });
    const id = await report(room);
    const answer = await room.post(`/api/v1/reports/${id}/link`, { message: message.toLowerCase(), recipient: '<Ann@Partner.Example>' });
    const linked = await answer.json();
    expect(LinkResult.safeParse(linked).error).toBeUndefined();
    expect([answer.status, linked]).toEqual([
      200,
      { report: expect.objectContaining({ id, matched: expect.objectContaining({ message, index: 1 }) }), recipients: expect.anything() },
    ]);
    await room.post(`/api/v1/reports/${id}/link`, { message, recipient: 0 });
    await room.post(`/api/v1/reports/${id}/link`, { message });
    expect(room.desk.links).toEqual([
      { report: id, message, index: 1, by: 'local' },
      { report: id, message, index: 0, by: 'local' },
      { report: id, message, by: 'local' },
    ]);
  });

  it('is refused with a stable code for each reason', async () => {
    const room = createRoom();
    const message = await accept(room);
    const id = await report(room);
    const link = async (body: object, report: string = id): Promise<[number, string]> => {
      const answer = await room.post(`/api/v1/reports/${report}/link`, body);
      return [answer.status, (await problemOf(answer)).code];
    };
    const absent = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
    expect(await link({ message }, absent)).toEqual([404, 'not-found']);
    expect(await link({ message: absent })).toEqual([404, 'message-not-found']);
    expect(await link({ message: 'Invoice' })).toEqual([404, 'message-not-found']);
    expect(await link({ message, recipient: 'bob@partner.example' })).toEqual([404, 'recipient-not-found']);
    expect(await link({ message, recipient: 'nobody' })).toEqual([404, 'recipient-not-found']);
    expect(await link({ message, recipient: 1 })).toEqual([404, 'recipient-not-found']);
    for (const body of [{}, { message: '' }, { message, recipient: -1 }, { message, recipient: true }, { message, index: 0 }]) {
      expect([body, await link(body)]).toEqual([body, [400, 'invalid-request']]);
    }
    expect(room.desk.links).toEqual([]);
    for (const [reason, status, code] of [
      ['report-not-found', 404, 'not-found'],
      ['message-not-found', 404, 'message-not-found'],
      ['recipient-not-found', 404, 'recipient-not-found'],
      ['recipient-ambiguous', 409, 'recipient-ambiguous'],
      ['already-linked', 409, 'already-linked'],
      ['says-nothing', 409, 'says-nothing'],
    ] as const) {
      room.desk.refusal = reason;
      expect(await link({ message })).toEqual([status, code]);
    }
    room.desk.refusal = 'recipient-ambiguous';
    expect(await problemOf(await room.post(`/api/v1/reports/${id}/link`, { message }))).toMatchObject({
      recipients: [{ index: 0, address: 'ann@partner.example' }],
    });
  });

  it('is for those who manage the queue and see all accounts', async () => {
    const room = createRoom();
    const message = await accept(room);
    const id = await report(room, { recipients: [reported()] });
    const viewer = await room.token('viewer', { role: 'viewer' });
    const narrow = await room.token('narrow', { role: 'operator', accounts: ['erp'] });
    expect((await room.post(`/api/v1/reports/${id}/link`, { message }, viewer)).status).toBe(403);
    expect((await room.post(`/api/v1/reports/${id}/link`, { message }, narrow)).status).toBe(404);
    expect(room.desk.links).toEqual([]);
  });
});
