import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, presentable } from '../../src/domain/canonical.ts';
import type { FeedEvent } from '../../src/domain/events.ts';
import type { MessageId } from '../../src/domain/ids.ts';
import {
  eventSalt,
  follows,
  hasLeaves,
  isSigned,
  isUnder,
  leafOfEvent,
  makeSeal,
  partsOfEvent,
  withheldFrom,
} from '../../src/domain/ledger.ts';
import { hashLeaf, inclusionPath, rootOfPath, treeOf } from '../../src/domain/merkle.ts';

const leavesOf = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => hashLeaf(Buffer.from(`leaf ${i}`)));
const KEY = { id: 'k', ...generateKeyPairSync('ed25519') };
const SALT = Buffer.alloc(32, 7).toString('base64');
const EVENT: FeedEvent = {
  seq: 7,
  at: 1_772_409_600_000,
  type: 'recipient.failed',
  message: '01KJTW8000ABCDEFGHJKMNPQRS' as MessageId,
  index: 0,
  recipient: 'ann@partner.example',
  state: 'failed',
  account: 'erp',
  reply: { code: 550, status: '5.1.1', text: 'no ann@partner.example here' },
};

describe('JSON in canonical form', () => {
  it('writes the example of RFC 8785 §3.2.4 as it is written there', () => {
    const value = JSON.parse(
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    ) as unknown;
    expect(canonical(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('is the same whatever the order of the members, and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonical(turned)).toBe(canonical(value));
        expect(canonical(JSON.parse(canonical(value)))).toBe(canonical(value));
      }),
    );
  });

  it('takes out what programs write in different ways, and nothing else', () => {
    expect(presentable({ a: ['x\x7f\ud800y', 'zoë 🐎\n'] })).toEqual({ a: ['x\ufffd\ufffdy', 'zoë 🐎\n'] });
  });
});

describe('a tree of hashes', () => {
  it('leads from each leaf to the root, and from no other leaf, place or size', () => {
    for (let size = 1; size <= 33; size++) {
      const leaves = leavesOf(size);
      const tree = treeOf(leaves);
      const root = tree.hash;
      for (const [position, leaf] of leaves.entries()) {
        const path = inclusionPath(tree, position);
        expect(rootOfPath({ leaf, position, size, path })).toEqual(root);
        expect(rootOfPath({ leaf: hashLeaf(Buffer.from('other')), position, size, path })).not.toEqual(root);
        if (size > 1) expect(rootOfPath({ leaf, position: (position + 1) % size, size, path })).not.toEqual(root);
        expect(rootOfPath({ leaf, position, size, path: [...path, leaf] })).not.toEqual(root);
      }
    }
  });
});

describe('a sealed event', () => {
  it('is another once anything of it is another', () => {
    const leaf = leafOfEvent(EVENT, SALT);
    for (const [name, value] of Object.entries(EVENT)) {
      const other = typeof value === 'number' ? value + 1 : { was: value };
      expect(leafOfEvent({ ...EVENT, [name]: other }, SALT), name).not.toEqual(leaf);
    }
    expect(leafOfEvent({ ...EVENT, run: 'added' }, SALT)).not.toEqual(leaf);
  });

  it('is the same once its person was taken out, of whom nothing can be told then', () => {
    const { recipient: _, reply: __, ...rest } = EVENT;
    const without = withheldFrom(EVENT, rest, SALT);
    expect(leafOfEvent(without, SALT)).toEqual(leafOfEvent(EVENT, SALT));
    // The salt is what keeps a guess from being tried.
    expect(leafOfEvent(EVENT, Buffer.alloc(32, 8).toString('base64'))).not.toEqual(leafOfEvent(EVENT, SALT));
    expect(JSON.stringify(without)).not.toContain('ann');
    // Taken out once more, as by a second person's erasure.
    expect(withheldFrom(without, { ...without, account: 'other' }, SALT).withheld).toBe(without.withheld);
    expect(withheldFrom(EVENT, EVENT, SALT)).toBe(EVENT);
  });

  it('says of nobody in its plain part', () => {
    expect(JSON.stringify(partsOfEvent(EVENT).plain)).not.toContain('ann');
    expect(partsOfEvent(EVENT).personal).toMatchObject({ recipient: 'ann@partner.example', account: 'erp' });
    expect(partsOfEvent(EVENT).plain['at']).toBe('2026-03-02T00:00:00.000Z');
    expect(eventSalt(SALT, 7)).not.toBe(eventSalt(SALT, 8));
  });
});

describe('seals', () => {
  const leaves = leavesOf(5);
  const first = makeSeal({ leaves, from: 1, previous: undefined, ledger: 'l', now: 1000, key: KEY });
  const second = makeSeal({ leaves: leavesOf(3), from: 6, previous: first, ledger: 'other', now: 2000, key: KEY });

  it('follow one another, signed', () => {
    expect(first).toMatchObject({ ledger: 'l', number: 1, from: 1, to: 5, previous: null, at: '1970-01-01T00:00:01.000Z' });
    expect(second).toMatchObject({ ledger: 'l', number: 2, from: 6, to: 8 });
    expect([isSigned(first, KEY.publicKey), isSigned(second, KEY.publicKey)]).toEqual([true, true]);
    expect([follows(first, undefined), follows(second, first), follows(second, undefined), follows(first, second)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(hasLeaves(first, Buffer.concat(leaves))).toBe(true);
    expect(hasLeaves(first, Buffer.concat(leaves.slice(1)))).toBe(false);
    expect(
      isUnder(
        first,
        leaves[2] as Buffer,
        3,
        inclusionPath(treeOf(leaves), 2).map((hash) => hash.toString('hex')),
      ),
    ).toBe(true);
  });

  it('do not hold once anything of them is another', () => {
    for (const [name, value] of Object.entries(first)) {
      const other = typeof value === 'number' ? value + 1 : name === 'signature' ? second.signature : `${value}0`;
      const changed = { ...first, [name]: other };
      expect(isSigned(changed, KEY.publicKey), name).toBe(false);
      if (name !== 'signature') expect(follows(second, changed), name).toBe(false);
    }
  });
});
