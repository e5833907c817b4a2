import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asksToSlow,
  type Category,
  classifyReply,
  formatReply,
  PHASES,
  type Phase,
  parseReply,
  splitStatus,
  type Verdict,
} from '../../src/domain/reply.ts';

describe('parseReply', () => {
  it.each<[string, string, ReturnType<typeof parseReply>]>([
    ['one line', '250 OK', { code: 250, status: null, text: 'OK' }],
    ['a status at the head', '550 5.1.1 No such user', { code: 550, status: '5.1.1', text: 'No such user' }],
    [
      'several lines, each with the status',
      '550-5.1.1 No such\r\n550 5.1.1 user\r\n',
      { code: 550, status: '5.1.1', text: 'No such user' },
    ],
    ['the status on a later line alone', '550-Hello\r\n550 5.7.1 blocked', { code: 550, status: '5.7.1', text: 'Hello blocked' }],
    ['a code without text', '250', { code: 250, status: null, text: '' }],
    ['a bare line feed', '451-one\n451 two', { code: 451, status: null, text: 'one two' }],
    ['a status with a hash sign', '550 #5.1.0 Address rejected', { code: 550, status: '5.1.0', text: 'Address rejected' }],
    ['a status in brackets at the end', '550 no mailbox (#5.1.1)', { code: 550, status: '5.1.1', text: 'no mailbox (#5.1.1)' }],
    ['leading zeros of a status', '550 5.01.001 x', { code: 550, status: '5.1.1', text: 'x' }],
    ['an address that looks like a status', '550 5.1.1.2 is listed', { code: 550, status: null, text: '5.1.1.2 is listed' }],
    ['a status of no class', '550 3.1.1 x', { code: 550, status: null, text: '3.1.1 x' }],
    ['control characters', '550 a\x1b[31mb\x07\x9fc', { code: 550, status: null, text: 'a [31mb c' }],
    ['a line without a code among others', '550-first\r\nstray\r\n550 last', { code: 550, status: null, text: 'first stray last' }],
    ['no code', 'hello', undefined],
    ['nothing', '', undefined],
    ['two digits', '55 x', undefined],
    ['four digits', '5500 x', undefined],
  ])('reads %s', (_name, raw, expected) => {
    expect(parseReply(raw)).toEqual(expected);
  });

  it('never throws, bounds the text and leaves no control character in it', () => {
    const raw = fc.oneof(
      fc.string({ maxLength: 3000, unit: 'binary' }),
      fc.string().map((text) => `550 ${text}`),
    );
    fc.assert(
      fc.property(raw, (text) => {
        const reply = parseReply(text);
        if (reply === undefined) return;
        expect(reply.text.length).toBeLessThanOrEqual(1000);
        expect(reply.text).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
        expect(reply.code).toBeGreaterThanOrEqual(0);
        expect(reply.code).toBeLessThanOrEqual(999);
      }),
    );
  });

  it('reads back what formatReply wrote', () => {
    const part = fc.integer({ min: 0, max: 999 });
    const status = fc.tuple(fc.constantFrom(2, 4, 5), part, part).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), status, fc.stringMatching(/^[a-z]+( [a-z]+)*$/), (code, given, text) => {
        const reply = parseReply(`${code} ${given} ${text}`);
        expect(reply).toBeDefined();
        if (reply !== undefined) expect(parseReply(formatReply(reply))).toEqual(reply);
      }),
    );
  });

  it('splits a status from its text', () => {
    expect(splitStatus(' 4.2.0: later')).toEqual({ status: '4.2.0', text: ': later' });
    expect(splitStatus('later')).toEqual({ status: null, text: 'later' });
  });
});

type Row = [raw: string, phase: Phase, kind: Verdict['kind'], category: Category, addressInvalid: boolean, infrastructure: boolean];

const rows = (
  kind: Verdict['kind'],
  category: Category,
  raws: readonly string[],
  rest: Partial<{ phase: Phase; dead: boolean; infra: boolean }> = {},
): Row[] => raws.map((raw) => [raw, rest.phase ?? 'rcpt', kind, category, rest.dead ?? false, rest.infra ?? false]);

