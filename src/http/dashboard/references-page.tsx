/** What mail is about: the rules as they run, one tried on stored mail, and those of the configuration applied to the past. */
import type { Hono } from 'hono';
import type { RulesApplied, RuleTrial } from '../../domain/ports.ts';
import { REFERENCE_FIELDS, REFERENCE_SOURCES, type ReferenceRule, type ReferenceSettings } from '../../domain/settings.ts';
import type { Shared } from '../api/context.ts';
import { applyRules, definedRule, tryRules } from '../api/references.ts';
import { RuleBody } from '../api/schemas-references.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { referenceDeskOf } from '../reference-desk.ts';
import { Page } from './layout.tsx';
import { frameOf, pageCaller, submitted } from './page.ts';
import type { View } from './parts.tsx';
import { sendPage } from './respond.ts';
import { streamRoutes } from './streams-page.tsx';
import { stringsFor } from './strings.ts';

const NEWEST = ['20', '50', '200'] as const;
/** Milliseconds of one step of applying: a page is to answer. */
const STEP = 5_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

interface Trial {
  readonly form: URLSearchParams;
  /** By the rule's key; empty: it is one. */
  readonly faults: ReadonlyMap<string, string>;
  readonly rule: ReferenceRule | null;
  readonly trials: readonly RuleTrial[];
}

interface Applying {
  readonly from: string;
  readonly fault: string | null;
  readonly dryRun: boolean;
  readonly applied: RulesApplied | null;
}

export function referenceRoutes(app: Hono<AppEnv>, shared: Shared): void {
  streamRoutes(app, shared);
  app.get('/references', async (c) => {
    c.set('route', '/references');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    return answer(c, shared, caller, {});
  });
  app.post('/references/test', async (c) => {
    c.set('route', '/references/test');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertPermitted(caller, 'messages:content');
    return answer(c, shared, caller, { trial: await tried(shared, caller, form) });
  });
  app.post('/references/apply', async (c) => {
    c.set('route', '/references/apply');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertPermitted(caller, 'queue:manage');
    const from = form.get('from') ?? '';
    const dryRun = form.get('do') !== 'apply';
    const time = DAY.test(from) ? Date.parse(from) : Number.NaN;
    if (Number.isNaN(time)) {
      return answer(c, shared, caller, { applying: { from, fault: stringsFor(c).references.apply.noDate, dryRun, applied: null } });
    }
    const cursor = form.get('cursor') ?? undefined;
    const applied = await applyRules(shared, caller, { filter: { from: time }, dryRun, cursor, budget: STEP });
    return answer(c, shared, caller, { applying: { from, fault: null, dryRun, applied } });
  });
}

/** What the form says, as the API takes it: what was left empty is not there. */
async function tried(shared: Shared, caller: Caller, form: URLSearchParams): Promise<Trial> {
  const typed = (name: string): string | undefined => form.get(name)?.trim() || undefined;
  const field = typed('field');
  const from = typed('from');
  const path = typed('path')?.split(/[\s,]+/);
  const given = {
    field,
    from,
    ...(field === 'tag' ? { tag: typed('tag') } : {}),
    ...(from === 'header' ? { header: typed('header') } : {}),
    ...(from === 'xml' ? { path } : {}),
    pattern: typed('pattern'),
    unless: typed('unless'),
    value: typed('value'),
  };
  const read = RuleBody.safeParse(given);
  if (!read.success) {
    const faults = new Map(read.error.issues.map(({ path: at, message }) => [String(at[0] ?? 'pattern'), message]));
    return { form, faults, rule: null, trials: [] };
  }
  const rule = definedRule(read.data);
  const limit = Number(NEWEST.find((count) => count === form.get('newest')) ?? NEWEST[0]);
  const trials = await tryRules(shared, caller, { filter: {}, limit, rules: [rule] });
  return { form, faults: new Map(), rule, trials };
}

async function answer(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  { trial = null, applying = null }: { readonly trial?: Trial | null; readonly applying?: Applying | null },
): Promise<Response> {
  const { options } = shared;
  const frame = await frameOf(c, shared, caller);
  const { t } = frame;
  const faulty = (trial !== null && trial.faults.size > 0) || applying?.fault != null;
  return sendPage(
    c,
    <Page frame={frame} title={t.references.title} current="references">
      <ReferenceHead t={t} current="rules" />
      <div class="reference-grid">
        {caller.permissions.has('messages:content') ? <TrialForm t={t} trial={trial} csrf={csrfOf(caller)} /> : null}
        <div class="reference-side">
          {caller.accounts === null ? <Running t={t} settings={options.references()} behind={referenceDeskOf(options).behind} /> : null}
          {caller.permissions.has('queue:manage') ? <ApplyForm t={t} applying={applying} csrf={csrfOf(caller)} /> : null}
        </div>
      </div>
      {trial === null || trial.rule === null ? null : <Trials view={{ t, now: options.now() }} rule={trial.rule} trials={trial.trials} />}
    </Page>,
    faulty ? 400 : 200,
  );
}

