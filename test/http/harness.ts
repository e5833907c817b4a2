/** The HTTP room over the store in memory: an application without a socket, and people to call it. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { parseConfig } from '../../src/config/index.ts';
import { type BackupDesk, BackupError, type BackupRun } from '../../src/domain/backup.ts';
import { type CleanupCounts, type CleanupDesk, NOTHING_CLEANED } from '../../src/domain/cleanup.ts';
import type { DnsChecked } from '../../src/domain/dns-check.ts';
import { createIdFactory, type MessageId, type ReportId } from '../../src/domain/ids.ts';
import type { PreparedMessage } from '../../src/domain/message.ts';
import type {
  DeliveryControl,
  EvidenceItem,
  NextHopStatus,
  ReferenceDesk,
  ReportedRecipient,
  ReportRecord,
  SignalDesk,
  TokenRecord,
} from '../../src/domain/ports.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';
import type { Config, HttpSettings, ReferenceSettings } from '../../src/domain/settings.ts';
import { startEvidence } from '../../src/evidence/index.ts';
import { createApp, type HttpApp, type HttpLimits, type HttpOptions } from '../../src/http/index.ts';
import { surroundings } from '../config/surroundings.ts';
import { address } from '../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { type RecordingLog, recordingLog } from '../support/recording-log.ts';
import { fakeReferenceDesk } from './fake-reference-desk.ts';
import { type FakeReportDesk, fakeReportDesk } from './fake-report-desk.ts';
import { fakeSignalDesk } from './fake-signal-desk.ts';
import { type FakeSubmitter, fakeSubmitter } from './fake-submitter.ts';

export const LOCAL_TOKEN = 'local-token-of-this-machine';
export const START = Date.parse('2026-02-01T12:00:00Z');

export interface Room extends HttpApp {
  readonly store: MemoryStore;
  readonly log: RecordingLog;
  readonly options: HttpOptions;
  readonly hops: NextHopStatus[];
  readonly submitter: FakeSubmitter;
  readonly desk: FakeReportDesk;
  /** Moves the clock of the room. */
  advance(ms: number): void;
  /** A call of the API with a token, the local one by default. */
  call(path: string, init?: RequestInit & { readonly token?: string | null }): Promise<Response>;
  get<T = Record<string, unknown>>(path: string, token?: string): Promise<T>;
  post(path: string, body?: unknown, token?: string): Promise<Response>;
  /** Makes a token. */
  token(name: string, record: Partial<TokenRecord>): Promise<string>;
}

export function nextHop(name: string, status: Partial<NextHopStatus> = {}): NextHopStatus {
  return {
    nextHop: name,
    via: 'smarthost',
    state: 'active',
    waiting: 0,
    attempting: 0,
    connections: 0,
    oldestAt: null,
    nextDueAt: null,
    lastReply: null,
    lastError: null,
    blockedUntil: null,
    paused: null,
    ...status,
  };
}

const REFERENCES: ReferenceSettings = {
  profiles: [],
  rules: [],
  contactUrl: 'https://erp.example.com/contact/{contact}',
  documentUrl: 'https://erp.example.com/document/{document}',
  verdict: 'every',
  timeLimit: 100,
  attachments: 0,
  streams: false,
};

const COUNTS: CleanupCounts = { ...NOTHING_CLEANED, contents: 3, records: 2, octets: 1000, keptPending: 1 };

/** Takes what it says and nothing. */
function fakeCleanup(now: () => number): CleanupDesk {
  const retention = { schedule: '15 3 * * *', content: 30 * 86_400_000, records: 540 * 86_400_000 };
  return {
    plan: async () => COUNTS,
    run: async (by) => ({ startedAt: now(), endedAt: now() + 5, by: by.name, counts: COUNTS, error: null }),
    status: () => ({ retention, running: null, planned: null, nextRunAt: now() + 3_600_000 }),
  };
}

/** One that was made; `keep` of 666 finds the disk full. */
function fakeBackups(now: () => number): BackupDesk {
  const settings = { dir: '/var/backups/relais', schedule: '30 2 * * *', keep: 7 };
  const made = { name: '20260302T023000Z', octets: 5000, copied: 700, madeAt: now(), seq: 12, messages: 3, pending: 1 };
  let lastRun: BackupRun | null = null;
  return {
    run: async ({ dir, keep }, by) => {
      if (keep === 666) throw new BackupError('full', `${dir} is full: make room`);
      const run = { startedAt: now(), endedAt: now() + 5, dir, by: by.name, made, error: null };
      lastRun = run;
      return run;
    },
    list: async () => [made],
    status: () => ({ settings, nextRunAt: now() + 3_600_000, running: null, lastRun, lastMadeAt: now(), failures: 2 }),
  };
}

const CONFIG: Config = parseConfig(
  'hostname: relay.example.com\nroutes: [{via: hold}]\naccounts: [{name: erp}, {name: payroll}]\n',
  '/etc/relais/relais.yaml',
  surroundings(),
).config;

