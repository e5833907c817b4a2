/**
 * The ledger: seals over the events of the feed, each over those since the one before it, each with the
 * hash of the one before it, each signed. Whoever keeps one seal can tell later whether anything that came
 * before it was changed. Pure.
 *
 * An event is hashed in two parts. The plain one says what happened and when; the other says to whom and
 * about what, and is salted: when a person's data is erased its hash stays in its place, and the event is
 * still the one that was sealed. Without the salt, which never leaves the relay for an event that was
 * erased, the hash says nothing.
 */
import { createHash, createHmac, type KeyObject, sign, verify } from 'node:crypto';
import { canonical, presentable } from './canonical.ts';
import type { FeedEvent } from './events.ts';
import { hashesOf, hashLeaf, rootOfPath, treeRoot } from './merkle.ts';

/** Events under one seal at most: a path is as long as its logarithm. */
export const SEALED_AT_ONCE = 1024;

/** A seal as it stands in the store and in evidence. */
export interface Seal {
  /** Of all seals of one register the same; another one after the register was made anew. */
  readonly ledger: string;
  /** Ascends by one, from 1. */
  readonly number: number;
  /** The events it is over, by sequence number. */
  readonly from: number;
  readonly to: number;
  /** When it was made: RFC 3339. */
  readonly at: string;
  /** Over the leaves of the events (merkle.ts), in hex. */
  readonly root: string;
  /** SHA-256, in hex, of the seal before it without its signature; null: it is the first. */
  readonly previous: string | null;
  /** Fingerprint of the key that signs. */
  readonly key: string;
  /** Ed25519 (RFC 8032) over all else of it in canonical form, base64. */
  readonly signature: string;
}

/**
 * What an event says of nobody. The list is part of what is sealed and never changes: a field that events
 * get later belongs to the other part.
 */
const PLAIN = new Set([
  'seq',
  'at',
  'type',
  'message',
  'index',
  'state',
  'previous',
  'category',
  'status',
  'source',
  'attempt',
  'ambiguous',
  'addressInvalid',
  'dsnPassed',
  'rank',
  'report',
  'sha256',
  'size',
  'supersededBy',
  'nextAttemptAt',
]);
/** Unix milliseconds in an event, RFC 3339 where it is shown and sealed. */
const TIMES = new Set(['at', 'nextAttemptAt']);

/** An event as it is sealed and shown. */
export interface EventParts {
  readonly plain: Readonly<Record<string, unknown>>;
  readonly personal: Readonly<Record<string, unknown>>;
}

export function partsOfEvent({ withheld: _, ...event }: FeedEvent): EventParts {
  const plain: Record<string, unknown> = {};
  const personal: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(event)) {
    if (value === undefined) continue;
    const shown = TIMES.has(name) ? new Date(value as number).toISOString() : value;
    (PLAIN.has(name) ? plain : personal)[name] = shown;
  }
  return { plain, personal };
}

/** In hex. `secret`: what the store salts with, base64. */
export function eventSalt(secret: string, seq: number): string {
  return createHmac('sha256', Buffer.from(secret, 'base64')).update(`event ${seq}`).digest('hex').slice(0, 32);
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Canonical, without what programs write in different ways. */
function stable(value: object): string {
  const text = canonical(value);
  return text.includes('\x7f') || text.includes('\\ud') ? canonical(presentable(value)) : text;
}

export function personalHash(personal: EventParts['personal'], salt: string): Buffer {
  return sha256(salt + stable(personal));
}

export function leafOf(plain: EventParts['plain'], personal: Buffer): Buffer {
  return hashLeaf(sha256(stable(plain)), personal);
}

/** The leaf of an event as it stands in the feed, whether its personal part was erased or not. */
export function leafOfEvent(event: FeedEvent, secret: string): Buffer {
  const { plain, personal } = partsOfEvent(event);
  const hash = event.withheld === undefined ? personalHash(personal, eventSalt(secret, event.seq)) : Buffer.from(event.withheld, 'hex');
  return leafOf(plain, hash);
}

/** An event from which a person was taken, with the hash of what it said before: it is still the sealed one. */
export function withheldFrom(before: FeedEvent, after: FeedEvent, secret: string): FeedEvent {
  if (after === before) return before;
  const withheld = before.withheld ?? personalHash(partsOfEvent(before).personal, eventSalt(secret, before.seq)).toString('hex');
  return { ...after, withheld };
}

// ── Seals ──

/** What is signed, and what the next seal has the hash of. */
export function sealText({ signature: _, ...body }: Omit<Seal, 'signature'> & { readonly signature?: string }): string {
  return canonical(body);
}

export function hashOfSeal(seal: Seal): string {
  return sha256(sealText(seal)).toString('hex');
}

/** Seals the events from `from` on, one or more, whose leaves are given. `previous`: the seal before; undefined: it is the first. */
export function makeSeal(request: {
  readonly leaves: readonly Buffer[];
  readonly from: number;
  readonly previous: Seal | undefined;
  /** Of a first one. */
  readonly ledger: string;
  /** Unix milliseconds. */
  readonly now: number;
  readonly key: { readonly id: string; readonly privateKey: KeyObject };
}): Seal {
  const { leaves, from, previous, ledger, now, key } = request;
  const body = {
    ledger: previous?.ledger ?? ledger,
    number: (previous?.number ?? 0) + 1,
    from,
    to: from + leaves.length - 1,
    at: new Date(now).toISOString(),
    root: treeRoot(leaves).toString('hex'),
    previous: previous === undefined ? null : hashOfSeal(previous),
    key: key.id,
  };
  return { ...body, signature: sign(null, Buffer.from(sealText(body)), key.privateKey).toString('base64') };
}

export function isSigned(seal: Seal, publicKey: KeyObject): boolean {
  return verify(null, Buffer.from(sealText(seal)), publicKey, Buffer.from(seal.signature, 'base64'));
}

/** Whether one is the very next of the other. */
export function follows(seal: Seal, previous: Seal | undefined): boolean {
  if (previous === undefined) return seal.number === 1 && seal.previous === null;
  return (
    seal.ledger === previous.ledger &&
    seal.number === previous.number + 1 &&
    seal.from > previous.to &&
    seal.previous === hashOfSeal(previous)
  );
}

/** Whether the leaves are those under the seal. */
export function hasLeaves({ from, to, root }: Seal, octets: Buffer): boolean {
  const leaves = hashesOf(octets);
  return leaves.length === to - from + 1 && treeRoot(leaves).toString('hex') === root;
}

/** Whether a leaf is under the seal, at the event's place. */
export function isUnder({ from, to, root }: Seal, leaf: Buffer, seq: number, path: readonly string[]): boolean {
  const hashes = path.map((hash) => Buffer.from(hash, 'hex'));
  return rootOfPath({ leaf, position: seq - from, size: to - from + 1, path: hashes })?.toString('hex') === root;
}
