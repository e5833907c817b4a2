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

  it('refuse all recipients where reverse-path or headers need SMTPUTF8 and it is not offered', () => {
    for (const changes of [{ utf8Headers: true }, { reversePath: { kind: 'address', address: address('jörg@example.com') } }] as const) {
      const { rcpts, refused } = transactionCommands(transaction(changes), new Set());
      expect([rcpts, refused.get(0)?.status]).toEqual([[], '5.6.7']);
    }
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
