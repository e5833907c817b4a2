/** One document: its verdict, what that is made of, recipient by recipient, and the ways on. */
import type { Hono } from 'hono';
import type { Addressee, DocumentStep } from '../../domain/document-verdict.ts';
import { contactLink, documentLink } from '../../domain/erp-links.ts';
import { referencesOf } from '../../domain/group-representation.ts';
import type { DocumentRecord } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import type { Shared } from '../api/context.ts';
import { visibleDocument } from '../api/documents.ts';
import { assertPermitted } from '../auth/access.ts';
import type { AppEnv } from '../environment.ts';
import { EvidenceMenu } from './evidence-menu.tsx';
import { Page } from './layout.tsx';
import { frameOf, pageCaller } from './page.ts';
import { ClockTime, Fact, RelativeTime, ReplyText, StateBadge, type View } from './parts.tsx';
import { sendPage, sendPart, wantsPart } from './respond.ts';
import { stringsFor } from './strings.ts';
import { contactPath, documentPath, ErpLink, reasonWords, VerdictBadge } from './verdict-words.tsx';

export function documentRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/documents/:document', async (c) => {
    c.set('route', '/documents/{document}');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const record = await visibleDocument(shared, caller, {
      document: c.req.param('document'),
      administration: c.req.query('administration'),
    });
    const props = {
      view: { t: stringsFor(c), now: shared.options.now() },
      record,
      links: shared.options.references(),
      mayCorrect: caller.permissions.has('messages:resend'),
    };
    if (wantsPart(c)) return sendPart(c, shared, String(<Whole {...props} />));
    const frame = await frameOf(c, shared, caller);
    return sendPage(
      c,
      <Page frame={frame} title={record.document} current="documents" scripts={['live']}>
        <Whole {...props} />
      </Page>,
    );
  });
}

interface DocumentProps {
  readonly view: View;
  readonly record: DocumentRecord;
  readonly links: Pick<ReferenceSettings, 'contactUrl' | 'documentUrl'>;
  readonly mayCorrect: boolean;
}

/** Renewed whole as something happens. */
function Whole(props: DocumentProps) {
  const { view, record } = props;
  const { document, administration, others, verdict } = record;
  const words = view.t.documents;
  return (
    <div id="document" data-follow="rows" data-url={documentPath(document, administration, others)}>
      <div data-piece="document">
        <Head {...props} />
        <Verdict {...props} />
        <div class="columns">
          <div class="stack">
            <h2>{words.page.recipients(verdict.addressees.length)}</h2>
            {verdict.addressees.map((addressee) => (
              <Recipient {...props} addressee={addressee} />
            ))}
          </div>
          <aside class="stack">
            <Facts {...props} />
            <Mails {...props} />
          </aside>
        </div>
      </div>
    </div>
  );
}

function Head({ view: { t }, record, links }: DocumentProps) {
  const references = referencesOf(record.mails);
  const words = t.documents.page;
  const [newest] = record.mails;
  const own = references === undefined ? null : documentLink(links, references);
  const contact = references === undefined ? null : contactLink(links, references);
  return (
    <>
      <a class="back" href="/documents">
        {words.back}
      </a>
      <div class="title with-actions">
        <div class="title-words">
          <h1>{record.document}</h1>
          <p class="subtitle">
            {[references?.documentType, record.administration, newest?.message.headers.subject ?? t.register.noSubject]
              .filter((part) => part !== null && part !== undefined)
              .join(' · ')}
          </p>
        </div>
        <div class="head-actions">
          <EvidenceMenu
            t={t}
            path={`/documents/${encodeURIComponent(record.document)}`}
            query={`administration=${encodeURIComponent(record.administration ?? '')}`}
          />
          {own === null ? null : (
            <ErpLink t={t} href={own} button="primary">
              {words.openInErp}
            </ErpLink>
          )}
          {contact === null ? null : (
            <ErpLink t={t} href={contact} button="">
              {words.openContact}
            </ErpLink>
          )}
        </div>
      </div>
    </>
  );
}

function Verdict({ view, record: { verdict } }: DocumentProps) {
  const { t } = view;
  const words = t.documents;
  const { why } = verdict;
  return (
    <section class={`card verdict is-${verdict.verdict}`}>
      <p class="verdict-head">
        <VerdictBadge t={t} verdict={verdict.verdict} large />
        <span class="muted">
          <RelativeTime view={view} at={verdict.since} />
        </span>
      </p>
      <p class="verdict-why">
        {reasonWords(t, why)}
        {why.addressInvalid && verdict.verdict === 'failed' ? ` ${t.explain.addressInvalid}` : ''}
      </p>
      <p class="muted">
        {words.verdictHints[verdict.verdict]}
        {verdict.addressees.length > 1 ? ` ${words.page.policy[verdict.policy]}` : ''}
      </p>
    </section>
  );
}

