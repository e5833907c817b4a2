import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withLineFeeds } from '../../../src/relay/reports/mime.ts';
import { parseReport } from '../../../src/relay/reports/parse.ts';
import { autoReply, complaint, dsn, lines } from './mails.ts';

describe('parseReport', () => {
  it('reads a bounce', async () => {
    expect(await parseReport(dsn({ envelopeId: 'ENV-1', originalRecipient: 'anna@example.org' }))).toMatchObject({
      kind: 'bounce',
      subject: 'Undelivered Mail Returned to Sender',
      originalMessageId: 'original-1@erp.example',
      envelopeId: 'ENV-1',
      reportingMta: 'mx.partner.example',
      recipients: [
        {
          address: 'ann@partner.example',
          action: 'failed',
          status: '5.1.1',
          replyCode: 550,
          category: 'mailbox-unknown',
          addressInvalid: true,
          permanent: true,
          diagnostic: '550 5.1.1 <ann@partner.example>: user unknown',
        },
      ],
      trouble: null,
      returnPaths: [],
      addresses: ['ann@partner.example', 'anna@example.org'],
    });
  });

  it.each([
    ['delayed', '4.4.1', 'delayed'],
    ['delivered', '2.0.0', 'delivered'],
    ['relayed', '2.0.0', 'delivered'],
    ['expanded', '2.0.0', 'delivered'],
  ])('an action %s makes it %s', async (action, status, kind) => {
    expect(await parseReport(dsn({ action, status, diagnostic: 'x-unix; 250 so' }))).toMatchObject({ kind, recipients: [{ action }] });
  });

  it('reads several recipients', async () => {
    const report = await parseReport(dsn({ groups: ['Final-Recipient: rfc822;bob@partner.example\nAction: delivered\nStatus: 2.1.5'] }));
    expect(report.kind).toBe('bounce');
    expect(report.recipients.map(({ address, action }) => [address, action])).toEqual([
      ['ann@partner.example', 'failed'],
      ['bob@partner.example', 'delivered'],
    ]);
  });

  it('reads the UTF-8 types of RFC 6533', async () => {
    const raw = dsn()
      .toString()
      .replace('message/delivery-status', 'message/global-delivery-status')
      .replace('text/rfc822-headers', 'message/global-headers')
      .replace('rfc822; ann@partner.example', 'utf-8; jörg@bücher.example');
    const report = await parseReport(Buffer.from(raw));
    expect(report).toMatchObject({
      kind: 'bounce',
      originalMessageId: 'original-1@erp.example',
      recipients: [{ address: 'jörg@bücher.example' }],
    });
  });

  it('reads a complaint, with the return path and the message it quotes', async () => {
    const report = await parseReport(complaint({ returnPath: 'rb-x@bounce.example.com', recipient: 'ann@partner.example' }));
    expect(report).toMatchObject({
      kind: 'complaint',
      originalMessageId: 'original-1@erp.example',
      recipients: [{ address: 'ann@partner.example', action: 'complaint' }],
      returnPaths: ['rb-x@bounce.example.com'],
      trouble: null,
    });
    expect(await parseReport(complaint())).toMatchObject({ kind: 'complaint', recipients: [{ address: null, action: 'complaint' }] });
    expect(await parseReport(complaint({ type: 'not-spam' }))).toMatchObject({ kind: 'none', recipients: [] });
  });

  it.each(['Auto-Submitted: auto-replied', 'Auto-Submitted: auto-generated', 'X-Autoreply: yes', 'Precedence: auto_reply'])(
    'reads an automatic reply by its field: %s',
    async (field) => {
      expect(await parseReport(autoReply({ field }))).toMatchObject({
        kind: 'auto-reply',
        subject: 'Abwesenheit: Invoice',
        originalMessageId: 'original-1@erp.example',
        recipients: [{ address: 'ann@partner.example', action: 'auto-reply' }],
      });
    },
  );

  it.each(['Auto-Submitted: no', 'Precedence: bulk', 'X-Anything: auto'])('takes a person for a person: %s', async (field) => {
    const mail = autoReply({ field, subject: 'Re: Invoice' });
    expect(await parseReport(mail)).toMatchObject({ kind: 'none', recipients: [], trouble: expect.any(String) });
  });

  it.each([
    'Automatic reply: Invoice 1',
    'Out of Office: Invoice 1',
    'Out-of-office Re: Invoice 1',
    'Auto: Invoice 1',
    'Automatische Antwort: Rechnung',
    'Abwesenheitsnotiz: Rechnung',
    'Réponse automatique : Facture',
    'Absence du bureau : Facture',
    'Automatisch antwoord: Factuur',
    'Afwezig: Factuur',
    'Respuesta automática: Factura',
    'Fuera de la oficina: Factura',
    'Risposta automatica: Fattura',
    'Fuori sede',
    'Resposta automática: Fatura',
    'Autosvar: Faktura',
    'Automatiskt svar: Faktura',
    'Automaattinen vastaus: Lasku',
    'Automatyczna odpowiedź: Faktura',
    'Automatická odpověď: Faktura',
    'Автоответ: Счёт',
    '自動応答: 請求書',
    '自动回复: 发票',
    'Otomatik yanıt: Fatura',
  ])('reads an automatic reply by its subject: %s', async (subject) => {
    const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
    expect(await parseReport(autoReply({ field: 'X-Anything: auto', subject: encoded }))).toMatchObject({ kind: 'auto-reply', subject });
    const person = autoReply({ field: 'Auto-Submitted: no', subject: encoded });
    expect(await parseReport(person)).toMatchObject({ kind: 'none' });
    const list = autoReply({ field: 'List-Unsubscribe: <mailto:off@partner.example>', subject: encoded });
    expect(await parseReport(list)).toMatchObject({ kind: 'none' });
  });

  it.each([
    'Re: out of office supplies',
    'Your automatic payment',
    'Automation summit 2026',
    'Vacation rentals',
    'Absolut neu',
    'Auto insurance offer',
  ])('does not take for one: %s', async (subject) => {
    expect(await parseReport(autoReply({ field: 'X-Anything: auto', subject }))).toMatchObject({ kind: 'none' });
  });

  it('R49 keeps going over what is no MIME, or too much of it', async () => {
    const many = lines('Content-Type: multipart/mixed; boundary=b', '', ...Array.from({ length: 500 }, () => '--b\r\n\r\nx'), '--b--');
    for (const raw of [Buffer.alloc(0), Buffer.from('\0\r\r\n'), Buffer.alloc(70_000, 0xff), many]) {
      expect(await parseReport(raw)).toMatchObject({ kind: 'none', trouble: expect.any(String) });
    }
  });

  it('mailparser: lone CRs and lone LFs are line ends like CRLF', async () => {
    const text = dsn().toString();
    const expected = await parseReport(dsn());
    expect(await parseReport(Buffer.from(text.replaceAll('\r\n', '\r')))).toEqual(expected);
    expect(await parseReport(Buffer.from(text.replaceAll('\r\n', '\n')))).toEqual(expected);
    expect(withLineFeeds(Buffer.from('a\rb\r\nc\nd\r')).toString()).toBe('a\nb\r\nc\nd\n');
  });

  it('mailparser: a returned message does not mix its text or its reports into ours', async () => {
    const inner = dsn({ recipient: 'inner@partner.example' }).toString();
    const raw = lines(
      'Subject: Fwd: nothing',
      'Content-Type: multipart/mixed; boundary="outer"',
      '',
      '--outer',
      'Content-Type: text/plain',
      '',
      'See attached.',
      '--outer',
      'Content-Type: message/rfc822',
      'Content-Disposition: inline',
      '',
      inner,
      '--outer--',
    );
    expect(await parseReport(raw)).toMatchObject({ kind: 'none', recipients: [] });
  });

  it('throws for nothing: flipped octets, truncation, repetition', async () => {
    const originals = [dsn(), complaint(), autoReply()];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(2),
        fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 30 }),
        fc.nat(4000),
        async (which, flips, length) => {
          const raw = Buffer.from(originals[which] ?? '');
          for (const [at, value] of flips) if (at < raw.length) raw[at] = value;
          const report = await parseReport(raw.subarray(0, Math.min(length, raw.length)));
          return Array.isArray(report.recipients);
        },
      ),
      { numRuns: 150 },
    );
  });
});
