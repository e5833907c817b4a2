/** Runs: the list with how each goes, and one of them, which can be held and released as a whole. */
import type { Hono } from 'hono';
import type { Category } from '../../domain/reply.ts';
import { isHeld, type RunFigures, type RunRecord, runFigures } from '../../domain/run.ts';
import type { Shared } from '../api/context.ts';
import { actOnRun, runPage, visibleRun } from '../api/runs.ts';
import { assertPermitted } from '../auth/access.ts';
import type { AppEnv } from '../environment.ts';
import { Csrf } from './form-parts.tsx';
import { Page } from './layout.tsx';
import { ListPages } from './list-parts.tsx';
import { frameOf, pageCaller, submitted } from './page.ts';
import { ExactTime, Fact, RelativeTime, type View } from './parts.tsx';
import { sendPage } from './respond.ts';
import { type Outcomes, ShareBar } from './share-bar.tsx';

const PAGE = 50;

export function runRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const { now } = shared.options;
  app.get('/runs', async (c) => {
    c.set('route', '/runs');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const cursor = c.req.query('cursor');
    const { items, next } = runPage(shared, caller, { limit: PAGE, cursor });
    const frame = await frameOf(c, shared, caller);
    return sendPage(
      c,
      <Page frame={frame} title={frame.t.runs.title} current="runs">
        <RunsPage view={{ t: frame.t, now: now() }} items={items} first={cursor === undefined} next={next} />
      </Page>,
    );
  });
  app.get('/runs/:id', async (c) => {
    c.set('route', '/runs/{id}');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const run = visibleRun(shared, caller, c.req.param('id'));
    const named = await subjectsOf(shared, run);
    const frame = await frameOf(c, shared, caller);
    const csrf = caller.permissions.has('queue:manage') ? (caller.session?.csrf ?? '') : null;
    return sendPage(
      c,
      <Page frame={frame} title={titleOf(run, frame.t)} current="runs">
        <RunPage view={{ t: frame.t, now: now() }} run={run} subjects={named} csrf={csrf} />
      </Page>,
    );
  });
  for (const action of ['hold', 'release'] as const) {
    app.post(`/runs/:id/${action}`, async (c) => {
      c.set('route', `/runs/{id}/${action}`);
      const sent = await submitted(c, shared);
      if (sent instanceof Response) return sent;
      assertPermitted(sent.caller, 'queue:manage');
      const { id } = await actOnRun(shared, sent.caller, c.req.param('id'), action);
      return c.redirect(`/runs/${id}`, 303);
    });
  }
}

type Subjects = ReadonlyMap<string, { readonly subject: string | null; readonly address: (index: number) => string }>;

/** Of the messages that the page names. */
async function subjectsOf({ options }: Shared, { failures, duplicateExamples }: RunRecord): Promise<Subjects> {
  const ids = [...new Set([...failures, ...duplicateExamples].map(({ message }) => message))];
  const records = await Promise.all(ids.map((id) => options.store.record(id)));
  return new Map(
    records.flatMap((record) =>
      record === undefined
        ? []
        : [
            [
              record.message.id as string,
              { subject: record.message.headers.subject, address: (index: number) => record.recipients[index]?.address ?? '' },
            ] as const,
          ],
    ),
  );
}

function titleOf({ name, template }: RunRecord, t: View['t']): string {
  return name ?? t.runs.burst(template ?? '');
}

interface RunsPageProps {
  readonly view: View;
  readonly items: readonly RunRecord[];
  readonly first: boolean;
  readonly next: string | null;
}

function RunsPage({ view, items, first, next }: RunsPageProps) {
  const { t } = view;
  const words = t.runs;
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <p class="lead muted">{words.lead}</p>
      {items.length === 0 ? (
        <div class="card empty">
          <h2>{words.none}</h2>
          <p>{words.noneLead}</p>
        </div>
      ) : (
        <ul class="card signal-list">
          {items.map((run) => (
            <Row view={view} run={run} />
          ))}
        </ul>
      )}
      <ListPages t={t} start={first ? null : '/runs'} next={next === null ? null : `/runs?cursor=${next}`} />
    </>
  );
}

