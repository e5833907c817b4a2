/**
 * Checks between keys: what the schema can't see. Each gives mistakes (the relay does not start) or
 * warnings (it starts and says so). Pure; reads the Config that `settle` made.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { isAbsolute, relative } from 'node:path';
import { type Config, DEFAULT_ACCOUNT, type Listener, type Route } from '../domain/settings.ts';
import { type Finding, isCertificate, mistake, warning } from './findings.ts';
import type { ConfigPath } from './issues.ts';
import { relateMailboxes } from './relate-mailboxes.ts';
import { relateOidc } from './relate-oidc.ts';
import { relateSignals } from './relate-signals.ts';
import { formatDuration } from './scalars.ts';
import { isLocal, isLoopback } from './settle.ts';

export function relate(config: Config): readonly Finding[] {
  return [
    ...deliveryTimes(config),
    ...retentionTimes(config),
    ...accounts(config),
    ...listenerSecrets(config),
    ...ports(config),
    ...returnPaths(config),
    ...relateMailboxes(config),
    ...routes(config),
    ...dnssec(config),
    ...tlsMaterial(config),
    ...dkimKeys(config),
    ...fileDrops(config),
    ...backups(config),
    ...relateSignals(config),
    ...exposure(config),
    ...relateOidc(config),
  ];
}

/** Two that share a name share a position: each would get half. */
function fileDrops({ synchronisation, accounts }: Config): Finding[] {
  const found: Finding[] = [];
  for (const [index, drop] of (synchronisation?.files ?? []).entries()) {
    const path: ConfigPath = ['synchronisation', 'files', index];
    const first = synchronisation?.files.findIndex(({ name }) => name === drop.name) ?? index;
    if (first < index) found.push(mistake(`is the name of synchronisation.files[${first}] too: each needs its own`, [...path, 'name']));
    for (const [place, account] of (drop.accounts ?? []).entries()) {
      if (account === DEFAULT_ACCOUNT || accounts.some(({ name }) => name === account)) continue;
      found.push(warning(`there is no account ${account}`, [...path, 'accounts', place]));
    }
  }
  return found;
}

/** What goes with the data directory goes with its backups. */
function backups({ backup, dataDir }: Config): Finding[] {
  if (backup === undefined) return [];
  const inside = relative(dataDir, backup.dir);
  if (inside.startsWith('..') || isAbsolute(inside)) return [];
  return [mistake(`is in dataDir (${dataDir}): backups belong elsewhere, best on another disk`, ['backup', 'dir'])];
}

/** Cited by DeliverySettings in domain/settings.ts: a lease must outlive the attempt it covers. */
function deliveryTimes({ delivery }: Config): Finding[] {
  const found: Finding[] = [];
  const lease: ConfigPath = ['delivery', 'lease'];
  const timeout: ConfigPath = ['delivery', 'attemptTimeout'];
  if (delivery.lease <= delivery.attemptTimeout) {
    const limit = formatDuration(delivery.attemptTimeout);
    found.push(mistake(`must be longer than delivery.attemptTimeout (${limit}), or a message is sent twice`, lease, timeout));
  }
  for (const [index, pattern] of delivery.priorities.bulk.entries()) {
    const other = delivery.priorities.urgent.indexOf(pattern);
    const path: ConfigPath = ['delivery', 'priorities', 'bulk', index];
    if (other >= 0) found.push(mistake('is urgent as well: one of the two', path, ['delivery', 'priorities', 'urgent', other]));
  }
  const expire: ConfigPath = ['delivery', 'expireAfter'];
  const first = delivery.retry.delays[0] ?? 0;
  if (delivery.retry.expireAfter <= first) {
    found.push(mistake(`must be longer than the first wait of delivery.retry (${formatDuration(first)})`, expire, ['delivery', 'retry']));
  }
  return found;
}

function retentionClasses({ retention, reports }: Config): Finding[] {
  const found: Finding[] = [];
  const names = new Map<string, number>();
  for (const [index, { name, match, content, records }] of (retention.classes ?? []).entries()) {
    const path: ConfigPath = ['retention', 'classes', index];
    if (Object.keys(match).length === 0) {
      found.push(mistake('matches all mail: name at least one thing, or set retention.content and retention.records', [...path, 'match']));
    }
    if (content > records) {
      found.push(mistake(`must not be longer than its records (${formatDuration(records)})`, [...path, 'content'], [...path, 'records']));
    }
    if (records <= reports.tokenLifetime) {
      const limit = formatDuration(reports.tokenLifetime);
      found.push(
        warning(`is not longer than reports.tokenLifetime (${limit}): reports that come later go to the review list`, [...path, 'records']),
      );
    }
    const other = names.get(name);
    if (other !== undefined) found.push(mistake('has the name of another class', [...path, 'name'], ['retention', 'classes', other]));
    names.set(name, index);
  }
  return found;
}

