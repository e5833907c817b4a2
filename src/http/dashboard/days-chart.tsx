/**
 * What became of mail, day by day: as bars, and as a table, out of which the script `charts` draws a
 * chart that says more where there is JavaScript.
 */
import type { DayFigures, Totals } from './statistics-figures.ts';
import type { Strings } from './strings.ts';

/** Upon each other in this order, what went well at the bottom. */
export const SERIES = ['delivered', 'transferred', 'waiting', 'failed', 'bounced', 'cancelled'] as const;
export type Series = (typeof SERIES)[number];

interface DaysChartProps {
  readonly t: Strings;
  readonly days: readonly DayFigures[];
}

export function DaysChart({ t, days }: DaysChartProps) {
  const shown = SERIES.filter((series) => days.some(({ totals }) => totals[series] > 0));
  return (
    <figure class="chart" data-chart="days">
      <Legend t={t} shown={shown} />
      <div class="chart-plot" data-chart-plot>
        <span hidden data-token="muted" />
        <span hidden data-token="line" />
        <Bars t={t} days={days} />
      </div>
      <details class="chart-table">
        <summary>{t.overview.table}</summary>
        <section class="scroll" tabindex={0} aria-label={t.overview.table}>
          <DaysTable t={t} shown={shown} days={days} />
        </section>
      </details>
    </figure>
  );
}

export function Swatch({ series }: { readonly series: Series }) {
  return (
    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
      <rect class={`share-${series}`} width="10" height="10" rx="3" />
    </svg>
  );
}

function Legend({ t, shown }: { readonly t: Strings; readonly shown: readonly Series[] }) {
  return (
    <ul class="legend">
      {shown.map((series) => (
        <li data-swatch={series}>
          <Swatch series={series} />
          {t.shares[series]}
        </li>
      ))}
    </ul>
  );
}

function DaysTable({ t, shown, days }: Pick<DaysChartProps, 't' | 'days'> & { readonly shown: readonly Series[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t.overview.day}</th>
          <th scope="col">{t.overview.sum}</th>
          {shown.map((series) => (
            <th scope="col" data-series={series}>
              {t.shares[series]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {days.toReversed().map(({ day, totals }) => (
          <tr data-day={day}>
            <th scope="row">
              <a href={dayPath(day)}>{dayName(t, day)}</a>
            </th>
            <td>{totals.all.toLocaleString(t.language)}</td>
            {shown.map((series) => (
              <td data-series={series} data-count={totals[series]}>
                {totals[series].toLocaleString(t.language)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function dayPath(day: number): string {
  const date = new Date(day).toISOString().slice(0, 10);
  return `/messages?from=${date}&to=${date}`;
}

function dayName({ language }: Strings, day: number): string {
  const locale = language === 'en' ? 'en-GB' : language;
  return new Date(day).toLocaleDateString(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
}

const HEIGHT = 120;
const WIDTH = 40;

/** Where there is no JavaScript, and until it has drawn. */
function Bars({ t, days }: DaysChartProps) {
  const most = Math.max(1, ...days.map(({ totals }) => totals.all));
  const [first, last] = [days[0], days.at(-1)];
  return (
    <div data-chart-still>
      <svg viewBox={`0 0 ${days.length * WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
        <title>{t.overview.trend(days.length)}</title>
        {days.map(({ day, totals }, i) => (
          <DayBar words={`${dayName(t, day)}: ${totals.all.toLocaleString(t.language)}`} totals={totals} most={most} x={i * WIDTH} />
        ))}
      </svg>
      <p class="axis" aria-hidden="true">
        <span>{first === undefined ? '' : dayName(t, first.day)}</span>
        <span>{last === undefined ? '' : dayName(t, last.day)}</span>
      </p>
    </div>
  );
}

interface DayBarProps {
  readonly words: string;
  readonly totals: Totals;
  readonly most: number;
  readonly x: number;
}

function DayBar({ words, totals, most, x }: DayBarProps) {
  let bottom = HEIGHT;
  return (
    <g>
      <title>{words}</title>
      {SERIES.filter((series) => totals[series] > 0).map((series) => {
        const height = Math.max(1, (totals[series] / most) * (HEIGHT - 4));
        bottom -= height;
        return <rect class={`share-${series}`} x={x + 5} y={bottom.toFixed(1)} width={WIDTH - 10} height={height.toFixed(1)} />;
      })}
    </g>
  );
}