function Row({ view, run }: { readonly view: View; readonly run: RunRecord }) {
  const { t } = view;
  const words = t.runs;
  const figures = runFigures(run);
  const count = (n: number): string => n.toLocaleString(t.language);
  return (
    <li class="run-row">
      <div class="run-head">
        <h2>
          <a href={`/runs/${run.id}`}>{titleOf(run, t)}</a>
        </h2>
        {isHeld(run) ? <span class="badge state-held">{words.heldBadge}</span> : null}
        <span class="run-count">{receivedWords(figures, t)}</span>
      </div>
      <ShareBar t={t} outcomes={outcomesOfRun(figures)} />
      <p class="facts">
        <span>
          <RelativeTime view={view} at={run.lastAt} />
        </span>
        <span>{run.account}</span>
        <span>
          {words.columns.transferred} {count(figures.transferred)}
        </span>
        {figures.failed === 0 ? null : (
          <span class="run-failed">
            {words.columns.failed} {count(figures.failed)}
          </span>
        )}
        {figures.waiting === 0 ? null : (
          <span>
            {words.columns.waiting} {count(figures.waiting)}
          </span>
        )}
        {figures.held === 0 ? null : (
          <span>
            {words.columns.held} {count(figures.held)}
          </span>
        )}
        {run.duplicates === 0 ? null : (
          <span class="warn">
            {words.columns.twice} {count(run.duplicates)}
          </span>
        )}
      </p>
    </li>
  );
}

function receivedWords({ received, expected }: RunFigures, t: View['t']): string {
  return expected === null ? received.toLocaleString(t.language) : t.runs.of(received, expected);
}

function outcomesOfRun({ waiting, held, transferred, failed, cancelled }: RunFigures): Outcomes {
  return { all: waiting + held + transferred + failed + cancelled, delivered: 0, transferred, waiting: waiting + held, failed, cancelled };
}

interface RunPageProps {
  readonly view: View;
  readonly run: RunRecord;
  readonly subjects: Subjects;
  /** Null: the reader may not act on it. */
  readonly csrf: string | null;
}

function RunPage({ view, run, subjects, csrf }: RunPageProps) {
  const { t } = view;
  const words = t.runs;
  const figures = runFigures(run);
  return (
    <>
      <a class="back" href="/runs">
        {words.title}
      </a>
      <div class="title">
        <h1>{titleOf(run, t)}</h1>
        {isHeld(run) ? <span class="badge state-held">{words.heldBadge}</span> : null}
      </div>
      <p class="subtitle">{figures.expected === null ? words.recipients(run.recipients) : expectedWords(figures, t)}</p>
      <div class="columns">
        <div class="stack">
          <Figures t={t} run={run} figures={figures} />
          {csrf === null ? null : <Acts t={t} run={run} csrf={csrf} />}
          <Failures view={view} run={run} subjects={subjects} />
          {run.duplicates === 0 ? null : <Duplicates t={t} run={run} subjects={subjects} />}
        </div>
        <aside class="card side">
          <h2>{words.facts.title}</h2>
          <dl>
            <Fact name={words.facts.account} value={run.account} />
            <Fact name={words.facts.template} value={run.template} />
            <div>
              <dt>{words.facts.started}</dt>
              <dd>
                <ExactTime at={run.startedAt} />
              </dd>
            </div>
            <div>
              <dt>{words.facts.last}</dt>
              <dd>
                <ExactTime at={run.lastAt} />
              </dd>
            </div>
          </dl>
          <p class="run-all">
            <a href={registerOf(run)}>{words.messages}</a>
          </p>
        </aside>
      </div>
    </>
  );
}

function expectedWords({ missing, received, expected }: RunFigures, t: View['t']): string {
  const all = t.runs.of(received, expected ?? received);
  return `${all} – ${missing === 0 ? t.runs.complete : t.runs.missing(missing)}`;
}

/** Where the register shows its messages; of days as a whole where nobody named it. */
function registerOf({ name, account, template, startedAt, lastAt }: RunRecord): string {
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const query = new URLSearchParams({
    account,
    ...(name === null ? { template: template ?? '', from: day(startedAt), to: day(lastAt) } : { tag: `run=${name}` }),
  });
  return `/messages?${query}`;
}

