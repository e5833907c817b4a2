/** Sign-in at an identity provider, against a real one on loopback that signs its tokens, and lies when it is told to. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OidcSettings } from '../../src/domain/settings.ts';
import { identityOf } from '../../src/http/auth/oidc-claims.ts';
import { CLIENT, type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { createRoom, type Room } from './harness.ts';

let provider: IdentityProvider;
beforeAll(async () => {
  provider = await startIdentityProvider();
});
afterAll(() => provider.stop());
beforeEach(() => {
  provider.person = { sub: 'ann-1', preferred_username: 'ann@example.com', roles: ['helpdesk'] };
  provider.userInfo = {};
  provider.lie = {};
  provider.asked.length = 0;
});

const PUBLIC_URL = 'https://mail.example.com/';

function settings(more: Partial<OidcSettings> = {}): OidcSettings {
  return {
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    label: 'Example',
    scopes: ['openid', 'profile'],
    nameClaim: null,
    roleClaims: ['roles'],
    roles: { helpdesk: 'operator', 'relais-admins': 'admin' },
    defaultRole: null,
    accountsClaim: null,
    ...more,
  };
}

function room(more: Partial<OidcSettings> = {}): Room {
  return createRoom({ settings: { publicUrl: PUBLIC_URL, oidc: settings(more) } });
}

const HEADERS = { host: 'mail.example.com', accept: 'text/html' };

/** A browser's cookies, as far as they are needed. */
function browser(there: Room) {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await there.app.request(path, { headers: { ...HEADERS, cookie, ...headers } });
      for (const set of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      return answer;
    },
  };
}

type Browser = ReturnType<typeof browser>;

/** To the provider and back: the path that it sends the browser to. */
async function throughProvider(there: Browser, next = '/queue'): Promise<string> {
  const out = await there.get(`/sign-in/oidc?next=${encodeURIComponent(next)}`);
  expect(out.status).toBe(303);
  const back = await fetch(out.headers.get('location') ?? '', { redirect: 'manual' });
  const location = new URL(back.headers.get('location') ?? '');
  expect(location.origin + location.pathname).toBe('https://mail.example.com/sign-in/oidc/callback');
  return location.pathname + location.search;
}

async function signIn(there: Browser, next?: string): Promise<Response> {
  return there.get(await throughProvider(there, next));
}

const text = async (answer: Response): Promise<string> =>
  (await answer.text())
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');

