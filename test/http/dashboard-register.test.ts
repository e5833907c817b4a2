/** The register's page: the part that is renewed, views, columns, and acting on many at once. */
import { describe, expect, it } from 'vitest';
import { formSender, signedIn, text } from './browser.ts';
import { accept, createRoom, endAttempt, type Room, START } from './harness.ts';

const part = { headers: { 'hx-request': 'true' } };

async function failed(room: Room, subject: string): Promise<string> {
  const id = await accept(room, { subject });
  await endAttempt(room, id, 0, { outcome: 'failed', category: 'mailbox-unknown' });
  return id;
}

describe('the part of the register that a script renews', () => {
  it('is the list alone, the same as in the page, with the address that remains and how soon to come back', async () => {
    const room = createRoom();
    await accept(room, { subject: 'Invoice 1' });
    const get = await signedIn(room);
    const answer = await get('/messages?q=invoice&recipient=', part);
    const html = await answer.text();
    expect(html).toMatch(/^<div id="results"/);
    expect(html).not.toContain('csrf');
    expect(await text(get('/messages?q=invoice'))).toContain(html);
    expect([answer.headers.get('hx-replace-url'), answer.headers.get('vary')]).toEqual(['/messages?q=invoice', 'HX-Request']);
    expect(Number(answer.headers.get('relais-pace'))).toBeGreaterThanOrEqual(1_000);
  });

  it('is rendered once for all who look at the same, and anew for others and once something happened', async () => {
    const room = createRoom();
    await accept(room, { account: 'erp', subject: 'Of the ERP' });
    await accept(room, { account: 'payroll', subject: 'Of payroll' });
    let searches = 0;
    const { messages } = room.store;
    room.store.messages = (...asked) => {
      searches++;
      return messages.apply(room.store, asked);
    };
    const [first, second] = [await signedIn(room), await signedIn(room)];
    const html = await text(first('/messages', part));
    expect([await text(second('/messages', part)), searches]).toEqual([html, 1]);
    const restricted = await signedIn(room, await room.token('desk', { role: 'operator', accounts: ['erp'] }));
    expect(await text(restricted('/messages', part))).not.toContain('Of payroll');
    expect(await text(first('/messages?state=failed', part))).not.toContain('Of payroll');
  });

  it('sends a script whose session is over to the sign-in, instead of putting that into the page', async () => {
    const room = createRoom();
    const answer = await room.app.request('/messages', { headers: { host: 'localhost', 'hx-request': 'true' } });
    expect([answer.status, answer.headers.get('hx-redirect'), await answer.text()]).toEqual([401, '/sign-in', '']);
  });

  it('R56 refuses a crafted cursor', async () => {
    const room = createRoom();
    expect((await (await signedIn(room))('/messages?cursor=%00%ff', part)).status).toBe(400);
  });
});

describe('columns', () => {
  it('are as the reader chose, and the usual ones again', async () => {
    const room = createRoom();
    await accept(room, { references: { contact: 'C-17', tags: { run: '2026-02' } } });
    const get = await signedIn(room);
    expect(await text(get('/messages'))).not.toContain('C-17');
    const chosen = await get('/messages/columns?show=contact&show=tags&show=nonsense&next=/messages%3Fq%3Dinvoice');
    expect([chosen.status, chosen.headers.get('location')]).toEqual([303, '/messages?q=invoice']);
    const cookie = chosen.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toBe('relais_columns=contact.tags');
    const session = (
      await room.app.request('/sign-in', { method: 'POST', headers: { host: 'localhost' }, body: `token=${'local-token-of-this-machine'}` })
    ).headers
      .get('set-cookie')
      ?.split(';')[0];
    const html = await text(
      room.app.request('/messages', {
        headers: { host: 'localhost', accept: 'text/html', cookie: `${session}; ${cookie}` },
      }) as Promise<Response>,
    );
    expect(html).toContain('C-17');
    expect(html).toContain('run=2026-02');
    expect(html).not.toContain('class="c-account"');
    expect((await get('/messages/columns?standard=1')).headers.get('set-cookie')).toMatch(/^relais_columns=; Max-Age=0/);
    expect((await get('/messages/columns?show=size&next=//evil.example')).headers.get('location')).toBe('/');
  });
});

