/** Users, tokens and sessions as administrators change them over the API. */
import { describe, expect, it } from 'vitest';
import { hashPassword } from '../../src/domain/password.ts';
import type { UserRecord } from '../../src/domain/ports.ts';
import { signedIn } from './browser.ts';
import { createRoom, problemOf, type Room } from './harness.ts';

const patch = (room: Room, path: string, body: unknown, token?: string): Promise<Response> =>
  room.call(`/api/v1${path}`, { method: 'PATCH', body: JSON.stringify(body), ...(token === undefined ? {} : { token }) });

async function user(room: Room, name: string, more: Partial<UserRecord> = {}): Promise<void> {
  await room.store.users.put(name, {
    name,
    passwordHash: await hashPassword('correct horse', new Uint8Array(16), { N: 16, r: 1, p: 1 }),
    role: 'viewer',
    permissions: null,
    accounts: null,
    createdAt: 0,
    ...more,
  });
}

async function signIn(
  room: Room,
  name: string,
  password = 'correct horse',
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const answer = await room.app.request('/sign-in', {
    method: 'POST',
    headers: { host: 'localhost', 'user-agent': 'Firefox/140' },
    body: new URLSearchParams({ user: name, password }).toString(),
  });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return async (path, init = {}) =>
    room.app.request(path, { ...init, headers: { host: 'localhost', cookie, ...(init.headers as Record<string, string>) } });
}

describe('tokens', () => {
  it('are changed without being given out anew', async () => {
    const room = createRoom();
    const token = await room.token('erp', { role: 'viewer', accounts: ['erp'] });
    const changed = await patch(room, '/tokens/erp', { role: 'operator', accounts: null, expires: '30d' });
    expect(await changed.json()).toMatchObject({ name: 'erp', role: 'operator', accounts: null });
    expect(await room.get('/api/v1/me', token)).toMatchObject({ role: 'operator', accounts: null });
    room.advance(30 * 86_400_000);
    expect((await room.call('/api/v1/me', { token })).status).toBe(401);
    expect(await (await patch(room, '/tokens/erp', { expiresAt: null })).json()).toMatchObject({ expiresAt: null });
    expect((await room.call('/api/v1/me', { token })).status).toBe(200);
    expect((await patch(room, '/tokens/nobody', { role: 'viewer' })).status).toBe(404);
    const faulty = await problemOf(await patch(room, '/tokens/erp', { role: 'king', expires: '1d', expiresAt: '2020-01-01', name: 'x' }));
    expect(faulty.errors?.map(({ path }) => path).sort()).toEqual(['name', 'role']);
    expect((await problemOf(await patch(room, '/tokens/erp', { expiresAt: '2020-01-01' }))).errors).toMatchObject([{ path: 'expiresAt' }]);
  });

  it('show when they were last used; that is written once a minute, and not by a request that comes after they are gone', async () => {
    const room = createRoom();
    const token = await room.token('erp', {});
    const used = async (): Promise<unknown> =>
      (await room.get<{ items: { lastUsedAt: string | null }[] }>('/api/v1/tokens')).items[0]?.lastUsedAt;
    expect(await used()).toBeNull();
    const commits = room.store.metrics.commits;
    const first = new Date(room.options.now()).toISOString();
    for (let i = 0; i < 50; i++) {
      expect((await room.call('/api/v1/me', { token })).status).toBe(200);
      room.advance(1_000);
    }
    expect(room.store.metrics.commits - commits).toBe(1);
    expect(await used()).toBe(first);
    room.advance(10_000);
    await room.call('/api/v1/me', { token });
    expect(room.store.metrics.commits - commits).toBe(2);
    await room.call('/api/v1/tokens/erp', { method: 'DELETE' });
    expect(await room.store.uses.list()).toEqual([]);
    await room.token('erp', {});
    expect(await used()).toBeNull();
  });
});

