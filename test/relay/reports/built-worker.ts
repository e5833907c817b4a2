import { builtWorkerOf } from '../../support/built-worker.ts';

/** The compiled worker that reads reports, in step with its sources. */
export function builtWorker(): URL {
  return builtWorkerOf('relay/reports');
}
