/** `signals` and `owners` of the configuration file. What concerns several keys is in relate-signals.ts. */
import { z } from 'zod';
import { EVENT_TYPES } from '../domain/events.ts';
import { LANGUAGES } from '../domain/settings.ts';
import { SIGNAL_GROUP_KEYS } from '../domain/signal-rule.ts';
import { isTimeZone } from '../domain/signal-time.ts';
import { duration, oneOf, text, url, whole, yesNo } from './scalars.ts';
import { assertOneOf, list, section } from './sections.ts';

const DAY = 86_400_000;

const NAME = text(
  'a name of letters, digits, spaces, ".", "_" and "-", up to 64 characters',
  /^[A-Za-z0-9](?:[A-Za-z0-9._ -]{0,62}[A-Za-z0-9._-])?$/,
);

/** One pattern, or several of which one must fit. */
function patterns(allowed: string, pattern: RegExp = /^[^\r\n\0]{1,200}$/) {
  const one = text(allowed, pattern);
  return z.union([one.transform((value) => [value]), list(one, 1)], { error: `${allowed}, or a list of them` }).optional();
}

const where = section({
  state: patterns('a state of a recipient or message, such as failed'),
  category: patterns('a category, such as mailbox-unknown'),
  template: patterns('a template, or a pattern such as invoice*'),
  documentType: patterns('a document type, or a pattern'),
  account: patterns('the name of an account, or a pattern such as erp-*', /^\S+$/),
  sender: patterns('an address or pattern such as invoices@example.com or *@example.com', /^(?:\*|[^\s@]+@[^\s@]+)$/),
  domain: patterns("a recipient's domain or pattern such as partner.example or *.partner.example", /^[^\s@]+$/),
  tag: patterns('a tag, as name or name=value'),
  class: patterns('a class of X-Relais-Class, or a pattern such as payslip*', /^\S+$/),
  confidence: patterns('a confidence, such as accepted-by-provider'),
  source: patterns('attempt or report', /^(?:attempt|report)$/),
  nextHop: patterns('a next hop as /queue names it, or a pattern'),
}).describe('all that are given must hold, in each any of the list');

const TIME_ALLOWED = 'a time of day, such as "07:00"; in quotes';

/** Minutes since midnight. */
function timeOfDay() {
  return z
    .string({ error: TIME_ALLOWED })
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: TIME_ALLOWED })
    .transform((value) => Number(value.slice(0, 2)) * 60 + Number(value.slice(3)));
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const weekday = oneOf(WEEKDAYS);

const ZONE_ALLOWED = 'a time zone such as Europe/Brussels or UTC';
const timeZone = z
  .string({ error: ZONE_ALLOWED })
  .refine(isTimeZone, { error: ZONE_ALLOWED })
  .optional()
  .describe("default: the machine's time zone");

const HOURS_ALLOWED = 'hours of the day, such as "19:00-07:00"; in quotes';
const hours = z
  .string({ error: HOURS_ALLOWED })
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d ?- ?(?:[01]\d|2[0-3]):[0-5]\d$/, { error: HOURS_ALLOWED })
  .transform((value) => {
    const [from = 0, to = 0] = value.split('-').map((part) => Number(part.trim().slice(0, 2)) * 60 + Number(part.trim().slice(3)));
    return { from, to };
  });

const SHARE_ALLOWED = 'a share such as 5%';
const share = z
  .string({ error: SHARE_ALLOWED })
  .regex(/^\d{1,2}(?:\.\d{1,3})? ?%$/, { error: SHARE_ALLOWED })
  .transform((value) => Number.parseFloat(value) / 100);

const threshold = section({
  share: share.optional().describe('more than this share of the recipients whose outcome became known'),
  count: whole(2, 1_000_000).optional().describe('so many events'),
  within: z
    .union([z.literal('run'), duration({ min: 60_000, max: 31 * DAY })], { error: 'a time with its unit, such as 1h, or run' })
    .describe('within this time, or within a run (with share)'),
  least: whole(1, 1_000_000).default(20).describe('with share: of at least so many recipients'),
}).superRefine(assertOneOf(['share', 'count']));

const DATE_ALLOWED = 'a date such as "2026-12-25"; in quotes';
const date = z.string({ error: DATE_ALLOWED }).refine((value) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)), {
  error: DATE_ALLOWED,
});

const DAYS_ALLOWED = `working, every, or a list of ${WEEKDAYS.join(', ')}`;
const expect = section({
  mail: section({
    by: timeOfDay().describe('time of day by which it is to have come'),
    since: timeOfDay().prefault('00:00').describe('from when on it counts; after `by`: of the day before'),
    least: whole(1, 1_000_000).default(1).describe('messages'),
    days: z
      .union([z.enum(['working', 'every']), list(weekday, 1)], { error: DAYS_ALLOWED })
      .default('working')
      .describe('working: Monday to Friday'),
    holidays: list(date).default([]).describe('dates on which none is expected'),
    timeZone,
  })
    .optional()
    .describe('mail that fits `where` is to come'),
  run: section({
    within: duration({ min: 60_000, max: 7 * DAY })
      .prefault('30m')
      .describe('after its last message'),
  })
    .optional()
    .describe('a run is to have as many messages as X-Relais-Run says'),
}).superRefine(assertOneOf(['mail', 'run']));

