/** One message: where each recipient stands in plain words, and everything that was tried and reported. */
import { reversePathText } from '../../domain/address.ts';
import type { MessageDetail, ReportRecord } from '../../domain/ports.ts';
import { type Attempt, isPending } from '../../domain/recipient.ts';
import { matchesOf } from '../../domain/representation.ts';
import { exactTime, explainRecipient, sizeText } from './explain.ts';
import { ExactTime, Fact, LivePill, RelativeTime, ReplyText, StateBadge, type View } from './parts.tsx';
import { TieWords } from './report-page.tsx';
import { ResendForm, type ResendFormProps } from './resend-form.tsx';

type Recipient = MessageDetail['recipients'][number];

/** Past this many, recipients fold; past the other, the page leaves the rest to the API. */
const UNFOLDED = 4;
const SHOWN = 200;
const EVENTS_SHOWN = 500;

export interface MessageProps {
  readonly view: View;
  readonly detail: MessageDetail;
  /** Null when the caller may not act on it. */
  readonly actions: { readonly csrf: string } | null;
  /** Null when the caller may not send it again, or nothing is left to send. */
  readonly resend: Omit<ResendFormProps, 'view' | 'detail'> | null;
  readonly mayDownload: boolean;
  readonly live: boolean;
}

export function MessagePage({ view, detail, actions, resend, mayDownload, live }: MessageProps) {
  const { t } = view;
  const { message } = detail;
  const recipients = [...detail.recipients].sort((a, b) => urgency(b) - urgency(a) || a.index - b.index);
  return (
    <>
      <a class="back" href="/messages">
        {t.message.back}
      </a>
      <div class="title">
        <h1>{message.headers.subject ?? t.register.noSubject}</h1>
        <StateBadge t={t} state={detail.state} large />
      </div>
      <p class="subtitle">
        {t.message.from} {message.headers.from ?? reversePathText(message.envelope.reversePath)} ·{' '}
        <RelativeTime view={view} at={message.acceptedAt} />
      </p>
      <div class="columns">
        <div class="stack">
          {resend === null ? null : <ResendForm view={view} detail={detail} {...resend} />}
          <h2>{t.message.recipients(recipients.length)}</h2>
          {recipients.slice(0, SHOWN).map((recipient) => (
            <RecipientCard view={view} detail={detail} recipient={recipient} folded={recipients.length > UNFOLDED} />
          ))}
          {recipients.length > SHOWN ? <p class="muted">{t.message.moreRecipients(recipients.length - SHOWN)}</p> : null}
          <Events view={view} detail={detail} />
        </div>
        <aside class="stack">
          <Actions view={view} detail={detail} actions={actions} mayDownload={mayDownload} />
          <Details view={view} detail={detail} />
        </aside>
      </div>
      {live ? (
        <LivePill href={`/messages/${message.id}`} stream="/api/v1/changes/stream" message={message.id} label={t.message.live} />
      ) : null}
    </>
  );
}

/** What asks for a person comes first. */
function urgency({ state }: Recipient): number {
  if (state === 'failed' || state === 'expired' || state === 'suppressed') return 3;
  if (state === 'held' || state === 'deferred') return 2;
  return state === 'queued' ? 1 : 0;
}

interface RecipientProps {
  readonly view: View;
  readonly detail: MessageDetail;
  readonly recipient: Recipient;
  readonly folded: boolean;
}

function RecipientCard({ view, detail, recipient, folded }: RecipientProps) {
  const { t } = view;
  const head = (
    <div class="recipient-head">
      <h3>{recipient.address}</h3>
      <StateBadge t={t} state={recipient.state} />
    </div>
  );
  const complained = recipient.reportList.some(({ kind }) => kind === 'complaint');
  const plain = (
    <p class="plain">
      {explainRecipient(recipient, detail.message.releaseAt ?? 0, view)}
      {complained ? <span class="warn"> {t.explain.complained}</span> : null}
    </p>
  );
  const rest = (
    <>
      <Facts view={view} recipient={recipient} />
      <Timeline view={view} detail={detail} recipient={recipient} />
    </>
  );
  if (!folded) {
    return (
      <article class="card recipient">
        {head}
        {plain}
        {rest}
      </article>
    );
  }
  return (
    <details class="card recipient" open={urgency(recipient) === 3 && detail.recipients.length < SHOWN / 10}>
      <summary>
        {head}
        {plain}
      </summary>
      {rest}
    </details>
  );
}

function Facts({ view, recipient }: { readonly view: View; readonly recipient: Recipient }) {
  const { t } = view;
  return (
    <p class="facts">
      <span>
        {t.message.confidence}: {t.confidences[recipient.confidence]}
      </span>
      {isPending(recipient.state) && recipient.state !== 'held' ? (
        <span>
          {t.message.givesUp} <RelativeTime view={view} at={recipient.expireAt} />
        </span>
      ) : null}
    </p>
  );
}

