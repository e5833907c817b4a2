/** A negative reply of ours: code (RFC 5321 §4.2), enhanced status (RFC 3463), and a text that says what to do. */
import type { EnhancedStatus } from '../../domain/reply.ts';

export interface Refusal {
  readonly code: number;
  readonly status: EnhancedStatus;
  readonly text: string;
}

export function refusal(code: number, status: EnhancedStatus, text: string): Refusal {
  return { code, status, text };
}

/** Our own fault: the client keeps the mail and tries again. Never anything permanent (RFC 5321 §4.2.1). */
export const LOCAL_ERROR: Refusal = refusal(451, '4.3.0', 'The relay could not record the message; try again later');

/** RFC 1870 §6.1 and §6.3. */
export function tooBig(limit: number): Refusal {
  return refusal(552, '5.3.4', `The message is larger than the ${limit} octets taken here`);
}

export const SHUTTING_DOWN: Refusal = refusal(421, '4.3.2', 'The relay is shutting down; try again later');
