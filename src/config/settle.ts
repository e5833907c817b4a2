/** From the file's keys to the Config that the rooms read: defaults that depend on others, absolute paths. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { OwnRules } from '../domain/reply-rules.ts';
import type {
  Account,
  Config,
  HostPort,
  Listener,
  OidcSettings,
  ReferenceSettings,
  RetentionClass,
  RetentionSettings,
  Route,
  RouteTls,
} from '../domain/settings.ts';
import type { FileConfig } from './schema.ts';
import { settleMailbox } from './settle-mailbox.ts';
import { settleOwner, settleSignals } from './settle-signals.ts';

export interface SettleRequest {
  readonly parsed: FileConfig;
  readonly file: string | null;
  /** Relative paths start here. */
  readonly directory: string;
  readonly hostname: string;
  /** What the file that `reports.rules` names holds. */
  readonly ownRules?: OwnRules;
}

/** Time that an attempt's lease outlives its deadline, where the file gives none. */
const LEASE_MARGIN = 5 * 60_000;
const FUTURE_RELEASE = 30 * 86_400_000;

export function settle({ parsed, file, directory, hostname, ownRules }: SettleRequest): Config {
  const reportDomain = parsed.reports.domain ?? null;
  const { delivery, submission } = parsed;
  // TZ of the process, or what the machine is set to.
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const { rules: _, ...reports } = parsed.reports;
  const routes = parsed.routes.map((route) => settleRoute(route, reportDomain));
  return freeze({
    file,
    sandbox: routes.some((route) => route.via === 'sandbox') && routes.every((route) => route.via === 'sandbox' || route.via === 'hold'),
    hostname: parsed.hostname ?? hostname,
    dataDir: resolve(directory, parsed.dataDir),
    diskFloor: parsed.diskFloor,
    shutdownGrace: parsed.shutdownGrace,
    logLevel: parsed.logLevel,
    submission: {
      ...submission,
      listeners: submission.listeners.map(settleListener),
      tls: submission.tls ?? null,
      limits: {
        ...submission.limits,
        futureRelease: submission.limits.futureRelease ?? futureRelease(reports.tokenLifetime, delivery.expireAfter),
      },
    },
    accounts: parsed.accounts.map(settleAccount),
    routes,
    delivery: {
      retry: { delays: delivery.retry, expireAfter: delivery.expireAfter },
      delayNoticeAfter: delivery.delayNoticeAfter,
      attemptTimeout: delivery.attemptTimeout,
      lease: delivery.lease ?? delivery.attemptTimeout + LEASE_MARGIN,
      connections: delivery.connections,
      priorities: delivery.priorities,
      resolvers: delivery.resolvers,
      dnssec: delivery.dnssec,
    },
    dkim: parsed.dkim.map(({ headers, ...key }) => ({ ...key, headers: headers ?? null })),
    reports: {
      ...reports,
      ...(ownRules === undefined ? {} : { ownRules }),
      domain: reportDomain,
      mailboxes: reports.mailboxes.map(settleMailbox),
      suppression: {
        ...reports.suppression,
        duration: reports.suppression.duration === 'forever' ? null : reports.suppression.duration,
      },
    },
    references: settleReferences(parsed.references),
    signals: settleSignals(parsed.signals, timeZone),
    owners: parsed.owners.map(settleOwner),
    retention: settleRetention(parsed.retention),
    synchronisation: {
      files: parsed.synchronisation.files.map(({ types, accounts, ...drop }) => ({
        ...drop,
        directory: resolve(directory, drop.directory),
        types: types ?? null,
        accounts: accounts ?? null,
      })),
    },
    ...(parsed.backup === undefined ? {} : { backup: { ...parsed.backup, dir: resolve(directory, parsed.backup.dir) } }),
    http: { ...parsed.http, publicUrl: parsed.http.publicUrl ?? null, oidc: settleOidc(parsed.http.oidc) },
  });
}

