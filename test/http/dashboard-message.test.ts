/** The page of a message: what it offers to whom, what its forms do, and what it shows of the content. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { formSender, signedIn, text } from './browser.ts';
import { file, leaf, mail, multipart } from './content/mails.ts';
import { accept, createRoom, endAttempt, type Room } from './harness.ts';

let room: Room;
beforeAll(() => {
  room = createRoom();
});
afterAll(() => room.stop());

const CONTENT = mail(multipart('mixed', leaf('text/plain', 'Dear <b>Anna</b>'), file('invoice.pdf', 'application/pdf', '%PDF')));

async function failed(contact: string | null = 'C 7'): Promise<MessageId> {
  const id = await accept(room, { to: ['ann@partner.example'], content: CONTENT, references: { document: 'INV/7', contact } });
  await endAttempt(room, id, 0, { outcome: 'failed', category: 'mailbox-unknown', text: 'no such user' });
  return id;
}

describe('a recipient that was not reached', () => {
  it('is told why and what to do, with the way into the ERP and the form beside it', async () => {
    const id = await failed();
    const html = await text((await signedIn(room))(`/messages/${id}`));
    expect(html).toContain('Refused: the mailbox does not exist.');
    expect(html).toContain('Ask for the right address, correct it in the ERP, and send the message again.');
    expect(html).toMatch(
      /<a class="button out" href="https:\/\/erp\.example\.com\/contact\/C%207" target="_blank" rel="noopener noreferrer">/,
    );
    expect(html).toContain(`action="/messages/${id}/resend#one-0"`);
  });

  it('has no way into an ERP that is not told of it', async () => {
    const id = await failed(null);
    expect(await text((await signedIn(room))(`/messages/${id}`))).not.toContain('erp.example.com/contact');
  });

  it('is sent to at a corrected address by one form; what is wrong stands beside the field', async () => {
    const id = await failed();
    const post = await formSender(room);
    const fields = { index: '0', form: 'one-0', key: '0' };
    const wrong = await post(`/messages/${id}/resend`, { ...fields, 'address.0': 'anna@@partner' });
    expect(wrong.status).toBe(400);
    const html = await wrong.text();
    expect(html).toMatch(/<details class="resend" id="one-0" open/);
    expect(html).toMatch(/value="anna@@partner"[^>]*aria-invalid="true" aria-describedby="one-0-address-0-fault"/);
    expect(html).toContain('<p class="fault" id="one-0-address-0-fault" role="alert">&quot;anna@@partner&quot; is not a mail address.</p>');
    const sent = await post(`/messages/${id}/resend`, { ...fields, 'address.0': 'anna@partner.example' });
    expect(sent.status).toBe(303);
    const page = await text((await signedIn(room))(sent.headers.get('location') ?? ''));
    expect(page).toContain('Corrected: in place of ann@partner.example');
    expect(page).toContain(`This is another message, sent again: <a class="mono" href="/messages/${id}">`);
    const old = await text((await signedIn(room))(`/messages/${id}`));
    expect(old).toContain('Sent again to anna@partner.example');
    expect(old).toContain('Sent again as <a class="mono"');
  });

  it('of which the same form is sent twice, is sent to once', async () => {
    const id = await failed();
    const post = await formSender(room);
    const fields = { index: '0', form: 'one-0', key: '0', 'address.0': 'anna@partner.example' };
    const [first, second] = await Promise.all([post(`/messages/${id}/resend`, fields), post(`/messages/${id}/resend`, fields)]);
    expect(first.headers.get('location')).toBe(second.headers.get('location'));
  });
});

describe('where a message leads', () => {
  it('is the page of its document, of each address, and all mail of its contact', async () => {
    const id = await accept(room, {
      references: { document: 'INV/8', documentType: 'invoice', administration: 'Books 2', contact: 'C 8' },
    });
    const html = await text((await signedIn(room))(`/messages/${id}`));
    expect(html).toContain('<a href="/documents/INV%2F8?administration=Books%202">INV/8</a>');
    expect(html).toContain('<dt>Document type</dt><dd>invoice');
    expect(html).toContain('<a href="/contacts/ann%40partner.example"');
    expect(html).toContain('<a href="/messages?contact=C+8">C 8</a>');
    const plain = await text((await signedIn(room))(`/messages/${await failed()}`));
    expect(plain).toContain('<a href="/documents/INV%2F7">INV/7</a>');
    for (const path of ['/documents/INV%2F8?administration=Books%202', '/documents/INV%2F7', '/contacts/ann%40partner.example']) {
      expect((await (await signedIn(room))(path)).status).toBe(200);
    }
  });
});

describe('one recipient of several', () => {
  const both = { to: ['ann@partner.example', 'bob@partner.example'] };
  const states = async (id: MessageId) => (await room.store.record(id))?.recipients.map(({ state }) => state);

  it('is held, released, tried and cancelled alone', async () => {
    const id = await accept(room, both);
    const post = await formSender(room);
    const seen: unknown[] = [];
    for (const action of ['hold', 'release', 'retry', 'cancel']) {
      expect((await post(`/messages/${id}/${action}`, { index: '1' })).headers.get('location')).toBe(`/messages/${id}`);
      seen.push((await states(id))?.[1]);
    }
    expect(seen).toEqual(['held', 'queued', 'queued', 'cancelled']);
    expect((await states(id))?.[0]).toBe('queued');
    const html = await text((await signedIn(room))(`/messages/${id}`));
    expect(html).toMatch(/Try now<span class="visually-hidden">: ann@partner\.example</);
    expect(html).not.toMatch(/Try now<span class="visually-hidden">: bob@partner\.example</);
  });

  it('that is none of the message changes nothing', async () => {
    const id = await accept(room, both);
    expect((await (await formSender(room))(`/messages/${id}/cancel`, { index: '7' })).status).toBe(400);
    expect(await states(id)).toEqual(['queued', 'queued']);
  });

  it('is nothing to act on for those who may not', async () => {
    const id = await accept(room, both);
    const viewer = await room.token('viewer-2', { role: 'viewer' });
    expect(await text((await signedIn(room, viewer))(`/messages/${id}`))).not.toContain('/cancel"');
    expect((await (await formSender(room, viewer))(`/messages/${id}/cancel`, { index: '0' })).status).toBe(403);
  });
});

describe('deleting', () => {
  it('is for those who may, and refused with the count while something is in the queue', async () => {
    const id = await accept(room, { to: ['ann@partner.example', 'bob@partner.example'] });
    const operator = await room.token('operator-1', { role: 'operator' });
    expect(await text((await signedIn(room, operator))(`/messages/${id}`))).not.toContain('/delete"');
    expect((await (await formSender(room, operator))(`/messages/${id}/delete`, {})).status).toBe(403);
    const post = await formSender(room);
    const refused = await post(`/messages/${id}/delete`, {});
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain('Nothing was deleted: 2 recipients are still in the queue.');
    const done = await post(`/messages/${id}/delete`, { force: 'on' });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/messages']);
    expect((await (await signedIn(room))(`/messages/${id}`)).status).toBe(404);
  });
});

describe('an action that comes too late', () => {
  it('is said on the page', async () => {
    const id = await failed();
    const late = await (await formSender(room))(`/messages/${id}/cancel`, {});
    expect(late.status).toBe(409);
    expect(await late.text()).toContain('Nothing was changed: no recipient is in a state for that any more.');
  });
});

describe('the content', () => {
  const read = async (id: MessageId) =>
    (await room.store.audits({ action: 'content.read', subject: id }, { limit: 10 })).items.map(({ detail }) => detail['what']);

  it('is not looked at before somebody asks, and that is on record', async () => {
    const id = await failed();
    const get = await signedIn(room);
    expect(await text(get(`/messages/${id}`))).not.toContain('Dear');
    expect(await read(id)).toEqual([]);
    expect(await text(get(`/messages/${id}?show=text`))).toContain('Dear &lt;b&gt;Anna&lt;/b&gt;');
    const files = await text(get(`/messages/${id}?show=attachments`));
    expect(files).toContain(`href="/api/v1/messages/${id}/attachments/1" download="invoice.pdf"`);
    expect(await text(get(`/messages/${id}?show=source`))).toContain('Content-Type: application/pdf');
    expect(await read(id)).toEqual(['source', 'attachments', 'text']);
  });

  it('is framed without any right, from a policy that lets our own previews alone be framed', async () => {
    const id = await failed();
    const answer = await (await signedIn(room))(`/messages/${id}?show=preview`);
    expect(await answer.text()).toContain(`<iframe class="mail-frame" src="/api/v1/messages/${id}/preview" sandbox=""`);
    expect(answer.headers.get('content-security-policy')).toContain("frame-src 'self'");
  });

  it('is nothing for those who may not see it', async () => {
    const id = await failed();
    const viewer = await room.token('viewer-1', { role: 'viewer' });
    const get = await signedIn(room, viewer);
    const html = await text(get(`/messages/${id}?show=text`));
    expect(html).not.toContain('Dear');
    expect(html).not.toContain('id="mail"');
    expect((await get(`/messages/${id}?show=text`, { headers: { 'hx-request': 'true' } })).status).toBe(404);
    expect(await read(id)).toEqual([]);
  });

  it('that was damaged is not shown, and the page says so', async () => {
    const id = await failed();
    room.store.corrupt(id);
    expect(await text((await signedIn(room))(`/messages/${id}?show=text`))).toContain('its bytes do not match their checksum');
  });
});

describe('what a script asks for', () => {
  const part = { headers: { 'hx-request': 'true' } };

  it('is the tab alone, or the pieces that the feed renews', async () => {
    const id = await failed();
    const get = await signedIn(room);
    const tab = await text(get(`/messages/${id}?show=text`, part));
    expect(tab).toMatch(/^<section class="card mail" id="mail"/);
    const pieces = await text(get(`/messages/${id}`, part));
    expect(pieces).toMatch(/^<div id="message"/);
    for (const piece of ['head', 'queue-actions', 'head-0', 'fix-0', 'story-0']) expect(pieces).toContain(`data-piece="${piece}"`);
    // The same each time: else the form under somebody's hands would be replaced.
    expect(await text(get(`/messages/${id}`, part))).toBe(pieces);
  });
});

describe('in every language', () => {
  it.each([
    ['fr', 'Demandez la bonne adresse', 'Corriger et renvoyer'],
    ['nl', 'Vraag het juiste adres', 'Verbeteren en opnieuw verzenden'],
    ['de', 'Fragen Sie nach der richtigen Adresse', 'Berichtigen und erneut senden'],
  ])('%s', async (language, todo, fix) => {
    const id = await failed();
    const html = await text((await signedIn(room))(`/messages/${id}`, { headers: { 'accept-language': language } }));
    expect(html).toContain(todo);
    expect(html).toContain(fix);
    expect(html).not.toContain('undefined');
  });
});
