/** The desk of the signals; 503 while their room is not up. */
import type { SignalDesk } from '../domain/ports.ts';
import type { HttpOptions } from './options.ts';
import { Problem } from './problem.ts';

export function signalDeskOf({ signals }: Pick<HttpOptions, 'signals'>): SignalDesk {
  const desk = signals();
  if (desk !== null) return desk;
  throw new Problem(503, 'signals-unavailable', 'Signals are not up at the moment: try again soon', { headers: { 'retry-after': '5' } });
}
