/** Stub. */
import type { Reply } from '../../../domain/reply.ts';
import type { Source } from './source.ts';

export type Converted = { readonly kind: 'converted'; readonly source: Source } | { readonly kind: 'refused'; readonly reply: Reply };

export async function toSevenBit(_source: Source, _wanted: { readonly bodies: boolean }): Promise<Converted> {
  return { kind: 'refused', reply: { code: 554, status: '5.6.3', text: 'needs 8BITMIME, which the next hop does not offer' } };
}
