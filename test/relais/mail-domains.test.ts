import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { dnsSource } from '../../src/relais/dns-source.ts';
import { knowsTheWorld, takesMail } from '../../src/relais/mail-domains.ts';
import { surroundings } from '../config/surroundings.ts';
import { type FakeDns, startFakeDns } from '../support/fake-dns.ts';

const configOf = (yaml: string) => parseConfig(`hostname: relay.example.com\n${yaml}`, '/etc/relais/relais.yaml', surroundings()).config;

describe('whether a domain takes mail', () => {
  let dns: FakeDns;
  beforeAll(async () => {
    dns = await startFakeDns({
      'gmail.com': { mx: [[5, 'mx.gmail.com']] },
      'small.example': { a: ['192.0.2.7'] },
      'six.example': { aaaa: ['2001:db8::7'] },
      'silent.example': { mx: [[0, '']] },
      'empty.example': { txt: ['v=spf1 -all'] },
      'broken.example': { failure: 'servfail' },
    });
  });
  afterAll(() => dns.stop());

  it.each([
    ['gmail.com', true, 'it has an MX'],
    ['small.example', true, 'its own address is the host (RFC 5321 §5.1)'],
    ['six.example', true, 'the same by IPv6'],
    ['silent.example', false, 'it says so: null MX (RFC 7505)'],
    ['empty.example', false, 'it has neither'],
    ['nowhere.example', false, 'it does not exist'],
    ['broken.example', null, 'the DNS did not answer'],
  ] as const)('%s: %s, for %s', async (domain, expected, _why) => {
    const { delivery } = configOf(`routes: [{via: mx}]\ndelivery: {resolvers: ["${dns.server}"]}\n`);
    expect(await takesMail(dnsSource({ delivery }), domain)).toBe(expected);
  });

  it.each([
    ['routes: [{via: mx}]', true],
    ['routes: [{via: smarthost, host: smtp.example.com}]', false],
    ['routes: [{via: smarthost, host: smtp.example.com}]\ndelivery: {resolvers: [192.0.2.53]}', true],
    ['routes: [{via: sandbox}]', false],
  ])('is asked only where the configuration leads to the DNS of the world: %j: %s', (yaml, expected) => {
    expect(knowsTheWorld(configOf(`${yaml}\n`))).toBe(expected);
  });
});
