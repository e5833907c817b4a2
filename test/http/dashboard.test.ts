import { describe, expect, it } from 'vitest';
import type { NextHopStatus } from '../../src/domain/ports.ts';
import { formSender, signedIn, text } from './browser.ts';
import { accept, createRoom, endAttempt, nextHop, type Room, START } from './harness.ts';

describe('pages', () => {
  it('are whole documents under a policy that runs and loads nothing but our own files', async () => {
    const room = createRoom();
    const id = await accept(room);
    const get = await signedIn(room);
    for (const path of ['/', '/messages', `/messages/${id}`, '/queue', '/suppressions', '/docs', '/sign-in/link?key=x', '/messages/x']) {
      const answer = await get(path);
      const html = await answer.text();
      expect(html).toMatch(/^<!DOCTYPE html><html lang="en"/);
      expect(html).not.toMatch(/<style|<script(?! src="\/assets\/)| style=| on\w+="|javascript:/);
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
      for (const [, asset] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
        const file = await room.app.request(asset ?? '');
        expect([asset, file.status, file.headers.get('cache-control')]).toEqual([asset, 200, 'public, max-age=31536000, immutable']);
      }
    }
  });

  it('R51 everything from mail is text and nothing more', async () => {
    const room = createRoom();
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
    const id = await accept(room, {
      subject: evil,
      account: evil,
      messageId: evil,
      references: { document: evil, template: evil, contact: evil, tags: { [evil]: evil } },
    });
    await endAttempt(room, id, 0, { outcome: 'failed', text: evil });
    const paused = { at: START, by: evil };
    room.hops.splice(0, 1, nextHop(evil, { lastError: evil, state: 'paused', waiting: 1, paused }) satisfies NextHopStatus);
    const address = '"<script>alert(1)</script>"@partner.example';
    await room.store.suppressions.put(address, { address, reason: 'manual', note: evil, by: evil, at: START, until: null, message: null });
    const get = await signedIn(room);
    for (const path of [
      '/',
      '/messages',
      `/messages/${id}`,
      '/queue',
      '/suppressions',
      `/suppressions?q=${encodeURIComponent(evil)}`,
      `/messages?q=${encodeURIComponent(evil)}&document=${encodeURIComponent(evil)}`,
    ]) {
      const html = await text(get(path));
      expect(html).toContain('&lt;script&gt;alert(1)');
      expect(html).not.toMatch(/<script>|<img src=x|"><script/);
    }
  });

  it('need a session: without one, the way to the sign-in', async () => {
    const room = createRoom();
    const answer = await room.app.request('/messages/01ARZ3NDEKTSV4RRFFQ69G5FAV', { headers: { host: 'localhost' } });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in?next=%2Fmessages%2F01ARZ3NDEKTSV4RRFFQ69G5FAV']);
  });

  it('a missing message is a page that says so, with the status to match', async () => {
    const get = await signedIn(createRoom());
    const answer = await get('/messages/01ARZ3NDEKTSV4RRFFQ69G5FAV');
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('There is nothing here')]);
  });
});

describe('the register page', () => {
  it('says what to do while there is no mail, and what was filtered away', async () => {
    const get = await signedIn(createRoom());
    expect(await text(get('/messages'))).toContain('npx relais send-test --to');
    expect(await text(get('/messages?document=none'))).toContain('No message fits these filters');
  });

  it('shows state, recipient and why at a glance, with the exact time in reach', async () => {
    const room = createRoom();
    const id = await accept(room, { to: ['ann@partner.example', 'bob@partner.example'], at: START - 3 * 60_000 });
    await endAttempt(room, id, 1, { outcome: 'failed', category: 'mailbox-unknown' });
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    const html = await text((await signedIn(room))('/messages'));
    expect(html).toContain('>Partly failed</span>');
    expect(html).toContain('bob@partner.example and 1 other');
    expect(html).toContain('1 of 2 failed');
    expect(html).toMatch(/<time datetime="2026-02-01T11:57:00.000Z" title="2026-02-01 11:57:00 UTC"[^>]*>3 minutes ago<\/time>/);
  });

  it('keeps its filters in the address, says beside a field what is wrong, and takes the day as a whole', async () => {
    const room = createRoom();
    await accept(room, { subject: 'First' });
    const get = await signedIn(room);
    const html = await text(get('/messages?recipient=nobody'));
    expect(html).toMatch(/aria-describedby="filter-recipient-fault"/);
    expect(html).toContain('not a mail address');
    expect(await text(get('/messages?to=2026-02-01'))).toContain('First');
    expect(await text(get('/messages?to=2026-01-31'))).not.toContain('First');
    const tidy = await get('/messages?q=first&recipient=&document=&state=failed');
    expect([tidy.status, tidy.headers.get('location')]).toEqual([303, '/messages?q=first&state=failed']);
  });

  it('goes through older pages by cursor', async () => {
    const room = createRoom();
    for (let i = 0; i < 60; i++) await accept(room, { subject: `Mail ${i}.` });
    const get = await signedIn(room);
    const first = await text(get('/messages'));
    const older = /rel="next" href="([^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(first).toContain('Mail 59.');
    expect(first).not.toContain('Mail 9.');
    const second = await text(get(older));
    expect(second).toContain('Mail 9.');
    expect(second).toContain('Back to the newest');
    expect((await get('/messages?cursor=nonsense')).status).toBe(400);
  });

  it('shows the queue to those who may act on it', async () => {
    const room = createRoom();
    expect(await text((await signedIn(room))('/'))).toContain('smtp.provider.example:587');
    const viewer = await room.token('viewer', { role: 'viewer' });
    expect(await text((await signedIn(room, viewer))('/'))).not.toContain('smtp.provider.example:587');
  });

  it('is refused to a caller who may not read messages', async () => {
    const room = createRoom();
    const token = await room.token('t', { permissions: ['changes:read'] });
    expect((await (await signedIn(room, token))('/')).status).toBe(403);
  });
});

