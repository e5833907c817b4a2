/** What can be done to what waits in the queue: of a whole message, or for one of its recipients. Each is a form. */
import type { MessageDetail } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import type { View } from './parts.tsx';

export interface QueueActionsProps {
  readonly view: View;
  readonly detail: MessageDetail;
  /** Those that it is about. */
  readonly recipients: MessageDetail['recipients'];
  /** Null: whoever looks may do nothing of it. */
  readonly csrf: string | null;
  /** For this one alone; absent: for all of the message. */
  readonly only?: MessageDetail['recipients'][number];
}

/** A piece that the feed renews: what can be done changes with the state. */
export function QueueActions(props: QueueActionsProps) {
  const { only } = props;
  return (
    <div class="tools-queue" data-piece={only === undefined ? 'queue-actions' : `queue-actions-${only.index}`}>
      <Forms {...props} />
    </div>
  );
}

function Forms({ view: { t, now }, detail, recipients, csrf, only }: QueueActionsProps) {
  const pending = recipients.filter(({ state }) => isPending(state)).length;
  if (csrf === null || pending === 0) return null;
  const waiting = recipients.some(({ state }) => state === 'queued' || state === 'deferred');
  const held = recipients.some(({ state }) => state === 'held');
  const scheduled = (detail.message.releaseAt ?? 0) > now;
  const form = { id: detail.message.id, csrf, only };
  const words = t.message;
  // Of one among several, none is the thing to do: what stands above the cards is for all.
  const first = only === undefined ? 'primary' : '';
  return (
    <>
      {held ? <ActionForm {...form} action="release" label={words.release} kind={first} /> : null}
      {waiting ? <ActionForm {...form} action="retry" label={scheduled ? words.sendNow : words.retry} kind={held ? '' : first} /> : null}
      {waiting ? <ActionForm {...form} action="hold" label={words.hold} kind="" /> : null}
      <details class="menu">
        <summary class="button">
          {words.cancel}
          <For only={only} />
        </summary>
        <div class="menu-panel below form-panel">
          <p>{only === undefined ? words.cancelConfirm(pending) : t.messagePage.cancelOne(only.address)}</p>
          <ActionForm
            {...form}
            action="cancel"
            label={only === undefined ? words.cancelButton : t.messagePage.cancelOneButton}
            kind="danger"
          />
        </div>
      </details>
    </>
  );
}

interface ActionFormProps {
  readonly id: string;
  readonly action: 'retry' | 'hold' | 'release' | 'cancel';
  readonly label: string;
  readonly csrf: string;
  readonly kind: 'primary' | 'danger' | '';
  readonly only: MessageDetail['recipients'][number] | undefined;
}

function ActionForm({ id, action, label, csrf, kind, only }: ActionFormProps) {
  return (
    <form method="post" action={`/messages/${id}/${action}`}>
      <input type="hidden" name="csrf" value={csrf} />
      {only === undefined ? null : <input type="hidden" name="index" value={String(only.index)} />}
      <button class={`button ${kind}`} type="submit">
        {label}
        <For only={only} />
      </button>
    </form>
  );
}

/** Whom it is for, said to those who do not see the card around it. */
function For({ only }: Pick<ActionFormProps, 'only'>) {
  return only === undefined ? null : <span class="visually-hidden">: {only.address}</span>;
}
