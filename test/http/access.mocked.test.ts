import { describe, expect, it, vi } from 'vitest';
import { hashPassword } from '../../src/domain/password.ts';
import { PERMISSIONS } from '../../src/domain/ports.ts';
import { accept, createRoom, LOCAL_TOKEN, problemOf, type Room } from './harness.ts';
import { operations } from './walk.ts';

/** Counts, and compares all the same. */
const compared = vi.hoisted(() => ({ times: 0 }));
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const timingSafeEqual: typeof crypto.timingSafeEqual = (a, b) => {
    compared.times++;
    return crypto.timingSafeEqual(a, b);
  };
  return { ...crypto, timingSafeEqual };
});

describe('R50 tokens', () => {
  it('R50 are compared in constant time: all of them, whichever it is, and whatever the length of what is presented', async () => {
    const room = createRoom();
    const tokens = [];
    for (const name of ['a', 'b', 'c', 'd']) tokens.push(await room.token(name, {}));
    const times: number[] = [];
    for (const token of [...tokens, 'rl_unknown', 'x', 'x'.repeat(5000)]) {
      compared.times = 0;
      await room.call('/api/v1/me', { token });
      times.push(compared.times);
    }
    // The relay's own, and each of the four.
    expect(times).toEqual([5, 5, 5, 5, 5, 5, 5]);
  });

  it('R50 every route answers 401 with a challenge without a token, known path or not', async () => {
    const room = createRoom();
    const declared = await operations(room);
    expect(declared.length).toBeGreaterThan(25);
    for (const { method, path: declaredPath } of [
      ...declared,
      { method: 'GET', path: '/nothing' },
      { method: 'OPTIONS', path: '/messages' },
    ]) {
      const path = `/api/v1${declaredPath.replace(/\{\w+\}/g, 'x')}`;
      const answer = await room.call(path, { method, token: null });
      expect([method, path, answer.status, answer.headers.get('www-authenticate')]).toEqual([method, path, 401, 'Bearer realm="relais"']);
      expect((await problemOf(answer)).code).toBe('unauthorized');
    }
  });

  it.each([
    ['unknown', 'rl_no-such-token'],
    ['of another scheme', null],
    ['empty', ''],
  ])('R50 a token that is %s is refused', async (_, token) => {
    const room = createRoom();
    const authorization = token === null ? 'Basic YWRtaW46YWRtaW4=' : `Bearer ${token}`;
    const answer = await room.app.request('/api/v1/me', { headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="relais", error="invalid_token"');
  });

  it('R50 an expired or revoked token is refused at once', async () => {
    const room = createRoom();
    const token = await room.token('short', { expiresAt: room.options.now() + 10_000 });
    expect((await room.call('/api/v1/me', { token })).status).toBe(200);
    room.advance(10_000);
    expect((await room.call('/api/v1/me', { token })).status).toBe(401);
    const made = (await (await room.post('/api/v1/tokens', { name: 'gone', role: 'viewer' })).json()) as { token: string };
    expect((await room.call('/api/v1/me', { token: made.token })).status).toBe(200);
    expect((await room.call('/api/v1/tokens/gone', { method: 'DELETE' })).status).toBe(204);
    expect((await room.call('/api/v1/me', { token: made.token })).status).toBe(401);
  });

  it('R50 guessing is slowed by address, and a good token is heard all the same', async () => {
    const room = createRoom({ limits: { failures: 3 } });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await room.call('/api/v1/me', { token: `guess-${i}` })).status);
    expect(statuses).toEqual([401, 401, 429, 429, 429]);
    const refused = await room.call('/api/v1/me', { token: 'again' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await room.call('/api/v1/me')).status).toBe(200);
    room.advance(61_000);
    expect((await room.call('/api/v1/me', { token: 'later' })).status).toBe(401);
  });

  it('R63 no token or password stands in the log', async () => {
    const room = createRoom();
    await room.call('/api/v1/me', { token: 'guess-secret' });
    const made = (await (await room.post('/api/v1/tokens', { name: 'n', role: 'viewer' })).json()) as { token: string };
    await room.post('/api/v1/users', { name: 'ann', password: 'correct horse battery', role: 'viewer' });
    const text = JSON.stringify([room.log.fields, room.log.lines]);
    for (const secret of ['guess-secret', made.token, 'correct horse', LOCAL_TOKEN]) expect(text).not.toContain(secret);
  });
});

