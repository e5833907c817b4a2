import { beforeEach, describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { Contact, ContactSummary, CorrectionResult } from '../../src/http/api/schemas-groups.ts';
import { accept, createRoom, endAttempt, type Mail, problemOf, type Room, START } from './harness.ts';

const WRONG = 'ann@gmial.com';
const RIGHT = 'ann@gmail.com';

let room: Room;
beforeEach(() => {
  room = createRoom();
});

async function send(outcome: 'failed' | 'transferred' | 'deferred' | null, mail: Mail = {}): Promise<MessageId> {
  const id = await accept(room, { to: [WRONG], ...mail });
  if (outcome !== null) await endAttempt(room, id, 0, { outcome, category: 'mailbox-unknown' });
  return id;
}

async function correct(body: object, token?: string): Promise<Response> {
  return room.post(`/api/v1/contacts/${WRONG}/correct`, body, token);
}

async function corrected(body: object): Promise<Record<string, unknown> & { messages: { message: string; id: string }[] }> {
  const answer = await correct(body);
  if (answer.status !== 200) throw new Error(await answer.text());
  return CorrectionResult.parse(await answer.json());
}

async function stateOf(id: MessageId): Promise<string[]> {
  return ((await room.store.record(id))?.recipients ?? []).map(({ state }) => state);
}

describe('GET /contacts', () => {
  const problems = async (query = '', token?: string): Promise<string[]> => {
    const { items } = await room.get<{ items: { address: string }[] }>(`/api/v1/contacts?state=problem${query}`, token);
    return items.map((item) => ContactSummary.parse(item).address);
  };

  it('lists the addresses that fail, with why, what they were meant to be, and the way into the ERP', async () => {
    await send('failed', { references: { contact: 'C 7', document: 'INV-1' } });
    await send('failed', { to: ['bob@partner.example'] });
    await send('transferred', { to: ['bob@partner.example'] });
    const { items } = await room.get<{ items: unknown[] }>('/api/v1/contacts?state=problem');
    expect(items).toMatchObject([
      {
        address: WRONG,
        state: 'problem',
        contact: 'C 7',
        contactUrl: 'https://erp.example.com/contact/C%207',
        suggestion: { address: RIGHT, because: 'provider', takesMail: null },
        last: { document: 'INV-1', state: 'failed', category: 'mailbox-unknown', reply: { code: 550 }, correctedTo: null },
      },
    ]);
    ContactSummary.parse(items[0]);
  });

  it('lists all others too where nothing else is asked, by words of the address', async () => {
    await send('failed');
    await send('transferred', { to: ['bob@partner.example'] });
    const all = await room.get<{ items: { address: string; state: string; suggestion: unknown }[] }>('/api/v1/contacts');
    expect(all.items.map(({ address, state }) => `${address} ${state}`)).toEqual(['bob@partner.example fine', `${WRONG} problem`]);
    expect((await room.get<{ items: unknown[] }>('/api/v1/contacts?q=partner')).items).toHaveLength(1);
    expect(await problems('&q=bob')).toEqual([]);
    expect(await problemOf(await room.call('/api/v1/contacts?state=fine'))).toMatchObject({ status: 400 });
  });

  it('knows what the caller may see alone', async () => {
    await send('failed', { account: 'payroll', to: ['eve@partner.example'] });
    await send('failed');
    await send('transferred', { account: 'payroll' });
    const token = await room.token('erp', { accounts: ['erp'] });
    expect(await problems()).toEqual(['eve@partner.example']);
    expect(await problems('', token)).toEqual([WRONG]);
    expect(await problemOf(await room.call('/api/v1/contacts/eve@partner.example', { token }))).toMatchObject({ status: 404 });
  });

  it('tells callers who see all mail what address of a domain that mail goes to was meant', async () => {
    for (let n = 0; n < 3; n++) await send('transferred', { to: [`p${n}@bakkerij-jansen.nl`] });
    await send('failed', { to: ['ann@bakkerij-jannsen.nl'] });
    const token = await room.token('erp', { accounts: ['erp'] });
    await problems();
    const suggested = async (own?: string): Promise<unknown> =>
      (await room.get<{ suggestion: unknown }>('/api/v1/contacts/ann@bakkerij-jannsen.nl', own)).suggestion;
    await expect.poll(() => suggested()).toMatchObject({ address: 'ann@bakkerij-jansen.nl', because: 'known' });
    expect(await suggested(token)).toBeNull();
  });
});

describe('GET /contacts/{address}', () => {
  const get = async (address = WRONG): Promise<unknown> => {
    const found = await room.get(`/api/v1/contacts/${encodeURIComponent(address)}`);
    Contact.parse(found);
    return found;
  };

  it('tells the last results, what waits, since when it fails, and that it is suppressed', async () => {
    await send('transferred');
    const first = await send('failed');
    await send('failed', { references: { contact: 'C-1' } });
    await send(null);
    await room.store.suppressions.put(WRONG, {
      address: WRONG,
      reason: 'bounce',
      note: '550',
      by: null,
      at: START,
      until: null,
      message: first,
    });
    expect(await get()).toMatchObject({
      address: WRONG,
      state: 'problem',
      contact: 'C-1',
      failingSince: new Date(START + 1000).toISOString(),
      failed: { count: 2, more: false },
      pending: { count: 1, more: false },
      suppression: { reason: 'bounce', note: '550', until: null },
      mails: [{ state: 'queued' }, { state: 'failed' }, { state: 'failed', message: first }, { state: 'transferred' }],
      more: false,
    });
  });

  it('is found however it is written', async () => {
    await send('failed', { to: ['Ann@Bücher.example'] });
    expect(await get('ann@xn--bcher-kva.example')).toMatchObject({ address: 'Ann@bücher.example', state: 'problem' });
  });

  it('404 where no mail went to, 400 where it is no address', async () => {
    expect(await problemOf(await room.call('/api/v1/contacts/nobody@partner.example'))).toMatchObject({ status: 404 });
    expect(await problemOf(await room.call('/api/v1/contacts/nobody'))).toMatchObject({ status: 400, errors: [{ path: 'address' }] });
  });
});

describe('POST /contacts/{address}/correct', () => {
  it('sends what failed since mail last came through, with the same bytes, and the verdict turns', async () => {
    const old = await send('failed', { references: { document: 'INV-0' } });
    await send('transferred');
    const first = await send('failed', { references: { document: 'INV-1' }, content: 'Subject: one\r\n\r\nOne.\r\n' });
    const second = await send('failed', { to: [WRONG, 'bob@partner.example'], references: { document: 'INV-2' } });
    await endAttempt(room, second, 1, { outcome: 'transferred' });
    const waiting = await send(null);
    const done = await corrected({ to: 'Ann@gmail.com' });
    expect(done).toMatchObject({ address: WRONG, to: 'Ann@gmail.com', failed: 2, moved: 0, before: 0, failures: [], complete: true });
    expect(done.messages.map(({ message }) => message)).toEqual([second, first]);
    const record = await room.store.record(done.messages[1]?.id as MessageId);
    expect(record?.message).toMatchObject({ supersedes: first, origin: 'resend', references: { document: 'INV-1' } });
    expect(record?.message.envelope.recipients).toMatchObject([{ address: 'Ann@gmail.com', insteadOf: WRONG }]);
    const { bytes } = await room.store.content(done.messages[1]?.id as MessageId);
    expect(bytes?.toString()).toBe('Subject: one\r\n\r\nOne.\r\n');
    expect((await room.store.record(done.messages[0]?.id as MessageId))?.message.envelope.recipients).toHaveLength(1);
    expect(await stateOf(waiting)).toEqual(['queued']);
    for (const { id } of done.messages) await endAttempt(room, id as MessageId, 0, { outcome: 'transferred' });
    const verdict = async (document: string): Promise<string> =>
      (await room.get<{ verdict: string }>(`/api/v1/documents/${document}`)).verdict;
    expect([await verdict('INV-1'), await verdict('INV-2'), await verdict('INV-0')]).toEqual(['transferred', 'transferred', 'failed']);
    expect(await room.get('/api/v1/contacts?state=problem')).toEqual({ items: [], next: null });
    expect(await stateOf(old)).toEqual(['failed']);
  });

  it('is done once, however often it is asked for', async () => {
    await send('failed');
    await send(null);
    const both = await Promise.all([corrected({ to: RIGHT, pending: true }), corrected({ to: RIGHT, pending: true })]);
    expect(both.flatMap(({ messages }) => messages)).toHaveLength(2);
    expect(await corrected({ to: RIGHT, pending: true })).toMatchObject({ failed: 0, moved: 0, messages: [] });
    expect(await corrected({ to: 'other@gmail.com' })).toMatchObject({ failed: 0, messages: [] });
    expect(room.store.events.filter(({ type }) => type === 'message.resent')).toHaveLength(2);
  });

  it('moves what waits when it is asked to: sent first, then cancelled; what is held stays', async () => {
    const later = START + 3_600_000;
    const queued = await send(null);
    const deferred = await send('deferred');
    const held = await send(null);
    await room.post(`/api/v1/messages/${held}/hold`);
    const scheduled = await room.post('/api/v1/messages', {
      from: 'a@example.com',
      to: WRONG,
      text: 'x',
      sendAt: new Date(later).toISOString(),
    });
    const { id: planned } = (await scheduled.json()) as { id: MessageId };
    expect(await corrected({ to: RIGHT })).toMatchObject({ failed: 0, moved: 0, held: 0 });
    expect(await corrected({ to: RIGHT, pending: true, dryRun: true })).toMatchObject({ dryRun: true, moved: 3, held: 1, messages: [] });
    expect(await stateOf(queued)).toEqual(['queued']);
    const done = await corrected({ to: RIGHT, pending: true });
    expect(done).toMatchObject({ moved: 3, held: 1 });
    for (const id of [queued, deferred, planned]) expect(await stateOf(id)).toEqual(['cancelled']);
    expect(await stateOf(held)).toEqual(['held']);
    const resent = done.messages.find(({ message }) => message === planned);
    expect((await room.store.record(resent?.id as MessageId))?.message.releaseAt).toBe(later);
    const types = room.store.events.filter(({ message }) => message === queued).map(({ type }) => type);
    expect(types).toEqual(['message.accepted', 'message.resent', 'recipient.cancelled']);
  });

  it('finishes what a crash left: sent to the right address, and not yet cancelled for the wrong one', async () => {
    const id = await send(null);
    const apply = room.store.apply.bind(room.store);
    room.store.apply = () => Promise.reject(new Error('the process is gone'));
    expect((await correct({ to: RIGHT, pending: true })).status).toBe(500);
    room.store.apply = apply;
    expect(await stateOf(id)).toEqual(['queued']);
    expect(await corrected({ to: RIGHT, pending: true })).toMatchObject({ moved: 0, before: 1, messages: [] });
    expect(await stateOf(id)).toEqual(['cancelled']);
    expect(room.submitter.requests).toHaveLength(1);
  });

  it('sends the named messages alone, and counts what is none of them', async () => {
    const reached = await send('transferred');
    const failed = await send('failed');
    const cancelled = await send(null);
    await room.post(`/api/v1/messages/${cancelled}/cancel`);
    const waiting = await send(null);
    const other = await send('failed', { to: ['bob@partner.example'] });
    await send('failed');
    const messages = [reached, failed, cancelled, waiting, other, 'nonsense'];
    const done = await corrected({ to: RIGHT, messages });
    expect(done).toMatchObject({ failed: 2, unchanged: 2, notFound: 2 });
    expect(done.messages.map(({ message }) => message)).toEqual([failed, cancelled]);
  });

  it('corrects the To field when it is asked to', async () => {
    await send('failed', { content: `To: Ann <${WRONG}>\r\nSubject: x\r\n\r\nx\r\n` });
    const done = await corrected({ to: RIGHT, rewriteTo: true });
    const { bytes } = await room.store.content(done.messages[0]?.id as MessageId);
    expect(bytes?.toString()).toContain(`To: Ann <${RIGHT}>`);
  });

  it('tells what could not be sent, and goes on', async () => {
    await send('failed');
    await room.store.cleanup({ contentBefore: START + 1, recordsBefore: 0, now: START + 2 });
    await send('failed', { at: START + 10_000 });
    expect(await corrected({ to: RIGHT, dryRun: true })).toMatchObject({ failed: 1, unsendable: 1 });
    room.submitter.refusal = { code: 452, status: '4.3.1', text: 'no room' };
    expect(await corrected({ to: RIGHT })).toMatchObject({ failed: 0, unsendable: 1, failures: [{ code: 'no-room', detail: 'no room' }] });
    room.submitter.refusal = null;
    expect(await corrected({ to: RIGHT })).toMatchObject({ failed: 1, unsendable: 1, failures: [] });
  });

  it('refuses what would fail again or changes nothing, beside the field', async () => {
    await send('failed');
    const fault = async (body: object): Promise<unknown> => problemOf(await correct(body));
    expect(await fault({ to: 'nobody' })).toMatchObject({ status: 400, errors: [{ path: 'to', detail: 'not a mail address' }] });
    expect(await fault({ to: 'ANN@gmial.com' })).toMatchObject({ status: 400, errors: [{ path: 'to', detail: 'is the same address' }] });
    expect(await fault({ to: RIGHT, messages: [] })).toMatchObject({ status: 400 });
    expect(await fault({})).toMatchObject({ status: 400, errors: [{ path: 'to' }] });
    await room.store.suppressions.put(RIGHT, {
      address: RIGHT,
      reason: 'manual',
      note: null,
      by: null,
      at: START,
      until: null,
      message: null,
    });
    expect(await fault({ to: RIGHT })).toMatchObject({ status: 409, code: 'suppressed' });
    expect(room.submitter.requests).toEqual([]);
  });

  it('needs messages:resend, and queue:manage to move what waits; mail of other accounts is left alone', async () => {
    const foreign = await send('failed', { account: 'payroll' });
    const own = await send('failed');
    await send(null);
    const reader = await room.token('reader', { role: 'viewer' });
    expect(await problemOf(await correct({ to: RIGHT }, reader))).toMatchObject({ status: 403 });
    const sender = await room.token('sender', { permissions: ['messages:resend'], accounts: ['erp'] });
    expect(await problemOf(await correct({ to: RIGHT, pending: true }, sender))).toMatchObject({ status: 403 });
    const named = await correct({ to: RIGHT, messages: [foreign, own] }, sender);
    expect(await named.json()).toMatchObject({ failed: 1, notFound: 1, messages: [{ message: own }] });
    expect(await stateOf(foreign)).toEqual(['failed']);
  });
});

describe('whether the domain of a suggestion takes mail', () => {
  const suggested = async (address = WRONG): Promise<unknown> => Contact.parse(await room.get(`/api/v1/contacts/${address}`)).suggestion;

  it('is looked up beside the page, once, and the next page knows it', async () => {
    const asked: string[] = [];
    room = createRoom({ takesMail: async (domain) => asked.push(domain) > 0 });
    await send('failed');
    expect(await suggested()).toMatchObject({ address: RIGHT, takesMail: null });
    expect(await suggested()).toMatchObject({ address: RIGHT, takesMail: true });
    const { items } = await room.get<{ items: unknown[] }>('/api/v1/contacts?state=problem');
    expect(items).toMatchObject([{ suggestion: { takesMail: true } }]);
    expect(asked).toEqual(['gmail.com']);
  });

  it('a domain that takes none is not proposed', async () => {
    room = createRoom({ takesMail: async () => false });
    await send('failed');
    await suggested();
    expect(await suggested()).toBeNull();
  });

  it('what the DNS did not answer stays open, and is not asked with every page', async () => {
    let asked = 0;
    room = createRoom({
      takesMail: async () => {
        asked++;
        throw new Error('SERVFAIL');
      },
    });
    await send('failed');
    for (let i = 0; i < 3; i++) expect(await suggested()).toMatchObject({ takesMail: null });
    expect(asked).toBe(1);
  });

  it('a page with many asks a few at a time, and later pages the rest', async () => {
    const open: (() => void)[] = [];
    room = createRoom({ takesMail: () => new Promise((resolve) => open.push(() => resolve(true))) });
    const mistyped = [
      'gmial.com',
      'hotmial.com',
      'outlok.com',
      'yaho.com',
      'iclod.com',
      'gxm.net',
      'protonmal.com',
      'fastmial.com',
      'ziggoo.nl',
    ];
    for (const domain of [...mistyped, 'telnet.be', 'wandoo.fr']) await send('failed', { to: [`ann@${domain}`] });
    const page = () => room.get<{ items: { suggestion: { takesMail: boolean | null } | null }[] }>('/api/v1/contacts?state=problem');
    await page();
    expect(open).toHaveLength(8);
    await page();
    expect(open).toHaveLength(8);
    for (const answer of open) answer();
    await page();
    expect(open).toHaveLength(11);
    expect((await page()).items.filter(({ suggestion }) => suggestion?.takesMail === true)).toHaveLength(8);
  });
});
