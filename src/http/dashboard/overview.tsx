/** The overview: how mail stands today, and what needs somebody. */
import type { Hono } from 'hono';
import type { SignalDesk } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import { filterFor } from '../api/filter.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppEnv } from '../environment.ts';
import { Page } from './layout.tsx';
import { Figures, type OverviewFigures, TREND_DAYS } from './overview-figures.tsx';
import { type Frame, frameOf, pageCaller } from './page.ts';
import { SearchIcon } from './parts.tsx';
import { QueueStrip } from './queue-strip.tsx';
import { readRegisterFilter, registerPath } from './register-filter.ts';
import { sendPage } from './respond.ts';
import { DAY } from './statistics-figures.ts';
import { asLanguage, type Strings } from './strings.ts';

export function overviewRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { store, delivery, now } = shared.options;
  app.get('/', async (c) => {
    c.set('route', '/');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    // The register stood here before: links to its filters go on.
    const { given, cursor } = readRegisterFilter(c.req.queries());
    if (given.size > 0 || cursor !== null) return c.redirect(registerPath(given, cursor === null ? {} : { cursor }), 303);
    assertPermitted(caller, 'messages:read');
    const frame = await frameOf(c, shared, caller);
    const { t } = frame;
    const figures = await figuresFor(shared, caller, frame);
    const mayManage = caller.permissions.has('queue:manage') && caller.accounts === null;
    return sendPage(
      c,
      <Page frame={frame} title={t.frame.places.overview} current="overview" scripts={['uplot', 'charts']}>
        <div class="head">
          <h1>{t.frame.places.overview}</h1>
          {mayManage ? <QueueStrip view={{ t, now: now() }} queue={{ counts: store.queue, nextHops: delivery.nextHops() }} /> : null}
        </div>
        <search>
          <form class="search" method="get" action="/messages">
            <div class="field">
              <SearchIcon />
              <label class="visually-hidden" for="q">
                {t.register.search}
              </label>
              <input id="q" type="search" name="q" placeholder={t.register.searchHint} autocomplete="off" />
            </div>
            <button class="button primary" type="submit">
              {t.register.searchButton}
            </button>
          </form>
        </search>
        <Figures view={{ t, now: now() }} figures={figures} />
      </Page>,
    );
  });
}

const FAILED_SHOWN = 6;
const SIGNALS_SHOWN = 4;

/** Days are UTC's, as those of the statistics are. */
async function figuresFor({ options }: Shared, caller: Caller, { t, toReview }: Frame): Promise<OverviewFigures> {
  const { store, delivery, now } = options;
  const today = now() - (now() % DAY);
  const failing = filterFor(caller, { state: ['failed', 'expired'], from: today });
  const mayManage = caller.permissions.has('queue:manage') && caller.accounts === null;
  const [rows, failed] = await Promise.all([
    store.statistics({
      from: today - (TREND_DAYS - 1) * DAY,
      to: today + DAY,
      by: 'day',
      group: 'state',
      ...(caller.accounts === null ? {} : { accounts: caller.accounts }),
    }),
    failing === undefined ? { items: [] } : store.messages(failing, { limit: FAILED_SHOWN }),
  ]);
  return {
    rows,
    today,
    failed: failed.items,
    toReview,
    signals: caller.accounts === null ? waitingSignals(options.signals(), t) : { newest: [], more: 0 },
    queue: mayManage ? { counts: store.queue, nextHops: delivery.nextHops() } : null,
  };
}

/** Null: their room is not up, and nothing is known of them. */
function waitingSignals(desk: SignalDesk | null, t: Strings): OverviewFigures['signals'] {
  if (desk === null) return { newest: [], more: 0 };
  const records = desk.records({ state: ['open'] });
  const language = asLanguage(t.language) ?? 'en';
  const newest = records.slice(0, SIGNALS_SHOWN).map((record) => ({ id: record.id, title: desk.title(record, language) }));
  return { newest, more: records.length - newest.length };
}
