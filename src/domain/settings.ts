/**
 * The configuration as the rooms of relais read it: whole, checked, frozen. `src/config` makes it
 * from files and environment; nothing else reads those. Durations are milliseconds, sizes octets.
 */
import type { BackupSettings } from './backup.ts';
import type { EventType } from './events.ts';
import type { Role } from './ports.ts';
import type { PriorityPatterns } from './priority.ts';
import type { OwnRules } from './reply-rules.ts';
import type { RetentionMatch } from './retention.ts';
import type { RetryPolicy } from './retry.ts';
import type { SignalOwner, SignalRule } from './signal-rule.ts';
import type { SuppressionPolicy } from './suppression.ts';

export interface Listener {
  readonly address: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** `starttls`: offered; `implicit`: from the first octet (RFC 8314 §3); `none`: not offered. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** Whether AUTH is offered before TLS. */
  readonly authWithoutTls: boolean;
  /** CIDR ranges of the load balancers whose connections begin with a PROXY header; from others none is taken. */
  readonly proxy: readonly string[];
}

/** PEM texts; null: a self-signed certificate is made in the data directory. */
export type TlsMaterial = { readonly key: string; readonly certificate: string } | null;

export interface SubmissionLimits {
  readonly messageSize: number;
  readonly recipients: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Without an octet from the client. */
  readonly idle: number;
  /** From DATA to the final dot, however busy the client is. */
  readonly data: number;
  /** Messages in the queue, past which 452 is answered. */
  readonly queue: number;
  /** Failed AUTHs of a connection before it is closed. */
  readonly authFailures: number;
  /** How far ahead a message may be scheduled (RFC 4865, X-Relais-Send-At); 0: not at all. */
  readonly futureRelease: number;
}

export interface SubmissionSettings {
  readonly listeners: readonly Listener[];
  readonly tls: TlsMaterial;
  /** CIDR ranges that may submit without AUTH, as account `default`. */
  readonly networks: readonly string[];
  readonly limits: SubmissionLimits;
  /** Milliseconds smtp-server waits before its greeting for clients that talk too early; 0: none. */
  readonly greetingDelay: number;
}

export interface Account {
  readonly name: string;
  /** `plain` is compared in constant time; `scrypt` is `scrypt$N$r$p$salt$hash`, base64. Null: cannot authenticate. */
  readonly password: { readonly kind: 'plain' | 'scrypt'; readonly value: string } | null;
  /** Patterns of reverse-paths it may use. The null reverse-path is always allowed. */
  readonly senders: readonly string[];
  readonly tracking: boolean;
  /** Of the notifications to its senders. */
  readonly language: Language;
  /**
   * Reports that relais writes to the sender (RFC 3461 §6): `standard`: failures and delays unless
   * NOTIFY says otherwise; `requested`: only where NOTIFY asks; `none`: never.
   */
  readonly notifications: 'standard' | 'requested' | 'none';
}

