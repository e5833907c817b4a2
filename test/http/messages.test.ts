import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { Message, MessagePage } from '../../src/http/api/schemas.ts';
import { accept, createRoom, endAttempt, problemOf, START } from './harness.ts';

interface Listed {
  readonly items: { readonly id: string }[];
  readonly next: string | null;
}

interface Loaded {
  readonly items: { readonly id: string; readonly recipients: { readonly state: string }[] }[];
  readonly next: string | null;
  readonly asOf: string;
  readonly seq: number;
}

describe('GET /messages', () => {
  it('lists newest first, in pages that follow one another without gap or repetition', async () => {
    const room = createRoom();
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) ids.unshift(await accept(room));
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: Listed = await room.get(`/api/v1/messages?limit=3${next === '' ? '' : `&cursor=${next}`}`);
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    expect(seen).toEqual(ids);
  });

  it('a first load and the feed after it make the states whole, whatever happens in between', async () => {
    const room = createRoom();
    const ids: MessageId[] = [];
    for (let i = 0; i < 5; i++) ids.push(await accept(room));
    const states = new Map<string, string>();
    let seq: number | null = null;
    let next: string | null = '';
    while (next !== null) {
      const page: Loaded = await room.get(`/api/v1/messages?limit=2${next === '' ? '' : `&cursor=${next}`}`);
      expect(page.asOf).toBe('2026-02-01T12:00:00.000Z');
      seq ??= page.seq;
      for (const { id, recipients } of page.items) states.set(id, recipients[0]?.state ?? '');
      // While the pages are read, one that was read already changes, and one comes that is on no page.
      const changing = ids.pop();
      if (changing !== undefined) await endAttempt(room, changing, 0, { outcome: 'transferred' });
      await accept(room);
      next = page.next;
    }
    const feed = await room.get<{ items: { message: string; state?: string }[] }>(`/api/v1/changes?after=${seq}&limit=500`);
    for (const { message, state } of feed.items) states.set(message, state ?? states.get(message) ?? 'queued');
    const now = await room.get<Loaded>('/api/v1/messages');
    expect(states).toEqual(new Map(now.items.map(({ id, recipients }) => [id, recipients[0]?.state])));
    expect(states.size).toBe(8);
  });

  it('answers what is declared, in full', async () => {
    const room = createRoom();
    await accept(room, {
      sender: null,
      subject: null,
      references: { document: 'INV-1', tags: { run: 'night' } },
      to: ['a@x.example', 'b@x.example'],
    });
    const page = await room.get<Listed>('/api/v1/messages');
    expect(MessagePage.safeParse(page).error).toBeUndefined();
    expect(page.items[0]).toMatchObject({
      acceptedAt: '2026-02-01T12:00:00.000Z',
      sender: '',
      subject: null,
      document: 'INV-1',
      tags: { run: 'night' },
      state: 'in-progress',
      recipients: [
        { address: 'a@x.example', state: 'queued', category: null },
        { address: 'b@x.example', state: 'queued', category: null },
      ],
    });
  });

  it.each([
    ['state=failed', ['failed']],
    ['state=failed&state=deferred', ['deferred', 'failed']],
    ['state=failed,deferred', ['deferred', 'failed']],
    ['recipient=Ann@Bücher.example', ['failed']],
    ['domain=b%C3%BCcher.example', ['failed']],
    ['domain=XN--BCHER-KVA.example', ['failed']],
    ['sender=other@example.com', ['deferred']],
    ['sender=', ['null']],
    ['sender=%3C%3E', ['null']],
    ['account=payroll', ['null']],
    ['account=payroll,erp', ['null', 'deferred', 'failed']],
    ['template=invoice', ['failed']],
    ['document=INV%2F1', ['failed']],
    ['contact=C-7', ['deferred']],
    ['tag=run', ['deferred']],
    ['tag=run%3Dnight', ['deferred']],
    ['tag=run%3Dday', []],
    ['messageId=one@erp.example', ['failed']],
    ['messageId=%3Cone@erp.example%3E', ['failed']],
    ['q=quot', ['deferred']],
    ['q=', ['null', 'deferred', 'failed']],
    ['from=2026-02-01T12:00:01Z', ['null', 'deferred']],
    ['from=2026-02-01T13:00:01%2B01:00', ['null', 'deferred']],
    ['to=2026-02-01T12:00:01Z', ['failed']],
    ['from=2026-02-02', []],
    ['state=failed&account=payroll', []],
  ])('filters by %s', async (query, expected) => {
    const room = createRoom();
    const failed = await accept(room, {
      to: ['ann@bücher.example'],
      messageId: 'one@erp.example',
      references: { template: 'invoice', document: 'INV/1' },
    });
    await endAttempt(room, failed, 0, { outcome: 'failed' });
    const deferred = await accept(room, {
      at: START + 1_000,
      sender: 'other@example.com',
      subject: 'Quotation',
      references: { contact: 'C-7', tags: { run: 'night' } },
    });
    await endAttempt(room, deferred, 0, { outcome: 'deferred' });
    const none = await accept(room, { at: START + 2_000, sender: null, account: 'payroll' });
    const names = new Map<string, string>([
      [failed, 'failed'],
      [deferred, 'deferred'],
      [none, 'null'],
    ]);
    const { items } = await room.get<Listed>(`/api/v1/messages?${query}`);
    expect(items.map(({ id }) => names.get(id))).toEqual(expected);
  });

  it('lists every fault of a request at once, unknown parameters by name', async () => {
    const room = createRoom();
    const problem = await problemOf(
      await room.call(
        '/api/v1/messages?limit=501&state=lost&from=yesterday&recipient=nobody&domain=%00&stat=failed&document=a&document=b&__proto__=1',
      ),
    );
    expect([problem.status, problem.code]).toEqual([400, 'invalid-request']);
    expect(problem.errors?.map(({ path, detail }) => `${path}: ${detail}`).sort()).toEqual([
      '__proto__: unknown parameter',
      'document: given more than once',
      'domain: not a domain',
      'from: a time such as 2026-01-31T08:00:00Z, or a date',
      'limit: a whole number from 1 to 500',
      'recipient: not a mail address',
      'stat: unknown parameter',
      expect.stringMatching(/^state: "lost" is not one of in-progress, /),
    ]);
  });

  it.each(['x', 'bTow', '../../etc', '%00%ff', 'a'.repeat(5000), ''])('R56 the crafted cursor %s is 400', async (cursor) => {
    const room = createRoom();
    await accept(room);
    const answer = await room.call(`/api/v1/messages?cursor=${cursor}`);
    if (answer.status === 200)
      expect(cursor).toBe('bTow'); // A position of this store, before everything.
    else expect([answer.status, (await problemOf(answer)).errors?.[0]?.path]).toEqual([400, 'cursor']);
  });

  it.each(['0', '-1', '1.5', '1e2', 'ten', '501', ''])('the limit %s is 400', async (limit) => {
    const room = createRoom();
    expect((await room.call(`/api/v1/messages?limit=${limit}`)).status).toBe(400);
  });
});

