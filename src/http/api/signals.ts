/**
 * Signals: the rules and how they do, what they found and who has seen it, what was sent and answered.
 * They span accounts. What is open is for whoever reads all mail; acknowledging it for whoever acts on
 * mail; rules, deliveries and their bodies for administrators.
 */
import { z } from '@hono/zod-openapi';
import { parseMessageId } from '../../domain/ids.ts';
import type { SignalDelivery as DeliveryRecord, SignalRuleStatus, SignalTrial } from '../../domain/ports.ts';
import { rfc3339, rfc3339OrNull, signalDeliveryJson, signalJson } from '../../domain/representation.ts';
import { SIGNAL_STATES, type SignalRecord, type SignalState } from '../../domain/signal.ts';
import { audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { badCursor, notFound, validationProblem } from '../problem.ts';
import { signalDeskOf } from '../signal-desk.ts';
import type { Shared } from './context.ts';
import { abortAfter } from './feed-reading.ts';
import { cursor, DEFAULT_PAGE, listOf, pageLimit, text, time } from './fields.ts';
import { type Api, route } from './route.ts';
import { pageOf, SignalDelivery, SignalRecordAnswer, SignalRuleAnswer, SignalTrialAnswer } from './schemas-signals.ts';

const byName = z.object({ name: text });
const MANAGE = { tag: 'Signals', permission: 'signals:manage', spansAccounts: true } as const;

export function signalRoutes(api: Api, shared: Shared): void {
  ruleRoutes(api, shared);
  deliveryRoutes(api, shared);
  trialRoute(api, shared);
  recordRoutes(api, shared);
}

function ruleRoutes(api: Api, shared: Shared): void {
  const { options } = shared;
  route(
    api,
    {
      ...MANAGE,
      method: 'get',
      path: '/signals',
      summary: 'The rules, their channels, and how many signals of each are open',
      answers: { 200: { description: 'All of them', schema: pageOf(SignalRuleAnswer) } },
    },
    ({ c }) => c.json({ items: signalDeskOf(options).rules().map(ruleStatusJson), next: null }),
  );
  route(
    api,
    {
      ...MANAGE,
      method: 'get',
      path: '/signals/{name}',
      summary: 'One rule',
      params: byName,
      answers: { 200: { description: 'The rule', schema: SignalRuleAnswer } },
    },
    ({ c, params }) => c.json(ruleStatusJson(ruleNamed(shared, params.name))),
  );
  route(
    api,
    {
      ...MANAGE,
      method: 'post',
      path: '/signals/{name}/test',
      summary: 'Sends a test over each channel of a rule, also one that is switched off',
      params: byName,
      body: z.strictObject({}),
      answers: { 200: { description: 'The deliveries, on their way', schema: pageOf(SignalDelivery) } },
    },
    async ({ c, caller, params }) => {
      const deliveries = await testSignal(shared, caller, params.name);
      return c.json({ items: deliveries.map(signalDeliveryJson), next: null });
    },
  );
}

function deliveryRoutes(api: Api, shared: Shared): void {
  const { store } = shared.options;
  route(
    api,
    {
      ...MANAGE,
      method: 'get',
      path: '/signals/{name}/deliveries',
      summary: 'Deliveries of a rule, newest first',
      params: byName,
      query: z.strictObject({ limit: pageLimit, cursor }),
      answers: { 200: { description: 'A page', schema: pageOf(SignalDelivery) } },
    },
    async ({ c, params, query }) => {
      const page = await store.signals(
        { signal: params.name },
        { limit: query.limit ?? DEFAULT_PAGE, ...(query.cursor === undefined ? {} : { cursor: query.cursor }) },
      );
      return c.json({ items: page.items.map(signalDeliveryJson), next: page.next });
    },
  );
  route(
    api,
    {
      ...MANAGE,
      method: 'get',
      path: '/signal-deliveries/{id}',
      summary: 'One delivery, with what it says',
      params: z.object({ id: text }),
      answers: {
        200: { description: 'The delivery; `body` as it is sent to webhooks', schema: SignalDelivery.extend({ body: z.unknown() }) },
      },
    },
    async ({ c, params }) => {
      const delivery = await store.signal(params.id);
      if (delivery === undefined) throw notFound(`There is no delivery ${params.id}`);
      return c.json({ ...signalDeliveryJson(delivery), body: JSON.parse(delivery.body) as unknown });
    },
  );
  route(
    api,
    {
      ...MANAGE,
      method: 'post',
      path: '/signal-deliveries/{id}/retry',
      summary: 'Sends a delivery again now, whatever became of it',
      description: 'Under the same id. A mail becomes another message.',
      params: z.object({ id: text }),
      body: z.strictObject({}),
      answers: { 200: { description: 'On its way', schema: SignalDelivery } },
    },
    async ({ c, caller, params }) => c.json(signalDeliveryJson(await retryDelivery(shared, caller, params.id))),
  );
}

const WEEK = 7 * 86_400_000;

function trialRoute(api: Api, shared: Shared): void {
  const { options } = shared;
  route(
    api,
    {
      ...MANAGE,
      method: 'post',
      path: '/signals/{name}/try',
      summary: 'What a rule would have told in the past',
      description:
        'Of the last seven days unless it is said otherwise. With `rule`, in the keys of the configuration, that one is tried instead of the configured one; channels can be left out. Nothing is told or written. Where there is too much to look at, the latest part is, and `complete` is false.',
      params: byName,
      body: z.strictObject({
        from: time.optional(),
        to: time.optional(),
        rule: z.record(z.string(), z.unknown()).optional().openapi({ description: 'As an entry of `signals` in the configuration.' }),
      }),
      answers: { 200: { description: 'What it would have done', schema: SignalTrialAnswer } },
    },
    async ({ c, params, body }) => {
      const to = body.to ?? options.now();
      const from = body.from ?? to - WEEK;
      if (from >= to) throw validationProblem([{ in: 'body', path: 'from', detail: 'is not before `to`' }]);
      const read = body.rule === undefined ? null : options.readSignalRule({ name: params.name, ...body.rule });
      if (read !== null && 'mistakes' in read) {
        throw validationProblem(
          read.mistakes.map(({ path, detail }) => ({ in: 'body', path: path === '' ? 'rule' : `rule.${path}`, detail })),
        );
      }
      const until = abortAfter(shared.limits.wait, [shared.stopping, c.req.raw.signal]);
      const rule = read === null ? params.name : read.rule;
      const trial = await signalDeskOf(options)
        .tryOut({ rule, from, to, language: 'en', signal: until.signal })
        .finally(() => until.release());
      if (trial === undefined) throw noRule(params.name);
      return c.json(trialJson(trial));
    },
  );
}

/** The cursor is the id of the last one shown. */
function idOfCursor(text: string): string {
  const id = parseMessageId(text);
  if (id === undefined) throw badCursor();
  return id;
}

function recordRoutes(api: Api, shared: Shared): void {
  const { options } = shared;
  route(
    api,
    {
      method: 'get',
      path: '/open-signals',
      tag: 'Signals',
      summary: 'What the rules found and is not over, newest first',
      permission: 'messages:read',
      spansAccounts: true,
      query: z.strictObject({
        signal: text.optional().openapi({ description: 'Of one rule.' }),
        state: listOf(SIGNAL_STATES).optional().openapi({ description: '`open,acknowledged` when left out.' }),
        limit: pageLimit,
        cursor,
      }),
      repeatable: ['state'],
      answers: { 200: { description: 'A page', schema: pageOf(SignalRecordAnswer) } },
    },
    ({ c, query }) => {
      const state = (query.state ?? ['open', 'acknowledged']) as readonly SignalState[];
      const records = signalDeskOf(options).records({ state, ...(query.signal === undefined ? {} : { rule: query.signal }) });
      const limit = query.limit ?? DEFAULT_PAGE;
      const after = query.cursor === undefined ? null : idOfCursor(query.cursor);
      const rest = after === null ? records : records.filter(({ id }) => id < after);
      const items = rest.slice(0, limit);
      return c.json({
        items: items.map((record) => recordJson(shared, record)),
        next: rest.length > limit ? (items.at(-1)?.id ?? null) : null,
      });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/open-signals/{id}',
      tag: 'Signals',
      summary: 'One signal, also when it is over',
      permission: 'messages:read',
      spansAccounts: true,
      params: z.object({ id: text }),
      answers: { 200: { description: 'The signal', schema: SignalRecordAnswer } },
    },
    ({ c, params }) => {
      const record = signalDeskOf(options).record(params.id);
      if (record === undefined) throw notFound(`There is no signal ${params.id}`);
      return c.json(recordJson(shared, record));
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/signals/{name}/acknowledge',
      tag: 'Signals',
      summary: 'Somebody takes care: a signal by its id, or all open ones of a rule',
      description: 'It is not repeated or escalated any more. More of the same opens it again after `group.within`.',
      permission: 'queue:manage',
      spansAccounts: true,
      params: z.object({ name: text }),
      body: z.strictObject({ note: text.optional() }),
      answers: { 200: { description: 'Those that were open', schema: pageOf(SignalRecordAnswer) } },
    },
    async ({ c, caller, params, body }) => {
      const records = await acknowledgeSignals(shared, caller, params.name, body.note ?? null);
      return c.json({ items: records.map((record) => recordJson(shared, record)), next: null });
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/open-signals/{id}/close',
      tag: 'Signals',
      summary: 'Closes a signal by hand; more of the same opens a new one',
      permission: 'queue:manage',
      spansAccounts: true,
      params: z.object({ id: text }),
      body: z.strictObject({}),
      answers: { 200: { description: 'As it is now', schema: SignalRecordAnswer } },
    },
    async ({ c, caller, params }) => c.json(recordJson(shared, await closeSignal(shared, caller, params.id))),
  );
}

function noRule(name: string): Error {
  return notFound(`There is no rule of signals named ${name.slice(0, 80)}`);
}

export function ruleNamed({ options }: Shared, name: string): SignalRuleStatus {
  const found = signalDeskOf(options)
    .rules()
    .find(({ rule }) => rule.name === name);
  if (found === undefined) throw noRule(name);
  return found;
}

export async function testSignal(shared: Shared, caller: Caller, name: string): Promise<readonly DeliveryRecord[]> {
  const deliveries = await signalDeskOf(shared.options).test(name);
  if (deliveries === undefined) throw noRule(name);
  await audit(shared, caller, {
    action: 'signal.tested',
    subject: { kind: 'signal', id: name },
    detail: { deliveries: deliveries.length },
  });
  return deliveries;
}

export async function retryDelivery(shared: Shared, caller: Caller, id: string): Promise<DeliveryRecord> {
  const delivery = await signalDeskOf(shared.options).retry(id);
  if (delivery === undefined) throw notFound(`There is no delivery ${id.slice(0, 80)}, or its channel is no longer configured`);
  await audit(shared, caller, { action: 'signal.retried', subject: { kind: 'signal', id: delivery.signal }, detail: { delivery: id } });
  return delivery;
}

export async function acknowledgeSignals(
  shared: Shared,
  caller: Caller,
  name: string,
  note: string | null,
): Promise<readonly SignalRecord[]> {
  const records = await signalDeskOf(shared.options).acknowledge(name, { by: caller.name, note });
  if (records === undefined) throw notFound(`There is no signal and no rule named ${name.slice(0, 80)}`);
  const detail = { what: 'acknowledged', signals: records.length };
  await audit(shared, caller, { action: 'signal.changed', subject: { kind: 'signal', id: name }, detail });
  return records;
}

export async function closeSignal(shared: Shared, caller: Caller, id: string): Promise<SignalRecord> {
  const record = await signalDeskOf(shared.options).close(id, caller.name);
  if (record === undefined) throw notFound(`There is no signal ${id.slice(0, 80)}`);
  await audit(shared, caller, { action: 'signal.changed', subject: { kind: 'signal', id }, detail: { what: 'closed' } });
  return record;
}

function recordJson({ options }: Shared, record: SignalRecord): Record<string, unknown> {
  return {
    ...signalJson(record),
    title: signalDeskOf(options).title(record, 'en'),
    messages: record.examples.flatMap(({ message }) => (message === null ? [] : [message])),
  };
}

function ruleStatusJson({ rule, channels, open, unacknowledged, lastAt }: SignalRuleStatus): Record<string, unknown> {
  const { name, on, where, after, threshold, expect, group, quiet, digest, repeat, escalate } = rule;
  return {
    name,
    on,
    where,
    afterMs: after,
    threshold,
    expect,
    group,
    quiet,
    digest,
    repeatMs: repeat,
    escalateAfterMs: escalate?.after ?? null,
    channels,
    open,
    unacknowledged,
    lastAt: rfc3339OrNull(lastAt),
  };
}

export function trialJson(trial: SignalTrial): Record<string, unknown> {
  return {
    ...trial,
    from: rfc3339(trial.from),
    to: rfc3339(trial.to),
    examples: trial.examples.map((example) => ({ ...example, at: rfc3339(example.at) })),
  };
}
