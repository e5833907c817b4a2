/** One address: how it stands, the last mail to it, and the form that sends its mail to the right one. */
import type { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Address, normalizeAddress, toAddress } from '../../domain/address.ts';
import { type ContactMail, correctedTo, hasFailed } from '../../domain/contact-standing.ts';
import { contactLink } from '../../domain/erp-links.ts';
import { contactReferences } from '../../domain/group-representation.ts';
import { isPending } from '../../domain/recipient.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import { type VisibleContact, visibleContact } from '../api/contacts.ts';
import type { Shared } from '../api/context.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { asProblem, notFound } from '../problem.ts';
import { correct, typedAddress } from '../sending/correct.ts';
import { submissionClient } from '../sending/submit.ts';
import { CorrectForm, type CorrectFormProps, type CorrectionFault } from './correct-form.tsx';
import { Page } from './layout.tsx';
import { frameOf, pageCaller, submitted } from './page.ts';
import { Fact, RelativeTime, StateBadge, type View } from './parts.tsx';
import { sendPage, sendPart, wantsPart } from './respond.ts';
import { stringsFor } from './strings.ts';
import { ContactBadge, contactPath, documentPath, ErpLink } from './verdict-words.tsx';

export function contactRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/contacts/:address', async (c) => {
    c.set('route', '/contacts/{address}');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const named = c.req.query('message');
    return contactPage(c, shared, {
      caller,
      address: nameOf(c.req.param('address')),
      named: named === undefined ? [] : [named],
      fault: null,
    });
  });
  app.post('/contacts/:address/correct', async (c) => {
    c.set('route', '/contacts/{address}/correct');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertPermitted(caller, 'messages:read');
    assertPermitted(caller, 'messages:resend');
    const address = nameOf(c.req.param('address'));
    const fault = await correctByForm(c, shared, { caller, address, form });
    if (fault === null) return c.redirect(contactPath(address), 303);
    return contactPage(c, shared, { caller, address, named: form.getAll('message'), fault });
  });
}

/** Normalised; an address of the page that is none is nothing that was ever mailed. */
function nameOf(text: string): string {
  const address = toAddress(text.trim());
  if (address === undefined) throw notFound('There is no such address');
  return normalizeAddress(address);
}

interface FormRequest {
  readonly caller: Caller;
  readonly address: string;
  readonly form: URLSearchParams;
}

/** Null: all was sent. */
async function correctByForm(c: AppContext, shared: Shared, { caller, address, form }: FormRequest): Promise<CorrectionFault | null> {
  const words = stringsFor(c).documents.contact.form;
  const to = typedAddress(form.get('to') ?? '');
  if (to === undefined) return { form, to: words.none, notice: null };
  if (normalizeAddress(to) === address) return { form, to: words.same, notice: null };
  const pending = form.get('pending') === 'on';
  if (pending) assertPermitted(caller, 'queue:manage');
  const named = form.getAll('message');
  const messages = named.length === 0 ? undefined : named;
  const order = { caller, client: submissionClient(c, caller), address, to, messages, pending, repeatable: null };
  try {
    const tally = await correct(shared, { ...order, rewriteTo: form.get('rewriteTo') === 'on', dryRun: false });
    const [first] = tally.failures;
    if (first !== undefined) return { form, to: null, notice: `${words.notAll(tally.failures.length)} ${first.detail}` };
    if (tally.failed + tally.moved + tally.before > 0) return null;
    // Sent by a first click already: the page tells.
    const { standing } = await visibleContact(shared, caller, address);
    return standing.state === 'problem' ? { form, to: null, notice: words.nothing } : null;
  } catch (error) {
    const problem = asProblem(error);
    if (problem === undefined || problem.status >= 500) throw error;
    return { form, to: problem.code === 'suppressed' ? words.suppressed : problem.message, notice: null };
  }
}

interface PageRequest {
  readonly caller: Caller;
  readonly address: string;
  /** Messages that are to be sent again, where mail to the address came through since. */
  readonly named: readonly string[];
  readonly fault: CorrectionFault | null;
}

