/**
 * What of a piece of evidence holds: each of its statements looked at by itself, with nothing but the
 * evidence and a public key. Pure: it trusts nobody, and nothing in it throws whatever it is given.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { canonical } from './canonical.ts';
import { EVIDENCE_FORMAT, type EvidenceEvent, type EvidenceMessage, type EvidenceStatement, type SignedEvidence } from './evidence.ts';
import { follows, hashOfSeal, isSigned, isUnder, leafOf, personalHash, type Seal } from './ledger.ts';

/** What is said, and whether it holds; null: that can not be told from what was given. */
export interface EvidenceFinding {
  readonly what: 'file' | 'signature' | 'key' | 'pages' | 'events' | 'chain' | 'seals' | 'seal-chain' | 'content' | 'erased' | 'unsealed';
  readonly holds: boolean | null;
  readonly detail: string;
}

/** What is given beside the evidence. */
export interface CheckedWith {
  /** Fingerprint of the relay's key, as known from elsewhere; null: it is not. */
  readonly key: string | null;
  /** All seals of the relay up to some time, oldest first, kept apart from it. */
  readonly seals?: readonly Seal[];
  /** SHA-256, in hex, of what is said to be the content. */
  readonly content?: readonly string[];
}

/** The evidence in a file's text, or why there is none. `layout`: whether nothing but white space was changed in how it is written. */
export function readEvidence(text: string): { readonly evidence: SignedEvidence; readonly layout: boolean } | { readonly trouble: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { trouble: 'it is not JSON' };
  }
  const given = parsed as Partial<SignedEvidence> | null;
  if (given?.statement?.format !== EVIDENCE_FORMAT || typeof given.signature?.value !== 'string') {
    return { trouble: `it is no evidence of the form ${EVIDENCE_FORMAT}` };
  }
  // A name that stands twice, or beside these two, is seen by people and by no signature.
  const alone = Object.keys(given).sort().join() === 'signature,statement';
  const bare = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
  return { evidence: given as SignedEvidence, layout: alone && bare === JSON.stringify(parsed) };
}

export function checkEvidence({ statement, signature }: SignedEvidence, given: CheckedWith): readonly EvidenceFinding[] {
  const publicKey = keyOf(signature.publicKey);
  const findings: EvidenceFinding[] = [signatureFinding(statement, signature, publicKey), keyFinding(signature, publicKey, given.key)];
  for (const message of listOf<EvidenceMessage>(statement.messages)) findings.push(...safely(() => messageFindings(statement, message)));
  findings.push(...safely(() => sealFindings(statement, publicKey)));
  if (given.seals !== undefined) findings.push(...safely(() => [chainFinding(statement, given.seals ?? [])]));
  if (given.content !== undefined) findings.push(...safely(() => [contentFinding(statement, given.content ?? [])]));
  return findings;
}

/** What was changed may have any shape: where it can not be looked at, it does not hold. */
function safely(look: () => readonly EvidenceFinding[]): readonly EvidenceFinding[] {
  try {
    return look();
  } catch {
    return [{ what: 'file', holds: false, detail: 'A part of it is not of the form that evidence has.' }];
  }
}

function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    const written = key.asymmetricKeyType === 'ed25519' && key.export({ type: 'spki', format: 'pem' }).toString() === pem;
    return written ? key : undefined;
  } catch {
    return undefined;
  }
}

function fingerprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function signatureFinding(
  statement: EvidenceStatement,
  signature: SignedEvidence['signature'],
  publicKey: KeyObject | undefined,
): EvidenceFinding {
  const { algorithm, value } = signature;
  const octets = Buffer.from(value, 'base64');
  // The signature is covered by none: it may be written in one way only, and have nothing beside.
  const plain =
    algorithm === 'Ed25519' &&
    octets.toString('base64') === value &&
    Object.keys(signature).sort().join() === 'algorithm,key,publicKey,value';
  const holds = plain && publicKey !== undefined && verify(null, Buffer.from(canonical(statement)), publicKey, octets);
  return {
    what: 'signature',
    holds,
    detail: holds
      ? `The statement is as it was signed, at ${statement.madeAt}.`
      : 'The statement is not what was signed: something in it, or the signature, was changed.',
  };
}

function keyFinding({ key }: SignedEvidence['signature'], publicKey: KeyObject | undefined, known: string | null): EvidenceFinding {
  const own = publicKey === undefined ? undefined : fingerprint(publicKey);
  if (own === undefined || own !== key) return { what: 'key', holds: false, detail: 'The key in it is none, or not the one it names.' };
  if (known === null) return { what: 'key', holds: null, detail: `It was signed with the key ${own}. Whose that is, is not known here.` };
  const holds = known === own;
  return {
    what: 'key',
    holds,
    detail: holds ? `It was signed with the relay's key, ${own}.` : `It was signed with the key ${own}, and the relay's is ${known}.`,
  };
}

// ── Events ──

