/** The pages of signals, and what their forms do: take one in hand, close it, send again, test a rule, try one on the past. */
import type { Hono } from 'hono';
import type { SignalRule } from '../../domain/signal-rule.ts';
import type { Shared } from '../api/context.ts';
import { abortAfter } from '../api/feed-reading.ts';
import { acknowledgeSignals, closeSignal, retryDelivery, ruleNamed, testSignal } from '../api/signals.ts';
import { assertPermitted, assertUnrestricted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { notFound } from '../problem.ts';
import { signalDeskOf } from '../signal-desk.ts';
import type { Faults } from './form-parts.tsx';
import { Page } from './layout.tsx';
import { type Frame, frameOf, pageCaller, submitted } from './page.ts';
import { sendPage } from './respond.ts';
import { DeliveriesPage, type ToldTo } from './signal-deliveries.tsx';
import { type ExampleShown, SignalPage } from './signal-page.tsx';
import { RulesPage, TRIAL_DAYS, type TrialShown } from './signal-rules.tsx';
import { SignalsPage, type SignalTab } from './signals-page.tsx';
import { asLanguage, type Strings, stringsFor } from './strings.ts';

const PAGE = 50;
const DAY = 86_400_000;
const NOTE_LIMIT = 500;
/** Deliveries of a rule looked through for those of one signal. */
const LOOKED = 300;

export function signalRoutes(app: Hono<AppEnv>, shared: Shared): void {
  listRoute(app, shared);
  ruleRoutes(app, shared);
  deliveryRoutes(app, shared);
  oneRoutes(app, shared);
}

function csrfOf(caller: Caller): string {
  return caller.session?.csrf ?? '';
}

function actsWith(caller: Caller): string | null {
  return caller.permissions.has('queue:manage') ? csrfOf(caller) : null;
}

function manages(caller: Caller): boolean {
  return caller.permissions.has('signals:manage');
}

function languageOf(t: Strings) {
  return asLanguage(t.language) ?? 'en';
}

function openCount(shared: Shared): number {
  return signalDeskOf(shared.options).records({ state: ['open', 'acknowledged'] }).length;
}

function listRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/signals', async (c) => {
    c.set('route', '/signals');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertMaySee(caller);
    const desk = signalDeskOf(shared.options);
    const tab: SignalTab = c.req.query('state') === 'closed' ? 'closed' : 'open';
    const rule = c.req.query('signal') ?? null;
    const cursor = c.req.query('cursor');
    const state = tab === 'closed' ? (['closed'] as const) : (['open', 'acknowledged'] as const);
    const records = desk.records({ state, ...(rule === null ? {} : { rule }) });
    const rest = cursor === undefined ? records : records.filter(({ id }) => id < cursor);
    const shown = rest.slice(0, PAGE);
    const path = (after?: string): string => listPath(tab, rule, after);
    const telling = tellingRules(shared);
    const frame = await frameOf(c, shared, caller);
    return sendPage(
      c,
      <Page frame={frame} title={frame.t.signals.title} current="signals">
        <SignalsPage
          view={viewOf(frame, shared)}
          tab={tab}
          items={shown.map((record) => ({ record, title: desk.title(record, languageOf(frame.t)), tells: telling.has(record.rule) }))}
          open={tab === 'open' && rule === null ? records.length : openCount(shared)}
          rule={rule}
          start={cursor === undefined ? null : path()}
          next={rest.length > PAGE ? path(shown.at(-1)?.id) : null}
          manages={manages(caller)}
          csrf={actsWith(caller)}
        />
      </Page>,
    );
  });
}

/** Names of the rules that have channels. */
function tellingRules({ options }: Shared): ReadonlySet<string> {
  return new Set(
    signalDeskOf(options)
      .rules()
      .flatMap(({ rule, channels }) => (channels.length > 0 ? [rule.name] : [])),
  );
}

function assertMaySee(caller: Caller): void {
  assertPermitted(caller, 'messages:read');
  assertUnrestricted(caller);
}

function assertManages(caller: Caller): void {
  assertPermitted(caller, 'signals:manage');
  assertUnrestricted(caller);
}

function viewOf({ t }: Frame, { options }: Shared) {
  return { t, now: options.now() };
}

