/** The rules of signals as they run, each with its channels, and tried on the past. */
import type { SignalChannelStatus, SignalRuleStatus, SignalTrial } from '../../domain/ports.ts';
import { exactTime } from './explain.ts';
import { Csrf, DoneNotice, Fault, type Faults } from './form-parts.tsx';
import { RelativeTime, type View } from './parts.tsx';
import { type RuleLine, ruleLines } from './signal-rule-words.ts';
import { SignalHead } from './signals-page.tsx';

export const TRIAL_DAYS = [1, 7, 30] as const;

export interface TrialShown {
  readonly form: URLSearchParams;
  /** `yaml`: of a rule that was written; `signal`: of one that was chosen. */
  readonly faults: Faults;
  readonly days: number;
  /** Null where something is wrong. */
  readonly trial: SignalTrial | null;
}

export interface RulesPageProps {
  readonly view: View;
  readonly rules: readonly SignalRuleStatus[];
  readonly open: number;
  readonly trial: TrialShown | null;
  readonly done: string | null;
  readonly csrf: string;
}

export function RulesPage({ view, rules, open, trial, done, csrf }: RulesPageProps) {
  const { t } = view;
  return (
    <>
      <SignalHead t={t} current="rules" open={open} manages />
      <DoneNotice words={done} />
      {trial?.trial == null ? null : <TrialResult view={view} shown={trial} trial={trial.trial} />}
      <div class="columns wide-side">
        <div class="stack">
          {rules.map((status) => (
            <Rule view={view} status={status} csrf={csrf} />
          ))}
        </div>
        <TrialForm t={t} rules={rules} shown={trial} csrf={csrf} />
      </div>
    </>
  );
}

function Rule({ view, status, csrf }: { readonly view: View; readonly status: SignalRuleStatus; readonly csrf: string }) {
  const { t } = view;
  const words = t.signals.rules;
  const { rule, channels, open, lastAt } = status;
  return (
    <section class="card part signal-rule" aria-label={rule.name}>
      <div class="recipient-head">
        <h2>{rule.name}</h2>
        {open === 0 ? null : (
          <a class="badge signal-open" href={`/signals?signal=${encodeURIComponent(rule.name)}`}>
            {words.open(open)}
          </a>
        )}
      </div>
      <dl class="rule-lines">
        {ruleLines(rule, t).map((line) => (
          <Line t={t} line={line} />
        ))}
        <div>
          <dt>{words.keys.notify}</dt>
          <dd>
            {channels.length === 0 ? (
              words.pageAlone
            ) : (
              <ul class="rule-channels">
                {channels.map((channel) => (
                  <ChannelLine t={t} channel={channel} />
                ))}
              </ul>
            )}
          </dd>
        </div>
      </dl>
      <div class="clean-actions">
        <form method="post" action="/signals/rules/test">
          <Csrf token={csrf} />
          <input type="hidden" name="signal" value={rule.name} />
          <button class="button small" type="submit">
            {words.test}
            <span class="visually-hidden">: {rule.name}</span>
          </button>
        </form>
        <a class="button small" href={`/signals/deliveries?signal=${encodeURIComponent(rule.name)}`}>
          {words.deliveries}
          <span class="visually-hidden">: {rule.name}</span>
        </a>
        {lastAt === null ? null : (
          <span class="muted">
            {t.signals.last} <RelativeTime view={view} at={lastAt} />
          </span>
        )}
      </div>
    </section>
  );
}

function Line({ t, line: { key, text, codes } }: { readonly t: View['t']; readonly line: RuleLine }) {
  return (
    <div>
      <dt>{t.signals.rules.keys[key]}</dt>
      <dd>
        {text}
        {codes.map((code) => (
          <>
            {' '}
            <code>{code}</code>
          </>
        ))}
      </dd>
    </div>
  );
}

function ChannelLine({ t, channel }: { readonly t: View['t']; readonly channel: SignalChannelStatus }) {
  const words = t.signals;
  return (
    <li>
      <code>{channel.name}</code>{' '}
      <span class={channel.state === 'on' ? 'muted' : 'warn'}>
        {words.channelStates[channel.state]}
        {channel.waiting === 0 ? '' : `, ${words.waiting(channel.waiting)}`}
        {channel.escalation ? `, ${words.escalation}` : ''}
      </span>
      {channel.lastError === null || channel.state === 'on' ? null : <p class="signal-reply">{channel.lastError}</p>}
    </li>
  );
}

interface TrialFormProps {
  readonly t: View['t'];
  readonly rules: readonly SignalRuleStatus[];
  readonly shown: TrialShown | null;
  readonly csrf: string;
}

const EXAMPLE = 'on: [recipient.failed]\nwhere: {template: [invoice*]}\nthreshold: {count: 5, within: 1h}\n';

