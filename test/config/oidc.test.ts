/** The keys of `http.oidc`: what is right, what is missing, what is not safe. */
import { describe, expect, it } from 'vitest';
import { ConfigError, formatIssue, parseConfig } from '../../src/config/index.ts';
import { surroundings } from './surroundings.ts';

const ROUTE = 'routes: [{via: hold}]\n';

function config(text: string, env: Readonly<Record<string, string>> = {}) {
  return parseConfig(text, '/etc/relais/relais.yaml', surroundings({}, env));
}

function mistakes(text: string): string[] {
  try {
    config(text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(formatIssue);
  }
}

const PUBLIC = 'publicUrl: "https://mail.example.com"';
const http = (oidc: string, more = PUBLIC): string =>
  `${ROUTE}http: {${more}${more === '' ? '' : ', '}oidc: {clientId: relais, ${oidc}}}\n`;

describe('http.oidc', () => {
  it('has defaults that suit most providers', () => {
    const { config: loaded } = config(http('issuer: "https://id.example/realms/a", roles: {admins: admin}, clientSecret: {env: S}'), {
      S: 'geheim',
    });
    expect(loaded.http.oidc).toEqual({
      issuer: 'https://id.example/realms/a',
      clientId: 'relais',
      clientSecret: 'geheim',
      label: null,
      scopes: ['openid', 'profile', 'email'],
      nameClaim: null,
      roleClaims: ['roles'],
      roles: { admins: 'admin' },
      defaultRole: null,
      accountsClaim: null,
    });
    expect(config(ROUTE).config.http.oidc).toBeNull();
  });

  it('takes one claim or several, and a default role', () => {
    const { config: loaded } = config(
      http('issuer: "http://127.0.0.1:8080", roleClaim: [email, hd], defaultRole: viewer, accountsClaim: a'),
    );
    expect(loaded.http.oidc).toMatchObject({ roleClaims: ['email', 'hd'], defaultRole: 'viewer', accountsClaim: 'a', clientSecret: null });
  });

  it.each([
    [
      'an issuer in the clear',
      http('issuer: "http://id.example", roles: {a: admin}'),
      /http\.oidc\.issuer is http:\/\/id\.example: needs https/,
    ],
    [
      'no address to come back to',
      http('issuer: "https://id.example", roles: {a: admin}', ''),
      /http\.oidc is a mapping: needs http\.publicUrl/,
    ],
    ['nobody who gets in', http('issuer: "https://id.example"'), /http\.oidc\.roles: nobody could sign in/],
    [
      'no openid',
      http('issuer: "https://id.example", roles: {a: admin}, scopes: [profile]'),
      /http\.oidc\.scopes is a list: must hold openid/,
    ],
    [
      'a role that there is not',
      http('issuer: "https://id.example", roles: {a: king}'),
      /http\.oidc\.roles\.a is king: allowed is (?:one of )?viewer, operator/,
    ],
    [
      'a scope with a space',
      http('issuer: "https://id.example", roles: {a: admin}, scopes: ["openid profile"]'),
      /http\.oidc\.scopes\[0\]/,
    ],
    ['no client', `${ROUTE}http: {${PUBLIC}, oidc: {issuer: "https://id.example", roles: {a: admin}}}`, /http\.oidc\.clientId: is missing/],
    ['a key that is none', http('issuer: "https://id.example", roles: {a: admin}, rolesClaim: x'), /http\.oidc\.rolesClaim: unknown key/],
  ])('refuses %s', (_, text, told) => {
    expect(mistakes(text).join('\n')).toMatch(told);
  });

  it('R63 does not print the secret', () => {
    const told = mistakes(http('issuer: nowhere, clientSecret: "hunter2\\nhunter2", roles: {a: admin}')).join('\n');
    expect(told).toContain('http.oidc.issuer is nowhere');
    expect(told).not.toContain('hunter2');
  });

  it('warns where everybody would administer', () => {
    expect(config(http('issuer: "https://id.example", defaultRole: admin')).warnings.map(formatIssue).join()).toMatch(
      /whoever the provider knows administers/,
    );
  });
});
