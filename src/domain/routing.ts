/** Which route a recipient takes: the routes of the configuration in order, first match wins. */
import { type Address, addressMatches, asciiDomainOf, domainMatches, globMatches, type ReversePath } from './address.ts';
import type { Route } from './settings.ts';

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

function routeMatches(route: Route, subject: RoutingSubject): boolean {
  const { recipientDomain, sender, account } = route.match;
  if (recipientDomain !== undefined && !recipientDomain.some((pattern) => domainMatches(pattern, subject.recipientDomain))) return false;
  if (account !== undefined && !account.some((pattern) => globMatches(pattern, subject.account))) return false;
  if (sender === undefined) return true;
  const address = subject.sender;
  return address !== null && sender.some((pattern) => addressMatches(pattern, address));
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
