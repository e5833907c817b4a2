/**
 * Whether a message is an automatic reply: Auto-Submitted (RFC 3834 §5), and the fields that
 * responders wrote before it. Pure. Asked only of what is no delivery report: those carry
 * Auto-Submitted too.
 */
import { type Field, fieldValue } from './fields.ts';

const RESPONDER_FIELDS = ['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-auto-reply', 'x-autoreply-from', 'x-mail-autoreply'];

export function isAutoReply(headers: readonly Field[]): boolean {
  const submitted = fieldValue(headers, 'auto-submitted')
    ?.toLowerCase()
    .split(/[\s;(]/)[0];
  if (submitted !== undefined && submitted !== '' && submitted !== 'no') return true;
  if (RESPONDER_FIELDS.some((name) => !['no', null].includes(fieldValue(headers, name)?.toLowerCase() ?? null))) return true;
  return /^auto[-_]reply\b/i.test(fieldValue(headers, 'precedence') ?? '');
}
