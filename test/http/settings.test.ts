/** The settings pages without a browser: what each form does, refuses, and says beside which field. */
import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import type { DnsChecked } from '../../src/domain/dns-check.ts';
import { hashPassword } from '../../src/domain/password.ts';
import type { UserRecord } from '../../src/domain/ports.ts';
import { deviceOf } from '../../src/http/dashboard/settings/session-list.tsx';
import { surroundings } from '../config/surroundings.ts';
import { formSender, signedIn, text } from './browser.ts';
import { accept, createRoom, type Room } from './harness.ts';

const PASSWORD = 'correct horse battery';

async function user(room: Room, name: string, more: Partial<UserRecord> = {}): Promise<void> {
  await room.store.users.put(name, {
    name,
    passwordHash: await hashPassword(PASSWORD, new Uint8Array(16), { N: 16, r: 1, p: 1 }),
    role: 'viewer',
    permissions: null,
    accounts: null,
    createdAt: 0,
    ...more,
  });
}

/** Somebody who is signed in, with a cookie that follows what the pages set. */
async function person(room: Room, name: string, password = PASSWORD) {
  let cookie = '';
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await room.app.request(path, { ...init, headers: { host: 'localhost', accept: 'text/html', cookie } });
    const [set] = answer.headers.getSetCookie().filter((one) => one.startsWith('relais_session='));
    if (set !== undefined) cookie = set.split(';')[0] ?? '';
    return answer;
  };
  await call('/sign-in', { method: 'POST', body: new URLSearchParams({ user: name, password }).toString() });
  return {
    get: call,
    async send(path: string, fields: Record<string, string | readonly string[]>): Promise<Response> {
      const csrf = /name="csrf" value="([^"]+)"/.exec(await text(call('/settings/profile')))?.[1] ?? '';
      const body = new URLSearchParams({ csrf });
      for (const [field, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(field, one);
      return call(path, { method: 'POST', body: body.toString() });
    },
  };
}

/** What stands beside each field, by the field. */
function faults(html: string): Record<string, string> {
  const beside = [...html.matchAll(/<p class="fault" id="([\w-]+)-fault" role="alert">([^<]*)<\/p>/g)];
  return Object.fromEntries(beside.map(([, field = '', words = '']) => [field, words]));
}

