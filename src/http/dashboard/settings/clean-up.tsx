/** The page of the clean-up: what is kept for how long, what a run would take, the last runs. */
import type { CleanupCounts, CleanupRunRecord, CleanupStatus } from '../../../domain/cleanup.ts';
import { RETENTION_MATCHES, type RetentionMatch } from '../../../domain/retention.ts';
import type { RetentionSettings } from '../../../domain/settings.ts';
import { sizeText } from '../explain.ts';
import { ClockTime, RelativeTime, type View } from '../parts.tsx';
import type { Strings } from '../strings.ts';

export interface CleanUpProps {
  readonly view: View;
  readonly status: CleanupStatus;
  /** Newest first. */
  readonly runs: readonly CleanupRunRecord[];
  readonly csrf: string;
}

const RUNS_SHOWN = 10;
const MINUTE = 60_000;
const UNITS = [
  ['year', 365 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', MINUTE],
] as const;

/** `30 days`, in the language's words. */
export function spanText(ms: number, language: string): string {
  const [unit, length] = UNITS.find(([, size]) => ms >= size && ms % size === 0) ?? ['second', 1000];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.round(ms / length));
}

export function RunCard(props: CleanUpProps) {
  const { view, status, csrf } = props;
  const words = view.t.cleanUp.run;
  const { running, planned } = status;
  return (
    <section
      class="card part clean-run"
      id="run"
      hx-get={running !== null || planned?.counts === null ? '/settings/clean-up?part=run' : undefined}
      hx-trigger="load delay:1500ms"
      hx-swap="outerHTML"
      aria-live="polite"
    >
      <h2>{words.title}</h2>
      {running === null ? (
        <Planned view={view} planned={planned} csrf={csrf} />
      ) : (
        <>
          <p>
            {words.running(running.by)} <RelativeTime view={view} at={running.startedAt} />.
          </p>
          <Sentences items={words.soFar(running.counts, sizeText)} />
          <noscript>
            <a class="button" href="/settings/clean-up">
              {words.refresh}
            </a>
          </noscript>
        </>
      )}
    </section>
  );
}

interface PlannedProps extends Pick<CleanUpProps, 'view' | 'csrf'> {
  readonly planned: CleanupStatus['planned'];
}

function Planned({ view, planned, csrf }: PlannedProps) {
  const words = view.t.cleanUp.run;
  const counts = planned?.counts ?? null;
  if (planned !== null && counts === null) return <p class="muted">{words.counting}</p>;
  return (
    <>
      {planned === null || counts === null ? (
        <p class="muted">{words.lead}</p>
      ) : (
        <>
          <p class="muted">
            {words.counted} <RelativeTime view={view} at={planned.at} />
          </p>
          <Counts view={view} counts={counts} />
        </>
      )}
      <div class="clean-actions">
        {counts === null || isNothing(counts) ? null : (
          <form method="post" action="/settings/clean-up/run">
            <input type="hidden" name="csrf" value={csrf} />
            <button class="button danger solid" type="submit" aria-describedby="clean-final">
              {words.now(counts.contents, counts.records)}
            </button>
          </form>
        )}
        <form method="post" action="/settings/clean-up/count">
          <input type="hidden" name="csrf" value={csrf} />
          <button class={counts === null ? 'button primary' : 'button'} type="submit">
            {counts === null ? words.count : words.countAgain}
          </button>
        </form>
      </div>
      {counts === null || isNothing(counts) ? null : (
        <p class="muted small" id="clean-final">
          {words.final}
        </p>
      )}
    </>
  );
}

function isNothing({ contents, records, reports, events, audits, deliveries }: CleanupCounts): boolean {
  return contents + records + reports + events + audits + deliveries === 0;
}

function Counts({ view, counts }: { readonly view: View; readonly counts: CleanupCounts }) {
  const { t } = view;
  const words = t.cleanUp.run;
  const stays = words.stays(counts, sizeText);
  return (
    <>
      {isNothing(counts) ? <p>{words.nothing}</p> : <Sentences items={words.would(counts, sizeText)} />}
      {counts.classes.length > 1 && !isNothing(counts) ? <ByClass t={t} counts={counts} /> : null}
      {stays.length === 0 ? null : (
        <div class="clean-stays">
          <p>{words.byClass}</p>
          <Sentences items={stays} />
        </div>
      )}
    </>
  );
}

