import { describe, expect, it } from 'vitest';
import { readMime, withLineFeeds } from '../../../src/relay/reports/mime.ts';
import { parseReport } from '../../../src/relay/reports/parse.ts';
import { dsn, lines } from './mails.ts';

/** "The user does not exist", as Japanese servers say it. */
const JAPANESE = Buffer.from('\x1b$B%f!<%6!<$OB8:_$7$^$;$s\x1b(B', 'latin1');

describe('the MIME of a report', () => {
  it('lone CRs are line ends, as are the others; 20 MB of them are nothing special', () => {
    expect(withLineFeeds(Buffer.from('a\rb\r\nc\n\rd\r')).toString()).toBe('a\nb\r\nc\n\nd\n');
    const untouched = Buffer.from('a\r\nb\n');
    expect(withLineFeeds(untouched)).toBe(untouched);
    // Of the processor, not of the clock: others may be using it too.
    const started = process.cpuUsage();
    const crs = withLineFeeds(Buffer.alloc(20 * 1024 * 1024, '\r'));
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(1_500);
    expect(crs.includes('\r')).toBe(false);
  });

  it('text whose Content-Type lost its semicolon is read in the charset that stands there', async () => {
    const mail = Buffer.concat([
      lines('Subject: x', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b"', '', '--b'),
      lines('Content-Type: text/plain', ' charset="iso-2022-jp"', ''),
      JAPANESE,
      lines('', '--b--'),
    ]);
    expect((await readMime(mail)).text).toContain('ユーザーは存在しません');
  });

  it.each([
    ['utf-8', 'utf8'],
    ['x-no-such-charset', 'utf8'],
    ['us-ascii', 'latin1'],
  ] as const)('a label %s that is lost and wrong leaves the text readable', async (label, encoding) => {
    const mail = Buffer.concat([
      lines('MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b"', '', '--b'),
      lines('Content-Type: text/plain', ` charset=${label}`, ''),
      Buffer.from('Empfänger unbekannt: ann@partner.example', encoding),
      lines('', '--b--'),
    ]);
    expect((await readMime(mail)).text).toContain('Empfänger unbekannt: ann@partner.example');
  });

  it.each([
    ['CRCRLF for line ends', (mail: string) => mail.replaceAll('\r\n', '\r\r\n')],
    ['blank lines in front', (mail: string) => `\r\n\n${mail}`],
    ['no final boundary', (mail: string) => mail.replace('--b1--', '')],
    ['a boundary that is another', (mail: string) => mail.replace('boundary="b1"', 'boundary="b3"')],
    ['a Content-Type without its semicolons', (mail: string) => mail.replace('report; report-type=delivery-status;', 'report\r\n')],
    ['delivery status as text', (mail: string) => mail.replace('message/delivery-status\r\n\r\n', 'text/plain\r\n\r\n')],
    ['an envelope line of a mailbox file', (mail: string) => `From MAILER-DAEMON Mon Jan  5 00:00:00 2026\r\n${mail}`],
    ['an unknown encoding', (mail: string) => mail.replace('-status\r\n\r\n', '-status\r\nContent-Transfer-Encoding: x-odd\r\n\r\n')],
  ])('a report with %s is understood', async (_, damage) => {
    const sound = dsn().toString();
    const damaged = damage(sound);
    expect(damaged).not.toBe(sound);
    const report = await parseReport(Buffer.from(damaged));
    expect(report).toMatchObject({ kind: 'bounce', originalMessageId: 'original-1@erp.example', trouble: null });
    expect(report.recipients).toMatchObject([{ address: 'ann@partner.example', status: '5.1.1', category: 'mailbox-unknown' }]);
  });

  it.each([
    ['plain', 'Content-Type: text/plain; charset=utf-8', []],
    ['without a label', 'Content-Type: text/plain', []],
    ['beside HTML', 'Content-Type: multipart/alternative; boundary="c"', ['--c', 'Content-Type: text/plain; charset="UTF-8"', '']],
  ] as const)('text that is labelled UTF-8, and is Latin-1, is readable: %s', async (_, type, part) => {
    const html = part.length === 0 ? [] : ['--c', 'Content-Type: text/html; charset=utf-8', '', '<p>x</p>', '--c--'];
    const mail = Buffer.concat([
      lines('Subject: x', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b"', '', '--b', type, '', ...part),
      Buffer.from('Empf\xe4nger unbekannt, ', 'latin1'),
      lines('né d’ici', ...html, '--b', 'Content-Type: message/rfc822', '', 'Subject: y', ''),
      lines('--b--'),
    ]);
    expect((await readMime(mail)).text).toContain('Empfänger unbekannt, né d’ici');
  });

  it('text in another charset with an octet that is none of it is left as it is', async () => {
    const head = lines('MIME-Version: 1.0', 'Content-Type: text/plain; charset=shift_jis', '');
    const mail = Buffer.concat([head, Buffer.from([0x95, 0x73, 0x96, 0xbe, 0xff, 0x0a])]);
    expect((await readMime(mail)).text).toContain('不明');
  });

  it('a part whose Content-Type is empty is kept', async () => {
    const mail = lines('MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b"', '', '--b', 'Content-Type: ;', '', 'x', '--b--');
    expect((await readMime(mail)).parts).toEqual([{ contentType: 'application/octet-stream', text: 'x' }]);
  });

  it.each([
    ['shift_jis', [0x95, 0x73, 0x96, 0xbe], '不明'],
    ['gb18030', [0xb2, 0xbb, 0xc3, 0xf7], '不明'],
    ['big5', [0xa4, 0xa3, 0xa9, 0xfa], '不明'],
    ['euc-kr', [0xba, 0xd2, 0xb8, 0xed], '불명'],
    ['koi8-r', [0xce, 0xc5, 0xd4], 'нет'],
    ['windows-1251', [0xed, 0xe5, 0xf2], 'нет'],
    ['utf-16', [0xff, 0xfe, 0x6e, 0, 0xe9, 0], 'né'],
    ['no-such-charset', [0x6e, 0xc3, 0xa9], 'né'],
  ] as const)('text in %s is read', async (charset, octets, text) => {
    const head = lines('MIME-Version: 1.0', `Content-Type: text/plain; charset=${charset}`, 'Content-Transfer-Encoding: base64', '');
    expect((await readMime(Buffer.concat([head, lines(Buffer.from(octets).toString('base64'))]))).text.trim()).toBe(text);
  });
});
