/** What can be done to a message as a whole. Each is a form, and what can not be undone is asked for twice. */
import type { MessageDetail } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import { EvidenceMenu } from './evidence-menu.tsx';
import { Icon } from './icons.tsx';
import { QueueActions } from './message-actions.tsx';
import type { View } from './parts.tsx';
import { isSeveralFault, mayResendSeveral, type ResendAccess, ResendForm } from './resend-form.tsx';

export interface ToolbarProps {
  readonly view: View;
  readonly detail: MessageDetail;
  readonly csrf: string | null;
  readonly may: { readonly manage: boolean; readonly content: boolean; readonly erase: boolean };
  readonly resend: ResendAccess | null;
  /** Of an action that was asked for and not done. */
  readonly fault: ActionFault | null;
}

export interface ActionFault {
  readonly action: 'act' | 'delete';
  readonly words: string;
}

export function Toolbar(props: ToolbarProps) {
  const { view, detail, may, resend, fault } = props;
  const { t } = view;
  const several = resend !== null && mayResendSeveral(detail);
  return (
    <div class="tools-around">
      {fault === null ? null : (
        <p class="notice" role="alert">
          {fault.words}
        </p>
      )}
      <section class="tools" aria-label={t.message.actions}>
        <QueueActions view={view} detail={detail} recipients={detail.recipients} csrf={may.manage ? props.csrf : null} />
        {several && resend !== null ? (
          <details class="menu" open={isSeveralFault(resend)}>
            <summary class="button">{t.resend.open}</summary>
            <div class="menu-panel below form-panel">
              <ResendForm view={view} detail={detail} access={resend} />
            </div>
          </details>
        ) : null}
        {may.content && !detail.contentErased ? (
          <a class="button" href={`/api/v1/messages/${detail.message.id}/content`} download={`${detail.message.id}.eml`}>
            <Icon name="download" />
            {t.message.download}
          </a>
        ) : null}
        <EvidenceMenu t={t} path={`/messages/${detail.message.id}`} />
        <DeleteAction {...props} />
      </section>
    </div>
  );
}

function DeleteAction({ view: { t }, detail, csrf, may, fault }: ToolbarProps) {
  if (csrf === null || !may.erase) return null;
  const { remove } = t.messagePage;
  const pending = detail.recipients.filter(({ state }) => isPending(state)).length;
  return (
    <details class="menu" open={fault?.action === 'delete'}>
      <summary class="button">{remove.open}</summary>
      <div class="menu-panel below form-panel">
        <form method="post" action={`/messages/${detail.message.id}/delete`}>
          <input type="hidden" name="csrf" value={csrf} />
          <p>{remove.lead}</p>
          {pending === 0 ? null : (
            <label class="check">
              <input type="checkbox" name="force" />
              <span>
                {remove.pending(pending)} <span class="muted">{remove.force}</span>
              </span>
            </label>
          )}
          <button class="button danger" type="submit">
            {remove.submit}
          </button>
        </form>
      </div>
    </details>
  );
}