function Figures({ t, run, figures }: { readonly t: View['t']; readonly run: RunRecord; readonly figures: RunFigures }) {
  const { columns } = t.runs;
  const tiles = [
    [columns.received, receivedWords(figures, t), ''],
    [columns.transferred, figures.transferred.toLocaleString(t.language), ''],
    [columns.failed, figures.failed.toLocaleString(t.language), figures.failed > 0 ? 'of-failed' : ''],
    [columns.waiting, figures.waiting.toLocaleString(t.language), ''],
    ...(figures.held > 0 ? [[columns.held, figures.held.toLocaleString(t.language), ''] as const] : []),
    ...(figures.cancelled > 0 ? [[columns.cancelled, figures.cancelled.toLocaleString(t.language), ''] as const] : []),
    ...(run.duplicates > 0 ? [[columns.twice, run.duplicates.toLocaleString(t.language), 'of-twice'] as const] : []),
  ] as const;
  return (
    <section class="card part" aria-label={t.runs.facts.title}>
      <ul class="run-tiles">
        {tiles.map(([label, value, look]) => (
          <li class={look}>
            <span>{label}</span>
            <strong>{value}</strong>
          </li>
        ))}
      </ul>
      <ShareBar t={t} outcomes={outcomesOfRun(figures)} />
    </section>
  );
}

function Acts({ t, run, csrf }: { readonly t: View['t']; readonly run: RunRecord; readonly csrf: string }) {
  const words = t.runs;
  const { held, released } = run;
  const on = isHeld(run);
  return (
    <section class="card part" aria-label={on ? words.release : words.hold}>
      {held === null ? null : (
        <p>
          {released !== null
            ? words.releasedBy(released.by)
            : held.rule === null
              ? words.heldBy(held.by ?? '')
              : words.heldByRule(held.rule)}
        </p>
      )}
      <form method="post" action={`/runs/${run.id}/${on ? 'release' : 'hold'}`} class="signal-close">
        <Csrf token={csrf} />
        <button class={on ? 'button primary' : 'button'} type="submit" aria-describedby="run-hint">
          {on ? words.release : words.hold}
        </button>
        <p class="field-hint" id="run-hint">
          {on ? words.releaseHint : words.holdHint}
        </p>
      </form>
    </section>
  );
}

function Failures({ view: { t }, run, subjects }: { readonly view: View; readonly run: RunRecord; readonly subjects: Subjects }) {
  const words = t.runs;
  return (
    <section class="card part" aria-labelledby="failures">
      <h2 id="failures">{words.failures}</h2>
      {run.failures.length === 0 ? <p class="muted">{words.noFailures}</p> : null}
      <ul class="signal-examples">
        {run.failures
          .slice(-10)
          .toReversed()
          .map(({ message, index, category }) => (
            <li>
              <div>
                <Named id={message} subjects={subjects} words={words.erased} none={t.register.noSubject} />
                <p class="facts">
                  <span>{subjects.get(message)?.address(index)}</span>
                  {category === null ? null : <span>{t.categories[category as Category]}</span>}
                </p>
              </div>
            </li>
          ))}
      </ul>
    </section>
  );
}

function Duplicates({ t, run, subjects }: { readonly t: View['t']; readonly run: RunRecord; readonly subjects: Subjects }) {
  const words = t.runs;
  return (
    <section class="card part" aria-labelledby="duplicates">
      <h2 id="duplicates">{words.duplicates}</h2>
      <p class="muted">{words.duplicatesLead(run.duplicates, run.identical)}</p>
      <ul class="signal-examples">
        {run.duplicateExamples.toReversed().map(({ message, of, index, identical }) => (
          <li>
            <div>
              <Named id={message} subjects={subjects} words={words.erased} none={t.register.noSubject} />
              <p class="facts">
                <span>{subjects.get(message)?.address(index)}</span>
                <span>{identical ? words.identical : words.madeAnew}</span>
                <span>
                  <a href={`/messages/${of}`}>{words.earlier}</a>
                </span>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface NamedProps {
  readonly id: string;
  readonly subjects: Subjects;
  /** Where it was erased. */
  readonly words: string;
  readonly none: string;
}

function Named({ id, subjects, words, none }: NamedProps) {
  const known = subjects.get(id);
  return known === undefined ? <span class="muted">{words}</span> : <a href={`/messages/${id}`}>{known.subject ?? none}</a>;
}
