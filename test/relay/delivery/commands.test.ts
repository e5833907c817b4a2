import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NULL_REVERSE_PATH } from '../../../src/domain/address.ts';
import { type TransactionEnvelope, transactionCommands, xtext } from '../../../src/relay/delivery/commands.ts';
import { address } from './harness.ts';

function transaction(changes: Partial<TransactionEnvelope> = {}): TransactionEnvelope {
  return {
    reversePath: { kind: 'address', address: address('erp@example.com') },
    ownPath: false,
    envelope: { reversePath: NULL_REVERSE_PATH, recipients: [], ret: 'full', envid: 'a=b', smtputf8: false, eightBitMime: true },
    recipients: [{ address: address('ann@example.net'), notify: ['delay'], orcpt: { type: 'utf-8', address: 'jörg@example.net' } }],
    size: 1234,
    eightBit: false,
    utf8Headers: false,
    ...changes,
  };
}

describe('the commands of a transaction', () => {
  it('say nothing that the hop did not offer', () => {
    expect(transactionCommands(transaction(), new Set())).toMatchObject({
      mail: 'MAIL FROM:<erp@example.com>',
      rcpts: ['RCPT TO:<ann@example.net>'],
    });
  });

  it('pass on what it offers, an ORCPT beyond ASCII in the form of RFC 6533', () => {
    expect(transactionCommands(transaction(), new Set(['SIZE', '8BITMIME', 'DSN', 'SMTPUTF8']))).toMatchObject({
      mail: 'MAIL FROM:<erp@example.com> SIZE=1234 BODY=8BITMIME RET=FULL ENVID=a+3Db',
      rcpts: ['RCPT TO:<ann@example.net> NOTIFY=DELAY ORCPT=utf-8;j\\x{F6}rg@example.net'],
    });
  });

  it('under a return path of ours, ask for every failure and delay, and for success where the ERP does', () => {
    const rcpt = (notify: TransactionEnvelope['recipients'][number]['notify']) =>
      transactionCommands(
        transaction({ ownPath: true, recipients: [{ address: address('ann@example.net'), notify, orcpt: null }] }),
        new Set(['DSN']),
      ).rcpts[0];
    const orcpt = ' ORCPT=rfc822;ann@example.net';
    expect(rcpt('never')).toBe(`RCPT TO:<ann@example.net> NOTIFY=FAILURE,DELAY${orcpt}`);
    expect(rcpt(['success'])).toBe(`RCPT TO:<ann@example.net> NOTIFY=SUCCESS,FAILURE,DELAY${orcpt}`);
    expect(rcpt(['delay'])).toBe(`RCPT TO:<ann@example.net> NOTIFY=FAILURE,DELAY${orcpt}`);
    expect(rcpt(null)).toBe(`RCPT TO:<ann@example.net>${orcpt}`);
  });

  it('name the message by its token under a return path of ours, unless the ERP named it', () => {
    const mail = (ownPath: boolean, envid: string | null, offered: readonly string[] = ['DSN']): string => {
      const { envelope } = transaction();
      const reversePath = {
        kind: 'address',
        address: address('rb-01arz3ndektsv4rrffq69g5fav-0-k-0123456789abcdef@bounce.example.com'),
      } as const;
      return transactionCommands(transaction({ ownPath, reversePath, envelope: { ...envelope, ret: null, envid } }), new Set(offered)).mail;
    };
    const from = 'MAIL FROM:<rb-01arz3ndektsv4rrffq69g5fav-0-k-0123456789abcdef@bounce.example.com>';
    expect(mail(true, null)).toBe(`${from} ENVID=rb-01arz3ndektsv4rrffq69g5fav-0-k-0123456789abcdef`);
    expect(mail(true, 'erp 7')).toBe(`${from} ENVID=erp+207`);
    expect(mail(false, null)).toBe(from);
    expect(mail(true, null, [])).toBe(from);
  });

  it('refuse all recipients where reverse-path or headers need SMTPUTF8 and it is not offered', () => {
    for (const changes of [{ utf8Headers: true }, { reversePath: { kind: 'address', address: address('jörg@example.com') } }] as const) {
      const { rcpts, refused } = transactionCommands(transaction(changes), new Set());
      expect([rcpts, refused.get(0)?.status]).toEqual([[], '5.6.7']);
    }
  });

  const from = (text: string): TransactionEnvelope['reversePath'] => ({ kind: 'address', address: address(text) });
  const to = (...texts: readonly string[]): TransactionEnvelope['recipients'] =>
    texts.map((text) => ({ address: address(text), notify: null, orcpt: null }));
  const ASCII = { reversePath: from('a@example.com'), recipients: to('b@example.net') };
  it.each<[string, Partial<TransactionEnvelope>, readonly string[], string, readonly string[], readonly number[]]>([
    [
      'R19 a domain alone goes out as A-label',
      { ...ASCII, recipients: to('b@bücher.example') },
      [],
      'a@example.com>',
      ['b@xn--bcher-kva.example'],
      [],
    ],
    [
      'the same where SMTPUTF8 is offered, and not asked for',
      { ...ASCII, recipients: to('b@bücher.example') },
      ['SMTPUTF8'],
      'a@example.com>',
      ['b@xn--bcher-kva.example'],
      [],
    ],
    [
      'a local part fails, for that recipient alone',
      { ...ASCII, recipients: to('b@example.net', 'ö@example.net') },
      [],
      'a@example.com>',
      ['b@example.net'],
      [1],
    ],
    [
      'a local part goes where SMTPUTF8 is offered',
      { ...ASCII, recipients: to('b@example.net', 'ö@bücher.example') },
      ['SMTPUTF8'],
      'a@example.com> SMTPUTF8',
      ['b@example.net', 'ö@bücher.example'],
      [],
    ],
    [
      "a sender's domain goes out as A-label",
      { ...ASCII, reversePath: from('a@bücher.example') },
      [],
      'a@xn--bcher-kva.example>',
      ['b@example.net'],
      [],
    ],
    [
      "a sender's local part fails all",
      { ...ASCII, reversePath: from('ö@example.com'), recipients: to('b@example.net', 'c@example.net') },
      [],
      'ö@example.com>',
      [],
      [0, 1],
    ],
    [
      "a sender's local part goes where SMTPUTF8 is offered",
      { ...ASCII, reversePath: from('ö@example.com') },
      ['SMTPUTF8'],
      'ö@example.com> SMTPUTF8',
      ['b@example.net'],
      [],
    ],
    ['the null reverse-path needs nothing', { ...ASCII, reversePath: NULL_REVERSE_PATH }, [], '>', ['b@example.net'], []],
    [
      '8-bit content is declared, whoever declared it',
      { ...ASCII, eightBit: true },
      ['8BITMIME'],
      'a@example.com> BODY=8BITMIME',
      ['b@example.net'],
      [],
    ],
  ])('%s', (_, changes, extensions, mail, rcpts, refused) => {
    const quiet = { reversePath: NULL_REVERSE_PATH, recipients: [], ret: null, envid: null, smtputf8: true, eightBitMime: false };
    const commands = transactionCommands(transaction({ envelope: quiet, ...changes }), new Set(extensions));
    expect(commands.mail).toBe(`MAIL FROM:<${mail}`);
    expect(commands.rcpts).toEqual(rcpts.map((path) => `RCPT TO:<${path}>`));
    expect([...commands.refused].map(([index, reply]) => [index, reply.code, reply.status])).toEqual(
      refused.map((index) => [index, 553, '5.6.7']),
    );
  });

  it('xtext comes back from its decoding, in printable ASCII without space (RFC 3461 §4)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const encoded = xtext(text);
        expect(encoded).toMatch(/^[\x21-\x7e]*$/);
        expect(encoded).not.toContain('=');
        const octets = encoded.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
        expect(Buffer.from(octets, 'latin1')).toEqual(Buffer.from(text, 'utf8'));
      }),
    );
  });
});
