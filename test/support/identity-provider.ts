/**
 * An identity provider on loopback (OpenID Connect, authorization code): small, and strict where a
 * provider has to be. It checks the client, the code, the address it sends people back to and the PKCE
 * verifier (RFC 7636 §4.6), and signs its ID tokens. `lie` has it do what a relying party must notice.
 */
import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Lies {
  /** In place of what belongs into the ID token. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Signed by a key that is not among the provider's. */
  readonly foreignKey?: boolean;
  /** Not signed at all (RFC 7519 §6). */
  readonly unsigned?: boolean;
  /** At the way back, in place of a code. */
  readonly error?: string;
  /** Status of the token endpoint. */
  readonly tokenStatus?: number;
  /** The token endpoint answers nothing. */
  readonly silent?: boolean;
}

export interface IdentityProvider {
  readonly issuer: string;
  /** Who signs in next, by the claims of the ID token; `sub` among them. */
  person: Readonly<Record<string, unknown>> & { readonly sub: string };
  /** What the UserInfo endpoint says. */
  userInfo: Readonly<Record<string, unknown>>;
  lie: Lies;
  /** Paths that were asked for. */
  readonly asked: string[];
  /** What the last authorization request asked for. */
  lastRequest: URLSearchParams;
  /** As if it were switched off. */
  stop(): Promise<void>;
  /** Again, at the same address. */
  start(): Promise<void>;
}

interface Grant {
  readonly challenge: string;
  readonly nonce: string | null;
  readonly redirectUri: string;
}

export const CLIENT = { id: 'relais', secret: 'a secret of the client & more' };

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const grants = new Map<string, Grant>();
  let server: Server | null = null;
  let port = 0;
  const provider = {
    issuer: '',
    person: { sub: '1' } as IdentityProvider['person'],
    userInfo: {} as Readonly<Record<string, unknown>>,
    lie: {} as Lies,
    asked: [] as string[],
    lastRequest: new URLSearchParams(),
    async stop() {
      const running = server;
      server = null;
      running?.closeAllConnections();
      await new Promise<void>((resolve) => (running === null ? resolve() : running.close(() => resolve())));
    },
    async start() {
      const made = createServer((request, response) => void answer(request, response));
      server = made;
      await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
      port = (made.address() as AddressInfo).port;
      provider.issuer = `http://127.0.0.1:${port}`;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', provider.issuer);
    provider.asked.push(url.pathname);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, metadata(provider.issuer));
      case '/keys':
        return json(response, 200, { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] });
      case '/authorize':
        return authorize(url, response);
      case '/token':
        return token(request, new URLSearchParams(await textOf(request)), response);
      case '/userinfo':
        return request.headers.authorization === 'Bearer access' ? json(response, 200, provider.userInfo) : json(response, 401, {});
      default:
        return json(response, 404, {});
    }
  }

  function authorize({ searchParams: asked }: URL, response: ServerResponse): void {
    provider.lastRequest = asked;
    const redirectUri = asked.get('redirect_uri') ?? '';
    const back = new URL(redirectUri);
    if (asked.get('client_id') !== CLIENT.id || asked.get('response_type') !== 'code') {
      json(response, 400, {});
      return;
    }
    back.searchParams.set('state', asked.get('state') ?? '');
    if (provider.lie.error === undefined) {
      const code = randomUUID();
      grants.set(code, { challenge: asked.get('code_challenge') ?? '', nonce: asked.get('nonce'), redirectUri });
      back.searchParams.set('code', code);
    } else {
      back.searchParams.set('error', provider.lie.error);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  function token(request: IncomingMessage, form: URLSearchParams, response: ServerResponse): void {
    if (provider.lie.silent === true) request.socket.destroy();
    else json(response, ...tokenAnswer(form));
  }

  function tokenAnswer(form: URLSearchParams): [number, object] {
    const { lie } = provider;
    if (lie.tokenStatus !== undefined) return [lie.tokenStatus, { error: lie.tokenStatus >= 500 ? 'server_error' : 'invalid_grant' }];
    if (form.get('client_id') !== CLIENT.id || form.get('client_secret') !== CLIENT.secret) return [401, { error: 'invalid_client' }];
    const grant = grants.get(form.get('code') ?? '');
    grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant === undefined || grant.challenge !== challenge || grant.redirectUri !== form.get('redirect_uri')) {
      return [400, { error: 'invalid_grant' }];
    }
    return [200, { access_token: 'access', token_type: 'Bearer', expires_in: 300, id_token: idToken(grant) }];
  }

  function idToken({ nonce }: Grant): string {
    const { lie, person, issuer } = provider;
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: CLIENT.id, iat: now, exp: now + 300, nonce, ...person, ...lie.claims };
    const head = lie.unsigned === true ? { alg: 'none' } : { alg: 'RS256', kid: 'k1' };
    const signed = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    if (lie.unsigned === true) return `${signed}.`;
    const { privateKey } = lie.foreignKey === true ? foreign : keys;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
  }

  await provider.start();
  return provider;
}

function metadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
