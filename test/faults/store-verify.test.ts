import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/domain/ports.ts';
import { decodeJson, encodeJson, NO_VALUE, payloadOf, seal } from '../../src/store/level/codec.ts';
import { Database } from '../../src/store/level/database.ts';
import {
  ACCEPT_KEY_ORDER,
  ACCEPT_KEYS,
  AUDIT_INDEX,
  AUDITS,
  acceptKeyOrderKey,
  attemptRange,
  auditIndexPrefix,
  COMMIT_KEY,
  EVENTS,
  FINGERPRINTS,
  fingerprintKey,
  LEAVES,
  MESSAGES,
  PENDING,
  prefixRange,
  REPORTS,
  SEALS,
} from '../../src/store/level/keys.ts';
import type { VerifyReport } from '../../src/store/verify.ts';
import { storeBench } from './store-fixture.ts';

const { open, fill, verify, copyOf, keepUntilEnd } = storeBench();

/** A store that was filled and closed; each test damages a copy. */
let filled = '';
beforeAll(async () => {
  filled = keepUntilEnd.newDir();
  const store = await keepUntilEnd.open(filled);
  await fill(store);
  await store.close();
});
afterAll(() => keepUntilEnd.dispose());

async function inRegister(dir: string, change: (database: Database) => Promise<void>): Promise<void> {
  const database = await Database.open(join(dir, 'register'), { create: false });
  try {
    await change(database);
  } finally {
    await database.close();
  }
}

async function put(database: Database, key: string, value: Buffer): Promise<void> {
  const batch = database.batch();
  batch.put(key, value);
  await batch.write({ sync: true });
}

async function del(database: Database, key: string | undefined): Promise<void> {
  if (key === undefined) throw new Error('the register has no such key');
  const batch = database.batch();
  batch.del(key);
  await batch.write({ sync: true });
}

/** The key that stands at `at` in a range. */
async function keyAt(database: Database, range: { readonly gte?: string; readonly lt?: string }, at: number): Promise<string> {
  const key = (await database.keys(range))[at];
  if (key === undefined) throw new Error('the register has no such key');
  return key;
}

function segmentOf(dir: string): string {
  return join(dir, 'spool', readdirSync(join(dir, 'spool')).find((name) => name.endsWith('.segment')) ?? '');
}

/** Names, sizes and contents of all files under a directory. */
function treeOf(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true }) as string[];
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(dir, name)).isFile() && !name.includes('LOG'))
      .map((name) => [name, readFileSync(join(dir, name), 'base64')]),
  );
}

function damageOf(report: VerifyReport): string[] {
  return report.findings.filter(({ severity }) => severity === 'damage').map(({ what }) => what);
}

