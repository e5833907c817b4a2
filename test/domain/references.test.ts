import { describe, expect, it } from 'vitest';
import { NO_REFERENCES, readReferences } from '../../src/domain/references.ts';

const field = (name: string, value: string): { name: string; value: string } => ({ name, value });

describe('readReferences', () => {
  it('reads each of the fields, whatever their case', () => {
    const fields = [
      field('X-Relais-Document', ' 2024-117 '),
      field('x-relais-contact', 'C-9'),
      field('X-Relais-Document-Type', 'invoice'),
      field('X-Relais-Administration', 'nl-01'),
      field('X-RELAIS-TEMPLATE', 'invoice'),
      field('X-Relais-Class', 'payslip'),
      field('X-Relais-Tag', 'run=7'),
      field('X-Relais-Tag', ' stage = one=two '),
      field('X-Relais-Tag', 'urgent'),
    ];
    expect(readReferences(fields)).toEqual({
      document: '2024-117',
      documentType: 'invoice',
      administration: 'nl-01',
      stream: null,
      contact: 'C-9',
      template: 'invoice',
      class: 'payslip',
      tags: { run: '7', stage: 'one=two', urgent: '' },
    });
  });

  it('takes the first of a repeated field, and nothing of other fields', () => {
    const fields = [field('Subject', 'x'), field('X-Relais-Document', 'a'), field('X-Relais-Document', 'b'), field('X-Relais-Other', 'c')];
    expect(readReferences(fields)).toEqual({ ...NO_REFERENCES, document: 'a' });
  });

  it.each([
    ['payroll-may', { name: 'payroll-may', expected: null }],
    ['payroll-may; expected=1200', { name: 'payroll-may', expected: 1200 }],
    ['payroll-may ;Expected = 7; more=1', { name: 'payroll-may', expected: 7 }],
    ['payroll-may; expected=many', { name: 'payroll-may', expected: null }],
    ['; expected=3', undefined],
  ])('reads the run %s', (value, run) => {
    expect(readReferences([field('X-Relais-Run', value)]).run).toEqual(run);
  });

  it('is null where nothing stands', () => {
    expect(readReferences([])).toEqual(NO_REFERENCES);
    expect(readReferences([field('X-Relais-Document', '  \r\n\t ')])).toEqual(NO_REFERENCES);
    expect(readReferences([field('X-Relais-Tag', '=x')])).toEqual(NO_REFERENCES);
  });

  it('takes control characters out and bounds what it keeps', () => {
    expect(readReferences([field('X-Relais-Document', 'a\r\nb\0c')]).document).toBe('a b c');
    expect(readReferences([field('X-Relais-Document', 'x'.repeat(5000))]).document).toHaveLength(200);
    const tags = Array.from({ length: 100 }, (_, i) => field('X-Relais-Tag', `n${i}=v`));
    expect(Object.keys(readReferences(tags).tags)).toHaveLength(20);
  });

  it('R45 lets no tag reach a prototype', () => {
    const { tags } = readReferences([field('X-Relais-Tag', '__proto__=x'), field('X-Relais-Tag', 'constructor=y')]);
    expect(Object.getPrototypeOf(tags)).toBe(Object.prototype);
    expect(Object.entries(tags)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});