function listPath(tab: SignalTab, rule: string | null, cursor: string | undefined): string {
  const query = new URLSearchParams({
    ...(tab === 'closed' ? { state: 'closed' } : {}),
    ...(rule === null ? {} : { signal: rule }),
    ...(cursor === undefined ? {} : { cursor }),
  }).toString();
  return query === '' ? '/signals' : `/signals?${query}`;
}

function ruleRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/signals/rules', async (c) => {
    c.set('route', '/signals/rules');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertManages(caller);
    return rulesPage(c, shared, caller, null);
  });
  app.post('/signals/rules/test', async (c) => {
    c.set('route', '/signals/rules/test');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertManages(caller);
    const deliveries = await testSignal(shared, caller, form.get('signal') ?? '');
    return c.redirect(`/signals/rules?tested=${deliveries.length}`, 303);
  });
  app.post('/signals/rules/try', async (c) => {
    c.set('route', '/signals/rules/try');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertManages(caller);
    return rulesPage(c, shared, caller, await tried(c, shared, form));
  });
}

async function rulesPage(c: AppContext, shared: Shared, caller: Caller, trial: TrialShown | null): Promise<Response> {
  const frame = await frameOf(c, shared, caller);
  const tested = c.req.query('tested');
  const sent = tested !== undefined && /^\d{1,4}$/.test(tested) ? frame.t.signals.rules.tested(Number(tested)) : null;
  return sendPage(
    c,
    <Page frame={frame} title={frame.t.signals.tabs.rules} current="signals">
      <RulesPage
        view={viewOf(frame, shared)}
        rules={signalDeskOf(shared.options).rules()}
        open={openCount(shared)}
        trial={trial}
        done={sent}
        csrf={csrfOf(caller)}
      />
    </Page>,
    trial !== null && trial.faults.size > 0 ? 400 : 200,
  );
}

async function tried(c: AppContext, shared: Shared, form: URLSearchParams): Promise<TrialShown> {
  const { options, limits, stopping } = shared;
  const t = stringsFor(c);
  const days = TRIAL_DAYS.find((one) => String(one) === form.get('days')) ?? 7;
  const wanted = wantedRule(shared, form, t);
  if ('faults' in wanted) return { form, days, faults: wanted.faults, trial: null };
  const to = options.now();
  const until = abortAfter(limits.wait, [stopping, c.req.raw.signal]);
  const trial = await signalDeskOf(options)
    .tryOut({ rule: wanted.rule, from: to - days * DAY, to, language: languageOf(t), signal: until.signal })
    .finally(() => until.release());
  if (trial === undefined) return { form, days, faults: new Map([['signal', t.signals.trial.noRule]]), trial: null };
  return { form, days, faults: new Map(), trial };
}

/** The rule that runs under the chosen name, or the one that was written. */
function wantedRule({ options }: Shared, form: URLSearchParams, t: Strings): { rule: SignalRule | string } | { faults: Faults } {
  if (form.get('do') !== 'own') return { rule: form.get('signal') ?? '' };
  const yaml = form.get('yaml') ?? '';
  if (yaml.trim() === '') return { faults: new Map([['yaml', t.signals.trial.noRule]]) };
  const read = options.readSignalRule(yaml);
  if ('rule' in read) return { rule: read.rule };
  const words = read.mistakes.map(({ path, detail }) => (path === '' ? detail : `${path}: ${detail}`));
  return { faults: new Map([['yaml', words.join(' · ')]]) };
}

function deliveryRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const { store } = shared.options;
  app.get('/signals/deliveries', async (c) => {
    c.set('route', '/signals/deliveries');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertManages(caller);
    const { rule } = ruleNamed(shared, c.req.query('signal') ?? '');
    const cursor = c.req.query('cursor');
    const page = await store.signals({ signal: rule.name }, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    const frame = await frameOf(c, shared, caller);
    const path = `/signals/deliveries?signal=${encodeURIComponent(rule.name)}`;
    return sendPage(
      c,
      <Page frame={frame} title={frame.t.signals.rules.deliveries} current="signals">
        <DeliveriesPage
          view={viewOf(frame, shared)}
          rule={rule.name}
          deliveries={page.items.map((delivery) => toldTo(shared, delivery))}
          start={cursor === undefined ? null : path}
          next={page.next === null ? null : `${path}&cursor=${encodeURIComponent(page.next)}`}
          done={c.req.query('again') === undefined ? null : frame.t.signals.deliveries.onItsWay}
          csrf={csrfOf(caller)}
        />
      </Page>,
    );
  });
  app.post('/signals/deliveries/retry', async (c) => {
    c.set('route', '/signals/deliveries/retry');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertManages(caller);
    const delivery = await retryDelivery(shared, caller, form.get('delivery') ?? '');
    const { record, signal } = delivery;
    const back = form.get('back') === record && record !== undefined ? `/signals/${record}?again=1#deliveries` : null;
    return c.redirect(back ?? `/signals/deliveries?signal=${encodeURIComponent(signal)}&again=1`, 303);
  });
}

