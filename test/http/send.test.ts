/** Sending over the API: what is composed, what is refused, and what is done once though asked for twice. */

import { simpleParser } from 'mailparser';
import addressparser from 'nodemailer/lib/addressparser';
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { SentMessage } from '../../src/http/api/schemas-sending.ts';
import { createRoom, problemOf, type Room, START } from './harness.ts';

const MAIL = { from: 'Billing <billing@example.com>', to: 'Ann <ann@partner.example>', subject: 'Invoice 2026-117', text: 'Hello\nAnn' };

interface Sent {
  readonly id: MessageId;
  readonly recipients: readonly string[];
}

async function send(room: Room, body: object, headers: Record<string, string> = {}): Promise<Sent> {
  const answer = await room.call('/api/v1/messages', { method: 'POST', body: JSON.stringify(body), headers });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  const sent = (await answer.json()) as Sent;
  expect(SentMessage.safeParse(sent).error).toBeUndefined();
  expect(answer.headers.get('location')).toBe(`/api/v1/messages/${sent.id}`);
  return sent;
}

const bytesOf = async (room: Room, id: MessageId): Promise<string> =>
  ((await room.store.content(id)).bytes ?? Buffer.alloc(0)).toString('latin1');

const refused = async (room: Room, body: unknown): Promise<readonly { path: string; detail: string }[]> => {
  const problem = await problemOf(await room.post('/api/v1/messages', body));
  expect(problem).toMatchObject({ status: 400, code: 'invalid-request' });
  expect(room.submitter.requests).toEqual([]);
  return problem.errors ?? [];
};

