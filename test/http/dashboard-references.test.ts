/** The pages on what mail is about: a rule tried on stored mail, rules applied to the past, streams named. */
import { describe, expect, it } from 'vitest';
import { formSender, signedIn } from './browser.ts';
import { accept, createRoom, type Room } from './harness.ts';

interface Shown {
  readonly status: number;
  readonly text: string;
}

async function opened(): Promise<{
  room: Room;
  page: (path: string, init?: RequestInit) => Promise<Shown>;
  submit: (path: string, fields: Record<string, string>) => Promise<Shown>;
}> {
  const room = createRoom();
  const [get, send] = await Promise.all([signedIn(room), formSender(room)]);
  const shown = async (answer: Response): Promise<Shown> => ({ status: answer.status, text: await answer.text() });
  return {
    room,
    page: async (path, init) => shown(await get(path, init)),
    submit: async (path, fields) => shown(await send(path, fields)),
  };
}

describe('what mail is about', () => {
  it('a rule is tried on the newest mail, and shown as the configuration has it', async () => {
    const { room, submit } = await opened();
    await accept(room, { subject: 'Claim 900 <b>now</b>', content: 'Subject: Claim 900\r\n\r\nx' });
    await accept(room, { subject: 'Something else' });
    const shown = await submit('/references/test', { field: 'document', from: 'subject', pattern: 'claim (\\d+)' });
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('Found in 1 of 2 messages');
    expect(shown.text).toContain('<b>900</b>');
    expect(shown.text).toContain('Claim 900 &lt;b&gt;now&lt;/b&gt;');
    expect(shown.text).toContain('{field: document, from: subject, pattern: &quot;claim (\\\\d+)&quot;}');
    expect((await room.store.audits({}, { limit: 5 })).items.map(({ action }) => action)).toContain('content.read');
    room.stop();
  });

  it('what is wrong with it is said beside the field, and what was typed stays', async () => {
    const { room, submit } = await opened();
    const shown = await submit('/references/test', { field: 'tag', from: 'header', pattern: '(a' });
    expect(shown.status).toBe(400);
    expect(shown.text).toMatch(/id="pattern-fault">[^<]*RE2/);
    expect(shown.text).toMatch(/id="tag-fault">a name for the tag/);
    expect(shown.text).toMatch(/id="header-fault">the name of a header field/);
    expect(shown.text).toMatch(/value="\(a"/);
    room.stop();
  });

  it('rules are applied to the past after they were counted', async () => {
    const { room, submit } = await opened();
    await accept(room, {});
    const none = await submit('/references/apply', { from: '' });
    expect([none.status, none.text.includes('Give a date.')]).toEqual([400, true]);
    const counted = await submit('/references/apply', { from: '2026-01-01', do: 'count' });
    expect(counted.text).toContain('0 messages of 1 would change.');
    room.stop();
  });

  it('a stream is given a name where it stands, and is a filter of the register', async () => {
    const { room, page, submit } = await opened();
    const id = await accept(room, { references: { stream: 'aaaa' }, subject: 'Ticket 1' });
    const known = { account: 'erp', pattern: 'ticket #', example: id, firstAt: 0, lastAt: 0, messages: 5 };
    await room.store.streams.put('aaaa', { ...known, name: null, named: null });
    const saved = await submit('/references/streams', { stream: 'aaaa', name: 'Tickets' });
    expect(saved.status).toBe(303);
    const shown = await page('/references/streams');
    expect(shown.text).toContain('Tickets');
    expect(shown.text).toContain('ticket #');
    expect((await page('/messages?stream=aaaa')).text).toContain('Ticket 1');
    expect((await page('/messages?template=Tickets')).text).toContain('Ticket 1');
    room.stop();
  });

  it.each(['en', 'fr', 'nl', 'de'])('speaks %s', async (language) => {
    const { room, page } = await opened();
    const shown = await page('/references', { headers: { 'accept-language': language } });
    expect(shown.status).toBe(200);
    expect(shown.text).toContain(`<html lang="${language}"`);
    room.stop();
  });
});
