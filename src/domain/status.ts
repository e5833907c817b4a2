/** Enhanced status codes for what no server gave one for (RFC 3463 §3). Pure. */
import type { Category, EnhancedStatus, Phase } from './reply.ts';

/** Subject and detail; the class says whether it is final. */
const DETAILS: Readonly<Record<Category, string>> = {
  'mailbox-unknown': '1.1',
  'domain-unknown': '1.2',
  'mailbox-full': '2.2',
  'mailbox-disabled': '2.1',
  'too-big': '3.4',
  blocked: '7.1',
  auth: '7.1',
  spam: '7.1',
  virus: '7.0',
  policy: '7.1',
  rate: '4.5',
  transient: '4.0',
  unknown: '0.0',
};

export function statusOfCategory(category: Category, statusClass: 4 | 5): EnhancedStatus {
  return `${statusClass}.${DETAILS[category]}` as EnhancedStatus;
}

/** Of an attempt that got no reply: 4.4.3 the DNS, 4.4.1 no answer, 4.4.2 a bad connection. */
export function statusOfSilence(phase: Phase | null): EnhancedStatus {
  if (phase === 'dns') return '4.4.3';
  if (phase === 'connect' || phase === null) return '4.4.1';
  return '4.4.2';
}