describe('the profile', () => {
  it('changes the password, and signs out everywhere else', async () => {
    const room = createRoom();
    await user(room, 'ann');
    const [here, there] = [await person(room, 'ann'), await person(room, 'ann')];
    const wrong = await here.send('/settings/profile/password', { current: 'not it', fresh: 'short', again: 'other' });
    expect([wrong.status, faults(await wrong.text())]).toEqual([
      400,
      { current: 'That is not your password.', fresh: 'At least 10 characters.' },
    ]);
    const differ = await here.send('/settings/profile/password', { current: PASSWORD, fresh: 'another horse', again: 'another house' });
    expect(faults(await differ.text())).toEqual({ again: 'The two are not the same.' });
    const done = await here.send('/settings/profile/password', { current: PASSWORD, fresh: 'another horse', again: 'another horse' });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/settings/profile?done=password']);
    expect((await here.get('/api/v1/me')).status).toBe(200);
    expect((await there.get('/api/v1/me')).status).toBe(401);
    expect((await (await person(room, 'ann', 'another horse')).get('/api/v1/me')).status).toBe(200);
  });

  it('slows who tries passwords on a browser left open', async () => {
    const room = createRoom({ limits: { failures: 3 } });
    await user(room, 'ann');
    const here = await person(room, 'ann');
    const tries: Record<string, string>[] = [];
    for (let i = 0; i < 4; i++) {
      tries.push(
        faults(
          await text(here.send('/settings/profile/password', { current: `guess ${i}`, fresh: 'another horse', again: 'another horse' })),
        ),
      );
    }
    expect(tries.at(-1)?.['current']).toMatch(/^Too many tries\. Wait \d+ seconds/);
    expect(tries[0]).toEqual({ current: 'That is not your password.' });
  });

  it('sets a second factor up, makes new recovery codes, and takes it away, each for the password alone', async () => {
    const room = createRoom();
    await user(room, 'ann');
    const [here, there] = [await person(room, 'ann'), await person(room, 'ann')];
    const page = await text(here.get('/settings/profile/factor'));
    const secret = (/<code>([A-Z2-7 ]+)<\/code>/.exec(page)?.[1] ?? '').replaceAll(' ', '');
    const sealed = /name="sealed" value="([^"]+)"/.exec(page)?.[1] ?? '';
    expect(page).toMatch(/<svg viewBox="0 0 \d+ \d+" role="img"[^>]*><path d="M/);
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: room.options.now() });
    expect(faults(await text(here.send('/settings/profile/factor', { sealed, code, confirm: 'no' })))).toEqual({
      confirm: 'That is not your password.',
    });
    expect((await room.store.users.get('ann'))?.totp).toBeUndefined();
    const codes = await text(here.send('/settings/profile/factor', { sealed, code, confirm: PASSWORD }));
    expect(codes.match(/<li><code>[a-z2-7-]{19}<\/code><\/li>/g)).toHaveLength(10);
    expect((await there.get('/api/v1/me')).status).toBe(401);
    const before = (await room.store.users.get('ann'))?.totp?.recovery;
    await here.send('/settings/profile/factor/recovery', { confirm: PASSWORD });
    expect((await room.store.users.get('ann'))?.totp?.recovery).not.toEqual(before);
    expect((await here.send('/settings/profile/factor/remove', { confirm: 'no' })).status).toBe(400);
    expect((await here.send('/settings/profile/factor/remove', { confirm: PASSWORD })).status).toBe(303);
    expect((await room.store.users.get('ann'))?.totp).toBeNull();
    const { items } = await room.store.audits({ subject: 'ann', subjectKind: 'user' }, { limit: 9 });
    expect(items.map(({ action }) => action).filter((action) => !action.startsWith('session'))).toEqual([
      'totp.removed',
      'recovery.made',
      'totp.set',
    ]);
  });

  it('takes no secret that was not shown to this user a moment ago', async () => {
    const room = createRoom();
    await user(room, 'ann');
    await user(room, 'eve');
    const [ann, eve] = [await person(room, 'ann'), await person(room, 'eve')];
    const sealed = /name="sealed" value="([^"]+)"/.exec(await text(eve.get('/settings/profile/factor')))?.[1] ?? '';
    for (const given of [sealed, 'x', '']) {
      const answer = await ann.send('/settings/profile/factor', { sealed: given, code: '000000', confirm: PASSWORD });
      expect([answer.status, (await answer.text()).includes('here is a new secret')]).toEqual([400, true]);
    }
  });

  it('ends sessions of one’s own alone', async () => {
    const room = createRoom();
    await user(room, 'ann');
    await user(room, 'eve');
    const [ann, other, eve] = [await person(room, 'ann'), await person(room, 'ann'), await person(room, 'eve')];
    const sessions = await room.store.sessions.list();
    const ids = sessions.filter(({ value }) => value.name === 'ann').map(({ name }) => name);
    for (const id of ids) await eve.send('/settings/profile/sessions/end', { id });
    expect((await ann.get('/api/v1/me')).status).toBe(200);
    const answer = await ann.send('/settings/profile/sessions/end-others', {});
    expect(answer.headers.get('location')).toBe('/settings/profile?done=sessions&n=1');
    expect([(await ann.get('/api/v1/me')).status, (await other.get('/api/v1/me')).status]).toEqual([200, 401]);
  });

  it('keeps the language with the user, who finds it at the next sign-in', async () => {
    const room = createRoom();
    await user(room, 'ann');
    await (await person(room, 'ann')).send('/settings/profile/language', { language: 'de' });
    const answer = await room.app.request('/sign-in', {
      method: 'POST',
      headers: { host: 'localhost' },
      body: new URLSearchParams({ user: 'ann', password: PASSWORD }).toString(),
    });
    expect(answer.headers.getSetCookie().join()).toContain('relais_language=de');
  });

  it('is one for everybody who is signed in; what only users have, tokens have not', async () => {
    const room = createRoom();
    const get = await signedIn(room, await room.token('erp', { permissions: [] }));
    const page = await text(get('/settings/profile'));
    expect(page).toContain('Signed in with the token erp.');
    expect(page).not.toContain('/settings/profile/password');
    expect((await get('/settings/profile/factor')).status).toBe(404);
    const ofProvider = { passwordHash: null, identity: { issuer: 'https://id.example', subject: '1' } };
    await user(room, 'cyd', ofProvider);
    expect((await get('/settings/users')).status).toBe(403);
  });
});

