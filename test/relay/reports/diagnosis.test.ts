import { describe, expect, it } from 'vitest';
import type { EnhancedStatus } from '../../../src/domain/reply.ts';
import { diagnose, quotedReply, readTranscript } from '../../../src/relay/reports/diagnosis.ts';

type Row = { action?: 'failed' | 'delayed' | 'delivered'; status: EnhancedStatus | null; diagnostic: string | null; want: object };

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
  { status: '5.4.4', diagnostic: 'unable to look up host 250 times', want: { permanent: true, replyCode: null } },
];

describe('diagnose', () => {
  it.each(ROWS)('$action $status "$diagnostic"', ({ action = 'failed', status, diagnostic, want }) => {
    expect(diagnose({ action, status, diagnostic })).toMatchObject(want);
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
    ['<u@b.example>: host mx said: 550 User\n    unknown (in reply to RCPT TO\n    command)', '550 User unknown', 'rcpt'],
    ['<u@b.example>: host mx said: 550 User unknown', '550 User unknown', null],
    ['', null, null],
  ])('%j', (text, diagnostic, want) => {
    expect(readTranscript(text)(diagnostic)).toBe(want);
  });
});
