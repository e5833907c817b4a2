import { createVerify, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { OAuth2Grant, OAuth2Settings } from '../../../../src/domain/settings.ts';
import { createTokenSource, type TokenSource } from '../../../../src/relay/reports/mailboxes/oauth2.ts';
import { startFakeImap } from '../../../support/fake-imap.ts';
import { mail, settingsFor, startScene } from './scene.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface TokenServer {
  readonly url: string;
  readonly asked: Record<string, string>[];
  /** Status and body of each answer to come; the last repeats. */
  answers: (readonly [status: number, body: unknown])[];
}

async function tokenServer(...answers: TokenServer['answers']): Promise<TokenServer> {
  const asked: TokenServer['asked'] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      asked.push(Object.fromEntries(new URLSearchParams(body)));
      const [status, answer] = (fake.answers.length > 1 ? fake.answers.shift() : fake.answers[0]) ?? [500, ''];
      response.writeHead(status, { 'content-type': 'application/json', ...(status === 307 ? { location: '/elsewhere' } : {}) });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  closing.push(() => server.closeAllConnections());
  const fake: TokenServer = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked, answers };
  return fake;
}

const CLIENT: OAuth2Grant = { kind: 'client-credentials', clientId: 'app', clientSecret: 'hidden' };

function settings(server: TokenServer, grant: OAuth2Grant = CLIENT, scope: string | null = 'imap'): OAuth2Settings {
  return { kind: 'oauth2', tokenUrl: server.url, scope, grant };
}

function source(server: TokenServer, grant?: OAuth2Grant, now: () => number = Date.now, timeout?: number): TokenSource {
  return createTokenSource({
    settings: settings(server, grant),
    user: 'bounces@example.com',
    now,
    ...(timeout === undefined ? {} : { timeout }),
  });
}

describe('an access token', () => {
  it('is asked for once, also by two at a time, kept until shortly before its end, and asked for anew when it was refused', async () => {
    const server = await tokenServer([200, { access_token: 'one', expires_in: 3600 }], [200, { access_token: 'two', expires_in: 3600 }]);
    let clock = 1_000_000;
    const tokens = source(server, CLIENT, () => clock);
    expect(await Promise.all([tokens.token(), tokens.token()])).toEqual(['one', 'one']);
    clock += 54 * 60_000;
    expect(await tokens.token()).toBe('one');
    clock += 2 * 60_000;
    expect(await tokens.token()).toBe('two');
    expect(server.asked).toHaveLength(2);
    expect(server.asked[0]).toEqual({ grant_type: 'client_credentials', client_id: 'app', client_secret: 'hidden', scope: 'imap' });
    tokens.forget();
    await tokens.token();
    expect(server.asked).toHaveLength(3);
  });

  it('is had by a refresh token, which the server may replace', async () => {
    const server = await tokenServer([200, { access_token: 'one', refresh_token: 'second' }], [200, { access_token: 'two' }]);
    const tokens = source(server, { kind: 'refresh-token', clientId: 'app', clientSecret: null, refreshToken: 'first' });
    await tokens.token();
    tokens.forget();
    await tokens.token();
    expect(server.asked).toEqual([
      { grant_type: 'refresh_token', client_id: 'app', refresh_token: 'first', scope: 'imap' },
      { grant_type: 'refresh_token', client_id: 'app', refresh_token: 'second', scope: 'imap' },
    ]);
  });

  it('is had by what a service account signs in the name of the user', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 1024,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const server = await tokenServer([200, { access_token: 'one', expires_in: 3600 }]);
    const grant: OAuth2Grant = { kind: 'service-account', email: 'relais@project.example', privateKey, keyId: 'k1' };
    await source(server, grant, () => 1_770_000_000_000).token();
    expect(server.asked[0]?.['grant_type']).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = (server.asked[0]?.['assertion'] ?? '').split('.');
    const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(decode(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    expect(decode(claims)).toEqual({
      iss: 'relais@project.example',
      sub: 'bounces@example.com',
      aud: server.url,
      scope: 'imap',
      iat: 1_770_000_000,
      exp: 1_770_003_600,
    });
    expect(createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url')).toBe(true);
  });

  it.each([
    [
      401,
      { error: 'invalid_client', error_description: 'AADSTS7000222: The provided client\r\nsecret keys are expired.' },
      /gives no token \(401 invalid_client: AADSTS7000222: The provided client secret keys are expired\.\): check clientId and clientSecret/,
      true,
    ],
    [400, { error: 'invalid_grant' }, /\(400 invalid_grant\): the grant was revoked or has ended/, true],
    [503, 'try later', /gives no token \(503\)$/, false],
    [200, { token: 'none' }, /gives no token \(200\)$/, false],
    [200, `{"access_token": "${'x'.repeat(70_000)}"}`, /does not answer \(it answers with more than 65536 octets\)/, false],
    [307, {}, /does not answer/, false],
  ])('that is not given (%s) is an error that says what to look at, and no secret', async (status, body, expected, refused) => {
    const server = await tokenServer([status, body]);
    const failed = await source(server)
      .token()
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'OAuth2Error', message: expect.stringMatching(expected), refused });
    expect(String(failed)).not.toContain('hidden');
    expect(server.asked).toHaveLength(1);
  });

  it('is not waited for when its server hangs', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    closing.push(() => server.closeAllConnections());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    await expect(source({ url, asked: [], answers: [] }, CLIENT, Date.now, 50).token()).rejects.toThrow(
      /does not answer \(it took too long\)/,
    );
  });
});

describe('a mailbox with oauth2', () => {
  it.each(['AUTH=XOAUTH2', 'AUTH=OAUTHBEARER'])(
    'signs in by %s, with a new token when the server refuses the old one',
    async (mechanism) => {
      const server = await tokenServer([200, { access_token: 'old', expires_in: 3600 }], [200, { access_token: 'new', expires_in: 3600 }]);
      const imap = await startFakeImap({ capabilities: ['IMAP4rev1', mechanism, 'MOVE', 'UIDPLUS'], accessToken: () => 'new' });
      closing.push(() => imap.close());
      imap.append('INBOX', mail('Report 1'));
      const at = startScene({ mailboxes: [settingsFor(imap, {}, { auth: settings(server) })] });
      closing.push(() => at.collector.stop(500));
      await at.collector.collect();
      expect(at.status().lastRun?.error).toMatch(/does not let bounces in .*: check that the token is for this user/);
      await at.took(1);
      expect(server.asked).toHaveLength(2);
      expect(JSON.stringify(at.log.fields)).not.toMatch(/hidden|"old"/);
    },
  );

  it('tells why no token is given, and tries again', async () => {
    const server = await tokenServer([400, { error: 'invalid_scope' }], [200, { access_token: 'new' }]);
    const imap = await startFakeImap({ accessToken: () => 'new' });
    closing.push(() => imap.close());
    imap.append('INBOX', mail('Report 1'));
    const at = startScene({ mailboxes: [settingsFor(imap, {}, { auth: settings(server) })] });
    closing.push(() => at.collector.stop(500));
    await at.collector.collect();
    expect(at.status().lastRun?.error).toMatch(/invalid_scope\): check scope, or leave it out$/);
    await at.took(1);
  });
});
