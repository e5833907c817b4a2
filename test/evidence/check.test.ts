/** What a verification finds: whatever of a piece of evidence is another, something of it does not hold. */
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { evidenceText, type SignedEvidence } from '../../src/domain/evidence.ts';
import { checkEvidence, readEvidence } from '../../src/domain/evidence-check.ts';
import { CONFIDENCES, RECIPIENT_STATES } from '../../src/domain/recipient.ts';
import { LANGUAGES } from '../../src/domain/settings.ts';
import { meaningNameOf } from '../../src/evidence/meaning.ts';
import { wordsIn } from '../../src/evidence/words.ts';
import { accept, createRoom, endAttempt } from '../http/harness.ts';

let evidence: SignedEvidence;
let key: string;
beforeAll(async () => {
  const room = createRoom();
  const id = await accept(room, { subject: 'Zoë’s invoice\x7f', to: ['ann@partner.example', 'bob@partner.example'] });
  await endAttempt(room, id, 0, { outcome: 'transferred' });
  await endAttempt(room, id, 1, { outcome: 'failed', text: 'no "such" user\r\n\\ here' });
  const desk = room.options.evidence();
  const detail = await room.store.message(id);
  if (desk === null || detail === undefined) throw new Error('the room is up, and has the message');
  evidence = await desk.make({ subject: { kind: 'message', detail }, by: { kind: 'local', name: 'local' }, language: 'en' });
  key = desk.key.key;
});

/** Whether all of a file's text holds. */
function holds(text: string): boolean {
  const read = readEvidence(text);
  if ('trouble' in read || !read.layout) return false;
  return checkEvidence(read.evidence, { key }).every((finding) => finding.holds === true);
}

/** All places of a value that hold no others. */
function leavesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, [...path, Array.isArray(value) ? Number(name) : name]));
}

function changed(value: unknown, path: readonly (string | number)[], by: (before: unknown) => unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return by(value);
  if (Array.isArray(value)) return value.map((item, i) => (i === first ? changed(item, rest, by) : item));
  const members = value as Record<string, unknown>;
  return { ...members, [first]: changed(members[first], rest, by) };
}

describe('evidence as it was made', () => {
  it('holds, compact and with other white space too, and is the same once read back', () => {
    expect(holds(evidenceText(evidence))).toBe(true);
    expect(holds(JSON.stringify(evidence))).toBe(true);
    expect(holds(JSON.stringify(evidence, null, '\t'))).toBe(true);
    expect(JSON.parse(evidenceText(evidence))).toEqual(JSON.parse(JSON.stringify(evidence)));
    // Programs write it in different ways: it is not signed.
    expect(evidence.statement.messages[0]?.subject).toBe('Zoë’s invoice\ufffd');
  });
});

describe('evidence that was changed', () => {
  it('does not hold, whichever value of it is another', () => {
    for (const path of leavesOf(evidence)) {
      const text = evidenceText(changed(evidence, path, (was) => (typeof was === 'string' ? `${was}x` : { was })) as SignedEvidence);
      expect(holds(text), path.join('.')).toBe(false);
    }
  });

  it('does not hold, whichever octet of it is another, unless that is white space', () => {
    const file = Buffer.from(evidenceText(evidence));
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const other = Buffer.from(file);
        other[at] = (other[at] ?? 0) ^ mask;
        const white = (octet: number | undefined): boolean => [0x20, 0x09, 0x0a, 0x0d].includes(octet ?? 0);
        if (white(file[at]) && white(other[at])) return;
        expect(holds(other.toString('utf8'))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('does not hold where something is said beside what is signed', () => {
    const text = evidenceText(evidence);
    expect(holds(text.replace('"account": "erp"', '"account": "other", "account": "erp"'))).toBe(false);
    expect(holds(text.replace('{', '{"note": "all is well",'))).toBe(false);
    expect(holds(text.replace('"erp"', '"\\u0065rp"'))).toBe(false);
    expect(holds('[]')).toBe(false);
    expect(holds('')).toBe(false);
  });

  it('does not hold with another key, and says which', () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const keyFinding = (given: SignedEvidence, known: string | null) =>
      checkEvidence(given, { key: known }).find(({ what }) => what === 'key');
    expect(keyFinding(evidence, '0'.repeat(64))).toMatchObject({ holds: false });
    expect(keyFinding(evidence, null)).toMatchObject({ holds: null });
    expect(keyFinding({ ...evidence, signature: { ...evidence.signature, publicKey: other } }, key)).toMatchObject({ holds: false });
    expect(keyFinding({ ...evidence, signature: { ...evidence.signature, publicKey: 'none' } }, key)).toMatchObject({ holds: false });
  });

  it('is of the content that is given, or not', () => {
    const [message] = evidence.statement.messages;
    const content = (hashes: string[]) => checkEvidence(evidence, { key, content: hashes }).find(({ what }) => what === 'content')?.holds;
    expect([content(['ab', message?.sha256 ?? '']), content(['ab'])]).toEqual([true, false]);
  });
});

describe('the words', () => {
  it('say of no state but delivered that it was delivered, and of each what it does not prove', () => {
    for (const state of RECIPIENT_STATES) {
      for (const confidence of CONFIDENCES) {
        const name = meaningNameOf({ state, confidence, failure: null, ambiguous: false });
        const { means, not } = wordsIn('en').meanings[name];
        if (state === 'transferred') expect(means).not.toMatch(/deliver/i);
        expect(not.length, name).toBeGreaterThan(0);
      }
    }
  });

  it.each(LANGUAGES)('in %s are of the same shape, and none is empty', (language) => {
    const words = wordsIn(language);
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shape(one)]))
        : typeof value;
    expect(shape(words)).toEqual(shape(wordsIn('en')));
    for (const path of leavesOf(words)) {
      const value = path.reduce<unknown>((at, name) => (at as Record<string | number, unknown>)[name], words);
      expect(typeof value === 'function' || (typeof value === 'string' && value.trim() !== ''), path.join('.')).toBe(true);
    }
  });
});
