/** The desk of the references; 503 while their room is not up. */
import type { ReferenceDesk } from '../domain/ports.ts';
import type { HttpOptions } from './options.ts';
import { Problem } from './problem.ts';

export function referenceDeskOf({ referenceDesk }: Pick<HttpOptions, 'referenceDesk'>): ReferenceDesk {
  const desk = referenceDesk();
  if (desk !== null) return desk;
  throw new Problem(503, 'references-unavailable', 'References are not up at the moment: try again soon', {
    headers: { 'retry-after': '5' },
  });
}
