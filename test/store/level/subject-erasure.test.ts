/** R64: what was erased of a person is in none of the files, and the store holds together. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../../src/domain/ids.ts';
import type { Store } from '../../../src/domain/ports.ts';
import { verifyStore } from '../../../src/store/verify.ts';
import { DAY, reportEvidence } from '../../contract/messages.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { storeBench } from './bench-store.ts';

const { make, newDir, open, clock } = storeBench();

const ANN = 'wallflower.7731@partner.example';
/** What the files are looked through for: of the whole address the register's compression may keep the domain elsewhere. */
const LOCAL = 'wallflower.7731';
const BOB = 'bob@partner.example';

const erase = (store: Store, more: { readonly force?: boolean } = {}) => {
  clock.now += 1000;
  return store.eraseSubject({ address: ANN, dryRun: false, force: false, by: 'dpo', now: clock.now, ...more });
};

async function isSound(dir: string): Promise<void> {
  const { findings } = await verifyStore({ dataDir: dir, log: recordingLog(), now: clock.read });
  expect(findings).toEqual([]);
}

/** Files below the directory that hold the text, in whatever case. */
function filesWith(dir: string, text: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).toString('latin1').toLowerCase().includes(text));
}

async function historyOf(store: Store, recipients: readonly string[], body: string): Promise<MessageId> {
  const { id } = await make.accept(store, { recipients, subject: `About ${ANN}`, body });
  for (const index of recipients.keys()) {
    await make.attempt(store, id, 'deferred', index);
    await make.attempt(store, id, 'transferred', index);
  }
  const at = recipients.indexOf(ANN);
  const report = make.report({ matched: { message: id, index: at, rank: 1 }, to: `<${ANN}>`, subject: ANN });
  const items = [{ message: id, index: at, evidence: reportEvidence(report.id, 'failed') }];
  await store.recordReport({ report, raw: Buffer.from(`returned: ${ANN}`), items, now: clock.now });
  return id;
}