function messageFindings({ seals }: EvidenceStatement, { id, events }: EvidenceMessage): readonly EvidenceFinding[] {
  const known = new Map(seals.map((seal) => [seal.number, seal]));
  const counts = { wrong: 0, broken: 0, sealed: 0, astray: 0, unsealed: 0, unknown: 0, erased: 0 };
  let chain = createHash('sha256').update(`${EVIDENCE_FORMAT} ${id}`).digest();
  let last = 0;
  for (const event of events) {
    const leaf = leafOfShown(event);
    const seq = Number(event.plain['seq']);
    if (leaf.toString('hex') !== event.leaf || event.plain['message'] !== id || seq <= last) counts.wrong++;
    last = seq;
    chain = createHash('sha256').update(chain).update(leaf).digest();
    if (chain.toString('hex') !== event.chain) counts.broken++;
    if (event.salt === null) counts.erased++;
    counts[placeOf(event, leaf, seq, known)]++;
  }
  return eventFindings(id, events.length, counts);
}

function leafOfShown({ plain, personal, salt, personalHash: hash }: EvidenceEvent): Buffer {
  return leafOf(plain, salt === null ? Buffer.from(hash, 'hex') : personalHash(personal, salt));
}

function placeOf(
  { state, seal: number, path }: EvidenceEvent,
  leaf: Buffer,
  seq: number,
  seals: ReadonlyMap<number, Seal>,
): 'sealed' | 'astray' | 'unsealed' | 'unknown' {
  if (state !== 'sealed') return state;
  const seal = number === null ? undefined : seals.get(number);
  return seal !== undefined && isUnder(seal, leaf, seq, path) ? 'sealed' : 'astray';
}

type Counts = Readonly<Record<'wrong' | 'broken' | 'sealed' | 'astray' | 'unsealed' | 'unknown' | 'erased', number>>;

function eventFindings(id: string, count: number, counts: Counts): readonly EvidenceFinding[] {
  const { wrong, broken, sealed, astray, unsealed, unknown, erased } = counts;
  const findings: EvidenceFinding[] = [
    {
      what: 'chain',
      holds: wrong === 0 && broken === 0,
      detail:
        wrong === 0 && broken === 0
          ? `The ${count} events of message ${id} are those that the chain is over, in their order.`
          : `Of the ${count} events of message ${id}, ${Math.max(wrong, broken)} are not those that the chain is over.`,
    },
  ];
  if (sealed + astray > 0) {
    findings.push({
      what: 'events',
      holds: astray === 0,
      detail:
        astray === 0
          ? `${sealed} of the ${count} events of message ${id} lie under seals of the relay.`
          : `${astray} events of message ${id} do not lie under the seal that they name.`,
    });
  }
  if (unsealed > 0) findings.push({ what: 'unsealed', holds: null, detail: `${unsealed} events of message ${id} were not sealed yet.` });
  if (unknown > 0)
    findings.push({
      what: 'unsealed',
      holds: null,
      detail: `${unknown} events of message ${id} lie under no seal: older than the first, or changed since.`,
    });
  if (erased > 0)
    findings.push({
      what: 'erased',
      holds: null,
      detail: `From ${erased} events of message ${id} a person's data was erased: what is said of them there now is not under the seals.`,
    });
  return findings;
}

// ── Seals ──

function sealFindings({ seals, head }: EvidenceStatement, publicKey: KeyObject | undefined): readonly EvidenceFinding[] {
  const all = head === null ? seals : [...seals, head];
  if (all.length === 0) return [];
  const unsigned = all.filter((seal) => publicKey === undefined || !isSigned(seal, publicKey)).length;
  const newest = all.at(-1);
  return [
    {
      what: 'seals',
      holds: unsigned === 0,
      detail:
        unsigned === 0
          ? `The ${seals.length} seals were signed with the same key, the last at ${seals.at(-1)?.at ?? newest?.at ?? ''}.`
          : `${unsigned} of the seals were not signed with this key.`,
    },
  ];
}

/** Whether the seals are among those that somebody kept, which follow one another. */
function chainFinding({ seals, head }: EvidenceStatement, kept: readonly Seal[]): EvidenceFinding {
  const broken = kept.findIndex((seal, i) => i > 0 && !follows(seal, kept[i - 1]));
  if (kept.length === 0 || broken !== -1) {
    const detail =
      kept.length === 0 ? 'There are no seals to compare with.' : `Seal ${kept[broken]?.number ?? ''} does not follow the one before it.`;
    return { what: 'seal-chain', holds: false, detail };
  }
  const known = new Set(kept.map(hashOfSeal));
  const all = head === null ? seals : [...seals, head];
  const strange = all.filter((seal) => !known.has(hashOfSeal(seal)));
  const last = kept.at(-1)?.number ?? 0;
  if (strange.some(({ number }) => number <= last)) {
    return { what: 'seal-chain', holds: false, detail: 'A seal in it is another than the one that was kept: the past was written anew.' };
  }
  if (strange.length > 0) {
    return { what: 'seal-chain', holds: null, detail: `${strange.length} of its seals are newer than those that were kept.` };
  }
  return { what: 'seal-chain', holds: true, detail: `Its seals are among the ${kept.length} that were kept, which follow one another.` };
}

function contentFinding({ messages }: EvidenceStatement, hashes: readonly string[]): EvidenceFinding {
  const found = messages.find(({ sha256 }) => hashes.includes(sha256));
  return {
    what: 'content',
    holds: found !== undefined,
    detail:
      found === undefined
        ? 'The content that was given is that of none of its messages.'
        : `The content that was given is that of message ${found.id}.`,
  };
}
