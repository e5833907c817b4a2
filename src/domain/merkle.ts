/**
 * Hash trees over leaves (RFC 9162 §2.1): one root stands for all of them, and a path of a few hashes
 * shows that one of them is under it. Leaves here are hashes already, made as ledger.ts says. Pure.
 */
import { createHash } from 'node:crypto';

/** Octets of a hash. */
export const HASH = 32;

const NODE = Buffer.from([1]);

/** Leaves are told from nodes by their first octet (§2.1.1): no leaf can be passed off as a node. */
export function hashLeaf(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256').update(Buffer.from([0]));
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function hashNode(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** A tree with all its hashes, so that many paths cost one. */
export interface HashTree {
  readonly hash: Buffer;
  readonly size: number;
  /** Null: it is a leaf. */
  readonly below: { readonly left: HashTree; readonly right: HashTree } | null;
}

/** Over `leaves`, one or more (§2.1.1). */
export function treeOf(leaves: readonly Buffer[]): HashTree {
  const [only] = leaves;
  if (only === undefined) throw new RangeError('treeOf: a tree has leaves');
  if (leaves.length === 1) return { hash: only, size: 1, below: null };
  const split = splitOf(leaves.length);
  const left = treeOf(leaves.slice(0, split));
  const right = treeOf(leaves.slice(split));
  return { hash: hashNode(left.hash, right.hash), size: leaves.length, below: { left, right } };
}

export function treeRoot(leaves: readonly Buffer[]): Buffer {
  return treeOf(leaves).hash;
}

/** The path from leaf `position` to the root, the lowest first (§2.1.3.1). */
export function inclusionPath({ below }: HashTree, position: number): Buffer[] {
  if (below === null) return [];
  const { left, right } = below;
  if (position < left.size) return [...inclusionPath(left, position), right.hash];
  return [...inclusionPath(right, position - left.size), left.hash];
}

/** The root that a path leads to from a leaf; undefined where there is no such path (§2.1.3.2). */
export function rootOfPath(request: {
  readonly leaf: Buffer;
  readonly position: number;
  readonly size: number;
  readonly path: readonly Buffer[];
}): Buffer | undefined {
  const { leaf, position, size, path } = request;
  if (!(Number.isInteger(position) && Number.isInteger(size)) || position < 0 || position >= size) return undefined;
  let node = position;
  let last = size - 1;
  let root = leaf;
  for (const hash of path) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      root = hashNode(hash, root);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      root = hashNode(root, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : undefined;
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1);
}

/** Hashes that stand one after the other. */
export function hashesOf(octets: Buffer): Buffer[] {
  return Array.from({ length: Math.floor(octets.length / HASH) }, (_, i) => octets.subarray(i * HASH, (i + 1) * HASH));
}
