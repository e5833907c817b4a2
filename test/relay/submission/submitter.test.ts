/** The way in for messages from inside: the same checks, the same record, the reply that SMTP would have given. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Address, NULL_REVERSE_PATH, toAddress } from '../../../src/domain/address.ts';
import type { Envelope } from '../../../src/domain/envelope.ts';
import { createIdFactory, type MessageId } from '../../../src/domain/ids.ts';
import type { SubmissionAnswer, SubmissionRequest } from '../../../src/domain/ports.ts';
import { NO_REFERENCES } from '../../../src/domain/references.ts';
import type { ReferenceSettings } from '../../../src/domain/settings.ts';
import { InternalSubmitter, type SubmitterSettings } from '../../../src/relay/submission/index.ts';
import { account, LIMITS, LogDouble, StoreDouble } from './harness.ts';

const NOW = Date.UTC(2025, 0, 31, 8, 0, 0);
const DAY = 86_400_000;

function address(text: string): Address {
  const parsed = toAddress(text);
  if (parsed === undefined) throw new TypeError(text);
  return parsed;
}

function envelope(from: string | null, ...to: string[]): Envelope {
  return {
    reversePath: from === null ? NULL_REVERSE_PATH : { kind: 'address', address: address(from) },
    recipients: to.map((each) => ({ address: address(each), notify: null, orcpt: null })),
    ret: null,
    envid: null,
    smtputf8: false,
    eightBitMime: false,
  };
}

const SETTINGS: SubmitterSettings = {
  submission: { listeners: [], tls: null, networks: [], limits: LIMITS, greetingDelay: 0 },
  accounts: [account('erp', 'x', ['*@src.test'])],
  hostname: 'relay.test',
  reportDomain: 'bounce.test',
  expireAfter: 5 * DAY,
  diskFloor: 1000,
};

function start(settings: Partial<SubmitterSettings> = {}) {
  const store = new StoreDouble();
  const log = new LogDouble();
  const newMessageId = createIdFactory({ now: () => NOW, randomBytes }) as () => MessageId;
  const submitter = new InternalSubmitter({ settings: { ...SETTINGS, ...settings }, store, now: () => NOW, newMessageId, log });
  return { submitter, store, log };
}

const RULES: ReferenceSettings = {
  profiles: ['odoo', 'afas'],
  rules: [
    { field: 'administration', from: 'header', header: 'X-Company' },
    { field: 'tag', tag: 'run', from: 'subject', pattern: 'run (\\d+)' },
  ],
  contactUrl: null,
  documentUrl: null,
  verdict: 'every',
  timeLimit: 1000,
  attachments: 0,
  streams: false,
};

const CLIENT = { address: '192.0.2.7', helo: '[192.0.2.7]', tls: null, user: 'erp token' };
const REQUEST: SubmissionRequest = {
  origin: 'api',
  account: 'erp',
  envelope: envelope('a@src.test', 'b@dest.test'),
  content: Buffer.from('Subject: x\r\nMessage-ID: <1@src.test>\r\nDate: Fri, 31 Jan 2025 08:00:00 +0000\r\n\r\nbody\r\n'),
  client: CLIENT,
};
const said = (answer: SubmissionAnswer): string =>
  answer.kind === 'recorded' ? 'recorded' : `${answer.reply.code} ${answer.reply.status} ${answer.reply.text}`;

describe('a message by the API', () => {
  it('is recorded with where it came from, and nothing of it is changed', async () => {
    const { submitter, store } = start();
    const answer = await submitter.submit({ ...REQUEST, requestHash: 'ab' });
    expect(answer).toMatchObject({ kind: 'recorded', repeated: false });
    const { message, content } = store.recorded[0] ?? {};
    expect(content).toEqual(REQUEST.content);
    expect(message).toMatchObject({ account: 'erp', client: CLIENT, origin: 'api', supersedes: null, requestHash: 'ab' });
    expect(message?.received).toBe(
      `Received: from [192.0.2.7] ([192.0.2.7])\r\n\tby relay.test with HTTP id ${message?.id}\r\n\tfor <b@dest.test>;\r\n\tFri, 31 Jan 2025 08:00:00 +0000\r\n`,
    );
    expect(store.times).toEqual([{ dueAt: NOW, expireAt: NOW + 5 * DAY }]);
  });

  it.each([
    ['neither', 'Subject: x\r\n\r\nbody\r\n', 'Message-ID: <ID@relay.test>\r\nDate: Fri, 31 Jan 2025 08:00:00 +0000\r\n'],
    ['no Date', 'message-id: <1@x>\r\n\r\nbody\r\n', 'Date: Fri, 31 Jan 2025 08:00:00 +0000\r\n'],
    ['an empty Message-ID, which is there', 'Message-ID:\r\nDate: x\r\n\r\n', ''],
    ['only a body', '\r\nMessage-ID: in the body\r\n', 'Message-ID: <ID@relay.test>\r\nDate: Fri, 31 Jan 2025 08:00:00 +0000\r\n'],
  ])('RFC 6409 §8: gets what it lacks: %s', async (_name, text, added) => {
    const { submitter, store } = start();
    await submitter.submit({ ...REQUEST, content: Buffer.from(text) });
    const { message, content } = store.recorded[0] ?? {};
    expect(content?.toString()).toBe(`${added.replace('ID@', `${message?.id}@`)}${text}`);
    if (added.includes('<ID')) expect(message?.headers.messageId).toBe(`${message?.id}@relay.test`);
  });

  it('loses its X-Relais fields, and what the request says of it wins, field by field', async () => {
    const { submitter, store } = start();
    const content = Buffer.from(
      'X-Relais-Document: A\r\nX-Relais-Contact: C\r\nX-Relais-Tag: run=1\r\nMessage-ID: <1@x>\r\nDate: y\r\n\r\n',
    );
    await submitter.submit({ ...REQUEST, content, references: { document: 'B', template: null, tags: { batch: '2' } } });
    const { message, content: kept } = store.recorded[0] ?? {};
    expect(kept?.toString()).toBe('Message-ID: <1@x>\r\nDate: y\r\n\r\n');
    expect(message?.references).toEqual({ ...NO_REFERENCES, document: 'B', contact: 'C', tags: { run: '1', batch: '2' } });
  });

  it('reads what a message is about by the rules, where it is not said; and by other rules once they are changed', async () => {
    const { submitter, store } = start({ references: RULES });
    const content = Buffer.from('Subject: Factuur 700123, run 7\r\nX-Company: nl-01\r\nX-Relais-Tag: run=5\r\n\r\nbody\r\n');
    await submitter.submit({ ...REQUEST, content, references: { contact: 'C' } });
    await submitter.submit({ ...REQUEST, content: Buffer.from('X-Odoo-Objects: sale.order-9\r\nSubject: Factuur 700123\r\n\r\nx') });
    await submitter.submit({ ...REQUEST, origin: 'notification', content });
    submitter.reload({ ...SETTINGS, references: { ...RULES, profiles: [], rules: [{ field: 'contact', from: 'subject' }] } });
    await submitter.submit({ ...REQUEST, content });
    const [first, second, own, changed] = store.recorded.map(({ message }) => message.references);
    expect(first).toEqual({
      ...NO_REFERENCES,
      document: '700123',
      documentType: 'invoice',
      administration: 'nl-01',
      contact: 'C',
      tags: { run: '5' },
      found: ['document', 'documentType', 'administration'],
    });
    expect(second).toEqual({
      ...NO_REFERENCES,
      document: 'sale.order-9',
      documentType: 'sale.order',
      tags: { 'odoo-id': '9' },
      found: ['document', 'documentType', 'tag:odoo-id'],
    });
    expect(own).toEqual({ ...NO_REFERENCES, tags: { run: '5' } });
    expect(changed).toEqual({ ...NO_REFERENCES, contact: 'Factuur 700123, run 7', tags: { run: '5' }, found: ['contact'] });
    expect(store.recorded[0]?.content.toString()).toContain('X-Company: nl-01');
  });

  it('takes a message whose rules take too long, and says so', async () => {
    const { submitter, store, log } = start({ references: { ...RULES, timeLimit: -1 } });
    await submitter.submit({ ...REQUEST, content: Buffer.from('Subject: Factuur 700123\r\n\r\nbody\r\n') });
    expect(store.recorded[0]?.message.references).toEqual(NO_REFERENCES);
    expect(log.lines.join()).toContain('some were not asked');
  });

  it('may come as a stream, in whatever chunks, and gets the line end that DATA would have given it', async () => {
    const { submitter, store } = start();
    const text = 'Message-ID: <1@x>\r\nDate: y\r\n\r\none\r\n.\r\ntwo';
    const octets = [...Buffer.from(text)].map((octet) => Buffer.from([octet]));
    expect(said(await submitter.submit({ ...REQUEST, content: Readable.from(octets) }))).toBe('recorded');
    expect(store.recorded[0]?.content.toString()).toBe(`${text}\r\n`);
  });

  it('is recorded once for a key; the second answer names the first message', async () => {
    const { submitter, store } = start();
    const key = { value: 'k', until: NOW + DAY };
    const first = await submitter.submit({ ...REQUEST, key });
    const second = await submitter.submit({ ...REQUEST, key });
    expect(first).toMatchObject({ kind: 'recorded', repeated: false });
    expect(second).toEqual({ ...first, repeated: true });
    expect(store.recorded.length).toBe(1);
  });

  it('waits for its time, and expires so long after it', async () => {
    const { submitter, store } = start();
    await submitter.submit({ ...REQUEST, releaseAt: NOW + DAY });
    await submitter.submit({ ...REQUEST, releaseAt: NOW - DAY });
    await submitter.submit({ ...REQUEST, releaseAt: NOW + 1, content: Buffer.from('X-Relais-Send-At: 2025-02-01T09:00:00+01:00\r\n\r\n') });
    expect(store.recorded.map(({ message }) => message.releaseAt)).toEqual([NOW + DAY, undefined, NOW + DAY]);
    expect(store.times.map(({ dueAt }) => dueAt)).toEqual([NOW + DAY, NOW, NOW + DAY]);
    expect(store.times[0]?.expireAt).toBe(NOW + 6 * DAY);
  });
});

describe('a message of relais itself', () => {
  it('says so in its trace field, and may use any sender', async () => {
    const { submitter, store } = start({ accounts: [] });
    const content = Buffer.from('Subject: Undelivered\r\n\r\n');
    const concerns = '01JDE00000000000000000000A' as MessageId;
    expect(
      said(
        await submitter.submit({
          ...REQUEST,
          origin: 'notification',
          client: null,
          envelope: envelope(null, 'a@src.test'),
          content,
          concerns,
        }),
      ),
    ).toBe('recorded');
    expect(
      said(await submitter.submit({ ...REQUEST, origin: 'resend', envelope: envelope('x@y.test', 'b@dest.test'), supersedes: concerns })),
    ).toBe('recorded');
    expect(store.recorded[0]?.message).toMatchObject({ origin: 'notification', concerns, client: { address: '', user: null } });
    expect(store.recorded[0]?.message.received).toMatch(/^Received: by relay\.test with local id \w{26}\r\n\tfor <a@src\.test>;\r\n/);
    expect(store.recorded[0]?.content).toEqual(content);
    expect(store.recorded[1]?.message).toMatchObject({ origin: 'resend', supersedes: concerns });
  });
});

describe('refusals', () => {
  const content = (text: string): Partial<SubmissionRequest> => ({ content: Buffer.from(text) });
  const many = Array.from({ length: 101 }, (_, index) => `r${index}@dest.test`);
  it.each<[string, Partial<SubmissionRequest>, string]>([
    ['R36 bare LF', content('a: b\n\n'), '550 5.6.0'],
    ['R36 bare CR', content('a: b\rc\r\n'), '550 5.6.0'],
    ['R36 a CR at the end', content('a: b\r\n\r\nx\r'), '550 5.6.0'],
    ['R36 NUL', content('a: b\0\r\n'), '550 5.6.0'],
    ['R36 bare LF in a stream', { content: Readable.from([Buffer.from('a: b\r'), Buffer.from('\n\n')]) }, '550 5.6.0'],
    ['R48 a loop', content(`${'Received: x\r\n'.repeat(51)}\r\n`), '554 5.4.6'],
    ['R31 too big', content('x'.repeat(1_000_001)), '552 5.3.4'],
    ['R31 too big, as a stream', { content: Readable.from(Array.from({ length: 30 }, () => Buffer.alloc(100_000, 'x'))) }, '552 5.3.4'],
    ['R32 too many recipients', { envelope: envelope('a@src.test', ...many) }, '550 5.5.3'],
    ['no recipients', { envelope: envelope('a@src.test') }, '554 5.5.1'],
    ['a sender that the account may not use', { envelope: envelope('x@y.test', 'b@dest.test') }, '550 5.7.1'],
    ['an account that is not there', { account: 'nobody' }, '550 5.7.1'],
    ['the report domain', { envelope: envelope('a@src.test', 'b@dest.test', 'rb-1@BOUNCE.test') }, '550 5.7.1'],
    ['the report domain, of relais itself', { origin: 'resend', envelope: envelope('a@src.test', 'rb-1@bounce.test') }, '550 5.7.1'],
    ['a time that is none', content('X-Relais-Send-At: tomorrow\r\n\r\n'), '550 5.6.0 X-Relais-Send-At'],
    ['a time too far ahead', content('X-Relais-Send-At: 2026-01-01T00:00:00Z\r\n\r\n'), '550 5.6.0 X-Relais-Send-At'],
    ['a time of release too far ahead', { releaseAt: NOW + 31 * DAY }, '550 5.5.4'],
  ])('%s', async (_name, change, expected) => {
    const { submitter, store, log } = start();
    expect(said(await submitter.submit({ ...REQUEST, ...change }))).toMatch(new RegExp(`^${expected.replaceAll('.', '\\.')}`));
    expect(store.recorded).toEqual([]);
    expect(store.writers.every(({ aborted }) => aborted)).toBe(true);
    expect(log.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it.each<[string, (store: StoreDouble) => void, string]>([
    [
      'R22 below the floor of free space',
      (store) => Object.assign(store, { state: { writable: true, reason: null, freeOctets: 999 } }),
      '452 4.3.1',
    ],
    ['not writable', (store) => Object.assign(store, { state: { writable: false, reason: 'poisoned', freeOctets: 1e9 } }), '451 4.3.0'],
    [
      'R33 the queue at its cap',
      (store) => Object.assign(store, { queue: { messages: 1000, queued: 1000, deferred: 0, held: 0 } }),
      '452 4.3.1',
    ],
    ['a commit that fails', (store) => Object.assign(store, { onAccept: () => Promise.reject(new Error('disk')) }), '451 4.3.0'],
    ['a write that fails', (store) => Object.assign(store, { onWrite: () => Promise.reject(new Error('disk')) }), '451 4.3.0'],
  ])('%s: later', async (_name, prepare, expected) => {
    const { submitter, store } = start();
    prepare(store);
    expect(said(await submitter.submit(REQUEST)).slice(0, 9)).toBe(expected);
    expect(store.recorded).toEqual([]);
  });

  it('a stream that breaks off: later, and what was written is let go', async () => {
    const { submitter, store } = start();
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('a: b\r\n\r\nx');
        await Promise.resolve();
        throw new Error('the client went away');
      })(),
    );
    expect(said(await submitter.submit({ ...REQUEST, content: broken })).slice(0, 9)).toBe('451 4.3.0');
    expect(store.writers.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('the life of it', () => {
  it('follows the configuration', async () => {
    const { submitter } = start();
    submitter.reload({ ...SETTINGS, accounts: [account('erp', 'x', ['*@new.test'])] });
    expect(said(await submitter.submit(REQUEST)).slice(0, 9)).toBe('550 5.7.1');
  });

  it('stops: 421 from then on; what is being recorded is answered, what is still coming in is given up', async () => {
    const { submitter, store } = start();
    let accept: (() => void) | undefined;
    store.onAccept = () => new Promise((resolve) => (accept = resolve));
    const recording = submitter.submit(REQUEST);
    const endless = new Readable({ read: () => undefined });
    endless.push('a: b\r\n\r\n');
    const coming = submitter.submit({ ...REQUEST, content: endless });
    await expect.poll(() => accept).toBeDefined();
    const closed = submitter.close(10);
    expect(said(await submitter.submit(REQUEST)).slice(0, 9)).toBe('421 4.3.2');
    expect(said(await coming).slice(0, 9)).toBe('421 4.3.2');
    accept?.();
    expect(said(await recording)).toBe('recorded');
    await closed;
    expect(store.recorded.length).toBe(1);
  });
});