function csrfOf(caller: Caller): string {
  return caller.session?.csrf ?? '';
}

export function ReferenceHead({ t, current }: { readonly t: View['t']; readonly current: 'rules' | 'streams' }) {
  const words = t.references;
  const tabs = [
    ['rules', '/references'],
    ['streams', '/references/streams'],
  ] as const;
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <nav class="tabs" aria-label={words.title}>
        {tabs.map(([name, path]) => (
          <a href={path} aria-current={name === current ? 'page' : undefined}>
            {words.tabs[name]}
          </a>
        ))}
      </nav>
      <p class="lead muted">{current === 'rules' ? words.lead : words.streams.lead}</p>
    </>
  );
}

function Running({ t, settings, behind }: { readonly t: View['t']; readonly settings: ReferenceSettings; readonly behind: number }) {
  const words = t.references.running;
  return (
    <section class="card reference-card" aria-labelledby="running-title">
      <h2 id="running-title">{words.title}</h2>
      <h3>{words.profiles}</h3>
      <p class="reference-profiles">
        {settings.profiles.map((name) => (
          <code>{name}</code>
        ))}
      </p>
      <h3>{settings.rules.length === 0 ? words.noRules : words.rules(settings.rules.length)}</h3>
      {settings.rules.length === 0 ? null : (
        <ol class="reference-rules">
          {settings.rules.map((rule) => (
            <li>
              <code>{ruleYaml(rule)}</code>
            </li>
          ))}
        </ol>
      )}
      <p class="muted">{behind === 0 ? words.upToDate : words.behind(behind)}</p>
    </section>
  );
}

interface InputProps {
  readonly name: string;
  readonly label: string;
  readonly trial: Trial | null;
  readonly hint?: string;
  readonly mono?: true;
  /** Shown where this is chosen: the style sheet sees to it. */
  readonly only?: 'tag' | 'header' | 'xml';
}

