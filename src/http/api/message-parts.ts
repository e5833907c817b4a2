/** What a message looks like and what came with it: a safe view, the list of its files, and each of them (R51, R52). */
import { z } from '@hono/zod-openapi';
import type { AcceptedMessage } from '../../domain/message.ts';
import { audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { openFile } from '../content/attachment.ts';
import { type MailFile, type MailOutline, readOutline } from '../content/outline.ts';
import { PREVIEW_HEADERS, previewDocument } from '../content/preview.ts';
import { safeName } from '../content/safe-name.ts';
import { type SourceHead, slicesOf, sourceHead } from '../content/slices.ts';
import { stringsFor } from '../dashboard/strings.ts';
import { notFound } from '../problem.ts';
import { type Shared, visibleRecord } from './context.ts';
import { idParam } from './fields.ts';
import { downloadOf } from './messages.ts';
import { type Api, route } from './route.ts';
import { MessageAttachments } from './schemas.ts';

const ERASED = { description: 'The content was erased; the record stays (`content-erased`)' };

export function messagePartRoutes(api: Api, shared: Shared): void {
  previewRoute(api, shared);
  route(
    api,
    {
      method: 'get',
      path: '/messages/{id}/attachments',
      tag: 'Messages',
      summary: 'The files that a message brings',
      description: 'In the order they stand in. Attached messages are files, and are not opened.',
      permission: 'messages:content',
      params: idParam,
      answers: { 200: { description: 'All of them', schema: MessageAttachments }, 410: ERASED },
    },
    async ({ c, caller, params }) => {
      const { files, incomplete } = await outlineFor(shared, caller, params.id, 'attachments');
      return c.json({ items: files.map(fileJson), incomplete });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/messages/{id}/attachments/{n}',
      tag: 'Messages',
      summary: 'One file, decoded, to be kept: no browser shows it in place',
      description:
        'The name is made safe: without path, control characters and what a system keeps for itself. What could run in a browser is `application/octet-stream`.',
      permission: 'messages:content',
      params: idParam.extend({ n: z.string().openapi({ type: 'integer', minimum: 1, description: '`number` in the list.' }) }),
      answers: { 200: { description: 'The file', contentType: 'application/octet-stream' }, 410: ERASED },
    },
    async ({ c, caller, params }) => {
      const number = /^[1-9]\d{0,3}$/.test(params.n) ? Number(params.n) : 0;
      const { message } = await visibleRecord(shared, caller, params.id);
      const content = await shared.options.store.content(message.id);
      const file = number === 0 ? undefined : await openFile(slicesOf(message, content), number);
      if (file === undefined) throw notFound(`The message has no attachment ${params.n.slice(0, 10)}`);
      await recordReading(shared, caller, message, { what: 'attachment', number });
      const name = safeName(file.name, file.type, number);
      return downloadOf(c, shared, { name, type: passiveType(file.type), size: null, body: () => file.octets });
    },
  );
}

function previewRoute(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'get',
      path: '/messages/{id}/preview',
      tag: 'Messages',
      summary: 'The message as one may look at it: a document that runs nothing and loads nothing',
      description:
        'HTML without scripts, forms and links that lead anywhere; pictures that came with the message stand in it, those of other servers are left out. To be shown in a frame with `sandbox`.',
      permission: 'messages:content',
      params: idParam,
      answers: { 200: { description: 'A document', contentType: 'text/html' }, 410: ERASED },
    },
    async ({ c, caller, params }) => {
      const outline = await outlineFor(shared, caller, params.id, 'preview');
      const { language, preview } = stringsFor(c);
      const token = `relais-${Buffer.from(shared.options.randomBytes(12)).toString('hex')}`;
      const document = await previewDocument({ outline, cleaner: shared.cleaner, words: { language, ...preview }, token });
      return c.body(document, 200, { ...PREVIEW_HEADERS });
    },
  );
}

/** Reads a message for a caller who may see its content; that is on record before anything is shown. */
export async function outlineFor(
  shared: Shared,
  caller: Caller,
  id: string,
  what: 'preview' | 'text' | 'attachments',
): Promise<MailOutline> {
  const { message } = await visibleRecord(shared, caller, id);
  const content = await shared.options.store.content(message.id);
  await recordReading(shared, caller, message, { what });
  return readOutline(slicesOf(message, content));
}

/** The beginning of the raw message, for a caller who may see its content. */
export async function sourceFor(shared: Shared, caller: Caller, id: string, limit: number): Promise<SourceHead> {
  const { message } = await visibleRecord(shared, caller, id);
  const content = await shared.options.store.content(message.id);
  await recordReading(shared, caller, message, { what: 'source' });
  return sourceHead(message, content, limit);
}

async function recordReading(
  shared: Shared,
  caller: Caller,
  message: AcceptedMessage,
  detail: { readonly what: string; readonly number?: number },
): Promise<void> {
  await audit(shared, caller, { action: 'content.read', subject: { kind: 'message', id: message.id }, detail });
}

/** A file of the list, with the name under which it is handed out. */
export function fileJson({ number, name, type, size, inline }: MailFile) {
  return { number, name: safeName(name, type, number), contentType: type.slice(0, 200), size, inline };
}

/** What no browser takes for a document, wherever the file is opened from. */
const PASSIVE = /^(?:application\/(?:pdf|zip|msword|vnd\.[a-z0-9.+-]+)|image\/(?:png|jpe?g|gif|webp)|text\/(?:plain|csv|calendar))$/;

function passiveType(type: string): string {
  return PASSIVE.test(type) && !/xml|html|script/.test(type) ? type : 'application/octet-stream';
}