describe('views', () => {
  it('are kept under a name, lead back to their filters, and can be given up', async () => {
    const room = createRoom();
    const get = await signedIn(room);
    const post = await formSender(room);
    const kept = await post('/messages/views', { name: ' Failed invoices ', query: 'state=failed&q=invoice&nonsense=1' });
    expect([kept.status, kept.headers.get('location')]).toEqual([303, '/messages?q=invoice&state=failed']);
    expect(await text(get('/messages'))).toContain('<a href="/messages?q=invoice&amp;state=failed">Failed invoices</a>');
    const html = await text(get('/messages?q=invoice&state=failed'));
    expect(html).toContain('aria-current="page">Failed invoices</a>');
    const path = /action="(\/messages\/views\/[^"]+\/delete)"/.exec(html)?.[1] ?? '';
    expect((await post(path, {})).status).toBe(303);
    expect(await text(get('/messages'))).not.toContain('Failed invoices');
    expect((await post(path, {})).status).toBe(404);
  });

  it('are each person’s own; of the same name there is one', async () => {
    const room = createRoom();
    const post = await formSender(room);
    await post('/messages/views', { name: 'Mine', query: 'state=failed' });
    await post('/messages/views', { name: 'Mine', query: 'state=held' });
    expect((await room.store.views.list()).map(({ value }) => value.query)).toEqual(['state=held']);
    const other = await room.token('local', { role: 'viewer' });
    expect(await text((await signedIn(room, other))('/messages'))).not.toContain('Mine');
    const view = (await room.store.views.list())[0]?.name.split('/').at(-1);
    expect((await (await formSender(room, other))(`/messages/views/${view}/delete`, {})).status).toBe(404);
  });

  it('need a name and a filter, and are not without number', async () => {
    const room = createRoom();
    const post = await formSender(room);
    const unnamed = await post('/messages/views', { name: ' ', query: 'state=failed' });
    expect([unnamed.status, await unnamed.text()]).toEqual([400, expect.stringMatching(/id="view-fault"[^>]*>Give the view a name/)]);
    expect(await text(post('/messages/views', { name: 'All', query: '' }))).toContain('Filter something first');
    for (let i = 0; i < 50; i++) await post('/messages/views', { name: `View ${i}`, query: 'state=failed' });
    expect(await text(post('/messages/views', { name: 'One more', query: 'state=failed' }))).toContain('delete one first');
    expect((await post('/messages/views', { name: 'View 7', query: 'state=held' })).status).toBe(303);
  });
});