/** Cited by ReportSettings in domain/settings.ts: a report must find its record. */
function retentionTimes(config: Config): Finding[] {
  const { retention, reports, delivery, submission } = config;
  const found: Finding[] = [];
  const records: ConfigPath = ['retention', 'records'];
  if (retention.records <= reports.tokenLifetime) {
    const limit = formatDuration(reports.tokenLifetime);
    found.push(
      mistake(`must be longer than reports.tokenLifetime (${limit}), or late reports find no record`, records, [
        'reports',
        'tokenLifetime',
      ]),
    );
  }
  if (retention.content > retention.records) {
    const limit = formatDuration(retention.records);
    found.push(mistake(`must not be longer than retention.records (${limit})`, ['retention', 'content'], records));
  }
  found.push(...retentionClasses(config));
  if (reports.tokenLifetime <= delivery.retry.expireAfter) {
    const limit = formatDuration(delivery.retry.expireAfter);
    found.push(
      mistake(
        `must be longer than delivery.expireAfter (${limit}), or the bounce of a late attempt is not believed`,
        ['reports', 'tokenLifetime'],
        ['delivery', 'expireAfter'],
      ),
    );
  }
  const { futureRelease } = submission.limits;
  if (futureRelease > 0 && futureRelease + delivery.retry.expireAfter >= reports.tokenLifetime) {
    const limit = formatDuration(reports.tokenLifetime);
    found.push(
      mistake(
        `with delivery.expireAfter must be shorter than reports.tokenLifetime (${limit}), or the bounce of a scheduled message is not believed`,
        ['submission', 'limits', 'futureRelease'],
        ['reports', 'tokenLifetime'],
      ),
    );
  }
  return found;
}

const SCRYPT = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$[A-Za-z0-9+/_-]+={0,2}\$[A-Za-z0-9+/_-]+={0,2}$/;

function accounts(config: Config): Finding[] {
  const found: Finding[] = [];
  const seen = new Map<string, number>();
  for (const [index, account] of config.accounts.entries()) {
    const key = account.name.toLowerCase();
    const before = seen.get(key);
    if (before !== undefined) {
      found.push(mistake(`the name is taken by accounts[${before}] already`, ['accounts', index, 'name'], ['accounts', before, 'name']));
    } else {
      seen.set(key, index);
    }
    const { password } = account;
    if (password?.kind === 'scrypt' && !SCRYPT.test(password.value)) {
      found.push(mistake('a scrypt hash is scrypt$N$r$p$salt$hash with salt and hash in base64', ['accounts', index, 'password']));
    }
  }
  return found;
}

function listenerSecrets(config: Config): Finding[] {
  const withPassword = config.accounts.some((account) => account.password !== null);
  const found: Finding[] = [];
  for (const [index, listener] of config.submission.listeners.entries()) {
    const path: ConfigPath = ['submission', 'listeners', index];
    if (listener.tls !== 'implicit' && listener.authWithoutTls && !isLocal(listener)) {
      found.push(warning('passwords may cross the network in the clear here', [...path, 'authWithoutTls'], path));
    }
    if (withPassword && listener.tls === 'none' && !listener.authWithoutTls) {
      found.push(
        warning(
          'no account can authenticate here: AUTH is offered after TLS alone, and there is none (authWithoutTls: true offers it in the clear)',
          [...path, 'tls'],
          path,
        ),
      );
    }
    if (listener.tls === 'implicit' && listener.authWithoutTls) {
      found.push(mistake('has no meaning with tls: implicit', [...path, 'authWithoutTls'], path));
    }
  }
  return found;
}

interface Bound {
  readonly path: ConfigPath;
  readonly address: string;
  readonly port: number;
}

function ports(config: Config): Finding[] {
  const bound: Bound[] = [
    ...config.submission.listeners.map((listener, index) => boundBy(listener, ['submission', 'listeners', index])),
    ...config.reports.listeners.map((listener, index) => boundBy(listener, ['reports', 'listeners', index])),
    boundBy(config.http, ['http']),
  ];
  const found: Finding[] = [];
  for (const [index, one] of bound.entries()) {
    const other = bound.slice(0, index).find((earlier) => clashes(earlier, one));
    if (other === undefined) continue;
    const where = other.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
    found.push(mistake(`the port is taken by ${where.slice(1)} already`, [...one.path, 'port'], one.path, other.path));
  }
  return found;
}

