/** The audit log: who looked at content, sent again, deleted, changed. */
import { z } from '@hono/zod-openapi';
import { AUDIT_ACTIONS, AUDIT_SUBJECTS, type AuditRecord } from '../../domain/audit.ts';
import { rfc3339 } from '../../domain/representation.ts';
import { given } from './access-fields.ts';
import type { Shared } from './context.ts';
import { cursor, DEFAULT_PAGE, pageLimit, text, time } from './fields.ts';
import { type Api, route } from './route.ts';
import { AuditEntry, pageOf } from './schemas.ts';

export function auditRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'get',
      path: '/audit',
      tag: 'Access',
      summary: 'The audit log, newest first: who looked at content, sent again, deleted, changed',
      description: 'Filters combine. Entries are appended, never changed.',
      permission: 'audit:read',
      spansAccounts: true,
      query: z.strictObject({
        by: text.optional().openapi({ description: 'Name of the user or token.' }),
        action: z.enum(AUDIT_ACTIONS, `one of ${AUDIT_ACTIONS.join(', ')}`).optional(),
        subjectKind: z.enum(AUDIT_SUBJECTS, `one of ${AUDIT_SUBJECTS.join(', ')}`).optional(),
        subject: text.optional().openapi({ description: 'Id of a message or report, name of a user or token, an address.' }),
        from: time.optional(),
        to: time.optional(),
        limit: pageLimit,
        cursor,
      }),
      answers: { 200: { description: 'A page', schema: pageOf(AuditEntry) } },
    },
    async ({ c, query: { limit = DEFAULT_PAGE, cursor: from, ...filter } }) => {
      const page = await shared.options.store.audits(given(filter), { limit, ...(from === undefined ? {} : { cursor: from }) });
      return c.json({ items: page.items.map(auditJson), next: page.next });
    },
  );
}

function auditJson({ id, at, by, action, subject, detail, address }: AuditRecord): Record<string, unknown> {
  return { id, at: rfc3339(at), by, action, subject, detail, address };
}