describe('roles', () => {
  it.each([
    ['viewer', ['messages:read', 'changes:read']],
    [
      'operator',
      [
        'messages:read',
        'changes:read',
        'messages:content',
        'messages:send',
        'messages:resend',
        'queue:manage',
        'sync:run',
        'suppressions:manage',
      ],
    ],
    ['admin', [...PERMISSIONS]],
  ] as const)('%s has its permissions', async (role, permissions) => {
    const room = createRoom();
    const token = await room.token('t', { role });
    const me = await room.get<{ permissions: string[] }>('/api/v1/me', token);
    expect(me).toMatchObject({ name: 't', kind: 'token', role, accounts: null });
    expect(me.permissions.sort()).toEqual([...permissions].sort());
  });

  it('an explicit list stands in place of the role’s', async () => {
    const room = createRoom();
    const token = await room.token('t', { role: 'admin', permissions: ['changes:read'] });
    expect(await room.get('/api/v1/me', token)).toMatchObject({ permissions: ['changes:read'] });
    expect((await room.call('/api/v1/messages', { token })).status).toBe(403);
  });
});

describe('a restriction to accounts', () => {
  async function restricted(): Promise<{ room: Room; token: string; own: string; other: string }> {
    const room = createRoom();
    const own = await accept(room, { account: 'erp' });
    const other = await accept(room, { account: 'payroll' });
    const token = await room.token('narrow', { role: 'admin', accounts: ['erp'] });
    return { room, token, own, other };
  }

  it('holds for lists, also when another account is asked for', async () => {
    const { room, token, own } = await restricted();
    const ids = async (query: string): Promise<string[]> =>
      (await room.get<{ items: { id: string }[] }>(`/api/v1/messages${query}`, token)).items.map(({ id }) => id);
    expect(await ids('')).toEqual([own]);
    expect(await ids('?account=payroll')).toEqual([]);
    expect(await ids('?account=payroll,erp')).toEqual([own]);
  });

  it('holds for single messages and everything done to them: as if they were not there', async () => {
    const { room, token, other } = await restricted();
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/content'],
      ['POST', '/retry'],
      ['POST', '/cancel'],
      ['DELETE', '?force=true'],
    ] as const) {
      expect([path, (await room.call(`/api/v1/messages/${other}${path}`, { method, token })).status]).toEqual([path, 404]);
    }
    const named = await (await room.post('/api/v1/messages/delete', { ids: [other], force: true }, token)).json();
    expect(named).toMatchObject({ matched: 0, erased: 0, notFound: 1 });
    await room.post('/api/v1/messages/delete', { filter: { account: 'payroll' }, force: true }, token);
    await room.post('/api/v1/messages/delete', { filter: { to: '2030-01-01' }, force: true }, token);
    expect(await room.store.record(other as never)).toBeDefined();
  });

  it('holds for the feed and for statistics', async () => {
    const { room, token, own } = await restricted();
    await room.store.appendEvent({ type: 'queue.blocked', nextHop: 'x' }, room.options.now());
    const { items, last } = await room.get<{ items: { message: string }[]; last: number }>('/api/v1/changes', token);
    expect(items.map(({ message }) => message)).toEqual([own]);
    expect(last).toBe(3);
    const rows = await room.get<{ items: { group: string }[] }>('/api/v1/statistics?group=account&from=2026-01-31&to=2026-02-02', token);
    expect(rows.items.map(({ group }) => group)).toEqual(['erp']);
  });

  it('keeps from what spans accounts', async () => {
    const { room, token } = await restricted();
    for (const [method, path] of [
      ['GET', '/api/v1/queue'],
      ['POST', '/api/v1/queue/smtp.provider.example:587/pause'],
      ['POST', '/api/v1/cleanup'],
      ['GET', '/api/v1/tokens'],
      ['POST', '/api/v1/tokens'],
      ['GET', '/api/v1/users'],
      ['GET', '/metrics'],
    ] as const) {
      const answer = await room.call(path, { method, token });
      expect([path, answer.status, (await problemOf(answer)).code]).toEqual([path, 403, 'account-restricted']);
    }
  });
});