export const LANGUAGES = ['en', 'fr', 'nl', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface RouteMatch {
  readonly recipientDomain?: readonly string[];
  readonly sender?: readonly string[];
  readonly account?: readonly string[];
}

export interface HopLimits {
  readonly connections: number;
  /** Messages within a time; null: no limit. */
  readonly rate: { readonly messages: number; readonly per: number } | null;
  readonly messagesPerConnection: number;
}

interface RouteBase {
  readonly match: RouteMatch;
  /** `verp`: one transaction a recipient, MAIL FROM a token address. `preserve`: the ERP's own. */
  readonly returnPath: 'verp' | 'preserve';
  readonly limits: HopLimits;
  /**
   * What a next hop that takes 7-bit content alone gets of a message with more: a conversion that
   * means the same (RFC 6152 §3), or nothing, and the message fails. Absent: `convert`.
   */
  readonly eightBit?: EightBit;
}

export type EightBit = 'convert' | 'fail';

export type RouteTls = 'none' | 'opportunistic' | 'required' | 'implicit';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface SmarthostRoute extends RouteBase {
  readonly via: 'smarthost';
  /** The first of the route's hosts; it names the next hop. */
  readonly host: string;
  readonly port: number;
  /** Tried in this order where the ones before can not be reached. Absent: none. */
  readonly fallbacks?: readonly HostPort[];
  readonly tls: RouteTls;
  /** PEM of authorities to trust beside the system's; null: the system's alone. */
  readonly ca: string | null;
  readonly auth: { readonly user: string; readonly password: string } | null;
}

export interface MxRoute extends RouteBase {
  readonly via: 'mx';
  readonly tls: Exclude<RouteTls, 'implicit'>;
  readonly port: number;
  /** PEM of authorities to trust beside the system's. Absent or null: the system's alone. */
  readonly ca?: string | null;
  /** Policies of the recipients' domains are asked for and kept to (RFC 8461). Absent: they are not. */
  readonly mtaSts?: boolean;
}

export interface SandboxRoute extends RouteBase {
  readonly via: 'sandbox';
}

export interface HoldRoute extends RouteBase {
  readonly via: 'hold';
}

export type Route = SmarthostRoute | MxRoute | SandboxRoute | HoldRoute;

export interface DeliverySettings {
  readonly retry: RetryPolicy;
  readonly delayNoticeAfter: number;
  /** Deadline of one attempt, all commands together. */
  readonly attemptTimeout: number;
  /** Longer than `attemptTimeout`: the configuration asserts it. */
  readonly lease: number;
  /** Connections to all next hops together. */
  readonly connections: number;
  /** By class of the message, X-Relais-Class. */
  readonly priorities: PriorityPatterns;
  /** Resolvers `ip` or `ip:port` for MX routes; empty: the system's. */
  readonly resolvers: readonly string[];
  /** They validate DNSSEC and can be trusted to say so: DANE is done (RFC 7672). Absent: false. */
  readonly dnssec?: boolean;
}

/** A key that signs outgoing mail (RFC 6376); several of one domain sign each. */
export interface DkimKey {
  /** A-label, lower case. */
  readonly domain: string;
  readonly selector: string;
  /** Private key in PEM form, RSA or Ed25519; the configuration has checked that it is one. */
  readonly key: string;
  /** Names of the header fields to be signed where they are there; null: the usual ones. */
  readonly headers: readonly string[] | null;
}

export interface ReportSettings {
  /** Domain of our return paths; null: no reports, every route preserves. */
  readonly domain: string | null;
  readonly listeners: readonly { readonly address: string; readonly port: number }[];
  readonly messageSize: number;
  /** How long after acceptance a report is believed; record retention is longer. */
  readonly tokenLifetime: number;
  /** Absent: none is collected from. */
  readonly mailboxes?: readonly MailboxSettings[];
  /** Absent: the shipped rules alone. */
  readonly ownRules?: OwnRules;
  /** Absent: the defaults of the listener. */
  readonly limits?: ReportLimits;
  /** Absent: evidence suppresses nobody. */
  readonly suppression?: SuppressionPolicy;
}

/** How many reports are taken, so that a storm of them hinders nobody. */
export interface ReportLimits {
  /** From one client address, at the listener. */
  readonly perAddress: RateLimit;
  /** For one message that reports are addressed to. */
  readonly perMessage: RateLimit;
  /** Automatic replies of one recipient of a message that are kept within a day; more are counted alone. */
  readonly autoReplies: number;
}

export const DEFAULT_REPORT_LIMITS: ReportLimits = {
  perAddress: { messages: 30_000, per: 60_000 },
  perMessage: { messages: 3000, per: 60_000 },
  autoReplies: 20,
};

/** So many within a time, in milliseconds. */
export interface RateLimit {
  readonly messages: number;
  readonly per: number;
}

/** A mailbox that reports are collected from. */
export interface MailboxSettings {
  /** Unique; how far it was read is kept under it. */
  readonly name: string;
  readonly imap: ImapSettings;
  readonly folder: string;
  /** Where reports go once they are durable, its levels joined by "/"; null: they stay, and are marked as read. */
  readonly moveTo: string | null;
  /** Milliseconds between two looks. */
  readonly every: number;
  /** Waits for the server's word where it offers IDLE (RFC 2177). */
  readonly idle: boolean;
  /** `leave`: what is no report stays as it is, unread; `take`: it goes to the review list. */
  readonly otherMail: 'leave' | 'take';
}

export interface ImapSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly auth: ImapAuth;
  /** `none`: on loopback alone. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  /** PEM of authorities to trust beside the system's; null: the system's alone. */
  readonly ca: string | null;
}