/** Wordings as servers of many makes give them. */
const WORDINGS: readonly Row[] = [
  ...rows('positive', 'unknown', ['250 2.1.5 Ok', '251 User not local; will forward', '252 Cannot VRFY user', '200']),
  // Dead addresses.
  ...rows(
    'failure',
    'mailbox-unknown',
    [
      '550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
      '550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown in local recipient table',
      '550 5.1.1 <ann@example.com>... User unknown',
      '550-5.1.1 The email account that you tried to reach does not exist. Please try\r\n550 5.1.1 double-checking the address',
      '550 The email account that you tried to reach does not exist',
      '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
      '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found',
      '550 sorry, no mailbox here by that name. (#5.1.1)',
      '550 No such user here',
      '550 No Such User Here"',
      '550 Unrouteable address',
      '550 unknown user',
      '550 Requested action not taken: mailbox unavailable',
      '550 5.4.1 Recipient address rejected: Access denied. [XY1.eop]',
      '550 5.7.1 <ann@example.com>: Recipient address rejected: user unknown',
      '550 This address is no longer in use',
      '550 Invalid recipient',
      '550 5.1.1 ann User not listed in Domino Directory',
      "554 delivery error: dd This user doesn't have an example.com account (ann@example.com) [0]",
      '550 5.1.3 Bad destination mailbox address syntax',
      '550 5.1.6 recipient has moved',
      '550 <ann@example.com>: Mailbox does not exist',
      '550 Address unknown',
      '550 5.1.1 <spam@example.com>: User unknown',
      '550 5.1.1 <virus-reports@example.com> no such user',
      '550 5.1.1 Recipient <dmarc@dkim.example> does not exist',
      '553 5.1.1 unknown or illegal alias: ann',
      '550 5.1.1 unknown address: host mx.example.com said 550 user unknown',
    ],
    { dead: true },
  ),
  ...rows(
    'failure',
    'domain-unknown',
    [
      '550 5.1.2 Host unknown (Name server: example.invalid: host not found)',
      '550 5.1.2 <ann@example.invalid>: Recipient address rejected: Domain not found',
      '556 5.1.10 Recipient address has null MX',
      '556 Domain does not accept mail',
      '550 5.4.4 Host or domain name not found',
      '550 unrouteable mail domain "example.invalid"',
    ],
    { dead: true },
  ),
  // Of these nobody can be sure.
  ...rows('failure', 'mailbox-unknown', [
    '550',
    '550 mailbox unavailable',
    '550 5.5.0 mailbox unavailable',
    '550 #5.1.0 Address rejected.',
    '551 User not local; please try elsewhere',
  ]),
  // The quota of the recipient, whatever code stands before it.
  ...rows('failure', 'mailbox-full', [
    '552 5.2.2 <ann@example.com>: mailbox is full',
    '550 5.1.1 mailbox full',
    '550 5.1.1 <ann@example.com> Mailbox is full: user unknown to have free space',
    '552 Requested mail action aborted: exceeded storage allocation',
    '552-5.2.2 The email account that you tried to reach is over quota',
    '552 5.2.2 Quota exceeded (mailbox for user is full)',
    '554 5.2.2 mailbox size limit exceeded',
    '552 5.2.2 Over quota',
    "552 The recipient's inbox is out of storage space",
    '552',
  ]),
  ...rows('deferral', 'mailbox-full', [
    '452 4.2.2 Mailbox full',
    "452-4.2.2 The recipient's inbox is out of storage space",
    '422 4.2.2 user over quota',
  ]),
  ...rows('failure', 'mailbox-disabled', [
    '550 5.2.1 The email account that you tried to reach is disabled',
    '554 delivery error: This account has been disabled or discontinued',
    '550 5.2.1 Mailbox inactive',
    '550 5.1.1 mailbox suspended',
    '550 5.2.1 mailbox disabled, not accepting messages',
  ]),
  // Blocks are no dead addresses, whatever status they bear.
  ...rows('failure', 'blocked', [
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.dnsbl.example; listed in PBL',
    '550 5.1.1 Client host [192.0.2.1] blocked using bl.example.net',
    '550 5.7.1 Unfortunately, messages from [192.0.2.1] were not sent. Part of their network is on our block list',
    '554 5.7.1 rejected because 192.0.2.1 is listed at dnsbl.example',
    '550 5.7.606 Access denied, banned sending IP [192.0.2.1]',
    '550 5.1.1 rejected due to poor reputation',
    '553 5.7.1 Connections will not be accepted: the IP is in the Spamhaus list',
    '550 Your IP address is blacklisted',
    '554 Client host rejected: Access denied',
    '550 5.7.25 reverse DNS does not match',
    '550 5.7.1 Client host rejected: cannot find your reverse hostname',
  ]),
  ...rows('deferral', 'blocked', [
    '451 4.7.0 Messages temporarily deferred due to unexpected volume or user complaints',
    '451 4.7.650 The mail server has been temporarily rate limited due to IP reputation',
  ]),
  ...rows('failure', 'auth', [
    '550 5.7.26 This mail has been blocked because the sender is unauthenticated',
    '550 5.7.1 Message failed DMARC evaluation',
    '550 5.7.23 SPF validation failed',
  ]),
  ...rows(
    'failure',
    'spam',
    [
      '550 5.7.1 Our system has detected that this message is likely unsolicited mail',
      '554 5.7.1 Message rejected as spam',
      '550 antispam filter says no',
      '554 5.6.0 Message content rejected, id=1: bulk mail',
    ],
    { phase: 'final' },
  ),
  ...rows('failure', 'virus', ['554 5.7.1 Message contains a virus', '550 5.7.0 infected: Eicar malware'], { phase: 'final' }),
  ...rows(
    'failure',
    'too-big',
    [
      '552 5.3.4 Message size exceeds fixed limit',
      '552 5.3.4 Message too large',
      '552 5.2.3 larger than the current limit',
      '550 Maximum message size exceeded',
      '554 message exceeded max size',
    ],
    { phase: 'final' },
  ),
  ...rows('failure', 'too-big', ['552 5.3.4 Message size exceeds file system imposed limit', '552'], { phase: 'mail' }),
  ...rows('failure', 'policy', [
    '550 5.7.1 Relay access denied',
    '554 5.7.1 Access denied',
    '550 Administrative prohibition',
    '550 relay not permitted',
    '550 5.1.8 Sender address rejected: Domain not found',
    '550 Sender address rejected: Domain not found',
    '553 5.1.8 Domain of sender address x@example.com does not exist',
    '550 Sender verify failed',
    '550 Helo command rejected: Host not found',
    '550 5.7.1 From address invalid',
    '550 5.7.1 Recipient unknown, so says our policy',
    '550 5.6.1 media not supported',
  ]),
  ...rows('failure', 'policy', ['550 5.1.1 Sender unknown', '550 no such user', '553 sender not owned by user', '551 x'], {
    phase: 'mail',
  }),
  // What gets better by waiting is never a failure.
  ...rows('deferral', 'rate', [
    '550 5.7.1 rate limit exceeded, try later',
    '450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages',
    '550 5.2.1 The user you are trying to contact is receiving mail too quickly',
    '452 4.5.3 Too many recipients',
    '452',
    '451 4.7.0 Messages temporarily deferred due to unexpected volume',
    '550 5.7.28 unusual rate of mail',
  ]),
  ...rows(
    'deferral',
    'rate',
    [
      '550 5.4.5 Daily user sending limit exceeded',
      '454 4.7.0 Throttling failure: daily message quota exceeded',
      '550 5.4.5 Daily sending quota exceeded',
    ],
    { infra: true },
  ),
  ...rows('deferral', 'blocked', ['550 5.7.1 Your account has been suspended', '554 your SMTP account is disabled, call us'], {
    infra: true,
  }),
  ...rows('deferral', 'transient', [
    '451 4.7.1 Greylisting in action, please come back later',
    '450 4.2.0 <ann@example.com>: Recipient address rejected: Greylisted',
    '450 4.1.1 unverified address: Address verification in progress',
    '451 Requested action aborted: local error in processing',
    '452 4.3.1 Insufficient system storage',
    '450',
    '399 what',
    '354 go ahead',
    '600 beyond',
    '999 x',
    '000 x',
  ]),
  ...rows('deferral', 'mailbox-unknown', ['450 4.1.1 user unknown, perhaps']),
  ...rows('failure', 'unknown', ['554 5.0.0 Transaction failed', '554', '554 5.3.2 system does not accept', '554 5.4.6 Too many hops'], {
    phase: 'final',
  }),
  // Our credentials, our dialogue, the path.
  ...rows('deferral', 'transient', ['421 4.3.2 Service shutting down', '421'], { infra: true }),
  ...rows(
    'deferral',
    'auth',
    [
      '530 5.7.0 Authentication required',
      '503 5.5.1 Error: authentication required',
      '554 5.7.1 SMTP authentication is required',
      '535 5.7.8 credentials invalid',
    ],
    { infra: true },
  ),
  ...rows('deferral', 'auth', ['550 5.7.8 no'], { infra: true, phase: 'mail' }),
  ...rows('deferral', 'transient', ['503 5.5.1 bad sequence', '500 what', '502 never heard of'], { infra: true, phase: 'mail' }),
  ...rows('deferral', 'blocked', ['554 5.7.1 Client host [192.0.2.1] blocked using dnsbl.example'], { infra: true, phase: 'mail' }),
  ...rows('deferral', 'blocked', ['554 5.7.1 blocked using dnsbl.example'], { infra: true, phase: 'greeting' }),
  ...rows('failure', 'unknown', ['500 line too long for us'], { phase: 'final' }),
];

