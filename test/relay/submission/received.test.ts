import { describe, expect, it } from 'vitest';
import { toAddress } from '../../../src/domain/address.ts';
import type { EnvelopeRecipient } from '../../../src/domain/envelope.ts';
import type { MessageId } from '../../../src/domain/ids.ts';
import { receivedField, type SmtpSession, smtpProtocol, type TraceSubject } from '../../../src/relay/submission/received.ts';

function recipient(text: string): EnvelopeRecipient {
  const address = toAddress(text);
  if (address === undefined) throw new TypeError(text);
  return { address, notify: null, orcpt: null };
}

const subject: TraceSubject = {
  from: { helo: 'erp.test', address: '192.0.2.1' },
  hostname: 'relay.test',
  protocol: 'ESMTP',
  id: '01JDE00000000000000000000A' as MessageId,
  recipients: [recipient('b@dest.test')],
  at: Date.UTC(2024, 0, 9, 3, 4, 5, 678),
};

describe('trace field', () => {
  it('is as RFC 5321 §4.4 has it', () => {
    expect(receivedField(subject)).toBe(
      'Received: from erp.test ([192.0.2.1])\r\n\tby relay.test with ESMTP id 01JDE00000000000000000000A\r\n\tfor <b@dest.test>;\r\n\tTue, 09 Jan 2024 03:04:05 +0000\r\n',
    );
  });

  it('names no recipient when there are several', () => {
    const field = receivedField({ ...subject, recipients: [recipient('b@dest.test'), recipient('c@dest.test')] });
    expect(field).toContain('000A;\r\n\tTue');
    expect(field).not.toContain('dest.test');
  });

  it.each<[Partial<SmtpSession>, string]>([
    [{ esmtp: false, tls: true }, 'SMTP'],
    [{ tls: true }, 'ESMTPS'],
    [{ authenticated: true }, 'ESMTPA'],
    [{ tls: true, authenticated: true }, 'ESMTPSA'],
    [{ tls: true, authenticated: true, smtputf8: true }, 'UTF8SMTPSA'],
  ])('%j: with %s (RFC 3848, RFC 6531)', (change, protocol) => {
    const session = { esmtp: true, tls: false, authenticated: false, smtputf8: false, ...change };
    expect(receivedField({ ...subject, protocol: smtpProtocol(session) })).toContain(` with ${protocol} id `);
  });

  it.each([
    ['[192.0.2.7]', '[192.0.2.7]'],
    ['[IPv6:2001:db8::1]', '[IPv6:2001:db8::1]'],
    ['my_host', 'my_host'],
    ['x)\r\nBcc: evil', '[192.0.2.1]'],
    ['a(b', '[192.0.2.1]'],
    ['ü.test', '[192.0.2.1]'],
    ['', '[192.0.2.1]'],
    ['a;b', '[192.0.2.1]'],
    ['x'.repeat(256), '[192.0.2.1]'],
  ])('HELO %j is shown as %s', (helo, shown) => {
    expect(receivedField({ ...subject, from: { helo, address: '192.0.2.1' } }).split('\r\n')[0]).toBe(
      `Received: from ${shown} ([192.0.2.1])`,
    );
  });

  it('writes IPv6 addresses as literals', () => {
    expect(receivedField({ ...subject, from: { helo: 'erp.test', address: '2001:db8::1' } })).toContain('([IPv6:2001:db8::1])');
  });

  it('says of what relais itself makes only who made it', () => {
    expect(receivedField({ ...subject, from: null, protocol: 'local' }).split('\r\n')[0]).toBe(
      'Received: by relay.test with local id 01JDE00000000000000000000A',
    );
  });
});