async function contactPage(c: AppContext, shared: Shared, request: PageRequest): Promise<Response> {
  const { caller, address, fault } = request;
  const { references, now } = shared.options;
  const contact = await visibleContact(shared, caller, address);
  const props: ContactProps = {
    view: { t: stringsFor(c), now: now() },
    contact,
    links: references(),
    form: await correctForm(shared, contact, request),
    maySuppress: caller.permissions.has('suppressions:manage') && caller.accounts === null,
  };
  if (wantsPart(c) && c.req.method === 'GET') return sendPart(c, shared, String(<Contact {...props} />));
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <Page frame={frame} title={contact.address} current="contacts" scripts={['live']}>
      <Contact {...props} />
    </Page>,
    (fault === null ? 200 : 400) as ContentfulStatusCode,
  );
}

/** Null where there is nothing to correct, or not by this reader. */
async function correctForm(shared: Shared, contact: VisibleContact, request: PageRequest): Promise<Omit<CorrectFormProps, 't'> | null> {
  const { caller, address, named, fault } = request;
  if (caller.session === null || !caller.permissions.has('messages:resend')) return null;
  const failing = contact.standing.state === 'problem';
  if (fault === null && !failing && named.length === 0) return null;
  const mayMove = caller.permissions.has('queue:manage') && (failing || named.length === 0);
  const messages = failing || named.length === 0 ? undefined : named;
  // Only counted: nothing is sent to this one.
  const to = 'counted@relais.invalid' as Address;
  const order = { caller, client: null, address, to, messages, rewriteTo: false, dryRun: true, repeatable: null };
  const expected = await correct(shared, { ...order, pending: mayMove });
  if (fault === null && expected.failed + expected.moved === 0) return null;
  return { contact, expected, named: messages ?? [], mayMove, csrf: caller.session.csrf, fault };
}

interface ContactProps {
  readonly view: View;
  readonly contact: VisibleContact;
  readonly links: Pick<ReferenceSettings, 'contactUrl'>;
  readonly form: Omit<CorrectFormProps, 't'> | null;
  readonly maySuppress: boolean;
}

/** The form stays as it is while somebody types; all else follows the feed. */
function Contact(props: ContactProps) {
  const { view, contact, form } = props;
  return (
    <div id="contact" data-follow="rows" data-url={contactPath(contact.address)}>
      <Head {...props} />
      <div class="columns">
        <div class="stack">
          <Standing {...props} />
          {form === null ? null : <CorrectForm t={view.t} {...form} />}
          <Mails {...props} />
        </div>
        <aside class="stack">
          <Suppression {...props} />
          <Facts {...props} />
        </aside>
      </div>
    </div>
  );
}

function Head({ view: { t }, contact, links }: ContactProps) {
  const references = contactReferences(contact.mails);
  const link = references === undefined ? null : contactLink(links, references);
  const words = t.documents;
  return (
    <>
      <a class="back" href="/contacts">
        {words.contacts.title}
      </a>
      <div class="title with-actions">
        <div class="title-words">
          <h1>{contact.address}</h1>
          {references?.contact == null ? null : <p class="subtitle">{`${words.page.contact} ${references.contact}`}</p>}
        </div>
        {link === null ? null : (
          <div class="head-actions">
            <ErpLink t={t} href={link} button="primary">
              {words.page.openContact}
            </ErpLink>
          </div>
        )}
      </div>
    </>
  );
}

function Standing({ view, contact }: ContactProps) {
  const { t } = view;
  const words = t.documents.contact;
  const { standing, pending } = contact;
  const { state, last, failingSince } = standing;
  const failure = last?.recipient.failure ?? null;
  const settled = last === null ? null : correctedTo(last);
  return (
    <section class={`card verdict is-${state}`} data-piece="standing">
      <p class="verdict-head">
        <ContactBadge t={t} state={state} large />
        {state === 'problem' && failingSince !== null ? (
          <span class="muted">
            {words.firstFailure} <RelativeTime view={view} at={failingSince} />
          </span>
        ) : null}
      </p>
      <p class="verdict-why">
        {state === 'problem' ? <Why t={t} mail={last} /> : null}
        {state === 'settled' && settled !== null ? words.settled(settled.address) : null}
        {state === 'fine' ? words.fine : null}
      </p>
      {failure?.reply == null || (state !== 'problem' && state !== 'settled') ? null : (
        <p class="muted anywhere">{`${failure.reply.code} ${failure.reply.status ?? ''} ${failure.reply.text}`}</p>
      )}
      {pending.count > 0 ? <p class="muted">{words.waiting(pending.count)}</p> : null}
    </section>
  );
}

