/** The routes as they run, in order, and which of them takes a mail. */
import { addressMatches, NULL_REVERSE_PATH, type ReversePath, toAddress } from '../../../domain/address.ts';
import { durationText } from '../../../domain/masking.ts';
import { explainRoute, type RouteCondition, type RouteExplanation, routingSubject } from '../../../domain/routing.ts';
import { type Config, DEFAULT_ACCOUNT, type Route } from '../../../domain/settings.ts';
import { type Faults, Field } from '../form-parts.tsx';
import type { View } from '../parts.tsx';
import type { Strings } from '../strings.ts';

/** What was asked, as typed. */
export interface RouteQuestion {
  readonly from: string;
  readonly to: string;
  readonly account: string;
}

export interface RouteAnswer {
  readonly explanation: RouteExplanation;
  /** The account may not send as this; null: it may. */
  readonly refused: { readonly account: string; readonly sender: string } | null;
}

/** Answers the question; what is wrong with it goes into `faults`. */
export function answerRoute(config: Config, question: RouteQuestion, t: Strings, faults: Map<string, string>): RouteAnswer | null {
  const words = t.relaySettings.routes;
  const recipient = toAddress(question.to);
  const path = pathOf(question.from);
  if (recipient === undefined) faults.set('to', words.noAddress(question.to));
  if (path === undefined) faults.set('from', words.noAddress(question.from));
  if (recipient === undefined || path === undefined) return null;
  const account = config.accounts.find(({ name }) => name === question.account);
  const sender = path.kind === 'null' ? null : path.address;
  const may = account === undefined || sender === null || account.senders.some((pattern) => addressMatches(pattern, sender));
  return {
    explanation: explainRoute(config.routes, routingSubject(recipient, path, question.account), {
      reportDomain: config.reports.domain,
      dnssec: config.delivery.dnssec === true,
    }),
    refused: may ? null : { account: question.account, sender: sender ?? '' },
  };
}

function pathOf(text: string): ReversePath | undefined {
  if (text === '' || text === '<>') return NULL_REVERSE_PATH;
  const address = toAddress(text);
  return address === undefined ? undefined : { kind: 'address', address };
}

interface RoutesProps {
  readonly view: View;
  readonly config: Config;
  readonly question: RouteQuestion | null;
  readonly answer: RouteAnswer | null;
  readonly faults: Faults;
}

export function Routes({ view: { t }, config, question, answer, faults }: RoutesProps) {
  const words = t.relaySettings.routes;
  const accounts = [...new Set([DEFAULT_ACCOUNT, ...config.accounts.map(({ name }) => name)])];
  return (
    <>
      <p class="lead muted">
        {words.lead} {t.relaySettings.asConfigured}
      </p>
      <section class="card section">
        <h2>{words.test}</h2>
        <p class="section-lead">{words.testLead}</p>
        <form method="get" action="/settings/routes" class="route-test">
          <Field name="from" label={words.from} hint={words.fromHint} faults={faults} value={question?.from ?? ''} inputmode="email" />
          <Field name="to" label={words.recipient} faults={faults} value={question?.to ?? ''} inputmode="email" required />
          <div class="form-field">
            <label for="account">{words.account}</label>
            <select id="account" name="account">
              {accounts.map((name) => (
                <option value={name} selected={name === (question?.account ?? DEFAULT_ACCOUNT)}>
                  {name}
                </option>
              ))}
            </select>
          </div>
          <button class="button primary" type="submit">
            {words.ask}
          </button>
        </form>
        {answer === null ? null : <Answer t={t} answer={answer} />}
      </section>
      {config.routes.length === 0 ? <p class="muted">{words.none}</p> : null}
      <ol class="routes">
        {config.routes.map((route, index) => (
          <RouteCard t={t} config={config} route={route} index={index} answer={answer} />
        ))}
      </ol>
    </>
  );
}

function Answer({ t, answer }: { readonly t: Strings; readonly answer: RouteAnswer }) {
  const words = t.relaySettings.routes;
  const { route } = answer.explanation;
  return (
    <div class="route-answer" role="status">
      {answer.refused === null ? null : <p class="notice">{words.refused(answer.refused.account, answer.refused.sender)}</p>}
      <h3>{route === null ? words.takesNothing : words.takes(route.index + 1)}</h3>
      <p class="muted">{route === null ? words.nothing : route.via === 'hold' ? words.holds : `${words.to} ${route.nextHop}`}</p>
    </div>
  );
}