function verdictOf(raw: string, phase: Phase): Verdict {
  const reply = parseReply(raw);
  if (reply === undefined) throw new Error(`no reply: ${raw}`);
  return classifyReply(reply, phase);
}

describe('classifyReply', () => {
  it.each(WORDINGS)('%s at %s is a %s: %s', (raw, phase, kind, category, addressInvalid, infrastructure) => {
    expect(verdictOf(raw, phase)).toEqual({ kind, category, addressInvalid, infrastructure });
  });

  it('holds a smarthost that will not relay any more, and believes a recipient server that says so', () => {
    const reply = { code: 554, status: '5.7.1', text: '<ann@example.com>: Relay access denied' } as const;
    expect(classifyReply(reply, 'rcpt', 'provider')).toMatchObject({ kind: 'deferral', infrastructure: true });
    expect(classifyReply(reply, 'rcpt', 'recipient-server')).toMatchObject({ kind: 'failure', infrastructure: false, category: 'policy' });
  });

  it('reads a text without end in bounded time', () => {
    const reply = { code: 550, status: null, text: 'user '.repeat(400_000) } as const;
    const start = process.hrtime.bigint();
    classifyReply(reply, 'rcpt');
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(2000);
  });
});

/** Said to us by the recipient's server, in answer to RCPT or the final dot: whether it holds the hop, or fails the recipient. */
const SAID_TO_US: readonly [raw: string, infrastructure: boolean, slow: boolean][] = [
  // Our address, on somebody's list.
  ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.dnsbl.example; listed in PBL', true, false],
  ['550 5.7.1 Unfortunately, messages from [192.0.2.1] were not sent. Part of their network is on our block list (S3140)', true, false],
  ['550 5.7.606 Access denied, banned sending IP [192.0.2.1]', true, false],
  ['553 5.7.1 Connections will not be accepted: the IP is in the Spamhaus list', true, false],
  ['550 Your IP address is blacklisted', true, false],
  ['554 5.7.1 rejected because 192.0.2.1 is listed at dnsbl.example', true, false],
  ['550 5.7.1 [TSS09] All messages from 192.0.2.1 will be permanently deferred: poor reputation', true, false],
  ['451 4.7.1 Your server is on our block list, try later', true, true],
  // Not ours: the content's, the sender's domain, another's told.
  ['554 5.7.1 Message contains a URL listed in uribl.example: blocked, see 192.0.2.1', false, false],
  ['550 5.7.1 Message body contains a link to a blacklisted host', false, false],
  ['550 5.7.1 The domain of your message is on our block list', false, false],
  ['554 5.7.1 mx.example said: 550 Client host [192.0.2.9] blocked using bl.example', false, false],
  ['550 5.1.1 <ann@example.com>: user unknown', false, false],
  // Less of it, please.
  ['421 4.7.28 Our system has detected an unusual rate of unsolicited mail from your IP address', true, true],
  ['421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints', true, true],
  ['451 4.7.500 Server busy. Please try again later', false, true],
  ['451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation', true, true],
  ['450 4.7.0 too many connections from your host', false, true],
  ['452 4.3.1 Insufficient system storage', false, true],
  ['451 4.3.2 Please try again later', false, true],
  ['451 4.4.5 congestion', false, true],
  // What is said of one mailbox, one transaction, or every newcomer.
  ['450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages', false, false],
  ['452 4.2.2 The email account that you tried to reach is over quota', false, false],
  ['452 4.5.3 Too many recipients', false, false],
  ['451 4.7.1 Greylisting in action, please come back later', false, false],
  ['451 4.7.1 Please try again later', false, false],
  ['451 Requested action aborted: local error in processing', false, false],
];

