import { describe, expect, it } from 'vitest';
import type { ReferenceDesk, StreamRecord } from '../../src/domain/ports.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';
import { accept, createRoom, type Room } from './harness.ts';

const APPLIED = { matched: 2, changed: 1, fields: { document: 1 }, unread: 0, next: 'more' } as const;

interface FakeDesk extends ReferenceDesk {
  readonly asked: { readonly call: string; readonly request: object }[];
}

/** Says what it was asked. */
async function room(): Promise<{ room: Room; desk: FakeDesk }> {
  const asked: FakeDesk['asked'] = [];
  const desk: FakeDesk = {
    asked,
    behind: 7,
    try: async (request) => {
      asked.push({ call: 'try', request });
      const page = await opened.store.messages(request.filter, { limit: request.limit });
      const rule = { field: 'document', from: 'subject' } as const;
      return page.items.map(({ message }) => ({
        message,
        read: true,
        findings: [{ profile: null, index: 0, rule, value: 'X', decides: true }],
        after: { ...NO_REFERENCES, document: 'X' },
      }));
    },
    apply: async (request) => {
      asked.push({ call: 'apply', request });
      return { ...APPLIED, examples: [] };
    },
  };
  const opened: Room = createRoom({ referenceDesk: desk });
  return { room: opened, desk };
}

describe('the rules for references', () => {
  it('are shown as they run', async () => {
    const { room: opened } = await room();
    expect(await opened.get('/api/v1/references')).toMatchObject({ profiles: expect.any(Array), rules: [], behind: 7 });
    opened.stop();
  });

  it('are tried on the newest messages, and what was shown is in the audit log', async () => {
    const { room: opened, desk } = await room();
    const id = await accept(opened, { subject: 'Order 1' });
    const rules = [{ field: 'document', from: 'subject', pattern: 'order (\\d+)' }];
    const answer = await opened.post('/api/v1/references/test', { rules, limit: 5 });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      items: [
        {
          id,
          subject: 'Order 1',
          findings: [{ profile: null, index: 0, field: 'document', value: 'X', decides: true }],
          after: { document: 'X' },
        },
      ],
    });
    expect(desk.asked).toEqual([{ call: 'try', request: { filter: {}, limit: 5, rules } }]);
    const { items } = await opened.store.audits({}, { limit: 5 });
    expect(items[0]).toMatchObject({ action: 'content.read', subject: { kind: 'message', id }, detail: { what: 'references' } });
    opened.stop();
  });

  it.each([
    [{ rules: [{ field: 'document', from: 'subject', pattern: '(a' }] }, 'rules.0.pattern', 'RE2'],
    [{ rules: [{ field: 'document', from: 'subject', pattern: '((a{1,500}){1,2}){1,10}' }] }, 'rules.0.pattern', 'RE2'],
    [{ rules: [{ field: 'tag', from: 'subject' }] }, 'rules.0.tag', 'a name for the tag'],
    [{ rules: [{ field: 'colour', from: 'subject' }] }, 'rules.0.field', 'one of document'],
    [{ profiles: ['nobody'] }, 'profiles.0', 'one of headers'],
  ])('refuses %j, and says where', async (body, path, detail) => {
    const { room: opened, desk } = await room();
    const answer = await opened.post('/api/v1/references/test', body);
    expect(answer.status).toBe(400);
    const { errors } = (await answer.json()) as { errors: { path: string; detail: string }[] };
    expect(errors[0]?.path).toBe(path);
    expect(errors[0]?.detail).toContain(detail);
    expect(desk.asked).toEqual([]);
    opened.stop();
  });

  it('are applied to a filter, or to all when that is said, and the audit log has it', async () => {
    const { room: opened, desk } = await room();
    expect((await opened.post('/api/v1/references/apply', {})).status).toBe(400);
    const dry = await opened.post('/api/v1/references/apply', { all: true, dryRun: true });
    expect(await dry.json()).toEqual({ dryRun: true, ...APPLIED, examples: [], complete: false });
    expect((await opened.store.audits({}, { limit: 5 })).items).toEqual([]);
    await opened.post('/api/v1/references/apply', { filter: { template: 'order' }, cursor: 'more' });
    expect(desk.asked.at(-1)?.request).toMatchObject({ filter: { template: 'order' }, cursor: 'more', dryRun: false });
    const { items } = await opened.store.audits({}, { limit: 5 });
    expect(items[0]).toMatchObject({ action: 'references.applied', detail: { matched: 2, changed: 1 } });
    opened.stop();
  });
});

describe('streams', () => {
  const record = (changes: Partial<StreamRecord>, example: StreamRecord['example']): StreamRecord => ({
    name: null,
    named: null,
    account: 'erp',
    pattern: 'order #',
    example,
    firstAt: 0,
    lastAt: 0,
    messages: 3,
    ...changes,
  });

  it('are listed with most mail first, in pages, and filtered', async () => {
    const { room: opened } = await room();
    const id = await accept(opened, {});
    for (let i = 0; i < 5; i++)
      await opened.store.streams.put(`s${i}`, record({ messages: i, pattern: `kind ${i}`, name: i === 3 ? 'Orders' : null }, id));
    const names = async (query: string): Promise<string[]> =>
      (await opened.get<{ items: { stream: string }[] }>(`/api/v1/streams${query}`)).items.map(({ stream }) => stream);
    expect(await names('')).toEqual(['s4', 's3', 's2', 's1', 's0']);
    const first = await opened.get<{ next: string }>('/api/v1/streams?limit=2');
    expect(await names(`?limit=2&cursor=${first.next}`)).toEqual(['s2', 's1']);
    expect(await names('?named=true')).toEqual(['s3']);
    expect(await names('?q=KIND%202')).toEqual(['s2']);
    opened.stop();
  });

  it('are given names, which messages show and are found by, and lose them', async () => {
    const { room: opened } = await room();
    const id = await accept(opened, { references: { stream: 'aaaa' } });
    await opened.store.streams.put('aaaa', record({}, id));
    expect((await opened.call('/api/v1/streams/aaaa', { method: 'PUT', body: JSON.stringify({ name: ' Orders ' }) })).status).toBe(200);
    const found = await opened.get<{ items: { id: string; streamName: string }[] }>('/api/v1/messages?template=Orders');
    expect(found.items).toMatchObject([{ id, streamName: 'Orders' }]);
    expect(await opened.get(`/api/v1/messages/${id}`)).toMatchObject({ streamName: 'Orders', stream: 'aaaa' });
    const { items } = await opened.store.audits({}, { limit: 5 });
    expect(items[0]).toMatchObject({ action: 'stream.named', subject: { kind: 'stream', id: 'aaaa' }, detail: { name: 'Orders' } });
    await opened.call('/api/v1/streams/aaaa', { method: 'PUT', body: JSON.stringify({ name: null }) });
    expect((await opened.get<{ items: object[] }>('/api/v1/messages?template=Orders')).items).toEqual([]);
    expect((await opened.call('/api/v1/streams/missing', { method: 'PUT', body: JSON.stringify({ name: 'x' }) })).status).toBe(404);
    opened.stop();
  });
});
