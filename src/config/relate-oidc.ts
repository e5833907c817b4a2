/** What the schema can not say of `http.oidc`: which addresses are safe, and that somebody gets in. */
import type { Config } from '../domain/settings.ts';
import { type Finding, mistake, warning } from './findings.ts';
import { isLoopback } from './settle.ts';

export function relateOidc({ http, accounts }: Config): Finding[] {
  const { oidc } = http;
  if (oidc == null) return [];
  const path = ['http', 'oidc'] as const;
  const found: Finding[] = [];
  const { protocol, hostname } = new URL(oidc.issuer);
  if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))) {
    found.push(mistake('needs https: who signs in, and as what, must not be changed on the way', [...path, 'issuer']));
  }
  if (http.publicUrl === null) {
    found.push(mistake('needs http.publicUrl: the provider sends people back there', [...path], ['http', 'publicUrl']));
  } else if (new URL(http.publicUrl).protocol === 'http:' && !isLoopback(new URL(http.publicUrl).hostname.replace(/^\[|\]$/g, ''))) {
    found.push(
      warning('is http: what the provider sends people back with crosses the network in the clear', ['http', 'publicUrl'], [...path]),
    );
  }
  if (!oidc.scopes.includes('openid')) found.push(mistake('must hold openid (OpenID Connect Core §3.1.2.1)', [...path, 'scopes']));
  if (Object.keys(oidc.roles).length === 0 && oidc.defaultRole === null) {
    found.push(mistake('nobody could sign in: give roles, or a defaultRole', [...path, 'roles'], [...path, 'defaultRole']));
  }
  if (oidc.defaultRole === 'admin') {
    found.push(warning('whoever the provider knows administers this relay', [...path, 'defaultRole']));
  }
  if (oidc.accountsClaim !== null && accounts.length === 0) {
    found.push(warning('there are no accounts that it could name', [...path, 'accountsClaim'], ['accounts']));
  }
  return found;
}
