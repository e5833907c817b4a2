/**
 * Submission: SMTP in (RFC 5321, RFC 6409). Takes mail from ERPs, checks who may send what, and hands
 * each message to the store; `250 2.0.0 Recorded as <id>` is said once the store has it durably.
 *
 * Upstream: `relais.ts`, which brings settings, store and clock. Downstream: the store port.
 * Failure: a listener that cannot be opened (port taken, address unknown) rejects `startSubmission` with
 * the system's code; everything later concerns one connection and is answered there.
 */
import { domainToASCII } from 'node:url';
import type { MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { Store } from '../../domain/ports.ts';
import type { Account, Listener, ReferenceSettings, SubmissionSettings } from '../../domain/settings.ts';
import { createAuthenticator } from './authenticator.ts';
import type { SubmissionContext } from './connection.ts';
import { ConnectionGate } from './connection-gate.ts';
import { compilePolicy } from './policy.ts';
import { compileReferenceIntake } from './reference-intake.ts';
import { SubmissionServer } from './submission-server.ts';

export { readHeaderBlock } from './header-block.ts';
export { InternalSubmitter, type SubmitterSettings } from './submitter.ts';

export interface SubmissionOptions {
  readonly settings: SubmissionSettings;
  /** PEM. Always given; a listener without TLS does not use it. */
  readonly tls: { readonly key: string; readonly certificate: string };
  readonly accounts: readonly Account[];
  /** Absent: what a message is about is read of X-Relais-* alone. */
  readonly references?: ReferenceSettings;
  readonly hostname: string;
  /** Domain of our return paths; null: none. */
  readonly reportDomain: string | null;
  readonly store: Pick<Store, 'openContent' | 'accept' | 'health' | 'queue'>;
  /** Milliseconds from acceptance after which a recipient expires. */
  readonly expireAfter: number;
  /** Octets of free disk below which 452 is answered; 0 unless given. */
  readonly diskFloor?: number;
  /** Milliseconds a failed AUTH waits for its reply, doubled with each failure of the client. */
  readonly authDelay?: { readonly first: number; readonly longest: number };
  readonly now: () => number;
  readonly newMessageId: () => MessageId;
  readonly log: Log;
}

export interface Submission {
  readonly listeners: readonly { readonly address: string; readonly port: number; readonly tls: Listener['tls'] }[];
  /** All listeners take connections. */
  readonly up: boolean;
  /** Open now, over all listeners. */
  readonly connections: number;
  /** Messages that clients have submitted since the start. */
  readonly recorded: number;
  /**
   * Accounts, networks, limits, rules of references and, where given, the certificate from now on. Listeners stay as they
   * are, and so does what is under way.
   */
  reload(change: Pick<SubmissionOptions, 'accounts' | 'settings' | 'references'> & { readonly tls?: SubmissionOptions['tls'] }): void;
  /** Takes no more connections, lets messages that are coming in finish within `graceMs`, answers 421 to the rest. */
  stop(graceMs: number): Promise<void>;
}

const AUTH_DELAY = { first: 500, longest: 10_000 };

export async function startSubmission(options: SubmissionOptions): Promise<Submission> {
  const { settings, accounts, now, log } = options;
  const context: SubmissionContext = {
    hostname: options.hostname,
    // As recipients' domains are compared; what has no A-label is left as it is, and matches nothing.
    reportDomain: options.reportDomain === null ? null : domainToASCII(options.reportDomain) || options.reportDomain,
    store: options.store,
    expireAfter: options.expireAfter,
    diskFloor: options.diskFloor ?? 0,
    now,
    newMessageId: options.newMessageId,
    log,
    policy: compilePolicy(accounts, settings),
    references: compileReferenceIntake(options.references),
    authenticator: createAuthenticator({ now }),
    authDelay: options.authDelay ?? AUTH_DELAY,
    gate: new ConnectionGate(),
    recorded: 0,
    open: new Set(),
  };
  const servers = settings.listeners.map((listener) => new SubmissionServer(context, listener, options.tls));
  const listeners = await listenAll(servers, log);
  let stopping: Promise<void> | null = null;
  return {
    listeners,
    get up() {
      return stopping === null && servers.every((server) => server.server.listening);
    },
    get connections() {
      return context.gate.count;
    },
    get recorded() {
      return context.recorded;
    },
    reload(change) {
      context.policy = compilePolicy(change.accounts, change.settings);
      context.references = compileReferenceIntake(change.references);
      for (const server of servers) server.reload(change.settings.limits.idle, change.tls);
    },
    stop(graceMs) {
      stopping ??= stopAll(servers, context, graceMs);
      return stopping;
    },
  };
}

async function listenAll(servers: readonly SubmissionServer[], log: Log): Promise<Submission['listeners']> {
  const started = await Promise.allSettled(servers.map((server) => server.start()));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(servers.filter((server) => server.server.listening).map((server) => server.stop()));
    throw failed.reason;
  }
  return servers.map((server, index) => {
    const result = started[index];
    const bound = result?.status === 'fulfilled' ? result.value : { address: server.listener.address, port: server.listener.port };
    const listener = { ...bound, tls: server.listener.tls };
    log.info(listener, 'Submission listens');
    return listener;
  });
}

async function stopAll(servers: readonly SubmissionServer[], context: SubmissionContext, graceMs: number): Promise<void> {
  const gone = Promise.all(servers.map((server) => server.stop()));
  for (const connection of context.open) connection.drain();
  const timer = setTimeout(() => {
    for (const connection of context.open) connection.cutOff();
  }, graceMs);
  await gone;
  clearTimeout(timer);
}
