/** What signals sent: over which channel, why, how it went, and sent again by hand. */
import type { SignalChannelStatus, SignalDelivery } from '../../domain/ports.ts';
import { Csrf, DoneNotice } from './form-parts.tsx';
import { ListPages } from './list-parts.tsx';
import { RelativeTime, type View } from './parts.tsx';

export interface ToldTo {
  readonly delivery: SignalDelivery;
  /** Null: it is not in the configuration any more. */
  readonly channel: SignalChannelStatus | null;
}

interface DeliveriesProps {
  readonly view: View;
  readonly deliveries: readonly ToldTo[];
  readonly csrf: string | null;
  /** With a link to the signal that each tells of. */
  readonly about?: true;
}

export function Deliveries({ view, deliveries, csrf, about }: DeliveriesProps) {
  const { t } = view;
  const words = t.signals.deliveries;
  if (deliveries.length === 0) return <p class="muted">{words.none}</p>;
  return (
    <ul class="told-list">
      {deliveries.map((told) => (
        <Told view={view} told={told} csrf={csrf} about={about === true} />
      ))}
    </ul>
  );
}

interface ToldProps {
  readonly view: View;
  readonly told: ToldTo;
  readonly csrf: string | null;
  readonly about: boolean;
}

function Told({ view, told: { delivery, channel }, csrf, about }: ToldProps) {
  const { t } = view;
  const words = t.signals.deliveries;
  const { id, state, attempts, nextAttemptAt, lastAnswer, createdAt, reason = 'event', record, message } = delivery;
  const receiver = delivery.to ?? channel?.name ?? words.gone;
  return (
    <li>
      <div class="told-what">
        <p class="told-to">
          <b>{receiver}</b>
          <span class={`badge told-${state}`}>{t.signals.deliveryStates[state]}</span>
        </p>
        <p class="facts">
          <span>{t.signals.reasons[reason]}</span>
          <span>
            <RelativeTime view={view} at={createdAt} />
          </span>
          <span>{words.attempts(attempts)}</span>
          {nextAttemptAt === null ? null : (
            <span>
              {words.next} <RelativeTime view={view} at={nextAttemptAt} />
            </span>
          )}
          {about && record !== undefined ? (
            <span>
              <a href={`/signals/${record}`}>{words.about}</a>
            </span>
          ) : null}
          {message === undefined ? null : (
            <span>
              <a href={`/messages/${message}`}>{t.signals.causes.message}</a>
            </span>
          )}
        </p>
        {lastAnswer === null || (state === 'delivered' && message !== undefined) ? null : <p class="signal-reply">{lastAnswer}</p>}
      </div>
      {csrf === null || channel === null ? null : (
        <form method="post" action="/signals/deliveries/retry">
          <Csrf token={csrf} />
          <input type="hidden" name="delivery" value={id} />
          <input type="hidden" name="back" value={about ? 'deliveries' : (record ?? '')} />
          <button class="button small" type="submit">
            {words.again}
            <span class="visually-hidden">: {receiver}</span>
          </button>
        </form>
      )}
    </li>
  );
}

export interface DeliveriesPageProps {
  readonly view: View;
  readonly rule: string;
  readonly deliveries: readonly ToldTo[];
  readonly start: string | null;
  readonly next: string | null;
  readonly done: string | null;
  readonly csrf: string;
}

/** All that a rule sent, newest first. */
export function DeliveriesPage({ view, rule, deliveries, start, next, done, csrf }: DeliveriesPageProps) {
  const { t } = view;
  return (
    <>
      <a class="back" href="/signals/rules">
        {t.signals.tabs.rules}
      </a>
      <h1>{t.signals.deliveries.of(rule)}</h1>
      <DoneNotice words={done} />
      <section class="card part signal-deliveries" aria-label={t.signals.rules.deliveries}>
        <Deliveries view={view} deliveries={deliveries} csrf={csrf} about />
      </section>
      <ListPages t={t} start={start} next={next} />
    </>
  );
}
