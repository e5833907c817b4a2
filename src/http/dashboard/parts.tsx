/** Small pieces that several pages show. */
import type { Reply } from '../../domain/reply.ts';
import { clockTime, exactTime, relativeTime } from './explain.ts';
import type { Strings } from './strings.ts';

/** What every page needs to render. */
export interface View {
  readonly t: Strings;
  /** Unix milliseconds. */
  readonly now: number;
}

export function StateBadge({
  t,
  state,
  large,
}: {
  readonly t: Strings;
  readonly state: keyof Strings['states'];
  readonly large?: boolean;
}) {
  return (
    <span class={`badge state-${state}${large === true ? ' large' : ''}`} title={t.stateHints[state]}>
      {t.states[state]}
    </span>
  );
}

/** `3 minutes ago`, with the exact time in its title. */
export function RelativeTime({ view, at }: { readonly view: View; readonly at: number }) {
  return (
    <time datetime={new Date(at).toISOString()} title={exactTime(at)} data-relative="">
      {relativeTime(at, view.now, view.t)}
    </time>
  );
}

export function ExactTime({ at }: { readonly at: number }) {
  return (
    <time datetime={new Date(at).toISOString()} title={exactTime(at)}>
      {exactTime(at)}
    </time>
  );
}

/** `26 Nov, 14:05`; a script makes it the reader's own time, and of today the time alone. */
export function ClockTime({ view, at }: { readonly view: View; readonly at: number }) {
  return (
    <time datetime={new Date(at).toISOString()} title={exactTime(at)} data-clock="">
      {clockTime(at, view.t)}
    </time>
  );
}

/** A server's words, set apart as such. */
export function ReplyText({ reply }: { readonly reply: Reply }) {
  return (
    <div class="reply">
      <b>
        {reply.code}
        {reply.status === null ? '' : ` ${reply.status}`}
      </b>{' '}
      {reply.text}
    </div>
  );
}

export function SearchIcon() {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" aria-hidden="true">
      <circle cx="7" cy="7" r="5" />
      <path d="M11 11l3.5 3.5" />
    </svg>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string | null;
  readonly mono?: boolean;
  readonly copy?: View['t'];
}

/** One line of a list of details; nothing where there is no value. */
export function Fact({ name, value, mono, copy }: FactProps) {
  if (value === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd class={mono === true ? 'mono' : undefined}>
        {value}{' '}
        {copy === undefined ? null : (
          <button class="button small" type="button" hidden data-copy={value} data-done={copy.message.copied}>
            {copy.message.copy}
          </button>
        )}
      </dd>
    </div>
  );
}