describe("erasing one person's data", () => {
  it('R64 leaves their address in no file, after a restart neither, and all the rest in its place', async () => {
    const dir = newDir();
    let store = await open(dir);
    await historyOf(store, [ANN], `To: ${ANN}\r\n\r\nto you alone\r\n`);
    const naming = await historyOf(store, [BOB, ANN], `To: ${BOB}, ${ANN}\r\n\r\nto both\r\n`);
    const silent = await historyOf(store, [ANN, BOB], 'Subject: to both\r\n\r\nto both, and it says not whom\r\n');
    const large = await historyOf(store, [ANN, BOB], `Subject: large\r\n\r\n${'x'.repeat(78)}\r\n`.repeat(20_000));
    const notice = await make.accept(store, { recipients: ['erp@example.com'], body: `Final-Recipient: rfc822;${ANN}\r\n\r\n` });
    await make.attempt(store, notice.id, 'transferred');
    const stray = make.report({ subject: 'no match' });
    await store.recordReport({ report: stray, raw: Buffer.from(`To: ${ANN.toUpperCase()}`), items: [], now: clock.now });
    await store.suppressions.put(ANN, { address: ANN, reason: 'manual', note: null, by: null, at: clock.now, until: null, message: null });
    await store.views.put('user/eve/1', { name: 'v', query: `recipient=${encodeURIComponent(ANN)}`, createdAt: clock.now });
    const before = await store.message(silent);
    expect(filesWith(dir, LOCAL).length).toBeGreaterThan(0);
    const answer = await erase(store);
    expect(answer).toMatchObject({ record: { counts: { erased: 1, rewritten: 3, contents: 1, reports: 4 }, compacted: true } });
    // It names her in its bytes alone, and is nobody's notification: that is beyond what is looked through.
    await store.erase({ ids: [notice.id], force: false, now: clock.now });
    const left = filesWith(dir, LOCAL).filter((path) => !/\d+\.log$/.test(path));
    expect(left).toEqual([]);
    const pseudonym = await store.pseudonymOf(ANN);
    const after = await store.message(silent);
    expect(after?.events.map(({ seq, type, state }) => [seq, type, state])).toEqual(
      before?.events.map(({ seq, type, state }) => [seq, type, state]),
    );
    expect(after?.recipients[0]).toMatchObject({ address: pseudonym, state: 'failed', attempts: 2 });
    expect(after?.recipients[0]?.attemptList).toHaveLength(2);
    expect((await store.content(silent)).bytes?.toString()).toContain('it says not whom');
    expect((await store.content(large)).size).toBe(20_000 * 98);
    expect((await store.message(naming))?.contentErased).toBe(true);
    await store.close();
    await isSound(dir);
    store = await open(dir);
    expect((await store.content(silent)).bytes?.toString()).toContain('it says not whom');
    expect((await store.content(large)).size).toBe(20_000 * 98);
    expect((await store.message(silent))?.recipients[0]?.address).toBe(pseudonym);
    expect(filesWith(dir, LOCAL)).toEqual([]);
    expect(await store.pseudonymOf(ANN)).toBe(pseudonym);
  });

  it('erases what notifications and messages sent again say of them, and what names them in a subject', async () => {
    const store = await open(newDir());
    const alone = await make.accept(store, { recipients: [ANN], body: 'x' });
    await make.attempt(store, alone.id, 'failed');
    const again = await make.accept(store, { recipients: [BOB], supersedes: alone.id, body: `To: ${ANN}\r\n\r\nagain\r\n` });
    const mention = await make.accept(store, { recipients: [BOB], subject: `Bounce of ${ANN}`, body: 'Subject: hello\r\n\r\n' });
    for (const { id } of [again, mention]) await make.attempt(store, id, 'transferred');
    expect(await erase(store)).toMatchObject({ record: { counts: { erased: 1, rewritten: 2, contents: 1 } } });
    expect((await store.message(again.id))?.contentErased).toBe(true);
    expect((await store.message(mention.id))?.message.headers.subject).toBe(`Bounce of ${await store.pseudonymOf(ANN)}`);
  });

  it('waits for what is still to go to others, and ends with the next clean-up', async () => {
    const dir = newDir();
    const store = await open(dir);
    const naming = (await make.accept(store, { recipients: [ANN, BOB], body: `To: ${ANN}, ${BOB}\r\n\r\nto both\r\n` })).id;
    const silent = (await make.accept(store, { recipients: [ANN, BOB], body: 'Subject: x\r\n\r\nto both\r\n' })).id;
    const answer = await erase(store, { force: true });
    expect(answer).toMatchObject({ record: { counts: { rewritten: 2, contents: 0, remaining: 2 }, unfinished: expect.any(Array) } });
    // It goes out as it was submitted.
    expect((await store.content(naming)).bytes?.toString()).toContain(ANN);
    for (const id of [naming, silent]) await make.attempt(store, id, 'transferred', 1);
    clock.now += DAY;
    await store.cleanup({ contentBefore: 0, recordsBefore: 0, now: clock.now });
    expect((await store.message(naming))?.contentErased).toBe(true);
    expect((await store.content(silent)).bytes?.toString()).toContain('to both');
    expect((await store.erasures.list())[0]?.value).toMatchObject({ unfinished: [], counts: { remaining: 0 } });
    await store.close();
    expect(filesWith(join(dir, 'spool'), ANN)).toEqual([]);
    await isSound(dir);
  });

  it('suppresses them still, by the hash, and nobody else', async () => {
    const store = await open(newDir());
    await store.suppressions.put(ANN, {
      address: ANN,
      reason: 'complaint',
      note: null,
      by: null,
      at: clock.now,
      until: null,
      message: null,
    });
    await erase(store);
    for (const [address, state] of [
      [ANN, 'suppressed'],
      [BOB, 'queued'],
    ] as const) {
      const { id } = await make.accept(store, { recipients: [address] });
      const next = { nextHop: 'hop', leaseUntil: clock.now + DAY, retryAt: clock.now + DAY, now: clock.now };
      const { recipients } = await store.claim({ message: id, indexes: [0], ...next });
      expect([recipients.length, (await store.record(id))?.recipients[0]?.state]).toEqual([state === 'queued' ? 1 : 0, state]);
    }
  });

  it('touches nothing that came after it had begun', async () => {
    const store = await open(newDir());
    await historyOf(store, [ANN], 'x');
    const erasing = erase(store);
    const { id } = await make.accept(store, { recipients: [ANN], body: `To: ${ANN}\r\n\r\nnew\r\n` });
    await erasing;
    await make.attempt(store, id, 'transferred');
    expect((await store.message(id))?.recipients[0]).toMatchObject({ address: ANN, state: 'transferred' });
    expect((await store.content(id)).bytes?.toString()).toContain(ANN);
  });
});