type Step = { readonly at: number } & (
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  | { readonly kind: 'report'; readonly report: ReportRecord }
);

function Timeline({ view, detail, recipient }: Omit<RecipientProps, 'folded'>) {
  const { t, now } = view;
  const steps: Step[] = [
    ...recipient.attemptList.map((attempt): Step => ({ kind: 'attempt', at: attempt.at, attempt })),
    ...recipient.reportList.map((report): Step => ({ kind: 'report', at: report.receivedAt, report })),
  ].sort((a, b) => a.at - b.at);
  const next = recipient.attempting === null ? recipient.nextAttemptAt : null;
  return (
    <ol class="timeline" aria-label={t.message.attempts}>
      <li>
        <span class="dot" />
        <div class="what">
          <b>{t.message.acceptedHere}</b>
          <span class="muted">
            <ExactTime at={detail.message.acceptedAt} />
          </span>
        </div>
      </li>
      {steps.map((step) =>
        step.kind === 'attempt' ? (
          <AttemptStep view={view} attempt={step.attempt} />
        ) : (
          <ReportStep view={view} detail={detail} recipient={recipient} report={step.report} />
        ),
      )}
      {next === null ? null : (
        <li>
          <span class="dot next" />
          <div class="what">
            <b>{t.message.nextAttempt}</b>
            <span class="muted">{next <= now ? t.message.soon : <RelativeTime view={view} at={next} />}</span>
          </div>
        </li>
      )}
    </ol>
  );
}

const DOTS: Readonly<Record<string, string>> = {
  transferred: 'good',
  failed: 'bad',
  deferred: 'wait',
  unanswered: 'wait',
  internal: 'wait',
};

function AttemptStep({ view: { t }, attempt }: { readonly view: View; readonly attempt: Attempt }) {
  const where = [
    `${t.message.to} ${attempt.nextHop}`,
    attempt.address === null || attempt.address === attempt.nextHop ? null : attempt.address,
    attempt.tls === null ? (attempt.address === null ? null : t.message.noTls) : t.message.tls(attempt.tls),
    attempt.durationMs === null ? null : t.message.took(attempt.durationMs),
  ];
  const pending = attempt.outcome !== 'transferred' && attempt.phase !== null ? ` ${t.phases[attempt.phase]}` : '';
  return (
    <li>
      <span class={`dot ${DOTS[attempt.outcome ?? ''] ?? ''}`} />
      <div class="what">
        <span>
          <b>{`${t.message.attempt(attempt.number)}: ${t.outcomes[attempt.outcome ?? 'running']}`}</b>
          <span class="muted">{pending}</span>
        </span>
        <span class="muted">
          <ExactTime at={attempt.at} />
        </span>
      </div>
      <div class="where">{where.filter((part) => part !== null).join(' · ')}</div>
      {attempt.reply === null ? null : <ReplyText reply={attempt.reply} />}
      {attempt.error === null || attempt.reply !== null ? null : <div class="reply">{attempt.error}</div>}
      {attempt.ambiguous ? <div class="ambiguous">{t.message.ambiguous}</div> : null}
    </li>
  );
}

const REPORT_DOTS: Readonly<Record<ReportRecord['kind'], string>> = {
  bounce: 'bad',
  complaint: 'bad',
  delayed: 'wait',
  delivered: 'best',
  'auto-reply': '',
  none: '',
};

interface ReportStepProps extends Omit<RecipientProps, 'folded'> {
  readonly report: ReportRecord;
}

function ReportStep({ view, detail, recipient, report }: ReportStepProps) {
  const { t } = view;
  const match = matchesOf(report).find(({ message, index }) => message === detail.message.id && index === recipient.index);
  const own = report.recipients.filter(({ address }) => address?.toLowerCase() === recipient.address.toLowerCase());
  const said = [...own, ...report.recipients].map(({ diagnostic, status }) => diagnostic ?? status).find((text) => text !== null);
  return (
    <li>
      <span class={`dot ${REPORT_DOTS[report.kind]}`} />
      <div class="what">
        <b>{t.message.report[report.kind]}</b>
        <span class="muted">
          <ExactTime at={report.receivedAt} />
        </span>
      </div>
      <div class="where">
        {report.reportingMta === null ? '' : `${t.message.reportFrom(report.reportingMta)} · `}
        <a href={`/reports/${report.id}`}>{t.message.openReport}</a>
      </div>
      {said === undefined || said === null ? null : <div class="reply">{said}</div>}
      {match === undefined ? null : (
        <div class="where">
          <TieWords view={view} match={match} />
        </div>
      )}
    </li>
  );
}

