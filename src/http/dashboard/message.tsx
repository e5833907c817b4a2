/**
 * One message: whether it reached everybody, where each recipient stands and why, what to do about it,
 * and what is in it. The feed renews what it tells; forms and what was opened stay as they are.
 */
import { reversePathText } from '../../domain/address.ts';
import { messageState } from '../../domain/message.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import { Content, type Shown } from './message-content.tsx';
import { Details, Events } from './message-details.tsx';
import { isUnreached, RecipientCard } from './message-recipient.tsx';
import { Toolbar, type ToolbarProps } from './message-toolbar.tsx';
import { RelativeTime, StateBadge, type View } from './parts.tsx';
import type { RelatedMessage } from './timeline.ts';

type Recipient = MessageDetail['recipients'][number];

/** Past this many, recipients fold; past the other, the page leaves the rest to the API. */
const UNFOLDED = 4;
const SHOWN = 200;

export interface MessageProps extends ToolbarProps {
  readonly links: Pick<ReferenceSettings, 'contactUrl' | 'documentUrl'>;
  /** Messages that it was sent again as. */
  readonly later: readonly RelatedMessage[];
  /** Null when the caller may not look at the content, or it is gone. */
  readonly shown: Shown | null;
}

export function MessagePage(props: MessageProps) {
  return (
    <>
      <a class="back" href="/messages">
        {props.view.t.message.back}
      </a>
      <MessageBody {...props} />
    </>
  );
}

/** Also what the feed renews the page from: piece by piece, and nothing that stands between them. */
export function MessageBody(props: MessageProps) {
  const { view, detail, shown, links, later, resend, may, csrf } = props;
  const { t } = view;
  const recipients = inOrder(detail);
  return (
    <div id="message" data-follow="some" data-url={`/messages/${detail.message.id}`}>
      <Head view={view} detail={detail} later={later} />
      <Toolbar {...props} />
      <div class="columns">
        <div class="stack">
          <h2 class={recipients.length > 1 ? undefined : 'visually-hidden'}>{t.message.recipients(recipients.length)}</h2>
          {recipients.slice(0, SHOWN).map((recipient) => (
            <RecipientCard
              view={view}
              detail={detail}
              links={links}
              later={later}
              resend={resend}
              manage={may.manage ? csrf : null}
              recipient={recipient}
              folded={recipients.length > UNFOLDED}
            />
          ))}
          {recipients.length > SHOWN ? <p class="muted">{t.message.moreRecipients(recipients.length - SHOWN)}</p> : null}
          {shown === null ? null : <Content view={view} id={detail.message.id} shown={shown} />}
          {detail.contentErased ? <p class="muted">{t.message.contentErased}</p> : null}
        </div>
        <aside class="stack">
          <Details view={view} detail={detail} links={links} />
          <Events view={view} detail={detail} />
        </aside>
      </div>
    </div>
  );
}

/** What asks for a person comes first. */
function inOrder({ recipients }: MessageDetail): readonly Recipient[] {
  const urgency = (recipient: Recipient): number => {
    if (isUnreached(recipient)) return 3;
    if (recipient.state === 'held' || recipient.state === 'deferred') return 2;
    return recipient.state === 'queued' ? 1 : 0;
  };
  return [...recipients].sort((a, b) => urgency(b) - urgency(a) || a.index - b.index);
}

function Head({ view, detail, later }: Pick<MessageProps, 'view' | 'detail' | 'later'>) {
  const { t } = view;
  const { message } = detail;
  return (
    <header class="message-head" data-piece="head" data-key={message.id}>
      <div class="title">
        <h1>{message.headers.subject ?? t.register.noSubject}</h1>
        <StateBadge t={t} state={detail.state} large />
      </div>
      <p class="subtitle">
        {t.message.from} {message.headers.from ?? reversePathText(message.envelope.reversePath)} ·{' '}
        <RelativeTime view={view} at={message.acceptedAt} />
        <Reached view={view} detail={detail} />
      </p>
      <Related view={view} detail={detail} later={later} />
    </header>
  );
}

/** Of several recipients, how many it reached. */
function Reached({ view: { t }, detail: { recipients } }: { readonly view: View; readonly detail: MessageDetail }) {
  if (recipients.length < 2) return null;
  const { reached, waiting, unreached } = t.messagePage;
  const count = (is: (recipient: Recipient) => boolean): number => recipients.filter(is).length;
  const there = count(({ state }) => state === 'transferred' || state === 'delivered');
  const under = count(({ state }) => isPending(state));
  const not = recipients.length - there - under;
  const words = [reached(there, recipients.length), under > 0 ? waiting(under) : null, not > 0 ? unreached(not) : null];
  return <> · {words.filter((word) => word !== null).join(', ')}</>;
}

function Related({ view: { t }, detail: { message, supersededBy }, later }: Pick<MessageProps, 'view' | 'detail' | 'later'>) {
  const { messagePage: words } = t;
  const unseen = supersededBy.filter((id) => !later.some((related) => related.message.id === id));
  return (
    <>
      {later.map((related) => (
        <p class="related">
          {words.supersededBy} <MessageLink id={related.message.id} />
          <StateBadge t={t} state={messageState(related.recipients.map(({ state }) => state))} />
        </p>
      ))}
      {unseen.map((id) => (
        <p class="related">
          {words.supersededBy} <MessageLink id={id} />
        </p>
      ))}
      {message.supersedes === null ? null : (
        <p class="related">
          {words.supersedes} <MessageLink id={message.supersedes} />
        </p>
      )}
      {message.concerns === undefined ? null : (
        <p class="related">
          {words.concerns} <MessageLink id={message.concerns} />
        </p>
      )}
    </>
  );
}

function MessageLink({ id }: { readonly id: string }) {
  return (
    <a class="mono" href={`/messages/${id}`}>
      {id}
    </a>
  );
}
