/** Evidence of a message or a document, signed; the key it is verified with, and the seals over the feed. */
import { z } from '@hono/zod-openapi';
import { accountNamed } from '../../domain/accounts.ts';
import { evidenceName, evidenceText } from '../../domain/evidence.ts';
import type { EvidenceRequest } from '../../domain/ports.ts';
import { LANGUAGES, type Language } from '../../domain/settings.ts';
import { type Act, audit } from '../audit.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { attachmentDisposition } from '../content/safe-name.ts';
import { askedLanguage } from '../dashboard/strings.ts';
import type { AppContext } from '../environment.ts';
import { evidenceDeskOf } from '../evidence-desk.ts';
import { notFound } from '../problem.ts';
import type { Shared } from './context.ts';
import { visibleDocument } from './documents.ts';
import { asMessageId, DEFAULT_PAGE, idParam, pageLimit, sequenceNumber, text } from './fields.ts';
import { type Api, route } from './route.ts';
import { Evidence, EvidenceKey, Seal } from './schemas-evidence.ts';

const language = z
  .enum(LANGUAGES, `one of ${LANGUAGES.join(', ')}`)
  .optional()
  .openapi({ description: 'Of its sentences. Left out: as the caller asks (Accept-Language), else that of the account.' });

const FORMS = [
  { ending: '', what: 'JSON, or PDF where `Accept` asks for `application/pdf`', type: undefined },
  { ending: '.json', what: 'JSON', type: undefined },
  { ending: '.pdf', what: 'PDF, with the JSON in it', type: 'application/pdf' },
] as const;

const DESCRIPTION =
  'What was submitted, to whom, each attempt and report, how sure that is and what it does not prove. docs/EVIDENCE.md says how to verify it.';

export function evidenceRoutes(api: Api, shared: Shared): void {
  for (const { ending, what, type } of FORMS) {
    const answers = { 200: { description: 'The evidence', ...(type === undefined ? { schema: Evidence } : { contentType: type }) } };
    messageRoute(api, shared, { ending, what, answers });
    documentRoute(api, shared, { ending, what, answers });
  }
  keyRoutes(api, shared);
}

interface Form {
  readonly ending: (typeof FORMS)[number]['ending'];
  readonly what: string;
  readonly answers: Parameters<typeof route>[1]['answers'];
}

function messageRoute(api: Api, shared: Shared, { ending, what, answers }: Form): void {
  route(
    api,
    {
      method: 'get',
      path: `/messages/{id}/evidence${ending}`,
      tag: 'Messages',
      summary: `Signed evidence of what became of a message: ${what}`,
      description: DESCRIPTION,
      permission: 'messages:read',
      params: idParam,
      query: z.strictObject({ language }),
      answers,
    },
    async ({ c, caller, params, query }) => {
      const id = asMessageId(params.id);
      const detail = id === undefined ? undefined : await shared.options.store.message(id);
      if (detail === undefined || !maySee(caller, detail.message.account)) throw notFound(`There is no message ${params.id.slice(0, 60)}`);
      const { message } = detail;
      return answer(c, shared, caller, {
        subject: { kind: 'message', detail },
        language: query.language ?? languageFor(c, shared, message.account),
        form: formFor(c, ending),
        about: { kind: 'message', id: message.id },
      });
    },
  );
}

function documentRoute(api: Api, shared: Shared, { ending, what, answers }: Form): void {
  route(
    api,
    {
      method: 'get',
      path: `/documents/{document}/evidence${ending}`,
      tag: 'Documents and contacts',
      summary: `Signed evidence of all mail that carried a document: ${what}`,
      description: `${DESCRIPTION} Of very much mail the newest.`,
      permission: 'messages:read',
      params: z.object({ document: text }),
      query: z.strictObject({
        language,
        administration: text.optional().openapi({ description: 'As in `GET /documents/{document}`.' }),
      }),
      answers,
    },
    async ({ c, caller, params: { document }, query }) => {
      const record = await visibleDocument(shared, caller, { document, administration: query.administration });
      return answer(c, shared, caller, {
        subject: { kind: 'document', record },
        language: query.language ?? languageFor(c, shared, record.mails[0]?.message.account ?? ''),
        form: formFor(c, ending),
        about: { kind: 'document', id: record.document },
      });
    },
  );
}

function languageFor(c: AppContext, { options }: Shared, account: string): Language {
  return askedLanguage(c) ?? accountNamed(options.running.config().accounts, account)?.language ?? 'en';
}

/** RFC 9110 §12.5.1, as far as two forms need it: whichever is named, JSON where both or neither are. */
function formFor(c: AppContext, ending: Form['ending']): 'json' | 'pdf' {
  if (ending !== '') return ending === '.pdf' ? 'pdf' : 'json';
  const accept = (c.req.header('accept') ?? '').toLowerCase();
  return accept.includes('application/pdf') && !accept.includes('application/json') ? 'pdf' : 'json';
}

/** That it is made is on record before it is handed out. */
async function answer(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  { form, about, ...asked }: Omit<EvidenceRequest, 'by'> & { readonly form: 'json' | 'pdf'; readonly about: NonNullable<Act['subject']> },
): Promise<Response> {
  const desk = evidenceDeskOf(shared.options);
  const { kind, name } = caller;
  const evidence = await desk.make({ ...asked, by: { kind, name } });
  const body = form === 'pdf' ? await desk.pdf(evidence) : Buffer.from(evidenceText(evidence));
  await audit(shared, caller, { action: 'evidence.made', subject: about, detail: { form } });
  return new Response(c.req.method === 'HEAD' ? null : new Uint8Array(body), {
    headers: {
      'content-type': form === 'pdf' ? 'application/pdf' : 'application/json; charset=utf-8',
      'content-length': String(body.length),
      'content-disposition': attachmentDisposition(evidenceName(evidence.statement, form)),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      vary: 'Accept, Accept-Language',
    },
  });
}

function keyRoutes(api: Api, shared: Shared): void {
  const { options } = shared;
  route(
    api,
    {
      method: 'get',
      path: '/evidence/key',
      tag: 'Evidence',
      summary: 'The public key that evidence and seals are verified with',
      description: 'To be handed to whoever verifies evidence, by a way that they trust. Any token may read it.',
      permission: null,
      answers: { 200: { description: 'The key', schema: EvidenceKey } },
    },
    ({ c }) => c.json(evidenceDeskOf(options).key),
  );
  route(
    api,
    {
      method: 'get',
      path: '/evidence/seals',
      tag: 'Evidence',
      summary: 'The seals over the feed, oldest first',
      description:
        'Each is over the events since the one before it, and has its hash. Whoever keeps them elsewhere can tell later whether the past was changed. They say nothing of anybody.',
      permission: 'messages:read',
      query: z.strictObject({
        after: sequenceNumber.optional().openapi({ description: '`to` of the last one that is known.' }),
        limit: pageLimit,
      }),
      answers: { 200: { description: 'A page', schema: z.strictObject({ items: z.array(Seal), next: z.number().int().nullable() }) } },
    },
    async ({ c, query: { after = 0, limit = DEFAULT_PAGE } }) => {
      const items = await options.store.ledger.list({ after, limit });
      return c.json({ items, next: items.length < limit ? null : (items.at(-1)?.to ?? null) });
    },
  );
}