function boundBy({ address, port }: Pick<Listener, 'address' | 'port'>, path: ConfigPath): Bound {
  return { path, address: address === 'localhost' ? '127.0.0.1' : address, port };
}

function clashes(a: Bound, b: Bound): boolean {
  if (a.port === 0 || a.port !== b.port) return false;
  if (a.address === b.address || a.address === '::' || b.address === '::') return true;
  const wildcard = a.address === '0.0.0.0' ? b.address : b.address === '0.0.0.0' ? a.address : null;
  return wildcard !== null && isIP(wildcard) === 4;
}

function returnPaths(config: Config): Finding[] {
  const { reports } = config;
  const found: Finding[] = [];
  for (const [index, route] of config.routes.entries()) {
    if (route.returnPath === 'verp' && reports.domain === null) {
      found.push(
        mistake('verp needs reports.domain, the domain that bounces come back to', ['routes', index, 'returnPath'], ['reports', 'domain']),
      );
    }
  }
  if (reports.listeners.length > 0 && reports.domain === null) {
    found.push(mistake('needs reports.domain: only mail to that domain is taken here', ['reports', 'listeners'], ['reports', 'domain']));
  }
  if (reports.domain !== null && reports.listeners.length === 0 && (reports.mailboxes ?? []).length === 0) {
    const text = 'bounces go to this domain, but neither reports.listeners nor reports.mailboxes take them';
    found.push(warning(text, ['reports', 'domain'], ['reports', 'listeners']));
  }
  return found;
}

function routes(config: Config): Finding[] {
  const found: Finding[] = [];
  const known = new Set([DEFAULT_ACCOUNT, ...config.accounts.map((account) => account.name)]);
  let open: number | undefined;
  for (const [index, route] of config.routes.entries()) {
    const path: ConfigPath = ['routes', index];
    if (open !== undefined) found.push(warning(`never reached: routes[${open}] takes everything`, path, ['routes', open]));
    else if (Object.keys(route.match).length === 0) open = index;
    for (const [position, name] of (route.match.account ?? []).entries()) {
      if (!name.includes('*') && !known.has(name)) {
        found.push(
          mistake(`no account has this name; there are ${[...known].join(', ')}`, [...path, 'match', 'account', position], ['accounts']),
        );
      }
    }
    found.push(...routeSecrets(route, path), ...mxPolicies(route, path));
  }
  if (open === undefined && config.routes.length > 0) {
    found.push(warning('no route takes everything: recipients that none matches are held', ['routes']));
  }
  // RFC 3461 §6.1: what relais tells senders has the null reverse-path, which no pattern of senders covers.
  if (config.routes.length > 0 && config.routes.every(({ match }) => match.sender !== undefined)) {
    const text =
      'each route matches by sender, so the notifications of relais itself, which have none, are held: add a last route without match.sender';
    found.push(warning(text, ['routes']));
  }
  return found;
}

function routeSecrets(route: Route, path: ConfigPath): Finding[] {
  if (route.via !== 'smarthost') return [];
  const found: Finding[] = [];
  if (route.auth !== null && (route.tls === 'none' || route.tls === 'opportunistic') && !isLoopback(route.host)) {
    found.push(warning(`the password may cross the network in the clear with tls: ${route.tls}`, [...path, 'tls'], path));
  }
  if (route.ca !== null && (route.tls === 'none' || route.tls === 'opportunistic')) {
    found.push(mistake(`needs tls: required or implicit; with ${route.tls} no certificate is checked`, [...path, 'ca'], [...path, 'tls']));
  }
  if (route.ca !== null && !isCertificate(route.ca)) found.push(mistake('is no certificate in PEM form', [...path, 'ca']));
  return found;
}

function mxPolicies(route: Route, path: ConfigPath): Finding[] {
  if (route.via !== 'mx') return [];
  const found: Finding[] = [];
  if (route.mtaSts === true && route.tls === 'none') {
    found.push(mistake('needs TLS; with tls: none no policy can be kept to', [...path, 'mtaSts'], [...path, 'tls']));
  }
  if (route.ca != null && !isCertificate(route.ca)) found.push(mistake('is no certificate in PEM form', [...path, 'ca']));
  return found;
}

