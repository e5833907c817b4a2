/** One report: which message it is about or may be about, what it says of each recipient, and its source. */
import type { AcceptedMessage } from '../../domain/message.ts';
import type { ReportedRecipient, ReportMatch, ReportRecord } from '../../domain/ports.ts';
import type { RecipientRecord } from '../../domain/recipient.ts';
import { shownTo } from '../../domain/representation.ts';
import type { Candidate } from '../api/report-linking.ts';
import { exactTime, explainRecipient, sizeText } from './explain.ts';
import { ExactTime, Fact, RelativeTime, StateBadge, type View } from './parts.tsx';
import { reportSentence, whyUntied } from './report-words.ts';
import { KindBadge } from './reports-page.tsx';

export interface TiedTo {
  readonly match: ReportMatch;
  /** Null when it is no longer recorded, or not for the caller. */
  readonly message: AcceptedMessage | null;
  readonly recipient: RecipientRecord | null;
}

export interface LinkFault {
  /** Beside which field it stands; null: above all. */
  readonly field: 'message' | 'recipient' | null;
  readonly words: string;
  readonly typed: { readonly message: string; readonly recipient: string };
}

export interface ReportPageProps {
  readonly view: View;
  readonly report: ReportRecord;
  readonly tied: readonly TiedTo[];
  /** Null when it is tied already, or the caller may not link it. */
  readonly link: LinkProps | null;
  readonly notice: string | null;
  /** Null when the caller may not read contents. */
  readonly source: { readonly text: string; readonly cut: boolean; readonly size: number; readonly erased: boolean } | null;
}

interface LinkProps {
  readonly candidates: readonly Candidate[];
  readonly csrf: string;
  readonly fault: LinkFault | null;
}

/** Recipients that are shown; the API has them all. */
const SHOWN = 100;

export function ReportPage({ view, report, tied, link, notice, source }: ReportPageProps) {
  const { t } = view;
  return (
    <>
      <a class="back" href={report.matched === null ? '/reports?list=review' : '/reports?list=all'}>
        {t.reports.title}
      </a>
      <div class="title">
        <h1>{reportSentence(report, t)}</h1>
        <KindBadge t={t} kind={report.kind} large />
      </div>
      <p class="subtitle">
        {report.subject === null ? '' : `${report.subject} · `}
        <RelativeTime view={view} at={report.receivedAt} />
      </p>
      <div class="columns">
        <div class="stack">
          {notice === null ? null : (
            <p class="notice" role="alert">
              {notice}
            </p>
          )}
          {report.matched === null ? <p class="callout">{t.reports.untied(whyUntied(report, t))}</p> : null}
          {link === null ? null : <Linking view={view} report={report} {...link} />}
          {tied.length === 0 ? null : <h2>{t.reportPage.tied}</h2>}
          {tied.slice(0, SHOWN).map((one) => (
            <Tied view={view} tied={one} />
          ))}
          {report.recipients.length === 0 ? null : <h2>{t.reportPage.said}</h2>}
          {report.recipients.slice(0, SHOWN).map((recipient) => (
            <Said view={view} recipient={recipient} />
          ))}
          {report.recipients.length > SHOWN ? <p class="muted">{t.message.moreRecipients(report.recipients.length - SHOWN)}</p> : null}
          {source === null ? null : <Source view={view} source={source} />}
        </div>
        <aside class="stack">
          {source === null || source.erased ? null : (
            <a class="button" href={`/api/v1/reports/${report.id}/content`} download={`report-${report.id}.eml`}>
              {t.reportPage.download}
            </a>
          )}
          <Details view={view} report={report} />
        </aside>
      </div>
    </>
  );
}

