/** A recipient's story: each step in plain words, with the server's own words and the facts of the connection below. */
import type { Child } from 'hono/jsx';
import type { MessageDetail, ReportRecord } from '../../domain/ports.ts';
import type { Attempt } from '../../domain/recipient.ts';
import { matchesOf } from '../../domain/representation.ts';
import { ClockTime, Fact, RelativeTime, ReplyText, StateBadge, type View } from './parts.tsx';
import { TieWords } from './report-page.tsx';
import { reportSentence } from './report-words.ts';
import { hopKind, type RelatedMessage, type Step, stepsOf } from './timeline.ts';

type Recipient = MessageDetail['recipients'][number];

export interface TimelineProps {
  readonly view: View;
  readonly detail: MessageDetail;
  readonly recipient: Recipient;
  /** Messages that this one was sent again as. */
  readonly later: readonly RelatedMessage[];
}

export function Timeline(props: TimelineProps) {
  const { view, detail, recipient, later } = props;
  return (
    <ol class="story" aria-label={view.t.message.attempts}>
      {stepsOf(detail, recipient, later).map((step) => (
        <StepItem {...props} step={step} />
      ))}
      <NextStep view={view} recipient={recipient} />
    </ol>
  );
}

type Tone = 'plain' | 'good' | 'best' | 'bad' | 'wait' | 'next';

interface ItemProps {
  readonly view: View;
  readonly tone: Tone;
  readonly title: string;
  readonly at: number | null;
  readonly children?: Child;
}

function Item({ view, tone, title, at, children }: ItemProps) {
  return (
    <li class={`step step-${tone}`}>
      <div class="step-head">
        <b>{title}</b>
        {at === null ? null : (
          <span class="muted">
            <ClockTime view={view} at={at} />
          </span>
        )}
      </div>
      {children}
    </li>
  );
}

function StepItem({ view, detail, recipient, step }: TimelineProps & { readonly step: Step }) {
  const { steps } = view.t.messagePage;
  switch (step.kind) {
    case 'accepted':
      return (
        <Item view={view} tone="plain" title={steps.accepted(detail.message.account)} at={step.at}>
          {step.insteadOf === null ? null : <p class="step-more">{steps.inPlaceOf(step.insteadOf)}</p>}
        </Item>
      );
    case 'attempt':
      return <AttemptItem view={view} step={step} />;
    case 'more':
      return (
        <li class="step step-more-of">
          <span class="muted">{steps.more(step.count)}</span>
        </li>
      );
    case 'report':
      return <ReportItem view={view} detail={detail} recipient={recipient} report={step.report} />;
    case 'told':
      return <ToldItem view={view} step={step} />;
    case 'resent':
      return <ResentItem view={view} recipient={recipient} step={step} />;
    default:
      return step satisfies never;
  }
}

const TONES: Readonly<Record<NonNullable<Attempt['outcome']> | 'running', Tone>> = {
  transferred: 'good',
  failed: 'bad',
  deferred: 'wait',
  unanswered: 'wait',
  internal: 'wait',
  running: 'next',
};

function AttemptItem({ view, step }: { readonly view: View; readonly step: Extract<Step, { kind: 'attempt' }> }) {
  const { t } = view;
  const { attempt, nextAttemptAt } = step;
  const [before, after] = t.messagePage.againAt;
  return (
    <Item view={view} tone={TONES[attempt.outcome ?? 'running']} title={attemptWords(view, step)} at={attempt.at}>
      {attempt.reply === null ? null : <ReplyText reply={attempt.reply} />}
      {attempt.error === null || attempt.reply !== null ? null : <div class="reply">{attempt.error}</div>}
      {attempt.ambiguous ? <p class="step-more warn">{t.message.ambiguous}</p> : null}
      {nextAttemptAt === null || attempt.outcome === 'transferred' ? null : (
        <p class="step-more">
          {before}
          <ClockTime view={view} at={nextAttemptAt} />
          {after}
        </p>
      )}
      <Connection view={view} attempt={attempt} />
    </Item>
  );
}

function attemptWords({ t }: View, { attempt, why }: Extract<Step, { kind: 'attempt' }>): string {
  const { steps } = t.messagePage;
  switch (attempt.outcome) {
    case 'transferred':
      return takenWords(t, attempt);
    case 'deferred':
      return steps.putOff(t.categories[why]);
    case 'failed':
      return steps.refused(t.categories[why]);
    case 'unanswered':
      return steps.unanswered;
    case 'internal':
      return steps.internal;
    case null:
      return steps.running;
    default:
      return attempt.outcome satisfies never;
  }
}

function takenWords({ messagePage: { steps } }: View['t'], attempt: Attempt): string {
  const server = attempt.tls?.peerName ?? attempt.nextHop;
  const kind = hopKind(attempt);
  if (kind === 'recipient-server') return steps.takenByServer(server);
  return kind === 'provider' ? steps.takenByProvider(server) : steps.taken(server);
}

