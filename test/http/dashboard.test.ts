import { describe, expect, it } from 'vitest';
import type { NextHopStatus } from '../../src/domain/ports.ts';
import { accept, createRoom, endAttempt, LOCAL_TOKEN, nextHop, type Room, START } from './harness.ts';

async function signedIn(room: Room, token = LOCAL_TOKEN): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const answer = await room.app.request('/sign-in', {
    method: 'POST',
    headers: { host: 'localhost' },
    body: new URLSearchParams({ token }).toString(),
  });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return (path, init = {}) =>
    Promise.resolve(room.app.request(path, { ...init, headers: { host: 'localhost', accept: 'text/html', cookie } }));
}

const text = async (answer: Response | Promise<Response>): Promise<string> => (await answer).text();

describe('pages', () => {
  it('are whole documents under a policy that runs and loads nothing but our own files', async () => {
    const room = createRoom();
    const id = await accept(room);
    const get = await signedIn(room);
    for (const path of ['/', `/messages/${id}`, '/docs', '/sign-in/link?key=x', '/messages/x']) {
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
    room.hops.splice(0, 1, nextHop(evil, { lastError: evil }) satisfies NextHopStatus);
    const get = await signedIn(room);
    for (const path of ['/', `/messages/${id}`, `/?q=${encodeURIComponent(evil)}&document=${encodeURIComponent(evil)}`]) {
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
    expect(await text(get('/'))).toContain('npx relais send-test --to');
    expect(await text(get('/?document=none'))).toContain('No message fits these filters');
  });

  it('shows state, recipient and why at a glance, with the exact time in reach', async () => {
    const room = createRoom();
    const id = await accept(room, { to: ['ann@partner.example', 'bob@partner.example'], at: START - 3 * 60_000 });
    await endAttempt(room, id, 1, { outcome: 'failed', category: 'mailbox-unknown' });
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    const html = await text((await signedIn(room))('/'));
    expect(html).toContain('>Partly failed</span>');
    expect(html).toContain('bob@partner.example and 1 other');
    expect(html).toContain('1 of 2 failed');
    expect(html).toMatch(/<time datetime="2026-02-01T11:57:00.000Z" title="2026-02-01 11:57:00 UTC"[^>]*>3 minutes ago<\/time>/);
  });

  it('keeps its filters in the address, says beside a field what is wrong, and takes the day as a whole', async () => {
    const room = createRoom();
    await accept(room, { subject: 'First' });
    const get = await signedIn(room);
    const html = await text(get('/?recipient=nobody'));
    expect(html).toMatch(/aria-describedby="filter-recipient-fault"/);
    expect(html).toContain('not a mail address');
    expect(await text(get('/?to=2026-02-01'))).toContain('First');
    expect(await text(get('/?to=2026-01-31'))).not.toContain('First');
    const tidy = await get('/?q=first&recipient=&document=&state=failed');
    expect([tidy.status, tidy.headers.get('location')]).toEqual([303, '/?q=first&state=failed']);
  });

  it('goes through older pages by cursor', async () => {
    const room = createRoom();
    for (let i = 0; i < 60; i++) await accept(room, { subject: `Mail ${i}.` });
    const get = await signedIn(room);
    const first = await text(get('/'));
    const older = /rel="next" href="([^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(first).toContain('Mail 59.');
    expect(first).not.toContain('Mail 9.');
    const second = await text(get(older));
    expect(second).toContain('Mail 9.');
    expect(second).toContain('Back to the newest');
    expect((await get('/?cursor=nonsense')).status).toBe(400);
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
      'Evidence: accepted by our provider',
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
