/** The register: lists of messages, one message in full, its bytes. */
import type { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import type { MessageSummary } from '../../domain/message.ts';
import type { Store } from '../../domain/ports.ts';
import { detailJson, rfc3339, summaryJson } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import { maySee } from '../auth/caller.ts';
import { attachmentDisposition } from '../content/safe-name.ts';
import type { AppContext } from '../environment.ts';
import { printable } from '../printable.ts';
import { notFound } from '../problem.ts';
import { type Shared, visibleRecord } from './context.ts';
import { asMessageId, cursor, DEFAULT_PAGE, idParam, pageLimit } from './fields.ts';
import { FILTER_FIELDS, filterFor, REPEATABLE_FILTERS } from './filter.ts';
import { type Api, route } from './route.ts';
import { Message, MessagePage } from './schemas.ts';

/** Each with the name that people gave to its stream. */
async function withStreamNames(store: Pick<Store, 'streams'>, items: readonly MessageSummary[]): Promise<Record<string, unknown>[]> {
  return Promise.all(items.map(async (item) => ({ ...summaryJson(item), streamName: await streamName(store, item) })));
}

/** Null: it is of no stream, or of one without a name. */
async function streamName({ streams }: Pick<Store, 'streams'>, { message }: Pick<MessageSummary, 'message'>): Promise<string | null> {
  const { stream, template } = message.references;
  return stream === null || template !== null ? null : ((await streams.get(stream))?.name ?? null);
}

export function messageRoutes(api: Api, shared: Shared): void {
  const { store, now } = shared.options;
  route(
    api,
    {
      method: 'get',
      path: '/messages',
      tag: 'Messages',
      summary: 'The register, newest first',
      description:
        'Filters combine. A filter that hits rarely may answer fewer items than asked with `next` set: the search goes on from there. For a first load: take all pages, then follow `GET /changes` after the `seq` of the first one.',
      permission: 'messages:read',
      query: z.strictObject({ ...FILTER_FIELDS, limit: pageLimit, cursor }),
      repeatable: REPEATABLE_FILTERS,
      answers: { 200: { description: 'A page', schema: MessagePage } },
    },
    async ({ c, caller, query }) => {
      // Read before the page: whatever it does not show yet is in the feed after this.
      const truth = { asOf: rfc3339(now()), seq: store.lastSeq };
      const filter = filterFor(caller, query);
      if (filter === undefined) return c.json({ items: [], next: null, ...truth });
      const limit = query.limit ?? DEFAULT_PAGE;
      const page = await store.messages(filter, { limit, ...(query.cursor === undefined ? {} : { cursor: query.cursor }) });
      return c.json({ items: await withStreamNames(store, page.items), next: page.next, ...truth });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/messages/{id}',
      tag: 'Messages',
      summary: 'One message, with each recipient’s attempts and reports, and its events',
      permission: 'messages:read',
      params: idParam,
      answers: { 200: { description: 'The message', schema: Message } },
    },
    async ({ c, caller, params }) => {
      const id = asMessageId(params.id);
      const detail = id === undefined ? undefined : await store.message(id);
      if (detail === undefined || !maySee(caller, detail.message.account)) throw notFound(`There is no message ${params.id.slice(0, 60)}`);
      return c.json({ ...detailJson(detail), streamName: await streamName(store, detail) });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/messages/{id}/content',
      tag: 'Messages',
      summary: 'The bytes as they are forwarded: our Received field, then what the ERP sent',
      permission: 'messages:content',
      params: idParam,
      answers: {
        200: { description: 'The message', contentType: 'message/rfc822' },
        410: { description: 'The content was erased; the record stays (`content-erased`)' },
      },
    },
    async ({ c, caller, params }) => {
      const { message } = await visibleRecord(shared, caller, params.id);
      const content = await store.content(message.id);
      await audit(shared, caller, { action: 'content.read', subject: { kind: 'message', id: message.id }, detail: { what: 'content' } });
      shared.options.log.info({ caller: caller.name, message: message.id }, 'content read');
      const received = Buffer.from(message.received, 'utf8');
      return downloadOf(c, shared, {
        name: `${message.id}.eml`,
        size: received.length + content.size,
        body: () => prefixed(received, content.stream()),
      });
    },
  );
}

async function* prefixed(head: Buffer, rest: Readable): AsyncIterable<Buffer> {
  if (head.length > 0) yield head;
  for await (const chunk of rest) yield chunk as Buffer;
}

/** A file that no browser shows in place (R52). The name is a safe one, never as a mail has it. */
export function downloadOf(
  c: AppContext,
  shared: Shared,
  file: {
    readonly name: string;
    /** Null: not known before it is read. */
    readonly size: number | null;
    readonly body: () => AsyncIterable<Buffer>;
    readonly type?: string;
  },
): Response {
  const headers = {
    'content-type': file.type ?? 'message/rfc822',
    ...(file.size === null ? {} : { 'content-length': String(file.size) }),
    'content-disposition': attachmentDisposition(file.name),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
  };
  if (c.req.method === 'HEAD') return new Response(null, { headers });
  return new Response(
    streamed(file.body(), (error) => {
      // The head is out: all that is left is to cut the connection, so that nobody takes half for the whole.
      shared.options.log.error({ file: printable(file.name), error: printable(error.message) }, 'content could not be read to its end');
      c.env?.outgoing?.destroy();
    }),
    { headers },
  );
}

/** A stream that reads on as the client takes, and never fails in the hands of the node adapter, which would print it. */
function streamed(source: AsyncIterable<Buffer>, onError: (error: Error) => void): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          onError(error instanceof Error ? error : new Error(String(error)));
          controller.close();
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
