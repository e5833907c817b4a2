import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, parseConfig } from '../../src/config/index.ts';
import { surroundings } from './surroundings.ts';

const FILE = '/etc/relais/relais.yaml';

function mistakes(yaml: string, files: Record<string, string> = {}, env: Record<string, string> = {}): string[] {
  try {
    parseConfig(yaml, FILE, surroundings(files, env));
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

function config(yaml: string, files: Record<string, string> = {}, env: Record<string, string> = {}) {
  return parseConfig(yaml, FILE, surroundings(files, env));
}

const ROUTE = 'routes: [{via: hold}]\n';

describe('a mistake is told with line, path, value and what is allowed', () => {
  const table: readonly (readonly [string, string, readonly (string | RegExp)[]])[] = [
    ['no route', 'hostname: a.example', [/^line 1: routes: is missing; it takes a list with at least one entry$/]],
    ['an empty file', '', [/routes: is missing/]],
    ['not a mapping', '- 1', [/^line 1: allowed is a mapping with the keys hostname, /]],
    ['not YAML', 'a: [1,\nb: 2', [/^line \d: not valid YAML: /]],
    ['a key twice', `hostname: a.example\nhostname: b.example\n${ROUTE}`, [/^line \d: not valid YAML: Map keys must be unique/]],
    ['an unknown key', `${ROUTE}hostnam: x`, ['line 2: hostnam: unknown key; did you mean hostname?']],
    [
      'an unknown key far from any',
      `${ROUTE}http: {wurst: 1}`,
      ['line 2: http.wurst: unknown key; known here: address, port, publicUrl, metricsNetworks, oidc'],
    ],
    [
      'a key of another kind of route',
      'routes:\n  - via: mx\n    hst: a\n    host: b',
      [/^line 3: routes\[0\]\.hst: unknown key; known here: match,/, /^line 4: routes\[0\]\.host: unknown key/],
    ],
    [
      'classes of retention that say nothing, or twice the same',
      `${ROUTE}retention:\n  classes:\n    - {match: {}, content: 7d}\n    - {match: {template: 'payslip*'}, content: 90d, records: 80d}\n    - {match: {template: 'payslip*'}, content: 7d}`,
      [
        /retention\.classes\[0\]\.match.*matches all mail/,
        /retention\.classes\[1\]\.content is 90d: must not be longer than its records \(80d\)/,
        /retention\.classes\[2\]\.name.*has the name of another class/,
      ],
    ],
    [
      'rules of references whose keys do not fit each other',
      `${ROUTE}references:\n  rules:\n    - {field: tag, from: subject}\n    - {field: document, from: subject, header: X-A}\n    - {field: document, from: xml}`,
      [
        /rules\[0\]\.tag: is missing; it takes a name/,
        /rules\[1\]\.header is X-A: allowed is nothing, without from: header/,
        /rules\[2\]\.path/,
      ],
    ],
    [
      'a rule whose pattern is none, or has not the group that its value names',
      `${ROUTE}references:\n  rules:\n    - {field: document, from: subject, pattern: "(a"}\n    - {field: document, from: subject, pattern: "(?<n>a)", value: "{m}"}\n    - {field: document, from: subject, pattern: "(?<!a)b"}`,
      [/rules\[0\]\.pattern is \(a: .*missing closing \)/, /rules\[1\]\.value is \{m\}: .*no \(\?<m>…\)/, /rules\[2\]\.pattern/],
    ],
    [
      'links of the ERP without a name in them, or an unknown one',
      `${ROUTE}references:\n  contactUrl: https://erp.example.com/\n  documentUrl: "https://erp.example.com/{invoice}"\n  profiles: [odo]`,
      [/contactUrl is/, /documentUrl is/, /profiles\[0\] is odo: allowed is one of headers, odoo/],
    ],
    [
      'a time without its unit',
      `${ROUTE}submission:\n  limits:\n    idle: 300`,
      ['line 4: submission.limits.idle is 300: allowed is a time with its unit, such as 90s, 5m, 1h30m or 5d; at least 1s; at most 1d'],
    ],
    [
      'a size in a unit of time',
      `${ROUTE}submission: {limits: {messageSize: 5m}}`,
      [/messageSize is 5m: allowed is a size with its unit, such as 500kB, 25MB/],
    ],
    [
      'a rate in no unit',
      'routes: [{via: mx, limits: {rate: 30}}]',
      [/routes\[0\]\.limits\.rate is 30: allowed is messages in a time, such as 30\/minute/],
    ],
    ['a port out of range', `${ROUTE}http: {port: 70000}`, [/http\.port is 70000: allowed is a port from 1 to 65535, or 0/]],
    ['a port as text', `${ROUTE}http: {port: eighty}`, [/http\.port is eighty: allowed is a port/]],
    ['an unknown word', `${ROUTE}logLevel: loud`, ['line 2: logLevel is loud: allowed is one of debug, info, warn, error, silent']],
    ['no such route', 'routes: [{via: pigeon}]', ['line 1: routes[0].via is pigeon: allowed is one of smarthost, mx, sandbox, hold']],
    [
      'a smarthost without host',
      'routes: [{via: smarthost}]',
      [
        'line 1: routes[0].host: is missing; it takes a host name or IP address, such as smtp.provider.example, or a list of them, each with :port where it differs',
      ],
    ],
    [
      'a sender pattern without @',
      `${ROUTE}accounts: [{name: erp, password: x, senders: [example.com]}]`,
      [/senders\[0\] is example\.com: allowed is an address or pattern/],
    ],
    ['a network that is none', `${ROUTE}submission: {networks: [10.0.0.0/33]}`, [/networks\[0\] is 10\.0\.0\.0\/33: allowed is a network/]],
    [
      'an event that is none',
      `${ROUTE}signals: [{name: a, on: [recipient.lost], notify: [{webhook: {url: "https://a.example", secret: ${'whsec_'.concat('A'.repeat(32))}}}]}]`,
      [/signals\[0\]\.on\[0\] is recipient\.lost: allowed is one of message\.accepted,/],
    ],
    [
      'an environment variable that is not set',
      `${ROUTE}hostname: {env: NAME}`,
      ['line 2: hostname: the environment variable NAME is not set'],
    ],
    [
      'a file that is not there',
      `${ROUTE}accounts: [{name: erp, password: {file: secret}}]`,
      ['line 2: accounts[0].password: the file /etc/relais/secret does not exist'],
    ],
  ];
  it.each(table)('%s', (_, yaml, expected) => {
    const told = mistakes(yaml);
    expect(told, told.join('\n')).toHaveLength(expected.length);
    expected.forEach((line, index) => {
      if (typeof line === 'string') expect(told[index]).toBe(line);
      else expect(told[index]).toMatch(line);
    });
  });
});

describe('keys that contradict each other', () => {
  const table: readonly (readonly [string, string, RegExp])[] = [
    [
      'a lease shorter than the attempt',
      `${ROUTE}delivery: {attemptTimeout: 10m, lease: 5m}`,
      /delivery\.lease is 5m: must be longer than delivery\.attemptTimeout \(10m\)/,
    ],
    [
      'records gone before reports',
      `${ROUTE}retention: {records: 30d}`,
      /retention\.records is 30d: must be longer than reports\.tokenLifetime \(60d\)/,
    ],
    [
      'bytes kept longer than records',
      `${ROUTE}retention: {content: 600d}`,
      /retention\.content is 600d: must not be longer than retention\.records \(540d\)/,
    ],
    [
      'tokens that end before the last attempt',
      `${ROUTE}reports: {tokenLifetime: 2d}`,
      /tokenLifetime is 2d: must be longer than delivery\.expireAfter \(5d\)/,
    ],
    [
      'a scheduled message that outlives the belief in its reports',
      `${ROUTE}submission: {limits: {futureRelease: 56d}}`,
      /futureRelease is 56d: with delivery\.expireAfter must be shorter than reports\.tokenLifetime \(60d\)/,
    ],
    [
      'expiry before the first retry',
      `${ROUTE}delivery: {retry: [1h], expireAfter: 30m}`,
      /delivery\.expireAfter is 30m: must be longer than the first wait/,
    ],
    ['verp without a domain', 'routes: [{via: mx, returnPath: verp}]', /routes\[0\]\.returnPath is verp: verp needs reports\.domain/],
    [
      'report listeners without a domain',
      `${ROUTE}reports: {listeners: [{port: 25}]}`,
      /reports\.listeners is a list: needs reports\.domain/,
    ],
    [
      'two accounts of one name',
      `${ROUTE}accounts: [{name: a}, {name: A}]`,
      /accounts\[1\]\.name is A: the name is taken by accounts\[0\] already/,
    ],
    ['two rooms on one port', `${ROUTE}http: {port: 2525}`, /http\.port is 2525: the port is taken by submission\.listeners\[0\] already/],
    [
      'a wildcard over a port',
      `${ROUTE}submission: {listeners: [{address: 0.0.0.0, port: 8025}]}`,
      /http\.port: the port is taken by submission/,
    ],
    [
      'a route for no account',
      'routes: [{via: mx, match: {account: [sap]}}]',
      /routes\[0\]\.match\.account\[0\] is sap: no account has this name; there are default/,
    ],
    [
      'an authority where none is checked',
      'routes: [{via: smarthost, host: a.example, tls: none, ca: "-----BEGIN CERTIFICATE-----"}]',
      /routes\[0\]\.ca is \(not shown\): (?:needs tls|is no certificate)/,
    ],
    ['nobody may submit', `${ROUTE}submission: {networks: []}`, /submission\.networks is an empty list: nobody may submit/],
    [
      'AUTH before TLS where all is TLS',
      `${ROUTE}submission: {listeners: [{port: 465, tls: implicit, authWithoutTls: true}]}`,
      /authWithoutTls is true: has no meaning with tls: implicit/,
    ],
    [
      'a webhook without secret',
      `${ROUTE}signals: [{name: a, on: [recipient.failed], notify: [{webhook: {url: "https://a.example"}}]}]`,
      /webhook is a mapping: needs a secret/,
    ],
    ['a scrypt hash that is none', `${ROUTE}accounts: [{name: a, password: scrypt$1}]`, /password is \(not shown\): a scrypt hash is/],
    [
      'a certificate that is none',
      `${ROUTE}submission: {tls: {key: "-----BEGIN PRIVATE KEY-----", certificate: "-----BEGIN CERTIFICATE-----"}}`,
      /submission\.tls\.certificate is \(not shown\): is no certificate/,
    ],
  ];
  it.each(table)('%s', (_, yaml, expected) => {
    expect(mistakes(yaml).join('\n')).toMatch(expected);
  });
});

it('all mistakes come at once, those between keys too, each at its own entry', () => {
  const told = mistakes(`hostname: "not a host"
dataDir: ./data
submission:
  limits: {idle: 5, recipients: many}
accounts:
  - {name: "bad name"}
  - {name: erp}
  - {name: erp}
routes:
  - {via: smarthost, tls: required}
  - {via: mx, returnPath: verp}
delivery: {lease: 1m}
retention: {content: 600d, schedule: never}
wurst: 1
`);
  expect(told.map((line) => line.split(/:? is |: unknown/)[0])).toEqual([
    'line 1: hostname',
    'line 4: submission.limits.recipients',
    'line 4: submission.limits.idle',
    'line 6: accounts[0].name',
    'line 8: accounts[2].name',
    'line 10: routes[0].host',
    'line 11: routes[1].returnPath',
    'line 12: delivery.lease',
    'line 13: retention.schedule',
    'line 13: retention.content',
    'line 14: wurst',
  ]);
});

it('R63 no secret is printed, from the file, the environment or another file', () => {
  const told = mistakes(
    `accounts:
  - {name: a, password: [hunter2]}
  - {name: b, password: "hunter2\\nhunter2"}
  - {name: c, password: hunter2, extra: hunter}
routes:
  - {via: smarthost, host: {env: HOST}, auth: {user: u, password: {file: pw}}}
signals: [{name: a, on: [recipient.failed], notify: [{webhook: {url: "https://a.example", secret: hunter2}}]}]
submission: {tls: {key: hunter2, certificate: hunter2}}
`,
    { '/etc/relais/pw': 'hunter2\nhunter2\n' },
    { HOST: 'hunter2 hunter2' },
  ).join('\n');
  expect(told).toContain('routes[0].host is (not shown)');
  expect(told).not.toContain('hunter2');
});

describe('values', () => {
  it('come from the environment and from files, numbers too', () => {
    const { config: loaded } = config(
      `${ROUTE}http: {port: {env: PORT}}\naccounts: [{name: erp, password: {file: ./pw}, tracking: {env: TRACK}}]`,
      { '/etc/relais/pw': 'geheim\n' },
      { PORT: '9000', TRACK: 'false' },
    );
    expect(loaded.http.port).toBe(9000);
    expect(loaded.accounts[0]).toMatchObject({
      name: 'erp',
      password: { kind: 'plain', value: 'geheim' },
      senders: ['*'],
      tracking: false,
    });
  });

  it('have their units taken off', () => {
    const { config: loaded } = config(`${ROUTE.replace('hold', 'mx, limits: {rate: 30/minute}')}delivery: {expireAfter: 1d12h}
submission: {limits: {messageSize: 10MiB, idle: 90s}}
`);
    expect(loaded.delivery.retry.expireAfter).toBe(36 * 3_600_000);
    expect(loaded.submission.limits).toMatchObject({ messageSize: 10 * 1024 ** 2, idle: 90_000, data: 1_800_000, authFailures: 5 });
    expect(loaded.routes[0]?.limits).toEqual({ connections: 20, rate: { messages: 30, per: 60_000 }, messagesPerConnection: 100 });
  });

  it('a message may be scheduled 30 days ahead, less where reports are believed for less', () => {
    const ahead = (more: string) => config(`${ROUTE}${more}`).config.submission.limits.futureRelease / 86_400_000;
    expect(ahead('')).toBe(30);
    expect(ahead('reports: {tokenLifetime: 20d}')).toBe(10);
    expect(ahead('reports: {tokenLifetime: 6d}')).toBe(0);
    expect(ahead('submission: {limits: {futureRelease: 0}}')).toBe(0);
  });

  it('the account default, without a password, is the one of submission.networks', () => {
    const yaml = `${ROUTE}accounts: [{name: default, senders: ["*@example.com"], language: fr, notifications: requested}]\n`;
    const { config: loaded, warnings } = config(yaml);
    expect(loaded.accounts[0]).toMatchObject({ name: 'default', password: null, language: 'fr', notifications: 'requested' });
    expect(warnings).toEqual([]);
    const account = '- {name: erp, password: x}';
    const unused = config(`${ROUTE}submission: {networks: []}\naccounts:\n- {name: default}\n${account}\n`);
    expect(unused.warnings.map(({ message }) => message)).toEqual(['nobody submits as this account: submission.networks is empty']);
  });

  it('a time of submission that no timer holds is refused', () => {
    expect(mistakes(`${ROUTE}submission: {limits: {data: 30d}}`).join()).toMatch(/limits\.data is 30d.*at most 1d/);
  });

  it('AUTH in clear is offered on a loopback listener, but not through a load balancer', () => {
    const offered = (more: string) =>
      config(`${ROUTE}submission: {listeners: [{port: 25, tls: none${more}}]}`).config.submission.listeners[0]?.authWithoutTls;
    expect(offered('')).toBe(true);
    expect(offered(', proxy: [127.0.0.1]')).toBe(false);
  });

  it('relative paths start at the file, and the whole is frozen', () => {
    const { config: loaded } = config(`${ROUTE}dataDir: ../relais-data`);
    expect(loaded.dataDir).toBe('/etc/relais-data');
    expect(Object.isFrozen(loaded.submission.limits)).toBe(true);
    expect(loaded.hostname).toBe('machine.example');
  });

  it.each([
    ['{via: smarthost, host: a.example}', { tls: 'opportunistic', returnPath: 'preserve', port: 587 }],
    ['{via: smarthost, host: a.example, port: 465}', { tls: 'implicit' }],
    ['{via: smarthost, host: a.example, auth: {user: u, password: p}}', { tls: 'required' }],
    ['{via: mx}', { tls: 'opportunistic', port: 25 }],
  ])('a route %s takes the default that fits', (route, expected) => {
    expect(config(`routes: [${route}]`).config.routes[0]).toMatchObject(expected);
  });

  it.each([
    ['127.0.0.1', 'none', true],
    ['0.0.0.0', 'none', false],
    ['127.0.0.1', 'starttls', false],
  ])('AUTH on %s with tls %s before TLS: %s', (address, tls, expected) => {
    const { config: loaded } = config(`${ROUTE}submission: {listeners: [{address: ${address}, port: 0, tls: ${tls}}]}`);
    expect(loaded.submission.listeners[0]?.authWithoutTls).toBe(expected);
  });
});

it('what may be meant but is risky is a warning, not a mistake', () => {
  const { warnings } = config(`submission: {listeners: [{address: 0.0.0.0, port: 25, tls: none}], networks: [0.0.0.0/0]}
accounts: [{name: erp, password: x}]
routes: [{via: mx}, {via: hold}]
reports: {domain: b.example}
`);
  expect(warnings.map(({ message }) => message.split(/[:;,]/)[0])).toEqual([
    'no account can authenticate here',
    'bounces go to this domain',
    'never reached',
    'anybody may send mail through this relay',
  ]);
});

it.each([
  ["[{match: {sender: ['*@a.example']}, via: mx}, {match: {sender: ['*@b.example'], recipientDomain: [c.example]}, via: mx}]", true],
  ["[{match: {sender: ['*@a.example']}, via: mx}, {match: {recipientDomain: [c.example]}, via: mx}]", false],
  ["[{match: {sender: ['*@a.example']}, via: mx}, {via: mx}]", false],
])('routes that all match by sender leave the notifications without one: %s', (routes, warned) => {
  const { warnings } = config(`routes: ${routes}\n`);
  const found = warnings.filter(({ message }) => message.includes('notifications of relais itself'));
  expect(found.map(({ path }) => path)).toEqual(warned ? [['routes']] : []);
});

describe('which file', () => {
  const files = { '/etc/relais/relais.yaml': `${ROUTE}hostname: usual.example`, '/opt/other.yaml': `${ROUTE}hostname: other.example` };
  it('--config leads, then RELAIS_CONFIG, then ./relais.yaml, then the sandbox', () => {
    const env = { RELAIS_CONFIG: '/opt/other.yaml' };
    expect(loadConfig('relais.yaml', surroundings(files, env)).config.hostname).toBe('usual.example');
    expect(loadConfig(undefined, surroundings(files, env)).config.hostname).toBe('other.example');
    expect(loadConfig(undefined, surroundings(files)).config.hostname).toBe('usual.example');
    const { config: sandbox } = loadConfig(undefined, surroundings());
    expect(sandbox).toMatchObject({ file: null, sandbox: true, dataDir: '/etc/relais/data' });
  });

  it('one that was named and is not there is a mistake, not the sandbox', () => {
    expect(() => loadConfig('gone.yaml', surroundings(files))).toThrow(/gone\.yaml has 1 mistake:\n {2}the file does not exist/);
  });
});

describe('dkim', () => {
  const pem = (type: 'rsa' | 'ec' | 'rsa-pss', bits = 2048): string => {
    const made =
      type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync(type as 'rsa', { modulusLength: bits });
    return made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  };
  const files = {
    '/k/rsa': pem('rsa'),
    '/k/short': pem('rsa', 768),
    '/k/old': pem('rsa', 1024),
    '/k/ec': pem('ec'),
    '/k/public': generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    '/k/broken': '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----',
    '/k/ed25519': generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  const entry = (changes: string): string => `${ROUTE}dkim:\n  - {domain: Example.com, selector: s1, ${changes}}`;

  it.each([
    ['a key that is none', entry('key: {file: /k/broken}'), /^line 3: dkim\[0\]\.key is \(not shown\): is no private key in PEM form/],
    ['a public key', entry('key: {file: /k/public}'), /dkim\[0\]\.key is \(not shown\): is a public key; the private one signs/],
    ['a key of another kind', entry('key: {file: /k/ec}'), /is a key of type ec; DKIM knows rsa and ed25519/],
    ['a key too short', entry('key: {file: /k/short}'), /has 768 bits; verifiers take no RSA key below 1024, and 2048 are right/],
    ['no PEM', entry('key: secret'), /dkim\[0\]\.key is \(not shown\): allowed is a private key in PEM form, by \{file: PATH\}/],
    ['fields without From', entry('key: {file: /k/rsa}, headers: [To, Subject]'), /dkim\[0\]\.headers .*must hold From/],
    [
      'one name twice',
      `${entry('key: {file: /k/rsa}')}\n  - {domain: example.com, selector: S1, key: {file: /k/ed25519}}`,
      /^line 4: dkim\[1\] .*domain and selector are those of dkim\[0\]/,
    ],
    [
      'a selector that is no name',
      `${ROUTE}dkim: [{domain: a.example, selector: "s 1", key: {file: /k/rsa}}]`,
      /selector is s 1: allowed is a selector/,
    ],
  ])('%s is told, and its octets are not', (_, yaml, expected) => {
    const found = mistakes(yaml, files);
    expect(found).toEqual([expect.stringMatching(expected)]);
    expect(found.join()).not.toMatch(/MII|secret/);
  });

  it('takes RSA and Ed25519, two keys of a domain, and warns of what is short', () => {
    const yaml = `${entry('key: {file: /k/old}')}\n  - {domain: example.com, selector: s2, key: {file: /k/ed25519}, headers: [From, Subject]}`;
    const loaded = config(yaml, files);
    expect(loaded.config.dkim.map(({ domain, selector, headers }) => [domain, selector, headers])).toEqual([
      ['example.com', 's1', null],
      ['example.com', 's2', ['From', 'Subject']],
    ]);
    expect(loaded.warnings.map(({ message }) => message)).toContain('has 1024 bits; 2048 are right for RSA today');
  });
});

describe('where mail goes and what it asks of TLS', () => {
  const routes = (yaml: string) => config(`routes: [${yaml}]\n`).config.routes[0];

  it('several hosts of a route, each with the port of the route or its own', () => {
    expect(
      routes('{via: smarthost, host: [a.example, "b.example:2525", 192.0.2.1, "[2001:db8::1]:25", "2001:db8::2"], port: 465}'),
    ).toMatchObject({
      host: 'a.example',
      port: 465,
      tls: 'implicit',
      fallbacks: [
        { host: 'b.example', port: 2525 },
        { host: '192.0.2.1', port: 465 },
        { host: '2001:db8::1', port: 25 },
        { host: '2001:db8::2', port: 465 },
      ],
    });
    expect(routes('{via: smarthost, host: a.example}')).toMatchObject({ host: 'a.example', port: 587, fallbacks: [] });
  });

  it.each(['[]', '["a.example:0"]', '["a.example:70000"]', '["a b"]', '["a.example:x"]', '["[a.example]:25"]', '[{a: 1}]'])(
    'host: %s is a mistake',
    (hosts) => {
      expect(mistakes(`routes: [{via: smarthost, host: ${hosts}}]`)).toHaveLength(1);
    },
  );

  it('MTA-STS is on for direct MX, save without TLS; DANE is off until the resolvers are said to validate', () => {
    expect(routes('{via: mx}')).toMatchObject({ mtaSts: true, ca: null });
    expect(routes('{via: mx, tls: none}')).toMatchObject({ mtaSts: false });
    expect(routes('{via: mx, mtaSts: false}')).toMatchObject({ mtaSts: false });
    expect(config('routes: [{via: mx}]').config.delivery.dnssec).toBe(false);
  });

  it('contradictions are mistakes, a resolver elsewhere is a warning', () => {
    expect(mistakes('routes: [{via: mx, tls: none, mtaSts: true}]')).toEqual([expect.stringMatching(/mtaSts.*needs TLS/)]);
    expect(mistakes('routes: [{via: mx}]\ndelivery: {dnssec: true}')).toEqual([expect.stringMatching(/dnssec.*needs delivery\.resolvers/)]);
    const { warnings } = config(
      'routes: [{via: mx}]\ndelivery: {dnssec: true, resolvers: ["127.0.0.1:53", "[::1]:53", "::1", 192.0.2.53]}',
    );
    expect(warnings.map(({ path }) => path)).toEqual([['delivery', 'resolvers', 3]]);
  });
});

it('classes of retention take one pattern or several, and what they do not say is as for the rest', () => {
  const text = `${ROUTE}retention:
  content: 30d
  audit: 1095d
  classes:
    - {match: {template: payslip*}, content: 7d}
    - {name: invoices, match: {documentType: [invoice, credit-note], account: erp}, content: 3650d, records: 3650d}
    - {match: {sender: "*@hr.example.com"}, records: 20d}`;
  const { config, warnings } = parseConfig(text, '/etc/relais.yaml', surroundings());
  const DAY = 86_400_000;
  expect(config.retention).toMatchObject({ audit: 1095 * DAY, patience: 7 * DAY });
  expect(config.retention.classes).toEqual([
    { name: 'template payslip*', match: { template: ['payslip*'] }, content: 7 * DAY, records: 540 * DAY },
    { name: 'invoices', match: { documentType: ['invoice', 'credit-note'], account: ['erp'] }, content: 3650 * DAY, records: 3650 * DAY },
    { name: 'sender *@hr.example.com', match: { sender: ['*@hr.example.com'] }, content: 20 * DAY, records: 20 * DAY },
  ]);
  expect(JSON.stringify(warnings)).toContain('reports that come later go to the review list');
});