export function httpOptions(
  store: MemoryStore,
  more: {
    readonly settings?: Partial<HttpSettings>;
    readonly limits?: Partial<HttpLimits>;
    readonly messageSize?: number;
    readonly now?: () => number;
    readonly config?: Config;
    readonly dns?: readonly DnsChecked[];
    readonly referenceDesk?: ReferenceDesk;
    readonly signalDesk?: SignalDesk;
    readonly takesMail?: HttpOptions['takesMail'];
  } = {},
): { options: HttpOptions; log: RecordingLog; hops: NextHopStatus[]; submitter: FakeSubmitter; desk: FakeReportDesk } {
  const log = recordingLog();
  const hops = [nextHop('smtp.provider.example:587', { waiting: 2, oldestAt: START - 60_000, nextDueAt: START - 5_000 })];
  const now = more.now ?? Date.now;
  const change = (name: string, state: NextHopStatus['state']): boolean => {
    const at = hops.findIndex((hop) => hop.nextHop === name);
    const hop = hops[at];
    if (hop !== undefined) hops[at] = { ...hop, state };
    return hop !== undefined;
  };
  const delivery: DeliveryControl = {
    nextHops: () => hops,
    pause: async (name) => change(name, 'paused'),
    resume: async (name) => change(name, 'active'),
    flush: async (name) => change(name, 'active'),
    onAttempt: null,
    onTlsSession: null,
  };
  const newId = createIdFactory({ now, randomBytes });
  const newMessageId = (): MessageId => newId() as MessageId;
  const submitter = fakeSubmitter(store, now, newMessageId);
  const desk = fakeReportDesk(store, now);
  const cleanup = fakeCleanup(now);
  const backups = fakeBackups(now);
  const evidence = startEvidence({ store, key: EVIDENCE_KEY, hostname: 'relay.example', version: '0.0.0-test', now, log });
  const referenceDesk = more.referenceDesk ?? fakeReferenceDesk(store, REFERENCES, now);
  const signals = more.signalDesk ?? fakeSignalDesk(now);
  const options: HttpOptions = {
    settings: { address: '127.0.0.1', port: 0, publicUrl: null, metricsNetworks: ['127.0.0.0/8'], ...more.settings },
    store,
    delivery,
    submitter,
    reports: () => desk,
    signals: () => signals,
    readSignalRule: () => ({ mistakes: [{ path: '', detail: 'no rule is read here' }] }),
    takesMail: more.takesMail ?? (async () => null),
    sending: () => ({ messageSize: more.messageSize ?? 100_000, reportSize: 50_000, accounts: ['erp', 'payroll'] }),
    references: () => REFERENCES,
    running: { config: () => more.config ?? CONFIG, checkDns: async () => more.dns ?? [] },
    referenceDesk: () => referenceDesk,
    readiness: () => [{ name: 'submission 127.0.0.1:2525', ok: true }],
    cleanup: () => cleanup,
    backups: () => backups,
    evidence: () => evidence.desk,
    localToken: LOCAL_TOKEN,
    sessionKey: new Uint8Array(32).fill(7),
    sandbox: true,
    version: '0.0.0-test',
    now,
    randomBytes,
    newMessageId,
    log,
    ...(more.limits === undefined ? {} : { limits: more.limits }),
  };
  return { options, log, hops, submitter, desk };
}