/** RFC 7672 §2.1.3: what says that it validated has to be trusted, and the way to it too. */
function dnssec({ delivery }: Config): Finding[] {
  if (delivery.dnssec !== true) return [];
  const path: ConfigPath = ['delivery', 'dnssec'];
  if (delivery.resolvers.length === 0) {
    return [mistake('needs delivery.resolvers: resolvers that validate DNSSEC, best on this machine', path, ['delivery', 'resolvers'])];
  }
  return delivery.resolvers.flatMap((resolver, index) => {
    if (isLoopback(resolver.replace(/^\[|\](?::\d+)?$/g, '').replace(/^([\d.]+):\d+$/, '$1'))) return [];
    const text = 'is not on this machine: whoever can change its answers on the way can switch DANE off';
    return [warning(text, ['delivery', 'resolvers', index], path)];
  });
}

function tlsMaterial({ submission }: Config): Finding[] {
  if (submission.tls === null) return [];
  const path: ConfigPath = ['submission', 'tls'];
  if (!isCertificate(submission.tls.certificate)) return [mistake('is no certificate in PEM form', [...path, 'certificate'])];
  try {
    const key = createPrivateKey(submission.tls.key);
    if (new X509Certificate(submission.tls.certificate).checkPrivateKey(key)) return [];
    return [mistake('does not belong to submission.tls.certificate', [...path, 'key'], [...path, 'certificate'])];
  } catch {
    return [mistake('is no private key in PEM form, or needs a passphrase', [...path, 'key'])];
  }
}

/** RFC 8301 §3.2: verifiers take no RSA key below 1024 bits, and signers should have 2048. */
const RSA_BITS = { least: 1024, recommended: 2048 } as const;

function dkimKeys({ dkim }: Config): Finding[] {
  const found: Finding[] = [];
  const seen = new Map<string, number>();
  for (const [index, { domain, selector, key, headers }] of dkim.entries()) {
    const path: ConfigPath = ['dkim', index];
    const name = `${selector.toLowerCase()}._domainkey.${domain}`;
    const before = seen.get(name);
    if (before === undefined) seen.set(name, index);
    else found.push(mistake(`domain and selector are those of dkim[${before}]: each key needs a name of its own`, path, ['dkim', before]));
    found.push(...dkimKey(key, [...path, 'key']));
    if (headers !== null && !headers.some((header) => header.toLowerCase() === 'from')) {
      found.push(mistake('must hold From, or no verifier believes the signature (RFC 6376 §5.4)', [...path, 'headers']));
    }
  }
  return found;
}

function dkimKey(pem: string, path: ConfigPath): Finding[] {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    const what = /-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)
      ? 'is a public key; the private one signs'
      : 'is no private key in PEM form, or needs a passphrase; `relais dkim generate` makes one';
    return [mistake(what, path)];
  }
  if (key.asymmetricKeyType === 'ed25519') return [];
  if (key.asymmetricKeyType !== 'rsa') {
    return [mistake(`is a key of type ${key.asymmetricKeyType ?? 'unknown'}; DKIM knows rsa and ed25519`, path)];
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < RSA_BITS.least)
    return [mistake(`has ${bits} bits; verifiers take no RSA key below ${RSA_BITS.least}, and ${RSA_BITS.recommended} are right`, path)];
  return bits < RSA_BITS.recommended ? [warning(`has ${bits} bits; ${RSA_BITS.recommended} are right for RSA today`, path)] : [];
}

function exposure(config: Config): Finding[] {
  const { networks, listeners } = config.submission;
  const outside = listeners.some((listener) => !isLocal(listener));
  const found: Finding[] = [];
  for (const [index, range] of networks.entries()) {
    if (outside && range.endsWith('/0')) {
      found.push(warning('anybody may send mail through this relay: an open relay', ['submission', 'networks', index]));
    }
  }
  if (networks.length === 0) {
    const index = config.accounts.findIndex(({ name, password }) => name === DEFAULT_ACCOUNT && password === null);
    if (index !== -1)
      found.push(warning('nobody submits as this account: submission.networks is empty', ['accounts', index], ['submission', 'networks']));
  }
  const canAuthenticate = config.accounts.some((account) => account.password !== null);
  if (networks.length === 0 && !canAuthenticate) {
    found.push(mistake('nobody may submit: give networks, or accounts with a password', ['submission', 'networks'], ['accounts']));
  }
  return found;
}
