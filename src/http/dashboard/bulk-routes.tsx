/**
 * Acting on many messages: the form of the register leads to what it would do, in numbers, and only a
 * second form does it. What takes long is done a part a request, each of which tells how far it is.
 */
import type { Hono } from 'hono';
import type { Shared } from '../api/context.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { Problem } from '../problem.ts';
import {
  asBulkAction,
  type BulkAction,
  type BulkOutcome,
  bulkNeeds,
  type Chosen,
  FOR_GOOD,
  NOTHING_DONE,
  readChosen,
  runBulk,
} from './bulk.ts';
import { Page } from './layout.tsx';
import { frameOf, submitted } from './page.ts';
import { sendPage, sendPart, wantsPart } from './respond.ts';
import { type Strings, stringsFor } from './strings.ts';

/** Milliseconds for counting beforehand, and for a part of the work. */
const COUNTING = 1_500;
const WORKING = 2_000;

interface Asked {
  readonly caller: Caller;
  readonly form: URLSearchParams;
  readonly action: BulkAction;
  readonly chosen: Chosen;
}

export function bulkRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.post('/messages/bulk', async (c) => {
    c.set('route', '/messages/bulk');
    const asked = await askedOf(c, shared);
    if (asked instanceof Response) return asked;
    const outcome = await runBulk(c, shared, { ...asked, dryRun: true, budget: COUNTING });
    return answer(c, shared, asked, (t) => <Plan t={t} asked={asked} outcome={outcome} />);
  });
  app.post('/messages/bulk/apply', async (c) => {
    c.set('route', '/messages/bulk/apply');
    const asked = await askedOf(c, shared);
    if (asked instanceof Response) return asked;
    const cursor = asked.form.get('cursor');
    const part = await runBulk(c, shared, { ...asked, dryRun: false, budget: WORKING, ...(cursor === null ? {} : { cursor }) });
    const outcome = { ...added(doneOf(asked.form), part), complete: part.complete, next: part.next };
    return answer(c, shared, asked, (t) =>
      part.complete ? <Done t={t} asked={asked} outcome={outcome} /> : <Working t={t} asked={asked} outcome={outcome} />,
    );
  });
}

async function askedOf(c: AppContext, shared: Shared): Promise<Asked | Response> {
  const sent = await submitted(c, shared);
  if (sent instanceof Response) return sent;
  const { caller, form } = sent;
  const action = asBulkAction(form.get('action'));
  if (action === undefined) throw new Problem(400, 'invalid-request', 'action: not one of the actions of the register');
  assertPermitted(caller, 'messages:read');
  assertPermitted(caller, bulkNeeds(action));
  const chosen = readChosen(form, shared.options.now());
  if (chosen !== undefined) return { caller, form, action, chosen };
  return answer(c, shared, { caller, form }, (t) => <NothingChosen t={t} form={form} />, 400);
}

type Counted = Exclude<keyof BulkOutcome, 'complete' | 'next'>;
const COUNTED: readonly Counted[] = ['messages', 'recipients', 'unchanged', 'pending', 'before', 'gone', 'failed'];

/** What the parts before have done, carried along by the form. */
function doneOf(form: URLSearchParams): BulkOutcome {
  const counts = COUNTED.map((name) => [name, Math.max(0, Math.floor(Number(form.get(`done.${name}`) ?? 0)) || 0)] as const);
  return { ...NOTHING_DONE, ...Object.fromEntries(counts) };
}

function added(before: BulkOutcome, part: BulkOutcome): BulkOutcome {
  return { ...part, ...Object.fromEntries(COUNTED.map((name) => [name, before[name] + part[name]])) };
}

/** In the register's dialog where a script asked, else as a page. */
async function answer(
  c: AppContext,
  shared: Shared,
  { caller, form }: Pick<Asked, 'caller' | 'form'>,
  render: (t: Strings) => ReturnType<typeof Plan>,
  status: 200 | 400 = 200,
): Promise<Response> {
  if (wantsPart(c)) return sendPart(c, shared, String(render(stringsFor(c))));
  const frame = await frameOf(c, shared, caller);
  const query = form.get('query') ?? '';
  return sendPage(
    c,
    <Page frame={{ ...frame, path: query === '' ? '/messages' : `/messages?${query}` }} title={frame.t.register.title} current="messages">
      <div class="card step">{render(frame.t)}</div>
    </Page>,
    status,
  );
}

interface StepProps {
  readonly t: Strings;
  readonly asked: Asked;
  readonly outcome: BulkOutcome;
}

