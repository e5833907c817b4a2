/** The desk of the reports; 503 while their room is not up. */
import type { ReportDesk } from '../domain/ports.ts';
import type { HttpOptions } from './options.ts';
import { Problem } from './problem.ts';

export function deskOf({ reports }: Pick<HttpOptions, 'reports'>): ReportDesk {
  const desk = reports();
  if (desk !== null) return desk;
  throw new Problem(503, 'reports-unavailable', 'Reports are not taken in at the moment: try again soon', {
    headers: { 'retry-after': '5' },
  });
}