function Why({ t, mail }: { readonly t: View['t']; readonly mail: ContactMail | null }) {
  if (mail === null) return null;
  const { state, failure } = mail.recipient;
  const why = t.categories[failure?.category ?? 'unknown'];
  if (state === 'suppressed') return <>{t.explain.suppressed}</>;
  if (state === 'expired') return <>{failure === null ? t.explain.expired : t.explain.expiredWhy(why)}</>;
  return (
    <>
      {failure?.source === 'report' ? t.explain.failedReport(why) : t.explain.failedAttempt(why)}
      {failure?.addressInvalid === true ? ` ${t.explain.addressInvalid}` : ''}
    </>
  );
}

function Facts({ view, contact, links }: ContactProps) {
  const { t } = view;
  const words = t.documents;
  const references = contactReferences(contact.mails);
  const link = references === undefined ? null : contactLink(links, references);
  const { standing, pending } = contact;
  const count = (n: number, more: boolean): string => `${n.toLocaleString(t.language)}${more ? '+' : ''}`;
  return (
    <section class="card side" data-piece="facts">
      <h2>{words.page.facts}</h2>
      <dl>
        {references?.contact == null ? null : (
          <div>
            <dt>{words.page.contact}</dt>
            <dd>
              {link === null ? (
                references.contact
              ) : (
                <ErpLink t={t} href={link}>
                  {references.contact}
                </ErpLink>
              )}
            </dd>
          </div>
        )}
        {standing.failingSince === null ? null : (
          <div>
            <dt>{words.contact.firstFailure}</dt>
            <dd>
              <RelativeTime view={view} at={standing.failingSince} />
            </dd>
          </div>
        )}
        <Fact
          name={words.contact.facts.failed}
          value={standing.failingSince === null ? null : count(standing.failed.length, contact.more)}
        />
        <Fact name={words.contact.facts.pending} value={count(pending.count, pending.more)} />
      </dl>
    </section>
  );
}

function Suppression({ view, contact, maySuppress }: ContactProps) {
  const { t } = view;
  const words = t.documents.contact;
  const { suppression, address } = contact;
  if (suppression === null) return null;
  return (
    <section class="card side">
      <h2>{words.suppressed}</h2>
      <p class="muted">
        {t.suppressions.reasons[suppression.reason]} · <RelativeTime view={view} at={suppression.at} />
      </p>
      <p class="muted">{words.suppressedHint}</p>
      {maySuppress ? (
        <p class="after">
          <a class="button" href={`/suppressions?q=${encodeURIComponent(address)}`}>
            {words.openSuppressions}
          </a>
        </p>
      ) : null}
    </section>
  );
}

function Mails({ view, contact }: ContactProps) {
  const words = view.t.documents.contact;
  return (
    <section data-piece="mails">
      <div class="mails-head">
        <h2>{words.mails}</h2>
        <a href={`/messages?recipient=${encodeURIComponent(contact.address)}`}>{words.allMail}</a>
      </div>
      <ul class="card mails">
        {contact.mails.map((mail) => (
          <Mail view={view} mail={mail} />
        ))}
      </ul>
      {contact.more ? <p class="muted small-print">{words.moreMails}</p> : null}
    </section>
  );
}

function Mail({ view, mail }: { readonly view: View; readonly mail: ContactMail }) {
  const { t } = view;
  const { message, recipient } = mail;
  const { document, administration } = message.references;
  const failed = hasFailed(recipient.state);
  const moved = correctedTo(mail);
  const category = recipient.failure?.category;
  return (
    <li data-key={message.id}>
      <StateBadge t={t} state={recipient.state} />
      <div class="mail-main">
        <div class="line">
          <a href={`/messages/${message.id}`}>{message.headers.subject ?? t.register.noSubject}</a>
          {document === null ? null : (
            <>
              {' '}
              <a class="chip" href={documentPath(document, administration)}>
                {document}
              </a>
            </>
          )}
        </div>
        <div class="line sub">
          {[
            (failed || isPending(recipient.state)) && category !== undefined ? t.categories[category] : null,
            moved === null ? null : t.documents.contact.sentInstead(moved.address),
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        </div>
      </div>
      <span class="muted">
        <RelativeTime view={view} at={message.acceptedAt} />
      </span>
    </li>
  );
}