export type ImapAuth = { readonly kind: 'password'; readonly password: string } | OAuth2Settings;

/** How an access token is had for SASL XOAUTH2 or OAUTHBEARER (RFC 7628). */
export interface OAuth2Settings {
  readonly kind: 'oauth2';
  readonly tokenUrl: string;
  /** Space-separated; null: none is asked for. */
  readonly scope: string | null;
  readonly grant: OAuth2Grant;
}

export type OAuth2Grant =
  /** RFC 6749 §4.4. */
  | { readonly kind: 'client-credentials'; readonly clientId: string; readonly clientSecret: string }
  /** RFC 6749 §6; a public client has no secret. */
  | { readonly kind: 'refresh-token'; readonly clientId: string; readonly clientSecret: string | null; readonly refreshToken: string }
  /** RFC 7523 §2.1: the account signs, in the user's name. */
  | { readonly kind: 'service-account'; readonly email: string; readonly privateKey: string; readonly keyId: string | null };

export const REFERENCE_FIELDS = ['document', 'documentType', 'contact', 'administration', 'template', 'tag'] as const;
export type ReferenceField = (typeof REFERENCE_FIELDS)[number];

/** What a rule reads: a header field, the file names of attachments, or XML documents among them. */
export const REFERENCE_SOURCES = ['subject', 'from', 'messageId', 'header', 'attachment', 'xml'] as const;
export type ReferenceSource = (typeof REFERENCE_SOURCES)[number];

/** Says where one thing that a mail is about is found. Data alone; reference-rules.ts reads it. */
export interface ReferenceRule {
  readonly field: ReferenceField;
  /** Name of the tag, with `field: tag`. */
  readonly tag?: string;
  readonly from: ReferenceSource;
  /** Name of the header field, with `from: header`. */
  readonly header?: string;
  /** Elements from the root down by their local names, joined by "/", with `from: xml`; any of the paths. */
  readonly path?: readonly string[];
  /** A regular expression in the syntax of RE2, upper and lower case alike; absent: all of the text. */
  readonly pattern?: string;
  /** A pattern that must not be found. */
  readonly unless?: string;
  /**
   * Made of the groups of the pattern, each as `{name}`, or fixed. Absent: the group named as the
   * field, or `value`, or the only or first one, or all that the pattern found.
   */
  readonly value?: string;
  /** What was found to what it means, whatever its case, blanks, `-` and `_`; what is not listed counts as not found. */
  readonly map?: Readonly<Record<string, string>>;
}

/** Rules for the mail of one program. */
export interface ReferenceProfile {
  readonly name: string;
  /** For people: what mail it is for. */
  readonly says: string;
  readonly rules: readonly ReferenceRule[];
}

/** How what a mail is about is found, and what follows from it. What the ERP says by X-Relais-* goes before all of it. */
export interface ReferenceSettings {
  /** Names of shipped profiles, asked in this order, after `rules`. */
  readonly profiles: readonly string[];
  /** The first that finds something for a field decides it. */
  readonly rules: readonly ReferenceRule[];
  /** Pages of the ERP, with {contact}, {document}, {documentType}, {administration} or {tag:NAME} in them; null: none. */
  readonly contactUrl: string | null;
  readonly documentUrl: string | null;
  /** Who has to have a document for it to count as there: every recipient, or any one. */
  readonly verdict: 'every' | 'any';
  /** Milliseconds that the rules may take of one message while it is accepted; past that the follower goes on. */
  readonly timeLimit: number;
  /** Octets of a message up to which its attachments are read for references; 0: never. */
  readonly attachments: number;
  /** Whether mail without a template is grouped into streams. */
  readonly streams: boolean;
}

