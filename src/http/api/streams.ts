/** Streams: mail of one kind, where no template is named. They are listed, and given names. */
import { z } from '@hono/zod-openapi';
import type { Store, StreamRecord } from '../../domain/ports.ts';
import { cleanReference } from '../../domain/references.ts';
import { rfc3339 } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { badCursor, notFound } from '../problem.ts';
import type { Shared } from './context.ts';
import { cursor, DEFAULT_PAGE, flag, pageLimit, text } from './fields.ts';
import { type Api, route } from './route.ts';
import { pageOf, Stream } from './schemas-references.ts';

const NAME_LIMIT = 100;

export interface NamedStream {
  readonly stream: string;
  readonly record: StreamRecord;
}

export interface StreamQuery {
  readonly named?: boolean | undefined;
  /** A part of name or pattern. */
  readonly q?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export function streamRoutes(api: Api, shared: Shared): void {
  const { store } = shared.options;
  route(
    api,
    {
      method: 'get',
      path: '/streams',
      tag: 'References',
      summary: 'Kinds of mail that have no template, the ones with most mail first',
      permission: 'messages:read',
      query: z.strictObject({
        named: flag.optional(),
        q: text.optional().openapi({ description: 'A part of name or pattern.' }),
        limit: pageLimit,
        cursor,
      }),
      answers: { 200: { description: 'A page', schema: pageOf(Stream) } },
    },
    async ({ c, caller, query }) => {
      const { items, next } = await streamPage(store, caller, { ...query, limit: query.limit ?? DEFAULT_PAGE });
      return c.json({ items: items.map(streamJson), next });
    },
  );
  route(
    api,
    {
      method: 'put',
      path: '/streams/{stream}',
      tag: 'References',
      summary: 'Gives a stream a name, by which it is found as a template is; null takes it away',
      permission: 'queue:manage',
      params: z.object({ stream: text }),
      body: z.strictObject({ name: z.string().max(NAME_LIMIT, `at most ${NAME_LIMIT} characters`).nullable() }),
      answers: { 200: { description: 'The stream', schema: Stream } },
    },
    async ({ c, caller, params, body }) => c.json(streamJson(await nameStream(shared, caller, params.stream, body.name))),
  );
}

/** Two thousand at most are without a name: all are looked at. */
export async function streamPage(
  store: Pick<Store, 'streams'>,
  caller: Caller,
  { named, q = '', limit, cursor: from }: StreamQuery,
): Promise<{ readonly items: readonly NamedStream[]; readonly next: string | null }> {
  const asked = q.trim().toLowerCase();
  const all = (await store.streams.list())
    .filter(({ value }) => maySee(caller, value.account))
    .filter(({ value }) => named === undefined || (value.name !== null) === named)
    .filter(({ value }) => `${value.name ?? ''} ${value.pattern}`.toLowerCase().includes(asked))
    .sort((a, b) => b.value.messages - a.value.messages || (a.name < b.name ? -1 : 1));
  const start = startOf(from, all.length);
  const items = all.slice(start, start + limit).map(({ name, value }) => ({ stream: name, record: value }));
  return { items, next: start + limit < all.length ? String(start + limit) : null };
}

function startOf(from: string | undefined, length: number): number {
  if (from === undefined) return 0;
  if (/^\d{1,6}$/.test(from) && Number(from) <= length) return Number(from);
  throw badCursor();
}

export async function nameStream(shared: Shared, caller: Caller, stream: string, name: string | null): Promise<NamedStream> {
  const { store, now } = shared.options;
  const known = await store.streams.get(stream);
  if (known === undefined || !maySee(caller, known.account)) throw notFound(`There is no stream ${stream.slice(0, 60)}`);
  const record: StreamRecord = {
    ...known,
    name: name === null ? null : cleanReference(name),
    named: { by: caller.name, at: now() },
  };
  await store.streams.put(stream, record);
  await audit(shared, caller, { action: 'stream.named', subject: { kind: 'stream', id: stream }, detail: { name: record.name ?? '' } });
  return { stream, record };
}

export function streamJson({ stream, record }: NamedStream): Record<string, unknown> {
  const { name, named, account, pattern, example, firstAt, lastAt, messages } = record;
  return {
    stream,
    name,
    named: named === null ? null : { by: named.by, at: rfc3339(named.at) },
    account,
    pattern,
    example,
    firstAt: rfc3339(firstAt),
    lastAt: rfc3339(lastAt),
    messages,
  };
}