describe('users and tokens on the pages', () => {
  it('a user is added, changed, disabled and removed; what is wrong stands beside the field', async () => {
    const room = createRoom();
    const get = await signedIn(room);
    const send = await formSender(room);
    const wrong = await send('/settings/users', { name: 'a b', password: 'short', role: 'viewer', scope: 'some', explicit: 'on' });
    const html = await wrong.text();
    expect([wrong.status, faults(html)]).toEqual([
      400,
      { name: '1 to 64 letters, digits and . _ @ + -, the first a letter or digit.', password: 'At least 10 characters.' },
    ]);
    expect(html).toContain('Choose at least one account, or all.');
    expect(html).toContain('Choose at least one permission.');
    expect(html).toContain('value="a b"');
    const rights = { role: 'operator', scope: 'some', account: ['erp'], explicit: 'on', permission: ['messages:read', 'nonsense'] };
    expect((await send('/settings/users', { name: 'ben', password: PASSWORD, ...rights })).headers.get('location')).toBe(
      '/settings/users/ben?done=saved',
    );
    expect(await room.store.users.get('ben')).toMatchObject({ role: 'operator', accounts: ['erp'], permissions: ['messages:read'] });
    expect(faults(await text(send('/settings/users', { name: 'ben', password: PASSWORD, role: 'viewer' })))).toEqual({
      name: 'The name ben is taken.',
    });
    await send('/settings/users/ben', { role: 'viewer', scope: 'all' });
    expect(await room.store.users.get('ben')).toMatchObject({ role: 'viewer', accounts: null, permissions: null });
    await send('/settings/users/ben/disabled', { disabled: 'yes' });
    expect(await text(get('/settings/users'))).toContain('Disabled');
    await send('/settings/users/ben/disabled', { disabled: 'no' });
    expect(faults(await text(send('/settings/users/ben/password', { fresh: 'short' })))).toEqual({ fresh: 'At least 10 characters.' });
    await send('/settings/users/ben/password', { fresh: 'another horse' });
    expect((await (await person(room, 'ben', 'another horse')).get('/api/v1/me')).status).toBe(200);
    expect(await text(send('/settings/users/ben/delete', {}))).toContain('Say that you mean it.');
    const gone = await send('/settings/users/ben/delete', { sure: 'on' });
    expect(gone.headers.get('location')).toBe('/settings/users?deleted=ben');
    expect(await text(get('/settings/users?deleted=ben'))).toContain('ben is removed.');
    expect(await text(get('/settings/users?deleted=%3Cb%3E'))).not.toContain('is removed');
    expect((await get('/settings/users/ben')).status).toBe(404);
  });

  it('nobody gives what he does not have, nor takes away his own way in', async () => {
    const room = createRoom();
    await user(room, 'ann', { role: 'admin' });
    const clerk = await formSender(room, await room.token('clerk', { permissions: ['access:manage'] }));
    const refused = await clerk('/settings/users', { name: 'eve', password: PASSWORD, role: 'admin' });
    expect([refused.status, (await refused.text()).includes('You can not give what you do not have: See messages')]).toEqual([400, true]);
    const ann = await person(room, 'ann');
    const own = await ann.send('/settings/users/ann', { role: 'viewer', scope: 'all' });
    expect([own.status, (await own.text()).includes('your own way in')]).toEqual([400, true]);
    expect((await room.store.users.get('ann'))?.role).toBe('admin');
  });

  it('a token is shown once, changed and revoked', async () => {
    const room = createRoom();
    const get = await signedIn(room);
    const send = await formSender(room);
    const made = await send('/settings/tokens', { name: 'erp', role: 'viewer', scope: 'all', expires: '90d' });
    const html = await made.text();
    const token = /value="(rl_[A-Za-z0-9_-]{43})"/.exec(html)?.[1] ?? '';
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'private, no-store']);
    expect(await room.get('/api/v1/me', token)).toMatchObject({ name: 'erp', role: 'viewer' });
    expect((await room.store.tokens.get('erp'))?.expiresAt).toBe(room.options.now() + 90 * 86_400_000);
    for (const path of ['/settings/tokens', '/settings/tokens/erp']) expect(await text(get(path))).not.toContain(token);
    expect(await text(get('/settings/tokens/erp'))).toContain('Last used');
    await send('/settings/tokens/erp', { role: 'operator', scope: 'some', account: 'erp', expires: '' });
    expect(await room.store.tokens.get('erp')).toMatchObject({
      role: 'operator',
      accounts: ['erp'],
      expiresAt: room.options.now() + 90 * 86_400_000,
    });
    await send('/settings/tokens/erp', { role: 'operator', scope: 'all', expires: 'never' });
    expect(await room.store.tokens.get('erp')).toMatchObject({ accounts: null, expiresAt: null });
    expect(faults(await text(send('/settings/tokens', { name: 'erp', role: 'viewer' })))).toEqual({ name: 'The name erp is taken.' });
    expect((await send('/settings/tokens/erp/revoke', {})).status).toBe(400);
    await send('/settings/tokens/erp/revoke', { sure: 'on' });
    expect((await room.call('/api/v1/me', { token })).status).toBe(401);
  });
});

