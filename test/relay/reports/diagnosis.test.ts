import { describe, expect, it } from 'vitest';
import { readBeside } from '../../../src/relay/reports/beside.ts';
import { type Circumstances, diagnose, quotedReply, readTranscript, type Told } from '../../../src/relay/reports/diagnosis.ts';

type Row = Omit<Told & Circumstances, 'action'> & { action?: 'failed' | 'delayed' | 'delivered'; want: object };

const ROWS: Row[] = [
  {
    status: '5.1.1',
    diagnostic: '550 5.1.1 <u@b.example>: user unknown',
    want: { category: 'mailbox-unknown', addressInvalid: true, permanent: true, replyCode: 550, status: '5.1.1' },
  },
  { status: '5.1.1', diagnostic: '552 5.1.1 mailbox is full', want: { category: 'mailbox-full', addressInvalid: false, permanent: true } },
  { status: '5.0.0', diagnostic: null, want: { category: 'unknown', addressInvalid: false, permanent: true, replyCode: null } },
  { status: '5.1.1', diagnostic: null, want: { category: 'mailbox-unknown', addressInvalid: true, permanent: true } },
  { status: null, diagnostic: '550', want: { category: 'unknown', addressInvalid: false, permanent: true, replyCode: 550 } },
  { status: null, diagnostic: null, want: { category: 'unknown', addressInvalid: false, permanent: true } },
  {
    status: '5.0.0',
    diagnostic: 'host mx.b.example[192.0.2.1] said: 550 5.7.1 blocked using zen.spamhaus.org (in reply to RCPT TO command)',
    want: { category: 'blocked', addressInvalid: false, permanent: true, replyCode: 550, status: '5.7.1' },
  },
  {
    status: '4.4.7',
    diagnostic: 'delivery temporarily suspended: connection timed out',
    want: { category: 'transient', permanent: false },
  },
  {
    action: 'delayed',
    status: '4.2.2',
    diagnostic: '452 4.2.2 over quota',
    want: { category: 'mailbox-full', permanent: false, replyCode: 452 },
  },
  { action: 'delayed', status: '5.1.1', diagnostic: null, want: { addressInvalid: false, permanent: false } },
  { action: 'delivered', status: '2.0.0', diagnostic: '250 2.0.0 Ok', want: { category: 'unknown', permanent: false } },
  {
    status: '5.1.0',
    diagnostic: "5.1.0 - Unknown address error 550-'5.7.1 <u@b.example>... Access denied' (delivery attempts: 0)",
    want: { category: 'policy', addressInvalid: false, status: '5.7.1', replyCode: 550 },
  },
  {
    status: '4.4.7',
    diagnostic: '554 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.2 Connection timed out>',
    want: { category: 'transient', addressInvalid: false, status: '4.4.2' },
  },
  // Proof of a dead address, and what is none.
  { status: '5.0.0', diagnostic: '550 <u@b.example>: User unknown (in reply to RCPT TO command)', want: { addressInvalid: true } },
  { status: '5.0.0', diagnostic: '550 <u@b.example>: User unknown (in reply to end of DATA command)', want: { addressInvalid: false } },
  { status: '5.1.1', diagnostic: '550 5.1.1 User unknown (in reply to end of DATA command)', want: { addressInvalid: true } },
  { status: '5.0.0', diagnostic: '550 <u@b.example>: User unknown', want: { category: 'mailbox-unknown', addressInvalid: false } },
  { status: '5.0.0', diagnostic: 'after MAIL FROM:<s@a.example>: 550 User unknown', want: { category: 'policy', addressInvalid: false } },
  { status: null, diagnostic: 'User u (u@b.example) not listed in Domino Directory', want: { addressInvalid: true } },
  { status: '4.1.1', diagnostic: '450 4.1.1 User unknown in virtual alias table', want: { addressInvalid: true, permanent: false } },
  { status: '4.4.4', diagnostic: 'Host or domain name not found', want: { category: 'domain-unknown', addressInvalid: false } },
  // The comment behind a status that says nothing tells the command; a status of its own says more.
  {
    status: '5.0.0',
    remark: 'Remote SMTP server has rejected address',
    diagnostic: '550 <u@b.example>: User unknown',
    want: { addressInvalid: true },
  },
  {
    status: '5.7.1',
    remark: 'Remote SMTP server has rejected address',
    diagnostic: '550 5.7.1 User unknown',
    want: { addressInvalid: false },
  },
  {
    status: '5.0.0',
    remark: 'Remote SMTP server has rejected address',
    diagnostic: '550 5.2.1 User unknown',
    want: { addressInvalid: false },
  },
  // A status about addresses, and the address named: DATA is answered for all alike.
  { status: '5.1.351', diagnostic: '550 5.1.351 Remote server said -> 550 <u@b.example>: User unknown', want: { addressInvalid: true } },
  { status: '5.1.351', diagnostic: '550 5.1.351 Remote server said -> 550 : User unknown', want: { addressInvalid: false } },
  { status: '5.1.8', diagnostic: '550 5.1.8 <s@a.example>: user unknown', want: { addressInvalid: false } },
  // A code of the provider's own, and a sentence about the account, mean the same after DATA.
  { status: '5.5.0', diagnostic: '550 5.5.0 Invalid recipient. LPN007_416', refusedAt: 'data', want: { addressInvalid: true } },
  {
    status: '5.0.0',
    diagnostic: "554 This user doesn't have a b.example account (u@b.example)",
    refusedAt: 'data',
    want: { addressInvalid: true },
  },
  {
    status: '5.0.0',
    diagnostic: '554 Unknown user u@b.example',
    refusedAt: 'data',
    want: { category: 'mailbox-unknown', addressInvalid: false },
  },
  // The address itself, and no other reason.
  { status: '5.0.0', diagnostic: '550 <u@b.example>: Recipient address rejected.', refusedAt: 'rcpt', want: { addressInvalid: true } },
  {
    status: '5.0.0',
    diagnostic: '550 <u@b.example>: Recipient address rejected. (in reply to RCPT TO command)',
    want: { addressInvalid: true },
  },
  { status: '5.0.0', diagnostic: '550 <u@b.example>: Recipient address rejected.', want: { addressInvalid: false } },
  {
    status: '5.7.1',
    diagnostic: '550 Recipient address rejected: Access denied',
    refusedAt: 'rcpt',
    want: { category: 'policy', addressInvalid: false },
  },
  { status: '5.3.0', diagnostic: 'SMTP:RCPT host 192.0.2.8: 553 5.3.0 <u@b.example>... No such user here', want: { addressInvalid: true } },
  // Words around a quotation are the reporting system's.
  {
    status: null,
    diagnostic:
      'It was rejected by the recipient domain. The error that the other server returned was: 550 550 5.1.1 user unknown (state 14).',
    want: { category: 'mailbox-unknown', addressInvalid: true, status: '5.1.1' },
  },
  {
    status: null,
    diagnostic:
      'It was rejected by the recipient domain. The error that the other server returned was: 500 Remote server does not support TLS.',
    want: { category: 'transient', addressInvalid: false },
  },
  {
    status: null,
    diagnostic: 'The mailbox is full. The server answered: 550 5.1.1 refusing',
    want: { category: 'mailbox-full', addressInvalid: false },
  },
  // Refused at once: the connecting host, whatever the words; but 421 is a server that goes.
  {
    status: '5.0.0',
    diagnostic: 'host mx.b.example refused to talk to me: 554 mx.b.example ESMTP not for you',
    want: { category: 'blocked' },
  },
  { status: '4.0.0', diagnostic: 'host mx.b.example refused to talk to me: 421 closing', want: { category: 'transient' } },
  { status: '5.0.0', diagnostic: 'after MAIL FROM:<s@a.example>: 550 not for you', want: { category: 'unknown' } },
  // The reporting system's own routing, and the recipient's server.
  { status: null, diagnostic: 'Unrouteable address', want: { category: 'domain-unknown', addressInvalid: true } },
  {
    status: null,
    diagnostic: 'after RCPT TO:<u@b.example>: 550 Unrouteable address',
    want: { category: 'mailbox-unknown', addressInvalid: true },
  },
  // What a transcript says before it comes to the failure.
  { status: null, diagnostic: 'Out: 250 2.1.5 Ok In: DATA Out: 451 4.3.0 Error: queue file write error', want: { status: '4.3.0' } },
  { status: '5.4.4', diagnostic: 'unable to look up host 250 times', want: { permanent: true, replyCode: null } },
];