describe('the message page', () => {
  it('tells in plain words how each recipient stands, why, and what comes next', async () => {
    const room = createRoom();
    const id = await accept(room, { to: ['ann@partner.example', 'bob@partner.example', 'carol@partner.example'] });
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    await endAttempt(room, id, 1, { outcome: 'deferred', category: 'mailbox-full', text: 'mailbox full' });
    await endAttempt(room, id, 2, { outcome: 'failed', category: 'mailbox-unknown', text: 'no such user' });
    const html = await text((await signedIn(room))(`/messages/${id}`));
    for (const words of [
      'Our provider accepted it. Whether it reached the mailbox, only a report can tell.',
      'Not delivered yet: the mailbox is full.',
      'Refused: the mailbox does not exist.',
      'How sure: <b>accepted by our provider</b>',
      'Accepted by our provider, smtp.provider.example:587',
      'Put off: the mailbox is full',
      'It is tried again at ',
      'in 10 minutes',
      'TLSv1.3, certificate verified',
      'no such user',
    ]) {
      expect(html).toContain(words);
    }
    expect(html).not.toContain('>Delivered</span>');
  });

  it('offers what can be done, to those who may', async () => {
    const room = createRoom();
    const id = await accept(room);
    const html = await text((await signedIn(room))(`/messages/${id}`));
    for (const action of ['retry', 'hold', 'cancel']) expect(html).toContain(`action="/messages/${id}/${action}"`);
    expect(html).toContain(`/api/v1/messages/${id}/content`);
    const viewer = await room.token('viewer', { role: 'viewer' });
    const narrow = await text((await signedIn(room, viewer))(`/messages/${id}`));
    expect(narrow).not.toMatch(/method="post" action="\/messages|\/content"/);
  });

  it('folds many recipients, those that failed first', async () => {
    const room = createRoom();
    const to = Array.from({ length: 250 }, (_, i) => `r${i}@partner.example`);
    const id = await accept(room, { to });
    await endAttempt(room, id, 249, { outcome: 'failed' });
    const html = await text((await signedIn(room))(`/messages/${id}`));
    expect(html.indexOf('r249@')).toBeLessThan(html.indexOf('r0@'));
    expect(html).toContain('50 more recipients are not shown here');
  });
});

describe('R55 forms', () => {
  it('without the token of the session change nothing, whoever sends them', async () => {
    const room = createRoom();
    const id = await accept(room);
    const post = await formSender(room);
    for (const path of [
      `/messages/${id}/cancel`,
      `/messages/${id}/resend`,
      '/queue/pause',
      '/suppressions/add',
      '/suppressions/lift',
      '/suppressions/resend',
    ]) {
      const fields = {
        nextHop: 'smtp.provider.example:587',
        address: 'ann@partner.example',
        index: '0',
        'address.0': 'ann@partner.example',
      };
      expect([path, (await post(path, fields, 'forged')).status]).toEqual([path, 403]);
    }
    expect(room.hops[0]?.state).toBe('active');
    expect(await room.store.suppressions.list()).toEqual([]);
    expect(room.submitter.requests).toEqual([]);
  });

  it('are for those who may', async () => {
    const room = createRoom();
    const id = await accept(room);
    const viewer = await room.token('viewer', { role: 'viewer' });
    const narrow = await room.token('narrow', { role: 'operator', accounts: ['payroll'] });
    for (const [token, own] of [
      [viewer, 403],
      [narrow, 404],
    ] as const) {
      const post = await formSender(room, token);
      const get = await signedIn(room, token);
      expect((await post(`/messages/${id}/resend`, { index: '0' })).status).toBe(own);
      expect((await post('/queue/pause', { nextHop: 'smtp.provider.example:587' })).status).toBe(403);
      expect((await post('/suppressions/add', { address: 'ann@partner.example' })).status).toBe(403);
      expect([(await get('/queue')).status, (await get('/suppressions')).status]).toEqual([403, 403]);
      expect(await text(get('/docs'))).not.toMatch(/href="\/(?:queue|suppressions)"/);
    }
    expect((await room.app.request('/queue', { headers: { host: 'localhost' } })).headers.get('location')).toBe('/sign-in?next=%2Fqueue');
  });
});

