/** One signal: its cause, how it stands, messages that it is about, who was told of it. */
import type { AcceptedMessage } from '../../domain/message.ts';
import type { RecipientRecord } from '../../domain/recipient.ts';
import type { SignalRecord } from '../../domain/signal.ts';
import { Csrf, DoneNotice } from './form-parts.tsx';
import { ExactTime, Fact, RelativeTime, StateBadge, type View } from './parts.tsx';
import { Deliveries, type ToldTo } from './signal-deliveries.tsx';
import { SignalBadge, Standing } from './signals-page.tsx';

/** A message of an example; null: it was erased since. */
export interface ExampleShown {
  readonly message: AcceptedMessage | null;
  readonly recipient: RecipientRecord | null;
}

export interface SignalPageProps {
  readonly view: View;
  readonly record: SignalRecord;
  readonly title: string;
  /** Its rule has channels: there is somebody to tell. */
  readonly tells: boolean;
  readonly examples: readonly ExampleShown[];
  /** Null for whoever may not see what was sent. */
  readonly deliveries: { readonly sent: readonly ToldTo[]; readonly csrf: string } | null;
  readonly done: string | null;
  /** Null for whoever may not act. */
  readonly csrf: string | null;
}

export function SignalPage({ view, record, title, tells, examples, deliveries, done, csrf }: SignalPageProps) {
  const { t } = view;
  const words = t.signals;
  return (
    <>
      <a class="back" href={record.state === 'closed' ? '/signals?state=closed' : '/signals'}>
        {words.title}
      </a>
      <div class="title">
        <h1>{title}</h1>
        <SignalBadge t={t} state={record.state} />
      </div>
      <Standing t={t} record={record} />
      <DoneNotice words={done} />
      <div class="columns">
        <div class="stack">
          {csrf === null || record.state === 'closed' ? null : <Acts t={t} record={record} csrf={csrf} />}
          <Examples view={view} examples={examples} />
          {deliveries === null ? null : (
            <section class="card part" aria-labelledby="deliveries">
              <h2 id="deliveries">{words.deliveries.title}</h2>
              <Deliveries view={view} deliveries={deliveries.sent} csrf={deliveries.csrf} />
              <p>
                <a href={`/signals/deliveries?signal=${encodeURIComponent(record.rule)}`}>{words.deliveries.older}</a>
              </p>
            </section>
          )}
        </div>
        <aside class="card side">
          <h2>{words.facts.title}</h2>
          <Facts view={view} record={record} tells={tells} />
        </aside>
      </div>
    </>
  );
}

function Acts({ t, record, csrf }: { readonly t: View['t']; readonly record: SignalRecord; readonly csrf: string }) {
  const words = t.signals;
  return (
    <section class="card part signal-acts" aria-label={words.title}>
      {record.state === 'acknowledged' ? null : (
        <form method="post" action={`/signals/${record.id}/acknowledge`} class="signal-take">
          <Csrf token={csrf} />
          <div class="form-field">
            <label for="note">{words.note}</label>
            <input id="note" name="note" maxlength={500} autocomplete="off" aria-describedby="note-hint" />
            <p class="field-hint" id="note-hint">
              {words.noteHint}
            </p>
          </div>
          <button class="button primary" type="submit">
            {words.acknowledge}
          </button>
        </form>
      )}
      <form method="post" action={`/signals/${record.id}/close`} class="signal-close">
        <Csrf token={csrf} />
        <button class="button" type="submit" aria-describedby="close-hint">
          {words.close}
        </button>
        <p class="field-hint" id="close-hint">
          {words.closeHint}
        </p>
      </form>
    </section>
  );
}

function Examples({ view, examples }: { readonly view: View; readonly examples: readonly ExampleShown[] }) {
  const { t } = view;
  const words = t.signals;
  return (
    <section class="card part" aria-labelledby="about">
      <h2 id="about">{words.messages}</h2>
      {examples.length === 0 ? <p class="muted">{words.noMessages}</p> : null}
      <ul class="signal-examples">
        {examples.map(({ message, recipient }) =>
          message === null ? (
            <li class="muted">{words.erased}</li>
          ) : (
            <li>
              <div>
                <a href={`/messages/${message.id}`}>{message.headers.subject ?? t.register.noSubject}</a>
                <p class="facts">
                  {recipient === null ? null : <span>{recipient.address}</span>}
                  {message.references.document === null ? null : <span>{message.references.document}</span>}
                  <span>
                    <RelativeTime view={view} at={message.acceptedAt} />
                  </span>
                </p>
                {recipient?.failure?.reply == null ? null : (
                  <p class="signal-reply">
                    {recipient.failure.reply.code} {recipient.failure.reply.text}
                  </p>
                )}
              </div>
              {recipient === null ? null : <StateBadge t={t} state={recipient.state} />}
            </li>
          ),
        )}
      </ul>
    </section>
  );
}

function Facts({ view, record, tells }: { readonly view: View; readonly record: SignalRecord; readonly tells: boolean }) {
  const { t } = view;
  const { facts, causes, progress } = t.signals;
  const { cause, count, rule, openedAt, lastAt, toldAt, closed, resolved, unresolved } = record;
  const waits = resolved + unresolved;
  return (
    <dl>
      <Fact name={facts.rule} value={rule} />
      {(Object.keys(cause) as (keyof typeof causes)[]).map((key) => (
        <Fact name={causes[key]} value={cause[key] ?? null} />
      ))}
      <Fact
        name={facts.events}
        value={`${count.toLocaleString(t.language)}${waits > 0 && resolved > 0 ? ` – ${progress(resolved, waits)}` : ''}`}
      />
      <TimeFact name={facts.opened} at={openedAt} />
      <TimeFact name={facts.last} at={lastAt} />
      <TimeFact name={facts.told} at={tells ? toldAt : null} />
      <TimeFact name={facts.over} at={closed?.at ?? null} />
    </dl>
  );
}

function TimeFact({ name, at }: { readonly name: string; readonly at: number | null }) {
  if (at === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <ExactTime at={at} />
      </dd>
    </div>
  );
}
