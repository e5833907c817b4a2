import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/domain/events.ts';
import { causeKey, causeOf } from '../../src/domain/signal-cause.ts';
import { compileFilter, ownerOf, type SignalSubject } from '../../src/domain/signal-match.ts';
import type { SignalFilter, SignalGroupKey } from '../../src/domain/signal-rule.ts';
import { failedEvent, recordOf } from '../signals/occurrences.ts';

const record = recordOf({
  account: 'erp',
  sender: 'anna@example.com',
  recipients: [{ address: 'ann@sub.partner.example', state: 'failed' }],
  references: { template: 'invoice-nl', documentType: 'invoice', document: 'INV-1', class: 'bulk', tags: { run: 'may', urgent: '' } },
});
const event = failedEvent(record, { seq: 7, category: 'blocked', source: 'report', nextHop: 'smtp.provider.example:587' });
const subject: SignalSubject = { event, record };
const fits = (where: SignalFilter, of: SignalSubject = subject): boolean => {
  const filter = compileFilter(where);
  return filter.may(of.event) && filter.fits(of);
};

describe('filters', () => {
  it.each<[SignalFilter, boolean]>([
    [{}, true],
    [{ state: ['failed'] }, true],
    [{ state: ['deferred'] }, false],
    [{ category: ['spam', 'blocked'] }, true],
    [{ category: ['mailbox-*'] }, false],
    [{ template: ['invoice*'] }, true],
    [{ template: ['INVOICE-NL'] }, true],
    [{ template: ['payslip*'] }, false],
    [{ documentType: ['invoice'] }, true],
    [{ account: ['erp'] }, true],
    [{ account: ['payroll'] }, false],
    [{ sender: ['*@example.com'] }, true],
    [{ sender: ['bob@example.com'] }, false],
    [{ domain: ['*.partner.example'] }, true],
    [{ domain: ['partner.example'] }, false],
    [{ tag: ['urgent'] }, true],
    [{ tag: ['run=ma*'] }, true],
    [{ tag: ['run=june'] }, false],
    [{ tag: ['toString'] }, false],
    [{ class: ['bulk'] }, true],
    [{ confidence: ['confirmed'] }, true],
    [{ confidence: ['recorded'] }, false],
    [{ source: ['report'] }, true],
    [{ nextHop: ['smtp.*'] }, true],
    [{ template: ['invoice*'], category: ['spam'] }, false],
  ])('%j: %s', (where, expected) => {
    expect(fits(where)).toBe(expected);
  });

  it('a message that is gone fits nothing that asks about it', () => {
    const gone = { event, record: null };
    expect(fits({ account: ['erp'] }, gone)).toBe(true);
    expect(fits({ sender: ['*'] }, gone)).toBe(false);
    expect(fits({ tag: ['run'] }, gone)).toBe(false);
  });

  it('an event of a next hop fits by that alone', () => {
    const blocked: SignalSubject = { event: { seq: 1, at: 1, type: 'queue.blocked', nextHop: 'mx.example' }, record: null };
    expect(fits({ nextHop: ['mx.*'] }, blocked)).toBe(true);
    expect(fits({ account: ['*'] }, blocked)).toBe(false);
  });
});

describe('causes', () => {
  const of = (by: readonly SignalGroupKey[], one: FeedEvent = event, run: string | null = null) => causeOf(by, { event: one, record }, run);

  it('are domain and category of a recipient', () => {
    expect(of(['cause'])).toEqual({ domain: 'sub.partner.example', category: 'blocked' });
    expect(of(['cause'], { ...event, type: 'recipient.suppressed' })).toEqual({ domain: 'sub.partner.example', category: 'suppressed' });
    const { category: _, ...complaint } = { ...event, type: 'recipient.complained' as const };
    expect(of(['cause'], complaint)).toEqual({ domain: 'sub.partner.example', event: 'recipient.complained' });
  });

  it('are what is broken, where it is no recipient', () => {
    expect(of(['cause'], { seq: 1, at: 1, type: 'queue.blocked', nextHop: 'mx.example' })).toEqual({ nextHop: 'mx.example' });
    expect(of(['cause'], { seq: 1, at: 1, type: 'mailbox.failing', mailbox: 'bounces' })).toEqual({ mailbox: 'bounces' });
    expect(of(['cause'], { seq: 1, at: 1, type: 'report.unmatched' })).toEqual({ event: 'report.unmatched' });
  });

  it('are what the rule says, else', () => {
    expect(of(['template', 'sender', 'document', 'nextHop', 'run'], event, 'erp: may')).toEqual({
      template: 'invoice-nl',
      sender: 'anna@example.com',
      document: 'INV-1',
      nextHop: 'smtp.provider.example:587',
      run: 'erp: may',
    });
    expect(of([])).toEqual({});
  });

  it('have one key, whatever their order', () => {
    expect(causeKey({ domain: 'a', category: 'b' })).toBe(causeKey({ category: 'b', domain: 'a' }));
    expect(causeKey({ domain: 'a' })).not.toBe(causeKey({ template: 'a' }));
  });
});

it('the owner of a message is the first that matches', () => {
  const owners = [
    { match: { template: ['payslip*'] }, mail: ['hr@example.com'], language: 'nl' as const },
    { match: { account: ['erp'], documentType: ['invoice'] }, mail: ['sales@example.com'], language: 'fr' as const },
    { match: {}, mail: ['all@example.com'], language: 'en' as const },
  ];
  expect(ownerOf(owners, record)?.mail).toEqual(['sales@example.com']);
  expect(ownerOf(owners, recordOf({ account: 'other' }))?.mail).toEqual(['all@example.com']);
  expect(ownerOf(owners.slice(0, 2), recordOf({ account: 'other' }))).toBeUndefined();
});
