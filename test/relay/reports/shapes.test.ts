/** Shapes of reports beyond RFC 3464: what gateways, providers and responders write, in words of our own. */
import { describe, expect, it } from 'vitest';
import { parseReport } from '../../../src/relay/reports/parse.ts';
import { lines } from './mails.ts';

const RETURNED = [
  'Return-Path: <billing@erp.example>',
  'From: Billing <billing@erp.example>',
  'To: ann@partner.example',
  'Subject: Invoice 7',
  'Date: Mon, 2 Nov 2026 10:00:00 +0000',
  'Message-ID: <invoice-7@erp.example>',
  'MIME-Version: 1.0',
];
const STATUS = [
  'Reporting-MTA: dns; mx.partner.example',
  '',
  'Final-Recipient: rfc822; ann@partner.example',
  'Action: failed',
  'Status: 5.1.1',
  'Diagnostic-Code: smtp; 550 5.1.1 no such person here',
];

function multipart(head: readonly string[], ...parts: readonly (readonly string[])[]): Buffer {
  return lines(
    ...head,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b1"',
    '',
    ...parts.flatMap((part) => ['--b1', ...part]),
    '--b1--',
  );
}

const FROM_SYSTEM = [
  'From: Mail Delivery System <mailer-daemon@mx.partner.example>',
  'To: billing@erp.example',
  'Subject: Undelivered mail',
];

describe('the returned header is found', () => {
  const status = ['Content-Type: message/delivery-status', '', ...STATUS, ''];
  it.each<[string, readonly (readonly string[])[]]>([
    ['in a part of its own', [status, ['Content-Type: text/rfc822-headers', '', ...RETURNED, '']]],
    ['in a part of another type', [status, ['Content-Type: message/partial', '', ...RETURNED, '']]],
    [
      'in an attached text',
      [
        status,
        ['Content-Type: text/plain; name="headers.txt"', 'Content-Disposition: attachment; filename="headers.txt"', '', ...RETURNED, ''],
      ],
    ],
    [
      'below the delivery status, where the boundary is another',
      [[...status, '--b2', 'Content-Type: message/rfc822', '', ...RETURNED, '', 'body']],
    ],
    [
      'quoted in the text for people',
      [['Content-Type: text/plain', '', 'This is about:', '', ...RETURNED.map((line) => `  > ${line}`), '', 'It is late.'], status],
    ],
  ])('%s', async (_, parts) => {
    const report = await parseReport(multipart(FROM_SYSTEM, ...parts));
    expect(report).toMatchObject({ kind: 'bounce', originalMessageId: 'invoice-7@erp.example' });
    expect(report.recipients).toMatchObject([{ address: 'ann@partner.example', status: '5.1.1', addressInvalid: true }]);
  });

  it('is not needed where the report says what it answers', async () => {
    const report = await parseReport(multipart([...FROM_SYSTEM, 'In-Reply-To: <invoice-7@erp.example>'], status));
    expect(report.originalMessageId).toBe('invoice-7@erp.example');
  });
});

