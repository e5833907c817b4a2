/** How a mailbox is signed in to: what its keys must and must not hold together, and what they come to. */
import { createPrivateKey } from 'node:crypto';
import type { z } from 'zod';
import type { ImapAuth, OAuth2Grant } from '../domain/settings.ts';

export interface OAuth2Keys {
  readonly provider?: 'microsoft' | 'google' | undefined;
  readonly tenant?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly serviceAccount?: string | undefined;
  readonly tokenUrl?: string | undefined;
  readonly scope?: string | undefined;
}

interface AuthKeys {
  readonly password?: string | undefined;
  readonly oauth2?: OAuth2Keys | undefined;
}

type Context = Pick<z.core.$RefinementCtx, 'addIssue'>;

function wrong(context: Context, path: readonly string[], message: string): void {
  context.addIssue({ code: 'custom', path: [...path], message });
}

/** One of the two ways. */
export function assertAuth({ password, oauth2 }: AuthKeys, context: Context): void {
  if (password === undefined && oauth2 === undefined) wrong(context, [], 'a mapping with either password or oauth2');
  if (password !== undefined && oauth2 !== undefined) wrong(context, ['oauth2'], 'oauth2 in place of password, not beside it');
}

export function assertOAuth2(keys: OAuth2Keys, context: Context): void {
  const { provider, tenant, clientId, clientSecret, refreshToken, serviceAccount, tokenUrl } = keys;
  if (provider === undefined && tokenUrl === undefined && serviceAccount === undefined) {
    wrong(context, ['provider'], 'microsoft or google; any other needs tokenUrl');
  }
  if (provider === 'microsoft' && tenant === undefined && tokenUrl === undefined) {
    wrong(context, ['tenant'], 'the id of the tenant, or one of its domains');
  }
  if (provider !== 'microsoft' && tenant !== undefined) wrong(context, ['tenant'], 'a tenant with provider: microsoft alone');
  if (serviceAccount !== undefined) {
    if (readServiceAccount(serviceAccount) === null) {
      // Of the mapping as a whole: without the key the rest of it would look wrong too.
      wrong(context, [], 'a mapping whose serviceAccount is a JSON key with client_email and private_key (RSA)');
    }
    for (const key of ['clientId', 'clientSecret', 'refreshToken'] as const) {
      if (keys[key] !== undefined) wrong(context, [key], `${key} or serviceAccount, not both`);
    }
    return;
  }
  if (clientId === undefined) wrong(context, ['clientId'], 'the id of the application that signs in');
  if (refreshToken === undefined && provider === 'google') {
    wrong(context, ['refreshToken'], 'a refresh token, or serviceAccount in its place');
  } else if (refreshToken === undefined && clientSecret === undefined) {
    wrong(context, ['clientSecret'], 'the secret of the application (client credentials), or refreshToken');
  }
}

interface ServiceAccount {
  readonly email: string;
  readonly privateKey: string;
  readonly keyId: string | null;
  readonly tokenUrl: string | null;
}

function readServiceAccount(json: string): ServiceAccount | null {
  try {
    const {
      client_email: email,
      private_key: privateKey,
      private_key_id: keyId,
      token_uri: tokenUrl,
    } = JSON.parse(json) as Record<string, unknown>;
    if (typeof email !== 'string' || typeof privateKey !== 'string') return null;
    if (createPrivateKey(privateKey).asymmetricKeyType !== 'rsa') return null;
    return {
      email,
      privateKey,
      keyId: typeof keyId === 'string' ? keyId : null,
      tokenUrl: typeof tokenUrl === 'string' && URL.canParse(tokenUrl) ? tokenUrl : null,
    };
  } catch {
    return null;
  }
}

/** `https://outlook.office365.com/.default`: what the application was granted for IMAP. */
const MICROSOFT_APPLICATION = 'https://outlook.office365.com/.default';
const MICROSOFT_USER = 'https://outlook.office365.com/IMAP.AccessAsUser.All offline_access';
const GOOGLE = { tokenUrl: 'https://oauth2.googleapis.com/token', scope: 'https://mail.google.com/' } as const;

export function settleAuth({ password, oauth2 }: AuthKeys): ImapAuth {
  if (oauth2 === undefined) return { kind: 'password', password: password ?? '' };
  const { provider, tenant = '', clientId = '', clientSecret, refreshToken, scope } = oauth2;
  const account = oauth2.serviceAccount === undefined ? null : readServiceAccount(oauth2.serviceAccount);
  const grant: OAuth2Grant =
    account !== null
      ? { kind: 'service-account', email: account.email, privateKey: account.privateKey, keyId: account.keyId }
      : refreshToken !== undefined
        ? { kind: 'refresh-token', clientId, clientSecret: clientSecret ?? null, refreshToken }
        : { kind: 'client-credentials', clientId, clientSecret: clientSecret ?? '' };
  const defaults =
    provider === 'microsoft'
      ? {
          tokenUrl: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
          scope: grant.kind === 'client-credentials' ? MICROSOFT_APPLICATION : MICROSOFT_USER,
        }
      : {
          tokenUrl: account?.tokenUrl ?? GOOGLE.tokenUrl,
          // A refresh token has the scope that it was granted for.
          scope: grant.kind === 'service-account' ? GOOGLE.scope : null,
        };
  return { kind: 'oauth2', tokenUrl: oauth2.tokenUrl ?? defaults.tokenUrl, scope: scope ?? defaults.scope, grant };
}
