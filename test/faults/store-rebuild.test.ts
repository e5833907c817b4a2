import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Level } from 'level';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/domain/errors.ts';
import type { AcceptedMessage } from '../../src/domain/message.ts';
import type { Store } from '../../src/domain/ports.ts';
import { Database } from '../../src/store/level/database.ts';
import { DAY, gather, reportEvidence } from '../contract/messages.ts';
import { allIds, storeBench } from './store-fixture.ts';
import { buildStore, runStoreChild } from './store-process.ts';

const { clock, maker, newDir, open, fill, verify, rebuild, copyOf, keepUntilEnd } = storeBench();

/** A store that was filled and closed, all of it in tables; and a register of another store. */
let filled = '';
let foreign = '';
let accepted: AcceptedMessage[] = [];

beforeAll(async () => {
  filled = keepUntilEnd.newDir();
  const store = await keepUntilEnd.open(filled);
  accepted = await fill(store);
  await store.close();
  const database = await Database.open(join(filled, 'register'), { create: false });
  await database.compact({ start: '\x00', end: '\u{10ffff}' });
  await database.close();
  foreign = keepUntilEnd.newDir();
  const other = await keepUntilEnd.open(foreign);
  await maker.accept(other);
  await other.close();
});
afterAll(() => keepUntilEnd.dispose());

function filesOf(dir: string, pattern: RegExp): string[] {
  const register = join(dir, 'register');
  return readdirSync(register)
    .filter((name) => pattern.test(name))
    .map((name) => join(register, name));
}

function onEach(dir: string, pattern: RegExp, damage: (path: string) => void): void {
  for (const path of filesOf(dir, pattern)) damage(path);
}

/** One bit in every so many octets. */
function flipBits(path: string, every: number): void {
  const bytes = readFileSync(path);
  for (let at = every; at < bytes.length; at += every) bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

/** One bit, at a part of the file's length. */
function flipAt(path: string, part: number): void {
  const bytes = readFileSync(path);
  const at = Math.floor((part + 0.02) * bytes.length);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 8, at);
  writeFileSync(path, bytes);
}

/** Those whose content is there: all but the one that was erased. */
function surviving(): string[] {
  return accepted.slice(1).map(({ id }) => id);
}

async function expectAllBack(dir: string): Promise<Store> {
  expect((await verify(dir)).findings).toEqual([]);
  const store = await open(dir);
  expect(await allIds(store)).toEqual(surviving());
  for (const message of accepted.slice(1)) {
    const detail = await store.message(message.id);
    expect(detail?.message).toEqual(message);
    expect(detail?.recipients.map(({ state }) => state)).toEqual(message.envelope.recipients.map(() => 'held'));
    expect(detail?.events.map(({ type }) => type)).toEqual([
      'message.accepted',
      ...message.envelope.recipients.map(() => 'recipient.held'),
    ]);
    expect((await store.content(message.id)).sha256).toBe(message.sha256);
  }
  return store;
}

const kinds: [string, (dir: string) => void][] = [
  ['CURRENT is missing', (dir) => rmSync(join(dir, 'register', 'CURRENT'))],
  ['CURRENT is empty', (dir) => truncateSync(join(dir, 'register', 'CURRENT'), 0)],
  ['MANIFEST is missing', (dir) => onEach(dir, /^MANIFEST/, (path) => rmSync(path))],
  ['MANIFEST is half', (dir) => onEach(dir, /^MANIFEST/, (path) => truncateSync(path, Math.floor(statSync(path).size / 2)))],
  ['MANIFEST is cut by its last record', (dir) => onEach(dir, /^MANIFEST/, (path) => truncateSync(path, statSync(path).size - 20))],
  ['a table is missing', (dir) => rmSync(filesOf(dir, /\.ldb$/)[0] ?? '')],
  ['a table is cut off', (dir) => truncateSync(filesOf(dir, /\.ldb$/)[0] ?? '', 1000)],
  ['a table has flipped bits all over', (dir) => onEach(dir, /\.ldb$/, (path) => flipBits(path, 50))],
  [
    'the register is of another store',
    (dir) => {
      rmSync(join(dir, 'register'), { recursive: true });
      mkdirSync(join(dir, 'register'));
      for (const name of readdirSync(join(foreign, 'register')))
        writeFileSync(join(dir, 'register', name), readFileSync(join(foreign, 'register', name)));
    },
  ],
  [
    'an empty directory is in its place',
    (dir) => {
      rmSync(join(dir, 'register'), { recursive: true });
      mkdirSync(join(dir, 'register'));
    },
  ],
  ['it is gone', (dir) => rmSync(join(dir, 'register'), { recursive: true })],
  ['identity.json is gone', (dir) => rmSync(join(dir, 'identity.json'))],
  ['identity.json is damaged', (dir) => writeFileSync(join(dir, 'identity.json'), '{"format":')],
];