describe('tokens and users', () => {
  it('a token is shown once, and only its SHA-256 is kept', async () => {
    const room = createRoom();
    const answer = await room.post('/api/v1/tokens', { name: 'sync', role: 'viewer', expires: '90d' });
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as { token: string; expiresAt: string };
    expect(made.token).toMatch(/^rl_[A-Za-z0-9_-]{43}$/);
    expect(Date.parse(made.expiresAt)).toBe(room.options.now() + 90 * 86_400_000);
    expect(JSON.stringify(await room.store.tokens.list())).not.toContain(made.token);
    expect(await room.get('/api/v1/me', made.token)).toMatchObject({ name: 'sync' });
    expect((await room.post('/api/v1/tokens', { name: 'sync', role: 'viewer' })).status).toBe(409);
    const listed = await room.get<{ items: object[] }>('/api/v1/tokens');
    expect(listed.items).toEqual([expect.objectContaining({ name: 'sync', role: 'viewer' })]);
    expect(JSON.stringify(listed)).not.toContain('hash');
  });

  it('nobody grants what he does not have', async () => {
    const room = createRoom();
    const token = await room.token('clerk', { permissions: ['access:manage', 'messages:read'] });
    for (const path of ['/api/v1/tokens', '/api/v1/users']) {
      const answer = await room.post(
        path,
        { name: 'boss', role: 'admin', ...(path.endsWith('users') ? { password: '0123456789' } : {}) },
        token,
      );
      expect([answer.status, (await problemOf(answer)).code]).toEqual([403, 'permission-missing']);
    }
    expect((await room.post('/api/v1/tokens', { name: 'reader', role: 'viewer', permissions: ['messages:read'] }, token)).status).toBe(201);
  });

  it('a user has a hashed password, and every fault of a request is listed', async () => {
    const room = createRoom();
    expect((await room.post('/api/v1/users', { name: 'ann', password: 'correct horse', role: 'operator' })).status).toBe(201);
    expect((await room.store.users.get('ann'))?.passwordHash).toMatch(/^scrypt\$/);
    expect(JSON.stringify(await room.get('/api/v1/users'))).not.toContain('scrypt');
    const faulty = await problemOf(await room.post('/api/v1/users', { name: 'a b', password: 'short', role: 'king', more: 1 }));
    expect(faulty.errors?.map(({ path }) => path).sort()).toEqual(['more', 'name', 'password', 'role']);
    expect((await room.call('/api/v1/users/ann', { method: 'DELETE' })).status).toBe(204);
    expect((await room.call('/api/v1/users/ann', { method: 'DELETE' })).status).toBe(404);
  });
});