/** For whoever looks after servers: where to, how encrypted, how long. */
function Connection({ view: { t }, attempt }: { readonly view: View; readonly attempt: Attempt }) {
  const { technical } = t.messagePage;
  const { tls, address, durationMs, phase, remoteId } = attempt;
  const encryption = tls === null ? (address === null ? null : t.message.noTls) : t.message.tls(tls);
  return (
    <details class="technical">
      <summary>{`${t.message.attempt(attempt.number)} · ${technical.summary}`}</summary>
      <dl>
        <Fact name={technical.server} value={attempt.nextHop} />
        <Fact name={technical.address} value={address === attempt.nextHop ? null : address} />
        <Fact name={technical.encryption} value={encryption} />
        <Fact name={technical.cipher} value={tls?.cipher ?? null} />
        <Fact name={technical.took} value={durationMs === null ? null : t.message.took(durationMs)} />
        <Fact name={technical.phase} value={phase === null || attempt.outcome === 'transferred' ? null : t.phases[phase]} />
        <Fact name={technical.remoteId} value={remoteId ?? null} mono />
      </dl>
    </details>
  );
}

const REPORT_TONES: Readonly<Record<ReportRecord['kind'], Tone>> = {
  bounce: 'bad',
  complaint: 'bad',
  delayed: 'wait',
  delivered: 'best',
  'auto-reply': 'plain',
  none: 'plain',
};

function ReportItem({ view, detail, recipient, report }: Omit<TimelineProps, 'later'> & { readonly report: ReportRecord }) {
  const { t } = view;
  const match = matchesOf(report).find(({ message, index }) => message === detail.message.id && index === recipient.index);
  const own = report.recipients.filter(({ address }) => address?.toLowerCase() === recipient.address.toLowerCase());
  const said = [...own, ...report.recipients].map(({ diagnostic }) => diagnostic).find((text) => text !== null);
  return (
    <Item view={view} tone={REPORT_TONES[report.kind]} title={t.message.report[report.kind]} at={report.receivedAt}>
      <p class="step-more">
        {reportSentence(report, t)} <a href={`/reports/${report.id}`}>{t.message.openReport}</a>
      </p>
      {said === undefined || said === null ? null : <div class="reply">{said}</div>}
      {match === undefined ? null : (
        <p class="step-more muted">
          <TieWords view={view} match={match} />
        </p>
      )}
    </Item>
  );
}

function ToldItem({ view, step: { event } }: { readonly view: View; readonly step: Extract<Step, { kind: 'told' }> }) {
  const { steps } = view.t.messagePage;
  const { type, reason = '' } = event;
  const by = /^by (.+)$/s.exec(reason)?.[1];
  const words = (): readonly [Tone, string] => {
    switch (type) {
      case 'recipient.held':
        return ['wait', by === undefined ? steps.held : steps.heldBy(by)];
      case 'recipient.released':
        return ['plain', steps.released];
      case 'recipient.cancelled':
        return ['bad', steps.cancelled];
      case 'recipient.suppressed':
        return ['bad', steps.suppressed];
      default:
        return ['bad', steps.expired];
    }
  };
  const [tone, title] = words();
  return (
    <Item view={view} tone={tone} title={title} at={event.at}>
      {reason === '' || by !== undefined ? null : <p class="step-more muted">{reason}</p>}
    </Item>
  );
}

interface ResentProps {
  readonly view: View;
  readonly recipient: Recipient;
  readonly step: Extract<Step, { kind: 'resent' }>;
}

function ResentItem({ view, recipient, step: { related, to, at } }: ResentProps) {
  const { t } = view;
  const { steps } = t.messagePage;
  return (
    <Item view={view} tone="plain" title={to.address === recipient.address ? steps.resent : steps.resentTo(to.address)} at={at}>
      <p class="step-more with-badge">
        <a class="mono" href={`/messages/${related.message.id}`}>
          {related.message.id}
        </a>
        <StateBadge t={t} state={to.state} />
      </p>
    </Item>
  );
}

function NextStep({ view, recipient }: { readonly view: View; readonly recipient: Recipient }) {
  const { t, now } = view;
  const { nextAttemptAt: next, attempting, expireAt, state } = recipient;
  if (next === null || attempting !== null || (state !== 'queued' && state !== 'deferred')) return null;
  const [before, after] = t.messagePage.steps.givesUp;
  return (
    <li class="step step-next">
      <div class="step-head">
        <b>{t.messagePage.steps.next}</b>
        <span class="muted">{next <= now ? t.message.soon : <RelativeTime view={view} at={next} />}</span>
      </div>
      <p class="step-more muted">
        {before}
        <ClockTime view={view} at={expireAt} />
        {after}
      </p>
    </li>
  );
}