interface RouteCardProps {
  readonly t: Strings;
  readonly config: Config;
  readonly route: Route;
  readonly index: number;
  readonly answer: RouteAnswer | null;
}

function RouteCard({ t, config, route, index, answer }: RouteCardProps) {
  const words = t.relaySettings.routes;
  const step = answer?.explanation.steps[index];
  const mark = answer === null ? null : step === undefined ? 'not-asked' : step.matches ? 'taken' : 'passed';
  const match = Object.entries(route.match) as [RouteCondition, readonly string[]][];
  return (
    <li class={`card route${mark === null ? '' : ` ${mark}`}`}>
      <div class="section-head">
        <h2>
          <span class="route-number">{index + 1}</span> {words.via[route.via]}
        </h2>
        {mark === null ? null : (
          <span class={`badge${mark === 'taken' ? ' state-delivered' : ''}`}>
            {mark === 'taken' ? words.taken : mark === 'passed' ? words.passed : words.notAsked}
          </span>
        )}
      </div>
      {step === undefined ? null : <Why t={t} step={step} />}
      <dl class="fields">
        {match.length === 0 ? (
          <div class="wide">
            <dt>{words.everything}</dt>
          </div>
        ) : (
          match.map(([condition, patterns]) => (
            <div>
              <dt>{words.conditions[condition]}</dt>
              <dd>{patterns.join(', ')}</dd>
            </div>
          ))
        )}
        <RouteFacts t={t} config={config} route={route} />
      </dl>
    </li>
  );
}

function Why({ t, step }: { readonly t: Strings; readonly step: RouteExplanation['steps'][number] }) {
  const words = t.relaySettings.routes;
  if (step.conditions.length === 0) return <p class="section-lead">{words.noConditions}</p>;
  return (
    <ul class="why">
      {step.conditions.map(({ condition, pattern, value }) => {
        const name = words.conditions[condition];
        const shown = value ?? words.nullPath;
        return (
          <li class={pattern === null ? 'no' : 'yes'}>
            {pattern === null ? words.coversNot(name, shown) : words.covers(name, pattern, shown)}
          </li>
        );
      })}
    </ul>
  );
}

function RouteFacts({ t, config, route }: Pick<RouteCardProps, 't' | 'config' | 'route'>) {
  return (
    <>
      {factsOf(t, config, route).map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </>
  );
}

type Facts = readonly (readonly [name: string, value: string])[];

function factsOf(t: Strings, config: Config, route: Route): Facts {
  const words = t.relaySettings.routes;
  switch (route.via) {
    case 'smarthost': {
      const hosts = [route, ...(route.fallbacks ?? [])].map(({ host, port }) => `${host}:${port}`).join(', ');
      const user: Facts = route.auth === null ? [] : [[words.user, route.auth.user]];
      return [[words.to, hosts], ...user, [words.tls, words.tlsKinds[route.tls]], ...sendingFacts(t, config, route)];
    }
    case 'mx': {
      const dane = route.tls !== 'none' && config.delivery.dnssec === true;
      const policies = [...(dane ? ['DANE'] : []), ...(route.mtaSts === true ? ['MTA-STS'] : [])];
      const more = policies.length === 0 ? '' : `; ${words.policies(policies.join(', '))}`;
      return [[words.to, words.byMx], [words.tls, words.tlsKinds[route.tls] + more], ...sendingFacts(t, config, route)];
    }
    case 'sandbox':
    case 'hold':
      return [];
    default:
      return route satisfies never;
  }
}

function sendingFacts(t: Strings, { reports }: Config, { returnPath, limits }: Route): Facts {
  const words = t.relaySettings.routes;
  const path = returnPath === 'verp' && reports.domain !== null ? words.token(reports.domain) : words.preserved;
  const rate = limits.rate === null ? '' : `; ${words.rate(limits.rate.messages, durationText(limits.rate.per))}`;
  return [
    [words.returnPath, path],
    [words.limits, words.limitWords(limits.connections, limits.messagesPerConnection) + rate],
  ];
}