describe('users', () => {
  it('are changed, disabled and let in again; what was open ends', async () => {
    const room = createRoom();
    await user(room, 'ann');
    const page = await signIn(room, 'ann');
    expect((await page('/api/v1/me')).status).toBe(200);
    expect(await (await patch(room, '/users/ann', { role: 'operator', accounts: ['erp'] })).json()).toMatchObject({
      role: 'operator',
      accounts: ['erp'],
    });
    expect(await (await page('/api/v1/me')).json()).toMatchObject({ role: 'operator', accounts: ['erp'] });
    await patch(room, '/users/ann', { disabled: true });
    expect((await page('/api/v1/me')).status).toBe(401);
    expect((await (await signIn(room, 'ann'))('/api/v1/me')).status).toBe(401);
    await patch(room, '/users/ann', { disabled: false, password: 'another horse' });
    expect((await (await signIn(room, 'ann'))('/api/v1/me')).status).toBe(401);
    expect((await (await signIn(room, 'ann', 'another horse'))('/api/v1/me')).status).toBe(200);
    expect((await page('/api/v1/me')).status).toBe(401);
    expect((await patch(room, '/users/nobody', { role: 'viewer' })).status).toBe(404);
    const { items } = await room.store.audits({ subject: 'ann', by: 'local' }, { limit: 9 });
    expect(items.map(({ action, detail }) => [action, detail]).reverse()).toEqual([
      ['user.changed', { role: 'operator', accounts: 'erp' }],
      ['user.changed', { disabled: true }],
      ['password.changed', {}],
      ['user.changed', { disabled: false }],
    ]);
  });

  it('nobody changes whoever may more: a password that he sets would make him that one', async () => {
    const room = createRoom();
    await user(room, 'boss', { role: 'admin' });
    const clerk = await room.token('clerk', { permissions: ['access:manage', 'messages:read'] });
    for (const changes of [{ password: 'mine mine mine' }, { totp: null }, { disabled: true }, { role: 'viewer' }]) {
      const answer = await patch(room, '/users/boss', changes, clerk);
      expect([answer.status, (await problemOf(answer)).code]).toEqual([403, 'permission-missing']);
    }
    expect((await room.call('/api/v1/users/boss', { method: 'DELETE', token: clerk })).status).toBe(403);
    await room.token('root', { role: 'admin' });
    expect((await patch(room, '/tokens/root', { role: 'viewer' }, clerk)).status).toBe(403);
    expect((await room.call('/api/v1/tokens/root', { method: 'DELETE', token: clerk })).status).toBe(403);
    expect((await patch(room, '/tokens/clerk', { role: 'admin', permissions: null }, clerk)).status).toBe(403);
  });

  it('nobody shuts himself out', async () => {
    const room = createRoom();
    await user(room, 'ann', { role: 'admin' });
    const page = await signIn(room, 'ann');
    const headers = { 'sec-fetch-site': 'same-origin' };
    const send = (method: string, path: string, body?: unknown): Promise<Response> =>
      page(`/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    for (const body of [{ role: 'operator' }, { permissions: ['messages:read'] }, { accounts: ['erp'] }, { disabled: true }]) {
      expect((await problemOf(await send('PATCH', '/users/ann', body))).code).toBe('own-access');
    }
    expect((await problemOf(await send('DELETE', '/users/ann'))).code).toBe('own-access');
    expect((await page('/api/v1/me')).status).toBe(200);
  });

  it('of an identity provider have their rights from there', async () => {
    const room = createRoom();
    await user(room, 'ann', { passwordHash: null, identity: { issuer: 'https://id.example', subject: '7' } });
    expect(await room.get('/api/v1/users/ann')).toMatchObject({ identityProvider: 'https://id.example' });
    for (const body of [{ role: 'admin' }, { password: 'correct horse' }]) {
      expect((await problemOf(await patch(room, '/users/ann', body))).code).toBe('managed-elsewhere');
    }
    expect((await patch(room, '/users/ann', { disabled: true })).status).toBe(200);
    expect((await (await signIn(room, 'ann', ''))('/api/v1/me')).status).toBe(401);
  });
});

describe('sessions', () => {
  it('are listed with how, when and from where, and ended one by one', async () => {
    const room = createRoom();
    await user(room, 'ann');
    const first = await signIn(room, 'ann');
    room.advance(60_000);
    const second = await signIn(room, 'ann');
    const { items } = await room.get<{ items: { id: string }[] }>('/api/v1/sessions?user=ann');
    expect(items).toMatchObject([
      { kind: 'user', name: 'ann', via: 'password', agent: 'Firefox/140' },
      { kind: 'user', name: 'ann', via: 'password' },
    ]);
    expect((await room.call(`/api/v1/sessions/${items[0]?.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await room.call(`/api/v1/sessions/${items[0]?.id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await room.call('/api/v1/sessions/x', { method: 'DELETE' })).status).toBe(400);
    expect((await second('/api/v1/me')).status).toBe(401);
    expect((await first('/api/v1/me')).status).toBe(200);
    expect(await room.get('/api/v1/users/ann')).toMatchObject({ lastUsedAt: '2026-02-01T12:01:00.000Z' });
  });

  it('outlive a restart, and hold nothing that another could sign in with', async () => {
    const room = createRoom();
    await user(room, 'ann');
    const page = await signIn(room, 'ann');
    const [session] = await room.store.sessions.list();
    const forged = await room.app.request('/api/v1/me', { headers: { host: 'localhost', cookie: `relais_session=${session?.name}` } });
    expect(forged.status).toBe(401);
    expect((await page('/api/v1/me')).status).toBe(200);
  });

  it('that are over are swept when one is opened, and of fifty of one user the oldest goes', async () => {
    const room = createRoom();
    await user(room, 'ann');
    const first = await signIn(room, 'ann');
    room.advance(12 * 3_600_000);
    expect((await first('/api/v1/me')).status).toBe(401);
    for (let i = 0; i < 52; i++) {
      room.advance(1);
      await signIn(room, 'ann');
    }
    expect(await room.store.sessions.list()).toHaveLength(50);
  });

  it('note now and then that they were seen, and none comes back by that', async () => {
    const room = createRoom();
    const page = await signedIn(room);
    const commits = room.store.metrics.commits;
    for (let i = 0; i < 20; i++) await page('/api/v1/me');
    expect(room.store.metrics.commits).toBe(commits);
    room.advance(5 * 60_000);
    await page('/api/v1/me');
    const { items } = await room.get<{ items: { lastSeenAt: string }[] }>('/api/v1/sessions');
    expect(items[0]?.lastSeenAt).toBe('2026-02-01T12:05:00.000Z');
    const [session] = await room.store.sessions.list();
    room.advance(5 * 60_000);
    const asked = page('/api/v1/me');
    await room.store.sessions.delete(session?.name ?? '');
    await asked;
    expect(await room.store.sessions.list()).toEqual([]);
  });
});

describe('GET /audit', () => {
  it('gives pages of what was done, by filter, to whoever may read it', async () => {
    const room = createRoom();
    for (const name of ['a', 'b', 'c']) await room.post('/api/v1/tokens', { name, role: 'viewer' });
    await room.call('/api/v1/tokens/b', { method: 'DELETE' });
    const first = await room.get<{ items: object[]; next: string }>('/api/v1/audit?action=token.created&limit=2');
    expect(first.items).toMatchObject([
      { action: 'token.created', subject: { kind: 'token', id: 'c' }, by: { kind: 'local', name: 'local' }, detail: { role: 'viewer' } },
      { subject: { id: 'b' } },
    ]);
    const second = await room.get<{ items: object[]; next: null }>(`/api/v1/audit?action=token.created&limit=2&cursor=${first.next}`);
    expect(second).toMatchObject({ items: [{ subject: { id: 'a' } }], next: null });
    expect((await room.get<{ items: object[] }>('/api/v1/audit?subjectKind=token&subject=b&by=local')).items).toHaveLength(2);
    expect((await room.call('/api/v1/audit?action=nothing')).status).toBe(400);
    expect((await room.call('/api/v1/audit?cursor=x')).status).toBe(400);
    const auditor = await room.token('auditor', { permissions: ['audit:read'] });
    expect((await room.call('/api/v1/audit', { token: auditor })).status).toBe(200);
    const operator = await room.token('operator', { role: 'operator' });
    expect((await room.call('/api/v1/audit', { token: operator })).status).toBe(403);
  });
});
