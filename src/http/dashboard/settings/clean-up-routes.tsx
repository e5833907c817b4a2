/** /settings/clean-up and what its forms do: count, run, hold, lift, erase a person's data. */
import type { Hono } from 'hono';
import { normalizeAddress, toAddress } from '../../../domain/address.ts';
import type { LegalHoldFilter, LegalHoldRecord } from '../../../domain/legal-hold.ts';
import { cleanupDesk, cleanupRuns, runCleanup } from '../../api/cleanup.ts';
import type { Shared } from '../../api/context.ts';
import { beginErasure, erasuresOf } from '../../api/erasures.ts';
import { asMessageId, domain, givenName } from '../../api/fields.ts';
import { liftHold, setHold } from '../../api/legal-holds.ts';
import type { Caller } from '../../auth/caller.ts';
import type { AppContext, AppEnv } from '../../environment.ts';
import { asProblem, notFound } from '../../problem.ts';
import { within } from '../../within.ts';
import { frameOf } from '../page.ts';
import { RelativeTime } from '../parts.tsx';
import { sendPage, sendPart, wantsPart } from '../respond.ts';
import { stringsFor } from '../strings.ts';
import { KeptCard, RunCard, RunsCard } from './clean-up.tsx';
import { type HoldFaults, HoldsCard } from './clean-up-holds.tsx';
import { type PersonAnswer, PersonCard } from './clean-up-person.tsx';
import { csrfOf, SettingsPage, settingsCaller, settingsForm } from './frame.tsx';

const TAB = 'clean-up';
const PATH = `/settings/${TAB}`;
/** How long a form waits for what it began; what takes longer is shown as under way. */
const PATIENCE = 1500;
const CERTIFICATES = 10;

export function cleanUpRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get(PATH, async (c) => {
    const caller = await settingsCaller(c, shared, TAB, PATH);
    if (caller instanceof Response) return caller;
    if (!(wantsPart(c) && c.req.query('part') === 'run')) return cleanUpPage(c, shared, caller, {});
    const view = { t: stringsFor(c), now: shared.options.now() };
    const card = <RunCard view={view} status={cleanupDesk(shared).status()} runs={[]} csrf={csrfOf(caller)} />;
    return sendPart(c, shared, String(card));
  });
  runForms(app, shared);
  holdForms(app, shared);
  personForm(app, shared);
}

function runForms(app: Hono<AppEnv>, shared: Shared): void {
  const { log } = shared.options;
  const failed = (error: unknown): void => log.error({ err: error }, 'the clean-up that was asked for failed');
  app.post(`${PATH}/count`, async (c) => {
    const sent = await settingsForm(c, shared, TAB, `${PATH}/count`);
    if (sent instanceof Response) return sent;
    await within(cleanupDesk(shared).plan(), failed, PATIENCE);
    return c.redirect(`${PATH}#run`, 303);
  });
  app.post(`${PATH}/run`, async (c) => {
    const sent = await settingsForm(c, shared, TAB, `${PATH}/run`);
    if (sent instanceof Response) return sent;
    await within(runCleanup(shared, sent.caller), failed, PATIENCE);
    return c.redirect(`${PATH}#run`, 303);
  });
}