/** Signs evidence in all rooms. */
const EVIDENCE_KEY = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export function createRoom(
  more: {
    readonly settings?: Partial<HttpSettings>;
    readonly limits?: Partial<HttpLimits>;
    readonly config?: Config;
    readonly dns?: readonly DnsChecked[];
    readonly referenceDesk?: ReferenceDesk;
    readonly signalDesk?: SignalDesk;
    readonly takesMail?: HttpOptions['takesMail'];
  } = {},
): Room {
  let clock = START;
  const store = createMemoryStore({ now: () => clock });
  const { options, log, hops, submitter, desk } = httpOptions(store, { ...more, now: () => clock });
  const http = createApp(options);
  const call: Room['call'] = async (path, { token = LOCAL_TOKEN, ...init } = {}) => {
    const headers = new Headers(init.headers);
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    return http.app.request(path, { ...init, headers });
  };
  return {
    ...http,
    store,
    log,
    options,
    hops,
    submitter,
    desk,
    advance: (ms) => {
      clock += ms;
    },
    call,
    async get<T>(path: string, token = LOCAL_TOKEN): Promise<T> {
      const answer = await call(path, { token });
      if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    post: (path, body, token = LOCAL_TOKEN) =>
      call(path, { method: 'POST', token, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    async token(name, record) {
      const text = `rl_${name}-${'x'.repeat(32)}`;
      await store.tokens.put(name, {
        name,
        hash: createHash('sha256').update(text).digest('hex'),
        role: 'viewer',
        permissions: null,
        accounts: null,
        createdAt: clock,
        expiresAt: null,
        ...record,
      });
      clock += 2_000; // Past the time for which the list of tokens is believed.
      return text;
    },
  };
}

export interface Mail {
  readonly at?: number;
  readonly account?: string;
  readonly sender?: string | null;
  readonly to?: readonly string[];
  readonly subject?: string | null;
  readonly messageId?: string;
  readonly references?: Partial<PreparedMessage['references']>;
  readonly content?: string;
}

const newId = createIdFactory({ now: () => 0, randomBytes });

/** Accepts a message as submission would; later ones have later ids. */
export async function accept(room: Pick<Room, 'store'>, mail: Mail = {}): Promise<MessageId> {
  const id = newId() as MessageId;
  const at = mail.at ?? START;
  const message: PreparedMessage = {
    id,
    acceptedAt: at,
    account: mail.account ?? 'erp',
    client: { address: '192.0.2.7', helo: 'erp.example', tls: null, user: 'erp' },
    envelope: {
      reversePath: mail.sender === null ? { kind: 'null' } : { kind: 'address', address: address(mail.sender ?? 'billing@example.com') },
      recipients: (mail.to ?? ['ann@partner.example']).map((text) => ({ address: address(text), notify: null, orcpt: null })),
      ret: null,
      envid: null,
      smtputf8: false,
      eightBitMime: false,
    },
    headers: {
      subject: mail.subject === undefined ? 'Invoice 2026-117' : mail.subject,
      messageId: mail.messageId ?? `${id}@erp.example`,
      from: 'Billing <billing@example.com>',
      date: null,
    },
    references: { ...NO_REFERENCES, ...mail.references },
    supersedes: null,
    received: 'Received: from erp.example by relay.example; Sun, 1 Feb 2026 12:00:00 +0000\r\n',
  };
  const content = room.store.openContent(message);
  await content.write(Buffer.from(mail.content ?? 'Subject: Invoice\r\n\r\nHello\r\n'));
  await room.store.accept({ message, content, dueAt: at, expireAt: at + 5 * 86_400_000 });
  return id;
}

/** Takes a report in, as the reports room would. */
export async function report(
  room: Pick<Room, 'store'>,
  described: Partial<ReportRecord> & { readonly raw?: string; readonly items?: readonly EvidenceItem[] } = {},
): Promise<ReportId> {
  const { raw = 'Subject: Undelivered\r\n\r\nNo such mailbox\r\n', items = [], ...fields } = described;
  const id = newId() as string as ReportId;
  await room.store.recordReport({
    report: {
      id,
      receivedAt: START + 5_000,
      via: 'smtp',
      to: 'bounces@bounce.example.com',
      kind: 'bounce',
      subject: 'Undelivered Mail Returned to Sender',
      originalMessageId: null,
      envelopeId: null,
      reportingMta: 'mail.partner.example',
      recipients: [reported()],
      matched: null,
      trouble: 'it carries no token of ours',
      ...fields,
    },
    raw: Buffer.from(raw),
    items,
    now: START + 5_000,
  });
  return id;
}

export function reported(described: Partial<ReportedRecipient> = {}): ReportedRecipient {
  return {
    address: 'ann@partner.example',
    action: 'failed',
    status: '5.1.1',
    replyCode: 550,
    category: 'mailbox-unknown',
    addressInvalid: true,
    permanent: true,
    diagnostic: '550 5.1.1 <ann@partner.example>: user unknown',
    ...described,
  };
}

/** One attempt of one recipient, ended. */
export async function endAttempt(
  room: Pick<Room, 'store'>,
  message: MessageId,
  index: number,
  end: {
    readonly outcome: 'transferred' | 'deferred' | 'failed';
    readonly text?: string;
    readonly category?: 'mailbox-unknown' | 'mailbox-full';
  },
): Promise<void> {
  const code = { transferred: 250, deferred: 451, failed: 550 }[end.outcome];
  const now = START + 1_000;
  await room.store.claim({
    message,
    indexes: [index],
    nextHop: 'smtp.provider.example:587',
    leaseUntil: now + 60_000,
    retryAt: now + 60_000,
    now,
  });
  const attempts = (await room.store.record(message))?.recipients[index]?.attempts ?? 1;
  await room.store.apply(
    [
      {
        message,
        index,
        evidence: {
          kind: 'attempt-ended',
          attempt: {
            number: attempts,
            at: now,
            durationMs: 12,
            nextHop: 'smtp.provider.example:587',
            address: '192.0.2.25:587',
            tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: true },
            outcome: end.outcome,
            reply: { code, status: null, text: end.text ?? 'so it is' },
            phase: 'rcpt',
            ambiguous: false,
            error: null,
          },
          category: end.category ?? 'unknown',
          addressInvalid: false,
          hop: 'provider',
          retryAt: now + 600_000,
        },
      },
    ],
    now,
  );
}

export async function problemOf(
  answer: Response,
): Promise<
  { status: number; code: string; detail: string; errors?: { in: string; path: string; detail: string }[] } & Record<string, unknown>
> {
  if (!(answer.headers.get('content-type') ?? '').startsWith('application/problem+json')) {
    throw new Error(`${answer.status} is no problem+json: ${await answer.text()}`);
  }
  return answer.json() as ReturnType<typeof problemOf>;
}