describe('sign-in', () => {
  const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { host: 'localhost', ...headers },
  });
  const page = (path: string, cookie = '', headers: Record<string, string> = {}): [string, RequestInit] => [
    path,
    { headers: { host: 'localhost', cookie, accept: 'text/html', ...headers } },
  ];
  const cookieOf = (answer: Response): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

  async function withUser(): Promise<Room> {
    const room = createRoom({ limits: { failures: 3 } });
    await room.store.users.put('ann', {
      name: 'ann',
      passwordHash: await hashPassword('correct horse', new Uint8Array(16), { N: 16, r: 1, p: 1 }),
      role: 'viewer',
      permissions: null,
      accounts: null,
      createdAt: 0,
    });
    return room;
  }

  it('with a password: a strict, http-only cookie, and the way back to where one came from', async () => {
    const room = await withUser();
    expect((await room.app.request(...page('/messages?state=failed'))).headers.get('location')).toBe(
      '/sign-in?next=%2Fmessages%3Fstate%3Dfailed',
    );
    const answer = await room.app.request('/sign-in', form({ user: 'ann', password: 'correct horse', next: '/messages?state=failed' }));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/messages?state=failed']);
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Strict/);
    expect((await room.app.request(...page('/', cookieOf(answer)))).status).toBe(200);
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)'])(
    'does not lead away to %s',
    async (next) => {
      const room = await withUser();
      const answer = await room.app.request('/sign-in', form({ user: 'ann', password: 'correct horse', next }));
      expect(answer.headers.get('location')).toBe('/');
    },
  );

  it('R50 wrong passwords are refused alike for users that are and are not, then slowed', async () => {
    const room = await withUser();
    const statuses: number[] = [];
    for (const user of ['ann', 'nobody', 'ann', 'ann']) {
      statuses.push((await room.app.request('/sign-in', form({ user, password: 'wrong' }))).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect((await room.app.request('/sign-in', form({ user: 'ann', password: 'correct horse' }))).status).toBe(429);
  });

  it('a session ends with sign-out, with its time, with a new password', async () => {
    const room = await withUser();
    const cookie = cookieOf(await room.app.request('/sign-in', form({ user: 'ann', password: 'correct horse' })));
    const other = cookieOf(await room.app.request('/sign-in', form({ user: 'ann', password: 'correct horse' })));
    const html = await (await room.app.request(...page('/', cookie))).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
    expect((await room.app.request('/sign-out', form({ csrf }, { cookie }))).status).toBe(303);
    expect((await room.app.request(...page('/', cookie))).status).toBe(303);
    expect((await room.app.request(...page('/', other))).status).toBe(200);
    room.advance(12 * 3_600_000);
    expect((await room.app.request(...page('/', other))).status).toBe(303);
    const third = cookieOf(await room.app.request('/sign-in', form({ user: 'ann', password: 'correct horse' })));
    const user = await room.store.users.get('ann');
    if (user !== undefined) await room.store.users.put('ann', { ...user, passwordHash: `${user.passwordHash}x` });
    expect((await room.app.request(...page('/', third))).status).toBe(303);
  });

  it('a cookie that was tampered with is no session', async () => {
    const room = await withUser();
    const cookie = cookieOf(await room.app.request('/sign-in', form({ token: LOCAL_TOKEN })));
    expect((await room.app.request(...page('/', cookie))).status).toBe(200);
    for (const broken of [cookie.slice(0, -2), cookie.replace(/=./, '=x'), `${cookie}.x`, 'relais_session=', 'relais_session=a.b']) {
      expect((await room.app.request(...page('/', broken))).status).toBe(303);
    }
  });

  it('a link signs in once, within an hour, and not by being looked at', async () => {
    const room = createRoom();
    const path = room.signInPath();
    expect((await room.app.request(...page(path, '', { 'sec-purpose': 'prefetch' }))).status).toBe(204);
    expect((await room.app.request(path, { method: 'HEAD', headers: { host: 'localhost' } })).status).toBe(204);
    const answer = await room.app.request(...page(path));
    expect(answer.status).toBe(200);
    expect((await room.app.request(...page('/', cookieOf(answer)))).status).toBe(200);
    expect((await room.app.request(...page(path))).status).toBe(410);
    const old = room.signInPath();
    room.advance(3_600_001);
    expect((await room.app.request(...page(old))).status).toBe(410);
  });

  describe('R55', () => {
    async function signedIn(settings = {}): Promise<{ room: Room; cookie: string; csrf: string; id: string }> {
      const room = createRoom({ settings });
      const cookie = cookieOf(await room.app.request('/sign-in', form({ token: LOCAL_TOKEN })));
      const id = await accept(room);
      const html = await (await room.app.request(...page(`/messages/${id}`, cookie))).text();
      return { room, cookie, csrf: /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '', id };
    }

    it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8025', '192.0.2.1'])(
      'R55 a page that rides on a cookie is not served as %s',
      async (host) => {
        const { room, cookie } = await signedIn();
        for (const path of ['/', '/sign-in', '/api/v1/me', '/sign-in/link?key=x']) {
          expect([path, (await room.app.request(...page(path, cookie, { host }))).status]).toEqual([path, 421]);
        }
      },
    );

    it.each(['localhost:8025', '127.0.0.1:8025', '[::1]:8025', 'mail.example.com'])('answers as %s', async (host) => {
      const { room, cookie } = await signedIn({ publicUrl: 'https://mail.example.com' });
      expect((await room.app.request(...page('/', cookie, { host }))).status).toBe(200);
    });

    it.each([
      ['a foreign Origin, even with the token', { origin: 'https://evil.example' }, true, 403],
      ['another site by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }, true, 403],
      ['a sibling site', { 'sec-fetch-site': 'same-site' }, true, 403],
      ['no sign of its origin and no token', {}, false, 403],
      ['an opaque Origin', { origin: 'null' }, true, 403],
      ['the token alone', {}, true, 303],
      ['our own Origin', { origin: 'http://localhost' }, false, 303],
      ['our own page by Sec-Fetch-Site', { 'sec-fetch-site': 'same-origin' }, false, 303],
    ])('R55 a form with %s', async (_, headers, withToken, status) => {
      const { room, cookie, csrf, id } = await signedIn();
      const answer = await room.app.request(
        `/messages/${id}/hold`,
        form(withToken ? { csrf } : {}, { cookie, ...headers } as Record<string, string>),
      );
      expect(answer.status).toBe(status);
      expect((await room.store.record(id as never))?.recipients[0]?.state).toBe(status === 303 ? 'held' : 'queued');
    });

    it('R55 the API takes a session for reading, and for changes only with the token', async () => {
      const { room, cookie, csrf, id } = await signedIn();
      const headers = { cookie, host: 'localhost' };
      expect((await room.app.request('/api/v1/me', { headers })).status).toBe(200);
      expect((await room.app.request(`/api/v1/messages/${id}/hold`, { method: 'POST', headers })).status).toBe(403);
      expect(
        (await room.app.request(`/api/v1/messages/${id}/hold`, { method: 'POST', headers: { ...headers, 'x-csrf-token': csrf } })).status,
      ).toBe(200);
    });

    it('R55 no answer lets another site read it', async () => {
      const { room, cookie } = await signedIn();
      for (const [path, method] of [
        ['/api/v1/me', 'GET'],
        ['/', 'GET'],
        ['/api/v1/messages', 'OPTIONS'],
      ] as const) {
        const answer = await room.app.request(path, { method, headers: { cookie, host: 'localhost', origin: 'https://evil.example' } });
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
      }
    });

    it('R55 a sign-in from another site is refused', async () => {
      const room = await withUser();
      const answer = await room.app.request(
        '/sign-in',
        form({ user: 'ann', password: 'correct horse' }, { origin: 'https://evil.example' }),
      );
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    });
  });
});