describe('R25 a damaged register', () => {
  it.each(kinds)('%s: refuses to open, says what to do, and rebuild brings every message back', async (_, damage) => {
    const dir = copyOf(filled);
    damage(dir);
    for (let start = 1; start <= 3; start++) {
      const error = await open(dir).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ code: 'damaged', message: expect.stringMatching(/relais rebuild/) });
    }
    expect((await verify(dir)).ok).toBe(false);
    const report = await rebuild(dir);
    expect(report).toMatchObject({ messages: 6, recipients: 9, reports: 2, erased: 1, unreadable: 0, damagedPlaces: 0 });
    await expectAllBack(dir);
  });

  it('one flipped bit anywhere in the log: is refused or found by verify, or changes nothing', async () => {
    const source = await storeInLog();
    let noticed = 0;
    for (let i = 0; i < 16; i++) {
      const dir = copyOf(source.dir);
      flipAt(filesOf(dir, /\.log$/)[0] ?? '', i / 16);
      const { ok } = await verify(dir);
      const store = await open(dir).catch((error: unknown) => error);
      if (store instanceof Error) {
        expect(store).toMatchObject({ code: 'damaged', message: expect.stringMatching(/relais rebuild/) });
        expect(ok).toBe(false);
        noticed++;
        continue;
      }
      expect(await allIds(store as Store)).toEqual(source.ids);
      await (store as Store).close();
    }
    expect(noticed).toBeGreaterThan(8);
  });

  // Some of these the process dies over, so each is met in a process of its own.
  it('one flipped bit anywhere in a table: verify finds it, or the next time says that it died over it', async () => {
    buildStore();
    let noticed = 0;
    for (let i = 0; i < 4; i++) {
      const dir = copyOf(filled);
      flipAt(filesOf(dir, /\.ldb$/)[0] ?? '', i / 4);
      let verified = await runStoreChild(['verify', dir]);
      if (verified.end === 'SIGABRT') verified = await runStoreChild(['verify', dir]);
      expect(verified.end).toBe(0);
      if (verified.lines[0]?.['ok'] === false) noticed++;
    }
    expect(noticed).toBeGreaterThan(2);
  });

  /** A store whose messages stand in LevelDB's log alone. */
  async function storeInLog(): Promise<{ dir: string; ids: string[] }> {
    const dir = newDir();
    const store = await open(dir);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await maker.accept(store, { subject: `In the log ${i}` })).id);
    await store.close();
    return { dir, ids };
  }
});