describe('sign-in at the identity provider', () => {
  it('goes there with code, PKCE, state and nonce, comes back, and leads on as whoever that is', async () => {
    const there = room();
    const person = browser(there);
    expect(await text(await person.get('/sign-in'))).toContain('Sign in with Example');
    const landed = await signIn(person);
    expect([landed.status, landed.headers.get('refresh')]).toEqual([200, '0; url=/queue']);
    expect(landed.headers.getSetCookie().join()).toMatch(/relais_session=[A-Za-z0-9_-]{43}; .*HttpOnly; Secure; SameSite=Strict/);
    expect(person.cookies.has('relais_oidc')).toBe(false);
    const asked = Object.fromEntries(provider.lastRequest);
    expect(asked).toMatchObject({
      client_id: CLIENT.id,
      response_type: 'code',
      scope: 'openid profile',
      redirect_uri: 'https://mail.example.com/sign-in/oidc/callback',
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked[name]?.length).toBeGreaterThan(40);
    expect(await (await person.get('/api/v1/me')).json()).toMatchObject({
      name: 'ann@example.com',
      kind: 'user',
      role: 'operator',
      accounts: null,
    });
    const { items } = await there.store.audits({}, { limit: 9 });
    expect(items.map(({ action, by, detail }) => [action, by.name, detail['via'] ?? detail['role']])).toEqual([
      ['session.opened', 'ann@example.com', 'oidc'],
      ['user.created', 'relais', 'operator'],
    ]);
  });

  it('asks nobody before somebody signs in, and for the document of the provider once', async () => {
    const there = room();
    await browser(there).get('/sign-in');
    expect(provider.asked).toEqual([]);
    for (let i = 0; i < 3; i++) expect((await signIn(browser(there))).status).toBe(200);
    expect(provider.asked.filter((path) => path.includes('well-known'))).toHaveLength(1);
    there.advance(24 * 3_600_000);
    expect((await signIn(browser(there))).status).toBe(200);
    expect(provider.asked.filter((path) => path.includes('well-known'))).toHaveLength(2);
  });

  it('gives the rights that the provider gives now, and knows people by subject and not by name', async () => {
    const there = room();
    await signIn(browser(there));
    provider.person = { sub: 'ann-1', preferred_username: 'ann.married@example.com', roles: ['relais-admins', 'helpdesk'] };
    const again = browser(there);
    await signIn(again);
    expect(await (await again.get('/api/v1/me')).json()).toMatchObject({ name: 'ann@example.com', role: 'admin' });
    // Whoever is given her old name at the provider is not she.
    provider.person = { sub: 'eve-9', preferred_username: 'ann@example.com', roles: ['relais-admins'] };
    const other = browser(there);
    const refused = await signIn(other);
    expect([refused.status, other.cookies.has('relais_session')]).toEqual([403, false]);
    expect(await text(refused)).toContain('There is a user ann@example.com already');
  });

  it('takes over no user who has a password, and lets nobody in who was disabled', async () => {
    const there = room();
    await there.post('/api/v1/users', { name: 'ann@example.com', password: 'correct horse', role: 'viewer' });
    expect((await signIn(browser(there))).status).toBe(403);
    expect((await there.store.users.get('ann@example.com'))?.role).toBe('viewer');
    provider.person = { sub: 'bob', preferred_username: 'bob', roles: 'helpdesk' };
    const bob = browser(there);
    expect((await signIn(bob)).status).toBe(200);
    await there.call('/api/v1/users/bob', { method: 'PATCH', body: '{"disabled":true}' });
    expect((await bob.get('/api/v1/me')).status).toBe(401);
    const refused = await signIn(browser(there));
    expect([refused.status, (await text(refused)).includes('bob may not sign in')]).toEqual([403, true]);
  });

  it('says what is missing: a role, accounts', async () => {
    const there = room({ accountsClaim: 'relais_accounts' });
    provider.userInfo = { sub: 'x' };
    provider.person = { sub: 'x', preferred_username: 'carol', roles: ['sales'] };
    expect(await text(await signIn(browser(there)))).toContain('carol is signed in, but has no role in relais');
    provider.person = { sub: 'x', preferred_username: 'carol', roles: ['helpdesk'] };
    expect(await text(await signIn(browser(there)))).toContain('no account of relais is named for it');
    provider.person = { sub: 'x', preferred_username: 'carol', roles: ['helpdesk'], relais_accounts: ['erp'] };
    const carol = browser(there);
    await signIn(carol);
    expect(await (await carol.get('/api/v1/me')).json()).toMatchObject({ accounts: ['erp'] });
    expect(await there.store.users.list()).toHaveLength(1);
  });

  it('asks the UserInfo endpoint for what the ID token lacks', async () => {
    const there = room();
    provider.person = { sub: 'dan', preferred_username: 'dan' };
    provider.userInfo = { sub: 'dan', roles: ['helpdesk'] };
    expect((await signIn(browser(there))).status).toBe(200);
    // An answer about somebody else (OpenID Connect Core §5.3.2).
    provider.userInfo = { sub: 'eve', roles: ['relais-admins'] };
    expect((await signIn(browser(there))).status).toBe(403);
    expect((await there.store.users.get('dan'))?.role).toBe('operator');
  });
});

describe('R50 a provider, or somebody in its place, that', () => {
  const now = Math.floor(Date.now() / 1000);
  it.each([
    ['signs with another key', { foreignKey: true }],
    ['does not sign', { unsigned: true }],
    ['names another issuer', { claims: { iss: 'https://evil.example' } }],
    ['means another client', { claims: { aud: 'another' } }],
    ['answers another request', { claims: { nonce: 'another' } }],
    ['answers without a nonce', { claims: { nonce: undefined } }],
    ['comes with a token that is over', { claims: { exp: now - 3_600, iat: now - 7_200 } }],
    ['says no', { error: 'access_denied' }],
    ['does not take the code', { tokenStatus: 400 }],
  ] as const)('R50 %s: nobody is signed in', async (_, lie) => {
    const there = room();
    const person = browser(there);
    provider.lie = lie;
    const answer = await signIn(person);
    expect([answer.status, person.cookies.has('relais_session')]).toEqual([403, false]);
    expect(await text(answer)).toContain('did not sign you in');
    expect(await there.store.users.list()).toEqual([]);
    expect(there.log.lines.join('\n')).toContain('refused a sign-in');
  });

  it('R50 an answer counts in the browser that asked, once, for ten minutes', async () => {
    const there = room();
    const [ann, eve] = [browser(there), browser(there)];
    const back = await throughProvider(ann);
    // Handed to somebody who began nothing, or something else: that would sign him in as Ann.
    for (const other of [browser(there), eve]) {
      if (other === eve) await throughProvider(eve);
      const answer = await other.get(back);
      expect([answer.status, other.cookies.has('relais_session')]).toEqual([403, false]);
    }
    expect((await ann.get(back)).status).toBe(200);
    await throughProvider(eve);
    const sealed = eve.cookies.get('relais_oidc') ?? '';
    expect((await ann.get(back)).status).toBe(403);
    eve.cookies.set('relais_oidc', `${sealed.slice(0, -3)}AAA`);
    expect(await text(await eve.get(back))).toContain('Begin again');
    const late = await throughProvider(ann);
    there.advance(10 * 60_000);
    expect(await text(await ann.get(late))).toContain('Begin again');
  });

  it('R50 a path of another site is not where it leads', async () => {
    const landed = await signIn(browser(room()), '//evil.example');
    expect(landed.headers.get('refresh')).toBe('0; url=/');
  });

  it('R55 the way back answers under our own name alone', async () => {
    const there = room();
    const person = browser(there);
    const back = await throughProvider(person);
    expect((await person.get(back, { host: 'evil.example' })).status).toBe(421);
  });

  it('R63 no code, token or secret stands in the log or the audit log', async () => {
    const there = room();
    for (const lie of [{}, { tokenStatus: 400 }, { foreignKey: true }, { error: 'access_denied' }]) {
      provider.lie = lie;
      await signIn(browser(there));
    }
    const { items } = await there.store.audits({}, { limit: 99 });
    const told = JSON.stringify([there.log.fields, there.log.lines, items]);
    for (const secret of [CLIENT.secret, 'eyJ', provider.lastRequest.get('state') ?? 'none', 'code=']) expect(told).not.toContain(secret);
  });
});

describe('a provider that is down', () => {
  it('is said so, with other ways in beside it; and it is asked again once it may be back', async () => {
    const there = room();
    const person = browser(there);
    await provider.stop();
    try {
      const answer = await person.get('/sign-in/oidc');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      const page = await text(answer);
      expect(page).toContain(`${new URL(provider.issuer).host} does not answer at the moment`);
      expect(page).toContain('Password');
    } finally {
      await provider.start();
    }
    // Not at once: whoever clicks on and on does not ask on and on.
    expect((await person.get('/sign-in/oidc')).status).toBe(503);
    there.advance(2_000);
    expect((await signIn(person)).status).toBe(200);
  });

  it.each([[{ silent: true }], [{ tokenStatus: 503 }], [{ error: 'temporarily_unavailable' }]])('in the middle of it: %j', async (lie) => {
    const person = browser(room());
    provider.lie = lie;
    const answer = await signIn(person);
    expect([answer.status, person.cookies.has('relais_session')]).toEqual([503, false]);
  });

  it('goes on with the document of yesterday', async () => {
    const there = room();
    expect((await signIn(browser(there))).status).toBe(200);
    there.advance(25 * 3_600_000);
    await provider.stop();
    try {
      expect((await browser(there).get('/sign-in/oidc')).status).toBe(303);
    } finally {
      await provider.start();
    }
  });
});

describe('claims', () => {
  const base: Omit<OidcSettings, 'issuer'> & { issuer: string } = {
    issuer: 'https://id.example',
    clientId: 'relais',
    clientSecret: null,
    label: null,
    scopes: ['openid'],
    nameClaim: null,
    roleClaims: ['roles'],
    roles: { admins: 'admin', desk: 'operator', '': 'admin', 'ann@example.com': 'admin', 'example.com': 'viewer' },
    defaultRole: null,
    accountsClaim: null,
  };
  it.each([
    ['one text', { roles: 'desk' }, {}, 'operator'],
    ['several: the one that may most', { roles: ['x', 'desk', 'admins'] }, {}, 'admin'],
    ['names of an object, as Zitadel has it', { roles: { desk: { id: 1 } } }, {}, 'operator'],
    ['a path, as Keycloak has it', { realm_access: { roles: ['desk'] } }, { roleClaims: ['realm_access.roles'] }, 'operator'],
    ['a name that holds dots', { 'https://example.com/roles': ['desk'] }, { roleClaims: ['https://example.com/roles'] }, 'operator'],
    [
      'several claims, as with Google',
      { hd: 'example.com', email: 'bob@example.com', email_verified: true },
      { roleClaims: ['email', 'hd'] },
      'viewer',
    ],
    ['a verified address', { email: 'ann@example.com', email_verified: true }, { roleClaims: ['email'] }, 'admin'],
    ['an address that nobody verified', { email: 'ann@example.com' }, { roleClaims: ['email'] }, null],
    ['none that is known', { roles: ['sales'] }, {}, null],
    ['none, with a default', { roles: ['sales'] }, { defaultRole: 'viewer' as const }, 'viewer'],
    ['an empty one', { roles: '' }, {}, null],
    ['a name that every object has', { roles: ['constructor', '__proto__', 'toString'] }, {}, null],
    ['a path through what every object has', {}, { roleClaims: ['constructor.name'], roles: { Object: 'admin' as const } }, null],
  ] as const)('give a role: %s', (_, claims, more, role) => {
    const answer = identityOf(claims, 's', { ...base, ...more } as OidcSettings);
    expect(answer.kind === 'identity' ? answer.identity.role : null).toBe(role);
  });

  it.each([
    [{ preferred_username: 'ann' }, null, 'ann'],
    [{ preferred_username: 'Ann Müller', email: 'ann@example.com', email_verified: true }, null, 'ann@example.com'],
    [{ preferred_username: 'ann', upn: 'ann@corp.example' }, 'upn', 'ann@corp.example'],
    [{ email: 'ann@example.com' }, null, '7'],
    [{}, null, '7'],
  ])('name the user: %j, %s', (claims, nameClaim, name) => {
    const answer = identityOf({ roles: 'desk', ...claims }, '7', { ...base, nameClaim });
    expect(answer.kind === 'identity' ? answer.identity.name : null).toBe(name);
  });

  it('name him by what his subject is made of where nothing fits a name', () => {
    const answer = identityOf({ roles: 'desk' }, 'auth0|5f7c', base);
    expect(answer.kind === 'identity' ? answer.identity.name : null).toBe('user-61757468307c35663763');
  });

  it('name accounts; * is all of them', () => {
    const accounts = (claims: object): unknown => {
      const answer = identityOf({ roles: 'desk', ...claims }, '7', { ...base, accountsClaim: 'a' });
      return answer.kind === 'identity' ? answer.identity.accounts : answer.reason;
    };
    expect([accounts({ a: 'erp' }), accounts({ a: ['erp', 'hr'] }), accounts({ a: ['*'] }), accounts({ a: [] }), accounts({})]).toEqual([
      ['erp'],
      ['erp', 'hr'],
      null,
      'no-accounts',
      'no-accounts',
    ]);
  });
});
