/**
 * Sign-in at an identity provider: OpenID Connect with an authorization code (OpenID Connect Core
 * §3.1), PKCE (RFC 7636), state and nonce. The quirks of openid-client are dealt with here.
 *
 *   downstream  the provider: its discovery document (asked for at the first sign-in, kept for a day),
 *               its token endpoint, its keys, and its UserInfo endpoint where the ID token lacks a claim
 *   on failure  a provider that does not answer is `down`, and the next sign-in asks again; what does
 *               not hold (signature, issuer, audience, nonce, time) is `refused` and told in the log
 *
 * What belongs to a sign-in under way travels sealed in a cookie of ten minutes, so that a restart in
 * between does no harm. ID tokens are verified by the provider's keys, though they come from its own
 * token endpoint: `enableNonRepudiationChecks`.
 */
import * as client from 'openid-client';
import type { Log } from '../../domain/log.ts';
import type { OidcSettings } from '../../domain/settings.ts';
import { printable } from '../printable.ts';
import { type Claims, type Identity, identityOf, missingClaims } from './oidc-claims.ts';
import type { Sealing } from './sealing.ts';

export const OIDC_PATH = '/sign-in/oidc';
export const OIDC_CALLBACK = '/sign-in/oidc/callback';
export const OIDC_COOKIE = 'relais_oidc';
export const FLOW_LIFETIME = 10 * 60_000;
const FLOW = 'oidc-flow';
const DISCOVERY_LIFETIME = 24 * 3_600_000;
/** After a failure the provider is left alone for a moment, however often somebody clicks. */
const DISCOVERY_PAUSE = 2_000;
/** Seconds: a person waits for it. */
const TIMEOUT = 8;
/** Seconds that two clocks may differ. */
const TOLERANCE = 30;

interface Flow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where to go afterwards; a path of ours. */
  readonly next: string;
}

export type OidcBegin = { readonly kind: 'go'; readonly url: string; readonly flow: string } | { readonly kind: 'down' };

export type OidcEnd =
  | { readonly kind: 'identity'; readonly identity: Identity; readonly next: string }
  | { readonly kind: 'down' }
  /** `over`: no sign-in is under way in this browser. `refused`: by the provider, or what it said does not hold. */
  | { readonly kind: 'refused'; readonly reason: 'over' | 'refused' | 'no-role' | 'no-accounts'; readonly name: string | null };

export interface OidcOptions {
  readonly settings: OidcSettings;
  /** Of this relais; without a trailing slash. */
  readonly publicUrl: string;
  readonly sealing: Sealing;
  readonly now: () => number;
  readonly log: Log;
}

