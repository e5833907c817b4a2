/** The second factor: codes of a device and recovery codes, each taken once, and guessing slowed. */
import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { hashPassword } from '../../src/domain/password.ts';
import { newRecoveryCodes, totpStep, totpUri } from '../../src/http/auth/totp.ts';
import { createRoom, type Room } from './harness.ts';

const SECRET = new Secret({ buffer: new Uint8Array(20).fill(7).buffer }).base32;
const STEP = 30_000;

function codeAt(ms: number): string {
  return new TOTP({ secret: Secret.fromBase32(SECRET) }).generate({ timestamp: ms });
}

/** Ann, who has a device. */
async function room(): Promise<Room & { readonly recovery: readonly string[] }> {
  const made = createRoom({ limits: { failures: 100 } });
  const { codes, hashes } = newRecoveryCodes(made.options.randomBytes);
  await made.store.users.put('ann', {
    name: 'ann',
    passwordHash: await hashPassword('correct horse', new Uint8Array(16), { N: 16, r: 1, p: 1 }),
    role: 'viewer',
    permissions: null,
    accounts: null,
    createdAt: 0,
    totp: { secret: SECRET, since: 0, lastStep: 0, recovery: hashes },
  });
  return { ...made, recovery: codes };
}

const send = (there: Room, path: string, fields: Record<string, string>): Response | Promise<Response> =>
  there.app.request(path, { method: 'POST', headers: { host: 'localhost' }, body: new URLSearchParams(fields).toString() });

/** Gives the password; what the page then asks a code for. */
async function challengeOf(there: Room): Promise<string> {
  const answer = await send(there, '/sign-in', { user: 'ann', password: 'correct horse', next: '/queue' });
  expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
  const html = await answer.text();
  expect(html).toContain('name="code"');
  return /name="challenge" value="([^"]+)"/.exec(html)?.[1] ?? '';
}

async function withCode(there: Room, code: string, challenge?: string): Promise<Response> {
  return send(there, '/sign-in/code', { challenge: challenge ?? (await challengeOf(there)), code, next: '/queue' });
}

describe('R50 the second factor', () => {
  it('R50 a password alone opens nothing; with the code of now it leads on', async () => {
    const there = await room();
    const answer = await withCode(there, codeAt(there.options.now()));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/queue']);
    expect(answer.headers.get('set-cookie')).toMatch(/^relais_session=[A-Za-z0-9_-]{43};.*HttpOnly.*SameSite=Strict/);
    const { items } = await there.store.audits({}, { limit: 9 });
    expect(items).toMatchObject([{ action: 'session.opened', by: { kind: 'user', name: 'ann' }, detail: { via: 'totp' } }]);
  });

  it.each([
    [-2, 401],
    [-1, 303],
    [0, 303],
    [1, 303],
    [2, 401],
  ])('R50 a code %i steps away: %i', async (steps, status) => {
    const there = await room();
    expect((await withCode(there, codeAt(there.options.now() + steps * STEP))).status).toBe(status);
  });

  it('R50 a code is taken once, also when it is sent twice at the same time, and none before it later', async () => {
    const there = await room();
    const now = there.options.now();
    const challenges = [await challengeOf(there), await challengeOf(there)];
    const both = await Promise.all(challenges.map((challenge) => withCode(there, codeAt(now), challenge)));
    expect(both.map(({ status }) => status).sort()).toEqual([303, 401]);
    expect((await withCode(there, codeAt(now))).status).toBe(401);
    expect((await withCode(there, codeAt(now - STEP))).status).toBe(401);
    expect((await withCode(there, codeAt(now + STEP))).status).toBe(303);
  });

  it('R50 a recovery code works once, however it is written, and is kept as a hash alone', async () => {
    const there = await room();
    const [first = '', second = ''] = there.recovery;
    expect(first).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
    expect(JSON.stringify(await there.store.users.list())).not.toContain(first);
    expect((await withCode(there, first.toUpperCase().replaceAll('-', ' '))).status).toBe(303);
    expect((await withCode(there, first)).status).toBe(401);
    expect((await withCode(there, second)).status).toBe(303);
    expect((await there.store.users.get('ann'))?.totp?.recovery).toHaveLength(8);
    const used = await there.store.audits({ action: 'recovery.used' }, { limit: 9 });
    expect(used.items).toHaveLength(2);
  });

  it('R50 five wrong codes, from wherever and all at once, and the user waits a quarter of an hour', async () => {
    const there = await room();
    const challenge = await challengeOf(there);
    const guesses = await Promise.all(Array.from({ length: 9 }, (_, i) => withCode(there, `00000${i}`, challenge)));
    expect(guesses.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429]);
    const right = await withCode(there, codeAt(there.options.now()), challenge);
    expect(right.status).toBe(429);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(800);
    there.advance(15 * 60_000);
    expect((await withCode(there, codeAt(there.options.now()))).status).toBe(303);
    expect((await there.store.audits({ action: 'session.refused', subject: 'ann' }, { limit: 50 })).items).toHaveLength(5);
  });

  it('R50 what travels between the two steps can not be made, changed, or kept for long', async () => {
    const there = await room();
    const challenge = await challengeOf(there);
    for (const made of ['', 'x', `${challenge.slice(0, -4)}AAAA`, there.options.localToken]) {
      expect((await withCode(there, codeAt(there.options.now()), made)).status).toBe(401);
    }
    there.advance(5 * 60_000);
    const late = await withCode(there, codeAt(there.options.now()), challenge);
    expect([late.status, (await late.text()).includes('five minutes')]).toEqual([401, true]);
    // The password was changed meanwhile: the first step does not hold any more.
    const second = await challengeOf(there);
    await there.call('/api/v1/users/ann', { method: 'PATCH', body: JSON.stringify({ password: 'another horse' }) });
    expect((await withCode(there, codeAt(there.options.now()), second)).status).toBe(401);
  });

  it('an administrator takes it away from somebody who lost everything', async () => {
    const there = await room();
    expect(await there.get('/api/v1/users/ann')).toMatchObject({ totp: true });
    const answer = await there.call('/api/v1/users/ann', { method: 'PATCH', body: '{"totp":null}' });
    expect(await answer.json()).toMatchObject({ totp: false });
    expect((await send(there, '/sign-in', { user: 'ann', password: 'correct horse' })).status).toBe(303);
  });
});

describe('codes', () => {
  // RFC 6238 appendix B, for SHA-1, as far as six digits go.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
  ])('are those of RFC 6238 at %i s', (seconds, code) => {
    const secret = new Secret({ buffer: new TextEncoder().encode('12345678901234567890').buffer }).base32;
    expect(totpStep(secret, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
    expect(totpStep(secret, `${code.slice(0, 3)} ${code.slice(3)}`, seconds * 1000)).toBe(Math.floor(seconds / 30));
    expect(totpStep(secret, `${code}0`, seconds * 1000)).toBeUndefined();
  });

  it('come to a device as what every app reads', () => {
    const uri = new URL(totpUri(SECRET, 'ann@example.com', 'relay.example.com'));
    expect(uri.href).toMatch(/^otpauth:\/\/totp\/relais%20relay\.example\.com:ann%40example\.com\?/);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'relais relay.example.com',
      secret: SECRET,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
