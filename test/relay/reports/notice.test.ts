import { describe, expect, it } from 'vitest';
import { parseReport } from '../../../src/relay/reports/parse.ts';
import { dsn, lines } from './mails.ts';

const RETURNED = [
  'Return-Path: <billing@example.com>',
  'Received: by relay.example.com; Fri, 1 May 2026 03:15:00 +0000',
  'From: billing@example.com',
  'To: ann@partner.example',
  'Message-ID: <original-1@erp.example>',
  'Subject: Invoice',
  '',
  'hello bob@nowhere.example',
];

function notice(...body: string[]): Buffer {
  return lines('From: MAILER-DAEMON@mx.example.net', 'To: billing@example.com', 'Subject: failure notice', '', ...body);
}

const bounce = (address: string, more: object = {}): object => ({ kind: 'bounce', recipients: [{ address, action: 'failed', ...more }] });

describe('reports for people alone', () => {
  it('qmail: addresses in brackets, each with its reason, and the returned message below', async () => {
    const report = await parseReport(
      notice(
        'Hi. This is the qmail-send program at mx.example.net.',
        '',
        '<ann@partner.example>:',
        '192.0.2.1 does not like recipient.',
        'Remote host said: 550 5.1.1 <ann@partner.example>... User unknown',
        '',
        '<bob@partner.example>:',
        'Remote host said: 552 5.2.2 mailbox full',
        '',
        '--- Below this line is a copy of the message.',
        '',
        ...RETURNED,
      ),
    );
    expect(report).toMatchObject({
      kind: 'bounce',
      originalMessageId: 'original-1@erp.example',
      returnPaths: ['billing@example.com'],
      recipients: [
        {
          address: 'ann@partner.example',
          status: '5.1.1',
          replyCode: 550,
          category: 'mailbox-unknown',
          addressInvalid: true,
          permanent: true,
        },
        { address: 'bob@partner.example', status: '5.2.2', replyCode: 552, category: 'mailbox-full', addressInvalid: false },
      ],
    });
  });

  it('an address of the sender itself is a recipient where it can be nothing else', async () => {
    expect(await parseReport(notice('<billing@example.com>:', 'Remote host said: 552 mailbox full'))).toMatchObject(
      bounce('billing@example.com', { category: 'mailbox-full' }),
    );
  });

  it('Exim: X-Failed-Recipients counts, the reason stands below the address', async () => {
    const report = await parseReport(
      lines(
        'From: Mail Delivery System <Mailer-Daemon@mx.example.net>',
        'To: billing@example.com',
        'X-Failed-Recipients: ann@partner.example',
        'Subject: Mail delivery failed: returning message to sender',
        '',
        'This message was created automatically by mail delivery software.',
        '',
        '  ann@partner.example',
        '    (generated from team@partner.example)',
        '    host mx.partner.example [192.0.2.1]: 550 5.1.1 no such user',
        '',
        '------ This is a copy of the message, including all the headers. ------',
        '',
        ...RETURNED,
      ),
    );
    expect(report).toMatchObject(bounce('ann@partner.example', { status: '5.1.1', category: 'mailbox-unknown' }));
    expect(report.recipients).toHaveLength(1);
  });

  it('a gateway: the reason above, the recipient in a running text', async () => {
    const report = await parseReport(
      notice(
        'Your message could not be delivered to <ann@partner.example> because',
        '550 5.7.1 message content rejected as spam',
        '',
        ...RETURNED,
      ),
    );
    expect(report).toMatchObject(bounce('ann@partner.example', { status: '5.7.1', category: 'spam', addressInvalid: false }));
  });

  it('a delay is no failure', async () => {
    const report = await parseReport(
      notice(
        'This is a warning only. Your message could not be delivered yet; delivery will be retried.',
        '',
        '<ann@partner.example>:',
        'connection timed out',
        '',
        ...RETURNED,
      ),
    );
    expect(report).toMatchObject({
      kind: 'delayed',
      recipients: [{ address: 'ann@partner.example', action: 'delayed', permanent: false }],
    });
  });

  it('a delivery status whose MIME is lost is read from the text', async () => {
    const text = dsn().toString();
    const lost = Buffer.from(text.replace('boundary="b1"', 'boundary="gone"'));
    expect(await parseReport(lost)).toMatchObject({
      kind: 'bounce',
      reportingMta: 'mx.partner.example',
      recipients: [{ address: 'ann@partner.example', status: '5.1.1', diagnostic: '550 5.1.1 <ann@partner.example>: user unknown' }],
    });
  });

  it('a delivery status without a diagnostic takes the reason from the part for people', async () => {
    const text = dsn({ status: '5.0.0' })
      .toString()
      .replace(/Diagnostic-Code: .*\r\n/, '')
      .replace('This is the mail system at host mx.partner.example.', '<ann@partner.example>: 552 5.2.2 mailbox full');
    expect(await parseReport(Buffer.from(text))).toMatchObject(
      bounce('ann@partner.example', { category: 'mailbox-full', status: '5.2.2' }),
    );
  });

  it('a delivery status about a file takes the reason from the paragraph that names the address', async () => {
    const text = dsn({ status: '5.0.0' })
      .toString()
      .replace(/Diagnostic-Code: .*\r\n/, '')
      .replace('Final-Recipient: rfc822; ann@partner.example', 'Final-Recipient: rfc822;/var/spool/ann')
      .replace(
        'This is the mail system at host mx.partner.example.',
        'Sorry.\r\n\r\n  save to /var/spool/ann\r\n    generated by ann@partner.example\r\n    mailbox is full: retry timeout exceeded\r\n\r\nBye.',
      );
    expect(await parseReport(Buffer.from(text))).toMatchObject(bounce('ann@partner.example', { category: 'mailbox-full' }));
  });

  it('sendmail: each address ends its session, whose last command and reply stand above it', async () => {
    const report = await parseReport(
      notice(
        '   ----- Transcript of session follows -----',
        'While talking to mx.a.example:',
        '>>> MAIL From:<billing@example.com>',
        '<<< 501 <billing@example.com>... no access from mail server [192.0.2.55] which is an open relay.',
        '554 <ann@a.example>... Remote protocol error',
        '554 <bob@b.example>... 550 Host unknown (Authoritative answer from name server)',
        'While talking to mx.c.example:',
        '>>> RCPT To:<carl@c.example>',
        '<<< 550 <carl@c.example>... User unknown',
        '550 <carl@c.example>... User unknown',
        '',
        '   ----- Unsent message follows -----',
        ...RETURNED,
      ),
    );
    expect(report.recipients).toMatchObject([
      { address: 'ann@a.example', category: 'policy', addressInvalid: false },
      { address: 'bob@b.example', category: 'domain-unknown', addressInvalid: true },
      { address: 'carl@c.example', category: 'mailbox-unknown', addressInvalid: true },
    ]);
  });

  it('its own header, repeated in the text, is not the returned message', async () => {
    const repeated = ['To: billing@example.com', 'CC:', 'Date: Friday, May 1, 2026', 'Subject: failure notice'];
    const report = await parseReport(
      notice('Saved.', '', ...repeated, '', 'undeliverable to ann@partner.example', '', '550-REJECTED - blacklisted URL in message'),
    );
    expect(report).toMatchObject(bounce('ann@partner.example', { category: 'spam' }));
    const foreign = repeated.with(0, 'To: ann@partner.example');
    expect(await parseReport(notice('Sorry, it failed.', '', ...foreign, '', 'not about bob@nowhere.example'))).toMatchObject(
      bounce('ann@partner.example'),
    );
  });

  it.each([
    ['ann@partner.example', { category: 'mailbox-unknown', addressInvalid: true, status: '5.1.1' }],
    ['bob@partner.example', { category: 'unknown', addressInvalid: false, status: null }],
  ])('a gateway that tells no reason passes the notice on that does, of the same address: %s', async (address, want) => {
    const report = await parseReport(
      lines(
        'From: MAILER-DAEMON@gateway.example.net',
        'To: billing@example.com',
        'Subject: Mail could not be delivered',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary="b1"',
        '',
        '--b1',
        'Content-Type: text/plain',
        '',
        `Reason: unable to deliver message to <${address}>.`,
        '--b1',
        'Content-Type: message/rfc822',
        '',
        ...RETURNED.slice(2, 6),
        '',
        '... while talking to mx.partner.example:',
        '>>> RCPT To:<ann@partner.example>',
        '<<< 550 5.1.1 <ann@partner.example>... Invalid recipient',
        '--b1--',
      ),
    );
    expect(report).toMatchObject(bounce(address, want));
  });

  it('an automatic field on it does not make a bounce an automatic reply', async () => {
    const raw = Buffer.concat([
      Buffer.from('Auto-Submitted: auto-replied\r\n'),
      notice('<ann@partner.example>:', '550 5.1.1 no such user', '', ...RETURNED),
    ]);
    expect(await parseReport(raw)).toMatchObject({ kind: 'bounce' });
  });

  it('what a person writes is no bounce, whatever addresses and codes are in it', async () => {
    const raw = lines(
      'From: Ann <ann@partner.example>',
      'Subject: Re: Invoice',
      '',
      '<bob@partner.example>: 550 5.1.1 no such user',
      '',
      ...RETURNED,
    );
    expect(await parseReport(raw)).toMatchObject({ kind: 'none', recipients: [] });
  });

  it('a mail system that names nobody has nothing to say', async () => {
    expect(await parseReport(notice('Something went wrong.'))).toMatchObject({ kind: 'none', recipients: [] });
  });

  it("Microsoft's junk reports are complaints", async () => {
    const raw = lines(
      'From: staff@hotmail.example',
      'Subject: complaint about message from 192.0.2.1',
      'Content-Type: multipart/mixed; boundary="j"',
      '',
      '--j',
      'Content-Type: message/rfc822',
      '',
      'X-HmXmrOriginalRecipient: <ann@partner.example>',
      ...RETURNED,
      '--j--',
    );
    expect(await parseReport(raw)).toMatchObject({
      kind: 'complaint',
      recipients: [{ address: 'ann@partner.example', action: 'complaint' }],
    });
  });

  it.each([
    ['after end of data: 550 user unknown', false],
    ['after RCPT TO:<ann@partner.example>: 550 user unknown', true],
    ['after MAIL FROM:<billing@example.com>: 550 user unknown', false],
    ['550 5.1.1 user unknown (in reply to end of DATA command)', true],
  ])('whether an address is dead depends on what was refused: %s', async (reason, addressInvalid) => {
    expect(await parseReport(notice('<ann@partner.example>:', reason, '', ...RETURNED))).toMatchObject(
      bounce('ann@partner.example', { addressInvalid }),
    );
  });

  it.each([
    'retry timeout exceeded',
    'message has expired',
    "I'm not going to try again; this message has been in the queue too long.",
    'connect to mx.partner.example[192.0.2.1]:25: Connection timed out',
  ])('that time ran out is transient: %s', async (reason) => {
    expect(await parseReport(notice('<ann@partner.example>:', reason, '', ...RETURNED))).toMatchObject(
      bounce('ann@partner.example', { category: 'transient', addressInvalid: false }),
    );
  });

  it('R35 takes no time over what is made to take it', async () => {
    const hostile = [
      '<'.repeat(60_000),
      'a@'.repeat(30_000),
      `${'a'.repeat(60_000)}@`,
      'To: '.repeat(15_000),
      Array.from({ length: 5000 }, (_, n) => `<r${n}@partner.example>:`).join('\r\n'),
      Array.from({ length: 5000 }, () => 'From: x').join('\r\n'),
      'delivery '.repeat(7000),
    ];
    for (const text of hostile) {
      const began = performance.now();
      await parseReport(notice(text));
      await parseReport(lines('From: x@y.example', `Subject: ${text.slice(0, 20_000).replace(/\r\n/g, ' ')}`, '', text));
      expect(performance.now() - began, text.slice(0, 20)).toBeLessThan(1500);
    }
  });
});