export class OidcSignIn {
  readonly #options: OidcOptions;
  readonly #redirectUri: string;
  #provider: { readonly configuration: client.Configuration; readonly at: number } | null = null;
  #asking: Promise<client.Configuration> | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(options: OidcOptions) {
    this.#options = options;
    this.#redirectUri = options.publicUrl + OIDC_CALLBACK;
  }

  /** As people know the provider. */
  get label(): string {
    return this.#options.settings.label ?? this.host;
  }

  get host(): string {
    return new URL(this.#options.settings.issuer).host;
  }

  /** Where the browser is to go, and what it is to keep meanwhile. */
  async begin(next: string): Promise<OidcBegin> {
    try {
      const configuration = await this.#configuration();
      const { settings, sealing, now } = this.#options;
      const flow: Flow = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        next: next.length > 1_000 ? '/' : next,
      };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: this.#redirectUri,
        scope: settings.scopes.join(' '),
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
      });
      return { kind: 'go', url: url.href, flow: sealing.seal(FLOW, flow, now() + FLOW_LIFETIME) };
    } catch (error) {
      this.#fault(error, 'begin');
      return { kind: 'down' };
    }
  }

  /** `query`: of the request that the provider sent the browser back with. */
  async end(query: string, sealed: string | undefined): Promise<OidcEnd> {
    const { sealing, settings } = this.#options;
    const flow = sealed === undefined ? undefined : sealing.open<Flow>(FLOW, sealed);
    if (flow === undefined) return { kind: 'refused', reason: 'over', name: null };
    try {
      const configuration = await this.#configuration();
      // Built on the address that the provider was given, whatever the request says of its host.
      const tokens = await client.authorizationCodeGrant(configuration, new URL(this.#redirectUri + query), {
        pkceCodeVerifier: flow.verifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) return { kind: 'refused', reason: 'refused', name: null };
      const all = await this.#allClaims(configuration, tokens.access_token, claims);
      const answer = identityOf(all, claims.sub, settings);
      if (answer.kind === 'identity') return { ...answer, next: flow.next };
      this.#options.log.warn(
        { name: printable(answer.name), reason: answer.reason },
        'sign-in at the identity provider leads to nothing here',
      );
      return answer;
    } catch (error) {
      return this.#fault(error, 'end') === 'down' ? { kind: 'down' } : { kind: 'refused', reason: 'refused', name: null };
    }
  }

  async #allClaims(configuration: client.Configuration, accessToken: string, claims: Claims & { readonly sub: string }): Promise<Claims> {
    if (!missingClaims(claims, this.#options.settings)) return claims;
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    return { ...(await client.fetchUserInfo(configuration, accessToken, claims.sub)), ...claims };
  }

  /** Asked for once at a time; an old one serves on while the provider does not answer. */
  async #configuration(): Promise<client.Configuration> {
    const { now, log } = this.#options;
    const known = this.#provider;
    if (known !== null && now() - known.at < DISCOVERY_LIFETIME) return known.configuration;
    if (now() - this.#failedAt < DISCOVERY_PAUSE) {
      if (known !== null) return known.configuration;
      throw new ProviderPaused();
    }
    this.#asking ??= this.#discover().finally(() => {
      this.#asking = null;
    });
    try {
      const configuration = await this.#asking;
      this.#provider = { configuration, at: now() };
      return configuration;
    } catch (error) {
      this.#failedAt = now();
      if (known === null) throw error;
      log.warn({ issuer: this.#options.settings.issuer, error: textOf(error) }, 'the identity provider could not be asked anew');
      return known.configuration;
    }
  }

  #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options.settings;
    const metadata = { [client.clockTolerance]: TOLERANCE };
    const authentication = clientSecret === null ? client.None() : client.ClientSecretPost(clientSecret);
    // http is for loopback alone: the configuration sees to it.
    const insecure = new URL(issuer).protocol === 'http:' ? [client.allowInsecureRequests] : [];
    return client.discovery(new URL(issuer), clientId, metadata, authentication, {
      timeout: TIMEOUT,
      execute: [...insecure, client.enableNonRepudiationChecks],
    });
  }

  /** `down`: it did not answer, or not as a provider does; `refused`: it did, and not with a sign-in. */
  #fault(error: unknown, step: 'begin' | 'end'): 'down' | 'refused' {
    if (error instanceof ProviderPaused) return 'down';
    const down = isDown(error);
    const { issuer } = this.#options.settings;
    this.#options.log.warn(
      { issuer, step, error: textOf(error) },
      down ? 'the identity provider does not answer' : 'the identity provider refused a sign-in',
    );
    return down ? 'down' : 'refused';
  }
}

/** It did not answer a moment ago. */
class ProviderPaused extends Error {}

const DOWN_CODES = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);

function isDown(error: unknown): boolean {
  if (error instanceof client.AuthorizationResponseError)
    return error.error === 'temporarily_unavailable' || error.error === 'server_error';
  if (error instanceof client.ResponseBodyError) return error.status >= 500;
  // What fetch rejects with when there is no connection.
  if (error instanceof TypeError) return true;
  return error instanceof client.ClientError && DOWN_CODES.has(error.code ?? '');
}

/** For the log: what happened, and what the provider said of it; never a code or a token. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  const { code } = error as { code?: unknown };
  const said =
    error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError
      ? ` ${error.error}${error.error_description === undefined ? '' : ` (${error.error_description})`}`
      : '';
  const { cause } = error;
  const because = cause instanceof Error ? `: ${cause.message}` : '';
  return printable(`${typeof code === 'string' ? `${code} ` : ''}${error.message}${said}${because}`);
}
