/** ERPs as their interfaces answer, as far as the examples use them; each keeps what was written. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface FakeErp {
  readonly url: string;
  stop(): Promise<void>;
}

type Respond = (request: {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}) => Answer;

async function serve(respond: Respond): Promise<FakeErp> {
  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://erp.example');
      const { status = 200, headers = {}, body } = respond({ method: request.method ?? '', url, headers: request.headers, text });
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface RpcCall {
  readonly id: number;
  readonly params: { readonly service: string; readonly method: string; readonly args: readonly unknown[] };
}

export async function fakeOdoo(): Promise<FakeErp & { readonly notes: { readonly record: string; readonly body: string }[] }> {
  const notes: { record: string; body: string }[] = [];
  const erp = await serve(({ text }) => {
    const { id, params } = JSON.parse(text) as RpcCall;
    const answer = (result: unknown): Answer => ({ body: { jsonrpc: '2.0', id, result } });
    if (params.service === 'common') return answer(params.args[2] === 'key' ? 2 : false);
    const [, , , model, method, args, named] = params.args as [string, number, string, string, string, unknown[], { body?: string }];
    if (method === 'search_count') {
      const [domain] = args as [[string, string, string | number][]];
      const wanted = Object.fromEntries(domain.map(([field, , value]) => [field, value]));
      const record = `${wanted['model']}-${wanted['res_id']}`;
      return answer(notes.filter((note) => note.record === record && note.body.includes(String(wanted['body']))).length);
    }
    const [[recordId]] = args as [[number]];
    notes.push({ record: `${model}-${recordId}`, body: named.body ?? '' });
    return answer(notes.length);
  });
  return { ...erp, notes };
}

export async function fakeAfas(): Promise<
  FakeErp & { readonly items: { readonly contact: string; readonly reference: string; readonly subject: string }[] }
> {
  const items: { contact: string; reference: string; subject: string }[] = [];
  const token = `AfasToken ${Buffer.from('<token><version>1</version><data>secret</data></token>').toString('base64')}`;
  const erp = await serve(({ method, url, headers, text }) => {
    if (headers.authorization !== token) return { status: 401 };
    if (method === 'GET') {
      return { body: { skip: 0, take: 1, rows: items.filter(({ reference }) => reference === url.searchParams.get('filtervalues')) } };
    }
    const { Element } = (JSON.parse(text) as { KnSubject: { Element: AfasElement } }).KnSubject;
    const contact = Element.Objects[0]?.KnSubjectLink.Element.Fields.BcCo ?? '';
    items.push({ contact, reference: Element.Fields.Rf, subject: Element.Fields.Ds });
    return { status: 201, body: { results: { KnSubject: { SbId: String(items.length) } } } };
  });
  return { ...erp, items };
}

interface AfasElement {
  readonly Fields: { readonly Rf: string; readonly Ds: string };
  readonly Objects: readonly { readonly KnSubjectLink: { readonly Element: { readonly Fields: { readonly BcCo: string } } } }[];
}

interface BcRow {
  readonly key: string;
  readonly state: string;
  readonly seq: number;
}

export async function fakeBusinessCentral(): Promise<
  FakeErp & { readonly rows: Map<string, BcRow & { readonly id: string }>; readonly writes: () => number }
> {
  const rows = new Map<string, BcRow & { id: string }>();
  let writes = 0;
  const erp = await serve(({ method, url, headers, text }) => {
    if (url.pathname === '/token') return { body: { access_token: 'bearer', expires_in: 3600, token_type: 'Bearer' } };
    if (headers.authorization !== 'Bearer bearer') return { status: 401 };
    if (method === 'GET') {
      const key = /key eq '([^']*)'/.exec(url.searchParams.get('$filter') ?? '')?.[1] ?? '';
      const row = rows.get(key);
      return { body: { value: row === undefined ? [] : [{ ...row, '@odata.etag': 'W/"1"' }] } };
    }
    const row = JSON.parse(text) as BcRow;
    writes++;
    rows.set(row.key, { ...row, id: rows.get(row.key)?.id ?? `id-${rows.size}` });
    return { status: method === 'POST' ? 201 : 200, body: row };
  });
  return { ...erp, rows, writes: () => writes };
}

interface SapEntity {
  readonly Message: string;
  readonly RecipientNo: number;
  readonly Seq: string;
  readonly State: string;
}

/** Its first session is over at once, as one of yesterday is. */
export async function fakeSap(): Promise<FakeErp & { readonly states: Map<string, SapEntity> }> {
  const states = new Map<string, SapEntity>();
  let sessions = 0;
  const erp = await serve(({ method, headers, text }) => {
    if (method === 'GET') {
      sessions++;
      return { headers: { 'x-csrf-token': `t${sessions}`, 'set-cookie': `SAP_SESSIONID=s${sessions}; path=/; HttpOnly` } };
    }
    if (headers['x-csrf-token'] !== 't2' || headers.cookie !== 'SAP_SESSIONID=s2')
      return { status: 403, headers: { 'x-csrf-token': 'Required' } };
    const entity = JSON.parse(text) as SapEntity;
    const key = `${entity.Message}/${entity.RecipientNo}`;
    if (Number(states.get(key)?.Seq ?? 0) < Number(entity.Seq)) states.set(key, entity);
    return { status: 201, body: { d: entity } };
  });
  return { ...erp, states };
}
