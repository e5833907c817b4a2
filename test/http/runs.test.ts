/** Runs over the API and on their pages. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import { type RunRecord, runId } from '../../src/domain/run.ts';
import { formSender, signedIn, text } from './browser.ts';
import { fakeSignalDesk } from './fake-signal-desk.ts';
import { accept, createRoom, type Room } from './harness.ts';

const AT = Date.parse('2026-11-24T07:00:00Z');

function run(name: string, over: Partial<RunRecord> = {}): RunRecord {
  const key = `erp: ${name}`;
  return {
    id: runId(key),
    key,
    account: 'erp',
    name,
    template: 'payslip',
    expected: 40,
    startedAt: AT,
    lastAt: AT + 60_000,
    messages: 38,
    recipients: 38,
    states: { transferred: 30, delivered: 2, failed: 1, suppressed: 1, queued: 4 },
    failures: [],
    duplicates: 0,
    identical: 0,
    duplicateExamples: [],
    held: null,
    released: null,
    ...over,
  };
}

let room: Room;
let desk: ReturnType<typeof fakeSignalDesk>;

beforeEach(() => {
  desk = fakeSignalDesk(() => AT);
  room = createRoom({ signalDesk: desk });
});
afterEach(() => room.stop());

function known(...runs: readonly RunRecord[]): void {
  for (const one of runs) desk.seenRuns.set(one.id, one);
}

describe('GET /runs', () => {
  it('gives each with its counts, a page at a time, and one by its id', async () => {
    known(run('may'), run('june', { held: { at: AT, by: null, rule: 'leap' } }), run('july', { account: 'shop', template: 'invoice' }));
    const first = await room.get<{ items: object[]; next: string }>('/api/v1/runs?limit=2');
    expect(first.items).toMatchObject([
      {
        name: 'may',
        expected: 40,
        received: 38,
        missing: 2,
        recipients: 38,
        transferred: 32,
        failed: 2,
        waiting: 4,
        held: 0,
        cancelled: 0,
        hold: null,
        startedAt: '2026-11-24T07:00:00.000Z',
      },
      { name: 'june', hold: { by: null, rule: 'leap' } },
    ]);
    expect(await room.get(`/api/v1/runs?limit=2&cursor=${first.next}`)).toMatchObject({ items: [{ name: 'july' }], next: null });
    expect(await room.get('/api/v1/runs?held=true')).toMatchObject({ items: [{ name: 'june' }] });
    expect(await room.get('/api/v1/runs?account=shop&template=invoice')).toMatchObject({ items: [{ name: 'july' }] });
    expect(await room.get(`/api/v1/runs/${runId('erp: may')}`)).toMatchObject({ key: 'erp: may' });
    expect((await room.call('/api/v1/runs/nothing')).status).toBe(404);
    expect((await room.call('/api/v1/runs?cursor=x')).status).toBe(400);
  });

  it('holds and releases one, and the audit log says who', async () => {
    known(run('may'));
    const path = `/api/v1/runs/${runId('erp: may')}`;
    const held = await room.call(`${path}/hold`, { method: 'POST', body: '{}' });
    expect(await held.json()).toMatchObject({ hold: { by: 'local' } });
    expect(await (await room.call(`${path}/release`, { method: 'POST', body: '{}' })).json()).toMatchObject({
      hold: null,
      released: { by: 'local' },
    });
    const log = (await room.store.audits({}, { limit: 5 })).items;
    expect(log.map(({ action, subject }) => [action, subject.id])).toEqual([
      ['run.released', 'erp: may'],
      ['run.held', 'erp: may'],
    ]);
  });
});

describe('the pages of runs', () => {
  it('list them, and show one with what failed and what came twice', async () => {
    const failed = await accept(room, { subject: 'Payslip <b>May</b>' });
    const again = await accept(room, { subject: 'Payslip again' });
    const failures = [{ message: failed as MessageId, index: 0, category: 'mailbox-full' as const }];
    const duplicateExamples = [{ message: again as MessageId, of: failed as MessageId, index: 0, identical: true }];
    known(run('may', { failures, duplicateExamples, duplicates: 1, identical: 1 }), run('ad hoc', { name: null, expected: null }));
    const [get, send] = await Promise.all([signedIn(room), formSender(room)]);
    const list = await text(get('/runs'));
    expect(list).toContain('38 of 40');
    expect(list).toContain('Burst of payslip');
    const page = await text(get(`/runs/${runId('erp: may')}`));
    expect(page).toContain('38 of 40 – 2 messages are still to come');
    expect(page).toContain(`href="/messages/${failed}">Payslip &lt;b&gt;May&lt;/b&gt;</a>`);
    expect(page).toContain('the mailbox is full');
    expect(page).toContain('1 recipient got a document of this run more than once, 1 of them octet for octet the same.');
    expect(page).toContain('href="/messages?account=erp&amp;tag=run%3Dmay"');
    const sent = await send(`/runs/${runId('erp: may')}/hold`, {});
    expect(sent.headers.get('location')).toBe(`/runs/${runId('erp: may')}`);
    expect(await text(get(`/runs/${runId('erp: may')}`))).toContain('Held by local');
    expect((await get('/runs/nothing')).status).toBe(404);
  });
});
