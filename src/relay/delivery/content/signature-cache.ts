/**
 * Signatures made lately, by message and form: recipients that are claimed later and further attempts
 * need no second one, and no second pass over large content. Forgetting costs time alone: a signature
 * of the same octets at the same time is the same.
 */
import { LRUCache } from 'lru-cache';
import type { MessageId } from '../../../domain/ids.ts';
import type { Survey } from './survey.ts';

export interface Sealed extends Omit<Survey, 'header' | 'bodyHash'> {
  /** DKIM-Signature fields, each with its CRLF; '' where nothing is signed. */
  readonly signature: string;
}

/** About a kilobyte each. */
const SIGNATURES_LIMIT = 2_000;

export class SignatureCache {
  readonly #cache = new LRUCache<string, Sealed>({ max: SIGNATURES_LIMIT });

  get(message: MessageId, form: string): Sealed | undefined {
    return this.#cache.get(`${message} ${form}`);
  }

  set(message: MessageId, form: string, sealed: Sealed): void {
    this.#cache.set(`${message} ${form}`, sealed);
  }
}
