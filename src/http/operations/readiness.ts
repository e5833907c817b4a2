/** Whether relais can do its work: what /readyz answers. */
import type { HttpOptions, ReadinessCheck } from '../options.ts';

export interface Readiness {
  readonly status: 'ready' | 'not-ready';
  readonly checks: readonly ReadinessCheck[];
}

export function readinessOf({ store, readiness, diskFloor }: HttpOptions): Readiness {
  const health = store.health();
  const checks: ReadinessCheck[] = [
    { name: 'store', ok: health.writable, ...(health.reason === null ? {} : { detail: health.reason }) },
    ...(diskFloor === undefined
      ? []
      : [
          {
            name: 'disk',
            ok: health.freeOctets >= diskFloor,
            ...(health.freeOctets >= diskFloor ? {} : { detail: `${health.freeOctets} octets free, below the floor of ${diskFloor}` }),
          },
        ]),
    ...readiness(),
  ];
  return { status: checks.every((check) => check.ok) ? 'ready' : 'not-ready', checks };
}