describe('R35 hostile text', () => {
  it.each<[string, string]>([
    ['empty lines', '\n'.repeat(64_000)],
    ['marks of quoting', `${'> '.repeat(32_000)}\n`.repeat(2)],
    ['lines that are nearly fields', 'From\n'.repeat(12_000)],
    ['braces', '{"Message":'.repeat(6_000)],
  ])('takes no time: %s', async (_, text) => {
    const began = performance.now();
    await parseReport(lines(...FROM_SYSTEM, 'Auto-Submitted: auto-replied', '', text));
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});

describe('a notice by a machine', () => {
  const parts = (sentence: string): readonly (readonly string[])[] => [
    ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', sentence, '', 'ann@partner.example', ''],
    ['Content-Type: message/rfc822', '', ...RETURNED, '', 'hello', ''],
  ];
  const SENTENCES = [
    'Your mail could not be delivered to the address below.',
    'We were unable to deliver your message.',
    'Ihre Nachricht konnte nicht zugestellt werden.',
    "Votre message n'a pas pu être remis au destinataire.",
    'Uw bericht kon niet worden bezorgd, het is niet bezorgd.',
    'No se pudo entregar el mensaje.',
    'Non è stato possibile consegnare il messaggio.',
    'Não foi possível entregar a mensagem.',
    'Wiadomość nie została dostarczona.',
    'Сообщение не было доставлено.',
    '送信できませんでした。',
    '您的邮件无法投递。',
  ];
  it.each(SENTENCES)('is known by what it says: %s', async (sentence) => {
    const head = ['From: no-reply@mail.partner.example', 'To: billing@erp.example', 'Subject: Mail'];
    const report = await parseReport(multipart(head, ...parts(sentence)));
    expect(report).toMatchObject({ kind: 'bounce', originalMessageId: 'invoice-7@erp.example' });
    expect(report.recipients.map(({ address }) => address)).toEqual(['ann@partner.example']);
  });

  it('is none when a person writes the same', async () => {
    const head = ['From: Bob <bob@customer.example>', 'To: billing@erp.example', 'Subject: your mail'];
    expect(await parseReport(multipart(head, ...parts('Your mail could not be delivered to the address below.')))).toMatchObject({
      kind: 'none',
    });
  });

  it('that was wrapped by a gateway, which names nobody, is read inside', async () => {
    const inner = [
      'From: Mail Delivery System <mailer-daemon@mx.partner.example>',
      'To: billing@erp.example',
      'Subject: Undelivered mail',
      'Message-ID: <inner@mx.partner.example>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b2"',
      '',
      '--b2',
      'Content-Type: message/delivery-status',
      '',
      ...STATUS,
      '',
      '--b2',
      'Content-Type: text/rfc822-headers',
      '',
      ...RETURNED,
      '',
      '--b2--',
    ];
    const text = ['Content-Type: text/plain', '', 'The addresses below had permanent errors:', ''];
    const wrapped = multipart(FROM_SYSTEM, text, ['Content-Type: message/rfc822', '', ...inner]);
    expect(await parseReport(wrapped)).toMatchObject({
      kind: 'bounce',
      originalMessageId: 'invoice-7@erp.example',
      recipients: [{ address: 'ann@partner.example' }],
    });
    const forwarded = multipart(['From: Bob <bob@customer.example>', 'Subject: Fwd'], text, ['Content-Type: message/rfc822', '', ...inner]);
    expect(await parseReport(forwarded)).toMatchObject({ kind: 'none' });
  });

  it('whose text is taken for a file, because a semicolon is lost, is read', async () => {
    const report = await parseReport(
      multipart(
        FROM_SYSTEM,
        [
          'Content-Type: text/plain',
          '   charset="us-ascii"',
          '',
          'The following addresses had errors',
          '',
          'ann@partner.example [User unknown]',
          '',
        ],
        ['Content-Type: text/plain', '', 'hello', ''],
      ),
    );
    expect(report.recipients).toMatchObject([{ address: 'ann@partner.example', category: 'mailbox-unknown' }]);
  });

  it('gives the reason that stands above the list of recipients', async () => {
    const report = await parseReport(
      lines(
        ...FROM_SYSTEM,
        '',
        'Could not be delivered because of',
        '',
        '550 5.1.1 User unknown',
        '',
        'Affected:',
        '  ann@partner.example',
        '',
        'More about this',
        'Remote host: 192.0.2.1',
      ),
    );
    expect(report.recipients).toMatchObject([{ address: 'ann@partner.example', status: '5.1.1', replyCode: 550 }]);
  });

  it('is found in the text of another that says nothing of its own', async () => {
    const report = await parseReport(
      lines(
        ...FROM_SYSTEM,
        '',
        'A report was passed on. Ask <support@isp.example>.',
        '',
        '-----',
        ...RETURNED.slice(1),
        '',
        ...STATUS.map((line) => line),
      ),
    );
    expect(report.recipients).toMatchObject([{ address: 'ann@partner.example', status: '5.1.1' }]);
  });
});

describe('recipients', () => {
  const dsn = (final: string, ...head: readonly string[]): Buffer =>
    multipart(
      [...FROM_SYSTEM, ...head],
      [
        'Content-Type: text/plain',
        '',
        'The following failed:',
        '',
        '  pipe to |/usr/bin/filter',
        '    generated by list@partner.example',
        '',
      ],
      [
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.partner.example',
        '',
        `Final-Recipient: rfc822; ${final}`,
        'Action: failed',
        'Status: 5.0.0',
        '',
      ],
    );

  it('a program or a file that an alias led to is told by the address that led there', async () => {
    expect((await parseReport(dsn('|/usr/bin/filter'))).recipients[0]?.address).toBe('list@partner.example');
    expect((await parseReport(dsn('/var/mail/ann', 'X-Failed-Recipients: ann@partner.example'))).recipients[0]?.address).toBe(
      'ann@partner.example',
    );
  });

  it('quotes of a quoted local part belong to the address', async () => {
    expect((await parseReport(dsn('"ann..b"@partner.example'))).recipients[0]?.address).toBe('"ann..b"@partner.example');
    expect((await parseReport(dsn('"ann@partner.example"'))).recipients[0]?.address).toBe('ann@partner.example');
    expect((await parseReport(dsn('<ann@partner.example>'))).recipients[0]?.address).toBe('ann@partner.example');
  });
});

describe('a disposition notification', () => {
  const mdn = (type: string): Buffer =>
    lines(
      'From: Ann <ann@partner.example>',
      'To: billing@erp.example',
      'Subject: Read: Invoice 7',
      'MIME-Version: 1.0',
      `Content-Type: ${type}; boundary="b1"`,
      '',
      '--b1',
      'Content-Type: text/plain',
      '',
      'Your message was displayed.',
      '--b1',
      'Content-Type: message/disposition-notification',
      '',
      'Reporting-UA: mail.partner.example; Mailer',
      'Original-Recipient: rfc822;sales@partner.example',
      'Final-Recipient: rfc822;ann.b@partner.example',
      'Original-Message-ID: <invoice-7@erp.example>',
      'Disposition: manual-action/MDN-sent-manually; displayed',
      '--b1--',
    );
  it.each(['multipart/report; report-type=disposition-notification', 'multipart/mixed'])(
    'is a reply, and no word on the delivery: %s',
    async (type) => {
      expect(await parseReport(mdn(type))).toMatchObject({
        kind: 'auto-reply',
        originalMessageId: 'invoice-7@erp.example',
        recipients: [{ address: 'ann.b@partner.example', action: 'auto-reply', diagnostic: 'manual-action/MDN-sent-manually; displayed' }],
        addresses: ['ann.b@partner.example', 'sales@partner.example'],
      });
    },
  );
});

describe('notifications of Amazon SES', () => {
  const mail = {
    messageId: '0102abc-000000',
    source: 'billing@erp.example',
    destination: ['ann@partner.example'],
    headers: [{ name: 'Message-ID', value: '<invoice-7@erp.example>' }],
    commonHeaders: { subject: 'Invoice 7' },
  };
  const HEAD = ['From: ses <no-reply@sns.amazonaws.com>', 'To: bounces@erp.example', 'Subject: AWS Notification Message', ''];
  const bounce = {
    notificationType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      reportingMTA: 'dns; a1.smtp-out.example',
      bouncedRecipients: [
        { emailAddress: 'ann@partner.example', action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
      ],
    },
    mail,
  };

  it.each<[string, string]>([
    ['by itself', JSON.stringify(bounce)],
    ['in its wrapper', JSON.stringify({ Type: 'Notification', MessageId: 'x', Message: JSON.stringify(bounce) }, null, 2)],
    ['folded on its way', JSON.stringify({ Type: 'Notification', Message: JSON.stringify(bounce) }).replace(/(.{120})/g, '$1\r\n ')],
    ['with a footer', `${JSON.stringify(bounce)}\r\n\r\n--\r\nIf you wish to stop receiving these, please click.`],
  ])('tell of a bounce: %s', async (_, body) => {
    expect(await parseReport(lines(...HEAD, body))).toMatchObject({
      kind: 'bounce',
      originalMessageId: 'invoice-7@erp.example',
      reportingMta: 'a1.smtp-out.example',
      recipients: [
        {
          address: 'ann@partner.example',
          action: 'failed',
          status: '5.1.1',
          replyCode: 550,
          category: 'mailbox-unknown',
          addressInvalid: true,
        },
      ],
    });
  });

  it('tell of deliveries, delays and complaints', async () => {
    const tell = (document: unknown): ReturnType<typeof parseReport> => parseReport(lines(...HEAD, JSON.stringify(document)));
    expect(
      await tell({ notificationType: 'Delivery', delivery: { recipients: ['ann@partner.example'], smtpResponse: '250 2.6.0 ok' }, mail }),
    ).toMatchObject({
      kind: 'delivered',
      recipients: [{ address: 'ann@partner.example', action: 'delivered' }],
    });
    expect(
      await tell({
        eventType: 'DeliveryDelay',
        deliveryDelay: { delayedRecipients: [{ emailAddress: 'ann@partner.example', status: '4.4.1' }] },
        mail,
      }),
    ).toMatchObject({ kind: 'delayed', recipients: [{ action: 'delayed', status: '4.4.1' }] });
    const complaint = { complainedRecipients: [{ emailAddress: 'ann@partner.example' }] };
    expect(await tell({ notificationType: 'Complaint', complaint, mail })).toMatchObject({
      kind: 'complaint',
      recipients: [{ action: 'complaint' }],
    });
    expect(
      await tell({ notificationType: 'Complaint', complaint: { ...complaint, complaintFeedbackType: 'not-spam' }, mail }),
    ).toMatchObject({ kind: 'none' });
  });

  it.each([
    '{',
    '{"notificationType":"Bounce"',
    '{"notificationType":"Bounce"}',
    '{"notificationType":"Nonsense","mail":7}',
    '{"Message":"{\\"Message\\""}',
    '{"__proto__":{"notificationType":"Bounce"}}',
  ])('are none where they are no such document: %s', async (body) => {
    expect((await parseReport(lines(...HEAD, body))).recipients).toEqual([]);
  });
});
