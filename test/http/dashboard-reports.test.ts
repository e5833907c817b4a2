import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MailboxRun } from '../../src/domain/ports.ts';
import { NOTED } from '../../src/http/dashboard/report-words.ts';
import { formSender, signedIn, text } from './browser.ts';
import { candidate } from './fake-report-desk.ts';
import { accept, createRoom, endAttempt, type Room, report, reported, START } from './harness.ts';

/** As a page writes it. */
const words = (html: string): string =>
  html
    .replaceAll('&#39;', "'")
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the reports', () => {
  it('wait for a person in plain words, with the reason', async () => {
    const room = createRoom();
    await report(room);
    await report(room, { kind: 'none', recipients: [], reportingMta: null });
    await report(room, { originalMessageId: 'x@erp.example', trouble: 'its token is forged' });
    const html = words(await text((await signedIn(room))('/reports')));
    expect(html).toContain('mail.partner.example says: not delivered to ann@partner.example, the mailbox does not exist');
    expect(html).toContain('relais could not tell which message it means: it names the recipient, but not the message.');
    expect(html).toContain('A mail came in that could not be read as a report');
    expect(html).toContain('which message it means: the signature in its address is not genuine.');
  });

  it('are all shown beside, by kind, with the message they are about', async () => {
    const room = createRoom();
    const message = await accept(room);
    await report(room, { matched: candidate(message, 0, 1), trouble: null });
    await report(room, {
      kind: 'complaint',
      recipients: [reported({ action: 'complaint' }), reported({ address: 'bob@partner.example' })],
    });
    await report(room, { matched: candidate('01ARZ3NDEKTSV4RRFFQ69G5FAV' as never, 0), kind: 'auto-reply', recipients: [] });
    const get = await signedIn(room);
    const all = words(await text(get('/reports?list=all')));
    expect(all).toContain('About Invoice 2026-117');
    expect(all).toContain('ann@partner.example and 1 other marked the mail as spam');
    expect(all).toContain('This message is no longer recorded.');
    const complaints = words(await text(get('/reports?list=complaint')));
    expect([complaints.includes('marked the mail'), complaints.includes('About Invoice')]).toEqual([true, false]);
    expect(await text(get('/reports?list=delivered'))).toContain('No reports here');
  });

  it('say that nothing waits, and go on by pages', async () => {
    const room = createRoom();
    const get = await signedIn(room);
    expect(await text(get('/reports'))).toContain('Nothing to review');
    for (let i = 0; i < 51; i++) await report(room, { reportingMta: `mx${i}.example` });
    const first = await text(get('/reports'));
    expect([first.includes('mx50.example'), first.includes('mx0.example')]).toEqual([true, false]);
    const next = /rel="next" href="([^"]+)"|href="([^"]+)" rel="next"/.exec(first)?.slice(1).find(Boolean)?.replaceAll('&amp;', '&') ?? '';
    expect(await text(get(next))).toContain('mx0.example');
  });

  it('are counted in the navigation, for those who see them', async () => {
    const room = createRoom();
    const get = await signedIn(room);
    expect(await text(get('/'))).not.toContain('count-badge');
    for (let i = 0; i < 2; i++) await report(room);
    expect(await text(get('/'))).not.toContain('count-badge');
    room.advance(3_000);
    expect(await text(get('/'))).toContain('2 reports wait for review');
    for (let i = 0; i < 98; i++) await report(room);
    room.advance(3_000);
    expect(await text(get('/'))).toMatch(/>99\+<[\s\S]*More than 99 reports wait/);
    const narrow = await signedIn(room, await room.token('narrow', { role: 'operator', accounts: ['erp'] }));
    const html = await text(narrow('/reports'));
    expect(html).not.toMatch(/count-badge|list=review|mail\.partner\.example/);
  });
});

it('the reasons that are told apart are those that are written', () => {
  const written = readFileSync(new URL('../../src/relay/reports/correlate.ts', import.meta.url), 'utf8');
  for (const [pattern, why] of NOTED) expect([why, pattern.test(written)]).toEqual([why, true]);
});