describe('a message as JSON', () => {
  it('is composed, and read back by another parser as it was given', async () => {
    const room = createRoom();
    const { id, recipients } = await send(room, {
      ...MAIL,
      to: ['"Ann, of Müller" <ann@müller.example>', { name: 'Ben', address: 'ben@partner.example' }],
      cc: 'carol@partner.example, dave@partner.example',
      bcc: 'eve@partner.example',
      replyTo: 'office@example.com',
      subject: 'Rechnung für März',
      html: '<p>Grüße <img src="cid:logo"></p>',
      attachments: [
        { filename: 'Rechnung März.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF\0\xff', 'latin1').toString('base64') },
        { filename: 'logo.png', content: 'iVBORw==', contentId: 'logo' },
      ],
      headers: { 'X-Mailer': 'erp', 'X-Twice': ['one', 'two'] },
    });
    expect(recipients).toEqual([
      'ann@müller.example',
      'ben@partner.example',
      'carol@partner.example',
      'dave@partner.example',
      'eve@partner.example',
    ]);
    const bytes = await bytesOf(room, id);
    expect(bytes).not.toMatch(/(?<!\r)\n|\r(?!\n)|[^\x00-\x7f]|\0/);
    expect(bytes).not.toContain('eve@');
    const parsed = await simpleParser(bytes);
    expect(parsed.to).toMatchObject({
      value: [
        { name: 'Ann, of Müller', address: 'ann@müller.example' },
        { name: 'Ben', address: 'ben@partner.example' },
      ],
    });
    expect(parsed).toMatchObject({ subject: 'Rechnung für März', text: 'Hello\nAnn', date: new Date(START) });
    expect(parsed.html).toContain('Grüße');
    expect(parsed.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
      ['logo.png', 'image/png'],
      ['Rechnung März.pdf', 'application/pdf'],
    ]);
    expect(parsed.attachments[1]?.content).toEqual(Buffer.from('%PDF\0\xff', 'latin1'));
    expect(parsed.headers.get('x-mailer')).toBe('erp');
    expect(bytes.match(/^X-Twice: (?:one|two)\r$/gm)).toHaveLength(2);
    expect(room.submitter.requests[0]).toMatchObject({
      origin: 'api',
      account: 'default',
      envelope: { smtputf8: false, eightBitMime: false },
    });
  });

  it('takes references, time, envelope and DSN parameters', async () => {
    const room = createRoom();
    const { id } = await send(room, {
      ...MAIL,
      account: 'erp',
      references: { document: 'INV-117', tags: { run: '7' } },
      sendAt: '2026-02-02T08:00:00Z',
      envelope: { from: '<>', recipients: ['zoe@partner.example', 'Zoe@partner.example'] },
      notify: ['failure', 'delay'],
      ret: 'hdrs',
      envelopeId: 'run-7',
      requireTls: true,
    });
    expect(await room.get(`/api/v1/messages/${id}`)).toMatchObject({
      account: 'erp',
      document: 'INV-117',
      tags: { run: '7' },
      sender: '',
      origin: 'api',
      releaseAt: '2026-02-02T08:00:00.000Z',
      envelopeId: 'run-7',
      recipients: [{ address: 'Zoe@partner.example', notify: ['failure', 'delay'], nextAttemptAt: '2026-02-02T08:00:00.000Z' }],
    });
    expect(room.submitter.requests[0]?.envelope).toMatchObject({ ret: 'hdrs', requireTls: true });
  });

  it('a time that has passed is now', async () => {
    const room = createRoom();
    await send(room, { ...MAIL, sendAt: '2026-01-01T00:00:00Z' });
    expect(room.submitter.requests[0]?.releaseAt).toBeUndefined();
  });

  it('says that SMTPUTF8 and 8BITMIME are needed where they are', async () => {
    const room = createRoom();
    await send(room, { ...MAIL, to: 'jörg@müller.example' });
    expect(room.submitter.requests[0]?.envelope).toMatchObject({ smtputf8: true, eightBitMime: true });
  });

  it.each([
    ['', true],
    ['QUJD', true],
    ['QU\nJD\r\n RA==', true],
    ['QQ=', false],
    ['QU?D', false],
    ['Q===', false],
    ['QQ==QQ==', false],
    ['QÜJD', false],
    ['====', false],
  ])('base64 %j: %s (Node.js passes over what is none)', async (content, good) => {
    const room = createRoom();
    const answer = await room.post('/api/v1/messages', { ...MAIL, attachments: [{ content }] });
    expect(answer.status).toBe(good ? 201 : 400);
  });

  it('names every fault with its place', async () => {
    const room = createRoom();
    expect(
      await refused(room, {
        from: 'nobody',
        to: ['ann@partner.example', 'b(@x', '"x'],
        attachments: [{ content: 'a?b' }, { content: '', contentType: 'multipart/mixed' }],
        references: { colour: 'red' },
        sendAt: 'tomorrow',
        notify: ['never'],
        extra: 1,
      }),
    ).toMatchObject([
      { path: 'attachments.0.content', detail: 'not base64' },
      { path: 'attachments.1.contentType' },
      { path: 'references.colour', detail: 'unknown parameter' },
      { path: 'sendAt' },
      { path: 'notify' },
      { path: 'extra', detail: 'unknown parameter' },
    ]);
    expect(await refused(room, { from: 'nobody', to: ['ann@partner.example', 'b(@x', '"x'] })).toMatchObject([
      { path: 'from' },
      { path: 'to.1' },
      { path: 'to.2' },
    ]);
    expect(await refused(room, { from: 'a@example.com, b@example.com', to: 'c@example.com' })).toMatchObject([
      { path: 'from', detail: 'names several: give one' },
    ]);
    expect(await refused(room, { from: 'a@example.com', text: 'x' })).toMatchObject([{ path: 'to', detail: 'names no recipient' }]);
    expect(await refused(room, {})).toMatchObject([{ path: 'from' }]);
  });

  it.each([
    ['subject', { subject: 'x\r\nBcc: eve@evil.example' }],
    ['headers.X-A', { headers: { 'X-A': 'x\r\nBcc: eve@evil.example' } }],
    ['headers.X-A.0', { headers: { 'X-A': ['x\nBcc: eve@evil.example'] } }],
    ['headers.X: y\r\nBcc', { headers: { 'X: y\r\nBcc': 'eve@evil.example' } }],
    ['from', { from: '"a\r\nBcc: eve@evil.example" <a@example.com>' }],
    ['to.0', { to: ['Ann <ann@partner.example>\r\nBcc: eve@evil.example'] }],
    ['cc.name', { cc: { name: 'x\r\nBcc: eve@evil.example', address: 'c@partner.example' } }],
    ['cc', { cc: { address: 'c@partner.example\r\nBcc: eve@evil.example' } }],
    ['attachments.0.filename', { attachments: [{ content: '', filename: 'a"\r\nBcc: eve@evil.example' }] }],
    ['attachments.0.contentType', { attachments: [{ content: '', contentType: 'text/plain\r\nBcc: eve@evil.example' }] }],
    ['attachments.0.contentId', { attachments: [{ content: '', contentId: 'x>\r\nBcc: eve@evil.example' }] }],
    ['references.document', { references: { document: 'x\r\nBcc: eve@evil.example' } }],
    ['envelopeId', { envelopeId: 'x\r\nRCPT' }],
    ['envelope.from', { envelope: { from: 'a@example.com>\r\nRCPT TO:<eve@evil.example' } }],
  ])('R54 a line break in %s is refused, not cleaned away', async (path, part) => {
    const room = createRoom();
    const faults = await refused(room, { ...MAIL, ...part });
    expect(faults.map((fault) => fault.path)).toContain(path);
  });

  it.each([
    ['From', 'give it as `from`'],
    ['bcc', 'give it as `bcc`'],
    ['X-Relais-Document', 'give it in `references`'],
    ['X-Relais-Send-At', 'give it as `sendAt`'],
    ['Content-Type', 'is written by relais'],
    ['Received', 'is written by relais'],
    ['Subj ect', 'not the name of a header field'],
  ])('the header field %s is refused with what to do instead', async (name, detail) => {
    const [fault] = await refused(createRoom(), { ...MAIL, headers: { [name]: 'x' } });
    expect(fault).toMatchObject({ path: `headers.${name}`, detail: expect.stringContaining(detail) });
  });

  it.each([
    '{"__proto__":{"from":"a@example.com"},"to":"b@example.com"}',
    '{"from":"a@example.com","to":"b@example.com","headers":{"__proto__":"x"}}',
    '{"from":"a@example.com","to":"b@example.com","references":{"tags":{"\\u005f_proto__":"x"}}}',
  ])('the name __proto__ is refused wherever it stands: %s', async (body) => {
    const room = createRoom();
    const answer = await room.call('/api/v1/messages', { method: 'POST', body });
    expect((await problemOf(answer)).errors).toEqual([{ in: 'body', path: '__proto__', detail: 'unknown parameter' }]);
    expect(room.submitter.requests).toEqual([]);
    expect(({} as Record<string, unknown>)['from']).toBeUndefined();
  });

  it('reads no file and fetches nothing (MailComposer would, of content fields)', async () => {
    const room = createRoom();
    await refused(room, { ...MAIL, text: { path: '/etc/hostname' } });
    await refused(room, { ...MAIL, attachments: [{ path: '/etc/hostname' }] });
    await refused(room, { ...MAIL, attachments: [{ content: 'aaaa', href: 'http://127.0.0.1/' }] });
  });

  it('addressparser splits a header into the addresses that stand in it, and no others', () => {
    expect(addressparser('"ann@evil.example, x" <ann@partner.example>', { flatten: true })).toMatchObject([
      { address: 'ann@partner.example' },
    ]);
  });
});