describe('verify', () => {
  it('finds nothing wrong with a store that is right, counts what is in it, and changes no file', async () => {
    const before = treeOf(filled);
    const report = await verify(filled);
    expect(report).toMatchObject({ ok: true, findings: [], omitted: 0 });
    expect(report.counts).toMatchObject({ messages: 6, recipients: 9, reports: 2, erasedEntries: 1, entries: 9, attempts: 4 });
    expect(report.counts.octets).toBeGreaterThan(1_300_000);
    expect(treeOf(filled)).toEqual(before);
  });

  it('takes a message that was accepted before ENVIDs were indexed', async () => {
    const dir = copyOf(filled);
    await inRegister(dir, async (db) => del(db, await keyAt(db, prefixRange('ie'), 0)));
    expect(await verify(dir)).toMatchObject({ ok: true, findings: [] });
  });

  it('refuses while a relais has the store open', async () => {
    const dir = copyOf(filled);
    const store: Store = await open(dir);
    await expect(verify(dir)).rejects.toMatchObject({ code: 'locked' });
    await store.close();
  });

  it.each<[string, (database: Database) => Promise<void>, RegExp]>([
    ['a message that is missing', async (db) => del(db, await keyAt(db, MESSAGES, 2)), /^content of message \w+ has no record$/],
    [
      'a message with a flipped bit',
      async (db) => {
        const key = await keyAt(db, MESSAGES, 2);
        const value = Buffer.from((await db.get(key)) ?? NO_VALUE);
        value.writeUInt8(value.readUInt8(100) ^ 4, 100);
        await put(db, key, value);
      },
      /does not match its checksum/,
    ],
    [
      'a message under the key of another',
      async (db) => put(db, 'm00000000000000000000000000', (await db.get(await keyAt(db, MESSAGES, 0))) ?? NO_VALUE),
      /under another's key/,
    ],
    ['an event that is missing', async (db) => del(db, await keyAt(db, EVENTS, 4)), /the feed has a gap: event 5 is followed by 6/],
    ['a last event that is missing', async (db) => del(db, (await db.keys(EVENTS)).at(-1)), /the feed ends at \d+, the last commit says/],
    ['a schedule entry that is missing', async (db) => del(db, await keyAt(db, PENDING, 0)), /its record is missing/],
    [
      'a schedule entry too many',
      async (db) => put(db, 'q0000000000000000000000000000', encodeJson([])),
      /^schedule entries: \d+ where there should be/,
    ],
    [
      'a state that the feed does not tell of',
      async (db) => {
        const key = await keyAt(db, prefixRange('r'), 0);
        const packed = decodeJson<unknown[]>(key, (await db.get(key)) ?? NO_VALUE);
        await put(db, key, encodeJson([4, ...packed.slice(1)]));
      },
      /is delivered, the feed says/,
    ],
    [
      'a status that is missing',
      async (db) => del(db, await keyAt(db, prefixRange('s'), 0)),
      /recipient 0 of message \w+ is queued, and is recorded otherwise too/,
    ],
    ['an index key that is missing', async (db) => del(db, await keyAt(db, prefixRange('i'), 3)), /not found by an index/],
    [
      'a name by a next hop that is not indexed',
      async (db) => del(db, await keyAt(db, prefixRange('io'), 0)),
      /not found by what a next hop named it/,
    ],
    [
      'a name by a next hop too many',
      async (db) => put(db, `ioABC\x00${'0'.repeat(26)}`, NO_VALUE),
      /^index keys: \d+ where there should be/,
    ],
    [
      'a word key too many',
      async (db) => put(db, 'wstray\x0000000000000000000000000000', NO_VALUE),
      /^index keys: \d+ where there should be/,
    ],
    [
      'an attempt that is missing',
      async (db) => del(db, await keyAt(db, prefixRange('a'), 0)),
      /of 1 attempts for recipient \d of message \w+ 0 are recorded/,
    ],
    [
      'an attempt of no message',
      async (db) => put(db, `${attemptRange('0'.repeat(26)).gte ?? ''}0000001`, encodeJson({})),
      /^attempts: \d+ where there should be/,
    ],
    [
      'a report with a flipped bit',
      async (db) => put(db, await keyAt(db, REPORTS, 0), Buffer.from('\x01\x00\x00\x00\x00{}')),
      /does not match its checksum/,
    ],
    ['a fingerprint that is missing', async (db) => del(db, await keyAt(db, FINGERPRINTS, 0)), /would not be known again/],
    [
      'a fingerprint of a report that is missing',
      async (db) => put(db, fingerprintKey('f5'), encodeJson([['00000000000000000000000000', []]])),
      /which a fingerprint names, is missing/,
    ],
    [
      'a segment that is counted wrong',
      async (db) => put(db, await keyAt(db, prefixRange('g'), 0), encodeJson({ live: 77, octets: 1, sample: null })),
      /is counted as 77 contents/,
    ],
    ['a delivery without its mark', async (db) => del(db, await keyAt(db, prefixRange('o'), 0)), /its mark says otherwise/],
    ['a delivery that is missing', async (db) => del(db, await keyAt(db, prefixRange('d'), 0)), /delivery \w+ of a signal is missing/],
    [
      'a token with a flipped bit',
      async (db) => put(db, await keyAt(db, prefixRange('kt'), 0), Buffer.from('\x01\x00\x00\x00\x00{}')),
      /does not match its checksum/,
    ],
    [
      'a suppression with a flipped bit',
      async (db) => put(db, await keyAt(db, prefixRange('ks'), 0), Buffer.from('\x01\x00\x00\x00\x00{}')),
      /does not match its checksum/,
    ],
    [
      'a key of a request with a flipped bit',
      async (db) => put(db, await keyAt(db, ACCEPT_KEYS, 0), Buffer.from('\x01\x00\x00\x00\x00{}')),
      /does not match its checksum/,
    ],
    ['a key of a request that nothing sweeps', async (db) => del(db, await keyAt(db, ACCEPT_KEY_ORDER, 0)), /would never be swept/],
    [
      'an end of a key that there is not',
      async (db) => put(db, acceptKeyOrderKey(1, 'ab'), NO_VALUE),
      /^keys of requests: 1, in their order 2$/,
    ],
    [
      'an entry of the audit log with a flipped bit',
      async (db) => put(db, await keyAt(db, AUDITS, 0), Buffer.from('\x01\x00\x00\x00\x00{}')),
      /does not match its checksum/,
    ],
    ['an entry of the audit log that is not found', async (db) => del(db, await keyAt(db, AUDIT_INDEX, 0)), /audit log would not be found/],
    [
      'an index of an entry that there is not',
      async (db) => put(db, `${auditIndexPrefix('by', 'eve')}${'0'.repeat(26)}`, NO_VALUE),
      /^index keys of the audit log: 6 where there should be 5$/,
    ],
    [
      'an event that somebody changed',
      async (db) => {
        const key = await keyAt(db, EVENTS, 1);
        const event = decodeJson<object>(key, (await db.get(key)) ?? NO_VALUE);
        await put(db, key, encodeJson({ ...event, account: 'other' }));
      },
      /^event 2 is not the one that was sealed$/,
    ],
    [
      'leaves that somebody changed',
      async (db) => {
        const key = await keyAt(db, LEAVES, 0);
        const octets = Buffer.from(payloadOf(key, (await db.get(key)) ?? NO_VALUE));
        octets[0] = (octets[0] ?? 0) ^ 1;
        await put(db, key, seal(Buffer.concat([Buffer.alloc(5), octets])));
      },
      /^seal 1 is not over the leaves that stand with it$/,
    ],
    ['leaves without their seal', async (db) => del(db, await keyAt(db, SEALS, 0)), /^leaves without their seal$/],
    ['a key of no family', async (db) => put(db, 'zebra', NO_VALUE), /a key of no known family/],
    [
      'a commit record that counts otherwise',
      async (db) => {
        const record = decodeJson<{ messages: number }>(COMMIT_KEY, (await db.get(COMMIT_KEY)) ?? NO_VALUE);
        await put(db, COMMIT_KEY, encodeJson({ ...record, messages: record.messages + 1 }));
      },
      /^messages: 6 where there should be 7$/,
    ],
    ['a commit record that is missing', (db) => del(db, COMMIT_KEY), /the first records of the register are missing/],
  ])('finds %s', async (_, change, expected) => {
    const dir = copyOf(filled);
    await inRegister(dir, change);
    const report = await verify(dir);
    expect(report.ok).toBe(false);
    expect(
      damageOf(report).some((what) => expected.test(what)),
      damageOf(report).join('\n'),
    ).toBe(true);
    for (const { where, advice } of report.findings) expect(`${where}: ${advice}`).toMatch(/.+: .+/);
  });

  it.each<[string, (dir: string) => void, RegExp]>([
    [
      'a flipped bit in a content',
      (dir) => {
        const bytes = readFileSync(segmentOf(dir));
        const at = bytes.indexOf('Text 2.');
        bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
        writeFileSync(segmentOf(dir), bytes);
      },
      /content of message \w+ does not match its SHA-256/,
    ],
    [
      'a header that is damaged',
      (dir) => {
        const bytes = readFileSync(segmentOf(dir));
        const at = bytes.indexOf('ann3@');
        bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
        writeFileSync(segmentOf(dir), bytes);
      },
      /content of message \w+ is missing/,
    ],
    ['a segment that is gone', (dir) => rmSync(segmentOf(dir)), /content of message \w+ is missing/],
    ['a register that is gone', (dir) => rmSync(join(dir, 'register'), { recursive: true }), /there is no register/],
    ['a spool that is gone', (dir) => rmSync(join(dir, 'spool'), { recursive: true }), /there is no spool/],
    ['an identity that is gone', (dir) => rmSync(join(dir, 'identity.json')), /there is no identity.json/],
    ['a register without CURRENT', (dir) => rmSync(join(dir, 'register', 'CURRENT')), /does not open/],
    [
      'a register of another store',
      (dir) => {
        const identity = JSON.parse(readFileSync(join(dir, 'identity.json'), 'utf8'));
        writeFileSync(join(dir, 'identity.json'), JSON.stringify({ ...identity, store: 'another' }));
      },
      /the register belongs to the store [-0-9a-f]+, the directory to another/,
    ],
  ])('finds %s', async (_, damage, expected) => {
    const dir = copyOf(filled);
    damage(dir);
    const report = await verify(dir);
    expect(report.ok).toBe(false);
    expect(
      damageOf(report).some((what) => expected.test(what)),
      damageOf(report).join('\n'),
    ).toBe(true);
  });

  it('counts the spool when the register can not be read, so that one sees what rebuild would find', async () => {
    const dir = copyOf(filled);
    renameSync(join(dir, 'register'), join(dir, 'elsewhere'));
    expect((await verify(dir)).counts).toMatchObject({ entries: 9, erasedEntries: 1, messages: 0 });
  });
});
