/** Classes of mail that are kept for other times than the rest: which class a message is of. Pure. */
import { type Address, addressMatches, globMatches } from './address.ts';
import type { PreparedMessage } from './message.ts';

/** What a class can ask for; each a list of patterns with `*`, of which one must fit. All that are given must hold. */
export const RETENTION_MATCHES = [
  'account',
  'template',
  /** Of X-Relais-Class. */
  'class',
  'documentType',
  'administration',
  'stream',
  /** `name` or `name=value`. */
  'tag',
  /** Reverse-path, a pattern of addresses. */
  'sender',
] as const;
export type RetentionMatchName = (typeof RETENTION_MATCHES)[number];
export type RetentionMatch = Readonly<Partial<Record<RetentionMatchName, readonly string[]>>>;

/** What of a message decides its class. */
export type RetentionSubject = Pick<PreparedMessage, 'account' | 'envelope' | 'references'>;

/** The first class that the message is of; undefined: it is of none, and kept as the rest. */
export function retentionClassOf<T extends { readonly match: RetentionMatch }>(
  classes: readonly T[],
  subject: RetentionSubject,
): T | undefined {
  return classes.find(({ match }) => RETENTION_MATCHES.every((name) => fits(name, match[name], subject)));
}

function fits(name: RetentionMatchName, patterns: readonly string[] | undefined, subject: RetentionSubject): boolean {
  if (patterns === undefined) return true;
  const { references, envelope } = subject;
  const any = (text: string | null): boolean => text !== null && patterns.some((pattern) => globMatches(pattern, text));
  switch (name) {
    case 'account':
      return any(subject.account);
    case 'template':
    case 'class':
    case 'documentType':
    case 'administration':
    case 'stream':
      return any(references[name]);
    case 'tag':
      return Object.entries(references.tags).some(([tag, value]) => any(tag) || any(`${tag}=${value}`));
    case 'sender':
      return envelope.reversePath.kind === 'address' && isFrom(patterns, envelope.reversePath.address);
    default:
      return name satisfies never;
  }
}

function isFrom(patterns: readonly string[], sender: Address): boolean {
  return patterns.some((pattern) => addressMatches(pattern, sender));
}
