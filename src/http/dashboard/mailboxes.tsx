/** The mailboxes that reports are collected from: when each was read last, what it held, what went wrong. */
import type { CollectorStatus, MailboxRun } from '../../domain/ports.ts';
import { RelativeTime, type View } from './parts.tsx';

const BADGES = { connected: 'state-delivered', waiting: 'state-transferred', failing: 'state-failed', stopped: '' } as const;

type Mailbox = CollectorStatus['mailboxes'][number];

export function Mailboxes({ view, status, csrf }: { readonly view: View; readonly status: CollectorStatus; readonly csrf: string }) {
  const { t } = view;
  return (
    <section class="card side" id="mailboxes">
      <h2>{t.mailboxes.title}</h2>
      <p class="muted">{t.mailboxes.lead}</p>
      <ul class="mailboxes">
        {status.mailboxes.map((mailbox) => (
          <MailboxItem view={view} mailbox={mailbox} />
        ))}
      </ul>
      {status.running ? <p class="muted">{t.mailboxes.running}</p> : null}
      <form method="post" action="/reports/sync" class="actions">
        <input type="hidden" name="csrf" value={csrf} />
        <button class="button primary" type="submit">
          {t.mailboxes.sync}
        </button>
      </form>
    </section>
  );
}

function MailboxItem({ view, mailbox }: { readonly view: View; readonly mailbox: Mailbox }) {
  const { t } = view;
  const { name, folder, state, nextRunAt, lastRun } = mailbox;
  return (
    <li>
      <div class="recipient-head">
        <h3>{name}</h3>
        <span class={`badge ${BADGES[state]}`}>{t.mailboxes.states[state]}</span>
      </div>
      {name.endsWith(`/${folder}`) ? null : <p class="muted">{t.mailboxes.folder(folder)}</p>}
      {lastRun === null ? <p>{t.mailboxes.never}</p> : <LastRun view={view} run={lastRun} />}
      {state === 'stopped' ? null : nextRunAt === null ? (
        <p class="muted">{t.mailboxes.idle}</p>
      ) : (
        <p class="muted">
          {t.mailboxes.next} <RelativeTime view={view} at={nextRunAt} />
        </p>
      )}
    </li>
  );
}

/** What was not read was not found empty. */
function LastRun({ view, run }: { readonly view: View; readonly run: MailboxRun }) {
  const { t } = view;
  const some = run.taken > 0;
  return (
    <>
      <p>
        {run.error === null ? t.mailboxes.last : t.mailboxes.tried} <RelativeTime view={view} at={run.endedAt} />
        {run.error === null || some ? `: ${foundWords(run, t)}` : ''}
      </p>
      {run.error === null ? null : <p class="warn">{t.mailboxes.failed(run.error, some)}</p>}
    </>
  );
}

function foundWords({ taken, repeated, unmatched }: MailboxRun, t: View['t']): string {
  const parts = [
    t.mailboxes.found(taken),
    repeated === 0 ? null : t.mailboxes.repeated(repeated),
    unmatched === 0 ? null : t.mailboxes.unmatched(unmatched),
  ];
  return parts.filter((part) => part !== null).join(', ');
}