function Input({ name, label, trial, hint, mono, only }: InputProps) {
  const fault = trial?.faults.get(name);
  const described = [hint === undefined ? null : `${name}-hint`, fault === undefined ? null : `${name}-fault`].filter((id) => id !== null);
  return (
    <div class={only === undefined ? 'reference-field' : `reference-field only-${only}`}>
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        value={trial?.form.get(name) ?? ''}
        class={mono === true ? 'mono' : undefined}
        maxlength={2000}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={fault === undefined ? undefined : 'true'}
        aria-describedby={described.length === 0 ? undefined : described.join(' ')}
      />
      {fault === undefined ? null : (
        <p class="fault" id={`${name}-fault`}>
          {fault}
        </p>
      )}
      {hint === undefined ? null : (
        <p class="muted reference-hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface SelectProps {
  readonly name: string;
  readonly label: string;
  readonly trial: Trial | null;
  readonly options: readonly (readonly [value: string, label: string])[];
}

function Select({ name, label, trial, options }: SelectProps) {
  const chosen = trial?.form.get(name) ?? options[0]?.[0];
  return (
    <div class="reference-field">
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        {options.map(([value, text]) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function TrialForm({ t, trial, csrf }: { readonly t: View['t']; readonly trial: Trial | null; readonly csrf: string }) {
  const { trial: words, fields, sources } = t.references;
  return (
    <section class="card reference-card" aria-labelledby="trial-title">
      <h2 id="trial-title">{words.title}</h2>
      <p class="muted">{words.lead}</p>
      <form method="post" action="/references/test" class="reference-form">
        <input type="hidden" name="csrf" value={csrf} />
        <Select name="field" label={words.field} trial={trial} options={REFERENCE_FIELDS.map((field) => [field, fields[field]])} />
        <Select name="from" label={words.from} trial={trial} options={REFERENCE_SOURCES.map((source) => [source, sources[source]])} />
        <Input name="tag" label={words.tag} trial={trial} only="tag" />
        <Input name="header" label={words.header} trial={trial} only="header" />
        <Input name="path" label={words.path} trial={trial} only="xml" mono />
        <Input name="pattern" label={words.pattern} trial={trial} hint={words.patternHint} mono />
        <Input name="value" label={words.value} trial={trial} hint={words.valueHint} mono />
        <Input name="unless" label={words.unless} trial={trial} mono />
        <Select name="newest" label={words.newest} trial={trial} options={NEWEST.map((count) => [count, count])} />
        <div class="reference-end">
          <button class="button primary" type="submit">
            {words.submit}
          </button>
        </div>
      </form>
    </section>
  );
}

function Trials({ view, rule, trials }: { readonly view: View; readonly rule: ReferenceRule; readonly trials: readonly RuleTrial[] }) {
  const { t } = view;
  const words = t.references.trial;
  const found = trials.filter(({ findings }) => findings.some(isTried)).length;
  return (
    <section class="reference-result" aria-labelledby="result-title">
      <div role="status">
        <h2 id="result-title">{trials.length === 0 ? words.noMail : found === 0 ? words.none : words.result(found, trials.length)}</h2>
      </div>
      <p class="muted">
        {words.yaml}: <code class="reference-yaml">- {ruleYaml(rule)}</code>
      </p>
      {trials.length === 0 ? null : (
        <div class="card table-card">
          <table class="share-table">
            <thead>
              <tr>
                <th scope="col">{words.columns.message}</th>
                <th scope="col">{words.columns.found}</th>
                <th scope="col">{words.columns.now}</th>
              </tr>
            </thead>
            <tbody>
              {trials.map((trial) => (
                <TrialRow t={t} rule={rule} trial={trial} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** The rule that is tried is asked before those of the configuration. */
function isTried({ profile, index }: RuleTrial['findings'][number]): boolean {
  return profile === null && index === 0;
}

function TrialRow({ t, rule, trial }: { readonly t: View['t']; readonly rule: ReferenceRule; readonly trial: RuleTrial }) {
  const words = t.references.trial;
  const finding = trial.findings.find(isTried);
  const now = currentOf(rule, trial);
  return (
    <tr>
      <th scope="row">
        <a class="row" href={`/messages/${trial.message.id}`}>
          {trial.message.headers.subject ?? t.register.noSubject}
        </a>
      </th>
      <td>
        {finding === undefined ? <span class="muted">{trial.read ? words.nothing : words.unread}</span> : <b>{finding.value}</b>}
        {finding === undefined || finding.decides ? null : <span class="muted"> · {words.said}</span>}
      </td>
      <td>{now === null ? <span class="muted">–</span> : now}</td>
    </tr>
  );
}

function currentOf({ field, tag = '' }: ReferenceRule, { message: { references } }: RuleTrial): string | null {
  if (field !== 'tag') return references[field];
  return Object.hasOwn(references.tags, tag) ? (references.tags[tag] ?? null) : null;
}

function ApplyForm({ t, applying, csrf }: { readonly t: View['t']; readonly applying: Applying | null; readonly csrf: string }) {
  const words = t.references.apply;
  const applied = applying?.applied ?? null;
  const { matched = 0, changed = 0, unread = 0, next = null } = applied ?? {};
  return (
    <section class="card reference-card" id="apply" aria-labelledby="apply-title">
      <h2 id="apply-title">{words.title}</h2>
      <p class="muted">{words.lead}</p>
      <form method="post" action="/references/apply" class="reference-apply">
        <input type="hidden" name="csrf" value={csrf} />
        <div class="reference-field">
          <label for="apply-from">{words.from}</label>
          <input
            id="apply-from"
            type="date"
            name="from"
            value={applying?.from ?? ''}
            required
            aria-describedby={applying?.fault == null ? undefined : 'apply-fault'}
          />
          {applying?.fault == null ? null : (
            <p class="fault" id="apply-fault">
              {applying.fault}
            </p>
          )}
        </div>
        <button class="button" type="submit" name="do" value="count">
          {words.count}
        </button>
        {applying === null || applied === null ? null : (
          <div class="reference-applied" role="status">
            <p>
              <b>{applying.dryRun ? words.would(changed, matched) : words.did(changed, matched)}</b>
            </p>
            {unread === 0 ? null : <p class="muted">{words.unread(unread)}</p>}
            {next === null ? null : <p class="muted">{words.more}</p>}
            {applying.dryRun && changed > 0 ? (
              <button class="button primary" type="submit" name="do" value="apply">
                {words.confirm(changed)}
              </button>
            ) : null}
            {!applying.dryRun && next !== null ? (
              <>
                <input type="hidden" name="cursor" value={next} />
                <button class="button primary" type="submit" name="do" value="apply">
                  {words.goOn}
                </button>
              </>
            ) : null}
          </div>
        )}
      </form>
    </section>
  );
}

/** In one line, as it stands in the configuration: a flow mapping with double-quoted texts (JSON is YAML). */
function ruleYaml(rule: ReferenceRule): string {
  const plain = new Set(['field', 'from', 'tag', 'header']);
  const parts = Object.entries(rule).map(([key, value]) => `${key}: ${plain.has(key) ? String(value) : JSON.stringify(value)}`);
  return `{${parts.join(', ')}}`;
}