describe('sending a message again from its page', () => {
  async function failed(room: Room): Promise<string> {
    const id = await accept(room, { to: ['old@partner.example', 'bob@partner.example'] });
    await endAttempt(room, id, 0, { outcome: 'failed', category: 'mailbox-unknown' });
    await endAttempt(room, id, 1, { outcome: 'transferred' });
    return id;
  }

  it('offers those whom it did not reach, corrects an address, and goes to the new message', async () => {
    const room = createRoom();
    const id = await failed(room);
    const html = await text((await signedIn(room))(`/messages/${id}`));
    expect(html).toMatch(/name="index" value="0" checked/);
    expect(html).toMatch(/name="index" value="1"(?! checked)/);
    const post = await formSender(room);
    const fields = { key: 'k', index: '0', 'address.0': 'new@partner.example', 'address.1': 'bob@partner.example', rewriteTo: 'on' };
    const answers = [await post(`/messages/${id}/resend`, fields), await post(`/messages/${id}/resend`, fields)];
    const [first, second] = answers.map((answer) => answer.headers.get('location'));
    // A double click makes one message.
    expect([answers[0]?.status, first]).toEqual([303, second]);
    expect(room.store.events.filter(({ type }) => type === 'message.resent')).toHaveLength(1);
    expect(room.submitter.requests[0]?.envelope.recipients).toMatchObject([{ address: 'new@partner.example' }]);
    const get = await signedIn(room);
    expect(await text(get(first ?? ''))).toContain(`href="/messages/${id}"`);
    const old = await text(get(`/messages/${id}`));
    expect(old).toContain(`href="${first}"`);
    expect(old).toContain('This message was sent again before.');
    await post(`/messages/${id}/resend`, { ...fields, 'address.0': 'other@partner.example' });
    expect(room.store.events.filter(({ type }) => type === 'message.resent')).toHaveLength(2);
  });

  it('says on the page what is wrong, and keeps what was typed', async () => {
    const room = createRoom();
    const id = await failed(room);
    const post = await formSender(room);
    const wrong = await post(`/messages/${id}/resend`, { index: '0', 'address.0': 'new@@', 'address.1': 'x' });
    const html = await wrong.text();
    expect([wrong.status, html]).toEqual([400, expect.stringContaining('&quot;new@@&quot; is not a mail address.')]);
    expect(html).toMatch(/<details class="menu" open[^>]*><summary class="button">Send again/);
    expect(html).toContain('value="new@@"');
    expect(await text(post(`/messages/${id}/resend`, {}))).toContain('Choose at least one recipient.');
    room.submitter.refusal = { code: 452, status: '4.3.1' as never, text: 'the queue is full' };
    const full = await post(`/messages/${id}/resend`, { index: '0' });
    expect([full.status, await full.text()]).toEqual([507, expect.stringContaining('the queue is full')]);
  });

  it('is not offered while all of it is in the queue, or when the bytes are gone', async () => {
    const room = createRoom();
    const waiting = await accept(room);
    const id = await failed(room);
    const get = await signedIn(room);
    expect(await text(get(`/messages/${waiting}`))).not.toContain('/resend"');
    await room.store.cleanup({ contentBefore: START + 10_000, recordsBefore: 0, now: START + 10_000 });
    expect(await text(get(`/messages/${id}`))).not.toContain('/resend"');
  });

  it('what is to be sent later says when, and is sent now on request', async () => {
    const room = createRoom();
    const sent = await room.post('/api/v1/messages', { from: 'a@example.com', to: 'b@example.com', sendAt: '2026-02-03T08:00:00Z' });
    const { id } = (await sent.json()) as { id: string };
    const html = await text((await signedIn(room))(`/messages/${id}`));
    for (const words of ['Waits for the time at which it is to be sent.', '2026-02-03 08:00:00 UTC', 'Send now', 'in 2 days'])
      expect(html).toContain(words);
    await (await formSender(room))(`/messages/${id}/retry`, {});
    expect(await text((await signedIn(room))(`/messages/${id}`))).toContain('Waits for its first attempt.');
  });
});