function Events({ view: { t }, detail }: { readonly view: View; readonly detail: MessageDetail }) {
  return (
    <details class="card events">
      <summary>{`${t.message.events} (${detail.events.length})`}</summary>
      <p class="muted">{t.message.eventsHint}</p>
      <ol>
        {detail.events.slice(0, EVENTS_SHOWN).map((event) => (
          <li>
            <span class="mono">{event.seq}</span>
            <span>
              <code>{event.type}</code> <span class="where">{event.recipient ?? ''}</span>
            </span>
            <span class="muted">
              <ExactTime at={event.at} />
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Actions({ view: { t, now }, detail, actions, mayDownload }: Omit<MessageProps, 'live' | 'resend'>) {
  const { id } = detail.message;
  const states = detail.recipients.map(({ state }) => state);
  const waiting = states.some((state) => state === 'queued' || state === 'deferred');
  const held = states.includes('held');
  const pending = states.filter(isPending).length;
  const scheduled = (detail.message.releaseAt ?? 0) > now;
  const canAct = actions !== null && pending > 0;
  if (!canAct && !mayDownload && !detail.contentErased) return null;
  return (
    <section class="card side">
      <h2>{t.message.actions}</h2>
      <div class="actions">
        {canAct && waiting ? (
          <ActionForm id={id} action="retry" label={scheduled ? t.message.sendNow : t.message.retry} csrf={actions.csrf} primary />
        ) : null}
        {canAct && held ? <ActionForm id={id} action="release" label={t.message.release} csrf={actions.csrf} primary /> : null}
        {canAct && waiting ? <ActionForm id={id} action="hold" label={t.message.hold} csrf={actions.csrf} /> : null}
        {mayDownload && !detail.contentErased ? (
          <a class="button" href={`/api/v1/messages/${id}/content`} download={`${id}.eml`}>
            {t.message.download}
          </a>
        ) : null}
        {canAct ? (
          <details>
            <summary class="button">{t.message.cancel}</summary>
            <p>{t.message.cancelConfirm(pending)}</p>
            <ActionForm id={id} action="cancel" label={t.message.cancelButton} csrf={actions.csrf} danger />
          </details>
        ) : null}
        {detail.contentErased ? <p class="muted">{t.message.contentErased}</p> : null}
      </div>
    </section>
  );
}

interface ActionFormProps {
  readonly id: string;
  readonly action: string;
  readonly label: string;
  readonly csrf: string;
  readonly primary?: boolean;
  readonly danger?: boolean;
}

function ActionForm({ id, action, label, csrf, primary, danger }: ActionFormProps) {
  return (
    <form method="post" action={`/messages/${id}/${action}`}>
      <input type="hidden" name="csrf" value={csrf} />
      <button class={`button${primary === true ? ' primary' : ''}${danger === true ? ' danger' : ''}`} type="submit">
        {label}
      </button>
    </form>
  );
}

function Details({ view: { t }, detail: { message, supersededBy } }: { readonly view: View; readonly detail: MessageDetail }) {
  const { references, headers, client, envelope } = message;
  const tags = Object.entries(references.tags).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const sender = reversePathText(envelope.reversePath);
  return (
    <section class="card side">
      <h2>{t.message.details}</h2>
      <dl>
        <Fact name={t.message.id} value={message.id} mono copy={t} />
        <Fact name={t.message.messageId} value={headers.messageId} mono />
        <Fact name={t.message.accepted} value={exactTime(message.acceptedAt)} />
        <Fact name={t.message.document} value={references.document} />
        <Fact name={t.message.contact} value={references.contact} />
        <Fact name={t.message.template} value={references.template} />
        <Fact name={t.message.tags} value={tags.length === 0 ? null : tags.join(', ')} />
        <Fact name={t.message.class} value={references.class} />
        <Fact name={t.message.account} value={message.account} />
        <Fact name={t.message.sender} value={sender === '' ? t.register.nullSender : sender} />
        <Fact
          name={t.message.client}
          value={[client.address, client.helo, client.tls?.version ?? t.message.noTls].filter(Boolean).join(' · ')}
        />
        <Fact name={t.message.size} value={sizeText(message.size)} />
        <Fact name={t.message.envelopeId} value={envelope.envid} mono />
        <Fact name={t.message.releaseAt} value={message.releaseAt === undefined ? null : exactTime(message.releaseAt)} />
        <Fact name={t.message.origin} value={t.message.origins[message.origin ?? 'smtp']} />
        <Linked name={t.message.supersedes} ids={message.supersedes === null ? [] : [message.supersedes]} />
        <Linked name={t.message.supersededBy} ids={supersededBy} />
        <Linked name={t.message.concerns} ids={message.concerns === undefined ? [] : [message.concerns]} />
        <Fact name={t.message.sha256} value={message.sha256} mono />
      </dl>
    </section>
  );
}

/** Other messages, by their ids. */
function Linked({ name, ids }: { readonly name: string; readonly ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <div>
      <dt>{name}</dt>
      {ids.map((id) => (
        <dd class="mono">
          <a href={`/messages/${id}`}>{id}</a>
        </dd>
      ))}
    </div>
  );
}
