/** Which route a recipient takes, and why: the routes of the configuration in order, first match wins. */
import { type Address, addressMatches, asciiDomainOf, domainMatches, globMatches, type ReversePath } from './address.ts';
import type { MxRoute, Route, SmarthostRoute } from './settings.ts';

export interface RoutingSubject {
  readonly recipientDomain: string;
  /** Null for the null reverse-path, which only routes without a `sender` match cover. */
  readonly sender: Address | null;
  readonly account: string;
}

export function routingSubject(recipient: Address, reversePath: ReversePath, account: string): RoutingSubject {
  return {
    recipientDomain: asciiDomainOf(recipient),
    sender: reversePath.kind === 'null' ? null : reversePath.address,
    account,
  };
}

/** The first route that matches; undefined when none does: the recipient is held, never bounced. */
export function findRoute(routes: readonly Route[], subject: RoutingSubject): Route | undefined {
  return routes.find((route) => routeMatches(route, subject));
}

function routeMatches({ match }: Route, subject: RoutingSubject): boolean {
  return CONDITIONS.every((condition) => matchOf(condition, match[condition], subject) !== undefined);
}

const CONDITIONS = ['recipientDomain', 'account', 'sender'] as const;

/** The pattern that covers the subject, '' where there is no condition; undefined: none does. */
function matchOf(
  condition: (typeof CONDITIONS)[number],
  patterns: readonly string[] | undefined,
  subject: RoutingSubject,
): string | undefined {
  if (patterns === undefined) return '';
  switch (condition) {
    case 'recipientDomain':
      return patterns.find((pattern) => domainMatches(pattern, subject.recipientDomain));
    case 'account':
      return patterns.find((pattern) => globMatches(pattern, subject.account));
    case 'sender': {
      const { sender } = subject;
      return sender === null ? undefined : patterns.find((pattern) => addressMatches(pattern, sender));
    }
    default:
      return condition satisfies never;
  }
}

/** The scheduler's key: one queue a smarthost, one a domain for direct MX. */
export function nextHopOf(route: Route, subject: RoutingSubject): string {
  switch (route.via) {
    case 'smarthost':
      return `${route.host}:${route.port}`;
    case 'mx':
      return subject.recipientDomain;
    case 'sandbox':
      return 'sandbox';
    case 'hold':
      return 'hold';
    default:
      return route satisfies never;
  }
}

export type RouteCondition = (typeof CONDITIONS)[number];

/** A condition of a route that was looked at. */
export interface ConditionStep {
  readonly condition: RouteCondition;
  /** What it was compared with; null: the null reverse-path. */
  readonly value: string | null;
  /** The pattern that covers the value; null: none does. */
  readonly pattern: string | null;
}

/** One route that was looked at. */
export interface RouteStep {
  /** Position among the routes of the configuration. */
  readonly index: number;
  readonly via: Route['via'];
  readonly matches: boolean;
  /** Which conditions hold, or the first that does not. */
  readonly why: string;
  /** The same in parts: those that hold, and the first that does not. */
  readonly conditions: readonly ConditionStep[];
}

export interface RouteExplanation {
  /** Those before the one that matches, and it. */
  readonly steps: readonly RouteStep[];
  /** Null: no route leads to the recipient, and it is held. */
  readonly route: {
    readonly index: number;
    readonly via: Route['via'];
    /** As /queue names it. */
    readonly nextHop: string;
    /** In the order in which they are tried; for direct MX what is looked up. */
    readonly hosts: readonly string[];
    readonly returnPath: string;
    readonly tls: string;
  } | null;
}

/** Why a recipient goes where it goes: what `relais check --route` says. */
export function explainRoute(
  routes: readonly Route[],
  subject: RoutingSubject,
  settings: { readonly reportDomain: string | null; readonly dnssec: boolean },
): RouteExplanation {
  const steps: RouteStep[] = [];
  for (const [index, route] of routes.entries()) {
    const conditions = conditionsOf(route, subject);
    const matches = conditions.every(({ pattern }) => pattern !== null);
    steps.push({ index, via: route.via, matches, why: whyOf(route, conditions), conditions });
    if (!matches) continue;
    const found = { index, via: route.via, nextHop: nextHopOf(route, subject), hosts: hostsOf(route, subject) };
    return {
      steps,
      route: { ...found, returnPath: returnPathOf(route, subject, settings.reportDomain), tls: tlsOf(route, settings.dnssec) },
    };
  }
  return { steps, route: null };
}

function conditionsOf({ match }: Route, subject: RoutingSubject): readonly ConditionStep[] {
  const steps: ConditionStep[] = [];
  for (const condition of CONDITIONS) {
    const patterns = match[condition];
    if (patterns === undefined) continue;
    const pattern = matchOf(condition, patterns, subject) ?? null;
    steps.push({ condition, value: subject[condition], pattern });
    if (pattern === null) break;
  }
  return steps;
}

function whyOf({ match }: Route, conditions: readonly ConditionStep[]): string {
  const shown = ({ value }: ConditionStep): string => value ?? 'the null reverse-path';
  const failing = conditions.find(({ pattern }) => pattern === null);
  if (failing !== undefined) {
    return `${failing.condition} ${match[failing.condition]?.join(', ')} does not cover ${shown(failing)}`;
  }
  if (conditions.length === 0) return 'it has no conditions';
  return conditions.map((one) => `${one.condition} ${one.pattern} covers ${shown(one)}`).join('; ');
}

function hostsOf(route: Route, subject: RoutingSubject): readonly string[] {
  switch (route.via) {
    case 'smarthost':
      return [route, ...(route.fallbacks ?? [])].map(({ host, port }) => `${host}:${port}`);
    case 'mx':
      return [`MX of ${subject.recipientDomain}, port ${route.port}`];
    case 'sandbox':
      return ['the hop of the sandbox'];
    case 'hold':
      return [];
    default:
      return route satisfies never;
  }
}

function returnPathOf(route: Route, subject: RoutingSubject, reportDomain: string | null): string {
  if (subject.sender === null) return '<> (the null reverse-path stays)'; // RFC 5321 §4.5.5
  if (route.returnPath === 'verp' && reportDomain !== null) return `a token address at ${reportDomain}`;
  return subject.sender;
}

function tlsOf(route: Route, dnssec: boolean): string {
  switch (route.via) {
    case 'smarthost':
      return SMARTHOST_TLS[route.tls];
    case 'mx': {
      const policies = [...(dnssec && route.tls !== 'none' ? ['DANE'] : []), ...(route.mtaSts === true ? ['MTA-STS'] : [])];
      return policies.length === 0
        ? MX_TLS[route.tls]
        : `${MX_TLS[route.tls]}; more where the domain asks for it by ${policies.join(' or ')}`;
    }
    case 'sandbox':
    case 'hold':
      return 'none';
    default:
      return route satisfies never;
  }
}

const MX_TLS: Readonly<Record<MxRoute['tls'], string>> = {
  none: 'none',
  opportunistic: 'opportunistic: used where it is offered',
  required: 'required, with a certificate that holds for the host',
};
const SMARTHOST_TLS: Readonly<Record<SmarthostRoute['tls'], string>> = {
  ...MX_TLS,
  implicit: 'from the first octet, with a certificate that holds for the host',
};
