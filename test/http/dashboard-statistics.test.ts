import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, delayWithin, figuresOf } from '../../src/http/dashboard/statistics-figures.ts';
import type { GroupRow } from '../../src/http/statistics.ts';
import { signedIn, text } from './browser.ts';
import { accept, createRoom, endAttempt, type Room, START } from './harness.ts';

const TODAY = START - (START % DAY);

describe('the figures', () => {
  const row = (at: number, group: string | null, states: GroupRow['states']): GroupRow => ({ at, group, states });
  const none = { accounts: [], sources: [], templates: [], reasons: [], hops: [], delays: [] };

  it('tell the period from as many days before, and what bounced from what was refused', () => {
    const accounts = [
      row(TODAY - 7 * DAY, 'erp', { transferred: 8, failed: 2 }),
      row(TODAY - 6 * DAY, 'erp', { transferred: 3, queued: 1 }),
      row(TODAY, 'erp', { failed: 3, delivered: 1, suppressed: 1 }),
      row(TODAY, 'hr', { transferred: 5 }),
    ];
    const sources = [row(TODAY, 'report', { failed: 2 }), row(TODAY, 'attempt', { failed: 1 })];
    const { now, before, byDay, accounts: groups } = figuresOf({ ...none, accounts, sources }, TODAY, 7);
    expect(now).toEqual({ all: 14, delivered: 1, transferred: 8, waiting: 1, failed: 2, bounced: 2, cancelled: 0 });
    expect(before).toMatchObject({ all: 10, failed: 2, bounced: 0 });
    expect(byDay.map(({ totals }) => totals.all)).toEqual([4, 0, 0, 0, 0, 0, 10]);
    expect(groups.map(({ group, outcomes }) => [group, outcomes.all])).toEqual([
      ['erp', 9],
      ['hr', 5],
    ]);
  });

  it('put those without a name, and all others, behind the rest', () => {
    const templates = [
      row(TODAY, null, { queued: 50 }),
      row(TODAY, '', { queued: 9 }),
      row(TODAY, 'a', { queued: 1 }),
      row(TODAY, 'b', { queued: 2 }),
    ];
    expect(figuresOf({ ...none, templates }, TODAY, 7).templates.map(({ group }) => group)).toEqual(['b', 'a', '', null]);
  });

  it('say within which time half, and nearly all, was transferred', () => {
    const delays = [row(TODAY, '1s', { transferred: 50 }), row(TODAY, '1m', { transferred: 45 }), row(TODAY, 'longer', { transferred: 5 })];
    const figures = figuresOf({ ...none, delays }, TODAY, 7).delays;
    expect([delayWithin(figures, 0.5), delayWithin(figures, 0.95), delayWithin(figures, 1)]).toEqual(['1s', '1m', 'longer']);
    expect(delayWithin(figuresOf(none, TODAY, 7).delays, 0.5)).toBeUndefined();
  });
});

describe('the page of statistics', () => {
  let room: Room;
  beforeEach(async () => {
    room = createRoom();
    const id = await accept(room, { to: ['a@one.example', 'b@one.example', 'c@one.example'], references: { template: 'invoice <b>' } });
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    await endAttempt(room, id, 1, { outcome: 'failed', category: 'mailbox-full' });
    await accept(room, { account: 'payroll', at: START - 20 * DAY });
  });
  /** As it is read. */
  const words = async (answer: Promise<Response>): Promise<string> =>
    (await text(answer))
      .replace(/^.*<main/s, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ');

  it('shows them without scripts: as figures, bars and tables', async () => {
    const get = await signedIn(room);
    const html = await text(get('/statistics?days=7'));
    expect(html).toContain('href="/messages?template=invoice+%3Cb%3E&amp;from=2026-01-26"');
    expect(html).toContain('href="/messages?from=2026-02-01&amp;to=2026-02-01"');
    expect(html).toContain('data-series="failed" data-count="1"');
    const read = await words(get('/statistics?days=7'));
    expect(read).toContain('Recipients 3 Transferred 33% 1 Failed 33% 1 Bounced later 0% 0 Half transferred within 1 sec 95% within 1 sec');
    expect(read).toContain('invoice &lt;b&gt; 33% failed 3');
    expect(read).toContain('the mailbox is full 100% 1');
    expect(read).toContain('smtp.provider.example:587 1 0 1');
    expect(read).toContain('1 Feb 3 1 1 1 31 Jan 0');
    expect(read).not.toContain('payroll');
    expect(await words(get('/statistics?days=9'))).toContain('payroll 1');
  });

  it('says in each language that there was no mail, and narrows to an account', async () => {
    const get = await signedIn(room);
    const shown = (language: string) => words(get('/statistics?account=nobody', { headers: { 'accept-language': language } }));
    expect(await shown('en')).toContain('No mail in these days');
    expect(await shown('fr')).toContain('Aucun courrier ces jours-là');
    expect(await shown('nl')).toContain('Geen mail in deze dagen');
    expect(await shown('de')).toContain('Keine Mail in diesen Tagen');
    const payroll = await text(get('/statistics?account=payroll&days=90'));
    expect([payroll.includes('Account: payroll'), payroll.includes('invoice')]).toEqual([true, false]);
  });

  it('counts for whoever sees one account that account alone, whatever they ask for', async () => {
    const get = await signedIn(room, await room.token('narrow', { accounts: ['payroll'] }));
    const own = await words(get('/statistics'));
    expect([own.includes('payroll 1'), own.includes('invoice')]).toEqual([true, false]);
    expect(await words(get('/statistics?account=erp'))).toContain('No mail in these days');
    const nothing = await signedIn(room, await room.token('nothing', { permissions: ['changes:read'] }));
    expect((await nothing('/statistics')).status).toBe(403);
  });
});