describe('the queue page', () => {
  it('shows each next hop, what is wrong with it, and pauses, resumes and flushes it', async () => {
    const room = createRoom();
    room.hops.push(
      nextHop('down.example:25', { state: 'blocked', waiting: 3, blockedUntil: START + 600_000, lastError: 'connection refused' }),
    );
    const get = await signedIn(room);
    const html = await text(get('/queue'));
    expect(html.indexOf('down.example:25')).toBeLessThan(html.indexOf('smtp.provider.example:587'));
    for (const words of ['connection refused', 'It is tried again', 'in 10 minutes', '3 recipients wait', 'next try due now'])
      expect(html).toContain(words);
    const post = await formSender(room);
    const paused = await post('/queue/pause', { nextHop: 'smtp.provider.example:587' });
    expect([paused.status, paused.headers.get('location'), room.hops[0]?.state]).toEqual([303, '/queue', 'paused']);
    await post('/queue/resume', { nextHop: 'smtp.provider.example:587' });
    expect(room.hops[0]?.state).toBe('active');
    expect((await post('/queue/flush', { nextHop: 'nobody' })).status).toBe(404);
  });
});

describe('the page of suppressed addresses', () => {
  it('adds one, finds it, lifts it, and sends what it kept back', async () => {
    const room = createRoom();
    const get = await signedIn(room);
    expect(await text(get('/suppressions'))).toContain('No address is suppressed');
    const post = await formSender(room);
    await post('/suppressions/add', { address: 'Ann@Partner.example', note: 'asked us to stop', until: '2026-02-01' });
    expect(await room.store.suppressions.get('ann@partner.example')).toMatchObject({
      note: 'asked us to stop',
      by: 'local',
      until: Date.parse('2026-02-02'),
    });
    expect(await text(get('/suppressions?q=ann'))).toContain('asked us to stop');
    expect(await text(get('/suppressions?q=bob'))).toContain('Nothing matches');
    const id = await accept(room, { subject: 'Kept back' });
    await room.store.claim({ message: id, indexes: [0], nextHop: 'x', leaseUntil: START + 1, retryAt: START + 1, now: START });
    const lifted = await text(post('/suppressions/lift', { address: 'ann@partner.example' }));
    for (const words of ['Mail is sent to ann@partner.example again', '1 message was not sent', 'Kept back', 'Send it now'])
      expect(lifted).toContain(words);
    const sent = await post('/suppressions/resend', { address: 'ann@partner.example' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/messages?recipient=ann%40partner.example']);
    expect(room.submitter.requests[0]?.supersedes).toBe(id);
    expect((await post('/suppressions/lift', { address: 'ann@partner.example' })).status).toBe(404);
  });

  it('says what is wrong beside what was typed', async () => {
    const room = createRoom();
    const post = await formSender(room);
    const wrong = await post('/suppressions/add', { address: 'nobody', note: 'a note' });
    const html = await wrong.text();
    expect([wrong.status, html]).toEqual([400, expect.stringContaining('That is not a mail address.')]);
    expect(html).toContain('value="a note"');
    expect(await text(post('/suppressions/add', { address: 'a@x.example', until: '2020-01-01' }))).toContain('That day has passed.');
    expect(await room.store.suppressions.list()).toEqual([]);
  });

  it('goes on by pages', async () => {
    const room = createRoom();
    for (let i = 10; i < 70; i++) {
      const address = `a${i}@partner.example`;
      await room.store.suppressions.put(address, {
        address,
        reason: 'bounce',
        note: null,
        by: null,
        at: START,
        until: null,
        message: null,
      });
    }
    const get = await signedIn(room);
    const first = await text(get('/suppressions'));
    const more = /rel="next" href="([^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await text(get(more));
    expect([first.includes('a59@'), first.includes('a60@'), second.includes('a60@'), second.includes('Back to the start')]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});

it.each([
  ['en', 'You lack a permission for this: Users, tokens, sessions.'],
  ['fr', 'Il vous manque une autorisation pour cela'],
  ['nl', 'Daarvoor ontbreekt u een recht'],
  ['de', 'Dafür fehlt Ihnen ein Recht'],
])('who may not see a page is told what is missing, in their language: %s', async (language, said) => {
  const room = createRoom();
  const get = await signedIn(room, await room.token('desk', { role: 'viewer' }));
  const answer = await get('/settings/users', { headers: { 'accept-language': language } });
  expect(answer.status).toBe(403);
  expect(await text(answer)).toContain(said);
});