describe('the page of a report', () => {
  async function linkable(room: Room) {
    const message = await accept(room, { to: ['bob@partner.example', 'ann@partner.example'] });
    await endAttempt(room, message, 1, { outcome: 'transferred' });
    const id = await report(room);
    room.desk.found.set(id, [candidate(message, 1, 3)]);
    return { message, id };
  }

  it('shows what was read, why it was not tied, and whom it may be about', async () => {
    const room = createRoom();
    const { message, id } = await linkable(room);
    const html = await text((await signedIn(room))(`/reports/${id}`));
    const shown = words(html);
    for (const said of [
      'it names the recipient, but not the message.',
      'Which message is it about?',
      'Invoice 2026-117',
      'to ann@partner.example',
      'Good: it quotes the Message-ID',
      'not delivered',
      '550 5.1.1 (for good)',
      'The address itself is dead.',
      '550 5.1.1 &lt;ann@partner.example&gt;: user unknown',
      'Note of relais it carries no token of ours',
      'No such mailbox',
    ]) {
      expect(shown).toContain(said);
    }
    expect(html).toContain(`name="message" value="${message}"`);
    expect(html).toContain(`href="/api/v1/reports/${id}/content"`);
  });

  it('links it on request, with the token of the session and not without', async () => {
    const room = createRoom();
    const { message, id } = await linkable(room);
    const send = await formSender(room);
    expect((await send(`/reports/${id}/link`, { message, index: '1' }, 'forged')).status).toBe(403);
    expect(room.desk.links).toEqual([]);
    const done = await send(`/reports/${id}/link`, { message, index: '1' });
    expect([done.status, done.headers.get('location')]).toEqual([303, `/reports/${id}`]);
    await send(`/reports/${id}/link`, { message, recipient: ' ann@partner.example ' });
    expect(room.desk.links).toEqual([1, 2].map(() => ({ report: id, message, index: 1, by: 'local' })));
  });

  it('says beside the field what is wrong, and keeps what was typed', async () => {
    const room = createRoom();
    const { message, id } = await linkable(room);
    const send = await formSender(room);
    const answer = await send(`/reports/${id}/link`, { message: 'invoice', recipient: '' });
    const html = await answer.text();
    expect([answer.status, html]).toEqual([404, expect.stringMatching(/value="invoice"[^>]*aria-invalid="true"/)]);
    expect(html).toContain('There is no message with that id.');
    expect(await text(send(`/reports/${id}/link`, { message: '' }))).toContain('Give the id of the message.');
    const other = await text(send(`/reports/${id}/link`, { message, recipient: 'eve@partner.example' }));
    expect(words(other)).toContain('It went to: bob@partner.example, ann@partner.example.');
    room.desk.refusal = 'says-nothing';
    expect(await text(send(`/reports/${id}/link`, { message, index: '1' }))).toContain('says nothing that could be applied');
  });

  it('tells whom it is tied to, how surely, and by whom', async () => {
    const room = createRoom();
    const message = await accept(room, { to: ['ann@partner.example', 'bob@partner.example'] });
    const matches = [candidate(message, 0, 1), { ...candidate(message, 1, 4), linked: { by: 'carla', at: START } }];
    const id = await report(room, { matched: matches[0] ?? null, matches, trouble: null });
    const get = await signedIn(room);
    const html = words(await text(get(`/reports/${id}`)));
    expect(html).toContain('Certain: it came to the signed return address');
    expect(html).toContain('Linked by hand by carla · 2026-02-01 12:00:00 UTC');
    expect(html).not.toMatch(/This one|Which message/);
  });

  it('is for those who may: no source without the right to contents, no button without that to act', async () => {
    const room = createRoom();
    const { id } = await linkable(room);
    const viewer = await signedIn(room, await room.token('viewer', { role: 'viewer' }));
    const html = await text(viewer(`/reports/${id}`));
    expect(html).toContain('ann@partner.example');
    expect(html).not.toMatch(/No such mailbox|\/content|This one|<form method="post" action="\/reports/);
    const narrow = await signedIn(room, await room.token('narrow', { role: 'operator', accounts: ['erp'] }));
    expect((await narrow(`/reports/${id}`)).status).toBe(404);
    const send = await formSender(room, await room.token('viewer', { role: 'viewer' }));
    expect((await send(`/reports/${id}/link`, { message: 'x' })).status).toBe(403);
  });

  it('R51 shows nothing of a report but as text', async () => {
    const room = createRoom();
    const evil = '"><script>alert(1)</script>\x1b[2J';
    const id = await report(room, {
      subject: evil,
      reportingMta: evil,
      originalMessageId: evil,
      trouble: evil,
      source: evil,
      recipients: [reported({ address: evil, diagnostic: evil, status: evil as never })],
      raw: `${evil}\0`,
    });
    const get = await signedIn(room);
    for (const path of ['/reports', `/reports/${id}`]) {
      const html = await text(get(path));
      expect(html).toContain('&lt;script&gt;');
      expect(html).not.toMatch(/<script>|\x00/);
    }
  });
});

describe('the page of a message', () => {
  it('says of each report how it was tied', async () => {
    const room = createRoom();
    const message = await accept(room);
    await endAttempt(room, message, 0, { outcome: 'transferred' });
    const id = await report(room, { matched: candidate(message, 0, 2), trouble: null });
    await room.store.apply(
      [
        {
          message,
          index: 0,
          evidence: {
            kind: 'report',
            report: id,
            action: 'failed',
            rank: 2,
            category: 'mailbox-unknown',
            status: null,
            reply: null,
            addressInvalid: true,
          },
        },
      ],
      START + 9_000,
    );
    const html = await text((await signedIn(room))(`/messages/${message}`));
    expect(words(html)).toContain('Strong: it carries the envelope id of this message');
    expect(html).toContain(`href="/reports/${id}"`);
  });
});

describe('the page of a message of which somebody complained', () => {
  it('says so beside the state, which stays', async () => {
    const room = createRoom();
    const message = await accept(room);
    await endAttempt(room, message, 0, { outcome: 'transferred' });
    const said = { action: 'complaint', category: 'spam', status: null, reply: null, addressInvalid: false } as const;
    const id = await report(room, {
      kind: 'complaint',
      matched: candidate(message, 0, 1),
      recipients: [reported({ action: 'complaint' })],
    });
    await room.store.apply([{ message, index: 0, evidence: { kind: 'report', report: id, rank: 1, ...said } }], START + 9_000);
    const html = words(await text((await signedIn(room))(`/messages/${message}`)));
    expect(html).toContain('only a report can tell. The recipient marked it as spam.');
  });
});

describe('the mailboxes', () => {
  const run: MailboxRun = { startedAt: START - 90_000, endedAt: START - 60_000, taken: 3, repeated: 1, unmatched: 2, error: null };

  it('tell when each was read, what it held, and what went wrong', async () => {
    const room = createRoom();
    const get = await signedIn(room);
    expect(await text(get('/reports'))).toContain('relais reads no mailbox.');
    room.desk.mailboxes = [
      { name: 'bounces', folder: 'INBOX', state: 'connected', nextRunAt: null, lastRun: run },
      {
        name: 'sales',
        folder: 'Returns',
        state: 'failing',
        nextRunAt: START + 300_000,
        lastRun: { ...run, taken: 0, repeated: 0, unmatched: 0, error: 'the password was refused' },
      },
      { name: 'new', folder: 'INBOX', state: 'waiting', nextRunAt: START, lastRun: null },
    ];
    const html = words(await text(get('/reports')));
    expect(html).toContain('Last read 1 minute ago : 3 reports taken, 1 known before, 2 to review');
    // Nothing is said to be new or not where nothing was read.
    expect(html).toContain('Last tried 1 minute ago It could not be read: the password was refused');
    expect(html).toContain('Next time in 5 minutes');
    expect(html).toContain('Not read yet');
    const viewer = await signedIn(room, await room.token('viewer', { role: 'viewer' }));
    expect(await text(viewer('/reports'))).not.toMatch(/bounces|Synchronise/);
  });

  it('are read on request, by those who may', async () => {
    const room = createRoom();
    const send = await formSender(room);
    const answer = await send('/reports/sync', {});
    expect([answer.status, answer.headers.get('location'), room.desk.collections]).toEqual([303, '/reports#mailboxes', 1]);
    const viewer = await formSender(room, await room.token('viewer', { role: 'viewer' }));
    expect((await viewer('/reports/sync', {})).status).toBe(403);
    room.desk.ended = Promise.reject(new Error('no network'));
    expect((await send('/reports/sync', {})).status).toBe(303);
    expect(room.log.lines).toContain('error the mailboxes could not be read');
  });
});

describe('the language', () => {
  it('is what the browser asks for, until one is chosen', async () => {
    const room = createRoom();
    const page = async (headers: Record<string, string>): Promise<string | undefined> =>
      /<html lang="(\w+)"/.exec(await text(room.app.request('/sign-in', { headers: { host: 'localhost', ...headers } })))?.[1];
    expect(await page({})).toBe('en');
    expect(await page({ 'accept-language': 'de-AT,de;q=0.9,en;q=0.8' })).toBe('de');
    expect(await page({ 'accept-language': 'es, en;q=0.5, nl;q=0.7' })).toBe('nl');
    expect(await page({ 'accept-language': 'fr;q=0, es' })).toBe('en');
    const chosen = await room.app.request('/language/fr?next=//evil.example', { headers: { host: 'localhost' } });
    expect([chosen.status, chosen.headers.get('location')]).toEqual([303, '/']);
    expect(await page({ 'accept-language': 'de', cookie: chosen.headers.get('set-cookie')?.split(';')[0] ?? '' })).toBe('fr');
    expect((await room.app.request('/language/xx', { headers: { host: 'localhost' } })).status).toBe(404);
  });

  it.each(['en', 'fr', 'nl', 'de'])('every page has its words in %s', async (language) => {
    const room = createRoom();
    const message = await accept(room, { to: ['ann@partner.example', 'bob@partner.example'] });
    await endAttempt(room, message, 0, { outcome: 'failed', category: 'mailbox-unknown' });
    const id = await report(room);
    const sent = await signedIn(room);
    for (const path of [
      '/',
      `/messages/${message}`,
      '/queue',
      '/reports',
      '/reports?list=all',
      `/reports/${id}`,
      '/suppressions',
      '/docs',
    ]) {
      const html = await text(sent(path, { headers: { 'accept-language': language } }));
      expect(html).toContain(`<html lang="${language}"`);
      expect(html).not.toMatch(/undefined|\[object|NaN/);
    }
  });
});
