/** Documents: one verdict on each, across resends, recipients and corrected addresses. */
import { z } from '@hono/zod-openapi';
import { VERDICTS } from '../../domain/document-verdict.ts';
import { documentDetailJson, documentJson } from '../../domain/group-representation.ts';
import type { DocumentFilter, DocumentRecord, DocumentRequest, Judging, Page } from '../../domain/ports.ts';
import type { Caller } from '../auth/caller.ts';
import { notFound } from '../problem.ts';
import { accountsOf } from '../sending/correct.ts';
import type { Shared } from './context.ts';
import { cursor, DEFAULT_PAGE, listOf, pageLimit, text } from './fields.ts';
import { type Api, route } from './route.ts';
import { pageOf } from './schemas.ts';
import { Document, DocumentSummary } from './schemas-groups.ts';

const some = text.min(1, 'must not be empty');

export const DOCUMENT_FIELDS = {
  verdict: listOf(VERDICTS)
    .optional()
    .openapi({
      type: 'array',
      items: { type: 'string', enum: [...VERDICTS] },
      description: 'Any of these; repeated or joined by commas.',
    }),
  q: text.optional().openapi({ description: 'Words of the mail that carried it: as in `GET /messages`.' }),
  documentType: some.optional(),
  administration: some.optional(),
};

export function documentRoutes(api: Api, shared: Shared): void {
  const { references } = shared.options;
  route(
    api,
    {
      method: 'get',
      path: '/documents',
      tag: 'Documents and contacts',
      summary: 'Documents with their verdicts, those with the newest mail first',
      description:
        'What each verdict means and proves is in docs/DOCUMENTS.md. A filter that hits rarely may answer fewer items than asked with `next` set: the search goes on from there.',
      permission: 'messages:read',
      query: z.strictObject({ ...DOCUMENT_FIELDS, limit: pageLimit, cursor }),
      repeatable: ['verdict'],
      answers: { 200: { description: 'A page', schema: pageOf(DocumentSummary) } },
    },
    async ({ c, caller, query }) => {
      const { limit = DEFAULT_PAGE, cursor: from, ...asked } = query;
      const page = await documentPage(shared, caller, asked, { limit, cursor: from });
      return c.json({ items: page.items.map((record) => documentJson(record, references())), next: page.next });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/documents/{document}',
      tag: 'Documents and contacts',
      summary: 'One document: its verdict, since when and why, its recipients and its mail',
      permission: 'messages:read',
      params: z.object({ document: text }),
      query: z.strictObject({
        administration: text.optional().openapi({
          description: 'Where several have a document of this name; empty: mail that names none. Left out: that of the newest mail.',
        }),
      }),
      answers: { 200: { description: 'The document', schema: Document } },
    },
    async ({ c, caller, params, query }) => {
      const record = await visibleDocument(shared, caller, { document: params.document, administration: query.administration });
      return c.json(documentDetailJson(record, references()));
    },
  );
}

export function judging({ options }: Shared): Judging {
  return { policy: options.references().verdict, now: options.now() };
}

/** A page of the documents that the caller may see, by their mail that the caller may see. */
export function documentPage(
  shared: Shared,
  caller: Caller,
  asked: { readonly [K in keyof DocumentFilter]?: DocumentFilter[K] | undefined | readonly string[] },
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<DocumentRecord>> {
  const given = Object.entries(asked).filter(([name, value]) => value !== undefined && !(name === 'q' && value === ''));
  const filter = { ...Object.fromEntries(given), ...accountsOf(caller) } as DocumentFilter;
  const { limit, cursor: from } = page;
  return shared.options.store.documents(filter, judging(shared), { limit, ...(from === undefined ? {} : { cursor: from }) });
}

/** The document by the mail that the caller may see; 404 otherwise, as if it were not there. */
export async function visibleDocument(
  shared: Shared,
  caller: Caller,
  { document, administration }: { readonly document: string; readonly administration?: string | undefined },
): Promise<DocumentRecord> {
  const request: DocumentRequest = {
    document,
    ...(administration === undefined ? {} : { administration: administration === '' ? null : administration }),
    ...accountsOf(caller),
  };
  const record = await shared.options.store.document(request, judging(shared));
  if (record === undefined) throw notFound(`No mail is recorded that carried the document ${document.slice(0, 60)}`);
  return record;
}