const group = z.union(
  [
    z.literal('each'),
    section({
      by: list(oneOf(SIGNAL_GROUP_KEYS)).default(['cause']).describe('what makes events one signal; an empty list: all of the rule'),
      within: duration({ min: 60_000, max: 31 * DAY })
        .prefault('1d')
        .describe('what joins a signal that was told is told of after this time'),
      wait: duration({ max: DAY }).prefault(0).describe('how long events are gathered before anything is told'),
    }),
  ],
  { error: 'each, or a mapping with the keys by, within, wait' },
);

const language = oneOf(LANGUAGES);

const WEBHOOK_SECRET = 'whsec_ and 24 to 64 octets in base64 (`openssl rand -base64 32` makes some)';
const webhookSecret = z
  .string({ error: WEBHOOK_SECRET })
  .refine((value) => /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(value) && isKeyLength(Buffer.from(value.slice(6), 'base64').length), {
    error: WEBHOOK_SECRET,
  });

function isKeyLength(octets: number): boolean {
  return octets >= 24 && octets <= 64;
}

const webhook = section({
  url: url(),
  format: oneOf(['standard', 'slack', 'mattermost', 'teams'])
    .default('standard')
    .describe('standard: Standard Webhooks; the others: what incoming webhooks of these take'),
  secret: webhookSecret.optional(),
  secrets: list(webhookSecret, 1).max(2, { error: 'one secret, or two while one is rotated' }).optional(),
  allowPrivate: yesNo().default(false).describe('loopback and private addresses may be called'),
  language: language.default('en').describe('of the words in it'),
});

const ADDRESS = text('a mail address', /^[^\s@]+@[^\s@]+$/);
const RECEIVER_ALLOWED = 'a mail address, sender (whoever sent the message) or owner (whom `owners` names)';
const receiver = text(RECEIVER_ALLOWED, /^(?:sender|owner|[^\s@]+@[^\s@]+)$/);

const mail = section({
  to: z.union([receiver.transform((value) => [value]), list(receiver, 1).max(50)], { error: `${RECEIVER_ALLOWED}, or a list of them` }),
  language: language.default('en').describe('for the addresses; a sender has its account’s, an owner its own'),
  account: text('the name of an account', /^\S+$/).default('default').describe('whose routes it takes'),
});

const PROGRAM_ALLOWED = 'the absolute path of a program';
const program = text(PROGRAM_ALLOWED, /^(?:\/|[A-Za-z]:\\)[^\r\n\0]+$/);
const command = z.union(
  [
    program.transform((value) => ({
      program: value,
      arguments: [] as string[],
      environment: {} as Record<string, string>,
      timeout: 30_000,
    })),
    section({
      program,
      arguments: list(z.string({ error: 'text' })).default([]),
      environment: z
        .record(text('the name of a variable', /^[A-Za-z_][A-Za-z0-9_]*$/), z.string({ error: 'text; numbers in quotes' }), {
          error: 'a mapping of variables',
        })
        .default({})
        .describe('beside PATH, LANG and RELAIS_*'),
      timeout: duration({ min: 1000, max: 600_000 }).prefault('30s').describe('after it the program is killed'),
    }),
  ],
  { error: `${PROGRAM_ALLOWED}, or a mapping with the keys program, arguments, environment, timeout` },
);

const channel = section({ webhook: webhook.optional(), mail: mail.optional(), command: command.optional() }).superRefine(
  assertOneOf(['webhook', 'mail', 'command']),
);

export const signal = section({
  name: NAME,
  on: list(oneOf(EVENT_TYPES), 1).optional().describe('events that it hears'),
  where: where.prefault({}),
  after: duration({ min: 1000, max: 60 * DAY })
    .optional()
    .describe('only what is still so after this time'),
  threshold: threshold.optional(),
  expect: expect.optional().describe('in place of `on`: tells when something does not happen'),
  group: group.optional().describe('default: each where only webhooks and commands are told, else by cause'),
  quiet: section({
    hours: hours.optional(),
    days: list(weekday).default([]).describe('days on which nothing is told at all'),
    timeZone,
  })
    .optional()
    .describe('when nothing is told; what is still open then is told afterwards'),
  digest: section({
    every: oneOf(['day', 'week']),
    at: timeOfDay().prefault('08:00'),
    on: weekday.default('mon').describe('with every: week'),
    timeZone,
  })
    .optional()
    .describe('one message of all that is new, in place of one for each signal'),
  repeat: duration({ min: 60_000, max: 31 * DAY })
    .optional()
    .describe('told again after this time, until it is acknowledged or over'),
  escalate: section({ after: duration({ min: 60_000, max: 31 * DAY }), notify: list(channel, 1) })
    .optional()
    .describe('told to these as well when nobody acknowledged it for so long'),
  hold: yesNo()
    .default(false)
    .describe('with a threshold within a run: what waits of the run, and what still comes, is held until a person releases it'),
  notify: list(channel).default([]).describe('empty: shown on the page alone'),
});

export const owner = section({
  match: section({
    template: patterns('a template, or a pattern such as invoice*'),
    account: patterns('the name of an account, or a pattern such as erp-*', /^\S+$/),
    documentType: patterns('a document type, or a pattern'),
    sender: patterns('an address or pattern such as invoices@example.com or *@example.com', /^(?:\*|[^\s@]+@[^\s@]+)$/),
    class: patterns('a class of X-Relais-Class, or a pattern such as payslip*', /^\S+$/),
  }).prefault({}),
  mail: z.union([ADDRESS.transform((value) => [value]), list(ADDRESS, 1).max(20)], { error: 'a mail address, or a list of them' }),
  language: language.default('en'),
});
