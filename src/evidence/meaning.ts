/** What a recipient's state says, and what it does not prove. */
import type { EvidenceRecipient } from '../domain/evidence.ts';
import type { Confidence, Failure, RecipientState } from '../domain/recipient.ts';
import type { EvidenceWords, Meaning } from './words.ts';

export interface Known {
  readonly state: RecipientState;
  readonly confidence: Confidence;
  readonly failure: Pick<Failure, 'source'> | null;
  /** An attempt ended without an answer after the whole message had been sent. */
  readonly ambiguous: boolean;
}

export function meaningOf(known: Known, { meanings, ambiguous }: EvidenceWords): Pick<EvidenceRecipient, 'means' | 'doesNotProve'> {
  const { means, not } = meanings[meaningNameOf(known)];
  return { means, doesNotProve: known.ambiguous ? [...not, ambiguous] : not };
}

export function meaningNameOf({ state, confidence, failure }: Known): Meaning {
  switch (state) {
    case 'queued':
    case 'deferred':
    case 'held':
      return 'waiting';
    case 'transferred':
      if (confidence === 'accepted-by-provider') return 'provider';
      return confidence === 'quiet-period-passed' ? 'quiet' : 'server';
    case 'delivered':
      return confidence === 'contradicted' ? 'contradicted' : 'confirmed';
    case 'failed':
      if (failure?.source === 'report') return 'bounced';
      return confidence === 'contradicted' ? 'contradicted' : 'refused';
    case 'expired':
    case 'cancelled':
    case 'suppressed':
      return state;
    default:
      return state satisfies never;
  }
}