/** What it would do, and what it would not. */
function Plan({ t, asked, outcome }: StepProps) {
  const { action, form } = asked;
  const words = t.registerPage.bulk;
  const something = outcome.messages > 0;
  return (
    <>
      <h2 id="dialog-title">{something ? words.titles[action] : words.nothingToDo}</h2>
      <ul class="consequences">
        {something ? <li>{words.will[action](numbersOf(outcome))}</li> : null}
        <Rest t={t} action={action} outcome={outcome} />
        {something && FOR_GOOD.has(action) ? <li class="warn">{words.forGood}</li> : null}
      </ul>
      <form class="step-actions" method="post" action="/messages/bulk/apply" hx-post="/messages/bulk/apply" hx-target="#dialog-body">
        <Carried asked={asked} />
        {something ? (
          <button class={action === 'delete' || action === 'cancel' ? 'button danger solid' : 'button primary'} type="submit">
            {words.confirm[action]}
          </button>
        ) : null}
        <BackLink words={words.back} form={form} />
      </form>
    </>
  );
}

/** A part is done. A script goes on by itself; without one a person does. */
function Working({ t, asked, outcome }: StepProps) {
  const words = t.registerPage.bulk;
  return (
    <>
      <h2 id="dialog-title">{words.working}</h2>
      <ul class="consequences" role="status">
        <li>{words.did[asked.action](numbersOf({ ...outcome, complete: true }))}</li>
      </ul>
      <form
        class="step-actions"
        method="post"
        action="/messages/bulk/apply"
        hx-post="/messages/bulk/apply"
        hx-target="#dialog-body"
        hx-trigger="load, submit"
      >
        <Carried asked={asked} />
        <input type="hidden" name="cursor" value={outcome.next ?? ''} />
        {COUNTED.map((name) => (
          <input type="hidden" name={`done.${name}`} value={String(outcome[name])} />
        ))}
        <button class="button primary" type="submit">
          {words.goOn}
        </button>
      </form>
    </>
  );
}

function Done({ t, asked, outcome }: StepProps) {
  const words = t.registerPage.bulk;
  return (
    <>
      <h2 id="dialog-title">{outcome.messages > 0 ? words.done : words.nothingToDo}</h2>
      <ul class="consequences" role="status">
        {outcome.messages > 0 ? <li>{words.did[asked.action](numbersOf({ ...outcome, complete: true }))}</li> : null}
        <Rest t={t} action={asked.action} outcome={outcome} />
      </ul>
      <div class="step-actions">
        <BackLink words={words.backToList} form={asked.form} primary />
      </div>
    </>
  );
}

function NothingChosen({ t, form }: { readonly t: Strings; readonly form: URLSearchParams }) {
  return (
    <>
      <h2 id="dialog-title">{t.registerPage.bulk.nothingSelected}</h2>
      <div class="step-actions">
        <BackLink words={t.registerPage.bulk.back} form={form} primary />
      </div>
    </>
  );
}

function numbersOf({ messages, recipients, complete }: BulkOutcome) {
  return { messages, recipients, more: !complete };
}

/** What is left as it is, and why. */
function Rest({ t, action, outcome }: { readonly t: Strings; readonly action: BulkAction; readonly outcome: BulkOutcome }) {
  const words = t.registerPage.bulk;
  const { unchanged, pending, before, gone, failed } = outcome;
  const lines = [
    pending > 0 ? words.pending(pending) : '',
    unchanged > 0 ? words.unchanged[action](unchanged) : '',
    before > 0 ? words.before(before) : '',
    gone > 0 ? words.gone(gone) : '',
    failed > 0 ? words.failed(failed) : '',
  ];
  return (
    <>
      {lines
        .filter((line) => line !== '')
        .map((line) => (
          <li class={line === lines[0] || line === lines[4] ? 'warn' : undefined}>{line}</li>
        ))}
    </>
  );
}

function Carried({ asked: { form, action, chosen } }: { readonly asked: Asked }) {
  return (
    <>
      <input type="hidden" name="csrf" value={form.get('csrf') ?? ''} />
      <input type="hidden" name="action" value={action} />
      <input type="hidden" name="query" value={form.get('query') ?? ''} />
      {chosen.query === null ? (
        chosen.ids.map((id) => <input type="hidden" name="id" value={id} />)
      ) : (
        <>
          <input type="hidden" name="all" value="1" />
          <input type="hidden" name="until" value={String(chosen.until)} />
        </>
      )}
    </>
  );
}

/** Back to the list as it was; in the dialog a script closes it instead. */
function BackLink({ words, form, primary }: { readonly words: string; readonly form: URLSearchParams; readonly primary?: boolean }) {
  const query = form.get('query') ?? '';
  return (
    <a class={primary === true ? 'button primary' : 'button'} href={query === '' ? '/messages' : `/messages?${query}`} data-close>
      {words}
    </a>
  );
}
