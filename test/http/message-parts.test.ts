/** What a message looks like and its files, over the API (R51, R52). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64, file, leaf, mail, multipart, PIXEL } from './content/mails.ts';
import { accept, createRoom, endAttempt, problemOf, type Room, START } from './harness.ts';

let room: Room;
beforeAll(() => {
  room = createRoom();
});
afterAll(() => room.stop());

const CONTENT = mail(
  multipart(
    'mixed',
    multipart(
      'related',
      leaf(
        'text/html; charset=utf-8',
        '<p onclick="alert(1)">Bonjour <img src="cid:logo"><img src="https://tracker.example/p.gif" width=9></p><script>alert(1)</script>',
      ),
      leaf('image/png', base64(PIXEL), 'Content-Transfer-Encoding: base64', 'Content-ID: <logo>'),
    ),
    file('../../invoice\u202e.pdf', 'application/pdf', '%PDF'),
    file('page.html', 'text/html', '<script>alert(1)</script>'),
  ),
);

describe('R51 GET /messages/{id}/preview', () => {
  it('is a document that runs nothing and loads nothing', async () => {
    const id = await accept(room, { content: CONTENT });
    const answer = await room.call(`/api/v1/messages/${id}/preview`);
    expect(answer.status).toBe(200);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; img-src data:; style-src 'unsafe-inline';.* sandbox$/);
    expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const text = await answer.text();
    expect(text).toContain(
      `<p>Bonjour <img src="data:image/png;base64,${PIXEL.toString('base64')}" /><span class="relais-picture"></span></p>`,
    );
    expect(text).not.toContain('alert');
    expect(text).not.toContain('tracker.example');
    expect(text).toContain('One picture of another server was not loaded.');
  });

  it('says it in the reader’s language', async () => {
    const id = await accept(room, { content: CONTENT });
    const answer = await room.call(`/api/v1/messages/${id}/preview`, { headers: { 'accept-language': 'de' } });
    expect(await answer.text()).toContain('Ein Bild eines anderen Servers wurde nicht geladen.');
  });

  it('shows text as text', async () => {
    const id = await accept(room, { content: mail(leaf('text/plain', '<script>alert(1)</script> & so on')) });
    const text = await (await room.call(`/api/v1/messages/${id}/preview`)).text();
    expect(text).toContain('<pre class="relais-text">&lt;script&gt;alert(1)&lt;/script&gt; &amp; so on</pre>');
  });

  it('names one picture as often as it likes, and is not larger for it than a limit', async () => {
    const html = '<img src="cid:logo">'.repeat(500);
    const picture = leaf('image/png', base64(Buffer.alloc(600_000)), 'Content-Transfer-Encoding: base64', 'Content-ID: <logo>');
    const id = await accept(room, { content: mail(multipart('related', leaf('text/html', html), picture)) });
    const text = await (await room.call(`/api/v1/messages/${id}/preview`)).text();
    expect(text.length).toBeLessThan(9 * 1024 * 1024);
  });
});

describe('R52 GET /messages/{id}/attachments', () => {
  it('lists the files under names that are safe', async () => {
    const id = await accept(room, { content: CONTENT });
    expect(await room.get(`/api/v1/messages/${id}/attachments`)).toEqual({
      items: [
        { number: 1, name: 'attachment-1.png', contentType: 'image/png', size: PIXEL.length, inline: true },
        { number: 2, name: 'invoice.pdf', contentType: 'application/pdf', size: 4, inline: false },
        { number: 3, name: 'page.html', contentType: 'text/html', size: 25, inline: false },
      ],
      incomplete: null,
    });
  });

  it('hands one out as a file to be kept, whatever it is', async () => {
    const id = await accept(room, { content: CONTENT });
    const pdf = await room.call(`/api/v1/messages/${id}/attachments/2`);
    expect(await pdf.text()).toBe('%PDF');
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    const page = await room.call(`/api/v1/messages/${id}/attachments/3`);
    expect(page.headers.get('content-type')).toBe('application/octet-stream');
    expect(page.headers.get('content-disposition')).toBe('attachment; filename="page.html"');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(await page.text()).toBe('<script>alert(1)</script>');
  });

  it.each(['0', '4', 'a', '1.5', '99999', '-1'])('has no attachment %s', async (number) => {
    const id = await accept(room, { content: CONTENT });
    expect(await problemOf(await room.call(`/api/v1/messages/${id}/attachments/${number}`))).toMatchObject({
      status: 404,
      code: 'not-found',
    });
  });
});

describe('who may see content', () => {
  it('is who holds messages:content, and it is on record', async () => {
    const id = await accept(room, { content: CONTENT });
    const viewer = await room.token('viewer', { role: 'viewer' });
    const operator = await room.token('operator', { role: 'operator' });
    for (const path of ['preview', 'attachments', 'attachments/2']) {
      expect((await room.call(`/api/v1/messages/${id}/${path}`, { token: viewer })).status).toBe(403);
      expect((await room.call(`/api/v1/messages/${id}/${path}`, { token: operator })).status).toBe(200);
    }
    const { items } = await room.store.audits({ action: 'content.read', subject: id }, { limit: 10 });
    expect(items.map(({ by, detail }) => [by.name, detail])).toEqual([
      ['operator', { what: 'attachment', number: 2 }],
      ['operator', { what: 'attachments' }],
      ['operator', { what: 'preview' }],
    ]);
  });

  it('is told when the content was erased', async () => {
    const id = await accept(room, { content: CONTENT });
    await endAttempt(room, id, 0, { outcome: 'failed' });
    await room.store.cleanup({ contentBefore: START + 1, recordsBefore: 0, now: START + 1 });
    for (const path of ['preview', 'attachments', 'attachments/2']) {
      expect(await problemOf(await room.call(`/api/v1/messages/${id}/${path}`))).toMatchObject({ status: 410, code: 'content-erased' });
    }
  });
});