describe('what a next hop says of us', () => {
  it.each(SAID_TO_US)('%s', (raw, infrastructure, slow) => {
    const reply = parseReply(raw);
    if (reply === undefined) throw new Error(`no reply: ${raw}`);
    for (const phase of ['rcpt', 'final'] as const) {
      const verdict = classifyReply(reply, phase, 'recipient-server');
      expect(verdict).toMatchObject({ infrastructure });
      if (infrastructure) expect(verdict.kind).toBe('deferral');
      expect(asksToSlow(reply, verdict.category, phase)).toBe(slow);
    }
  });
});

const words = fc.constantFrom(
  ...'user unknown mailbox full blocked spamhaus quota exceeded rate limit sender rejected domain not found disabled spf virus too large greylist policy'.split(
    ' ',
  ),
);
const anyReply = fc.record({
  code: fc.oneof(fc.integer({ min: 0, max: 999 }), fc.constantFrom(421, 450, 451, 452, 500, 503, 530, 535, 550, 552, 553, 554, 556)),
  status: fc.oneof(fc.constant(null), fc.constantFrom('5.1.1', '5.1.2', '5.2.2', '5.7.1', '4.7.1', '5.0.0') as fc.Arbitrary<'5.1.1'>),
  text: fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 8 }).map((parts) => parts.join(' ')),
  ),
});
const anyPhase = fc.constantFrom(...PHASES);