function TrialForm({ t, rules, shown, csrf }: TrialFormProps) {
  const words = t.signals.trial;
  const chosen = shown?.form.get('signal') ?? rules[0]?.rule.name;
  const fault = shown?.faults.get('yaml');
  return (
    <section class="card part" aria-labelledby="trial">
      <h2 id="trial">{words.title}</h2>
      <p class="muted">{words.lead}</p>
      <form method="post" action="/signals/rules/try" class="trial-form">
        <Csrf token={csrf} />
        <div class="form-field">
          <label for="days">{words.days}</label>
          <select id="days" name="days">
            {TRIAL_DAYS.map((days) => (
              <option value={String(days)} selected={days === (shown?.days ?? 7)}>
                {words.lastDays(days)}
              </option>
            ))}
          </select>
        </div>
        <div class="form-field">
          <label for="signal">{words.rule}</label>
          <select id="signal" name="signal">
            {rules.map(({ rule: { name } }) => (
              <option value={name} selected={name === chosen}>
                {name}
              </option>
            ))}
          </select>
          <Fault words={shown?.faults.get('signal')} />
        </div>
        <button class="button primary" type="submit" name="do" value="running">
          {words.submit}
        </button>
        <details class="own-rule" open={fault !== undefined || (shown?.form.get('do') ?? '') === 'own'}>
          <summary>{words.own}</summary>
          <div class="form-field">
            <label for="yaml" class="visually-hidden">
              {words.own}
            </label>
            <textarea
              id="yaml"
              name="yaml"
              class="mono"
              rows={8}
              maxlength={10_000}
              spellcheck={false}
              aria-invalid={fault === undefined ? undefined : 'true'}
              aria-describedby={fault === undefined ? 'yaml-hint' : 'yaml-fault yaml-hint'}
            >
              {shown?.form.get('yaml') ?? EXAMPLE}
            </textarea>
            <Fault id="yaml-fault" words={fault} />
            <p class="field-hint" id="yaml-hint">
              {words.ownHint}
            </p>
          </div>
          <button class="button" type="submit" name="do" value="own">
            {words.submitOwn}
          </button>
        </details>
      </form>
    </section>
  );
}

const HEIGHT = 64;
const WIDTH = 24;

function TrialResult({ view, shown, trial }: { readonly view: View; readonly shown: TrialShown; readonly trial: SignalTrial }) {
  const { t } = view;
  const words = t.signals.trial;
  const { fired, signals, events, complete, from, to, examples } = trial;
  return (
    <section class="card part trial-result" aria-labelledby="trial-title">
      <div role="status">
        <h2 id="trial-title">{fired === 0 ? words.never(shown.days) : words.result(fired, shown.days)}</h2>
        <p class="muted">{words.opened(signals, events)}</p>
        {complete ? null : <p class="warn">{words.partly(exactTime(from), exactTime(to))}</p>}
      </div>
      {fired === 0 ? null : <TrialDays t={t} days={daysOf(trial)} />}
      {examples.length === 0 ? null : (
        <>
          <h3>{words.latest}</h3>
          <ul class="trial-examples">
            {examples.map(({ at, title, reason, message }) => (
              <li>
                {message === null ? <span>{title}</span> : <a href={`/messages/${message}`}>{title}</a>}
                <span class="muted">
                  {t.signals.reasons[reason]} · <RelativeTime view={view} at={at} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface TrialDay {
  readonly date: string;
  readonly fired: number;
}

const DAY = 86_400_000;

/** All days of the time, those without any too. */
function daysOf({ from, to, days }: SignalTrial): readonly TrialDay[] {
  const known = new Map(days.map(({ date, fired }) => [date, fired]));
  const all: TrialDay[] = [];
  for (let at = from - (from % DAY); at < to && all.length < 62; at += DAY) {
    const date = new Date(at).toISOString().slice(0, 10);
    all.push({ date, fired: known.get(date) ?? 0 });
  }
  return all;
}

function TrialDays({ t, days }: { readonly t: View['t']; readonly days: readonly TrialDay[] }) {
  const most = Math.max(1, ...days.map(({ fired }) => fired));
  const format = new Intl.DateTimeFormat(t.language === 'en' ? 'en-GB' : t.language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return (
    <>
      <svg
        class="trial-days"
        viewBox={`0 0 ${days.length * WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-labelledby="trial-days"
      >
        <title id="trial-days">{t.signals.trial.byDay}</title>
        {days.map(({ date, fired }, i) => {
          const height = fired === 0 ? 1 : Math.max(4, (fired / most) * (HEIGHT - 4));
          return (
            <rect x={i * WIDTH + 3} y={(HEIGHT - height).toFixed(1)} width={WIDTH - 6} height={height.toFixed(1)} rx="2">
              <title>{`${format.format(Date.parse(date))}: ${fired.toLocaleString(t.language)}`}</title>
            </rect>
          );
        })}
      </svg>
      <p class="axis" aria-hidden="true">
        <span>{format.format(Date.parse(days[0]?.date ?? '1970-01-01'))}</span>
        <span>{format.format(Date.parse(days.at(-1)?.date ?? '1970-01-01'))}</span>
      </p>
    </>
  );
}
