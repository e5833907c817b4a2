/**
 * The configuration file as a zod schema: CONTRACT's keys, their units, their defaults. The
 * published JSON Schema (config/relais.schema.json) is made from it. A schema's error is the text
 * of what is allowed; checks between keys are in relations.ts.
 */
import { z } from 'zod';
import { EVENT_TYPES } from '../domain/events.ts';
import { LANGUAGES, REFERENCE_FIELDS, REFERENCE_SOURCES } from '../domain/settings.ts';
import { DEFAULT_PROFILES, SHIPPED_PROFILES } from '../domain/shipped-profiles.ts';
import { assertAuth, assertOAuth2 } from './mailbox-auth.ts';
import { assertReferenceRule, LINK_FORM } from './reference-rule.ts';
import {
  domain,
  duration,
  host,
  hostAndPort,
  listenAddress,
  network,
  oneOf,
  pem,
  port,
  rate,
  resolver,
  size,
  text,
  url,
  whole,
  yesNo,
} from './scalars.ts';
import { list, section } from './sections.ts';
import { owner, signal } from './signals-schema.ts';

const NAME = text('a name of letters, digits, ".", "_" and "-", up to 64 characters', /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const SENDER_PATTERN = text('an address or pattern such as invoices@example.com, *@example.com or *', /^(?:\*|[^\s@]+@[^\s@]+)$/);
const DOMAIN_PATTERN = text('a domain or pattern such as partner.example, *.partner.example or *', /^[^\s@]+$/);
const ACCOUNT_PATTERN = text('the name of an account, or a pattern such as erp-*', /^[^\s]+$/);
const CLASS_PATTERN = text('a class of X-Relais-Class, or a pattern such as payslip*', /^\S+$/);
/** Secrets come by environment or file more often than not; what is secret is not shown. */
const SECRET = text('text on one line; put it in quotes, or use {env: NAME} or {file: PATH}');

/** A timer of Node.js holds 24 days; no client of submission needs one. */
const DAY = 86_400_000;

const listener = section({
  address: listenAddress().default('127.0.0.1').describe('IP address to listen on'),
  port: port().describe('TCP port; 0: the system chooses'),
  tls: oneOf(['starttls', 'implicit', 'none']).default('starttls').describe('starttls: offered; implicit: from the first octet; none'),
  authWithoutTls: yesNo().optional().describe('offer AUTH before TLS; default: only on loopback listeners without TLS'),
  proxy: list(network()).default([]).describe('load balancers whose connections begin with a PROXY header (version 1 or 2)'),
});

const submission = section({
  listeners: list(listener, 1).default([{ address: '127.0.0.1', port: 2525, tls: 'starttls', authWithoutTls: undefined, proxy: [] }]),
  tls: section({ key: pem('a private key'), certificate: pem('a certificate chain') })
    .optional()
    .describe('key and certificate of the listeners; without it a self-signed one is made'),
  networks: list(network())
    .default(['127.0.0.0/8', '::1/128'])
    .describe('may submit without AUTH, as account "default", which accounts may configure'),
  limits: section({
    messageSize: size({ min: 1024, max: 2_000_000_000 }).prefault('25MB'),
    recipients: whole(1, 100_000).default(1000),
    connections: whole(1, 100_000).default(100),
    connectionsPerAddress: whole(1, 100_000).default(20),
    idle: duration({ min: 1000, max: DAY }).prefault('5m').describe('without an octet from the client'),
    data: duration({ min: 1000, max: DAY }).prefault('30m').describe('from DATA to the final dot'),
    queue: whole(1, 100_000_000).default(200_000).describe('messages in the queue past which 452 is answered'),
    authFailures: whole(1, 1000).default(5).describe('failed AUTHs before the connection is closed'),
    futureRelease: duration()
      .optional()
      .describe('how far ahead a message may be scheduled; 0: not at all; default: 30d, less where reports.tokenLifetime is short'),
  }).prefault({}),
  greetingDelay: duration({ max: 60_000 }).prefault(0).describe('wait before the greeting, for clients that talk too early'),
});

const account = section({
  name: NAME.describe('"default" is the one of submission.networks'),
  password: SECRET.optional().describe('plain or scrypt$N$r$p$salt$hash; without it the account cannot authenticate'),
  senders: list(SENDER_PATTERN, 1).default(['*']).describe('reverse-paths it may use'),
  tracking: yesNo().default(true),
  language: oneOf(LANGUAGES).default('en').describe('of the notifications to its senders'),
  notifications: oneOf(['standard', 'requested', 'none'])
    .default('standard')
    .describe('to its senders: failures and delays unless NOTIFY says otherwise; only what NOTIFY asks for; none'),
});

const match = section({
  recipientDomain: list(DOMAIN_PATTERN, 1).optional(),
  sender: list(SENDER_PATTERN, 1).optional(),
  account: list(ACCOUNT_PATTERN, 1).optional(),
}).describe('all that are given must hold, in each any of the list');

const limits = section({
  connections: whole(1, 1000).default(20),
  rate: rate().optional().describe('such as 30/minute; default: no limit'),
  messagesPerConnection: whole(1, 100_000).default(100),
}).prefault({});

const eightBit = oneOf(['convert', 'fail'])
  .default('convert')
  .describe('mail that is not 7-bit, at a next hop that takes nothing else: convert it, or let it fail');

const routeBase = {
  match: match.prefault({}),
  returnPath: oneOf(['verp', 'preserve']).optional().describe('default: verp where reports.domain is set'),
  limits,
};

const route = z.discriminatedUnion(
  'via',
  [
    section({
      ...routeBase,
      via: z.literal('smarthost'),
      host: z
        .union([host(), list(hostAndPort(), 1)], {
          error: 'a host name or IP address, such as smtp.provider.example, or a list of them, each with :port where it differs',
        })
        .describe('one host, or several in the order in which they are tried'),
      port: port(1).default(587),
      tls: oneOf(['none', 'opportunistic', 'required', 'implicit'])
        .optional()
        .describe('default: implicit at port 465, required with auth, else opportunistic'),
      eightBit,
      ca: pem('certificates').optional().describe("authorities to trust beside the system's"),
      auth: section({ user: text('a user name'), password: SECRET }).optional(),
    }),
    section({
      ...routeBase,
      via: z.literal('mx'),
      tls: oneOf(['none', 'opportunistic', 'required'])
        .default('opportunistic')
        .describe('what policies of the domain (MTA-STS, DANE) ask for beyond is kept to, save with none'),
      eightBit,
      port: port(1).default(25),
      ca: pem('certificates').optional().describe("authorities to trust beside the system's"),
      mtaSts: yesNo().optional().describe("keep to the domains' MTA-STS policies (RFC 8461); default: true, save with tls: none"),
    }),
    section({ ...routeBase, via: z.literal('sandbox') }),
    section({ ...routeBase, via: z.literal('hold') }),
  ],
  { error: 'one of smarthost, mx, sandbox, hold' },
);

const delivery = section({
  retry: list(duration({ min: 100 }), 1)
    .prefault(['1m', '5m', '15m', '30m', '1h', '2h', '4h'])
    .describe('waits after the 1st, 2nd, … attempt; the last repeats'),
  expireAfter: duration({ min: 1000 }).prefault('5d'),
  delayNoticeAfter: duration({ min: 1000 }).prefault('4h'),
  attemptTimeout: duration({ min: 1000 }).prefault('20m').describe('one attempt, all commands together'),
  lease: duration({ min: 1000 }).optional().describe('default: attemptTimeout and 5m'),
  connections: whole(1, 10_000).default(100).describe('to all next hops together'),
  priorities: section({
    urgent: list(CLASS_PATTERN).default([]).describe('classes that go first'),
    bulk: list(CLASS_PATTERN).default([]).describe('classes that leave room for the others'),
  })
    .prefault({})
    .describe('by the class of a message, X-Relais-Class; what matches none is in between, what is sent again is urgent'),
  resolvers: list(resolver()).default([]).describe("DNS resolvers for via: mx; default: the system's"),
  dnssec: yesNo()
    .default(false)
    .describe('the resolvers validate DNSSEC, and the way to them is safe: TLSA records are kept to (DANE, RFC 7672)'),
});

const HEADER_NAME = text('the name of a header field, such as List-Id', /^[!-9;-~]{1,76}$/);
const SELECTOR = text(
  'a selector: labels of letters, digits and "-", joined by dots',
  /^(?=.{1,63}$)[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*$/,
);

const dkimKey = section({
  domain: domain('the domain that signs, such as example.com (an A-label)').describe('signs mail whose From is of this domain or below it'),
  selector: SELECTOR.describe('the public key stands in DNS at SELECTOR._domainkey.DOMAIN'),
  key: pem('a private key').describe('RSA or Ed25519; `relais dkim generate` makes one'),
  headers: list(HEADER_NAME, 1).optional().describe('header fields to sign, From among them; default: those of RFC 6376 §5.4.1'),
});

const oauth2 = section({
  provider: oneOf(['microsoft', 'google']).optional().describe('gives tokenUrl and scope their defaults'),
  tenant: text('the id or domain of a Microsoft 365 tenant', /^[A-Za-z0-9.-]{1,253}$/)
    .optional()
    .describe('with provider: microsoft'),
  clientId: text('the id of the application').optional(),
  clientSecret: SECRET.optional(),
  refreshToken: SECRET.optional().describe('without it: client credentials (microsoft), or serviceAccount (google)'),
  serviceAccount: text('the JSON key of a service account, by {file: PATH}', /^\s*\{[\s\S]*\}\s*$/).optional(),
  tokenUrl: url().optional().describe('where tokens are had; default: that of the provider'),
  scope: text('scopes, separated by spaces').optional().describe('default: that of the provider'),
}).superRefine(assertOAuth2);

const FOLDER = text('the name of a folder, its levels joined by "/", such as Reports/Read', /^[^\r\n\0]{1,200}$/);

const mailbox = section({
  name: text('a name of up to 100 characters on one line', /^[^\r\n\0]{1,100}$/)
    .optional()
    .describe('how far it was read is kept under this name; default: user/folder'),
  imap: section({
    host: host(),
    port: port(1).optional().describe('default: 993, or 143 with starttls and none'),
    user: text('a user name'),
    password: SECRET.optional(),
    oauth2: oauth2.optional().describe('in place of a password'),
    tls: oneOf(['implicit', 'starttls', 'none']).default('implicit').describe('none: on loopback alone'),
    ca: pem('certificates').optional().describe("authorities to trust beside the system's"),
  }).superRefine(assertAuth),
  folder: FOLDER.default('INBOX'),
  moveTo: FOLDER.optional().describe('where reports go once they are taken; made when it is missing; default: they stay, marked as read'),
  every: duration({ min: 5000, max: DAY }).prefault('5m').describe('time between two looks'),
  idle: yesNo().default(true).describe('hear of new mail at once where the server offers IDLE'),
  otherMail: oneOf(['leave', 'take'])
    .default('leave')
    .describe('mail that is no report: stays unread and untouched, or goes to the review list'),
});

const reportLimits = section({
  perAddress: rate().prefault('30000/minute').describe('reports from one client address at the listeners'),
  perMessage: rate().prefault('3000/minute').describe('reports addressed to one message'),
  autoReplies: whole(1, 10_000).default(20).describe('automatic replies of one recipient kept within a day; more are counted alone'),
}).prefault({});

const suppression = section({
  automatic: yesNo().default(true).describe('failures and complaints put addresses into the suppression list; false: people alone do'),
  failures: whole(2, 20)
    .default(3)
    .describe('permanent failures within that time; one is enough where a report that is ours says that the address is dead'),
  within: duration({ min: 3_600_000 }).prefault('30d'),
  complaints: yesNo().default(true).describe('a complaint with a token of ours suppresses'),
  duration: z
    .union([z.literal('forever'), duration({ min: 60_000 })], { error: 'forever, or a duration such as 90d' })
    .default('forever')
    .describe('how long an address stays in the list when nobody lifts it'),
}).prefault({});

const reports = section({
  domain: domain('a domain of yours whose MX is this relay, such as bounce.example.com').optional().describe('domain of the return paths'),
  listeners: list(section({ address: listenAddress().default('0.0.0.0'), port: port() })).default([]),
  messageSize: size({ min: 1024, max: 200_000_000 }).prefault('30MB'),
  tokenLifetime: duration({ min: 60_000 }).prefault('60d').describe('how long after acceptance a report is believed'),
  mailboxes: list(mailbox).default([]).describe('that reports are collected from by IMAP'),
  rules: z.string().min(1).optional().describe('a file of rules of your own for replies, docs/REPLY-RULES.md'),
  limits: reportLimits,
  suppression,
});

const RULE_FIELD_NAME = text('a name of letters, digits and "-"', /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/);
const PATTERN_ALLOWED = 'a regular expression of up to 2000 characters in the syntax of RE2 (no look-around, no back-references)';
const pattern = z.string({ error: PATTERN_ALLOWED }).min(1, { error: PATTERN_ALLOWED }).max(2000, { error: PATTERN_ALLOWED });
const XML_PATH = text('elements from the root down, joined by "/", such as Invoice/ID', /^[^\s/]+(?:\/[^\s/]+){0,15}$/);

const referenceRule = section({
  field: oneOf(REFERENCE_FIELDS),
  tag: RULE_FIELD_NAME.optional().describe('name of the tag, with field: tag'),
  from: oneOf(REFERENCE_SOURCES).describe('attachment: the file names; xml: XML documents that are attached, or in a PDF'),
  header: HEADER_NAME.optional().describe('with from: header'),
  path: list(XML_PATH, 1).optional().describe('with from: xml; any of them'),
  pattern: pattern.optional().describe('upper and lower case alike; default: all of the text'),
  unless: pattern.optional().describe('must not be found'),
  value: text('text of up to 200 characters, with the groups of the pattern as {name}', /^[^\r\n\0]{1,200}$/)
    .optional()
    .describe('default: the group named as the field, or value, or the first one, or all that was found'),
  map: z
    .record(z.string(), text('text of up to 200 characters', /^[^\r\n\0]{1,200}$/), {
      error: 'a mapping of what is found to what it means',
    })
    .optional(),
}).superRefine(assertReferenceRule);

const LINK = text(
  'an http:// or https:// address with {contact}, {document}, {documentType}, {administration}, {address} or {tag:NAME} in it',
  LINK_FORM,
);
const PROFILE_NAMES = SHIPPED_PROFILES.map(({ name }) => name) as [string, ...string[]];

const references = section({
  profiles: list(oneOf(PROFILE_NAMES))
    .default([...DEFAULT_PROFILES])
    .describe('shipped rules, config/references/*.yaml, in the order in which they are asked'),
  rules: list(referenceRule)
    .default([])
    .describe('rules of your own, asked before the profiles; `relais references test FILE` shows what they find'),
  contactUrl: LINK.optional().describe('page of a contact in the ERP, such as https://erp.example.com/contact/{contact}'),
  documentUrl: LINK.optional().describe('page of a document in the ERP, such as https://erp.example.com/document/{document}'),
  verdict: oneOf(['every', 'any']).default('every').describe('a document counts as delivered when every recipient has it, or any one'),
  timeLimit: duration({ min: 1, max: 1000 }).prefault('100ms').describe('that the rules may take of a message while it is accepted'),
  attachments: size({ max: 100_000_000 }).prefault('10MB').describe('messages up to this size have their attachments read; 0: none'),
  streams: yesNo().default(true).describe('group mail without a template by its subject and HTML'),
}).prefault({});

const CRON_ALLOWED = 'a cron expression of five fields, such as "15 3 * * *"';
const cron = () => text(CRON_ALLOWED, /^\s*(?:[\d*/,A-Za-z?-]+\s+){4}[\d*/,A-Za-z?#L-]+\s*$/);

const fileDrop = section({
  name: NAME,
  directory: text('a path').describe('relative to this file; made when it is not there'),
  format: oneOf(['csv', 'jsonl']).default('csv'),
  schedule: cron().default('*/15 * * * *'),
  types: list(oneOf(EVENT_TYPES), 1).optional().describe('default: all'),
  accounts: list(NAME, 1).optional().describe('default: all'),
});

const backup = section({
  dir: text('a path').describe('relative to this file, best on another disk; made when it is not there'),
  schedule: cron().default('30 2 * * *'),
  keep: whole(1, 10_000).default(7).describe('of the newest; older ones are removed once a new one is whole'),
});

const age = () => duration({ min: 60_000 });

/** One pattern, or a list of which one must fit. */
const patterns = () => {
  const pattern = text('a pattern such as payslip*, or a list of them', /^[^\r\n\0]{1,200}$/);
  return z
    .union([pattern, list(pattern, 1)], { error: 'a pattern such as payslip*, or a list of them' })
    .transform((given) => (typeof given === 'string' ? [given] : given));
};

const retentionClass = section({
  name: text('a name of up to 60 characters on one line', /^[^\r\n\0]{1,60}$/)
    .optional()
    .describe('for counts; default: made of match'),
  match: section({
    account: patterns().optional(),
    template: patterns().optional(),
    class: patterns().optional().describe('of X-Relais-Class'),
    documentType: patterns().optional(),
    administration: patterns().optional(),
    stream: patterns().optional(),
    tag: patterns().optional().describe('name or name=value'),
    sender: patterns().optional().describe('reverse-path, such as *@hr.example.com'),
  }).describe('all that are given must hold, in each any of the list'),
  content: age().optional().describe('default: retention.content, or records where these are kept for less'),
  records: age().optional().describe('default: retention.records'),
});

const retention = section({
  schedule: cron().default('15 3 * * *'),
  content: age().prefault('30d').describe('age at which the bytes go'),
  records: age().prefault('540d').describe('age at which records go'),
  events: age().optional().describe('how far back the feed can be read; events of a message stay with its record; default: as records'),
  reports: age().optional().describe('age at which reports and deliveries of signals go; default: as records'),
  audit: z
    .union([z.literal('forever'), duration({ min: 86_400_000 })], { error: 'forever, or a duration of at least 1d, such as 1095d' })
    .default('forever')
    .describe('age at which entries of the audit log go'),
  patience: duration()
    .prefault('7d')
    .describe('how much longer what is due waits for a reader of the feed, or a signal, that has still to read of it'),
  classes: list(retentionClass).default([]).describe('mail that is kept for other times; the first that matches counts'),
});

const CLAIM = text('the name of a claim, such as roles, or a path such as realm_access.roles', /^\S{1,200}$/);
const ROLE = oneOf(['viewer', 'operator', 'admin']);

const oidc = section({
  issuer: url().describe('of the identity provider; its discovery document stands below it at /.well-known/openid-configuration'),
  clientId: text('the id of this client at the provider'),
  clientSecret: SECRET.optional().describe('without it: a public client, guarded by PKCE alone'),
  label: text('a name of up to 40 characters on one line', /^[^\r\n\0]{1,40}$/)
    .optional()
    .describe('as people know the provider; default: its host'),
  scopes: list(text('a scope, without spaces', /^[\x21-\x7e]{1,100}$/), 1).default(['openid', 'profile', 'email']),
  nameClaim: CLAIM.optional().describe('names the user; default: preferred_username, else a verified email, else sub'),
  roleClaim: z
    .union([CLAIM, list(CLAIM, 1)], { error: 'the name of a claim, such as roles, or a list of them' })
    .default('roles')
    .describe('its values are looked up in roles; of several that fit the one that may most counts'),
  roles: z
    .record(z.string(), ROLE, { error: 'a mapping from values of roleClaim to viewer, operator or admin' })
    .default({})
    .describe('such as {relais-admins: admin, helpdesk: operator}'),
  defaultRole: oneOf(['none', 'viewer', 'operator', 'admin'])
    .default('none')
    .describe('of whoever has none of roles; none: may not sign in'),
  accountsClaim: CLAIM.optional().describe('names the accounts whose mail the user may see, "*" for all; default: all, for everybody'),
});

const http = section({
  address: listenAddress().default('127.0.0.1'),
  port: port().default(8025),
  publicUrl: url().optional().describe('where people reach it, for links'),
  metricsNetworks: list(network()).default(['127.0.0.0/8', '::1/128']).describe('may read /metrics without a token'),
  oidc: oidc.optional().describe('sign-in at an identity provider (OpenID Connect), docs/ACCESS.md'),
});

export const fileSchema = section({
  hostname: domain('a host name, such as relay.example.com').optional().describe("how the relay names itself; default: the machine's name"),
  dataDir: text('a path').default('./data').describe('relative to this file'),
  diskFloor: size().prefault('200MB').describe('free disk below which no mail is taken'),
  shutdownGrace: duration({ max: 3_600_000 }).prefault('20s'),
  logLevel: oneOf(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  submission: submission.prefault({}),
  accounts: list(account).default([]),
  routes: list(route, 1),
  delivery: delivery.prefault({}),
  dkim: list(dkimKey).default([]).describe('signs outgoing mail (RFC 6376); all keys of a domain sign'),
  reports: reports.prefault({}),
  references,
  signals: list(signal).optional().describe('who is told of what; default: failures, on the page alone'),
  owners: list(owner).default([]).describe('who looks after which mail, for signals to `owner`; the first that matches'),
  retention: retention.prefault({}),
  synchronisation: section({ files: list(fileDrop).default([]).describe('the change feed as files') }).prefault({}),
  backup: backup.optional().describe('backups that are made by themselves; without it: none'),
  http: http.prefault({}),
});

export type FileConfig = z.output<typeof fileSchema>;
