import { describe, expect, it } from 'vitest';
import { NOTHING_CLEANED } from '../../src/domain/cleanup.ts';
import { CLEAN_UP_WORDS } from '../../src/http/dashboard/languages/clean-up.ts';
import { formSender, signedIn, text } from './browser.ts';
import { accept, createRoom, endAttempt, START } from './harness.ts';

const PATH = '/settings/clean-up';
const words = (html: string): string =>
  html
    .replaceAll('&#39;', "'")
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the page of the clean-up', () => {
  it('says what is kept for how long, when the next run is, and what the last ones took', async () => {
    const room = createRoom();
    const run = {
      startedAt: START,
      endedAt: START + 95_000,
      by: null,
      counts: { ...NOTHING_CLEANED, contents: 1200, records: 1, octets: 2_097_152 },
    };
    await room.store.cleanupRuns.put(String(START).padStart(15, '0'), { ...run, error: null });
    await room.store.cleanupRuns.put(String(START + 1).padStart(15, '0'), {
      ...run,
      startedAt: START + 1,
      by: 'eva',
      error: '<script>EIO',
    });
    const html = await text((await signedIn(room))(PATH));
    expect(html).not.toContain('<script>EIO');
    expect(html).toContain(`<a href="${PATH}" aria-current="page">Clean-up</a>`);
    const page = words(html);
    expect(page).toContain('Next run in 1 hour');
    expect(page).toContain('All mail 30 days 540 days');
    expect(page).toContain('Audit log for ever');
    expect(page).toContain('by schedule, took 2 min');
    expect(page).toContain('the content of 1,200 messages (2.0 MiB) , 1 record of a message');
    expect(page).toContain('by eva');
    expect(page).toContain('Ended early: &lt;script&gt;EIO');
  });

  it('counts first, and runs for those who may delete', async () => {
    const room = createRoom();
    const send = await formSender(room);
    const first = await send(`${PATH}/count`, {});
    expect([first.status, first.headers.get('location')]).toEqual([303, `${PATH}#run`]);
    expect((await send(`${PATH}/run`, {})).status).toBe(303);
    expect((await room.store.audits({}, { limit: 1 })).items).toMatchObject([
      { action: 'cleanup.run', detail: { contents: 3, records: 2 } },
    ]);
    expect((await send(`${PATH}/run`, {}, 'forged')).status).toBe(403);
    const operator = await room.token('operator', { role: 'operator' });
    const asOperator = await signedIn(room, operator);
    expect((await asOperator(PATH)).status).toBe(403);
    expect(await text(asOperator('/settings/profile'))).not.toContain(PATH);
    const narrow = await room.token('narrow', { role: 'admin', accounts: ['erp'] });
    for (const form of ['count', 'run', 'hold', 'lift', 'person']) {
      expect((await (await formSender(room, narrow))(`${PATH}/${form}`, {})).status).toBe(403);
    }
  });

  it('shows a run under way with what it has taken, and asks again by itself', async () => {
    const room = createRoom();
    const desk = room.options.cleanup();
    if (desk === null) throw new Error('no desk');
    const counts = { ...NOTHING_CLEANED, contents: 7 };
    Object.assign(desk, {
      status: () => ({ retention: RETENTION, planned: null, nextRunAt: null, running: { startedAt: START, by: 'eva', counts } }),
    });
    const html = await text((await signedIn(room))(PATH));
    expect(html).toContain(`hx-get="${PATH}?part=run"`);
    expect(words(html)).toContain('A run that eva asked for is under way');
    expect(words(html)).toContain('the content of 7 messages');
    const part = await text((await signedIn(room))(`${PATH}?part=run`, { headers: { 'hx-request': 'true' } }));
    expect(part.trim().startsWith('<section')).toBe(true);
  });

  it('sets a legal hold, says what is wrong beside the field, and lifts it', async () => {
    const room = createRoom();
    const send = await formSender(room);
    const bad = words(await text(send(`${PATH}/hold`, { name: 'a b', recipient: 'nobody', reason: '' })));
    for (const fault of ['A name of letters', 'This is no mail address', 'Say why']) expect(bad).toContain(fault);
    expect(words(await text(send(`${PATH}/hold`, { name: 'x', reason: 'y' })))).toContain('Give at least one of');
    expect((await send(`${PATH}/hold`, { name: 'case-114', recipient: 'Ann@Partner.example', reason: 'Case 114' })).status).toBe(303);
    expect(await room.store.legalHolds.get('filter case-114')).toMatchObject({ filter: { recipient: 'ann@partner.example' }, by: 'local' });
    const page = words(await text((await signedIn(room))(PATH)));
    expect(page).toContain('All mail with recipient ann@partner.example Case 114 case-114, set by local');
    expect((await send(`${PATH}/lift`, { name: 'case-114' })).status).toBe(303);
    expect(await room.store.legalHolds.list()).toEqual([]);
    expect((await send(`${PATH}/lift`, { name: 'case-114' })).status).toBe(404);
  });

  it("shows what is kept of a person, erases it on a second click, and keeps the address out of the page's own", async () => {
    const room = createRoom();
    const id = await accept(room, { at: START - 5000, to: ['ann@partner.example'] });
    const send = await formSender(room);
    const waiting = await text(send(`${PATH}/person`, { address: 'ann@partner.example' }));
    expect(words(waiting)).toContain('1 message still in the queue for this address');
    expect(waiting).toContain('name="force"');
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    const found = words(await text(send(`${PATH}/person`, { address: 'ann@partner.example' })));
    expect(found).toContain('What is kept of ann@partner.example');
    expect(found).toContain('1 message to this address alone: erased, record and bytes');
    expect(await room.store.record(id)).toBeDefined();
    const done = words(await text(send(`${PATH}/person`, { address: 'ann@partner.example', erase: 'true' })));
    expect(done).toContain('Erased. What was done:');
    expect(done).toContain(await room.store.pseudonymOf('ann@partner.example'));
    expect(await room.store.record(id)).toBeUndefined();
    expect(words(await text(send(`${PATH}/person`, { address: 'no address' })))).toContain('This is no mail address');
    expect(words(await text((await signedIn(room))(PATH)))).toContain('Certificates');
  });

  it('says in each language what a run takes, and nothing of what there is none', () => {
    const counts = { ...NOTHING_CLEANED, contents: 1, records: 2000, octets: 10 };
    const said = Object.entries(CLEAN_UP_WORDS).map(([language, { run }]) => [
      language,
      run.would(counts, String),
      run.now(1, 2000),
      run.now(0, 1),
    ]);
    expect(said).toEqual([
      ['en', ['the content of 1 message (10)', '2,000 records of messages'], 'Erase 1 content and 2,000 records', 'Erase 1 record'],
      [
        'fr',
        ['le contenu de 1 message (10)', `2\u202f000 fiches de messages`],
        `Effacer 1 contenu et 2\u202f000 fiches`,
        'Effacer 1 fiche',
      ],
      [
        'nl',
        ['de inhoud van 1 bericht (10)', '2.000 vermeldingen van berichten'],
        '1 inhoud en 2.000 vermeldingen wissen',
        '1 vermelding wissen',
      ],
      [
        'de',
        ['der Inhalt von 1 Nachricht (10)', '2.000 Einträge von Nachrichten'],
        '1 Inhalt und 2.000 Einträge löschen',
        '1 Eintrag löschen',
      ],
    ]);
  });
});

const RETENTION = { schedule: '15 3 * * *', content: 86_400_000, records: 86_400_000 };
