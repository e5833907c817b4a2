import { beforeEach, describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { formSender, signedIn, text } from './browser.ts';
import { accept, createRoom, endAttempt, type Mail, type Room, START } from './harness.ts';

/** As it is read. */
const words = (html: string): string =>
  html
    .replace(/^.*<main/s, '')
    .replaceAll('&#39;', "'")
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

let room: Room;
let get: (path: string, init?: RequestInit) => Promise<Response>;
beforeEach(async () => {
  room = createRoom();
  get = await signedIn(room);
});

async function send(document: string | null, outcome: 'failed' | 'transferred' | null, mail: Mail = {}): Promise<MessageId> {
  const id = await accept(room, { ...mail, references: { document, ...mail.references } });
  if (outcome !== null) await endAttempt(room, id, 0, { outcome, category: 'mailbox-unknown', text: '5.1.1 no such user <script>' });
  return id;
}

describe('the pages of documents', () => {
  it('list them with verdict and reason, narrowed by tabs, words and what is in the address', async () => {
    await send('INV/1', 'failed', { references: { documentType: 'invoice', contact: 'C-1' } });
    await send('INV-2', 'transferred', { to: ['bob@partner.example', 'cc@partner.example'], references: { documentType: 'order' } });
    await send(null, 'failed', { subject: 'no document' });
    const html = await text(get('/documents'));
    expect(words(html)).toContain('Failed INV/1 Invoice 2026-117 ann@partner.example was refused: the mailbox does not exist. C-1 invoice');
    expect(html).toContain('href="/documents/INV%2F1"');
    expect(html).not.toContain('no document');
    const failed = await text(get('/documents?verdict=failed'));
    expect([failed.includes('INV/1'), failed.includes('INV-2')]).toEqual([true, false]);
    const orders = await text(get('/documents?documentType=order'));
    expect([orders.includes('INV/1'), orders.includes('Type: order')]).toEqual([false, true]);
    expect(await text(get('/documents?q=nothing'))).toContain('Nothing matches');
    expect(await text(get('/documents?verdict=lost&cursor='))).toContain('INV-2');
  });

  it('go on by pages, and renew their list alone for a script', async () => {
    for (let n = 0; n < 51; n++) await send(`D-${n}`, null);
    const first = await text(get('/documents'));
    expect([first.includes('>D-50<'), first.includes('>D-0<')]).toEqual([true, false]);
    const next = /class="button" rel="next" href="([^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(await text(get(next))).toContain('>D-0<');
    const part = await get('/documents?q=d-7', { headers: { 'hx-request': 'true' } });
    const html = await part.text();
    expect(html.startsWith('<div id="results"')).toBe(true);
    expect([html.includes('>D-7<'), html.includes('>D-8<')]).toEqual([true, false]);
  });

  it('say why, show each recipient’s way, and lead into the ERP in a tab of its own', async () => {
    const id = await send('INV/1', 'failed', { to: ['ann@old.example', 'bob@partner.example'], references: { contact: 'C 1' } });
    await endAttempt(room, id, 1, { outcome: 'transferred' });
    await room.post(`/api/v1/messages/${id}/resend`, { replace: { 'ann@old.example': 'ann@new.example' } });
    const html = await text(get('/documents/INV%2F1'));
    const page = words(html);
    expect(page).toContain('Not known yet');
    expect(page).toContain('The mail to ann@new.example waits for its first attempt.');
    expect(page).toContain('Sent again to the corrected address');
    expect(page).toContain('ann@new.example instead of ann@old.example');
    expect(page).toContain('550 5.1.1 no such user &lt;script&gt;');
    for (const url of ['https://erp.example.com/document/INV%2F1', 'https://erp.example.com/contact/C%201']) {
      expect(html).toContain(`href="${url}" target="_blank" rel="noopener noreferrer"`);
    }
    expect((await get('/documents/INV-9')).status).toBe(404);
  });

  it('have no link where none is configured, and nothing to correct for whoever may not', async () => {
    Object.assign(room.options, { references: () => WITHOUT_LINKS });
    await send('INV-1', 'failed', { references: { contact: 'C-1' } });
    const viewer = await signedIn(room, await room.token('viewer', { role: 'viewer' }));
    const html = await text(viewer('/documents/INV-1'));
    expect(html).not.toContain('erp.example.com');
    expect(html).not.toContain('Correct the address');
    expect(html).toContain('C-1');
  });
});

const WITHOUT_LINKS = {
  profiles: [],
  rules: [],
  contactUrl: null,
  documentUrl: null,
  verdict: 'every' as const,
  timeLimit: 100,
  attachments: 0,
  streams: false,
};

describe('the pages of addresses', () => {
  it('list those that fail, and all', async () => {
    await send('INV-1', 'failed', { to: ['ann@gmial.com'], references: { contact: 'C-1' } });
    await send('INV-2', 'transferred', { to: ['bob@partner.example'] });
    const failing = words(await text(get('/contacts')));
    expect(failing).toContain('ann@gmial.com Perhaps ann@gmail.com? the mailbox does not exist · INV-1 C-1');
    expect(failing).not.toContain('bob@partner.example');
    const all = words(await text(get('/contacts?list=all')));
    expect(all).toContain('Fine bob@partner.example');
    expect(words(await text(get('/contacts?list=all&q=partner')))).not.toContain('ann@gmial.com');
    expect(words(await text(get('/contacts?q=nobody')))).toContain('No address found');
  });

  it('say that none fails', async () => {
    expect(words(await text(get('/contacts')))).toContain('No address fails');
    expect((await get('/contacts/nobody@partner.example')).status).toBe(404);
    expect((await get('/contacts/nonsense')).status).toBe(404);
  });

  it('say beforehand what will be sent and what is cancelled, send it, and then say where it went', async () => {
    const first = await send('INV-1', 'failed', { to: ['ann@gmial.com'] });
    await send('INV-2', 'failed', { to: ['ann@gmial.com'] });
    const waiting = await send('INV-3', null, { to: ['ann@gmial.com'] });
    const held = await send('INV-4', null, { to: ['ann@gmial.com'] });
    await room.post(`/api/v1/messages/${held}/hold`);
    const html = await text(get('/contacts/ann@gmial.com'));
    expect(html).toContain('value="ann@gmail.com"');
    const page = words(html);
    expect(page).toContain('2 messages that failed are sent again.');
    expect(page).toContain('1 message that waits goes there too and is cancelled for this address.');
    expect(page).toContain('1 message is held back and stays so');
    const post = await formSender(room);
    const answer = await post('/contacts/ann%40gmial.com/correct', { to: 'ann@gmail.com', pending: 'on' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/contacts/ann%40gmial.com']);
    const after = words(await text(get('/contacts/ann@gmial.com')));
    expect(after).toContain('Corrected What failed was sent to ann@gmail.com.');
    expect(after).toContain('the mailbox does not exist · sent to ann@gmail.com instead');
    expect(after).not.toContain('Right address');
    expect((await room.store.record(waiting))?.recipients[0]?.state).toBe('cancelled');
    expect((await room.store.record(held))?.recipients[0]?.state).toBe('held');
    expect((await room.store.message(first))?.supersededBy).toHaveLength(1);
    expect((await post('/contacts/ann%40gmial.com/correct', { to: 'ann@gmail.com', pending: 'on' })).status).toBe(303);
    expect(room.submitter.requests).toHaveLength(3);
  });

  it('leave what waits where that was not asked for, and correct the To line where it was', async () => {
    await send('INV-1', 'failed', { to: ['ann@gmial.com'], content: 'To: ann@gmial.com\r\n\r\nx\r\n' });
    const waiting = await send('INV-2', null, { to: ['ann@gmial.com'] });
    const post = await formSender(room);
    await post('/contacts/ann@gmial.com/correct', { to: 'ann@gmail.com', rewriteTo: 'on' });
    expect((await room.store.record(waiting))?.recipients[0]?.state).toBe('queued');
    expect(room.submitter.requests).toHaveLength(1);
  });

  it('say beside the field what is wrong with the address, and keep what was typed', async () => {
    await send('INV-1', 'failed', { to: ['ann@gmial.com'] });
    await room.store.suppressions.put('old@gmail.com', {
      address: 'old@gmail.com',
      reason: 'manual',
      note: null,
      by: null,
      at: START,
      until: null,
      message: null,
    });
    const post = await formSender(room);
    for (const [to, fault] of [
      ['not an address', 'That is not a mail address.'],
      ['ANN@gmial.com', 'That is the address that fails.'],
      ['old@gmail.com', 'That address is on the suppression list: lift it first.'],
    ] as const) {
      const answer = await post('/contacts/ann@gmial.com/correct', { to });
      expect(answer.status).toBe(400);
      const html = await answer.text();
      expect(html).toContain(`value="${to}"`);
      expect(html).toMatch(
        new RegExp(`aria-invalid="true" aria-describedby="to-fault[^"]*"/?>\\s*<p class="fault" id="to-fault" role="alert">${fault}`),
      );
    }
    room.submitter.refusal = { code: 452, status: '4.3.1', text: 'no room on the disk' };
    const refused = await post('/contacts/ann@gmial.com/correct', { to: 'ann@gmail.com' });
    expect(words(await refused.text())).toContain('1 message was not taken: no room on the disk');
    expect(room.store.events.some(({ type }) => type === 'message.resent')).toBe(false);
  });

  it('send one message alone where mail came through since', async () => {
    const id = await send('INV-1', 'failed', { to: ['ann@gmial.com'] });
    await send('INV-2', 'transferred', { to: ['ann@gmial.com'] });
    expect(words(await text(get('/contacts/ann@gmial.com')))).not.toContain('Right address');
    const html = await text(get(`/contacts/ann@gmial.com?message=${id}`));
    expect(words(html)).toContain('1 message that failed is sent again.');
    const post = await formSender(room);
    await post('/contacts/ann@gmial.com/correct', { to: 'ann@gmail.com', message: id });
    expect((await room.store.message(id))?.supersededBy).toHaveLength(1);
  });

  it('show what the reader may see and do alone', async () => {
    await send('INV-1', 'failed', { to: ['ann@gmial.com'], account: 'payroll' });
    await send('INV-2', 'failed', { to: ['bob@partner.example'] });
    const narrow = await signedIn(room, await room.token('narrow', { role: 'admin', accounts: ['erp'] }));
    expect(await text(narrow('/contacts'))).not.toContain('ann@gmial.com');
    expect((await narrow('/contacts/ann@gmial.com')).status).toBe(404);
    const viewer = await signedIn(room, await room.token('viewer', { role: 'viewer' }));
    const page = await text(viewer('/contacts/bob@partner.example'));
    expect(page).not.toContain('name="to"');
    const token = await room.token('reader', { permissions: ['messages:read', 'messages:resend'] });
    const reader = await text((await signedIn(room, token))('/contacts/bob@partner.example'));
    expect([reader.includes('name="to"'), reader.includes('name="pending"')]).toEqual([true, false]);
    const post = await formSender(room, token);
    expect((await post('/contacts/bob@partner.example/correct', { to: 'bob@new.example', pending: 'on' })).status).toBe(403);
  });

  it('are told in each language', async () => {
    await send('INV-1', 'failed', { to: ['ann@gmial.com'] });
    for (const [language, said] of [
      ['fr', 'la boîte n’existe pas'],
      ['nl', 'Misschien ann@gmail.com?'],
      ['de', 'Vielleicht ann@gmail.com?'],
    ] as const) {
      expect(await text(get('/contacts', { headers: { 'accept-language': language } }))).toContain(said);
    }
  });
});