describe('acting on many', () => {
  it('says first what it would do and what it would not, and changes nothing by that', async () => {
    const room = createRoom();
    const gone = await failed(room, 'Gone');
    const waiting = await accept(room, { subject: 'Waiting' });
    const post = await formSender(room);
    const plan = await text(post('/messages/bulk', { action: 'delete', id: [gone, waiting, '01ARZ3NDEKTSV4RRFFQ69G5FAV'] }));
    for (const words of [
      '1 message will be erased',
      '1 message is still in the queue: refused, and kept',
      '1 message is no longer there',
      'This can not be undone',
    ])
      expect(plan).toContain(words);
    expect((await room.store.messages({}, { limit: 10 })).items).toHaveLength(2);
    const done = await text(post('/messages/bulk/apply', { action: 'delete', id: [gone, waiting] }));
    expect(done).toContain('1 message was erased');
    expect(done).toContain('1 message is still in the queue: refused, and kept');
    expect((await room.store.messages({}, { limit: 10 })).items.map(({ message }) => message.id)).toEqual([waiting]);
  });

  it.each([
    ['hold', '1 recipient in 1 message will be kept back', 'held'],
    ['cancel', '1 recipient in 1 message will be taken out of the queue', 'cancelled'],
    ['retry', '1 recipient in 1 message will be tried now', 'deferred'],
  ] as const)('%s', async (action, words, state) => {
    const room = createRoom();
    const id = await accept(room);
    await endAttempt(room, id, 0, { outcome: 'deferred', category: 'mailbox-full' });
    const other = await failed(room, 'Other');
    const post = await formSender(room);
    const plan = await text(post('/messages/bulk', { action, id: [id, other] }));
    expect(plan).toContain(words);
    expect(plan).toMatch(/In 1 message nothing waits/);
    await post('/messages/bulk/apply', { action, id: [id, other] });
    const record = await room.store.record(id);
    expect(record?.recipients[0]?.state).toBe(state);
    if (action === 'retry') expect(record?.recipients[0]?.nextAttemptAt).toBe(START);
  });

  it('sends again to those whom it did not reach, once', async () => {
    const room = createRoom();
    const id = await failed(room, 'Came back');
    const post = await formSender(room);
    expect(await text(post('/messages/bulk', { action: 'resend', id }))).toContain('1 message will be sent again, to 1 recipient');
    await post('/messages/bulk/apply', { action: 'resend', id });
    expect(room.submitter.requests.map(({ supersedes }) => supersedes)).toEqual([id]);
    expect(await text(post('/messages/bulk', { action: 'resend', id }))).toContain('1 message was sent again before');
  });

  it('all that match means those that were there when it was asked', async () => {
    const room = createRoom();
    const old = await failed(room, 'Invoice 1');
    const post = await formSender(room);
    room.advance(1_000);
    const plan = await text(post('/messages/bulk', { action: 'delete', all: '1', query: 'state=failed' }));
    expect(plan).toContain('1 message will be erased');
    const until = /name="until" value="(\d+)"/.exec(plan)?.[1] ?? '';
    room.advance(5_000);
    const late = await accept(room, { subject: 'Invoice 2', at: START + 4_000 });
    await endAttempt(room, late, 0, { outcome: 'failed' });
    await post('/messages/bulk/apply', { action: 'delete', all: '1', query: 'state=failed', until });
    expect([await room.store.record(old as never), (await room.store.record(late))?.message.id]).toEqual([undefined, late]);
  });

  it('does what takes long in parts, each of which tells how far it is', async () => {
    const room = createRoom();
    for (let i = 0; i < 450; i++) await failed(room, `Invoice ${i}`);
    const post = await formSender(room);
    const { erase } = room.store;
    room.store.erase = (request) => {
      room.advance(1_500);
      return erase.call(room.store, request);
    };
    const first = await text(post('/messages/bulk/apply', { action: 'delete', all: '1', query: 'state=failed' }));
    expect(first).toContain('400 messages were erased');
    const fields = Object.fromEntries(
      [...first.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]),
    );
    const { csrf: _, ...rest } = fields;
    expect(await text(post('/messages/bulk/apply', rest))).toContain('450 messages were erased');
    expect((await room.store.messages({}, { limit: 10 })).items).toEqual([]);
  });

  it('needs a selection: nothing is not everything', async () => {
    const room = createRoom();
    const id = await failed(room, 'Kept');
    const post = await formSender(room);
    for (const fields of [{}, { all: '1', query: '' }, { all: '1', query: 'nonsense=1' }, { all: '1', query: 'recipient=nobody' }]) {
      const answer = await post('/messages/bulk/apply', { action: 'delete', ...fields });
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('Select at least one message')]);
    }
    expect((await post('/messages/bulk', { action: 'explode', id })).status).toBe(400);
    expect(await room.store.record(id as never)).toBeDefined();
  });

  it('is offered and done for those who may, with the token of their session', async () => {
    const room = createRoom();
    const id = await failed(room, 'Kept');
    const viewer = await room.token('viewer', { role: 'viewer' });
    const operator = await room.token('operator', { role: 'operator' });
    expect(await text((await signedIn(room, viewer))('/messages'))).not.toMatch(/id="selection"|class="pick"/);
    const html = await text((await signedIn(room, operator))('/messages'));
    expect(html).toContain('value="resend"');
    expect(html).not.toContain('value="delete"');
    expect((await (await formSender(room, operator))('/messages/bulk', { action: 'delete', id })).status).toBe(403);
    expect((await (await formSender(room, viewer))('/messages/bulk/apply', { action: 'cancel', id })).status).toBe(403);
    expect((await (await formSender(room))('/messages/bulk/apply', { action: 'delete', id }, 'forged')).status).toBe(403);
    const restricted = await room.token('payroll', { role: 'admin', accounts: ['payroll'] });
    expect(await text((await formSender(room, restricted))('/messages/bulk', { action: 'delete', id }))).toContain(
      '1 message is no longer there',
    );
    expect(await room.store.record(id as never)).toBeDefined();
  });

  it('asks a script in its dialog', async () => {
    const room = createRoom();
    const id = await failed(room, 'Gone');
    const get = await signedIn(room);
    const csrf = /name="csrf" value="([^"]+)"/.exec(await text(get('/messages')))?.[1] ?? '';
    const answer = await get('/messages/bulk', {
      method: 'POST',
      body: new URLSearchParams({ csrf, action: 'delete', id }).toString(),
      ...part,
    });
    expect(await answer.text()).toMatch(/^<h2 id="dialog-title">Delete them\?/);
  });
});

describe('mail by template', () => {
  it('shows each template with what became of its mail, and leads to its messages', async () => {
    const room = createRoom();
    for (const template of ['invoice', 'invoice', 'reminder', null]) await accept(room, { references: { template } });
    const bounced = await accept(room, { references: { template: 'invoice' } });
    await endAttempt(room, bounced, 0, { outcome: 'failed' });
    const html = await text((await signedIn(room))('/messages/templates'));
    expect(html).toMatch(/href="\/messages\?template=invoice">invoice<\/a>[\s\S]*?>3<[\s\S]*?state=failed[^>]*>1</);
    expect(html.indexOf('>invoice<')).toBeLessThan(html.indexOf('>reminder<'));
    expect(html).toContain('(no template)');
    expect(html).toContain('aria-label="Waiting: 2, Failed: 1"');
  });

  it('says how to get there while no mail names one', async () => {
    const room = createRoom();
    await accept(room);
    expect(await text((await signedIn(room))('/messages/templates'))).toContain('X-Relais-Template');
  });
});
