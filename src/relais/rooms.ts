/**
 * The rooms over one open store: what each is given, in which order they start and stop, and which
 * of them a changed configuration concerns.
 *
 * They start so that nothing is taken before it can be kept, delivered and followed: evidence, notifications,
 * references, reports, the sandbox's hop, delivery, signals, housekeeping, HTTP, and submission last. They stop in
 * drain order: submission first, so that nothing new comes in while what is there goes out. What
 * happens to it then is notified of at the next start.
 */
import { randomBytes as systemRandomBytes } from 'node:crypto';
import { type RelayKeys, readSignalRule } from '../config/index.ts';
import { accountNamed } from '../domain/accounts.ts';
import { checkDns } from '../domain/dns-check.ts';
import { createIdFactory, type MessageId, type ReportId } from '../domain/ids.ts';
import type { Log } from '../domain/log.ts';
import type { Store } from '../domain/ports.ts';
import { useOwnRules } from '../domain/reply.ts';
import type { Config } from '../domain/settings.ts';
import type { SignalId } from '../domain/signal.ts';
import { type EvidenceRoom, startEvidence } from '../evidence/index.ts';
import { type Housekeeping, startHousekeeping } from '../housekeeping/index.ts';
import { type Http, type ReadinessCheck, startHttp } from '../http/index.ts';
import { type Delivery, startDelivery } from '../relay/delivery/index.ts';
import { type Notifications, startNotifications } from '../relay/notifications/index.ts';
import { type ReferencesRoom, startReferences } from '../relay/references/index.ts';
import { type Reports, startReports } from '../relay/reports/index.ts';
import { type SandboxHop, startSandboxHop } from '../relay/sandbox/index.ts';
import { InternalSubmitter, type Submission, type SubmitterSettings, startSubmission } from '../relay/submission/index.ts';
import { type Signals, startSignals } from '../signals/index.ts';
import { DeliverySwitch } from './delivery-switch.ts';
import { dnsSource, withinTime } from './dns-source.ts';
import { knowsTheWorld, takesMail } from './mail-domains.ts';
import { explainListenError } from './room-errors.ts';

export interface RoomsOptions {
  readonly config: Config;
  readonly store: Store;
  readonly keys: RelayKeys;
  readonly localToken: string;
  readonly version: string;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
}

const START_ORDER = [
  'evidence',
  'notifications',
  'references',
  'reports',
  'sandbox',
  'delivery',
  'signals',
  'housekeeping',
  'http',
  'submission',
] as const;
type RoomName = (typeof START_ORDER)[number];
/** The sandbox's hop outlives the delivery that dials it; HTTP answers until little is left to ask about. */
const STOP_ORDER: readonly RoomName[] = [
  'notifications',
  'references',
  'submission',
  'delivery',
  'reports',
  'signals',
  'housekeeping',
  'http',
  'evidence',
  'sandbox',
];

export class Rooms {
  readonly #options: RoomsOptions;
  readonly #control = new DeliverySwitch();
  /** Stays while submission is stopped and started anew: mail from inside needs no listener. */
  readonly #submitter: InternalSubmitter;
  readonly #newId: () => string;
  #config: Config;
  #keys: RelayKeys;
  #notifications: Notifications | null = null;
  #references: ReferencesRoom | null = null;
  #reports: Reports | null = null;
  #sandbox: SandboxHop | null = null;
  #delivery: Delivery | null = null;
  #signals: Signals | null = null;
  #housekeeping: Housekeeping | null = null;
  #evidence: EvidenceRoom | null = null;
  #http: Http | null = null;
  #submission: Submission | null = null;

