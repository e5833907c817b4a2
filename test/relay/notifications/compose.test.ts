import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AcceptedMessage } from '../../../src/domain/message.ts';
import { CATEGORIES } from '../../../src/domain/reply.ts';
import { LANGUAGES } from '../../../src/domain/settings.ts';
import { composeNotification, type NotificationDraft } from '../../../src/relay/notifications/compose.ts';
import type { NotifiedRecipient } from '../../../src/relay/notifications/facts.ts';
import { WORDINGS } from '../../../src/relay/notifications/wording.ts';
import { parseReport } from '../../../src/relay/reports/parse.ts';
import { acceptMessage, address, type MessageRequest } from '../../support/accepted-message.ts';
import { readDsn } from '../../support/dsn-reader.ts';
import { createMemoryStore } from '../../support/memory-store.ts';

const AT = Date.UTC(2026, 10, 24, 3, 34);

function recipient(changes: Partial<NotifiedRecipient> = {}): NotifiedRecipient {
  return {
    index: 0,
    kind: 'failed',
    address: address('ann@partner.example'),
    orcpt: null,
    status: '5.1.1',
    cause: 'mailbox-unknown',
    lastCategory: 'mailbox-unknown',
    remoteMta: 'mx.partner.example',
    diagnostic: { type: 'smtp', text: '550 5.1.1 No such user' },
    lastAttemptAt: AT + 1000,
    willRetryUntil: null,
    ...changes,
  };
}

async function draft(changes: Partial<NotificationDraft> = {}, of: MessageRequest = {}): Promise<NotificationDraft> {
  const message: AcceptedMessage = await acceptMessage(createMemoryStore(), { acceptedAt: AT, ...of });
  return {
    message,
    to: address('billing@example.com'),
    recipients: [recipient()],
    returned: { kind: 'headers', bytes: Buffer.from('Subject: Invoice 2024-117\r\n') },
    hostname: 'relay.example.com',
    language: 'en',
    link: null,
    timeZone: 'UTC',
    id: 'dsn-1',
    now: AT,
    ...changes,
  };
}

const ORCPT = { type: 'rfc822', address: 'Ann+X@Partner.example' } as const;