function Recipient({ view, addressee, mayCorrect }: DocumentProps & { readonly addressee: Addressee }) {
  const { t } = view;
  const words = t.documents.page;
  const { address, copy, standing, steps } = addressee;
  const decided = steps[standing.decidedBy];
  const category = decided?.recipient.failure?.category ?? null;
  return (
    <article class="card recipient">
      <div class="recipient-head">
        <h3>
          <a href={contactPath(address)}>{address}</a>
        </h3>
        <span class="badges">
          {copy ? (
            <span class="chip" title={words.copyHint}>
              {words.copy}
            </span>
          ) : null}
          <VerdictBadge t={t} verdict={standing.verdict} />
        </span>
      </div>
      <p class="plain">{reasonWords(t, { reason: standing.reason, address, category })}</p>
      <ol class="story">
        {steps.map((step, i) => (
          <Step view={view} step={step} before={steps[i - 1]} />
        ))}
      </ol>
      {standing.verdict === 'failed' && mayCorrect ? (
        <p class="after">
          <a class="button" href={`${contactPath(address)}?message=${decided?.message ?? ''}#correct`}>
            {words.correct}
          </a>
        </p>
      ) : null}
    </article>
  );
}

/** As the steps of a message's story are marked. */
const TONES: Readonly<Record<DocumentStep['recipient']['state'], string>> = {
  queued: 'next',
  deferred: 'wait',
  held: 'wait',
  transferred: 'good',
  delivered: 'best',
  failed: 'bad',
  expired: 'bad',
  cancelled: 'plain',
  suppressed: 'bad',
};

function Step({ view, step, before }: { readonly view: View; readonly step: DocumentStep; readonly before: DocumentStep | undefined }) {
  const { t, now } = view;
  const words = t.documents.page;
  const { recipient, link, message, acceptedAt } = step;
  const { state, failure } = recipient;
  const next = isPending(state) && state !== 'held' ? recipient.nextAttemptAt : null;
  const moved = before !== undefined && before.recipient.address !== recipient.address;
  return (
    <li class={`step step-${TONES[state]}`}>
      <div class="step-head">
        <span class="with-badge">
          <b>
            <a href={`/messages/${message}`}>
              {words.links[link]}
              <span class="visually-hidden">, {words.openMessage}</span>
            </a>
          </b>
          <StateBadge t={t} state={state} />
        </span>
        <span class="muted">
          <ClockTime view={view} at={acceptedAt} />
        </span>
      </div>
      {moved ? <p class="step-more">{`${recipient.address} ${words.correctedFrom(before.recipient.address)}`}</p> : null}
      {next === null ? null : (
        <p class="step-more">
          {words.nextTry} {next <= now ? t.message.soon : <RelativeTime view={view} at={next} />}
        </p>
      )}
      {failure?.reply == null || state === 'transferred' || state === 'delivered' ? null : <ReplyText reply={failure.reply} />}
    </li>
  );
}

function Facts({ view: { t }, record, links }: DocumentProps) {
  const references = referencesOf(record.mails);
  const words = t.documents.page;
  const contact = references?.contact ?? null;
  const contactUrl = references === undefined ? null : contactLink(links, references);
  return (
    <section class="card side">
      <h2>{words.facts}</h2>
      <dl>
        <Fact name={words.document} value={record.document} copy={t} />
        <Fact name={words.type} value={references?.documentType ?? null} />
        <Fact name={words.administration} value={record.administration} />
        {contact === null ? null : (
          <div>
            <dt>{words.contact}</dt>
            <dd>
              {contactUrl === null ? (
                contact
              ) : (
                <ErpLink t={t} href={contactUrl}>
                  {contact}
                </ErpLink>
              )}
            </dd>
          </div>
        )}
        <Fact name={words.template} value={references?.template ?? null} />
        {record.others.length === 0 ? null : (
          <div>
            <dt>{words.others}</dt>
            {record.others.map((other) => (
              <dd>
                <a href={documentPath(record.document, other, record.others)}>{other ?? words.noAdministration}</a>
              </dd>
            ))}
          </div>
        )}
      </dl>
    </section>
  );
}

function Mails({ view, record }: DocumentProps) {
  const { t } = view;
  return (
    <section class="card side">
      <h2>{t.documents.page.mail(record.mails.length, record.more)}</h2>
      <ul class="side-list">
        {record.mails.map(({ message }) => (
          <li data-key={message.id}>
            <a href={`/messages/${message.id}`}>{message.headers.subject ?? t.register.noSubject}</a>
            <span class="muted">
              <RelativeTime view={view} at={message.acceptedAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
