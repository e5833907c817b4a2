/** The room over the store in memory: what is completed of a message after its acceptance, and what is changed of the past. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MessageId } from '../../../src/domain/ids.ts';
import type { AcceptedMessage, References } from '../../../src/domain/message.ts';
import type { ReferenceDesk, RulesApplied, StreamRecord } from '../../../src/domain/ports.ts';
import { NO_REFERENCES } from '../../../src/domain/references.ts';
import type { ReferenceSettings } from '../../../src/domain/settings.ts';
import { type ReferencesRoom, startReferences } from '../../../src/relay/references/index.ts';
import type { Pacing } from '../../../src/relay/references/pace.ts';
import { acceptMessage } from '../../support/accepted-message.ts';
import { builtWorkerOf } from '../../support/built-worker.ts';
import { createMemoryStore, type MemoryStore } from '../../support/memory-store.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { lines, mail, UBL_INVOICE } from './mails.ts';

const SHORT: Pacing = { pause: 1, busy: 2, patience: 5, slice: 20, gather: 1, streams: 0, retryFirst: 1, retryLongest: 2 };
const SETTINGS: ReferenceSettings = {
  profiles: ['headers', 'odoo', 'ubl', 'afas'],
  rules: [],
  contactUrl: null,
  documentUrl: null,
  verdict: 'every',
  timeLimit: 1000,
  attachments: 10_000_000,
  streams: true,
};

let entry: URL;
beforeAll(() => {
  entry = builtWorkerOf('relay/references');
}, 90_000);

const running: ReferencesRoom[] = [];
afterEach(async () => {
  for (const room of running.splice(0)) await room.stop(5000);
});

async function start(store: MemoryStore, changes: Partial<ReferenceSettings> = {}) {
  const log = recordingLog();
  const settings = { ...SETTINGS, ...changes };
  const room = await startReferences({ store, settings, now: Date.now, log, pacing: SHORT, entry });
  running.push(room);
  return { room, desk: room.desk, log };
}

/** Events are awaited, however busy the machine is. */
const until = (holds: () => Promise<void>): Promise<void> => vi.waitFor(holds, { timeout: 15_000, interval: 5 });

const referencesOf = async (store: MemoryStore, { id }: Pick<AcceptedMessage, 'id'>): Promise<References | undefined> =>
  (await store.record(id))?.message.references;
const position = async (store: MemoryStore): Promise<number | undefined> => (await store.consumers.get('references'))?.seq;

/** Its subject says nothing. */
const sendUbl = (store: MemoryStore, references: Partial<References> = {}): Promise<AcceptedMessage> =>
  acceptMessage(store, { content: WITH_UBL, headers: { subject: 'For your records' }, references });
const WITH_UBL = mail({ html: '<h1>Invoice</h1>', parts: [{ type: 'text/xml', name: 'invoice.xml', content: UBL_INVOICE }] });

