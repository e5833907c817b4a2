/** What the HTTP room is given: the ports it works on and the settings it was started with. */
import type { BackupDesk } from '../domain/backup.ts';
import type { CleanupDesk } from '../domain/cleanup.ts';
import type { DnsChecked } from '../domain/dns-check.ts';
import type { MessageId } from '../domain/ids.ts';
import type { Log } from '../domain/log.ts';
import type { DeliveryControl, EvidenceDesk, ReferenceDesk, ReportDesk, SignalDesk, Store, Submitter } from '../domain/ports.ts';
import type { Config, HttpSettings, ReferenceSettings } from '../domain/settings.ts';
import type { SignalRule } from '../domain/signal-rule.ts';

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

/** Milliseconds, but for the counts. The defaults suit people and programs; tests bring shorter ones. */
export interface HttpLimits {
  /** Head of a request, whole: past it the answer is 408. */
  readonly headers: number;
  /** Body of a request, whole: past it the answer is 408. */
  readonly body: number;
  /** Octets of a body. */
  readonly bodySize: number;
  /** Body of a request that brings a message, whole: past it the answer is 408. */
  readonly upload: number;
  /** Time between two signs of life on an event stream. */
  readonly heartbeat: number;
  /** How long an event stream waits for a reader that takes nothing. */
  readonly stall: number;
  /** Longest wait of a long poll. */
  readonly wait: number;
  /** Open connections. */
  readonly connections: number;
  /** Failed sign-ins or tokens from one address within a minute. */
  readonly failures: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  headers: 15_000,
  body: 20_000,
  bodySize: 1024 * 1024,
  upload: 120_000,
  heartbeat: 15_000,
  stall: 30_000,
  wait: 60_000,
  connections: 2_000,
  failures: 10,
};

/** What the configuration says of mail that comes in. */
export interface SendingSettings {
  /** Octets of a message. */
  readonly messageSize: number;
  /** Octets of a report. */
  readonly reportSize: number;
  /** Names of the accounts. */
  readonly accounts: readonly string[];
}

/** The relay as it runs, for the settings. */
export interface RunningView {
  /** The configuration in force, secrets and all: shown masked. */
  config(): Config;
  /** What the DNS says of it, within some seconds; of what was not answered by then it says so. */
  checkDns(): Promise<readonly DnsChecked[]>;
}

export interface HttpOptions {
  readonly settings: HttpSettings;
  readonly store: Store;
  readonly delivery: DeliveryControl;
  /** Takes what is sent or sent again over the API. */
  readonly submitter: Submitter;
  /** Of the reports that come in, and the mailboxes they are collected from; null: their room is not up. */
  readonly reports: () => ReportDesk | null;
  /** Of the signals; null: their room is not up. */
  readonly signals: () => SignalDesk | null;
  /** Reads a rule that is to be tried: YAML where it is text, else data in the keys of the configuration. */
  readonly readSignalRule: (
    source: unknown,
  ) => { readonly rule: SignalRule } | { readonly mistakes: readonly { readonly path: string; readonly detail: string }[] };
  /** As the configuration stands now. */
  readonly sending: () => SendingSettings;
  /** As the configuration stands now: pages of the ERP, when a document counts as there. */
  readonly references: () => ReferenceSettings;
  /** Whether a domain takes mail, by its MX or address records; null: that can not be told, or is not asked. */
  readonly takesMail: (domain: string) => Promise<boolean | null>;
  /** Null: its room is not up. */
  readonly referenceDesk: () => ReferenceDesk | null;
  /** Listeners and whatever else must be up; the store's health is added here. */
  readonly readiness: () => readonly ReadinessCheck[];
  readonly running: RunningView;
  /** Null: its room is not up. */
  readonly cleanup: () => CleanupDesk | null;
  /** Null while housekeeping is started. */
  readonly backups: () => BackupDesk | null;
  /** Null: its room is not up. */
  readonly evidence: () => EvidenceDesk | null;
  /** Full rights, for the command line on the same machine. */
  readonly localToken: string;
  /** Signs session cookies; kept through restarts. */
  readonly sessionKey: Uint8Array;
  readonly sandbox: boolean;
  readonly version: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly newMessageId: () => MessageId;
  readonly log: Log;
  /** Octets of free disk below which relais is not ready. */
  readonly diskFloor?: number;
  readonly limits?: Partial<HttpLimits>;
}