describe('the relay as it runs', () => {
  const { config } = parseConfig(
    `hostname: relay.example.com
accounts: [{name: erp, password: "hunter2 hunter2", senders: ["*@example.com"]}, {name: hr}]
routes:
  - {match: {recipientDomain: [partner.example]}, via: smarthost, host: smtp.example.com, auth: {user: relay-user, password: hunter2}}
  - {via: hold}
http: {publicUrl: "https://mail.example.com"}
`,
    '/etc/relais/relais.yaml',
    surroundings(),
  );

  it('shows accounts with when each last submitted, routes and the configuration, and no secret', async () => {
    const room = createRoom({ config });
    await accept(room, { account: 'erp' });
    const get = await signedIn(room);
    const accounts = await text(get('/settings/accounts'));
    expect(accounts).toMatch(/account=erp.*with a password.*\*@example\.com.*<time.*account=hr.*not at all.*none yet/s);
    const routes = await text(get('/settings/routes'));
    expect(routes).toMatch(/Smarthost.*partner\.example.*smtp\.example\.com:587.*relay-user.*Held back/s);
    const configuration = await text(get('/settings/configuration'));
    expect(configuration).toContain('From /etc/relais/relais.yaml.');
    expect(configuration).toContain('password: ••••••');
    for (const page of [accounts, routes, configuration]) expect(page).not.toContain('hunter2');
  });

  it('says which route takes a mail, and why none before it; and what is no address, beside the field', async () => {
    const room = createRoom({ config });
    const get = await signedIn(room);
    const ask = (query: Record<string, string>): Promise<string> => text(get(`/settings/routes?${new URLSearchParams(query).toString()}`));
    const held = await ask({ from: 'me@example.com', to: 'bob@customer.example', account: 'erp' });
    expect(held).toContain('Route 2 takes it');
    expect(held).toContain('Recipients at: none covers customer.example');
    expect(await ask({ from: '', to: 'bob@partner.example', account: 'default' })).toContain('Route 1 takes it');
    expect(await ask({ from: 'me@evil.example', to: 'bob@partner.example', account: 'erp' })).toContain(
      'The account erp may not send as me@evil.example',
    );
    expect(faults(await ask({ from: 'me', to: '', account: 'erp' }))).toEqual({
      from: 'me is no mail address.',
      to: 'An address is missing.',
    });
  });

  it('asks the DNS when somebody clicks, and never before', async () => {
    const said: DnsChecked[] = [
      { what: 'SPF', state: 'warning', said: '', code: 'spf-missing', values: { name: 'example.com' } },
      { what: 'MX', state: 'ok', said: '', code: 'mx-ok', values: { name: 'bounce.example.com', hosts: 'relay.example.com' } },
    ];
    const room = createRoom({ config, dns: said });
    const get = await signedIn(room);
    expect(await text(get('/settings/dns'))).not.toContain('SPF');
    const send = await formSender(room);
    const page = await text(send('/settings/dns', {}));
    expect(page).toContain('example.com has no SPF record');
    expect(page).toContain('bounce.example.com relay.example.com');
    const german = await get('/settings/dns', { headers: { 'accept-language': 'de' } });
    expect(await text(german)).toContain('Jetzt prüfen');
  });

  it('shows the audit log by filter, and where the filter is wrong says so beside the field', async () => {
    const room = createRoom({ config });
    const id = await accept(room);
    await room.call(`/api/v1/messages/${id}/content`);
    await room.post('/api/v1/tokens', { name: 'erp', role: 'viewer' });
    const get = await signedIn(room);
    const all = await text(get('/settings/audit'));
    expect(all).toContain('Read content');
    expect(all).toContain(`/messages/${id}`);
    const some = await text(get('/settings/audit?action=token.created'));
    expect(some).toContain('/settings/tokens/erp');
    expect(some).not.toContain(`/messages/${id}`);
    expect((await get('/settings/audit?by=&action=token.created')).headers.get('location')).toBe('/settings/audit?action=token.created');
    expect(faults(await text(get('/settings/audit?from=yesterday')))).toEqual({ from: 'A day, such as 2026-11-24.' });
    expect(await text(get('/settings/audit?from=2026-02-02'))).toContain('No entry fits.');
    for (let i = 0; i < 60; i++) await room.call(`/api/v1/messages/${id}/content`);
    const first = await text(get(`/settings/audit?subject=${id}`));
    const next = /href="(\/settings\/audit\?subject=[^"]*cursor=[^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(first.match(/Read content</g)?.length).toBeGreaterThan(50);
    expect(await text(get(next))).toContain('Back to the newest');
  });
});

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/147.0 Safari/537.36 Edg/147.0', 'Edge, Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1', 'Safari, iOS'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/147.0 Safari/537.36', 'Chrome, macOS'],
  ['something else', 'something else'],
  [null, null],
])('%s is %s', (agent, device) => expect(deviceOf(agent)).toBe(device));