describe('after its acceptance', () => {
  it('a message gets what its attachments say, and its stream, in the commit of the position', async () => {
    const store = createMemoryStore();
    await start(store);
    const said = await sendUbl(store, { contact: 'SAID' });
    await until(async () => expect((await referencesOf(store, said))?.document).toBe('2026-0117'));
    const references = await referencesOf(store, said);
    expect(references).toMatchObject({ documentType: 'invoice', contact: 'SAID', administration: '12345678' });
    expect(references?.stream).toMatch(/^[0-9a-f]{16}$/);
    expect(references?.found).toEqual(['document', 'documentType', 'administration']);
    const event = store.events.at(-1);
    expect(event).toMatchObject({
      type: 'message.referenced',
      message: said.id,
      was: { document: null, documentType: null, administration: null },
    });
    expect(await position(store)).toBe(1);
  });

  it('the names of files are asked too, and nothing where the message is too big or they are not to be read', async () => {
    const store = createMemoryStore();
    const content = mail({ parts: [{ type: 'application/pdf', name: 'Factuur_700123.pdf', content: 'x' }] });
    const { room } = await start(store);
    const named = await acceptMessage(store, { content, headers: { subject: 'Uw factuur' } });
    await until(async () => expect(await referencesOf(store, named)).toMatchObject({ document: '700123', documentType: 'invoice' }));
    await room.stop(5000);
    await start(store, { attachments: 200 });
    const big = await acceptMessage(store, { content, headers: { subject: 'Uw factuur' } });
    await until(async () => expect((await referencesOf(store, big))?.stream).not.toBeNull());
    expect((await referencesOf(store, big))?.document).toBeNull();
  });

  it('mail of one kind is of one stream, other mail of others, and mail with a template of none', async () => {
    const store = createMemoryStore();
    await start(store);
    const html = (rows: number): string => mail({ html: `<table class="lines">${'<tr><td>1</td></tr>'.repeat(rows)}</table>` });
    const kinds = [
      await acceptMessage(store, { content: html(1), headers: { subject: 'Order 1 for Ann Smith' } }),
      await acceptMessage(store, { content: html(9), headers: { subject: 'Order 2 for Bob & Sons' } }),
      await acceptMessage(store, { content: html(1), headers: { subject: 'Order 3 cancelled' } }),
      await acceptMessage(store, { content: lines('', 'text'), headers: { subject: 'Order 4 for Eve' } }),
      await acceptMessage(store, { content: html(1), headers: { subject: 'Order 5 for Ann' }, account: 'hr' }),
    ];
    const named = await acceptMessage(store, { content: html(1), references: { template: 'order' } });
    const last = await acceptMessage(store, { content: html(1) });
    await until(async () => expect((await referencesOf(store, last))?.stream).not.toBeNull());
    const streams = await Promise.all(kinds.map(async (message) => (await referencesOf(store, message))?.stream));
    expect(streams[0]).toBe(streams[1]);
    expect(new Set(streams).size).toBe(4);
    expect((await referencesOf(store, named))?.stream).toBeNull();
  });

  it('a stream that is seen often is kept for people to name, and keeps its name', async () => {
    const store = createMemoryStore();
    await start(store);
    const send = async (subject: string): Promise<AcceptedMessage> => {
      const message = await acceptMessage(store, { content: lines('', 'x'), headers: { subject } });
      await until(async () => expect((await referencesOf(store, message))?.stream).not.toBeNull());
      return message;
    };
    for (const subject of ['Ticket 1 closed', 'Only once', 'Ticket 2 closed']) await send(subject);
    const third = await send('Ticket 3 closed');
    const stream = (await referencesOf(store, third))?.stream ?? '';
    const known = (): Promise<StreamRecord | undefined> => store.streams.get(stream);
    await until(async () => expect((await known())?.messages).toBeGreaterThanOrEqual(3));
    expect(await known()).toMatchObject({ name: null, pattern: 'ticket # closed', account: 'erp', example: third.id });
    expect(await store.streams.list()).toHaveLength(1);
    const record = await known();
    if (record !== undefined) await store.streams.put(stream, { ...record, name: 'Tickets', named: { by: 'ann', at: 1 } });
    const fourth = await send('Ticket 4 closed');
    await until(async () => expect(await known()).toMatchObject({ name: 'Tickets', example: fourth.id }));
  });

  it('streams are written though no more mail comes', async () => {
    const store = createMemoryStore();
    const log = recordingLog();
    const room = await startReferences({ store, settings: SETTINGS, now: Date.now, log, pacing: { ...SHORT, streams: 30 }, entry });
    running.push(room);
    for (let i = 0; i < 3; i++) await acceptMessage(store, { content: lines('', 'x'), headers: { subject: `Ticket ${i} closed` } });
    await until(async () => expect((await store.streams.list())[0]?.value).toMatchObject({ pattern: 'ticket # closed', messages: 3 }));
  });

  it('a notification of ours is left alone, and so is what needs nothing', async () => {
    const store = createMemoryStore();
    await start(store, { profiles: ['odoo'] });
    const asked = vi.spyOn(store, 'content');
    await sendUbl(store, { template: 'invoice' });
    await acceptMessage(store, { content: WITH_UBL, origin: 'notification' });
    const last = await sendUbl(store);
    await until(async () => expect((await referencesOf(store, last))?.stream).not.toBeNull());
    expect(asked.mock.calls).toEqual([[last.id]]);
    expect(await position(store)).toBe(3);
  });

  it('goes on where it was, also after it was killed, and does nothing twice', async () => {
    const store = createMemoryStore();
    const { room } = await start(store);
    await room.stop(5000);
    const missed = await sendUbl(store);
    // Killed between the commit and its next step: the position of before, what was found is there.
    const second = await start(store);
    await until(async () => expect((await referencesOf(store, missed))?.document).toBe('2026-0117'));
    await second.room.stop(5000);
    await store.consumers.put('references', { seq: 0, at: 0 });
    const events = store.lastSeq;
    await start(store);
    const next = await sendUbl(store);
    await until(async () => expect((await referencesOf(store, next))?.document).toBe('2026-0117'));
    expect(store.lastSeq).toBe(events + 2);
  });

  it('tries again what the store refuses for now, and passes over content that is gone or damaged', async () => {
    const store = createMemoryStore();
    const { log } = await start(store);
    vi.spyOn(store, 'setReferences').mockRejectedValueOnce(new Error('EIO'));
    const first = await sendUbl(store);
    await until(async () => expect((await referencesOf(store, first))?.document).toBe('2026-0117'));
    expect(log.lines.join()).toContain('could not be completed; it is tried again');
    const damaged = await sendUbl(store);
    store.corrupt(damaged.id);
    const last = await sendUbl(store);
    await until(async () => expect((await referencesOf(store, last))?.document).toBe('2026-0117'));
    expect(await referencesOf(store, damaged)).toEqual(NO_REFERENCES);
  });

  it('waits while the relay has no time, and does something all the same', async () => {
    const store = createMemoryStore();
    const log = recordingLog();
    const pacing = { ...SHORT, busy: -1, patience: 30 };
    const room = await startReferences({ store, settings: SETTINGS, now: Date.now, log, pacing, entry });
    running.push(room);
    const started = performance.now();
    const message = await acceptMessage(store, { content: lines('', 'x') });
    await until(async () => expect((await referencesOf(store, message))?.stream).not.toBeNull());
    expect(performance.now() - started).toBeGreaterThanOrEqual(30);
  });
});

