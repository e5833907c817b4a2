import { beforeEach, describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { Document, DocumentSummary } from '../../src/http/api/schemas-groups.ts';
import { accept, createRoom, endAttempt, type Mail, problemOf, type Room, START } from './harness.ts';

interface Verdict {
  readonly document: string;
  readonly verdict: string;
  readonly why: { readonly reason: string; readonly address: string; readonly correctedFrom: string | null };
}

let room: Room;
beforeEach(() => {
  room = createRoom();
});

async function send(document: string, outcome: 'failed' | 'transferred' | 'deferred' | null, mail: Mail = {}): Promise<MessageId> {
  const id = await accept(room, { ...mail, references: { document, ...mail.references } });
  if (outcome !== null) await endAttempt(room, id, 0, { outcome, category: 'mailbox-unknown' });
  return id;
}

async function listed(query = '', token?: string): Promise<string[]> {
  const { items } = await room.get<{ items: Verdict[] }>(`/api/v1/documents${query}`, token);
  for (const item of items) DocumentSummary.parse(item);
  return items.map(({ document, verdict }) => `${document} ${verdict}`);
}

describe('GET /documents', () => {
  it('lists each document once, with its verdict, why, and the way into the ERP', async () => {
    await send('INV/1', 'failed', { references: { contact: 'C 1', documentType: 'invoice' } });
    await send('INV-2', 'transferred', { to: ['bob@partner.example', 'cc@partner.example'] });
    await send('INV-2', 'deferred');
    expect(await listed()).toEqual(['INV-2 at-risk', 'INV/1 failed']);
    const { items } = await room.get<{ items: unknown[] }>('/api/v1/documents?verdict=failed');
    expect(items).toMatchObject([
      {
        document: 'INV/1',
        documentType: 'invoice',
        contact: 'C 1',
        verdict: 'failed',
        policy: 'every',
        since: new Date(START + 1000).toISOString(),
        why: { reason: 'refused', address: 'ann@partner.example', category: 'mailbox-unknown', reply: { code: 550 }, nextAttemptAt: null },
        counts: { failed: 1, transferred: 0 },
        url: 'https://erp.example.com/document/INV%2F1',
        contactUrl: 'https://erp.example.com/contact/C%201',
        recipients: [{ address: 'ann@partner.example', verdict: 'failed', copy: false }],
        recipientCount: 1,
        messageCount: 1,
        more: false,
      },
    ]);
  });

  it('narrows by verdict, type, administration and words, and goes on from page to page', async () => {
    for (let n = 0; n < 5; n++) {
      await send(`INV-${n}`, n % 2 === 0 ? 'failed' : 'transferred', {
        subject: `Invoice ${n}`,
        references: { documentType: n < 3 ? 'invoice' : 'order', administration: n === 4 ? 'north' : null },
      });
    }
    expect(await listed('?verdict=failed')).toEqual(['INV-4 failed', 'INV-2 failed', 'INV-0 failed']);
    expect(await listed('?verdict=failed&verdict=transferred&documentType=order')).toEqual(['INV-4 failed', 'INV-3 transferred']);
    expect(await listed('?administration=north')).toEqual(['INV-4 failed']);
    expect(await listed('?q=inv-3')).toEqual(['INV-3 transferred']);
    const first = await room.get<{ items: Verdict[]; next: string }>('/api/v1/documents?limit=2');
    expect(first.items.map(({ document }) => document)).toEqual(['INV-4', 'INV-3']);
    expect(await listed(`?limit=2&cursor=${first.next}`)).toEqual(['INV-2 failed', 'INV-1 transferred']);
    const wrong = await problemOf(await room.call(`/api/v1/documents?verdict=lost&documentType=`));
    expect(wrong.errors?.map(({ path }) => path)).toEqual(['verdict', 'documentType']);
    expect(await problemOf(await room.call('/api/v1/documents?cursor=x'))).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  it('is made of the mail of the caller’s accounts alone', async () => {
    await send('INV-1', 'failed', { account: 'payroll' });
    await send('INV-1', 'transferred', { to: ['bob@partner.example'] });
    await send('INV-2', 'failed', { account: 'payroll' });
    const token = await room.token('erp', { accounts: ['erp'] });
    expect(await listed('', token)).toEqual(['INV-1 transferred']);
    expect(await problemOf(await room.call('/api/v1/documents/INV-2', { token }))).toMatchObject({ status: 404 });
    const nobody = await room.token('nobody', { permissions: ['changes:read'] });
    expect(await problemOf(await room.call('/api/v1/documents', { token: nobody }))).toMatchObject({ status: 403 });
    expect(await problemOf(await room.call('/api/v1/documents/INV-1', { token: nobody }))).toMatchObject({ status: 403 });
  });
});

describe('GET /documents/{document}', () => {
  const get = async (path: string): Promise<Verdict & Record<string, unknown>> => {
    const found = await room.get<Verdict & Record<string, unknown>>(`/api/v1/documents/${path}`);
    Document.parse(found);
    return found;
  };

  it('follows a correction: the resend decides, and the verdict turns', async () => {
    const id = await send('INV/2026/1', 'failed', { to: ['ann@old.example', 'bob@partner.example'] });
    await endAttempt(room, id, 1, { outcome: 'transferred' });
    expect(await get('INV%2F2026%2F1')).toMatchObject({ verdict: 'failed', why: { address: 'ann@old.example' } });
    const resent = await room.post(`/api/v1/messages/${id}/resend`, { replace: { 'ann@old.example': 'ann@new.example' } });
    const { id: again } = (await resent.json()) as { id: MessageId };
    expect(await get('INV%2F2026%2F1')).toMatchObject({ verdict: 'unknown', why: { reason: 'queued', correctedFrom: 'ann@old.example' } });
    await endAttempt(room, again, 0, { outcome: 'transferred' });
    expect(await get('INV%2F2026%2F1')).toMatchObject({
      verdict: 'transferred',
      recipients: [
        {
          address: 'ann@new.example',
          verdict: 'transferred',
          steps: [
            { message: id, link: 'first', address: 'ann@old.example', state: 'failed', reply: { code: 550 } },
            { message: again, link: 'corrected', address: 'ann@new.example', state: 'transferred' },
          ],
        },
        { address: 'bob@partner.example', steps: [{ message: id }] },
      ],
      messages: [{ id: again, supersedes: id }, { id }],
      more: false,
    });
  });

  it('tells administrations that use the same number apart', async () => {
    await send('1', 'failed', { references: { administration: 'north' } });
    await send('1', 'transferred', { references: { administration: 'south' } });
    await send('1', 'deferred');
    expect(await get('1')).toMatchObject({ administration: null, otherAdministrations: ['south', 'north'], verdict: 'at-risk' });
    expect(await get('1?administration=north')).toMatchObject({ administration: 'north', verdict: 'failed' });
    expect(await get('1?administration=')).toMatchObject({ administration: null, verdict: 'at-risk' });
    expect(await problemOf(await room.call('/api/v1/documents/1?administration=east'))).toMatchObject({ status: 404 });
  });

  it('404 for what no mail carried', async () => {
    expect(await problemOf(await room.call('/api/v1/documents/INV-9'))).toMatchObject({ status: 404, code: 'not-found' });
  });
});
