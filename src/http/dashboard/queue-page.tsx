/** The queue by next hop: what waits, why, and pausing, resuming and flushing one. */
import type { Hono } from 'hono';
import type { NextHopStatus } from '../../domain/ports.ts';
import { formatReply } from '../../domain/reply.ts';
import type { Shared } from '../api/context.ts';
import { ACTED } from '../api/queue.ts';
import { audit } from '../audit.ts';
import { assertPermitted, assertUnrestricted } from '../auth/access.ts';
import type { AppEnv } from '../environment.ts';
import { printable } from '../printable.ts';
import { notFound } from '../problem.ts';
import { Page } from './layout.tsx';
import { frameOf, pageCaller, submitted } from './page.ts';
import { RelativeTime, type View } from './parts.tsx';
import type { QueueView } from './queue-strip.tsx';
import { sendPage } from './respond.ts';

const ACTIONS = ['pause', 'resume', 'flush'] as const;
type HopAction = (typeof ACTIONS)[number];
const SHOWN = 200;

export function queueRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const { store, delivery, now, log } = shared.options;
  app.get('/queue', async (c) => {
    c.set('route', '/queue');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'queue:manage');
    assertUnrestricted(caller);
    const frame = await frameOf(c, shared, caller);
    return sendPage(
      c,
      <Page frame={frame} title={frame.t.queuePage.title} current="queue">
        <QueuePage
          view={{ t: frame.t, now: now() }}
          queue={{ counts: store.queue, nextHops: delivery.nextHops() }}
          csrf={caller.session?.csrf ?? ''}
        />
      </Page>,
    );
  });
  for (const action of ACTIONS) {
    app.post(`/queue/${action}`, async (c) => {
      c.set('route', `/queue/${action}`);
      const sent = await submitted(c, shared);
      if (sent instanceof Response) return sent;
      const { caller, form } = sent;
      assertPermitted(caller, 'queue:manage');
      assertUnrestricted(caller);
      const nextHop = form.get('nextHop') ?? '';
      if (!(await delivery[action](nextHop, caller.name))) throw notFound('There is no such next hop');
      await audit(shared, caller, { action: ACTED[action], subject: { kind: 'next-hop', id: nextHop } });
      log.info({ caller: caller.name, action, nextHop: printable(nextHop) }, 'queue action');
      return c.redirect('/queue', 303);
    });
  }
}

function QueuePage({ view, queue, csrf }: { readonly view: View; readonly queue: QueueView; readonly csrf: string }) {
  const { t } = view;
  const { counts, nextHops } = queue;
  const hops = [...nextHops].sort((a, b) => rank(b) - rank(a) || b.waiting - a.waiting);
  return (
    <>
      <div class="head">
        <h1>{t.queuePage.title}</h1>
        <p class="totals">
          {(['queued', 'deferred', 'held'] as const).map((state) => (
            <a href={`/messages?state=${state}`}>
              <b>{counts[state].toLocaleString(t.language)}</b> {t.queuePage.totals[state]}
            </a>
          ))}
        </p>
      </div>
      {hops.length === 0 ? (
        <div class="card empty">
          <h2>{t.queue.empty}</h2>
          <p>{t.queuePage.emptyLead}</p>
        </div>
      ) : (
        <ul class="stack rows">
          {hops.slice(0, SHOWN).map((hop) => (
            <HopCard view={view} hop={hop} csrf={csrf} />
          ))}
        </ul>
      )}
      {hops.length > SHOWN ? <p class="muted">{t.queue.moreHops(hops.length - SHOWN)}</p> : null}
    </>
  );
}

/** What needs eyes comes first. */
function rank({ state }: NextHopStatus): number {
  return { active: 0, paused: 1, blocked: 2 }[state];
}

const BADGES = { active: 'state-transferred', paused: 'state-held', blocked: 'state-failed' } as const;

function HopCard({ view, hop, csrf }: { readonly view: View; readonly hop: NextHopStatus; readonly csrf: string }) {
  const { t } = view;
  const last = hop.lastError ?? (hop.lastReply === null ? null : formatReply(hop.lastReply));
  return (
    <li class="card entry">
      <div class="row-main">
        <div class="recipient-head">
          <h2>{hop.nextHop}</h2>
          <span class={`badge ${BADGES[hop.state]}`}>{t.queue.hopStates[hop.state]}</span>
        </div>
        <p class="facts">
          <span>{t.queuePage.waiting(hop.waiting)}</span>
          {hop.attempting > 0 ? <span>{t.queuePage.attempting(hop.attempting)}</span> : null}
          {hop.oldestAt === null ? null : (
            <span>
              {t.queuePage.oldest} <RelativeTime view={view} at={hop.oldestAt} />
            </span>
          )}
          {hop.state !== 'active' || hop.nextDueAt === null || hop.waiting === 0 ? null : (
            <span>
              {t.queuePage.nextTry} {hop.nextDueAt <= view.now ? t.message.soon : <RelativeTime view={view} at={hop.nextDueAt} />}
            </span>
          )}
        </p>
        {hop.state === 'blocked' ? (
          <p class="plain">
            {t.queuePage.blocked} {hop.blockedUntil === null ? null : <RelativeTime view={view} at={hop.blockedUntil} />}
          </p>
        ) : null}
        {hop.paused === null ? null : (
          <p class="plain">
            {t.queuePage.paused(hop.paused.by)} <RelativeTime view={view} at={hop.paused.at} />
          </p>
        )}
        {last === null ? null : <div class="reply">{last}</div>}
      </div>
      <div class="row-actions">
        {hop.state === 'active' ? null : <HopForm t={t} hop={hop} action="resume" csrf={csrf} primary />}
        {hop.waiting > 0 && hop.state !== 'paused' ? <HopForm t={t} hop={hop} action="flush" csrf={csrf} /> : null}
        {hop.state === 'paused' ? null : <HopForm t={t} hop={hop} action="pause" csrf={csrf} />}
      </div>
    </li>
  );
}

interface HopFormProps extends Pick<View, 't'> {
  readonly hop: NextHopStatus;
  readonly action: HopAction;
  readonly csrf: string;
  readonly primary?: boolean;
}

function HopForm({ t, hop, action, csrf, primary }: HopFormProps) {
  return (
    <form method="post" action={`/queue/${action}`}>
      <input type="hidden" name="csrf" value={csrf} />
      <input type="hidden" name="nextHop" value={hop.nextHop} />
      <button class={primary === true ? 'button primary' : 'button'} type="submit">
        {t.queuePage.actions[action]}
        <span class="visually-hidden"> {hop.nextHop}</span>
      </button>
    </form>
  );
}
