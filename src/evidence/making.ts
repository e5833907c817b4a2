/** Makes signed evidence: reads the messages, finds their events under the seals, says it all, and signs. */
import { sign } from 'node:crypto';
import { canonical, presentable } from '../domain/canonical.ts';
import {
  EVIDENCE_FORMAT,
  type EvidenceMessage,
  type EvidenceStatement,
  type EvidenceSubject,
  type SignedEvidence,
} from '../domain/evidence.ts';
import { isUnder, type Seal } from '../domain/ledger.ts';
import { type HashTree, hashesOf, inclusionPath, treeOf } from '../domain/merkle.ts';
import type { DocumentRecord, EvidenceRequest, MessageDetail, Store } from '../domain/ports.ts';
import { rfc3339 } from '../domain/representation.ts';
import type { SigningKey } from './key.ts';
import type { Sealer } from './sealer.ts';
import { eventEvidence, messageEvidence, type SealedAt } from './statement.ts';
import { wordsIn } from './words.ts';

/** Messages of a document that stand in its evidence: the newest. */
const MESSAGES = 50;

export interface MakingOptions {
  readonly store: Pick<Store, 'ledger' | 'message'>;
  readonly sealer: Pick<Sealer, 'catchUp'>;
  readonly key: SigningKey;
  readonly relay: EvidenceStatement['relay'];
  readonly now: () => number;
}

export async function makeEvidence(options: MakingOptions, request: EvidenceRequest): Promise<SignedEvidence> {
  const { store, sealer, key, relay, now } = options;
  await sealer.catchUp();
  const words = wordsIn(request.language);
  const found = new SealsFound(store.ledger);
  const salt = await store.ledger.salt();
  const messages: EvidenceMessage[] = [];
  for (const detail of await detailsOf(store, request)) {
    const events = await eventEvidence(detail, salt, (seq, leaf) => found.find(seq, leaf));
    messages.push(messageEvidence(detail, events, words));
  }
  const statement: EvidenceStatement = {
    format: EVIDENCE_FORMAT,
    madeAt: rfc3339(now()),
    madeBy: request.by,
    relay,
    language: request.language,
    subject: subjectOf(request),
    messages,
    seals: found.seals,
    head: store.ledger.last ?? null,
    limits: words.limits,
  };
  return signEvidence(statement, key);
}

export function signEvidence(given: EvidenceStatement, { privateKey, shown }: SigningKey): SignedEvidence {
  const statement = presentable(given);
  const value = sign(null, Buffer.from(canonical(statement)), privateKey).toString('base64');
  return { statement, signature: { ...shown, value } };
}

async function detailsOf(store: MakingOptions['store'], { subject }: EvidenceRequest): Promise<readonly MessageDetail[]> {
  if (subject.kind === 'message') return [subject.detail];
  const details: MessageDetail[] = [];
  for (const { message } of subject.record.mails.slice(0, MESSAGES)) {
    const detail = await store.message(message.id);
    if (detail !== undefined) details.push(detail);
  }
  return details;
}

function subjectOf({ subject }: EvidenceRequest): EvidenceSubject {
  return subject.kind === 'message' ? { kind: 'message', message: subject.detail.message.id } : documentSubject(subject.record);
}

function documentSubject({ document, administration, verdict, mails, more }: DocumentRecord): EvidenceSubject {
  return {
    kind: 'document',
    document,
    administration,
    verdict: verdict.verdict,
    reason: verdict.why.reason,
    since: rfc3339(verdict.since),
    more: more || mails.length > MESSAGES,
  };
}

/** The seals that events lie under, each read once. */
class SealsFound {
  readonly #ledger: Store['ledger'];
  readonly #read = new Map<number, { readonly seal: Seal; readonly tree: HashTree | null }>();
  readonly #used = new Set<Seal>();

  constructor(ledger: Store['ledger']) {
    this.#ledger = ledger;
  }

  /** Oldest first. */
  get seals(): Seal[] {
    return [...this.#used].sort((a, b) => a.number - b.number);
  }

  async find(seq: number, leaf: Buffer): Promise<SealedAt> {
    if (seq >= this.#ledger.next) return { state: 'unsealed', seal: null, path: [] };
    const { seal, tree } = (await this.#over(seq)) ?? NONE;
    if (seal === null || tree === null) return UNKNOWN;
    const path = inclusionPath(tree, seq - seal.from).map((hash) => hash.toString('hex'));
    if (!isUnder(seal, leaf, seq, path)) return UNKNOWN;
    this.#used.add(seal);
    return { state: 'sealed', seal: seal.number, path };
  }

  async #over(seq: number): Promise<{ readonly seal: Seal; readonly tree: HashTree | null } | undefined> {
    for (const known of this.#read.values()) if (known.seal.from <= seq && seq <= known.seal.to) return known;
    const sealed = await this.#ledger.covering(seq);
    if (sealed === undefined) return undefined;
    const { seal, leaves } = sealed;
    const known = { seal, tree: leaves === null ? null : treeOf(hashesOf(leaves)) };
    this.#read.set(seal.number, known);
    return known;
  }
}

const NONE = { seal: null, tree: null };
const UNKNOWN: SealedAt = { state: 'unknown', seal: null, path: [] };