describe('the account', () => {
  it('is the one named, the only one there can be, or asked for', async () => {
    const room = createRoom();
    const one = await room.token('one', { role: 'operator', accounts: ['erp'] });
    const two = await room.token('two', { role: 'operator', accounts: ['erp', 'payroll'] });
    const post = (body: object, token: string): Promise<Response> => room.post('/api/v1/messages', { ...MAIL, ...body }, token);
    expect((await (await post({}, one)).json()) as object).toMatchObject({ account: 'erp' });
    expect((await (await post({ account: 'payroll' }, two)).json()) as object).toMatchObject({ account: 'payroll' });
    expect((await problemOf(await post({}, two))).errors).toEqual([{ in: 'body', path: 'account', detail: 'name one of erp, payroll' }]);
    expect(await problemOf(await post({ account: 'payroll' }, one))).toMatchObject({ status: 403, code: 'account-restricted' });
    expect(await problemOf(await post({ account: 'default' }, one))).toMatchObject({ status: 403, code: 'account-restricted' });
    expect((await problemOf(await room.post('/api/v1/messages', { ...MAIL, account: 'nobody' }))).errors).toMatchObject([
      { path: 'account' },
    ]);
    const viewer = await room.token('viewer', { role: 'viewer' });
    expect(await problemOf(await post({}, viewer))).toMatchObject({ status: 403, permission: 'messages:send' });
  });
});

