/**
 * Which servers could not be reached just now (RFC 5321 §4.5.4.1): they are tried after the others
 * for a minute, so that a dead first host does not cost its time-out for each connection. It only
 * changes the order: none is left out.
 */
const DOUBT = 60_000;
const LIMIT = 5_000;

interface Place {
  readonly address: string;
  readonly port: number;
}

export interface Reachability {
  isDoubtful(place: Place): boolean;
  failed(place: Place): void;
  reached(place: Place): void;
}

export function createReachability(now: () => number): Reachability {
  const doubts = new Map<string, number>();
  const keyOf = ({ address, port }: Place): string => `${address} ${port}`;
  return {
    isDoubtful: (place) => doubts.size > 0 && (doubts.get(keyOf(place)) ?? 0) > now(),
    failed(place) {
      const key = keyOf(place);
      doubts.delete(key);
      doubts.set(key, now() + DOUBT);
      if (doubts.size > LIMIT) doubts.delete(doubts.keys().next().value ?? key);
    },
    reached(place) {
      if (doubts.size > 0) doubts.delete(keyOf(place));
    },
  };
}