describe('classifyReply of a text that a report quotes', () => {
  it.each<[string, Category, boolean]>([
    ['host mx.example.com[192.0.2.1] said: 550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown', 'mailbox-unknown', true],
    ['host mx.example.com[192.0.2.1] refused to talk to me: 554 5.7.1 listed at dnsbl.example', 'blocked', false],
    ['Host or domain name not found. Name service error for name=example.invalid type=A', 'domain-unknown', true],
    ['mail for example.com loops back to myself: mail loop', 'unknown', false],
  ])('%s: %s', (text, category, addressInvalid) => {
    expect(classifyReply({ code: 550, status: null, text }, 'final')).toMatchObject({ category, addressInvalid });
  });
});

it('classifyReply takes the access-denied of a directory for an unknown mailbox', () => {
  const reply = { code: 550, status: '5.4.1', text: '<ann@example.com>: Recipient address rejected: Access denied' } as const;
  expect(classifyReply(reply, 'final')).toMatchObject({ category: 'mailbox-unknown', addressInvalid: true });
});

describe('classifyReply, whatever is said', () => {
  const property = (check: (verdict: Verdict, reply: { code: number; text: string }, phase: Phase) => void): void => {
    fc.assert(
      fc.property(anyReply, anyPhase, (reply, phase) => check(classifyReply(reply, phase), reply, phase)),
      { numRuns: 500 },
    );
  };

  it('fails a recipient only by a 5xx, and is positive only by a 2xx', () => {
    property((verdict, { code }) => {
      if (verdict.kind === 'failure') expect(Math.floor(code / 100)).toBe(5);
      expect(verdict.kind === 'positive').toBe(Math.floor(code / 100) === 2);
    });
  });

  it('never fails a recipient for a fault of the path, for 421, 530 or 535', () => {
    property((verdict, { code }, phase) => {
      if (verdict.infrastructure) expect(verdict.kind).toBe('deferral');
      if ([421, 530, 534, 535, 538].includes(code)) expect(verdict).toMatchObject({ kind: 'deferral', infrastructure: true });
      if (['dns', 'connect', 'greeting', 'ehlo', 'starttls', 'auth', 'local'].includes(phase)) expect(verdict.kind).not.toBe('failure');
    });
  });

  it('calls an address invalid only when it failed as unknown', () => {
    property((verdict) => {
      if (!verdict.addressInvalid) return;
      expect(verdict.kind).toBe('failure');
      expect(['mailbox-unknown', 'domain-unknown']).toContain(verdict.category);
    });
  });

  it('never calls an address invalid where a blocking list or a quota is named', () => {
    property((verdict, { text }) => {
      if (/\b(?:spamhaus|quota)\b/.test(text)) expect(verdict.addressInvalid).toBe(false);
    });
  });

  it('names no failure transient and no deferral unknown', () => {
    property(({ kind, category }) => {
      if (kind === 'failure') expect(category).not.toBe('transient');
      if (kind === 'deferral') expect(category).not.toBe('unknown');
    });
  });
});