describe('a refusal', () => {
  it.each([
    [552, '5.3.4', 413, 'message-too-big', null],
    [452, '4.3.1', 507, 'no-room', '30'],
    [452, '4.5.3', 422, 'too-many-recipients', null],
    [451, '4.3.0', 503, 'try-later', '30'],
    [421, '4.3.2', 503, 'try-later', '30'],
    [550, '5.7.1', 403, 'not-allowed', null],
    [550, '5.6.0', 422, 'refused', null],
    [554, '5.4.6', 422, 'refused', null],
  ])('by SMTP %s %s is %s %s, with the reply', async (code, status, http, problem, retry) => {
    const room = createRoom();
    room.submitter.refusal = { code, status: status as never, text: 'so it is' };
    const answer = await room.post('/api/v1/messages', MAIL);
    expect(answer.headers.get('retry-after')).toBe(retry);
    expect(await problemOf(answer)).toMatchObject({
      status: http,
      code: problem,
      detail: 'so it is',
      reply: { code, status, text: 'so it is' },
    });
  });
});

describe('a message as it is', () => {
  const RAW = 'Subject: Invoice\r\nX-Relais-Document: INV-9\r\nBcc: eve@evil.example\r\n\r\n\xfcber\r\n';
  const raw = (room: Room, query: string, body: string = RAW, headers: Record<string, string> = {}): Promise<Response> =>
    room.call(`/api/v1/messages${query}`, {
      method: 'POST',
      body: Buffer.from(body, 'latin1'),
      headers: { 'content-type': 'message/rfc822; charset=utf-8', ...headers },
    });

  it('goes on byte for byte, with its envelope from the query', async () => {
    const room = createRoom();
    const answer = await raw(
      room,
      '?from=billing@example.com&recipient=ann@partner.example&recipient=b%2Cc@partner.example'.replace('b%2Cc', '%22b%2Cc%22'),
    );
    expect(answer.status).toBe(201);
    const { id } = (await answer.json()) as Sent;
    expect(await bytesOf(room, id)).toBe(RAW.replace(/X-Relais.*\r\n/, ''));
    expect(room.submitter.requests[0]).toMatchObject({
      envelope: {
        reversePath: { address: 'billing@example.com' },
        recipients: [{ address: 'ann@partner.example' }, { address: '"b,c"@partner.example' }],
        eightBitMime: true,
      },
    });
    expect(await room.get(`/api/v1/messages/${id}`)).toMatchObject({ document: 'INV-9' });
  });

  it('or from header fields of the request', async () => {
    const room = createRoom();
    const headers = { 'X-Relais-From': '<>', 'X-Relais-Recipients': '<ann@partner.example>, "b,c"@partner.example' };
    expect((await raw(room, '?notify=failure,delay&sendAt=2026-03-01', RAW, headers)).status).toBe(201);
    expect(room.submitter.requests[0]).toMatchObject({
      releaseAt: Date.parse('2026-03-01'),
      envelope: {
        reversePath: { kind: 'null' },
        recipients: [{ address: 'ann@partner.example', notify: ['failure', 'delay'] }, { address: '"b,c"@partner.example' }],
      },
    });
  });

  it('never from the header of the message', async () => {
    const room = createRoom();
    expect((await problemOf(await raw(room, ''))).errors).toMatchObject([
      { in: 'query', path: 'from' },
      { in: 'query', path: 'recipient' },
    ]);
    expect((await problemOf(await raw(room, '?from=x&recipient=y&notify=often', ''))).errors).toMatchObject([
      { path: 'from' },
      { path: 'recipient' },
      { path: 'notify' },
      { in: 'body' },
    ]);
    expect(room.submitter.requests).toEqual([]);
  });

  it('gets CRLF where its lines end in LF alone, and is left as it is where they are mixed', async () => {
    const room = createRoom();
    const query = '?from=a@example.com&recipient=b@example.com';
    await raw(room, query, 'Subject: x\n\nbody\n');
    await raw(room, query, 'Subject: x\r\n\nbody\n');
    expect(room.submitter.requests.map(({ content }) => content.toString())).toEqual([
      'Subject: x\r\n\r\nbody\r\n',
      'Subject: x\r\n\nbody\n',
    ]);
  });
});

