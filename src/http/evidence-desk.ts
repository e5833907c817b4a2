/** The desk of the evidence; 503 while its room is not up. */
import type { EvidenceDesk } from '../domain/ports.ts';
import type { HttpOptions } from './options.ts';
import { Problem } from './problem.ts';

export function evidenceDeskOf({ evidence }: Pick<HttpOptions, 'evidence'>): EvidenceDesk {
  const desk = evidence();
  if (desk !== null) return desk;
  throw new Problem(503, 'evidence-unavailable', 'Evidence can not be made at the moment: try again soon', {
    headers: { 'retry-after': '5' },
  });
}