function ByClass({ t, counts }: { readonly t: Strings; readonly counts: CleanupCounts }) {
  const { kept } = t.cleanUp;
  const number = (n: number): string => n.toLocaleString(t.language);
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{kept.mail}</th>
          <th scope="col">{kept.content}</th>
          <th scope="col">{kept.records}</th>
        </tr>
      </thead>
      <tbody>
        {counts.classes
          .filter(({ contents, records }) => contents + records > 0)
          .map(({ name, contents, records, octets }) => (
            <tr>
              <th scope="row">{name ?? kept.rest}</th>
              <td>
                {number(contents)} <span class="muted">{contents === 0 ? '' : sizeText(octets)}</span>
              </td>
              <td>{number(records)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

export function Sentences({ items }: { readonly items: readonly string[] }) {
  return (
    <ul class="sentences">
      {items.map((item) => (
        <li>{item}</li>
      ))}
    </ul>
  );
}

export function KeptCard({ t, retention }: { readonly t: Strings; readonly retention: RetentionSettings }) {
  const words = t.cleanUp.kept;
  const { content, records, events = records, reports = records, audit = null, patience, classes = [] } = retention;
  const span = (ms: number): string => spanText(ms, t.language);
  return (
    <section class="card part">
      <h2>{words.title}</h2>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{words.mail}</th>
            <th scope="col">{words.content}</th>
            <th scope="col">{words.records}</th>
          </tr>
        </thead>
        <tbody>
          {classes.map((one) => (
            <tr>
              <th scope="row">
                {matchText(t, one.match)}
                {one.name === '' || isMadeOf(one.name, one.match) ? null : <span class="muted"> {one.name}</span>}
              </th>
              <td>{span(one.content)}</td>
              <td>{span(one.records)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{classes.length === 0 ? words.all : words.rest}</th>
            <td>{span(content)}</td>
            <td>{span(records)}</td>
          </tr>
        </tbody>
      </table>
      <dl class="spans">
        <dt>{words.feed}</dt>
        <dd>{span(events)}</dd>
        <dt>{words.reports}</dt>
        <dd>{span(reports)}</dd>
        <dt>{words.audit}</dt>
        <dd>{audit === null ? words.forever : span(audit)}</dd>
      </dl>
      <p class="muted small">
        {patience === undefined ? null : words.patience(span(patience))} {words.where}
      </p>
    </section>
  );
}

/** `Template payslip*, Account hr or erp`. */
function matchText({ cleanUp }: Strings, match: RetentionMatch): string {
  const { matches, or } = cleanUp.kept;
  return RETENTION_MATCHES.flatMap((name) => {
    const patterns = match[name];
    return patterns === undefined ? [] : [`${matches[name]} ${patterns.join(` ${or} `)}`];
  }).join(', ');
}

/** The name that the configuration makes where it is given none. */
function isMadeOf(name: string, match: RetentionMatch): boolean {
  return name.startsWith(Object.keys(match)[0] ?? '');
}

export function RunsCard({ view, runs }: Pick<CleanUpProps, 'view' | 'runs'>) {
  const words = view.t.cleanUp.runs;
  return (
    <section class="card part">
      <h2>{words.title}</h2>
      {runs.length === 0 ? (
        <p class="muted">{words.none}</p>
      ) : (
        <ol class="runs">
          {runs.slice(0, RUNS_SHOWN).map((run) => (
            <Run view={view} run={run} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Run({ view, run }: { readonly view: View; readonly run: CleanupRunRecord }) {
  const { t } = view;
  const words = t.cleanUp.runs;
  const took = t.cleanUp.run.would(run.counts, sizeText);
  const [first, ...others] = took;
  return (
    <li>
      <p class="run-when">
        <ClockTime view={view} at={run.startedAt} />
        <span class="muted">
          {run.by === null ? words.bySchedule : words.by(run.by)}, {words.took} {tookText(run.endedAt - run.startedAt, t.language)}
        </span>
      </p>
      <p class="run-what">
        {first ?? words.nothing}
        {others.length === 0 ? null : <span class="muted">{`, ${others.join(', ')}`}</span>}
      </p>
      {run.error === null ? null : (
        <p class="fault">
          {words.failed} {run.error}
        </p>
      )}
    </li>
  );
}

function tookText(ms: number, language: string): string {
  const [value, unit] = ms < MINUTE ? [Math.max(1, Math.round(ms / 1000)), 'second'] : [Math.round(ms / MINUTE), 'minute'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}