describe('Idempotency-Key', () => {
  const key = (text: string): Record<string, string> => ({ 'Idempotency-Key': text });

  it('the same request gets the first answer, marked, and makes nothing', async () => {
    const room = createRoom();
    const first = await room.call('/api/v1/messages', { method: 'POST', body: JSON.stringify(MAIL), headers: key('"run-7"') });
    const body = await first.text();
    room.advance(60_000);
    const second = await room.call('/api/v1/messages', { method: 'POST', body: JSON.stringify(MAIL), headers: key('run-7') });
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect([second.status, second.headers.get('idempotent-replayed'), second.headers.get('location')]).toEqual([
      201,
      'true',
      first.headers.get('location'),
    ]);
    expect(await second.text()).toBe(body);
    expect((await room.store.messages({}, { limit: 10 })).items).toHaveLength(1);
  });

  it('another request is 422, also by query, envelope or type', async () => {
    const room = createRoom();
    await send(room, MAIL, key('k'));
    for (const [path, body, headers] of [
      ['/api/v1/messages', { ...MAIL, text: 'x' }, {}],
      ['/api/v1/messages?sendAt=2027-01-01', MAIL, {}],
    ] as const) {
      const answer = await room.call(path, { method: 'POST', body: JSON.stringify(body), headers: { ...key('k'), ...headers } });
      expect(await problemOf(answer)).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    }
    expect((await room.store.messages({}, { limit: 10 })).items).toHaveLength(1);
  });

  it('many at once make one message', async () => {
    const room = createRoom();
    const all = await Promise.all(Array.from({ length: 20 }, () => send(room, MAIL, key('burst'))));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect((await room.store.messages({}, { limit: 10 })).items).toHaveLength(1);
  });

  it('is the caller’s own, and over after 24 hours', async () => {
    const room = createRoom();
    const token = await room.token('other', { role: 'operator' });
    const ids = [await send(room, MAIL, key('k'))];
    const answer = await room.call('/api/v1/messages', { method: 'POST', token, body: JSON.stringify(MAIL), headers: key('k') });
    ids.push((await answer.json()) as Sent);
    room.advance(24 * 3_600_000);
    ids.push(await send(room, MAIL, key('k')));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3);
  });

  it.each(['', '"', 'two words', '"unfinished', 'x'.repeat(256)])('%j is none', async (text) => {
    const room = createRoom();
    const answer = await room.call('/api/v1/messages', { method: 'POST', body: JSON.stringify(MAIL), headers: key(text) });
    expect((await problemOf(answer)).errors).toMatchObject([{ in: 'header', path: 'Idempotency-Key' }]);
  });
});
