import { describe, expect, it } from 'vitest';
import { htmlStructure, streamOf, subjectPattern } from '../../src/domain/streams.ts';

const pattern = (subject: string | null, ...recipients: string[]): string => subjectPattern(subject, { recipients });

describe('the pattern of a subject', () => {
  it.each([
    ['Invoice 2026-117', 'invoice #'],
    ['Invoice INV/2026/00012 for Müller & Söhne GmbH', 'invoice # for …'],
    ['Uw factuur 24700123 van 12 maart 2026', 'uw factuur # van #'],
    ['Uw factuur 24700124 van 3 april 2026', 'uw factuur # van #'],
    ['Rechnung RE-4711 für Ihre Bestellung vom 3. März', 'rechnung # für ihre bestellung vom #'],
    ['Your order #4711 has been shipped', 'your order # has been shipped'],
    ['Relevé de compte du 31/01/2026', 'relevé de compte du #'],
    ['Payslip March 2026', 'payslip #'],
    ['Payslip April 2026', 'payslip #'],
    ['Re: AW: Your ticket [4711]', 'your ticket #'],
    ['Reminder for Jan van der Berg: invoice 12', 'reminder for … invoice #'],
    ['Ticket "printer is on fire" was closed', 'ticket … was closed'],
    ['Access for ann.smith@example.com', 'access for …'],
    ['Meeting on Tuesday 3 March at 14:05', 'meeting on # at #'],
    ['', ''],
    [null, ''],
  ])('%j: %j', (subject, expected) => {
    expect(pattern(subject)).toBe(expected);
  });

  it('leaves out the names of those whom it is to', () => {
    expect(pattern('Ann, your password was changed', 'Ann Smith', 'ann.smith@example.com')).toBe('… your password was changed');
    expect(pattern('Welcome Bob Jones', 'bob.jones@acme.example')).toBe(pattern('Welcome Eve', '"Eve Adams" <e@x.example>'));
    expect(pattern('Your invoice from sales', 'sales@customer.example')).toBe('your invoice from sales');
  });

  it('keeps kinds of mail apart', () => {
    const subjects = [
      'Invoice 1',
      'Reminder 1',
      'Invoice 1 paid',
      'Second reminder: invoice 1',
      'Order confirmation 1',
      'Bestellbestätigung 1',
    ];
    expect(new Set(subjects.map((subject) => pattern(subject))).size).toBe(subjects.length);
  });
});

describe('the structure of HTML', () => {
  const mail = (rows: string, more = ''): string =>
    `<!DOCTYPE html><html><head><style>td{}</style></head><body class="mail"><h1>Invoice</h1><table class='lines wide'>${rows}</table>${more}<img src="x"></body></html>`;

  it('is the same however many rows there are and whatever is in them', () => {
    const one = htmlStructure(mail('<tr><td>1</td></tr>'));
    expect(one).toBe('html .lines .mail .wide h1 img style table');
    expect(htmlStructure(mail('<tr><td><b>1</b></td></tr><tr><td>2<br>3 <a href="y">z</a></td></tr>', '<p>thanks</p>'))).toBe(one);
    expect(htmlStructure(mail('<tr class="row-2041"><td>1</td></tr>'))).toBe(one);
  });

  it('is another for another layout, and for none', () => {
    expect(htmlStructure(mail('', '<ul><li>x</li></ul>'))).not.toBe(htmlStructure(mail('')));
    expect(htmlStructure(mail('').replace('lines', 'rows'))).not.toBe(htmlStructure(mail('')));
    expect(htmlStructure(null)).toBe('text');
    expect(htmlStructure('')).toBe('html');
  });

  it('takes no longer for HTML that is meant to take long', () => {
    const bombs = ['<', '<a ', '<a "', "<a '", '<a "x', '<table class="', '<td class=', '<a b="c" '].map((piece) => piece.repeat(100_000));
    for (const bomb of [...bombs, `<a ${'"" '.repeat(50_000)}`, `<a ${'\'"'.repeat(50_000)}`]) {
      const started = performance.now();
      htmlStructure(bomb);
      expect(performance.now() - started, bomb.slice(0, 20)).toBeLessThan(250);
    }
  });

  it('and subjects likewise', () => {
    for (const piece of ['"', '#', '1 ', 'for A', '…', 'a@', 'RE:', 'jan ', '«', '&']) {
      const started = performance.now();
      pattern(piece.repeat(10_000), piece.repeat(100));
      expect(performance.now() - started).toBeLessThan(100);
    }
  });
});

it('a stream is of one account, one subject and one structure', () => {
  const kind = { account: 'erp', pattern: 'invoice #', structure: 'text' };
  expect(streamOf(kind)).toMatch(/^[0-9a-f]{16}$/);
  expect(streamOf({ ...kind })).toBe(streamOf(kind));
  for (const other of [{ account: 'hr' }, { pattern: '' }, { structure: 'html' }])
    expect(streamOf({ ...kind, ...other })).not.toBe(streamOf(kind));
});