/** The change feed as files in a folder, for an ERP that can not call HTTP. */
export interface FileDropSettings {
  /** Unique; its position in the feed is kept under it. */
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  readonly format: 'csv' | 'jsonl';
  /** Cron expression. */
  readonly schedule: string;
  /** Null: all. */
  readonly types: readonly EventType[] | null;
  /** Null: all. */
  readonly accounts: readonly string[] | null;
}

export interface RetentionSettings {
  /** Cron expression of the clean-up. */
  readonly schedule: string;
  /** Age at which the bytes go. */
  readonly content: number;
  /** Age at which records go. */
  readonly records: number;
  /** How far back the feed can be read. Absent: as records. */
  readonly events?: number;
  /** Age at which reports and deliveries of signals go. Absent: as records. */
  readonly reports?: number;
  /** Age at which entries of the audit log go. Absent or null: never. */
  readonly audit?: number | null;
  /** How much longer what is due waits for a reader of the feed that has still to read of it. Absent: as long as it takes. */
  readonly patience?: number;
  /** Mail that is kept for other times; the first that a message is of counts. */
  readonly classes?: readonly RetentionClass[];
}

export interface RetentionClass {
  readonly name: string;
  readonly match: RetentionMatch;
  readonly content: number;
  readonly records: number;
}

/** Sign-in at an identity provider (OpenID Connect). */
export interface OidcSettings {
  /** As its discovery document says; https, or http on loopback. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client, which PKCE alone guards. */
  readonly clientSecret: string | null;
  /** As people know it; null: by its host. */
  readonly label: string | null;
  readonly scopes: readonly string[];
  /** The claim that names the user; null: preferred_username, else a verified email, else sub. */
  readonly nameClaim: string | null;
  /** Claims whose values `roles` knows: a name, or a path such as realm_access.roles. */
  readonly roleClaims: readonly string[];
  readonly roles: Readonly<Record<string, Role>>;
  /** Of whoever has none of `roles`; null: nothing here. */
  readonly defaultRole: Role | null;
  /** Names the accounts whose mail the user may see, `*` for all; null: all, for everybody. */
  readonly accountsClaim: string | null;
}

export interface HttpSettings {
  readonly address: string;
  readonly port: number;
  readonly publicUrl: string | null;
  /** CIDR ranges that may read /metrics without a token. */
  readonly metricsNetworks: readonly string[];
  /** Absent or null: users sign in with passwords and tokens alone. */
  readonly oidc?: OidcSettings | null;
}

export interface Config {
  /** Where it came from; null: the sandbox's defaults. */
  readonly file: string | null;
  readonly sandbox: boolean;
  readonly hostname: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Octets of free disk below which no mail is taken. */
  readonly diskFloor: number;
  readonly shutdownGrace: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly submission: SubmissionSettings;
  readonly accounts: readonly Account[];
  readonly routes: readonly Route[];
  readonly delivery: DeliverySettings;
  readonly dkim: readonly DkimKey[];
  readonly reports: ReportSettings;
  readonly references: ReferenceSettings;
  readonly signals: readonly SignalRule[];
  /** Who looks after which mail, for signals to `owner`. Absent: nobody. */
  readonly owners?: readonly SignalOwner[];
  readonly retention: RetentionSettings;
  /** Absent: none. */
  readonly synchronisation?: { readonly files: readonly FileDropSettings[] };
  /** Absent: none are made by themselves. */
  readonly backup?: BackupSettings;
  readonly http: HttpSettings;
}

/** The account of clients that `submission.networks` lets in without AUTH. */
export const DEFAULT_ACCOUNT = 'default';