function Linking({ view, report, candidates, csrf, fault }: LinkProps & { readonly view: View; readonly report: ReportRecord }) {
  const { t } = view;
  return (
    <section class="card linking">
      <h2>{t.reportPage.which}</h2>
      {fault === null || fault.field !== null ? null : (
        <p class="notice" role="alert">
          {fault.words}
        </p>
      )}
      <p class="muted">{candidates.length === 0 ? t.reportPage.noCandidates : t.reportPage.candidates}</p>
      {candidates.length === 0 ? null : (
        <ul>
          {candidates.map((candidate) => (
            <CandidateItem view={view} report={report} candidate={candidate} csrf={csrf} />
          ))}
        </ul>
      )}
      {candidates.length === 0 ? (
        <ByHand view={view} report={report} csrf={csrf} fault={fault} />
      ) : (
        <details open={fault !== null && fault.field !== null}>
          <summary>{t.reportPage.byHand}</summary>
          <ByHand view={view} report={report} csrf={csrf} fault={fault} />
        </details>
      )}
    </section>
  );
}

interface CandidateProps {
  readonly view: View;
  readonly report: ReportRecord;
  readonly candidate: Candidate;
  readonly csrf: string;
}

function CandidateItem({ view, report, candidate: { rank, message, recipient }, csrf }: CandidateProps) {
  const { t } = view;
  const subject = message.headers.subject ?? t.register.noSubject;
  return (
    <li class="candidate">
      <div class="row-main">
        <div class="recipient-head">
          <h3>
            <a href={`/messages/${message.id}`}>{subject}</a>
          </h3>
          <StateBadge t={t} state={recipient.state} />
        </div>
        <p class="facts">
          <span>{t.reportPage.sentTo(recipient.address)}</span>
          <span>
            <RelativeTime view={view} at={message.acceptedAt} />
          </span>
          {message.references.document === null ? null : <span>{message.references.document}</span>}
        </p>
        <p class="muted small-print">{rank === null ? t.reportPage.recipientFits : t.ranks[rank]}</p>
      </div>
      <form method="post" action={`/reports/${report.id}/link`}>
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="message" value={message.id} />
        <input type="hidden" name="index" value={String(recipient.index)} />
        <button
          class="button primary"
          type="submit"
          aria-label={`${t.reportPage.pick}: ${t.reportPage.pickLabel(recipient.address, subject)}`}
        >
          {t.reportPage.pick}
        </button>
      </form>
    </li>
  );
}

