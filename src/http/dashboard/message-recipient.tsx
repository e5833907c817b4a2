/**
 * One recipient: where it stands in a sentence, what to do about it, how sure that is, and its story.
 * What a form holds stands apart from what the feed renews, so that nobody's typing is lost.
 */
import { contactLink } from '../../domain/erp-links.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import type { Confidence } from '../../domain/recipient.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import { explainRecipient } from './explain.ts';
import { Icon } from './icons.tsx';
import { QueueActions } from './message-actions.tsx';
import { Timeline } from './message-timeline.tsx';
import { ClockTime, StateBadge, type View } from './parts.tsx';
import { CorrectForm, formOf, type ResendAccess } from './resend-form.tsx';
import type { RelatedMessage } from './timeline.ts';
import { contactPath } from './verdict-words.tsx';

type Recipient = MessageDetail['recipients'][number];

interface RecipientProps {
  readonly view: View;
  readonly detail: MessageDetail;
  readonly recipient: Recipient;
  readonly later: readonly RelatedMessage[];
  readonly links: Pick<ReferenceSettings, 'contactUrl'>;
  /** Null when the caller may not send it again. */
  readonly resend: ResendAccess | null;
  /** For acting on what waits; null when the caller may not. */
  readonly manage: string | null;
}

export interface RecipientCardProps extends RecipientProps {
  readonly folded: boolean;
}

const UNREACHED = new Set(['failed', 'expired', 'suppressed']);

export function isUnreached({ state }: Pick<Recipient, 'state'>): boolean {
  return UNREACHED.has(state);
}

export function RecipientCard(props: RecipientCardProps) {
  const { recipient, folded } = props;
  const fix = (
    <>
      <Fix {...props} />
      <Waiting {...props} />
    </>
  );
  if (!folded) {
    return (
      <article class="card person" aria-labelledby={`to-${recipient.index}`}>
        <RecipientHead {...props} />
        {fix}
        <RecipientStory {...props} />
      </article>
    );
  }
  return (
    <details class="card person" open={isOpen(props)}>
      <summary>
        <RecipientHead {...props} />
      </summary>
      {fix}
      <RecipientStory {...props} />
    </details>
  );
}

/** Of a message with more recipients than this, those whom it did not reach are folded too. */
const UNFOLDED_UNREACHED = 20;

function isOpen({ recipient, detail, resend }: RecipientCardProps): boolean {
  if (resend?.fault?.form.get('form') === formOf(recipient)) return true;
  return isUnreached(recipient) && detail.recipients.length <= UNFOLDED_UNREACHED;
}

/** Renewed by the feed. */
function RecipientHead({ view, detail, recipient }: RecipientProps) {
  const { t } = view;
  const { index, address, state, failure } = recipient;
  const complained = recipient.reportList.some(({ kind }) => kind === 'complaint');
  return (
    <div class={`person-head ${isUnreached(recipient) ? 'unreached' : ''}`} data-piece={`head-${index}`}>
      <div class="person-name">
        <h3 id={`to-${index}`}>
          <a href={contactPath(address)}>{address}</a>
        </h3>
        <StateBadge t={t} state={state} />
      </div>
      <p class="plain">
        {explainRecipient(recipient, detail.message.releaseAt ?? 0, view)} <Again view={view} recipient={recipient} />
        {complained ? <span class="warn">{t.explain.complained}</span> : null}
      </p>
      {failure !== null && isUnreached(recipient) ? <p class="muted">{t.messagePage.todo[failure.category]}</p> : null}
    </div>
  );
}

/** `It is tried again at 14:05.` */
function Again({ view, recipient }: { readonly view: View; readonly recipient: Recipient }) {
  const { state, nextAttemptAt, attempting } = recipient;
  if (state !== 'deferred' || nextAttemptAt === null || attempting !== null) return null;
  const [before, after] = view.t.messagePage.againAt;
  return (
    <>
      {before}
      <ClockTime view={view} at={nextAttemptAt} />
      {after}
    </>
  );
}

/** The way to the right address, and the form that sends to it. Not renewed while one is at work in it. */
function Fix(props: RecipientCardProps) {
  const { view, detail, recipient, links, resend, later } = props;
  const contact = contactLink(links, detail.message.references, recipient.address);
  const offered = isUnreached(recipient) && (resend !== null || contact !== null);
  return (
    <div class="person-fix" data-piece={`fix-${recipient.index}`}>
      {offered && resend !== null ? (
        <CorrectForm view={view} detail={detail} recipient={recipient} access={resend} primary={later.length === 0} />
      ) : null}
      {offered && contact !== null ? <OutLink t={view.t} href={contact} words={view.t.messagePage.openContact} /> : null}
      {offered ? (
        <a class="button" href={contactPath(recipient.address)}>
          {view.t.messagePage.allOfAddress}
        </a>
      ) : null}
    </div>
  );
}

/** Of several, this one alone is tried, held, released or cancelled; of one, the actions of the message do it. */
function Waiting({ view, detail, recipient, manage }: RecipientCardProps) {
  if (detail.recipients.length < 2) return null;
  return (
    <div class="person-queue">
      <QueueActions view={view} detail={detail} recipients={[recipient]} csrf={manage} only={recipient} />
    </div>
  );
}

/** To a page of the ERP, which is another site: in a tab of its own, which learns nothing of this one. */
export function OutLink({
  t,
  href,
  words,
  plain,
}: {
  readonly t: View['t'];
  readonly href: string;
  readonly words: string;
  readonly plain?: boolean;
}) {
  return (
    <a class={plain === true ? 'out' : 'button out'} href={href} target="_blank" rel="noopener noreferrer">
      {words}
      <Icon name="out" />
      <span class="visually-hidden"> ({t.messagePage.newTab})</span>
    </a>
  );
}

/** Renewed by the feed. */
function RecipientStory(props: RecipientProps) {
  const { view, detail, recipient, later } = props;
  return (
    <div class="person-story" data-piece={`story-${recipient.index}`}>
      {isUnreached(recipient) || recipient.state === 'cancelled' ? null : <Ladder view={view} confidence={recipient.confidence} />}
      <Timeline view={view} detail={detail} recipient={recipient} later={later} />
    </div>
  );
}

/** From what is known at first to what is proven. */
const RUNGS: readonly Confidence[] = [
  'recorded',
  'accepted-by-provider',
  'accepted-by-recipient-server',
  'quiet-period-passed',
  'confirmed',
];

function Ladder({ view: { t }, confidence }: { readonly view: View; readonly confidence: Confidence }) {
  const { sure } = t.messagePage;
  const reached = RUNGS.indexOf(confidence);
  return (
    <details class={`ladder ${reached === -1 ? 'contradicted' : ''}`}>
      <summary>
        <span class="rungs" aria-hidden="true">
          {RUNGS.map((_, at) => (
            <i class={at <= reached ? 'on' : undefined} />
          ))}
        </span>
        <span>
          {sure.label}: <b>{sure.rungs[confidence]}</b>
        </span>
      </summary>
      <p class="muted">{sure.lead}</p>
      <ol>
        {RUNGS.map((rung, at) => (
          <li class={at === reached ? 'here' : undefined} aria-current={at === reached ? 'step' : undefined}>
            {sure.rungs[rung]}
          </li>
        ))}
      </ol>
    </details>
  );
}
