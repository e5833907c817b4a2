/** The cards of the statistics page below its chart: templates, accounts, reasons, delays, next hops. */
import { DELAYS, type Delay } from '../../domain/outcome-counts.ts';
import { registerPath } from './register-filter.ts';
import { ShareBar } from './share-bar.tsx';
import type { DelayFigures, GroupFigures, HopFigures, ReasonFigures } from './statistics-figures.ts';
import type { Strings } from './strings.ts';

export function percentOf(t: Strings, part: number, whole: number): string {
  const share = whole === 0 ? 0 : part / whole;
  // A tenth where it tells something: 0.4 %, but 12 %.
  const digits = share > 0 && share < 0.1 ? 1 : share > 0.99 && share < 1 ? 1 : 0;
  return share.toLocaleString(t.language, { style: 'percent', maximumFractionDigits: digits });
}

const UNITS = { s: 'second', m: 'minute', h: 'hour', d: 'day' } as const;

/** `15 min`; of the last, which has no end, where it begins. */
export function spanWords(t: Strings, delay: Delay): string {
  const name = delay === 'longer' ? (DELAYS.at(-2)?.[0] ?? '') : delay;
  const unit = UNITS[name.slice(-1) as keyof typeof UNITS];
  return Number.parseInt(name, 10).toLocaleString(t.language, { style: 'unit', unit, unitDisplay: 'short' });
}

interface GroupsProps {
  readonly t: Strings;
  readonly id: string;
  readonly title: string;
  readonly groups: readonly GroupFigures[];
  /** What stands for groups without a name. */
  readonly unnamed: string;
  /** Where a group's name leads; null: nowhere. */
  readonly path: (group: string) => string;
}

/** Each group with a bar as long as it is large, in the colours of what became of it. */
export function Groups({ t, id, title, groups, unnamed, path }: GroupsProps) {
  const largest = Math.max(1, ...groups.map(({ outcomes }) => outcomes.all));
  return (
    <section class="card stats-card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul class="bar-list">
        {groups.map(({ group, outcomes }) => (
          <li>
            <div class="bar-line">
              {group === null || group === '' ? (
                <span class="muted">{group === null ? t.statistics.others : unnamed}</span>
              ) : (
                <a href={path(group)}>{group}</a>
              )}
              <span class="bar-number">
                {outcomes.failed === 0 ? null : (
                  <span class="warn">{t.statistics.failedShare(percentOf(t, outcomes.failed, outcomes.all))}</span>
                )}
                <b>{outcomes.all.toLocaleString(t.language)}</b>
              </span>
            </div>
            <ShareBar t={t} outcomes={outcomes} of={largest} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface BarProps {
  readonly look: string;
  readonly count: number;
  readonly most: number;
}

function Bar({ look, count, most }: BarProps) {
  return (
    <svg class="share-bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class={look} width={count === 0 ? 0 : Math.max(6, (count / most) * 1000).toFixed(1)} height="8" />
    </svg>
  );
}

interface ReasonsProps {
  readonly t: Strings;
  readonly reasons: readonly ReasonFigures[];
  /** Where the mail that failed is listed. */
  readonly path: string;
}

export function Reasons({ t, reasons, path }: ReasonsProps) {
  const words = t.statistics;
  const most = Math.max(1, ...reasons.map(({ count }) => count));
  const sum = reasons.reduce((total, { count }) => total + count, 0);
  const nameOf = (reason: string): string =>
    reason === 'suppressed' ? words.suppressed : (t.categories[reason as keyof Strings['categories']] ?? reason);
  return (
    <section class="card stats-card" aria-labelledby="reasons">
      <h2 id="reasons">{words.reasons}</h2>
      <p class="muted">{reasons.length === 0 ? words.noReasons : words.reasonsLead}</p>
      <ul class="bar-list">
        {reasons.map(({ reason, count }) => (
          <li>
            <div class="bar-line">
              <span class="bar-words">{nameOf(reason)}</span>
              <span class="bar-number">
                <span class="muted">{percentOf(t, count, sum)}</span>
                <b>{count.toLocaleString(t.language)}</b>
              </span>
            </div>
            <Bar look="share-failed" count={count} most={most} />
          </li>
        ))}
      </ul>
      {reasons.length === 0 ? null : (
        <a class="more" href={path}>
          {t.overview.all}
        </a>
      )}
    </section>
  );
}

export function Delays({ t, delays }: { readonly t: Strings; readonly delays: readonly DelayFigures[] }) {
  const words = t.statistics;
  const most = Math.max(1, ...delays.map(({ count }) => count));
  const sum = delays.reduce((total, { count }) => total + count, 0);
  const last = delays.findLastIndex(({ count }) => count > 0);
  return (
    <section class="card stats-card" aria-labelledby="delays">
      <h2 id="delays">{words.delay}</h2>
      <p class="muted">{delays.length === 0 ? words.noDelays : words.delayLead}</p>
      <ul class="bar-list narrow">
        {delays.slice(0, last + 1).map(({ delay, count }) => (
          <li>
            <div class="bar-line">
              <span>{delay === 'longer' ? words.longer(spanWords(t, delay)) : words.upTo(spanWords(t, delay))}</span>
              <span class="bar-number">
                <span class="muted">{percentOf(t, count, sum)}</span>
                <b>{count.toLocaleString(t.language)}</b>
              </span>
            </div>
            <Bar look="share-transferred" count={count} most={most} />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Hops({ t, hops }: { readonly t: Strings; readonly hops: readonly HopFigures[] }) {
  const words = t.statistics;
  return (
    <section class="card stats-card" aria-labelledby="hops">
      <h2 id="hops">{words.hops}</h2>
      <p class="muted">{hops.length === 0 ? words.noHops : words.hopsLead}</p>
      {hops.length === 0 ? null : (
        <section class="scroll" tabindex={0} aria-label={words.hopsLead}>
          <table class="hop-figures">
            <thead>
              <tr>
                <th scope="col">{words.hop}</th>
                <th scope="col">{t.shares.transferred}</th>
                <th scope="col">{words.putOff}</th>
                <th scope="col">{words.refused}</th>
              </tr>
            </thead>
            <tbody>
              {hops.map(({ hop, transferred, deferred, failed }) => (
                <tr>
                  <th scope="row">{hop ?? <span class="muted">{words.others}</span>}</th>
                  <td>{transferred.toLocaleString(t.language)}</td>
                  <td class={deferred > 0 ? 'late' : 'muted'}>{deferred.toLocaleString(t.language)}</td>
                  <td class={failed > 0 ? 'warn' : 'muted'}>{failed.toLocaleString(t.language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

/** Where the register shows mail of these days. */
export function mailPath(from: number, filter: Readonly<Record<string, string>>): string {
  return registerPath(new Map(), { ...filter, from: new Date(from).toISOString().slice(0, 10) });
}
