/**
 * Statistics: what became of mail by day, template, account and next hop, why it failed, and how long
 * the way took. Reads counters alone; the period and the account stand in the page's address.
 */
import type { Hono } from 'hono';
import type { Shared } from '../api/context.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import type { GroupsRequest } from '../statistics.ts';
import { DaysChart } from './days-chart.tsx';
import { Page } from './layout.tsx';
import { frameOf, pageCaller } from './page.ts';
import { sendPage } from './respond.ts';
import { DAY, delayWithin, figuresOf, type StatisticsFigures } from './statistics-figures.ts';
import { Delays, Groups, Hops, mailPath, percentOf, Reasons, spanWords } from './statistics-parts.tsx';
import type { Strings } from './strings.ts';

const PERIODS = [7, 30, 90] as const;
type Period = (typeof PERIODS)[number];
const STANDARD: Period = 30;
/** Groups told apart in each list. */
const TOP = 8;
/** More accounts than anybody has: of the rows by account the sums are made. */
const ALL_ACCOUNTS = 500;
const TEXT_LIMIT = 200;

interface Asked {
  readonly days: Period;
  readonly account: string | null;
}

export function statisticsRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { now } = shared.options;
  app.get('/statistics', async (c) => {
    c.set('route', '/statistics');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const asked = askedOf(c);
    const today = now() - (now() % DAY);
    const [frame, figures] = await Promise.all([frameOf(c, shared, caller), counted(shared, caller, asked, today)]);
    const { t } = frame;
    return sendPage(
      c,
      <Page frame={frame} title={t.statistics.title} current="statistics" scripts={['uplot', 'charts']}>
        <StatisticsPage t={t} asked={asked} figures={figures} from={today - (asked.days - 1) * DAY} />
      </Page>,
    );
  });
}

function askedOf(c: AppContext): Asked {
  const days = PERIODS.find((period) => String(period) === c.req.query('days')) ?? STANDARD;
  const account = (c.req.query('account') ?? '').trim().slice(0, TEXT_LIMIT);
  return { days, account: account === '' ? null : account };
}

function pathOf({ days, account }: Asked): string {
  const query = new URLSearchParams({ ...(days === STANDARD ? {} : { days: String(days) }), ...(account === null ? {} : { account }) });
  return query.size === 0 ? '/statistics' : `/statistics?${query}`;
}

async function counted({ statistics }: Shared, caller: Caller, { days, account }: Asked, today: number): Promise<StatisticsFigures> {
  // An account that is not the caller's counts nothing, as if it were not there.
  const accounts = account === null ? caller.accounts : (caller.accounts ?? [account]).filter((one) => one === account);
  const from = today - (days - 1) * DAY;
  const rows = (group: GroupsRequest['group'], begin: number, top: number) =>
    statistics.rows({ from: begin, to: today + DAY, by: 'day', group, top, ...(accounts === null ? {} : { accounts }) });
  const [byAccount, sources, templates, reasons, hops, delays] = await Promise.all([
    rows('account', from - days * DAY, ALL_ACCOUNTS),
    rows('source', from - days * DAY, TOP),
    rows('template', from, TOP),
    rows('reason', from, ALL_ACCOUNTS),
    rows('nextHop', from, TOP),
    rows('delay', from, ALL_ACCOUNTS),
  ]);
  return figuresOf({ accounts: byAccount, sources, templates, reasons, hops, delays }, today, days);
}

interface StatisticsPageProps {
  readonly t: Strings;
  readonly asked: Asked;
  readonly figures: StatisticsFigures;
  /** Unix milliseconds at which the period begins. */
  readonly from: number;
}

function StatisticsPage(props: StatisticsPageProps) {
  const { t, asked, figures, from } = props;
  const words = t.statistics;
  const ofAccount = asked.account === null ? {} : { account: asked.account };
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
        <nav class="tabs segments" aria-label={words.period}>
          {PERIODS.map((days) => (
            <a href={pathOf({ ...asked, days })} aria-current={days === asked.days ? 'page' : undefined}>
              {words.days(days)}
            </a>
          ))}
        </nav>
      </div>
      {asked.account === null ? null : (
        <div class="chosen">
          <a class="filter" href={pathOf({ ...asked, account: null })} title={words.remove(words.account(asked.account))}>
            <span>{words.account(asked.account)}</span>
          </a>
        </div>
      )}
      <p class="lead muted">{words.lead}</p>
      {figures.now.all === 0 ? (
        <div class="card empty">
          <h2>{words.none}</h2>
          <p>{words.noneLead}</p>
        </div>
      ) : (
        <>
          <Tiles {...props} />
          <section class="card stats-card" aria-labelledby="by-day">
            <h2 id="by-day">{words.byDay}</h2>
            <DaysChart t={t} days={figures.byDay} />
          </section>
          <div class="stats-grid">
            <div class="stats-stack">
              <Groups
                t={t}
                id="by-template"
                title={words.byTemplate}
                groups={figures.templates}
                unnamed={t.registerPage.templates.unnamed}
                path={(template) => mailPath(from, { ...ofAccount, template })}
              />
              <Groups
                t={t}
                id="by-account"
                title={words.byAccount}
                groups={figures.accounts.slice(0, TOP)}
                unnamed="–"
                path={(account) => pathOf({ ...asked, account })}
              />
              <Hops t={t} hops={figures.hops} />
            </div>
            <div class="stats-stack">
              <Reasons t={t} reasons={figures.reasons} path={mailPath(from, { ...ofAccount, state: 'failed,partly-failed' })} />
              <Delays t={t} delays={figures.delays} />
            </div>
          </div>
        </>
      )}
    </>
  );
}

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly notes: readonly (string | null)[];
  readonly look?: string;
}

/** The period in five figures, each against as many days before. */
function Tiles({ t, asked, figures: { now, before, delays } }: StatisticsPageProps) {
  const words = t.statistics;
  const count = (n: number): string => n.toLocaleString(t.language);
  const rate = (part: 'failed' | 'bounced'): Pick<Tile, 'value' | 'notes'> => ({
    value: percentOf(t, now[part], now.all),
    notes: [count(now[part]), before.all === 0 ? null : words.before(percentOf(t, before[part], before.all))],
  });
  const [half, most] = [delayWithin(delays, 0.5), delayWithin(delays, 0.95)];
  const handedOver = now.transferred + now.delivered;
  const tiles: readonly Tile[] = [
    {
      name: words.recipients,
      value: count(now.all),
      notes: [before.all === 0 ? null : words.change(growthOf(t, now.all, before.all), asked.days)],
    },
    {
      name: words.handedOver,
      value: percentOf(t, handedOver, now.all),
      notes: [count(handedOver), now.delivered === 0 ? null : words.confirmed(count(now.delivered))],
    },
    { name: words.failed, ...rate('failed'), look: now.failed > 0 ? 'of-failed' : '' },
    { name: words.bounced, ...rate('bounced'), look: now.bounced > 0 ? 'of-failed' : '' },
    ...(half === undefined || most === undefined
      ? []
      : [{ name: words.half, value: spanWords(t, half), notes: [words.most(spanWords(t, most))] }]),
  ];
  return (
    <section class="card today stats-tiles" aria-label={words.days(asked.days)}>
      <ul>
        {tiles.map(({ name, value, notes, look }) => (
          <li class={look}>
            <span class="tile-name">{name}</span>
            <strong>{value}</strong>
            <span class="tile-notes">{notes.filter((note) => note !== null).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** `+12%`, `−3%`. */
function growthOf(t: Strings, now: number, before: number): string {
  return ((now - before) / before).toLocaleString(t.language, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' });
}