/** What is sent at the last moment of its time must still find its reports believed: relations.ts. */
function futureRelease(tokenLifetime: number, expireAfter: number): number {
  return Math.max(0, Math.min(FUTURE_RELEASE, tokenLifetime - 2 * expireAfter));
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** On loopback no wire carries the password: there AUTH is offered where the listener has no TLS at all. */
function settleListener(listener: FileConfig['submission']['listeners'][number]): Listener {
  return { ...listener, authWithoutTls: listener.authWithoutTls ?? (listener.tls === 'none' && isLocal(listener)) };
}

/** Whether only programs of this machine reach it: a load balancer brings others. */
export function isLocal(listener: Pick<Listener, 'address' | 'proxy'>): boolean {
  return isLoopback(listener.address) && listener.proxy.length === 0;
}

function settleAccount(account: FileConfig['accounts'][number]): Account {
  const { password } = account;
  const kind = password?.startsWith('scrypt$') === true ? 'scrypt' : 'plain';
  return { ...account, password: password === undefined ? null : { kind, value: password } };
}

function settleRoute(route: FileConfig['routes'][number], reportDomain: string | null): Route {
  const base = {
    match: settleMatch(route.match),
    returnPath: route.returnPath ?? (reportDomain === null ? 'preserve' : 'verp'),
    limits: { ...route.limits, rate: route.limits.rate ?? null },
  } as const;
  switch (route.via) {
    case 'smarthost': {
      const [{ host, port }, ...fallbacks] = settleHosts(route.host, route.port);
      const auth = route.auth ?? null;
      const tls: RouteTls = route.tls ?? (port === 465 ? 'implicit' : auth === null ? 'opportunistic' : 'required');
      return { ...base, via: 'smarthost', host, port, fallbacks, tls, ca: route.ca ?? null, auth, eightBit: route.eightBit };
    }
    case 'mx':
      return {
        ...base,
        via: 'mx',
        eightBit: route.eightBit,
        tls: route.tls,
        port: route.port,
        ca: route.ca ?? null,
        mtaSts: route.mtaSts ?? route.tls !== 'none',
      };
    case 'sandbox':
      return { ...base, via: 'sandbox' };
    case 'hold':
      return { ...base, via: 'hold' };
    default:
      return route satisfies never;
  }
}

type SmarthostHost = Extract<FileConfig['routes'][number], { via: 'smarthost' }>['host'];

/** Each with the route's port where it has none of its own. */
function settleHosts(hosts: SmarthostHost, port: number): [HostPort, ...HostPort[]] {
  if (typeof hosts === 'string') return [{ host: hosts, port }];
  const [first, ...others] = hosts.map((one) => ({ host: one.host, port: one.port ?? port }));
  if (first === undefined) throw new TypeError('the schema lets no empty list pass');
  return [first, ...others];
}

function settleMatch(match: FileConfig['routes'][number]['match']): Route['match'] {
  const { recipientDomain, sender, account } = match;
  return {
    ...(recipientDomain === undefined ? {} : { recipientDomain }),
    ...(sender === undefined ? {} : { sender }),
    ...(account === undefined ? {} : { account }),
  };
}

function settleOidc(oidc: FileConfig['http']['oidc']): OidcSettings | null {
  if (oidc === undefined) return null;
  const { roleClaim, defaultRole, clientSecret, label, nameClaim, accountsClaim, ...rest } = oidc;
  return {
    ...rest,
    clientSecret: clientSecret ?? null,
    label: label ?? null,
    nameClaim: nameClaim ?? null,
    roleClaims: typeof roleClaim === 'string' ? [roleClaim] : roleClaim,
    defaultRole: defaultRole === 'none' ? null : defaultRole,
    accountsClaim: accountsClaim ?? null,
  };
}

function settleReferences({ rules, contactUrl, documentUrl, ...rest }: FileConfig['references']): ReferenceSettings {
  return {
    ...rest,
    rules: rules.map(({ field, from, tag, header, path, pattern, unless, value, map }) => ({
      field,
      from,
      ...(tag === undefined ? {} : { tag }),
      ...(header === undefined ? {} : { header }),
      ...(path === undefined ? {} : { path }),
      ...(pattern === undefined ? {} : { pattern }),
      ...(unless === undefined ? {} : { unless }),
      ...(value === undefined ? {} : { value }),
      ...(map === undefined ? {} : { map }),
    })),
    contactUrl: contactUrl ?? null,
    documentUrl: documentUrl ?? null,
  };
}

function settleRetention({ audit, events, reports, classes, ...rest }: FileConfig['retention']): RetentionSettings {
  return {
    ...rest,
    ...(events === undefined ? {} : { events }),
    ...(reports === undefined ? {} : { reports }),
    audit: audit === 'forever' ? null : audit,
    classes: classes.map((one) => {
      const match = Object.fromEntries(Object.entries(one.match).filter(([, given]) => given !== undefined)) as RetentionClass['match'];
      const records = one.records ?? rest.records;
      return { name: one.name ?? nameOf(match), match, content: one.content ?? Math.min(rest.content, records), records };
    }),
  };
}

/** `template payslip*, account hr`. */
function nameOf(match: RetentionClass['match']): string {
  return Object.entries(match)
    .map(([name, given]) => `${name} ${given.join(' or ')}`)
    .join(', ')
    .slice(0, 100);
}

/** Frozen through and through: nobody changes the configuration of another room. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) freeze(item);
  }
  return value;
}
