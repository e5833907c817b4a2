import { describe, expect, it } from 'vitest';
import { parseMailCommand, parseRcptCommand } from '../../../src/relay/submission/envelope-commands.ts';

const mail = (line: string) => parseMailCommand(Buffer.from(line), { futureRelease: true });
const rcpt = (line: string, smtputf8 = false) => parseRcptCommand(Buffer.from(line), { smtputf8, hostname: 'relay.test' });

describe('MAIL', () => {
  const plain = { size: null, ret: null, envid: null, smtputf8: false, eightBitMime: false, requireTls: false, hold: null };
  it.each([
    ['MAIL FROM:<a@b.test>', 'a@b.test'],
    ['mail from:<a@b.test>', 'a@b.test'],
    ['MAIL FROM: <a@b.test>', 'a@b.test'],
    ['MAIL FROM:<a@b.test> ', 'a@b.test'],
    ['MAIL FROM:<"a b>@<"@b.test>', '"a b>@<"@b.test'],
    ['MAIL FROM:<a@[127.0.0.1]>', 'a@[127.0.0.1]'],
    ['MAIL FROM:<a@xn--bcher-kva.test>', 'a@xn--bcher-kva.test'],
  ])('%s', (line, address) => {
    expect(mail(line)).toEqual({ ok: true, value: { ...plain, reversePath: { kind: 'address', address } } });
  });

  it('takes every parameter that is offered', () => {
    const line = 'MAIL FROM:<> SIZE=12345678901234 BODY=8bitmime SMTPUTF8 RET=full ENVID=a=b+2Bc AUTH=<> REQUIRETLS HOLDFOR=60';
    expect(mail(line)).toEqual({
      ok: true,
      value: {
        reversePath: { kind: 'null' },
        size: 12345678901234,
        ret: 'full',
        envid: 'a=b+c',
        smtputf8: true,
        eightBitMime: true,
        requireTls: true,
        hold: { kind: 'for', ms: 60_000 },
      },
    });
  });

  it('takes a time of release (RFC 4865)', () => {
    const at = Date.UTC(2025, 0, 31, 7, 0, 0);
    expect(mail('MAIL FROM:<> HOLDUNTIL=2025-01-31T08:00:00+01:00')).toMatchObject({ value: { hold: { kind: 'until', at } } });
    expect(mail('MAIL FROM:<> holduntil=2025-01-31t07:00:00z')).toMatchObject({ value: { hold: { kind: 'until', at } } });
  });

  it('knows no time of release where none is offered', () => {
    const refused = parseMailCommand(Buffer.from('MAIL FROM:<> HOLDFOR=60'), { futureRelease: false });
    expect(refused).toMatchObject({ ok: false, refusal: { code: 555, status: '5.5.4' } });
  });

  it.each([
    ['MAIL <a@b.test>', '5.5.4'],
    ['MAIL FROM:<a@b.test', '5.1.7'],
    ['MAIL FROM:<a@b.test>SIZE=1', '5.1.7'],
    ['MAIL FROM:<a@b.test> ENVID=+0', '5.5.4'],
    ['MAIL FROM:<a@b.test> ENVID=+FF', '5.5.4'],
    [`MAIL FROM:<a@b.test> ENVID=${'x'.repeat(101)}`, '5.5.4'],
    ['MAIL FROM:<a@b.test> SMTPUTF8=yes', '5.5.4'],
    ['MAIL FROM:<a@b.test> =x', '5.5.4'],
    ['MAIL FROM:<a@b.test> REQUIRETLS=yes', '5.5.4'],
    ['MAIL FROM:<a@b.test> HOLDFOR=0', '5.5.4'],
    ['MAIL FROM:<a@b.test> HOLDFOR=-1', '5.5.4'],
    ['MAIL FROM:<a@b.test> HOLDFOR=1000000000', '5.5.4'],
    ['MAIL FROM:<a@b.test> HOLDFOR', '5.5.4'],
    ['MAIL FROM:<a@b.test> HOLDUNTIL=2025-01-31', '5.5.4'],
    ['MAIL FROM:<a@b.test> HOLDUNTIL=2025-02-30T08:00:00Z', '5.5.4'],
    ['MAIL FROM:<a@b.test> HOLDUNTIL=2025-01-31T08:00:00', '5.5.4'],
    ['MAIL FROM:<a@b.test> HOLDFOR=1 HOLDUNTIL=2025-01-31T08:00:00Z', '5.5.4'],
    [`MAIL FROM:<${'a'.repeat(65)}@b.test>`, '5.1.7'],
  ])('%s is refused', (line, status) => {
    expect(mail(line)).toMatchObject({ ok: false, refusal: { code: 501, status } });
  });
});

describe('RCPT', () => {
  it('takes NOTIFY and ORCPT', () => {
    expect(rcpt('RCPT TO:<b@c.test> ORCPT=RFC822;b+40c.test NOTIFY=failure,FAILURE,delay')).toEqual({
      ok: true,
      value: { address: 'b@c.test', notify: ['failure', 'delay'], orcpt: { type: 'RFC822', address: 'b@c.test' } },
    });
  });

  it('takes an ORCPT of the type utf-8, encoded or not (RFC 6533)', () => {
    const expected = { type: 'utf-8', address: 'ü@c.test' };
    expect(rcpt('RCPT TO:<b@c.test> ORCPT=utf-8;+C3+BC@c.test')).toMatchObject({ value: { orcpt: expected } });
    expect(rcpt('RCPT TO:<b@c.test> ORCPT=utf-8;ü@c.test', true)).toMatchObject({ value: { orcpt: expected } });
  });

  it.each([
    'RCPT TO:<b@c.test> NOTIFY=',
    'RCPT TO:<b@c.test> NOTIFY',
    'RCPT TO:<b@c.test> NOTIFY=NEVER,NEVER',
    'RCPT TO:<b@c.test> NOTIFY=SUCCESS,',
    'RCPT TO:<b@c.test> ORCPT=rfc822;',
    'RCPT TO:<b@c.test> ORCPT=;b',
    'RCPT TO:<b@c.test> ORCPT=rfc822;a+0D+0Ab',
    `RCPT TO:<b@c.test> ORCPT=rfc822;${'x'.repeat(500)}`,
  ])('%s is refused', (line) => {
    expect(rcpt(line)).toMatchObject({ ok: false, refusal: { code: 501, status: '5.5.4' } });
  });
});