describe('a notification', () => {
  it('has every field that is known, and none that is not (RFC 3464 §2.2, §2.3)', async () => {
    const asked = { envelope: { envid: 'QQ314159' } };
    const delayed = recipient({ kind: 'delayed', status: '4.2.2', orcpt: ORCPT, willRetryUntil: AT + 86_400_000 });
    const { content } = await composeNotification(await draft({ recipients: [delayed] }, asked));
    const dsn = await readDsn(content);
    expect(Object.fromEntries(dsn.message)).toEqual({
      'original-envelope-id': 'QQ314159',
      'reporting-mta': 'dns; relay.example.com',
      'received-from-mta': 'dns; erp.example',
      'arrival-date': 'Tue, 24 Nov 2026 03:34:00 +0000',
    });
    expect(dsn.recipients.map((fields) => Object.fromEntries(fields))).toEqual([
      {
        'original-recipient': 'rfc822; Ann+X@Partner.example',
        'final-recipient': 'rfc822; ann@partner.example',
        action: 'delayed',
        status: '4.2.2',
        'remote-mta': 'dns; mx.partner.example',
        'diagnostic-code': 'smtp; 550 5.1.1 No such user',
        'last-attempt-date': 'Tue, 24 Nov 2026 03:34:01 +0000',
        'final-log-id': expect.stringMatching(/^[0-9A-Z]{26}$/),
        'will-retry-until': 'Wed, 25 Nov 2026 03:34:00 +0000',
      },
    ]);
    const bare = recipient({ remoteMta: null, diagnostic: null, lastAttemptAt: null });
    const little = await readDsn((await composeNotification(await draft({ recipients: [bare] }))).content);
    expect([...(little.recipients[0]?.keys() ?? [])]).toEqual(['final-recipient', 'action', 'status', 'final-log-id']);
    expect(little.message.has('original-envelope-id')).toBe(false);
  });

  it.each(LANGUAGES)('tells a person who, why and what to do: %s', async (language) => {
    const wording = WORDINGS[language];
    const link = 'https://mail.example.com/messages/1';
    const { content } = await composeNotification(await draft({ language, link }));
    const { text, subject, headers } = await readDsn(content);
    expect(subject).toBe(`${wording.subject.failed}${wording.separator}Invoice 2024-117`);
    const flat = text.replace(/\s+/g, ' ');
    for (const part of [
      wording.intro.failed[0],
      'ann@partner.example',
      wording.reasons['mailbox-unknown'],
      wording.advice['mailbox-unknown'],
      '550 5.1.1 No such user',
      'Invoice 2024-117',
      '2026',
      link,
    ]) {
      expect(flat).toContain(part);
    }
    expect(headers.get('from')).toContain('<postmaster@relay.example.com>');
  });

  it.each(LANGUAGES)('has a reason and an advice for each category, and each is another: %s', (language) => {
    const { reasons, intro, subject } = WORDINGS[language];
    for (const texts of [
      CATEGORIES.map((category) => reasons[category]),
      Object.values(subject),
      Object.values(intro).map(([one]) => one),
    ]) {
      expect(new Set(texts).size).toBe(texts.length);
      for (const text of texts) expect(text.length).toBeGreaterThan(3);
    }
  });

  it('is protected as the message was: with REQUIRETLS (RFC 8689 §5)', async () => {
    const of = async (envelope: MessageRequest['envelope']) =>
      (await composeNotification(await draft({}, envelope ? { envelope } : {}))).envelope;
    expect(await of({ requireTls: true })).toMatchObject({ reversePath: { kind: 'null' }, requireTls: true });
    expect(await of({})).not.toHaveProperty('requireTls');
  });

  it('is read back by relais itself', async () => {
    const { content } = await composeNotification(
      await draft({ recipients: [recipient({ orcpt: ORCPT })] }, { envelope: { envid: 'e-1' } }),
    );
    expect(await parseReport(content)).toMatchObject({
      kind: 'bounce',
      envelopeId: 'e-1',
      reportingMta: 'relay.example.com',
      recipients: [
        { address: 'ann@partner.example', action: 'failed', status: '5.1.1', replyCode: 550, category: 'mailbox-unknown', permanent: true },
      ],
    });
  });

  it('names an address beyond ASCII as RFC 6533 says: in UTF-8 to who speaks SMTPUTF8, embedded to who does not', async () => {
    const named = recipient({ address: address('jörg@grün.example'), orcpt: { type: 'utf-8', address: 'jörg@grün.example' } });
    const spoken = await composeNotification(await draft({ recipients: [named] }, { envelope: { smtputf8: true } }));
    const dsn = await readDsn(spoken.content);
    expect(dsn.types[0]).toBe('message/global-delivery-status');
    expect(dsn.recipients[0]?.get('final-recipient')).toBe('utf-8; jörg@grün.example');
    expect(dsn.recipients[0]?.get('original-recipient')).toBe('utf-8; jörg@grün.example');
    // What goes to an ASCII address needs no SMTPUTF8 itself.
    expect(spoken.envelope).toMatchObject({ smtputf8: false, eightBitMime: false });
    expect((await parseReport(spoken.content)).recipients[0]?.address).toBe('jörg@grün.example');
    const { content } = await composeNotification(await draft({ recipients: [named] }));
    const plain = await readDsn(content);
    expect(plain.types[0]).toBe('message/delivery-status');
    expect(plain.recipients[0]?.get('final-recipient')).toBe('utf-8; j\\x{F6}rg@gr\\x{FC}n.example');
    const idn = recipient({ address: address('ann@grün.example') });
    const alabel = await readDsn((await composeNotification(await draft({ recipients: [idn] }))).content);
    expect(alabel.recipients[0]?.get('final-recipient')).toBe('rfc822; ann@xn--grn-ioa.example');
  });

  it('to a sender beyond ASCII needs SMTPUTF8; to an internationalised domain it does not', async () => {
    const to = address('jörg@example.com');
    expect((await composeNotification(await draft({ to }))).envelope).toMatchObject({ recipients: [{ address: to }], smtputf8: true });
    const idn = address('ann@grün.example');
    const { envelope, content } = await composeNotification(await draft({ to: idn }));
    expect(envelope.smtputf8).toBe(false);
    expect((await readDsn(content)).headers.get('to')).toContain('ann@xn--grn-ioa.example');
  });

  it('returns the whole or the header, in the type that its octets need', async () => {
    const whole = Buffer.from('Subject: Grüße\r\n\r\n.dot\r\nÄ\r\n');
    const cases = [
      [{ kind: 'whole', bytes: Buffer.from('Subject: x\r\n\r\nbody\r\n') }, false, 'message/rfc822', false],
      [{ kind: 'whole', bytes: whole }, false, 'message/rfc822', true],
      [{ kind: 'whole', bytes: whole }, true, 'message/global', true],
      [{ kind: 'headers', bytes: Buffer.from('Subject: Grüße\r\n') }, false, 'text/rfc822-headers', false],
      [{ kind: 'headers', bytes: Buffer.from('Subject: Grüße\r\n') }, true, 'message/global-headers', false],
    ] as const;
    for (const [returned, smtputf8, type, eightBit] of cases) {
      const { content, envelope } = await composeNotification(await draft({ returned }, { envelope: { smtputf8 } }));
      expect(content.includes(`Content-Type: ${type}`)).toBe(true);
      expect(envelope.eightBitMime).toBe(eightBit);
      if (returned.kind === 'whole') expect(content.includes(returned.bytes)).toBe(true);
      else expect((await readDsn(content)).returned?.trimEnd()).toBe('Subject: Grüße');
    }
    const { content } = await composeNotification(await draft({ returned: null }));
    expect((await readDsn(content)).types).toEqual(['message/delivery-status']);
  });

  it('puts several recipients of whom the same is said together, and names fifty at most', async () => {
    const many = Array.from({ length: 60 }, (_, index) => recipient({ index, address: address(`a${index}@example.net`) }));
    const other = recipient({ kind: 'correction', cause: 'spam', address: address('z@example.net') });
    const dsn = await readDsn((await composeNotification(await draft({ recipients: [other, ...many] }))).content);
    expect(dsn.recipients.length).toBe(61);
    expect(dsn.text.match(/Why:/g)?.length).toBe(2);
    expect(dsn.text).toContain('… and 11 more');
  });

  it('stays well formed whatever a server, a client or a subject says', async () => {
    const bit = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '\0',
      ' ',
      'x',
      'é',
      '🦊',
      '\ud800',
      '\u2028',
      ':',
      '=?',
      '?=',
      '<',
      '>',
      ';',
      '"',
      '\r\nBcc: a@b.c\r\n',
      '--',
      'y'.repeat(99),
    );
    const text = fc.array(bit, { maxLength: 60 }).map((bits) => bits.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, text, text, async (said, helo, subject, messageId) => {
        const base = await draft({ recipients: [recipient({ diagnostic: { type: 'smtp', text: `550 5.1.1 x${said}` } })] });
        const message: AcceptedMessage = {
          ...base.message,
          client: { ...base.message.client, helo },
          headers: { subject, messageId, from: subject, date: null },
        };
        const dsn = await readDsn((await composeNotification({ ...base, message })).content);
        expect(dsn.recipients.length).toBe(1);
        expect([...dsn.headers.keys()].filter((name) => !KNOWN.has(name))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

const KNOWN = new Set([
  'from',
  'to',
  'subject',
  'message-id',
  'auto-submitted',
  'in-reply-to',
  'references',
  'date',
  'mime-version',
  'content-type',
]);
