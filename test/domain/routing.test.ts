import { describe, expect, it } from 'vitest';
import { NULL_REVERSE_PATH, type ReversePath } from '../../src/domain/address.ts';
import { explainRoute, findRoute, nextHopOf, routingSubject } from '../../src/domain/routing.ts';
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

describe('explainRoute', () => {
  const SETTINGS = { reportDomain: 'bounce.example.com', dnssec: false };
  const explain = (recipient: string, sender: string, account: string, routes = ROUTES, settings = SETTINGS) =>
    explainRoute(routes, routingSubject(addressOf(recipient), from(sender), account), settings);

  it('says why each route before did not take it, and which conditions of the one that does hold', () => {
    const { steps, route } = explain('ann@example.org', 'payroll@example.com', 'erp');
    expect(steps).toMatchObject([
      {
        index: 0,
        via: 'smarthost',
        matches: false,
        why: 'recipientDomain *.partner.example, partner.example does not cover example.org',
      },
      { index: 1, via: 'smarthost', matches: false, why: 'recipientDomain münchen.example does not cover example.org' },
      { index: 2, via: 'smarthost', matches: true, why: 'account erp covers erp; sender payroll@* covers payroll@example.com' },
    ]);
    expect(steps.map(({ conditions }) => conditions)).toEqual([
      [{ condition: 'recipientDomain', value: 'example.org', pattern: null }],
      [{ condition: 'recipientDomain', value: 'example.org', pattern: null }],
      [
        { condition: 'account', value: 'erp', pattern: 'erp' },
        { condition: 'sender', value: 'payroll@example.com', pattern: 'payroll@*' },
      ],
    ]);
    expect(route).toEqual({
      index: 2,
      via: 'smarthost',
      nextHop: 'payroll:587',
      hosts: ['payroll:587'],
      returnPath: 'a token address at bounce.example.com',
      tls: 'required, with a certificate that holds for the host',
    });
  });

  it('says where no route leads on, and that a route without conditions has none', () => {
    expect(explain('ann@example.org', 'me@example.com', 'erp', ROUTES.slice(0, 3))).toMatchObject({ route: null, steps: { length: 3 } });
    expect(explain('ann@example.org', 'me@example.com', 'erp').steps.at(-1)?.why).toBe('it has no conditions');
  });

  it.each([
    ['the null reverse-path stays', '', ROUTES, { route: { returnPath: '<> (the null reverse-path stays)' } }],
    [
      'the sender is preserved',
      'me@x.example',
      [{ ...ROUTES[6], returnPath: 'preserve' } as Route],
      { route: { returnPath: 'me@x.example' } },
    ],
    [
      'hosts in their order',
      'me@x.example',
      [{ ...ROUTES[0], match: {}, fallbacks: [{ host: 'b', port: 25 }] } as Route],
      { route: { hosts: ['partner:587', 'b:25'], nextHop: 'partner:587' } },
    ],
    [
      'what is looked up',
      'me@x.example',
      [ROUTES[6] as Route],
      { route: { hosts: ['MX of example.org, port 25'], nextHop: 'example.org', tls: 'opportunistic: used where it is offered' } },
    ],
    ['held', 'me@x.example', [{ ...ROUTES[4], match: {} } as Route], { route: { via: 'hold', hosts: [] } }],
  ])('tells: %s', (_, sender, routes, expected) => {
    expect(explain('ann@example.org', sender, 'erp', routes)).toMatchObject(expected);
  });

  it('names the policies that are kept to', () => {
    const routes: readonly Route[] = [{ ...base, via: 'mx', match: {}, tls: 'opportunistic', port: 25, mtaSts: true }];
    expect(explain('a@b.example', '', 'erp', routes, { ...SETTINGS, dnssec: true }).route?.tls).toMatch(/by DANE or MTA-STS$/);
    expect(explain('a@b.example', '', 'erp', routes).route?.tls).toMatch(/by MTA-STS$/);
  });

  it('agrees with findRoute for every recipient, sender and account', () => {
    for (const recipient of ['ann@partner.example', 'ann@münchen.example', 'ann@example.org']) {
      for (const sender of ['', 'me@example.com', 'payroll@example.com']) {
        for (const account of ['erp', 'robot', 'test', 'sandbox']) {
          const subject = routingSubject(addressOf(recipient), from(sender), account);
          const route = findRoute(ROUTES, subject);
          expect(explainRoute(ROUTES, subject, SETTINGS).route?.index).toBe(route === undefined ? undefined : ROUTES.indexOf(route));
        }
      }
    }
  });
});