function toldTo({ options }: Shared, delivery: ToldTo['delivery']): ToldTo {
  return { delivery, channel: signalDeskOf(options).channelOf(delivery) ?? null };
}

function oneRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/signals/:id', async (c) => {
    c.set('route', '/signals/{id}');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertMaySee(caller);
    return onePage(c, shared, caller);
  });
  app.post('/signals/:id/acknowledge', async (c) => {
    c.set('route', '/signals/{id}/acknowledge');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertPermitted(caller, 'queue:manage');
    assertUnrestricted(caller);
    const id = c.req.param('id');
    const note = (form.get('note') ?? '').trim().slice(0, NOTE_LIMIT);
    await acknowledgeSignals(shared, caller, existing(shared, id), note === '' ? null : note);
    return c.redirect(form.get('back') === 'list' ? '/signals' : `/signals/${id}`, 303);
  });
  app.post('/signals/:id/close', async (c) => {
    c.set('route', '/signals/{id}/close');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    assertPermitted(sent.caller, 'queue:manage');
    assertUnrestricted(sent.caller);
    const id = c.req.param('id');
    await closeSignal(shared, sent.caller, existing(shared, id));
    return c.redirect(`/signals/${id}`, 303);
  });
}

/** The id of a signal: names of rules are none, though the call behind takes both. */
function existing({ options }: Shared, id: string): string {
  if (signalDeskOf(options).record(id) === undefined) throw notFound(`There is no signal ${id.slice(0, 80)}`);
  return id;
}

async function onePage(c: AppContext, shared: Shared, caller: Caller): Promise<Response> {
  const { options } = shared;
  const desk = signalDeskOf(options);
  const id = existing(shared, c.req.param('id') ?? '');
  const record = desk.record(id);
  if (record === undefined) throw notFound(`There is no signal ${id.slice(0, 80)}`);
  const examples = await Promise.all(
    record.examples
      .filter(({ message }) => message !== null)
      .map(async ({ message, index }): Promise<ExampleShown> => {
        const found = message === null ? undefined : await options.store.record(message);
        return { message: found?.message ?? null, recipient: index === null ? null : (found?.recipients[index] ?? null) };
      }),
  );
  const frame = await frameOf(c, shared, caller);
  const title = desk.title(record, languageOf(frame.t));
  return sendPage(
    c,
    <Page frame={frame} title={title} current="signals">
      <SignalPage
        view={viewOf(frame, shared)}
        record={record}
        title={title}
        tells={tellingRules(shared).has(record.rule)}
        examples={examples}
        deliveries={manages(caller) ? { sent: await deliveriesOf(shared, record), csrf: csrfOf(caller) } : null}
        done={c.req.query('again') === undefined ? null : frame.t.signals.deliveries.onItsWay}
        csrf={actsWith(caller)}
      />
    </Page>,
  );
}

/** Newest first; of a rule that sent very much since, those among its latest. */
async function deliveriesOf(shared: Shared, { id, rule }: { readonly id: string; readonly rule: string }): Promise<readonly ToldTo[]> {
  const found: ToldTo[] = [];
  let cursor: string | null = null;
  for (let looked = 0; looked < LOOKED; looked += 100) {
    const page: Awaited<ReturnType<typeof shared.options.store.signals>> = await shared.options.store.signals(
      { signal: rule },
      { limit: 100, ...(cursor === null ? {} : { cursor }) },
    );
    for (const delivery of page.items) if (delivery.record === id) found.push(toldTo(shared, delivery));
    if (page.next === null) break;
    cursor = page.next;
  }
  return found;
}