  private constructor(options: RoomsOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#keys = options.keys;
    this.#newId = createIdFactory({ now: options.now, randomBytes: systemRandomBytes });
    this.#submitter = new InternalSubmitter({
      ...this.#common(),
      settings: submitterSettings(options.config),
      newMessageId: () => this.#newId() as MessageId,
    });
  }

  /** Starts all; when one cannot start, those that did are stopped and the error says what to do. */
  static async open(options: RoomsOptions): Promise<Rooms> {
    const rooms = new Rooms(options);
    await rooms.#startAll(START_ORDER, options.config);
    rooms.#config = rooms.#withBoundPorts(options.config);
    return rooms;
  }

  get submissionListeners(): Submission['listeners'] {
    return this.#submission?.listeners ?? [];
  }

  /** The configuration as it runs: ports that the system chose stand in it. */
  get config(): Config {
    return this.#config;
  }

  get http(): Http | null {
    return this.#http;
  }

  /**
   * Goes over to another configuration. Rooms that it does not concern keep running, their
   * listeners with them. When one cannot start with it, all go back to the one before.
   */
  async change(wanted: Config, keys: RelayKeys): Promise<readonly RoomName[]> {
    const before = this.#config;
    const keysBefore = this.#keys;
    const next = keepPorts(wanted, before);
    const signing = verpConcern(keys) !== verpConcern(keysBefore);
    const concerned = START_ORDER.filter(
      (room) => concernOf(room, before) !== concernOf(room, next) || (signing && USES_TOKENS.includes(room)),
    );
    const grace = before.shutdownGrace;
    await this.#stopAll(concerned, this.#options.now() + grace);
    this.#keys = { ...keysBefore, verp: keys.verp };
    try {
      await this.#startAll(concerned, next);
    } catch (error) {
      this.#keys = keysBefore;
      await this.#startAll(concerned, before);
      throw error;
    }
    if (!concerned.includes('submission'))
      this.#submission?.reload({ accounts: next.accounts, settings: next.submission, references: next.references });
    this.#submitter.reload(submitterSettings(next));
    this.#config = this.#withBoundPorts(next);
    return concerned;
  }

  #withBoundPorts(config: Config): Config {
    const submission = this.#submission?.listeners ?? [];
    const reports = this.#reports?.listener.addresses ?? [];
    return {
      ...config,
      submission: {
        ...config.submission,
        listeners: config.submission.listeners.map((one, i) => ({ ...one, port: submission[i]?.port ?? one.port })),
      },
      reports: { ...config.reports, listeners: config.reports.listeners.map((one, i) => ({ ...one, port: reports[i]?.port ?? one.port })) },
      http: { ...config.http, port: this.#http?.port ?? config.http.port },
    };
  }

  /** Drains and stops all until `deadline`, Unix milliseconds. */
  async close(deadline: number): Promise<void> {
    const { now } = this.#options;
    // Notifications that are being written still go in; what they take no part in need not wait for them.
    const taken = this.#stopAll(['notifications'], Math.min(deadline, now() + NOTIFICATIONS_GRACE)).then(() =>
      this.#submitter.close(Math.max(0, deadline - now())),
    );
    const others = START_ORDER.filter((name) => name !== 'notifications');
    await Promise.all([taken, this.#stopAll(others, deadline)]);
  }

  async #startAll(names: readonly RoomName[], config: Config): Promise<void> {
    this.#config = config;
    for (const name of START_ORDER) {
      if (!names.includes(name)) continue;
      try {
        await this.#start(name, config);
      } catch (error) {
        await this.#stopAll(names, this.#options.now());
        throw explainListenError(error, name, config.file);
      }
    }
  }

  async #stopAll(names: readonly RoomName[], deadline: number): Promise<void> {
    for (const name of STOP_ORDER) {
      if (!names.includes(name)) continue;
      try {
        await this.#stop(name, Math.max(0, deadline - this.#options.now()));
      } catch (error) {
        this.#options.log.error({ err: error, room: name }, 'a room did not stop cleanly');
      }
    }
  }

  async #start(name: RoomName, config: Config): Promise<void> {
    // Deliveries and reports read replies by the same rules.
    useOwnRules(config.reports.ownRules ?? null);
    switch (name) {
      case 'evidence':
        this.#evidence = this.#startEvidence(config);
        return;
      case 'notifications':
        this.#notifications = await this.#startNotifications(config);
        return;
      case 'references':
        this.#references = await startReferences({ ...this.#common(), settings: config.references });
        return;
      case 'reports':
        this.#reports = await this.#startReports(config);
        return;
      case 'sandbox':
        this.#sandbox = usesSandbox(config) ? await this.#startSandbox(config) : null;
        return;
      case 'delivery':
        this.#delivery = await this.#startDelivery(config);
        this.#control.connect(this.#delivery);
        return;
      case 'signals':
        this.#signals = await this.#startSignals(config);
        return;
      case 'housekeeping':
        this.#housekeeping = startHousekeeping({
          retention: config.retention,
          backup: config.backup ?? null,
          files: { drops: config.synchronisation?.files ?? [], store: this.#options.store },
          ...this.#common(),
        });
        return;
      case 'http':
        this.#http = await this.#startHttp(config);
        return;
      case 'submission':
        this.#submission = await this.#startSubmission(config);
        return;
      default:
        return name satisfies never;
    }
  }

  async #stop(name: RoomName, graceMs: number): Promise<void> {
    switch (name) {
      case 'evidence':
        await this.#evidence?.stop();
        this.#evidence = null;
        return;
      case 'notifications':
        await this.#notifications?.stop(graceMs);
        this.#notifications = null;
        return;
      case 'references':
        await this.#references?.stop(graceMs);
        this.#references = null;
        return;
      case 'reports':
        await this.#reports?.stop(graceMs);
        this.#reports = null;
        return;
      case 'sandbox':
        await this.#sandbox?.stop();
        this.#sandbox = null;
        return;
      case 'delivery':
        this.#control.connect(null);
        await this.#delivery?.stop(graceMs);
        this.#delivery = null;
        return;
      case 'signals':
        await this.#signals?.stop(graceMs);
        this.#signals = null;
        return;
      case 'housekeeping':
        await this.#housekeeping?.stop();
        this.#housekeeping = null;
        return;
      case 'http':
        await this.#http?.stop(Math.min(graceMs, HTTP_GRACE));
        this.#http = null;
        return;
      case 'submission':
        await this.#submission?.stop(graceMs);
        this.#submission = null;
        return;
      default:
        return name satisfies never;
    }
  }

  #common(): Pick<RoomsOptions, 'store' | 'now' | 'random' | 'log'> {
    const { store, now, random, log } = this.#options;
    return { store, now, random, log };
  }

  #startNotifications({ accounts, hostname, http, delivery }: Config): Promise<Notifications> {
    return startNotifications({
      ...this.#common(),
      submitter: this.#submitter,
      accounts,
      hostname,
      publicUrl: http.publicUrl,
      delayNoticeAfter: delivery.delayNoticeAfter,
    });
  }

  #startEvidence({ hostname }: Config): EvidenceRoom {
    const { version } = this.#options;
    return startEvidence({ ...this.#common(), key: this.#keys.evidence, hostname, version });
  }

  #startSignals({ signals, owners = [], accounts, hostname, http, references }: Config): Promise<Signals> {
    const { documentUrl, contactUrl } = references;
    return startSignals({
      ...this.#common(),
      rules: signals,
      owners,
      accounts,
      hostname,
      links: { publicUrl: http.publicUrl, documentUrl, contactUrl },
      submitter: this.#submitter,
      newId: () => this.#newId() as SignalId,
    });
  }

  #startReports(config: Config): Promise<Reports> {
    return startReports({
      ...this.#common(),
      settings: config.reports,
      hostname: config.hostname,
      tls: config.submission.tls ?? this.#keys.tls,
      tokenKeys: this.#keys.verp,
      newReportId: () => this.#newId() as ReportId,
      submitted: () => this.#submission?.recorded ?? 0,
    });
  }

  #startSandbox({ hostname }: Config): Promise<SandboxHop> {
    const reports = this.#reports?.listener.addresses[0];
    const reportTo = reports === undefined ? null : { host: reports.address, port: reports.port };
    return startSandboxHop({ hostname: `hop.${hostname}`, reportTo, log: this.#options.log });
  }

  #startDelivery(config: Config): Promise<Delivery> {
    const hop = this.#sandbox;
    return startDelivery({
      ...this.#common(),
      routes: config.routes,
      settings: config.delivery,
      hostname: config.hostname,
      reportDomain: config.reports.domain,
      tokenKeys: this.#keys.verp,
      dkim: config.dkim,
      sendersOf: (account) => accountNamed(config.accounts, account)?.senders ?? [],
      sandboxHop: hop === null ? null : { host: hop.host, port: hop.port },
    });
  }

  #startHttp(config: Config): Promise<Http> {
    const { localToken, version } = this.#options;
    return startHttp({
      ...this.#common(),
      settings: config.http,
      delivery: this.#control,
      submitter: this.#submitter,
      reports: () => this.#reports?.desk ?? null,
      signals: () => this.#signals?.desk ?? null,
      readSignalRule: (source) => readSignalRule(source, this.#config),
      sending: () => ({
        messageSize: this.#config.submission.limits.messageSize,
        reportSize: this.#config.reports.messageSize,
        accounts: this.#config.accounts.map(({ name }) => name),
      }),
      references: () => this.#config.references,
      running: {
        config: () => this.#config,
        checkDns: () => checkDns(this.#config, withinTime(dnsSource(this.#config), DNS_TIME)),
      },
      takesMail: async (domain) => (knowsTheWorld(this.#config) ? takesMail(dnsSource(this.#config), domain) : null),
      referenceDesk: () => this.#references?.desk ?? null,
      readiness: () => this.#readiness(),
      cleanup: () => this.#housekeeping?.cleanup ?? null,
      backups: () => this.#housekeeping?.backups ?? null,
      evidence: () => this.#evidence?.desk ?? null,
      localToken,
      sessionKey: this.#keys.session,
      sandbox: config.sandbox,
      version,
      randomBytes: systemRandomBytes,
      newMessageId: () => this.#newId() as MessageId,
      diskFloor: config.diskFloor,
    });
  }

  #startSubmission(config: Config): Promise<Submission> {
    return startSubmission({
      ...this.#common(),
      settings: config.submission,
      tls: config.submission.tls ?? this.#keys.tls,
      accounts: config.accounts,
      references: config.references,
      hostname: config.hostname,
      reportDomain: config.reports.domain,
      expireAfter: config.delivery.retry.expireAfter,
      diskFloor: config.diskFloor,
      newMessageId: () => this.#newId() as MessageId,
    });
  }

  #readiness(): readonly ReadinessCheck[] {
    const checks: ReadinessCheck[] = [
      { name: 'submission', ok: this.#submission?.up ?? false },
      { name: 'delivery', ok: this.#delivery?.up ?? false },
    ];
    if (this.#config.reports.listeners.length > 0) checks.push({ name: 'reports', ok: this.#reports?.listener.up ?? false });
    return checks;
  }
}

/** A person waits for it. */
const DNS_TIME = 12_000;

const NOTIFICATIONS_GRACE = 2_000;
/** HTTP holds little: whoever still reads an answer gets a moment, not the whole grace. */
const HTTP_GRACE = 3_000;

function usesSandbox(config: Config): boolean {
  return config.routes.some((route) => route.via === 'sandbox');
}

function submitterSettings({ submission, accounts, references, hostname, reports, delivery, diskFloor }: Config): SubmitterSettings {
  return { submission, accounts, references, hostname, reportDomain: reports.domain, expireAfter: delivery.retry.expireAfter, diskFloor };
}

/** A port that was left to the system stays what it became, as long as the listener stays. */
function keepPorts(next: Config, running: Config): Config {
  const keep = <T extends { readonly address: string; readonly port: number }>(one: T, before: T | undefined): T =>
    one.port === 0 && before?.address === one.address ? { ...one, port: before.port } : one;
  return {
    ...next,
    submission: { ...next.submission, listeners: next.submission.listeners.map((one, i) => keep(one, running.submission.listeners[i])) },
    reports: { ...next.reports, listeners: next.reports.listeners.map((one, i) => keep(one, running.reports.listeners[i])) },
    http: keep(next.http, running.http),
  };
}

/** Which account may send as whom matters to delivery where something is signed. */
function dkimConcern({ dkim, accounts }: Config): unknown {
  return dkim.length === 0 ? null : [dkim, accounts.map(({ name, senders }) => [name, senders])];
}

/** Rooms that sign return paths or verify them. */
const USES_TOKENS: readonly RoomName[] = ['reports', 'delivery'];

function verpConcern({ verp }: RelayKeys): string {
  return JSON.stringify(verp.map(({ id, secret }) => [id, Buffer.from(secret).toString('base64')]));
}

/** The part of the configuration that a room was started with, as text to be compared. */
function concernOf(room: RoomName, config: Config): string {
  const { hostname, reports, routes, delivery, submission, diskFloor } = config;
  switch (room) {
    case 'evidence':
      return hostname;
    case 'notifications':
      return JSON.stringify([
        hostname,
        config.accounts.map(({ name, language, notifications }) => [name, language, notifications]),
        delivery.delayNoticeAfter,
        config.http.publicUrl,
      ]);
    case 'references':
      return JSON.stringify(config.references);
    case 'reports':
      return JSON.stringify([hostname, reports, submission.tls]);
    case 'sandbox':
      // Of the reports it needs to know where they are taken, and nothing of the mailboxes.
      return JSON.stringify(usesSandbox(config) ? [hostname, reports.domain, reports.listeners] : null);
    case 'delivery':
      return JSON.stringify([hostname, routes, delivery, reports.domain, dkimConcern(config), concernOf('sandbox', config)]);
    case 'signals':
      return JSON.stringify([
        config.signals,
        config.owners,
        // English is what an account has that says nothing.
        config.accounts.filter(({ language }) => language !== 'en').map(({ name, language }) => [name, language]),
        hostname,
        config.http.publicUrl,
        config.references.documentUrl,
        config.references.contactUrl,
      ]);
    case 'housekeeping':
      return JSON.stringify([config.retention, config.synchronisation, config.backup]);
    case 'http':
      return JSON.stringify([config.http, config.sandbox, diskFloor]);
    case 'submission':
      // Accounts, networks and limits are changed in a running room.
      return JSON.stringify([
        hostname,
        submission.listeners,
        submission.tls,
        submission.greetingDelay,
        reports.domain,
        delivery.retry.expireAfter,
        diskFloor,
      ]);
    default:
      return room satisfies never;
  }
}