describe('diagnose', () => {
  it.each(ROWS)('$action $status "$diagnostic"', ({ action = 'failed', want, ...told }) => {
    expect(diagnose({ ...told, action })).toMatchObject(want);
  });
  it.each([
    ['The account of this user is disabled.', { category: 'mailbox-disabled', addressInvalid: false }],
    ['Your message to <u> was automatically rejected:\nNot enough disk space', { category: 'mailbox-full', addressInvalid: false }],
    // What may be, what to do then, and what a reply says are other things.
    ['The account may be disabled, or the mailbox full.', { addressInvalid: true }],
    ['Please try later if the mailbox is full.', { addressInvalid: true }],
    ['<v@b.example>: host mx.b.example said: 552 5.2.2 mailbox full', { addressInvalid: true }],
    ['This is the mail system. The full message is attached.', { addressInvalid: true }],
  ])('the part for people beside "user unknown": %j', (text, want) => {
    const told = { action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 User unknown' } as const;
    expect(diagnose({ ...told, beside: readBeside(text.split('\n')) })).toMatchObject(want);
  });
  it.each([
    ['** Address not found **', '5.0.0', true],
    ['** Address not found **', '4.0.0', false],
    ['We do not know whether the address was not found or the server is busy', '5.0.0', false],
    ['** Message blocked **', '5.0.0', false],
  ] as const)('a heading beside a reply that proves nothing: %j, %s', (text, status, addressInvalid) => {
    const told = { action: 'failed', status, diagnostic: '550 <u@b.example>: User unknown' } as const;
    expect(diagnose({ ...told, beside: readBeside([text]) })).toMatchObject({ addressInvalid });
    expect(diagnose({ ...told, beside: readBeside([text]), refusedAt: 'data' })).toMatchObject({ addressInvalid: false });
  });
  it('how long it was tried, where no reason is known', () => {
    const told = { action: 'failed', status: null, diagnostic: 'Routing: no gateway' } as const;
    expect(diagnose({ ...told, beside: readBeside(['Delivery was aborted after 5.0 hour(s):']) })).toMatchObject({ category: 'transient' });
    expect(diagnose({ ...told, beside: readBeside(['Delivery was aborted']) })).toMatchObject({ category: 'unknown' });
  });
  it('takes the codes out that a multi-line reply repeats, and keeps its text', () => {
    const told = {
      action: 'failed',
      status: '5.1.1',
      diagnostic: '550-5.1.1 The email account 550-5.1.1 that you tried to reach 550 5.1.1 does not exist',
    } as const;
    expect(diagnose(told).diagnostic).toBe('550-5.1.1 The email account that you tried to reach does not exist');
    expect(quotedReply(told)).toEqual({ code: 550, status: '5.1.1', text: 'The email account that you tried to reach does not exist' });
  });
  it('quotes no reply where nothing failed', () => {
    expect(quotedReply({ action: 'delivered', status: '2.0.0', diagnostic: '250 2.0.0 Ok' })).toBe(null);
  });
  it('is one bounded line without controls, whatever the server wrote', () => {
    const { diagnostic } = diagnose({ action: 'failed', status: null, diagnostic: `550 a\r\nb\x1b[31m\0${'x'.repeat(9000)}` });
    expect(diagnostic).toMatch(/^550 a b \[31m x+$/);
    expect(diagnostic?.length).toBe(1000);
  });
});

it('tells which rule decided, what it found and what it overruled', () => {
  const { explanation } = diagnose({ action: 'failed', status: '5.1.1', diagnostic: '552 5.1.1 mailbox is full' });
  expect(explanation).toMatchObject({ rule: 'mailbox-full', matched: 'mailbox is full', refusedAt: null });
  expect(explanation?.overruled).toEqual(['the status 5.1.1 alone would mean mailbox-unknown (status-mailbox)']);
  const unproven = diagnose({ action: 'failed', status: '5.0.0', diagnostic: '550 User unknown (in reply to end of DATA command)' });
  expect(unproven.explanation?.overruled[0]).toMatch(/no proof that the address is dead: the server had taken the recipient/);
  expect(diagnose({ action: 'failed', status: null, diagnostic: 'whatever' }).explanation?.rule).toBe(null);
  expect(diagnose({ action: 'delivered', status: '2.0.0', diagnostic: '250 ok' }).explanation).toBe(null);
});

describe('readTranscript', () => {
  it.each([
    ['>>> RCPT To:<u@b.example>\n<<< 550 User unknown', '550 User unknown', 'rcpt'],
    ['>>> RCPT To:<u@b.example>\n<<< 250 ok\n>>> DATA\n<<< 550 User unknown', '550 User unknown', 'data'],
    ['>>> MAIL From:<s@a.example>\n<<< 550 go away', '550 go away', 'before-rcpt'],
    ['... while talking to mx.b.example.:\n<<< 554 not for you\n>>> QUIT', '554 not for you', 'greeting'],
    ['<<< 554 not for you', '554 not for you', null],
    ['<u@b.example>: host mx said: 550 User\n    unknown (in reply to RCPT TO\n    command)', '550 User unknown', 'rcpt'],
    ['<u@b.example>: host mx said: 550 User unknown', '550 User unknown', null],
    ['', null, null],
  ])('%j', (text, diagnostic, want) => {
    expect(readTranscript(text)(diagnostic)).toBe(want);
  });
});