describe('GET /messages/{id}', () => {
  it('tells everything, as declared: attempts with replies and TLS, reports, events', async () => {
    const room = createRoom();
    const id = await accept(room, { to: ['ann@partner.example', 'bob@partner.example'] });
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    await endAttempt(room, id, 1, { outcome: 'failed', category: 'mailbox-unknown', text: 'no such user' });
    await room.store.recordReport({
      report: {
        id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' as never,
        receivedAt: START + 9_000,
        via: 'smtp',
        to: 'rb-x@bounce.example.com',
        kind: 'bounce',
        subject: 'Undelivered',
        originalMessageId: null,
        envelopeId: null,
        reportingMta: 'mx.partner.example',
        recipients: [],
        matched: { message: id, index: 0, rank: 1 },
        trouble: null,
      },
      raw: Buffer.from('raw report'),
      items: [
        {
          message: id,
          index: 0,
          evidence: {
            kind: 'report',
            report: '01ARZ3NDEKTSV4RRFFQ69G5FAV' as never,
            action: 'failed',
            rank: 1,
            category: 'mailbox-full',
            status: '5.2.2',
            reply: null,
            addressInvalid: false,
          },
        },
      ],
      now: START + 9_000,
    });
    const message = await room.get<Record<string, unknown>>(`/api/v1/messages/${id.toLowerCase()}`);
    expect(Message.safeParse(message).error).toBeUndefined();
    expect(message).toMatchObject({
      state: 'failed',
      recipients: [
        {
          index: 0,
          state: 'failed',
          confidence: 'confirmed',
          failure: { source: 'report', category: 'mailbox-full', status: '5.2.2', reply: null, addressInvalid: false },
          reports: [{ id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', receivedAt: '2026-02-01T12:00:09.000Z', kind: 'bounce' }],
        },
        {
          index: 1,
          state: 'failed',
          nextAttemptAt: null,
          failure: { source: 'attempt', category: 'mailbox-unknown', reply: { code: 550, status: null, text: 'no such user' } },
          attempts: [
            {
              number: 1,
              at: '2026-02-01T12:00:01.000Z',
              durationMs: 12,
              nextHop: 'smtp.provider.example:587',
              address: '192.0.2.25:587',
              tls: {
                version: 'TLSv1.3',
                cipher: 'TLS_AES_256_GCM_SHA384',
                verified: true,
                verifiedBy: null,
                peerName: null,
                problem: null,
              },
              outcome: 'failed',
              phase: 'rcpt',
              ambiguous: false,
            },
          ],
        },
      ],
    });
    expect((message['events'] as { type: string }[]).map(({ type }) => type)).toEqual([
      'message.accepted',
      'recipient.transferred',
      'recipient.failed',
      'recipient.failed',
    ]);
    expect(JSON.stringify(message)).not.toMatch(/"leaseUntil"|"attempting"|"hash"/);
  });

  it.each(['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'x', '%00', '..%2f..'])('is 404 for %s', async (id) => {
    const room = createRoom();
    expect((await problemOf(await room.call(`/api/v1/messages/${id}`))).code).toBe('not-found');
  });
});

describe('GET /messages/{id}/content', () => {
  it('is what is forwarded: the Received field, then the bytes, as a download that no browser shows', async () => {
    const room = createRoom();
    const id = await accept(room, { content: 'Subject: <script>\r\n\r\nHello\r\n' });
    const answer = await room.call(`/api/v1/messages/${id}/content`);
    const body = await answer.text();
    expect(body).toMatch(/^Received: from erp\.example [^\r\n]*\r\nSubject: <script>\r\n\r\nHello\r\n$/);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'message/rfc822',
      'content-length': String(Buffer.byteLength(body)),
      'content-disposition': `attachment; filename="${id}.eml"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    const head = await room.call(`/api/v1/messages/${id}/content`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('streams a large message', async () => {
    const room = createRoom();
    const content = `Subject: big\r\n\r\n${'x'.repeat(6_000_000)}`;
    const id = await accept(room, { content });
    expect((await (await room.call(`/api/v1/messages/${id}/content`)).text()).endsWith(content)).toBe(true);
  });

  it('R24 refuses bytes that do not match their checksum, and says when they were erased', async () => {
    const room = createRoom();
    const id = await accept(room);
    room.store.corrupt(id);
    expect(await problemOf(await room.call(`/api/v1/messages/${id}/content`))).toMatchObject({ status: 500, code: 'content-corrupt' });
    await endAttempt(room, id, 0, { outcome: 'failed' });
    await room.store.cleanup({ contentBefore: START + 1, recordsBefore: 0, now: START });
    expect(await problemOf(await room.call(`/api/v1/messages/${id}/content`))).toMatchObject({ status: 410, code: 'content-erased' });
  });

  it('needs its own permission', async () => {
    const room = createRoom();
    const id = await accept(room);
    const viewer = await room.token('viewer', { role: 'viewer' });
    expect(await problemOf(await room.call(`/api/v1/messages/${id}/content`, { token: viewer }))).toMatchObject({
      permission: 'messages:content',
    });
  });
});

describe('errors', () => {
  it('an unknown path is 404, a known one with another method 405 with what it takes', async () => {
    const room = createRoom();
    expect((await problemOf(await room.call('/api/v1/nothing'))).code).toBe('not-found');
    expect((await problemOf(await room.call('/nothing', { token: null }))).code).toBe('not-found');
    const answer = await room.call('/api/v1/messages/x', { method: 'PATCH' });
    expect([answer.status, answer.headers.get('allow'), (await problemOf(answer)).code]).toEqual([
      405,
      'DELETE, GET, HEAD',
      'method-not-allowed',
    ]);
  });

  it('a defect of ours is 500 without its insides, and logged in full on one line', async () => {
    const room = createRoom();
    room.store.messages = async () => {
      throw new Error('secret\r\nINFO forged line \u001b[31m');
    };
    const answer = await room.call('/api/v1/messages');
    expect(JSON.stringify(await problemOf(answer))).not.toContain('secret');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(room.log.fields)).toContain('secret\\\\u000d\\\\u000aINFO forged line \\\\u001b[31m');
  });

  it('R54 nothing of a request reaches the log with control characters', async () => {
    const room = createRoom();
    await room.call('/api/v1/x%0d%0aINFO%20forged%1b%5b31m', { token: null });
    await room.app.request('/sign-in', {
      method: 'POST',
      headers: { host: 'localhost' },
      body: new URLSearchParams({ user: 'ann\r\nINFO forged\u001b[31m', password: 'x' }).toString(),
    });
    for (const fields of room.log.fields) {
      for (const value of Object.values(fields)) if (typeof value === 'string') expect(value).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028]/);
    }
    expect(JSON.stringify(room.log.fields)).toContain('forged');
  });

  it('says 503 while the store takes no writes, and goes on reading', async () => {
    const room = createRoom();
    const id = await accept(room);
    room.store.poison(new Error('ENOSPC'));
    expect(await problemOf(await room.post(`/api/v1/messages/${id}/hold`))).toMatchObject({ status: 503, code: 'store-unavailable' });
    expect((await room.call(`/api/v1/messages/${id}`)).status).toBe(200);
  });

  it('R56 a body over the limit is 413, one that is no JSON 400', async () => {
    const room = createRoom();
    const big = await room.post('/api/v1/messages/delete', { ids: ['x'.repeat(1024 * 1024)] });
    expect([big.status, (await problemOf(big)).code]).toEqual([413, 'body-too-large']);
    const broken = await room.call('/api/v1/messages/delete', { method: 'POST', body: '{"ids":' });
    expect([broken.status, (await problemOf(broken)).code]).toEqual([400, 'invalid-json']);
  });
});