describe('the past', () => {
  const apply = (desk: ReferenceDesk, more: Partial<Parameters<ReferenceDesk['apply']>[0]> = {}): Promise<RulesApplied> =>
    desk.apply({ filter: {}, dryRun: false, deadline: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal, ...more });

  async function past(store: MemoryStore, count: number): Promise<MessageId[]> {
    const ids: MessageId[] = [];
    for (let i = 0; i < count; i++)
      ids.push((await acceptMessage(store, { content: lines('X-Run: 7', '', 'x'), headers: { subject: `Claim 90${i}` } })).id);
    return ids;
  }

  const CLAIMS: Partial<ReferenceSettings> = {
    streams: false,
    profiles: [],
    rules: [
      { field: 'document', from: 'subject', pattern: 'claim (?<document>\\d+)' },
      { field: 'tag', tag: 'run', from: 'header', header: 'X-Run' },
    ],
  };

  it('is only counted in a dry run, then changed, and then there is nothing to change', async () => {
    const store = createMemoryStore();
    const [first] = await past(store, 3);
    const { desk } = await start(store, CLAIMS);
    const dry = await apply(desk, { dryRun: true });
    expect(dry).toMatchObject({ matched: 3, changed: 3, fields: { document: 3, tag: 3 }, unread: 0, next: null });
    expect(dry.examples.at(-1)).toMatchObject({ message: first, was: { document: null, tags: {} }, after: { document: '900' } });
    expect(store.events.filter(({ type }) => type === 'message.referenced')).toEqual([]);
    expect(await apply(desk)).toEqual(dry);
    expect((await store.messages({ document: '901', tag: 'run=7' }, { limit: 5 })).items).toHaveLength(1);
    expect(await apply(desk)).toMatchObject({ matched: 3, changed: 0, fields: {} });
  });

  it('follows a changed rule: what rules found changes or goes, what was said stays', async () => {
    const store = createMemoryStore();
    const said = await acceptMessage(store, { headers: { subject: 'Claim 900' }, references: { document: 'SAID' } });
    const found = await acceptMessage(store, { headers: { subject: 'Claim 901' } });
    const { desk, room } = await start(store, CLAIMS);
    await apply(desk);
    expect(await referencesOf(store, found)).toMatchObject({ document: '901' });
    await room.stop(5000);
    const changed = await start(store, { ...CLAIMS, rules: [{ field: 'contact', from: 'subject', pattern: 'claim (\\d+)' }] });
    expect(await apply(changed.desk)).toMatchObject({ changed: 2, fields: { document: 1, contact: 2 } });
    expect(await referencesOf(store, said)).toEqual({ ...NO_REFERENCES, document: 'SAID', contact: '900', found: ['contact'] });
    expect(await referencesOf(store, found)).toEqual({ ...NO_REFERENCES, contact: '901', found: ['contact'] });
  });

  it('is gone over in slices, and goes on where a call ended', async () => {
    const store = createMemoryStore();
    await past(store, 230);
    const { desk } = await start(store, CLAIMS);
    const first = await apply(desk, { deadline: 0 });
    expect(first).toMatchObject({ matched: 100, changed: 100 });
    expect(first.examples).toHaveLength(20);
    const second = await apply(desk, { deadline: 0, cursor: first.next ?? '' });
    const third = await apply(desk, { cursor: second.next ?? '' });
    expect([second.matched, third.matched, third.next]).toEqual([100, 30, null]);
    expect(await apply(desk, { filter: { document: '90229' } })).toMatchObject({ matched: 1, changed: 0 });
  });

  it('keeps what was found in content that is gone since, and finds what needs none', async () => {
    const store = createMemoryStore();
    const [id] = await past(store, 1);
    const { desk, room } = await start(store, CLAIMS);
    await apply(desk);
    await room.stop(5000);
    await store.cleanup({ contentBefore: Number.MAX_SAFE_INTEGER, recordsBefore: 0, now: Date.now() } as never).catch(() => undefined);
    vi.spyOn(store, 'content').mockRejectedValue(
      Object.assign(new (await import('../../../src/domain/errors.ts')).StoreError('erased', 'erased')),
    );
    const rules = [...(CLAIMS.rules ?? []), { field: 'contact', from: 'subject', pattern: '(\\d+)' } as const];
    const { desk: after } = await start(store, { ...CLAIMS, rules });
    expect(await apply(after)).toMatchObject({ matched: 1, changed: 1, unread: 1, fields: { contact: 1 } });
    expect((await store.record(id as MessageId))?.message.references).toMatchObject({
      document: '900',
      contact: '900',
      tags: { run: '7' },
    });
  });

  it('gets its streams as well', async () => {
    const store = createMemoryStore();
    await past(store, 4);
    const { desk } = await start(store, { ...CLAIMS, streams: true });
    expect(await apply(desk)).toMatchObject({ changed: 4, fields: { stream: 4 } });
    expect((await store.streams.list()).map(({ value }) => [value.pattern, value.messages])).toEqual([['claim #', 4]]);
  });

  it('rules are tried on it: what each finds, which decides, and what would come of it', async () => {
    const store = createMemoryStore();
    await past(store, 3);
    const { desk } = await start(store, { ...CLAIMS, profiles: ['afas'] });
    const rules = [
      { field: 'document', from: 'header', header: 'X-Run' },
      { field: 'contact', from: 'subject', pattern: 'nobody' },
    ] as const;
    const trials = await desk.try({ filter: {}, limit: 2, rules });
    expect(trials.map(({ message }) => message.headers.subject)).toEqual(['Claim 902', 'Claim 901']);
    expect(trials[0]?.read).toBe(true);
    expect(trials[0]?.findings.map(({ index, value, decides }) => [index, value, decides])).toEqual([
      [0, '7', true],
      [2, '902', false],
      [3, '7', true],
    ]);
    expect(trials[0]?.after).toMatchObject({ document: '7', tags: { run: '7' } });
    expect(store.events.filter(({ type }) => type === 'message.referenced')).toEqual([]);
  });
});
