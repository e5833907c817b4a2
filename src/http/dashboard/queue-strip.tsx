/** The queue at a glance: how much waits, and how each next hop stands. */
import type { NextHopStatus, QueueCounts } from '../../domain/ports.ts';
import { formatReply } from '../../domain/reply.ts';
import { relativeTime } from './explain.ts';
import type { View } from './parts.tsx';

const HOPS_SHOWN = 3;

export interface QueueView {
  readonly counts: QueueCounts;
  readonly nextHops: readonly NextHopStatus[];
}

export function QueueStrip({ view, queue }: { readonly view: View; readonly queue: QueueView }) {
  const { t } = view;
  const { counts } = queue;
  const total = counts.queued + counts.deferred + counts.held;
  const hops = [...queue.nextHops].sort((a, b) => rank(b) - rank(a) || b.waiting - a.waiting);
  const oldest = Math.min(...hops.map((hop) => hop.oldestAt ?? Number.POSITIVE_INFINITY));
  return (
    <section class="strip" aria-label={t.queue.label}>
      <span>
        <strong>{total === 0 ? t.queue.empty : t.queue.waiting(total)}</strong>
        {counts.deferred > 0 ? ` · ${t.queue.deferred(counts.deferred)}` : ''}
        {counts.held > 0 ? ` · ${t.queue.held(counts.held)}` : ''}
        {Number.isFinite(oldest) ? ` · ${t.queue.oldest(relativeTime(oldest, view.now, t))}` : ''}
      </span>
      <span class="hops">
        {hops.slice(0, HOPS_SHOWN).map((hop) => (
          <NextHop view={view} hop={hop} />
        ))}
      </span>
      {hops.length > HOPS_SHOWN ? <span>{t.queue.moreHops(hops.length - HOPS_SHOWN)}</span> : null}
    </section>
  );
}

/** What needs eyes comes first. */
function rank(hop: NextHopStatus): number {
  return { active: 0, paused: 1, blocked: 2 }[hop.state];
}

function NextHop({ view: { t }, hop }: { readonly view: View; readonly hop: NextHopStatus }) {
  const last = hop.lastError ?? (hop.lastReply === null ? null : formatReply(hop.lastReply));
  return (
    <span
      class={`hop ${hop.state}`}
      title={`${hop.waiting.toLocaleString(t.language)} ${t.queue.hopWaiting}${last === null ? '' : ` · ${last}`}`}
    >
      <span class="name">{hop.nextHop}</span>
      <span class="count">
        {hop.state === 'active' ? '' : `${t.queue.hopStates[hop.state]} · `}
        {hop.waiting.toLocaleString(t.language)}
        <span class="visually-hidden"> {t.queue.hopWaiting}</span>
      </span>
    </span>
  );
}
