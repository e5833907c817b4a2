import { describe, expect, it } from 'vitest';
import { NULL_REVERSE_PATH, type ReversePath } from '../../src/domain/address.ts';
import { findRoute, nextHopOf, routingSubject } from '../../src/domain/routing.ts';
import type { Route, RouteMatch } from '../../src/domain/settings.ts';
import { addressOf } from '../support/recipients.ts';

const base = { returnPath: 'verp', limits: { connections: 1, rate: null, messagesPerConnection: 1 } } as const;
const smarthost = (host: string, match: RouteMatch): Route => ({
  ...base,
  via: 'smarthost',
  match,
  host,
  port: 587,
  tls: 'required',
  ca: null,
  auth: null,
});

const ROUTES: readonly Route[] = [
  smarthost('partner', { recipientDomain: ['*.partner.example', 'partner.example'] }),
  smarthost('umlaut', { recipientDomain: ['münchen.example'] }),
  smarthost('payroll', { sender: ['payroll@*'], account: ['erp'] }),
  smarthost('null-only', { sender: ['*'], account: ['robot'] }),
  { ...base, via: 'hold', match: { account: ['test'] } },
  { ...base, via: 'sandbox', match: { account: ['sandbox'] } },
  { ...base, via: 'mx', match: {}, tls: 'opportunistic', port: 25 },
];

const from = (text: string): ReversePath => (text === '' ? NULL_REVERSE_PATH : { kind: 'address', address: addressOf(text) });

describe('findRoute', () => {
  it.each([
    ['ann@partner.example', 'me@example.com', 'erp', 'partner:587'],
    ['ann@SUB.Partner.example', 'me@example.com', 'erp', 'partner:587'],
    ['ann@münchen.example', 'me@example.com', 'erp', 'umlaut:587'],
    ['ann@xn--mnchen-3ya.example', 'me@example.com', 'erp', 'umlaut:587'],
    ['ann@example.org', 'payroll@example.com', 'erp', 'payroll:587'],
    ['ann@example.org', 'payroll@example.com', 'other', 'example.org'],
    ['ann@partner.example', 'payroll@example.com', 'erp', 'partner:587'],
    ['ann@example.org', 'me@example.com', 'robot', 'null-only:587'],
    ['ann@example.org', '', 'robot', 'example.org'],
    ['ann@example.org', '', 'erp', 'example.org'],
    ['ann@example.org', 'me@example.com', 'test', 'hold'],
    ['ann@example.org', 'me@example.com', 'sandbox', 'sandbox'],
    ['ann@bücher.example', 'me@example.com', 'erp', 'xn--bcher-kva.example'],
  ])('sends %s from "%s" of %s by %s', (recipient, sender, account, expected) => {
    const subject = routingSubject(addressOf(recipient), from(sender), account);
    const route = findRoute(ROUTES, subject);
    expect(route && nextHopOf(route, subject)).toBe(expected);
  });

  it('finds none where none matches', () => {
    const subject = routingSubject(addressOf('ann@example.org'), NULL_REVERSE_PATH, 'erp');
    expect(findRoute(ROUTES.slice(0, 3), subject)).toBeUndefined();
    expect(findRoute([], subject)).toBeUndefined();
  });
});
