/** R50 Every route there is, walked: by nobody, by whoever may nothing, and by whoever sees one account of two. */
import { describe, expect, it } from 'vitest';
import { signedIn } from './browser.ts';
import { problemOf, type Room } from './harness.ts';
import { callOf, HIDDEN, nameOf, type Operation, operations, type Scene, SHOWS_NOTHING, scene, stateOf, textOf } from './walk.ts';

const reads = ({ method, permission }: Operation): boolean =>
  method === 'GET' && ['messages:read', 'messages:content', 'changes:read'].includes(permission ?? '');

describe('R50 every route of the API', () => {
  it('R50 asks for its permission first, whatever else is wrong with the request', async () => {
    const there = await scene();
    const { room } = there;
    const powerless = await room.token('powerless', { permissions: [] });
    for (const operation of await operations(room)) {
      const { permission } = operation;
      if (permission === undefined) continue;
      const { status, text } = await callOf(operation, there, powerless);
      expect([nameOf(operation), status, JSON.parse(text)]).toMatchObject([
        nameOf(operation),
        403,
        { code: 'permission-missing', permission },
      ]);
    }
  });

  it('R50 that reads mail shows what is hidden to whoever may see all: the walk looks where there is something', async () => {
    const there = await scene();
    const all = await there.room.token('all', { role: 'admin' });
    for (const operation of (await operations(there.room)).filter(reads)) {
      if (SHOWS_NOTHING.has(nameOf(operation))) continue;
      const { status, text } = await callOf(operation, there, all);
      expect([nameOf(operation), status, text.includes(HIDDEN)]).toEqual([nameOf(operation), 200, true]);
    }
  });

  it('R50 shows nothing of another account, and changes nothing of it', async () => {
    const there = await scene();
    const { room, message, reportId } = there;
    const narrow = await room.token('narrow', { role: 'admin', accounts: ['erp'] });
    const before = await stateOf(there);
    for (const operation of await operations(room)) {
      const { status, text } = await callOf(operation, there, narrow);
      const leaks = text.includes(HIDDEN) || (status < 400 && (text.includes(message) || text.includes(reportId)));
      expect([nameOf(operation), status, leaks]).toEqual([nameOf(operation), status, false]);
      expect(status, nameOf(operation)).toBeLessThan(500);
    }
    expect(await stateOf(there)).toBe(before);
    expect(room.submitter.requests.filter(({ account }) => account === 'payroll')).toEqual([]);
  });

  it('R50 keeps the positions of programs that see some accounts apart from all others', async () => {
    const { room } = await scene();
    const narrow = await room.token('narrow', { accounts: ['erp'] });
    const put = (seq: number, token?: string): Promise<Response> =>
      room.call('/api/v1/consumers/erp', { method: 'PUT', body: JSON.stringify({ seq }), ...(token === undefined ? {} : { token }) });
    await put(2);
    expect((await room.call('/api/v1/consumers/erp', { token: narrow })).status).toBe(404);
    await put(1, narrow);
    expect((await room.call('/api/v1/consumers/erp', { method: 'DELETE', token: narrow })).status).toBe(204);
    expect(await room.get('/api/v1/consumers/erp')).toMatchObject({ seq: 2 });
    const again = await room.token('narrow-again', { accounts: ['erp'] });
    await put(1, narrow);
    expect(await room.get<{ items: object[] }>('/api/v1/consumers', again)).toMatchObject({ items: [{ name: 'erp', seq: 1 }] });
  });
});

/** Paths of the pages, from the routes themselves; parameters with a colon. */
function pages(room: Room, method: 'GET' | 'POST'): string[] {
  const paths = room.app.routes.filter((route) => route.method === method).map(({ path }) => path);
  return [...new Set(paths)].filter((path) => !path.startsWith('/api/') && !path.startsWith('/assets/') && !path.includes('*'));
}

/** Where a page shows the hidden mail. */
const QUERIES: Readonly<Record<string, string>> = { '/reports': '?list=all' };

function pagePath(path: string, { message, reportId }: Scene): string {
  const values: Readonly<Record<string, string>> = {
    ':id': path.startsWith('/reports/') ? reportId : message,
    ':document': 'ASKED-1',
    ':contact': 'ASKED-C',
    ':address': 'failed@payroll.example',
    ':n': '1',
  };
  return path.replace(/:\w+/g, (name) => encodeURIComponent(values[name] ?? 'asked')) + (QUERIES[path] ?? '');
}

/** Pages that answer without a session: they show nothing of anybody. */
const OPEN = [
  '/messages/columns',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/docs',
  '/sign-in',
  '/sign-in/link',
  '/language/:language',
  '/theme/:theme',
];
/** Forms that are sent before there is a session. */
const BEFORE_SIGN_IN = ['/sign-in', '/sign-in/code'];

describe('R50 every page', () => {
  it('R50 leads to the sign-in without a session', async () => {
    const there = await scene();
    const get = (path: string): Response | Promise<Response> =>
      there.room.app.request(pagePath(path, there), { headers: { host: 'localhost', accept: 'text/html' } });
    for (const path of pages(there.room, 'GET').filter((one) => !OPEN.includes(one))) {
      const answer = await get(path);
      const { status } = answer;
      // What a page's script asks for is refused; a page leads on.
      expect([path, status === 401 || (status === 303 && answer.headers.get('location')?.startsWith('/sign-in'))]).toEqual([path, true]);
    }
    for (const path of OPEN) expect(await (await get(path)).text(), path).not.toContain(HIDDEN);
  });

  it('R50 shows nothing of mail to whoever may nothing', async () => {
    const there = await scene();
    const { room, own } = there;
    const get = await signedIn(room, await room.token('powerless', { permissions: [] }));
    for (const path of pages(room, 'GET')) {
      const text = await textOf(await get(pagePath(path, there)));
      expect([path, text.includes(HIDDEN) || text.includes('Invoice 2026-117') || text.includes(own)]).toEqual([path, false]);
    }
  });

  it('R50 shows nothing of another account', async () => {
    const there = await scene();
    const { room } = there;
    const all = await signedIn(room, await room.token('all', { role: 'admin' }));
    const narrow = await signedIn(room, await room.token('narrow', { role: 'admin', accounts: ['erp'] }));
    const shown: string[] = [];
    for (const path of pages(room, 'GET')) {
      if ((await textOf(await all(pagePath(path, there)))).includes(HIDDEN)) shown.push(path);
      const answer = await narrow(pagePath(path, there));
      expect([path, (await textOf(answer)).includes(HIDDEN)]).toEqual([path, false]);
      expect(answer.status, path).toBeLessThan(500);
    }
    for (const path of ['/messages', '/messages/:id', '/reports', '/reports/:id']) expect(shown).toContain(path);
  });

  it('R55 takes no form from another site, nor one without its token', async () => {
    const there = await scene();
    const { room } = there;
    const get = await signedIn(room, await room.token('all', { role: 'admin' }));
    const before = await stateOf(there);
    for (const path of pages(room, 'POST')) {
      for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, {}]) {
        if (Object.keys(headers).length === 0 && BEFORE_SIGN_IN.includes(path)) continue;
        const answer = await get(pagePath(path, there), { method: 'POST', body: 'csrf=x', headers: { accept: '*/*', ...headers } });
        expect([path, answer.status, (await problemOf(answer)).code]).toEqual([path, 403, 'forged-request']);
      }
    }
    expect(await stateOf(there)).toBe(before);
  });
});
