import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { BulkResult, LiftResult, pageOf, ResendResult, Suppression } from '../../src/http/api/schemas.ts';
import { SentMessage } from '../../src/http/api/schemas-sending.ts';
import { accept, createRoom, endAttempt, problemOf, type Room, START } from './harness.ts';

const CONTENT = 'To: Ann <old@partner.example>, bob@partner.example\r\nSubject: Invoice\r\n\r\nHello old@partner.example\r\n';

/** Ann failed, Bob got it, Carol was cancelled. */
async function bounced(room: Room): Promise<MessageId> {
  const id = await accept(room, {
    to: ['old@partner.example', 'bob@partner.example', 'carol@partner.example'],
    content: CONTENT,
    references: { document: 'INV-117', tags: { run: '7' } },
  });
  await endAttempt(room, id, 0, { outcome: 'failed', category: 'mailbox-unknown' });
  await endAttempt(room, id, 1, { outcome: 'transferred' });
  await room.post(`/api/v1/messages/${id}/cancel`, { recipients: ['carol@partner.example'] });
  return id;
}

const resend = (room: Room, id: MessageId, body: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  room.call(`/api/v1/messages/${id}/resend`, { method: 'POST', body: JSON.stringify(body), headers });

async function resent(room: Room, id: MessageId, body: object = {}): Promise<{ id: MessageId; recipients: string[] }> {
  const answer = await resend(room, id, body);
  const sent = (await answer.json()) as { id: MessageId; recipients: string[] };
  expect([answer.status, SentMessage.safeParse(sent).error]).toEqual([201, undefined]);
  return sent;
}

const contentOf = async (room: Room, id: MessageId): Promise<string> => ((await room.store.content(id)).bytes ?? '').toString();

describe('sending again', () => {
  it('goes to those whom it did not reach, with corrections, the same bytes, and all that was said of it', async () => {
    const room = createRoom();
    const id = await bounced(room);
    const sent = await resent(room, id, { replace: { 'Old@partner.example': 'new@partner.example' } });
    expect(sent.recipients).toEqual(['new@partner.example', 'carol@partner.example']);
    expect(await contentOf(room, sent.id)).toBe(CONTENT);
    expect(await room.get(`/api/v1/messages/${sent.id}`)).toMatchObject({
      supersedes: id,
      origin: 'resend',
      document: 'INV-117',
      tags: { run: '7' },
      sender: 'billing@example.com',
    });
    expect(await room.get(`/api/v1/messages/${id}`)).toMatchObject({ supersededBy: [sent.id] });
    expect(room.store.events.find(({ type }) => type === 'message.resent')).toMatchObject({ message: id, supersededBy: sent.id });
  });

  it('writes corrections into the header only when asked, and nowhere else', async () => {
    const room = createRoom();
    const { id } = await resent(room, await bounced(room), { replace: { 'old@partner.example': 'new@partner.example' }, rewriteTo: true });
    expect(await contentOf(room, id)).toBe(CONTENT.replace('Ann <old@', 'Ann <new@'));
  });

  it('or to those named, also where it was taken before', async () => {
    const room = createRoom();
    const id = await bounced(room);
    expect((await resent(room, id, { recipients: ['BOB@partner.example'] })).recipients).toEqual(['bob@partner.example']);
  });

  it('keeps ENVID, RET and NOTIFY, and ORCPT where the address stays', async () => {
    const room = createRoom();
    const first = await room.post('/api/v1/messages', {
      from: 'billing@example.com',
      to: ['old@partner.example', 'bob@partner.example'],
      notify: ['success', 'failure'],
      envelopeId: 'E-1',
      ret: 'hdrs',
    });
    const { id } = (await first.json()) as { id: MessageId };
    await room.post(`/api/v1/messages/${id}/cancel`);
    await resent(room, id, { replace: { 'old@partner.example': 'new@partner.example' } });
    expect(room.submitter.requests[1]?.envelope).toMatchObject({
      envid: 'E-1',
      ret: 'hdrs',
      recipients: [
        { address: 'new@partner.example', notify: ['success', 'failure'], orcpt: null, insteadOf: 'old@partner.example' },
        { address: 'bob@partner.example', notify: ['success', 'failure'] },
      ],
    });
  });

  it('two that become one address are one recipient', async () => {
    const room = createRoom();
    const id = await bounced(room);
    const sent = await resent(room, id, { replace: { 'old@partner.example': 'Carol@partner.example' } });
    expect(sent.recipients).toEqual(['Carol@partner.example']);
  });

  it('409 where nobody was missed, where it is still in the queue, and where the bytes are gone', async () => {
    const room = createRoom();
    const fine = await accept(room);
    await endAttempt(room, fine, 0, { outcome: 'transferred' });
    expect(await problemOf(await resend(room, fine))).toMatchObject({ status: 409, code: 'not-applicable' });
    const waiting = await accept(room);
    expect(await problemOf(await resend(room, waiting))).toMatchObject({ status: 409, code: 'not-applicable' });
    expect(await problemOf(await resend(room, waiting, { recipients: ['ann@partner.example'] }))).toMatchObject({
      status: 409,
      code: 'pending',
    });
    const old = await bounced(room);
    await room.store.cleanup({ contentBefore: START + 1, recordsBefore: 0, now: START + 2 });
    expect(await problemOf(await resend(room, old))).toMatchObject({ status: 409, code: 'content-erased' });
    expect(room.submitter.requests).toEqual([]);
  });

  it('400 for whom it does not know, and for what is no address', async () => {
    const room = createRoom();
    const id = await bounced(room);
    expect(
      (
        await problemOf(
          await resend(room, id, { replace: { 'eve@x.example': 'a@x.example' }, recipients: ['bob@partner.example', 'eve@x.example'] }),
        )
      ).errors,
    ).toEqual([
      { in: 'body', path: 'replace.eve@x.example', detail: 'not a recipient of this message' },
      { in: 'body', path: 'recipients.1', detail: 'not a recipient of this message' },
    ]);
    expect((await problemOf(await resend(room, id, { replace: { 'old@partner.example': 'new' } }))).errors).toMatchObject([
      { path: 'replace.old@partner.example' },
    ]);
    expect(
      (await problemOf(await resend(room, id, { replace: { 'old@partner.example': 'a@x.example>\r\nRCPT TO:<eve@x.example' } }))).status,
    ).toBe(400);
  });

  it('with a key is done once', async () => {
    const room = createRoom();
    const id = await bounced(room);
    const key = { 'Idempotency-Key': 'again-1' };
    const answers = [await resend(room, id, {}, key), await resend(room, id, {}, key)];
    expect(answers.map((answer) => answer.headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect(await answers[0]?.text()).toBe(await answers[1]?.text());
    expect(await problemOf(await resend(room, id, { rewriteTo: true }, key))).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
    expect(room.store.events.filter(({ type }) => type === 'message.resent')).toHaveLength(1);
  });

  it('a refusal is told with its reply', async () => {
    const room = createRoom();
    const id = await bounced(room);
    room.submitter.refusal = { code: 452, status: '4.3.1' as never, text: 'queue full' };
    expect(await problemOf(await resend(room, id))).toMatchObject({ status: 507, reply: { code: 452 } });
  });

  it('content over 4 MiB goes as a stream, its header rewritten', async () => {
    const room = createRoom();
    const body = `${'x'.repeat(76)}\r\n`.repeat(60_000);
    const id = await accept(room, { to: ['old@partner.example'], content: `To: old@partner.example\r\n\r\n${body}` });
    await room.post(`/api/v1/messages/${id}/cancel`);
    const sent = await resent(room, id, { replace: { 'old@partner.example': 'new@partner.example' }, rewriteTo: true });
    expect(Buffer.isBuffer(room.submitter.requests[0]?.content)).toBe(false);
    const chunks = await (await room.store.content(sent.id)).stream().toArray();
    expect(Buffer.concat(chunks as Buffer[]).toString()).toBe(`To: new@partner.example\r\n\r\n${body}`);
  });

  it('is for those who may, and only of mail that they may see', async () => {
    const room = createRoom();
    const id = await bounced(room);
    const viewer = await room.token('viewer', { role: 'viewer' });
    const other = await room.token('other', { role: 'operator', accounts: ['payroll'] });
    expect(await problemOf(await room.post(`/api/v1/messages/${id}/resend`, {}, viewer))).toMatchObject({ permission: 'messages:resend' });
    expect((await room.post(`/api/v1/messages/${id}/resend`, {}, other)).status).toBe(404);
  });
});

describe('many at once', () => {
  async function many(): Promise<{ room: Room; ids: MessageId[] }> {
    const room = createRoom();
    const ids: MessageId[] = [];
    for (let i = 0; i < 450; i++)
      ids.push(await accept(room, { at: START - i, account: i % 2 === 0 ? 'erp' : 'payroll', references: { template: 'payslip' } }));
    return { room, ids };
  }
  const bulk = async (room: Room, action: string, body: object, token?: string): Promise<Record<string, unknown>> => {
    const answer = await room.post(`/api/v1/messages/${action}`, body, token);
    const result = (await answer.json()) as Record<string, unknown>;
    expect([answer.status, (action === 'resend' ? ResendResult : BulkResult).safeParse(result).error]).toEqual([200, undefined]);
    return result;
  };

  it('hold, release, retry and cancel by filter: counted first, then done; what has nothing to change is no error', async () => {
    const { room } = await many();
    const filter = { template: 'payslip', account: 'erp' };
    const all = { matched: 225, changed: 225, recipients: 225, unchanged: 0, notFound: 0, complete: true, next: null };
    const none = { ...all, changed: 0, recipients: 0, unchanged: 225 };
    expect(await bulk(room, 'hold', { filter, dryRun: true })).toEqual({ dryRun: true, ...all });
    expect(room.store.queue.held).toBe(0);
    expect(await bulk(room, 'hold', { filter })).toEqual({ dryRun: false, ...all });
    expect(await bulk(room, 'hold', { filter })).toEqual({ dryRun: false, ...none });
    expect(room.store.queue.held).toBe(225);
    expect(await bulk(room, 'retry', { filter })).toMatchObject(none);
    expect(await bulk(room, 'release', { filter })).toMatchObject(all);
    expect(await bulk(room, 'cancel', { filter: { state: ['queued'] } })).toMatchObject({ matched: 450, changed: 450 });
    expect(await bulk(room, 'cancel', { filter: { template: 'payslip' } })).toMatchObject({ matched: 450, unchanged: 450 });
  });

  it('by ids; what is none is counted, and mail of other accounts is as if it were not there', async () => {
    const { room, ids } = await many();
    const narrow = await room.token('narrow', { role: 'operator', accounts: ['erp'] });
    expect(await bulk(room, 'hold', { ids: [...ids, ids[0], 'nonsense'] }, narrow)).toMatchObject({
      matched: 225,
      changed: 225,
      notFound: 226,
    });
    expect(await bulk(room, 'hold', { filter: { account: 'payroll' } }, narrow)).toMatchObject({ matched: 0, complete: true });
    expect(await bulk(room, 'cancel', { filter: { to: '2030-01-01' } }, narrow)).toMatchObject({ matched: 225, changed: 225 });
    expect(room.store.queue.queued).toBe(225);
  });

  it('goes on where the time of a call was over', async () => {
    const { room } = await many();
    const filter = { template: 'payslip' };
    const { store } = room.options;
    const messages = store.messages.bind(store);
    store.messages = async (...given) => {
      room.advance(15_000);
      return messages(...given);
    };
    const first = await bulk(room, 'hold', { filter });
    expect(first).toMatchObject({ changed: 400, complete: false });
    expect(await bulk(room, 'hold', { filter, cursor: first['next'] })).toMatchObject({ changed: 50, complete: true, next: null });
  });

  it('asks for a filter that names something, or ids', async () => {
    const room = createRoom();
    for (const action of ['retry', 'hold', 'release', 'cancel', 'resend', 'delete']) {
      for (const body of [{}, { filter: {} }, { filter: { state: ['queued'] }, ids: [] }]) {
        expect((await problemOf(await room.post(`/api/v1/messages/${action}`, body))).errors).toMatchObject([{ path: 'filter' }]);
      }
    }
    expect((await problemOf(await room.post('/api/v1/messages/hold', { ids: [], cursor: 'x' }))).errors).toMatchObject([
      { path: 'cursor' },
    ]);
  });

  it('sends again what did not arrive, each once, however often it is asked for', async () => {
    const room = createRoom();
    const failed = [await bounced(room), await bounced(room)];
    await accept(room);
    const filter = { sender: 'billing@example.com' };
    expect(await bulk(room, 'resend', { filter, dryRun: true })).toMatchObject({
      matched: 3,
      resent: 2,
      recipients: 4,
      unchanged: 1,
      messages: [],
    });
    expect(room.submitter.requests).toEqual([]);
    const both = await Promise.all([bulk(room, 'resend', { ids: failed }), bulk(room, 'resend', { ids: failed })]);
    expect(new Set(both.flatMap(({ messages }) => (messages as { id: string }[]).map(({ id }) => id))).size).toBe(2);
    expect(room.store.events.filter(({ type }) => type === 'message.resent')).toHaveLength(2);
    expect(await bulk(room, 'resend', { ids: failed })).toMatchObject({ resent: 0, before: 2 });
    expect(
      await bulk(room, 'resend', { ids: failed, again: true, replace: { 'old@partner.example': 'new@partner.example' } }),
    ).toMatchObject({ resent: 2 });
    expect(room.submitter.requests.at(-1)?.envelope.recipients.map(({ address }) => address)).toEqual([
      'new@partner.example',
      'carol@partner.example',
    ]);
  });

  it('a refusal of one stops nothing and is told', async () => {
    const room = createRoom();
    const ids = [await bounced(room), await bounced(room)];
    room.submitter.refusal = { code: 550, status: '5.7.1' as never, text: 'not as that' };
    expect(await bulk(room, 'resend', { ids })).toMatchObject({
      matched: 2,
      resent: 0,
      recipients: 0,
      failed: 2,
      failures: ids.map((message) => ({ message, code: 'not-allowed', detail: 'not as that' })),
    });
  });
});

describe('scheduled mail', () => {
  it('waits for its time, also when it was held and released; retry sends it now', async () => {
    const room = createRoom();
    const sendAt = '2026-02-03T08:00:00.000Z';
    const sent = await room.post('/api/v1/messages', { from: 'billing@example.com', to: 'ann@partner.example', sendAt });
    const { id } = (await sent.json()) as { id: MessageId };
    const act = async (action: string): Promise<unknown> => (await room.post(`/api/v1/messages/${id}/${action}`)).json();
    await act('hold');
    expect(await act('release')).toMatchObject({ recipients: [{ state: 'queued', nextAttemptAt: sendAt, changed: true }] });
    expect(await act('retry')).toMatchObject({
      recipients: [{ state: 'queued', nextAttemptAt: '2026-02-01T12:00:00.000Z', changed: true }],
    });
    expect(await act('cancel')).toMatchObject({ state: 'cancelled' });
  });
});

describe('the suppression list', () => {
  const put = (room: Room, name: string, body: object = {}): Promise<Response> =>
    room.call(`/api/v1/suppressions/${encodeURIComponent(name)}`, { method: 'PUT', body: JSON.stringify(body) });

  it('is kept by normalised address, with reason, note, who and until when', async () => {
    const room = createRoom();
    const made = await (await put(room, 'Ann/X@Müller.example', { note: 'asked us to stop', until: '2026-03-01' })).json();
    expect(Suppression.safeParse(made).error).toBeUndefined();
    expect(made).toEqual({
      address: 'ann/x@xn--mller-kva.example',
      reason: 'manual',
      note: 'asked us to stop',
      by: 'local',
      at: '2026-02-01T12:00:00.000Z',
      until: '2026-03-01T00:00:00.000Z',
      message: null,
    });
    expect(await room.get(`/api/v1/suppressions/${encodeURIComponent('ann/x@müller.example')}`)).toEqual(made);
    room.advance(40 * 86_400_000);
    expect((await room.call(`/api/v1/suppressions/${encodeURIComponent('ann/x@müller.example')}`)).status).toBe(404);
    expect(await room.get('/api/v1/suppressions')).toEqual({ items: [], next: null });
  });

  it('is listed in pages, by reason and by words', async () => {
    const room = createRoom();
    for (const name of ['c', 'a', 'd', 'b'])
      await put(room, `${name}@partner.example`, { reason: name === 'd' ? 'complaint' : 'bounce', note: `Note ${name}.` });
    const page = async (query: string): Promise<{ items: { address: string }[]; next: string | null }> => {
      const found = await room.get<{ items: { address: string }[]; next: string | null }>(`/api/v1/suppressions${query}`);
      expect(pageOf(Suppression).safeParse(found).error).toBeUndefined();
      return found;
    };
    const names = ({ items }: { items: { address: string }[] }): string => items.map(({ address }) => address[0]).join('');
    const first = await page('?limit=3');
    expect([names(first), names(await page(`?limit=3&cursor=${first.next}`))]).toEqual(['abc', 'd']);
    expect((await page(`?limit=4`)).next).toBeNull();
    expect([names(await page('?reason=complaint')), names(await page('?q=NOTE+b')), names(await page('?q=a@'))]).toEqual(['d', 'b', 'a']);
    expect((await room.call('/api/v1/suppressions?cursor=eA')).status).toBe(400);
  });

  it('lifting offers what was not sent, and sends it when asked, once', async () => {
    const room = createRoom();
    await put(room, 'ann@partner.example');
    const suppressed: MessageId[] = [];
    for (let i = 0; i < 60; i++) {
      const id = await accept(room, { to: ['Ann@partner.example', 'bob@partner.example'], at: START - i });
      await room.store.claim({ message: id, indexes: [0], nextHop: 'x', leaseUntil: START + 1, retryAt: START + 1, now: START });
      suppressed.push(id);
    }
    const lift = async (query: string): Promise<Record<string, unknown>> => {
      const answer = await room.call(`/api/v1/suppressions/ann@partner.example${query}`, { method: 'DELETE' });
      const result = (await answer.json()) as Record<string, unknown>;
      expect([answer.status, LiftResult.safeParse(result).error]).toEqual([200, undefined]);
      return result;
    };
    const offered = await lift('');
    expect(offered).toMatchObject({ lifted: true, resent: [], next: expect.any(String) });
    expect(offered['suppressed']).toHaveLength(50);
    expect((await room.call('/api/v1/suppressions/ann@partner.example', { method: 'DELETE' })).status).toBe(404);
    await put(room, 'ann@partner.example');
    const sent = await lift('?resend=true');
    expect(sent['resent']).toHaveLength(60);
    expect(
      room.submitter.requests.every(
        ({ envelope }) => envelope.recipients.length === 1 && envelope.recipients[0]?.address === 'Ann@partner.example',
      ),
    ).toBe(true);
    await put(room, 'ann@partner.example');
    expect((await lift('?resend=true'))['resent']).toEqual([]);
    expect(room.submitter.requests).toHaveLength(60);
  });

  it('says what is wrong', async () => {
    const room = createRoom();
    expect((await problemOf(await put(room, 'nobody'))).errors).toMatchObject([{ in: 'path', path: 'address' }]);
    expect((await problemOf(await put(room, 'a@x.example', { until: '2020-01-01' }))).errors).toMatchObject([{ path: 'until' }]);
    expect((await problemOf(await put(room, 'a@x.example', { reason: 'spite' }))).errors).toMatchObject([{ path: 'reason' }]);
  });

  it('is for callers who see all accounts; sending again needs its own permission', async () => {
    const room = createRoom();
    await put(room, 'ann@partner.example');
    const narrow = await room.token('narrow', { role: 'operator', accounts: ['erp'] });
    const clerk = await room.token('clerk', { permissions: ['suppressions:manage'] });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(await problemOf(await room.call('/api/v1/suppressions/ann@partner.example', { method, token: narrow }))).toMatchObject({
        status: 403,
        code: 'account-restricted',
      });
    }
    const refused = await room.call('/api/v1/suppressions/ann@partner.example?resend=true', { method: 'DELETE', token: clerk });
    expect(await problemOf(refused)).toMatchObject({ permission: 'messages:resend' });
    expect((await room.call('/api/v1/suppressions/ann@partner.example')).status).toBe(200);
  });
});