describe('rebuild', () => {
  it('keeps the old register, and takes tokens, users and positions from it', async () => {
    const dir = copyOf(filled);
    const report = await rebuild(dir);
    expect(report.carriedOver).toMatchObject({
      tokens: 1,
      users: 0,
      consumers: 2,
      nextHops: 1,
      mailboxes: 1,
      suppressions: 1,
      acceptKeys: 1,
      audits: 2,
    });
    expect(report.oldRegister).toMatch(/register\.damaged-20260302T000000Z$/);
    expect(existsSync(join(report.oldRegister ?? '', 'CURRENT'))).toBe(true);
    const store = await expectAllBack(dir);
    expect((await store.tokens.get('ops'))?.hash).toBe('ab');
    expect((await store.consumers.get('erp'))?.seq).toBe(5);
    expect((await store.suppressions.get('eve@customer.example'))?.reason).toBe('manual');
    expect((await store.nextHops.get('hop.example:25'))?.failures).toBe(1);
    expect((await store.mailboxes.get('bounces'))?.lastUid).toBe(12);
    expect(await store.messagesKnownAs({ envelopeId: 'order 4' }, 5)).toHaveLength(1);
    const read = (await store.audits({ action: 'content.read' }, { limit: 10 })).items;
    expect(read.map(({ by, subject }) => [by.name, subject.kind])).toEqual([['ann', 'message']]);
    const again = { report: maker.report(), raw: Buffer.from('x'), items: [], now: clock.now, fingerprint: 'f4' };
    expect((await store.recordReport(again)).repeated).toBe(true);
    expect((await store.reports({}, { limit: 10 })).items).toHaveLength(2);
  });

  it('records no request twice whose key the old register holds, and knows again what was superseded', async () => {
    const dir = newDir();
    const before = await open(dir);
    const key = { value: 'order 4711', until: clock.now + DAY };
    const old = await maker.accept(before);
    const fresh = await maker.accept(before, { key, supersedes: old.id });
    await maker.accept(before, { key: { value: 'over', until: clock.now + 1 } });
    await before.close();
    clock.now += 1;
    expect((await rebuild(dir)).carriedOver.acceptKeys).toBe(1);
    const store = await open(dir);
    expect((await maker.accept(store, { key })).id).toBe(fresh.id);
    expect((await store.message(old.id))?.supersededBy).toEqual([fresh.id]);
    await store.close();
    expect((await verify(dir)).findings).toEqual([]);
  });

  it('knows still what a person linked a report to, and puts it back on the review list where that can not be read', async () => {
    const dir = newDir();
    const before = await open(dir);
    const { id: message } = await maker.accept(before);
    const report = maker.report();
    await before.recordReport({ report, raw: Buffer.from('What is this?'), items: [], now: clock.now, fingerprint: 'f7' });
    const other = maker.report();
    await before.recordReport({ report: other, raw: Buffer.from('And this?'), items: [], now: clock.now });
    const matches = [{ message, index: 0, rank: 4, linked: { by: 'ann', at: clock.now } }] as const;
    const items = [{ message, index: 0, evidence: reportEvidence(report.id, 'failed') }];
    expect((await before.linkReport({ id: report.id, matches, items, now: clock.now })).linked).toBe(true);
    await before.close();
    const lost = copyOf(dir);
    rmSync(join(lost, 'register'), { recursive: true });

    expect(await rebuild(dir)).toMatchObject({ reports: 2, reportsTied: 1 });
    const store = await open(dir);
    expect((await store.report(report.id))?.report).toMatchObject({ matched: matches[0], matches });
    const waiting = async (of: Store): Promise<string[]> => (await of.reports({ matched: false }, { limit: 10 })).items.map(({ id }) => id);
    expect(await waiting(store)).toEqual([other.id]);
    expect((await store.linkReport({ id: report.id, matches, items, now: clock.now })).linked).toBe(false);
    await store.close();
    expect((await verify(dir)).findings).toEqual([]);

    expect(await rebuild(lost)).toMatchObject({ reports: 2, reportsTied: 0 });
    expect((await waiting(await open(lost))).sort()).toEqual([report.id, other.id].sort());
  });

  it('sends no scheduled message before its time', async () => {
    const dir = newDir();
    const before = await open(dir);
    const releaseAt = clock.now + 3 * DAY;
    const { id } = await maker.accept(before, { releaseAt });
    await before.close();
    await rebuild(dir);
    const store = await open(dir);
    expect((await store.record(id))?.recipients[0]).toMatchObject({ state: 'held', nextAttemptAt: null, expireAt: releaseAt + 5 * DAY });
    await store.apply([{ message: id, index: 0, evidence: { kind: 'released' } }], clock.now);
    expect((await gather(store.schedule())).flat()).toMatchObject([{ message: id, dueAt: releaseAt }]);
  });

  it('tells every reader of the old feed that its position has expired, and one of the new feed nothing is missing', async () => {
    const dir = copyOf(filled);
    const before = await open(dir);
    const { lastSeq } = before;
    await before.close();
    const report = await rebuild(dir);
    expect(report.feed.oldLastSeq).toBeGreaterThanOrEqual(lastSeq);
    const store = await open(dir);
    for (const after of [0, 1, lastSeq - 1, lastSeq]) {
      await expect(store.changes({ after, limit: 10 })).rejects.toMatchObject({ code: 'cursor-expired' });
    }
    const { items } = await store.changes({ after: report.feed.firstSeq - 1, limit: 500 });
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, i) => report.feed.firstSeq + i));
    expect(items.filter(({ type }) => type === 'message.accepted')).toHaveLength(6);
    expect(items.filter(({ type }) => type === 'recipient.held')).toHaveLength(9);
    expect(store.lastSeq).toBe(items.at(-1)?.seq);
  });

  it('sends nothing by itself: all is held until it is released, then goes on as usual', async () => {
    const dir = copyOf(filled);
    await rebuild(dir);
    const store = await open(dir);
    expect(store.queue).toEqual({ messages: 6, queued: 0, deferred: 0, held: 9 });
    const message = accepted[3]?.id ?? maker.prepare().id;
    expect((await maker.claim(store, message)).recipients).toEqual([]);
    await store.apply([{ message, index: 0, evidence: { kind: 'released' } }], clock.now);
    await maker.attempt(store, message, 'transferred');
    expect((await store.message(message))?.recipients[0]?.state).toBe('transferred');
    const next = await maker.accept(store, { subject: 'Next' });
    await store.erase({ ids: [message], force: true, now: clock.now });
    await store.close();
    expect((await verify(dir)).findings).toEqual([]);
    const again = await open(dir);
    expect(await allIds(again)).toContain(next.id);
  });

  it('brings a message with damaged content back, says so, and does not hand its content out', async () => {
    const dir = copyOf(filled);
    const path = join(dir, 'spool', readdirSync(join(dir, 'spool')).find((name) => name.endsWith('.segment')) ?? '');
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.indexOf('Text 2.')) ^ 1, bytes.indexOf('Text 2.'));
    const header = bytes.indexOf('ann3@');
    bytes.writeUInt8(bytes.readUInt8(header) ^ 1, header);
    writeFileSync(path, bytes);
    const report = await rebuild(dir);
    expect(report).toMatchObject({ messages: 5, damagedContents: 1, damagedPlaces: 1 });
    expect(report.notes.join(' ')).toMatch(/1 contents do not match/);
    const store = await open(dir);
    const damaged = accepted[2]?.id ?? maker.prepare().id;
    expect((await store.message(damaged))?.events.at(-1)?.reason).toMatch(/its content is damaged/);
    await expect(store.content(damaged)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('keeps a segment of which nothing can be read, under another name', async () => {
    const dir = newDir();
    const store = await open(dir, { segmentSize: 1000 });
    for (let i = 0; i < 3; i++) await maker.accept(store, { subject: `Message ${i}` });
    await store.close();
    writeFileSync(join(dir, 'spool', '0000000002.segment'), 'x'.repeat(2000));
    const report = await rebuild(dir);
    expect(report).toMatchObject({ messages: 2, damagedPlaces: 1 });
    expect(report.setAside).toHaveLength(1);
    await (await open(dir)).close();
    expect(readFileSync(report.setAside[0] ?? '', 'latin1')).toBe('x'.repeat(2000));
  });

  it('can be run again, also when it was cut off between moving the old register and putting the new one', async () => {
    const dir = copyOf(filled);
    await rebuild(dir);
    clock.now += 60_000;
    rmSync(join(dir, 'register'), { recursive: true }); // the old one is aside, the new one never came
    mkdirSync(join(dir, 'register.rebuilding'));
    writeFileSync(join(dir, 'register.rebuilding', 'CURRENT'), 'half');
    await expect(open(dir)).rejects.toMatchObject({ code: 'damaged' });
    const report = await rebuild(dir);
    expect(report.carriedOver.tokens).toBe(1);
    await expectAllBack(dir);
  });

  it('refuses while a relais has the store open, and without a spool', async () => {
    const dir = copyOf(filled);
    const store = await open(dir);
    await expect(rebuild(dir)).rejects.toMatchObject({ code: 'locked' });
    await store.close();
    rmSync(join(dir, 'spool'), { recursive: true });
    await expect(rebuild(dir)).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('R26 damage that aborts the process', () => {
  const marker = (dir: string) => join(dir, 'opening');

  /**
   * A register whose first key LevelDB can not parse: an assertion of its own ends the process. In a
   * table without compression the key's length is the second octet of its block.
   */
  async function storeThatAborts(): Promise<{ dir: string; ids: string[] }> {
    const dir = newDir();
    const store = await open(dir);
    const ids = [(await maker.accept(store)).id, (await maker.accept(store)).id];
    await store.close();
    const level = new Level(join(dir, 'register'), { compression: false, createIfMissing: false });
    await level.open(); // writes what the log holds into a table
    await level.close();
    for (const path of filesOf(dir, /\.ldb$/)) {
      const bytes = readFileSync(path);
      bytes.writeUInt8(4, 1);
      writeFileSync(path, bytes);
    }
    return { dir, ids };
  }

  it('is met twice; then the start is refused with code 74 and what to do, and rebuild brings all back', async () => {
    buildStore();
    const { dir, ids } = await storeThatAborts();
    const starts = [];
    for (let start = 0; start < 5; start++) starts.push(await runStoreChild(['open', dir]));
    expect(starts.map(({ end }) => end)).toEqual(['SIGABRT', 'SIGABRT', 74, 74, 74]);
    expect(starts[4]?.lines[0]).toMatchObject({ failed: 'damaged', message: expect.stringMatching(/relais rebuild.*remove .*opening/s) });
    expect(await verify(dir)).toMatchObject({ ok: false, counts: { entries: 2 } });
    const report = await rebuild(dir);
    expect(report.notes.join(' ')).toMatch(/the process died over it/);
    expect(existsSync(marker(dir))).toBe(false);
    const store = await open(dir);
    expect(await allIds(store)).toEqual(ids);
  });

  it('is met by verify and by rebuild once: run again they leave the register alone', async () => {
    buildStore();
    const { dir, ids } = await storeThatAborts();
    expect((await runStoreChild(['verify', dir])).end).toBe('SIGABRT');
    expect((await runStoreChild(['verify', dir])).lines[0]).toMatchObject({ ok: false });
    expect((await runStoreChild(['rebuild', dir])).end).toBe('SIGABRT');
    expect((await runStoreChild(['rebuild', dir])).lines[0]).toMatchObject({ messages: 2 });
    const store = await open(dir);
    expect(await allIds(store)).toEqual(ids);
  });

  it('is forgotten when an opening ends, well or with an error', async () => {
    const dir = copyOf(filled);
    for (const mark of ['1\n', '']) {
      writeFileSync(marker(dir), mark); // as an opening leaves it that died; one not even written whole
      await (await open(dir)).close();
      expect(existsSync(marker(dir))).toBe(false);
    }
    rmSync(join(dir, 'register', 'CURRENT'));
    for (let start = 0; start < 4; start++)
      await expect(open(dir)).rejects.toMatchObject({ message: expect.stringMatching(/does not open/) });
    expect(existsSync(marker(dir))).toBe(false);
  });
});
