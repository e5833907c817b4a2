/**
 * Access tokens for mailboxes that take no password (SASL XOAUTH2, OAUTHBEARER).
 *
 *   upstream    mailbox.ts, each time it signs in
 *   downstream  the token server of the configuration
 *   standards   RFC 6749 §4.4 (client credentials), §6 (refresh token), RFC 7523 §2.1 (service
 *               accounts sign a JWT, RFC 7515)
 *   failure     an OAuth2Error that says which setting to look at
 *
 * A token is kept until shortly before it ends, and forgotten when the mail server refuses it.
 */
import { createSign } from 'node:crypto';
import type { OAuth2Settings } from '../../../domain/settings.ts';

export interface TokenSource {
  /** A token that holds for a while yet. Throws OAuth2Error. */
  token(): Promise<string>;
  /** The mail server refused it. */
  forget(): void;
}

export class OAuth2Error extends Error {
  override readonly name = 'OAuth2Error';
  /** The server understood and refused: the same again soon helps nothing. */
  readonly refused: boolean;
  constructor(message: string, refused: boolean, options?: ErrorOptions) {
    super(message, options);
    this.refused = refused;
  }
}

export interface TokenSourceOptions {
  readonly settings: OAuth2Settings;
  /** In whose name a service account signs in. */
  readonly user: string;
  readonly now: () => number;
  /** Milliseconds for one request. */
  readonly timeout?: number;
}

const TIMEOUT = 30_000;
/** Before its end, so that it still holds when the mail server looks at it. */
const MARGIN = 5 * 60_000;
/** RFC 6749 §5.1: `expires_in` is only recommended. */
const DEFAULT_LIFETIME = 3600;
const ANSWER_LIMIT = 64 * 1024;
/** Seconds that a signed assertion holds; an hour is the most that Google takes. */
const ASSERTION_LIFETIME = 3600;

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  let held: { readonly token: string; readonly until: number } | null = null;
  let asking: Promise<string> | null = null;
  /** A token server may give another refresh token with each answer (RFC 6749 §6). */
  let refreshToken = options.settings.grant.kind === 'refresh-token' ? options.settings.grant.refreshToken : null;
  const ask = async (): Promise<string> => {
    const asked = options.now();
    const answer = await request(options, refreshToken);
    const lifetime = (answer.expiresIn ?? DEFAULT_LIFETIME) * 1000;
    // One that holds for less than the margin is used for half of its time.
    held = { token: answer.accessToken, until: asked + Math.max(lifetime - MARGIN, lifetime / 2) };
    refreshToken = answer.refreshToken ?? refreshToken;
    return answer.accessToken;
  };
  return {
    token: () => {
      if (held !== null && held.until > options.now()) return Promise.resolve(held.token);
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
    forget: () => {
      held = null;
    },
  };
}

interface TokenAnswer {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number | null;
  readonly refreshToken: string | null;
}

async function request(options: TokenSourceOptions, refreshToken: string | null): Promise<TokenAnswer> {
  const { tokenUrl } = options.settings;
  let response: Response;
  let text: string;
  try {
    response = await fetch(tokenUrl, {
      method: 'POST',
      // Secrets go to the address that was configured, and to no other.
      redirect: 'error',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(parametersOf(options, refreshToken)),
      signal: AbortSignal.timeout(options.timeout ?? TIMEOUT),
    });
    text = await textOf(response);
  } catch (error) {
    throw new OAuth2Error(`the token server ${tokenUrl} does not answer (${reasonOf(error)})`, false, { cause: error });
  }
  const answer = parse(text);
  const accessToken = answer['access_token'];
  if (response.ok && typeof accessToken === 'string' && accessToken !== '') {
    const { expires_in: expiresIn, refresh_token: next } = answer;
    const seconds = Number(expiresIn);
    return {
      accessToken,
      expiresIn: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
      refreshToken: typeof next === 'string' && next !== '' ? next : null,
    };
  }
  throw refusal(options, response.status, answer);
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > ANSWER_LIMIT) throw new Error(`it answers with more than ${ANSWER_LIMIT} octets`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function parametersOf({ settings, user, now }: TokenSourceOptions, refreshToken: string | null): Record<string, string> {
  const { grant, scope, tokenUrl } = settings;
  const asked: Record<string, string> = scope === null ? {} : { scope };
  switch (grant.kind) {
    case 'client-credentials':
      return { ...asked, grant_type: 'client_credentials', client_id: grant.clientId, client_secret: grant.clientSecret };
    case 'refresh-token': {
      const secret: Record<string, string> = grant.clientSecret === null ? {} : { client_secret: grant.clientSecret };
      const token = refreshToken ?? grant.refreshToken;
      return { ...asked, ...secret, grant_type: 'refresh_token', client_id: grant.clientId, refresh_token: token };
    }
    case 'service-account': {
      const issuedAt = Math.floor(now() / 1000);
      const times = { iat: issuedAt, exp: issuedAt + ASSERTION_LIFETIME };
      const claims = { iss: grant.email, sub: user, aud: tokenUrl, ...(scope === null ? {} : { scope }), ...times };
      // The scope stands in the assertion.
      return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: signed(claims, grant) };
    }
    default:
      return grant satisfies never;
  }
}

/** A JWS in its compact form (RFC 7515 §3.1). */
function signed(claims: object, { privateKey, keyId }: { readonly privateKey: string; readonly keyId: string | null }): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = encode({ alg: 'RS256', typ: 'JWT', ...(keyId === null ? {} : { kid: keyId }) });
  const text = `${head}.${encode(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
}

/** What to look at, by the error codes of RFC 6749 §5.2. */
const ADVICE: Readonly<Record<string, string>> = {
  invalid_client: 'check clientId and clientSecret; a secret of Microsoft 365 ends after its time and has to be made anew',
  unauthorized_client: 'the application was not granted this: check its permissions, and that an administrator consented',
  invalid_grant: 'the grant was revoked or has ended: make a new refreshToken, or let the service account act for this user',
  invalid_scope: 'check scope, or leave it out',
  unsupported_grant_type: 'this server does not know the way: check tokenUrl',
};

function refusal({ settings }: TokenSourceOptions, status: number, answer: Readonly<Record<string, unknown>>): OAuth2Error {
  const code = typeof answer['error'] === 'string' ? answer['error'] : null;
  const said = typeof answer['error_description'] === 'string' ? oneLine(answer['error_description']) : null;
  const what = [code, said].filter((part) => part !== null).join(': ');
  const advice = code === null ? undefined : ADVICE[code];
  const text = `the token server ${settings.tokenUrl} gives no token (${status}${what === '' ? '' : ` ${what}`})`;
  // 429 and 5xx are its own trouble.
  return new OAuth2Error(advice === undefined ? text : `${text}: ${advice}`, status >= 400 && status < 500 && status !== 429);
}

function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\s]+/g, ' ').slice(0, 300);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it took too long';
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