function ByHand({ view: { t }, report, csrf, fault }: Omit<CandidateProps, 'candidate'> & { readonly fault: LinkFault | null }) {
  const typed = fault?.field == null ? { message: '', recipient: '' } : fault.typed;
  return (
    <form method="post" action={`/reports/${report.id}/link`} class="by-hand">
      <input type="hidden" name="csrf" value={csrf} />
      <p class="muted">{t.reportPage.byHandLead}</p>
      <Field name="message" label={t.reportPage.message} hint={t.reportPage.messageHint} value={typed.message} fault={fault} required />
      <Field name="recipient" label={t.reportPage.recipient} value={typed.recipient} fault={fault} />
      <button class="button" type="submit">
        {t.reportPage.link}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly name: 'message' | 'recipient';
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly fault: LinkFault | null;
  readonly required?: boolean;
}

function Field({ name, label, hint, value, fault, required }: FieldProps) {
  const wrong = fault?.field === name;
  const described = [wrong ? `${name}-fault` : null, hint === undefined ? null : `${name}-hint`].filter((id) => id !== null).join(' ');
  return (
    <div>
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        value={value}
        required={required}
        autocomplete="off"
        autocapitalize="none"
        inputmode={name === 'recipient' ? 'email' : undefined}
        aria-invalid={wrong ? 'true' : undefined}
        aria-describedby={described === '' ? undefined : described}
      />
      {wrong ? (
        <p class="fault" id={`${name}-fault`} role="alert">
          {fault.words}
        </p>
      ) : null}
      {hint === undefined ? null : (
        <p class="muted small-print" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

function Tied({ view, tied: { match, message, recipient } }: { readonly view: View; readonly tied: TiedTo }) {
  const { t } = view;
  if (message === null || recipient === null) {
    return (
      <article class="card recipient">
        <p class="muted">{t.reportPage.erased}</p>
      </article>
    );
  }
  return (
    <article class="card recipient">
      <div class="recipient-head">
        <h3>
          <a href={`/messages/${message.id}`}>{message.headers.subject ?? t.register.noSubject}</a>
        </h3>
        <StateBadge t={t} state={recipient.state} />
      </div>
      <p class="facts">
        <span>{t.reportPage.sentTo(recipient.address)}</span>
        <span>
          <RelativeTime view={view} at={message.acceptedAt} />
        </span>
      </p>
      <p class="plain">{explainRecipient(recipient, message.releaseAt ?? 0, view)}</p>
      <p class="muted small-print">
        <TieWords view={view} match={match} />
      </p>
    </article>
  );
}

/** How it was tied: by a person, or by relais and how surely. */
export function TieWords({ view: { t }, match }: { readonly view: View; readonly match: ReportMatch }) {
  if (match.linked === undefined) return <>{t.ranks[match.rank]}</>;
  return (
    <>
      {t.reportPage.linked(match.linked.by)} · <ExactTime at={match.linked.at} />
    </>
  );
}

function Said({ view: { t }, recipient }: { readonly view: View; readonly recipient: ReportedRecipient }) {
  const { action, status, replyCode, category } = recipient;
  const meaning = status === null ? undefined : t.reportPage.statusMeans[status.charAt(0)];
  const code = [replyCode, status].filter((part) => part !== null).join(' ');
  const bad = action === 'failed' || action === 'delayed' || action === null;
  return (
    <article class="card recipient">
      <h3 class="anywhere">{recipient.address ?? t.reports.unnamed}</h3>
      <dl class="fields">
        <Fact name={t.reportPage.action} value={action === null ? null : t.reportPage.actions[action]} />
        <Fact
          name={t.reportPage.reason}
          value={bad ? `${t.categories[category]}${recipient.addressInvalid ? `. ${t.reportPage.addressDead}` : ''}` : null}
        />
        <Fact name={t.reportPage.status} value={code === '' ? null : meaning === undefined ? code : `${code} (${meaning})`} />
      </dl>
      {recipient.diagnostic === null ? null : (
        <>
          <p class="muted small-print">{t.reportPage.diagnostic}</p>
          <div class="reply">{recipient.diagnostic}</div>
        </>
      )}
    </article>
  );
}

function Source({ view: { t }, source }: { readonly view: View; readonly source: NonNullable<ReportPageProps['source']> }) {
  if (source.erased) return <p class="muted">{t.reportPage.sourceErased}</p>;
  return (
    <details class="card events source">
      <summary>{t.reportPage.source}</summary>
      {source.cut ? <p class="muted">{t.reportPage.sourceCut(sizeText(source.size))}</p> : null}
      <pre>{source.text}</pre>
    </details>
  );
}

function Details({ view: { t }, report }: { readonly view: View; readonly report: ReportRecord }) {
  const way = [t.reports.vias[report.via], report.source == null ? null : t.reports.from(report.source)];
  return (
    <section class="card side">
      <h2>{t.reportPage.details}</h2>
      <dl>
        <Fact name={t.reportPage.received} value={exactTime(report.receivedAt)} />
        <Fact name={t.reportPage.way} value={way.filter((part) => part !== null).join(' ')} />
        <Fact name={t.reportPage.to} value={shownTo(report)} />
        <Fact name={t.reportPage.server} value={report.reportingMta} />
        <Fact name={t.reportPage.subject} value={report.subject} />
        <Fact name={t.reportPage.messageId} value={report.originalMessageId} mono />
        <Fact name={t.reportPage.envelopeId} value={report.envelopeId} mono />
        <Fact name={t.reportPage.trouble} value={report.trouble} />
        <Fact name={t.reportPage.id} value={report.id} mono copy={t} />
        <Fact name={t.reportPage.size} value={sizeText(report.size)} />
        <Fact name={t.message.sha256} value={report.sha256} mono />
      </dl>
    </section>
  );
}