function holdForms(app: Hono<AppEnv>, shared: Shared): void {
  app.post(`${PATH}/hold`, async (c) => {
    const sent = await settingsForm(c, shared, TAB, `${PATH}/hold`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const asked = holdOf(c, form);
    if ('faults' in asked) return cleanUpPage(c, shared, caller, { hold: asked }, 400);
    await setHold(shared, caller, asked);
    return c.redirect(`${PATH}#holds`, 303);
  });
  app.post(`${PATH}/lift`, async (c) => {
    const sent = await settingsForm(c, shared, TAB, `${PATH}/lift`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const message = asMessageId(form.get('message') ?? '') ?? null;
    const name = message ?? form.get('name') ?? '';
    if (!(await liftHold(shared, caller, { name, message }))) throw notFound('There is no such legal hold');
    return c.redirect(`${PATH}#holds`, 303);
  });
}

/** The hold that a form asks for, or what is wrong with it, by field. */
function holdOf(c: AppContext, form: URLSearchParams): Omit<LegalHoldRecord, 'by' | 'at'> | HoldFaults {
  const words = stringsFor(c).cleanUp.holds;
  const given = (name: string): string => (form.get(name) ?? '').trim();
  const [name, recipient, document, reason] = ['name', 'recipient', 'document', 'reason'].map(given) as [string, string, string, string];
  const address = recipient === '' ? undefined : toAddress(recipient);
  const named = given('domain') === '' ? undefined : domain.safeParse(given('domain'));
  const filter: LegalHoldFilter = {
    ...(address === undefined ? {} : { recipient: normalizeAddress(address) }),
    ...(document === '' ? {} : { document }),
    ...(named?.success === true ? { domain: named.data as string } : {}),
  };
  const faults = {
    ...(givenName.safeParse(name).success ? {} : { name: words.badName }),
    ...(recipient !== '' && address === undefined ? { recipient: words.badAddress } : {}),
    ...(Object.keys(filter).length === 0 ? { filter: words.oneOf } : {}),
    ...(reason === '' ? { reason: words.noReason } : {}),
  };
  return Object.keys(faults).length > 0 ? { form, faults } : { name, message: null, filter, reason: reason.slice(0, 500) };
}

function personForm(app: Hono<AppEnv>, shared: Shared): void {
  app.post(`${PATH}/person`, async (c) => {
    const sent = await settingsForm(c, shared, TAB, `${PATH}/person`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const typed = (form.get('address') ?? '').trim();
    const address = toAddress(typed);
    const words = stringsFor(c).cleanUp.person;
    const refused = (fault: string) => cleanUpPage(c, shared, caller, { person: { address: typed, fault, answer: null } }, 400);
    if (address === undefined) return refused(words.noAddress);
    const request = {
      address: normalizeAddress(address),
      dryRun: form.get('erase') !== 'true',
      force: form.get('force') === 'true',
      by: caller.name,
    };
    try {
      const failed = (error: unknown): void => shared.options.log.error({ err: error }, 'the erasure that was asked for failed');
      const answer = (await within(beginErasure(shared, caller, request), failed)) ?? null;
      return cleanUpPage(c, shared, caller, { person: { address: request.address, fault: null, answer } });
    } catch (error) {
      if (asProblem(error)?.code !== 'busy') throw error;
      return refused(words.busy);
    }
  });
}

interface Brought {
  readonly hold?: HoldFaults;
  readonly person?: PersonAnswer;
}

async function cleanUpPage(c: AppContext, shared: Shared, caller: Caller, brought: Brought, code: 200 | 400 = 200): Promise<Response> {
  const { store, now } = shared.options;
  const status = cleanupDesk(shared).status();
  const [runs, holds, certificates, frame] = await Promise.all([
    cleanupRuns(shared),
    store.legalHolds.list(),
    erasuresOf(shared, undefined, CERTIFICATES),
    frameOf(c, shared, caller),
  ]);
  const view = { t: frame.t, now: now() };
  const words = frame.t.cleanUp;
  const csrf = csrfOf(caller);
  const { hold = null, person = null } = brought;
  return sendPage(
    c,
    <SettingsPage frame={frame} tab={TAB}>
      <p class="lead muted">
        {words.lead}{' '}
        {status.nextRunAt === null ? null : (
          <>
            {words.next} <RelativeTime view={view} at={status.nextRunAt} />.
          </>
        )}
      </p>
      <div class="columns wide-side">
        <div class="stack">
          <RunCard view={view} status={status} runs={runs} csrf={csrf} />
          <KeptCard t={frame.t} retention={status.retention} />
          <RunsCard view={view} runs={runs} />
        </div>
        <div class="stack">
          <PersonCard view={view} person={person} work={shared.erasing.work} certificates={certificates} csrf={csrf} />
          <HoldsCard view={view} holds={holds.map(({ value }) => value)} refused={hold} csrf={csrf} />
        </div>
      </div>
    </SettingsPage>,
    code,
  );
}
