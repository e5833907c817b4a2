/**
 * The Store port in memory, for the tests of the rooms around it: plain, complete, and in step with
 * the contract suite. It knows no disk; `poison` and `failNextAccept` play a disk that refuses,
 * `corrupt` one that flips a bit.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { asciiDomainOf, normalizeAddress } from '../../src/domain/address.ts';
import { type AuditEntry, type AuditFilter, type AuditRecord, fitsAudit } from '../../src/domain/audit.ts';
import { BackupError, type BackupRecord } from '../../src/domain/backup.ts';
import { type CleanupCounts, type CleanupRequest, type CleanupRunRecord, NOTHING_CLEANED } from '../../src/domain/cleanup.ts';
import type { ContactMail } from '../../src/domain/contact-standing.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { EventDraft, FeedEvent } from '../../src/domain/events.ts';
import { createIdFactory, idTime, type MessageId, type ReportId } from '../../src/domain/ids.ts';
import { follows, hasLeaves, type Seal, withheldFrom } from '../../src/domain/ledger.ts';
import { holdCovers, type LegalHoldRecord } from '../../src/domain/legal-hold.ts';
import { type AcceptedMessage, type MessageSummary, messageState, type PreparedMessage } from '../../src/domain/message.ts';
import { isOutcomeGroup, type OutcomeGroup, outcomeCounts } from '../../src/domain/outcome-counts.ts';
import type {
  Claim,
  ClaimRequest,
  Collection,
  ContactRecord,
  ContentWriter,
  DocumentRecord,
  EraseResult,
  EvidenceItem,
  FeedPage,
  Ledger,
  MailboxRecord,
  MessageDetail,
  MessageFilter,
  MtaStsPolicyRecord,
  NextHopRecord,
  Page,
  PageRequest,
  QueueCounts,
  ReportFilter,
  ReportMatch,
  ReportRecord,
  ScheduleChange,
  ScheduledRecipient,
  SessionRecord,
  SignalDelivery,
  StatisticsRequest,
  StatisticsRow,
  Store,
  StoredContent,
  StoreHealth,
  StoreMetrics,
  StreamRecord,
  SuppressionRecord,
  TokenRecord,
  UseRecord,
  UserRecord,
  ViewRecord,
} from '../../src/domain/ports.ts';
import {
  type Attempt,
  type Evidence,
  isPending,
  newRecipient,
  notBefore,
  type RecipientRecord,
  type RecipientState,
  type Transition,
  transition,
} from '../../src/domain/recipient.ts';
import { changedReferences, referencesBefore } from '../../src/domain/references.ts';
import { erasedSignalBody, matchesOf } from '../../src/domain/representation.ts';
import { retentionClassOf } from '../../src/domain/retention.ts';
import type { RunRecord } from '../../src/domain/run.ts';
import { NO_CHANGES, type SignalChannelRecord, type SignalMember, type SignalRecord } from '../../src/domain/signal.ts';
import { pseudonymOf, Subject } from '../../src/domain/subject.ts';
import type { SubjectErasureAnswer, SubjectErasureRecord, SubjectErasureRequest } from '../../src/domain/subject-erasure.ts';
import { type FailureHistory, judgeSuppression, NO_FAILURES, type SuppressionPolicy, suppressionOf } from '../../src/domain/suppression.ts';
import { matchesFilter, pageOf } from './memory-filter.ts';
import { type ContactEntry, contactsOf, documentOf, documentsOf, mailTo } from './memory-groups.ts';

export interface MemoryStoreExtras {
  /** Every write is refused from now on, as after a rejected write on disk. */
  poison(cause: Error): void;
  /** The next `accept` rejects with `error`, and nothing is recorded. */
  failNextAccept(error?: Error): void;
  /** Flips a bit of the content: `content` refuses it as `corrupt`. */
  corrupt(id: MessageId): void;
  /** The whole feed, for assertions. */
  readonly events: readonly FeedEvent[];
}

export type MemoryStore = Store & MemoryStoreExtras;

interface Entry {
  message: AcceptedMessage;
  /** Null once erased. */
  content: Buffer | null;
  recipients: RecipientRecord[];
  /** By recipient, by attempt number. */
  readonly attempts: Map<number, Map<number, Attempt>>;
}

const SLICE = 1000;
const BYTES_LIMIT = 4 * 1024 * 1024;
const DAY = 86_400_000;
const HOUR = 3_600_000;

/** An empty store. `now` dates the acceptance events; without it they bear the message's own time. */
export function createMemoryStore(
  options: { readonly now?: () => number; readonly suppression?: () => SuppressionPolicy | null } = {},
): MemoryStore {
  return new InMemoryStore(options.now, options.suppression);
}

class MemoryContent implements ContentWriter {
  #chunks: Buffer[] = [];
  size = 0;
  aborted = false;

  write(chunk: Buffer): undefined {
    this.#chunks.push(Buffer.from(chunk));
    this.size += chunk.length;
  }

  async abort(): Promise<void> {
    this.#chunks = [];
    this.aborted = true;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

function memoryCollection<T>(
  write: () => void,
  values: Map<string, T> = new Map(),
  onDelete: (name: string) => void = () => {},
): Collection<T> {
  return {
    get: async (name) => values.get(name),
    put: async (name, value) => {
      write();
      values.set(name, value);
    },
    delete: async (name) => {
      write();
      if (!values.delete(name)) return false;
      onDelete(name);
      return true;
    },
    change: async (name, change) => {
      write();
      const next = change(values.get(name));
      if (next === null && values.delete(name)) onDelete(name);
      else if (next !== null && next !== undefined) values.set(name, next);
      return values.get(name);
    },
    list: async (part) => {
      const all = [...values].map(([name, value]) => ({ name, value })).sort((a, b) => (a.name < b.name ? -1 : 1));
      return part === undefined ? all : all.filter(({ name }) => name > part.after).slice(0, part.limit);
    },
  };
}

const SALT = Buffer.from('a salt for tests').toString('base64');

function memoryLedger(seals: { readonly seal: Seal; readonly leaves: Buffer }[], commit: () => void): Ledger {
  return {
    get last() {
      return seals.at(-1)?.seal;
    },
    get next() {
      return (seals.at(-1)?.seal.to ?? 0) + 1;
    },
    append: async (seal, leaves) => {
      if (!hasLeaves(seal, leaves)) throw new RangeError('append: not over these leaves');
      if (!follows(seal, seals.at(-1)?.seal)) return false;
      commit();
      seals.push({ seal, leaves });
      return true;
    },
    covering: async (seq) => seals.find(({ seal }) => seal.from <= seq && seq <= seal.to),
    list: async ({ after, limit }) =>
      seals
        .filter(({ seal }) => seal.to > after)
        .slice(0, limit)
        .map(({ seal }) => seal),
    salt: async () => SALT,
  };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

class InMemoryStore implements MemoryStore {
  readonly #now: (() => number) | undefined;
  readonly #policy: () => SuppressionPolicy | null;
  readonly #entries = new Map<MessageId, Entry>();
  readonly #events: FeedEvent[] = [];
  readonly #keys = new Map<string, { readonly message: MessageId; readonly until: number }>();
  readonly #reports = new Map<ReportId, { report: ReportRecord; raw: Buffer; fingerprint?: string }>();
  readonly #signals = new Map<string, SignalDelivery>();
  readonly #scheduleListeners = new Set<(changes: readonly ScheduleChange[]) => void>();
  readonly #poisonListeners = new Set<(cause: Error) => void>();
  readonly #waiting = new Set<() => void>();
  readonly #metrics = { commits: 0, committedOperations: 0, onCommit: null, orphans: { contents: 0, records: 0 } };
  /** Newest first. */
  readonly #audits: AuditRecord[] = [];
  readonly #newAuditId: () => string;
  #poisoned: Error | null = null;
  #failAccept: Error | null = null;
  #closed = false;

  readonly metrics: StoreMetrics = this.#metrics;
  readonly #consumers = new Map<string, { readonly seq: number; readonly at: number }>();
  readonly consumers = memoryCollection(() => this.#commit(), this.#consumers);
  readonly #signalRecords = new Map<string, SignalRecord>();
  readonly signalRecords = memoryCollection(() => this.#commit(), this.#signalRecords);
  readonly #signalMembers = new Map<string, SignalMember>();
  readonly signalMembers = memoryCollection(() => this.#commit(), this.#signalMembers);
  readonly #runs = new Map<string, RunRecord>();
  readonly runs = memoryCollection<RunRecord>(() => this.#commit(), this.#runs);
  readonly #signalStates = new Map<string, object>();
  readonly signalStates = memoryCollection(() => this.#commit(), this.#signalStates);
  readonly signalChannels = memoryCollection<SignalChannelRecord>(() => this.#commit());
  readonly mtaStsPolicies = memoryCollection<MtaStsPolicyRecord>(() => this.#commit());
  readonly mailboxes = memoryCollection<MailboxRecord>(() => this.#commit());
  readonly nextHops = memoryCollection<NextHopRecord>(() => this.#commit());
  readonly #suppressed = new Map<string, SuppressionRecord>();
  readonly #failures = new Map<string, FailureHistory>();
  readonly suppressions = memoryCollection<SuppressionRecord>(
    () => this.#commit(),
    this.#suppressed,
    (address) => this.#failures.set(address, { failures: [], since: this.#now?.() ?? Date.now() }),
  );
  readonly cleanupRuns = memoryCollection<CleanupRunRecord>(() => this.#commit());
  readonly erasures = memoryCollection<SubjectErasureRecord>(() => this.#commit());
  readonly #holds = new Map<string, LegalHoldRecord>();
  readonly legalHolds = memoryCollection(() => this.#commit(), this.#holds);
  readonly streams = memoryCollection<StreamRecord>(() => this.#commit());
  readonly tokens = memoryCollection<TokenRecord>(() => this.#commit());
  readonly users = memoryCollection<UserRecord>(() => this.#commit());
  readonly views = memoryCollection<ViewRecord>(() => this.#commit());
  readonly sessions = memoryCollection<SessionRecord>(() => this.#commit());
  readonly uses = memoryCollection<UseRecord>(() => this.#commit());

  constructor(now: (() => number) | undefined, policy: () => SuppressionPolicy | null = () => null) {
    this.#now = now;
    this.#policy = policy;
    this.#newAuditId = createIdFactory({ now: now ?? Date.now, randomBytes });
  }

  // ── For tests ──

  poison(cause: Error): void {
    if (this.#poisoned !== null) return;
    this.#poisoned = cause;
    for (const listener of this.#poisonListeners) listener(cause);
  }

  failNextAccept(error: Error = new Error('ENOSPC: no space left on device')): void {
    this.#failAccept = error;
  }

  corrupt(id: MessageId): void {
    const content = this.#entries.get(id)?.content;
    if (content === null || content === undefined || content.length === 0) throw new Error(`no content of ${id} to corrupt`);
    content[0] = (content[0] ?? 0) ^ 1;
  }

  get events(): readonly FeedEvent[] {
    return this.#events;
  }

  // ── Accepting ──

  openContent(_message: PreparedMessage): ContentWriter {
    this.#assertOpen();
    return new MemoryContent();
  }

  async accept(request: Parameters<Store['accept']>[0]): Promise<AcceptedMessage> {
    const { message, content, dueAt, expireAt } = request;
    await Promise.resolve();
    if (this.#failAccept !== null) {
      const error = this.#failAccept;
      this.#failAccept = null;
      throw error;
    }
    if (!(content instanceof MemoryContent)) throw new TypeError('accept: the content was opened by another store');
    if (content.aborted) throw new Error('accept: the content was aborted');
    const { key } = request;
    const known = key === undefined ? undefined : this.#keyed(key.value);
    if (known !== undefined) {
      await content.abort();
      return known;
    }
    this.#commit();
    if (key !== undefined) this.#keys.set(key.value, { message: message.id, until: key.until });
    const bytes = content.bytes();
    const accepted: AcceptedMessage = { ...message, size: bytes.length, sha256: sha256(bytes) };
    const recipients = message.envelope.recipients.map(({ address }, index) =>
      newRecipient({ index, address, acceptedAt: message.acceptedAt, dueAt, expireAt }),
    );
    const entry: Entry = { message: accepted, content: bytes, recipients, attempts: new Map() };
    this.#entries.set(message.id, entry);
    const domains: Record<string, number> = {};
    for (const { address } of recipients) domains[asciiDomainOf(address)] = (domains[asciiDomainOf(address)] ?? 0) + 1;
    const { sha256: digest, size } = accepted;
    this.#append({ type: 'message.accepted', sha256: digest, size, domains }, this.#now?.() ?? message.acceptedAt, accepted);
    const superseded = message.supersedes === null ? undefined : this.#entries.get(message.supersedes);
    if (superseded !== undefined) {
      const at = this.#now?.() ?? message.acceptedAt;
      this.#append({ type: 'message.resent', supersededBy: message.id }, at, superseded.message);
    }
    this.#tellSchedule(recipients.map((recipient) => changeOf(entry, recipient)));
    return accepted;
  }

  // ── Delivering ──

  async *schedule(): AsyncIterable<readonly ScheduledRecipient[]> {
    this.#assertOpen();
    const pending: ScheduledRecipient[] = [];
    for (const entry of this.#entries.values()) {
      for (const recipient of entry.recipients) {
        const { scheduled } = changeOf(entry, recipient);
        if (scheduled !== null) pending.push(scheduled);
      }
    }
    for (let i = 0; i < pending.length; i += SLICE) yield pending.slice(i, i + SLICE);
  }

  onSchedule(listener: (changes: readonly ScheduleChange[]) => void): () => void {
    this.#scheduleListeners.add(listener);
    return () => this.#scheduleListeners.delete(listener);
  }

  async claim(request: ClaimRequest): Promise<Claim> {
    this.#commit();
    const entry = this.#entryOf(request.message);
    const { nextHop, leaseUntil, retryAt, now } = request;
    const changes: ScheduleChange[] = [];
    const recipients: RecipientRecord[] = [];
    const suppressions = new Map((await this.suppressions.list()).map(({ name, value }) => [name, value]));
    for (const index of request.indexes) {
      const recipient = entry.recipients[index];
      const reason = recipient === undefined ? null : suppressionOf(recipient, (address) => suppressions.get(address), now);
      if (reason !== null) {
        const suppressed = this.#applyOne({ message: request.message, index, evidence: { kind: 'suppressed', reason } }, now);
        if (suppressed !== undefined) changes.push(changeOf(entry, suppressed.recipient));
        continue;
      }
      const result = this.#applyOne(
        { message: request.message, index, evidence: { kind: 'attempt-started', nextHop, leaseUntil, retryAt } },
        now,
      );
      if (result === undefined || !result.changed) continue;
      recipients.push(result.recipient);
      changes.push(changeOf(entry, result.recipient));
    }
    this.#tellSchedule(changes);
    return { message: entry.message, recipients };
  }

  /** Evidence for a message that was erased meanwhile has nothing to change: it is left out of the result. */
  async apply(items: readonly EvidenceItem[], now: number): Promise<readonly Transition[]> {
    this.#commit(items.length);
    return this.#applyAll(items, now);
  }

  async content(id: MessageId): Promise<StoredContent> {
    this.#assertOpen();
    const { message, content } = this.#entryOf(id);
    if (content === null) throw new StoreError('erased', `the content of ${id} was erased`);
    if (sha256(content) !== message.sha256) throw new StoreError('corrupt', `the content of ${id} does not match its SHA-256`);
    return {
      size: message.size,
      sha256: message.sha256,
      bytes: content.length <= BYTES_LIMIT ? content : null,
      stream: () => Readable.from(slicesOf(content)),
    };
  }

  // ── Reports ──

  async recordReport(request: Parameters<Store['recordReport']>[0]): ReturnType<Store['recordReport']> {
    this.#commit(request.items.length + 1);
    const known = this.#reports.get(request.report.id);
    if (known !== undefined) return { report: known.report, transitions: this.#applyAll(request.items, request.now), repeated: true };
    const { fingerprint } = request;
    const bearers = [...this.#reports.values()].filter((bearer) => fingerprint !== undefined && bearer.fingerprint === fingerprint);
    const matches = matchesOf(request.report);
    const same =
      matches.length === 0
        ? bearers[0]
        : bearers.find(({ report }) => matchesOf(report).some((own) => matches.some((match) => isSameRecipient(own, match))));
    if (same !== undefined) return { report: same.report, transitions: [], repeated: true };
    const unexplained = bearers.find(({ report }) => report.matched === null);
    if (unexplained !== undefined) {
      const { id } = unexplained.report;
      const items = request.items.map((item) =>
        item.evidence.kind === 'report' ? { ...item, evidence: { ...item.evidence, report: id } } : item,
      );
      const { report, transitions } = await this.linkReport({ id, matches, items, now: request.now });
      return { report, transitions, repeated: false };
    }
    const raw = Buffer.from(request.raw);
    const report: ReportRecord = { ...request.report, size: raw.length, sha256: sha256(raw) };
    this.#reports.set(report.id, { report, raw, ...(fingerprint === undefined ? {} : { fingerprint }) });
    const transitions = this.#applyAll(request.items, request.now);
    if (report.matched === null) this.#append({ type: 'report.unmatched', report: report.id }, request.now, undefined);
    return { report, transitions, repeated: false };
  }

  async linkReport(request: Parameters<Store['linkReport']>[0]): ReturnType<Store['linkReport']> {
    this.#commit(request.items.length + 1);
    const known = this.#reports.get(request.id);
    if (known === undefined) throw new StoreError('not-found', `there is no report ${request.id}`);
    const [first] = request.matches;
    if (known.report.matched !== null || first === undefined) return { linked: false, report: known.report, transitions: [] };
    const report: ReportRecord = { ...known.report, matched: first, matches: request.matches };
    this.#reports.set(report.id, { ...known, report });
    return { linked: true, report, transitions: this.#applyAll(request.items, request.now) };
  }

  async messagesKnownAs(name: Parameters<Store['messagesKnownAs']>[0], limit: number): Promise<readonly MessageId[]> {
    this.#assertOpen();
    const wanted = (entry: Entry): boolean => {
      if ('messageId' in name) return entry.message.headers.messageId === name.messageId;
      if ('envelopeId' in name) return entry.message.envelope.envid === name.envelopeId;
      return [...entry.attempts.values()].some((attempts) => [...attempts.values()].some(({ remoteId }) => remoteId === name.remoteId));
    };
    const found = [...this.#entries.values()].filter(wanted).map(({ message }) => message.id);
    return found.sort((a, b) => (a < b ? 1 : -1)).slice(0, limit);
  }

  async report(id: ReportId): Promise<{ report: ReportRecord; raw: Buffer } | undefined> {
    const found = this.#reports.get(id);
    return found === undefined ? undefined : { report: found.report, raw: found.raw };
  }

  async reports(filter: ReportFilter, page: PageRequest): Promise<Page<ReportRecord>> {
    const found = [...this.#reports.values()]
      .map(({ report }) => report)
      .filter((report) => filter.matched === undefined || (report.matched !== null) === filter.matched)
      .filter(({ kind, via }) => (filter.kind ?? kind) === kind && (filter.via ?? via) === via)
      .filter(({ id }) => idTime(id) >= (filter.from ?? 0) && idTime(id) < (filter.to ?? Number.POSITIVE_INFINITY))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    return pageOf(found, (report) => report.id, page);
  }

  // ── References ──

  async setReferences(request: Parameters<Store['setReferences']>[0]): Promise<readonly MessageId[]> {
    const { items, mode, consumer, now } = request;
    this.#commit(items.length);
    const changed = items.filter(({ message, references: change }) => {
      const entry = this.#entries.get(message);
      if (entry === undefined) return false;
      const before = entry.message.references;
      const after = changedReferences(before, change, mode);
      if (after === before) return false;
      entry.message = { ...entry.message, references: after };
      const was = referencesBefore(before, after);
      if (was === undefined) return true;
      const states: Partial<Record<RecipientState, number>> = {};
      for (const { state } of entry.recipients) states[state] = (states[state] ?? 0) + 1;
      this.#append({ type: 'message.referenced', was, states }, now, entry.message);
      return true;
    });
    if (consumer !== undefined) await this.consumers.put(consumer.name, { seq: consumer.seq, at: now });
    return changed.map(({ message }) => message);
  }

  // ── Reading ──

  async message(id: MessageId): Promise<MessageDetail | undefined> {
    this.#assertOpen();
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { recipients: _, ...summary } = summaryOf(entry);
    const legalHolds = this.#holdsOn(entry.message);
    return {
      ...(legalHolds.length === 0 ? {} : { legalHolds }),
      ...summary,
      recipients: entry.recipients.map((recipient) => ({
        ...recipient,
        attemptList: [...(entry.attempts.get(recipient.index)?.values() ?? [])],
        reportList: recipient.reports.flatMap((report) => this.#reports.get(report)?.report ?? []),
      })),
      events: this.#events.filter((event) => event.message === id),
      supersededBy: this.#events.flatMap((event) => (event.message === id ? (event.supersededBy ?? []) : [])),
    };
  }

  async record(id: MessageId): Promise<{ message: AcceptedMessage; recipients: readonly RecipientRecord[] } | undefined> {
    this.#assertOpen();
    const entry = this.#entries.get(id);
    return entry === undefined ? undefined : { message: entry.message, recipients: [...entry.recipients] };
  }

  async *scan(filter: MessageFilter): AsyncGenerator<readonly MessageSummary[]> {
    const found = [...this.#entries.values()].filter((entry) => matchesFilter(entry, filter)).map(summaryOf);
    found.sort((a, b) => (a.message.id < b.message.id ? 1 : -1));
    for (let at = 0; at < found.length; at += 100) yield found.slice(at, at + 100);
  }

  async messages(filter: MessageFilter, page: PageRequest): Promise<Page<MessageSummary>> {
    this.#assertOpen();
    const named = (await this.streams.list()).filter(({ value }) => value.name === filter.template).map(({ name }) => name);
    const found = [...this.#entries.values()]
      .filter((entry) => matchesFilter(entry, filter, named))
      .map(summaryOf)
      .sort((a, b) => (a.message.id < b.message.id ? 1 : -1));
    return pageOf(found, (summary) => summary.message.id, page);
  }

  async documents(...[filter, judging, page]: Parameters<Store['documents']>): Promise<Page<DocumentRecord>> {
    this.#assertOpen();
    const { items, next } = pageOf(documentsOf(this.#contactEntries(), filter, judging), ({ id }) => id, page);
    return { items: items.map(({ value }) => value), next };
  }

  async document(...[request, judging]: Parameters<Store['document']>): Promise<DocumentRecord | undefined> {
    this.#assertOpen();
    return documentOf(this.#contactEntries(), request, judging);
  }

  async contacts(...[filter, page]: Parameters<Store['contacts']>): Promise<Page<ContactRecord>> {
    this.#assertOpen();
    const found = contactsOf(this.#contactEntries(), filter);
    // Several may stand at one message: their order there is theirs, and the cursor counts.
    const { items, next } = pageOf(
      found.map(({ value }, i) => ({ value, place: String(found.length - i).padStart(9, '0') })),
      ({ place }) => place,
      page,
    );
    return { items: items.map(({ value }) => value), next };
  }

  async mailTo(...[{ address, state, account }, page]: Parameters<Store['mailTo']>): Promise<Page<ContactMail>> {
    this.#assertOpen();
    const mails = mailTo(this.#contactEntries(), address, account);
    const found = mails.filter(({ recipient }) => state === undefined || state.includes(recipient.state));
    return pageOf(found, ({ message }) => message.id, page);
  }

  #contactEntries(): ContactEntry[] {
    const resent = (id: MessageId): readonly AcceptedMessage[] =>
      this.#events.flatMap(({ message, supersededBy }) =>
        message === id && supersededBy !== undefined ? (this.#entries.get(supersededBy)?.message ?? []) : [],
      );
    return [...this.#entries.values()].map(({ message, recipients, content }) => ({
      message,
      recipients,
      contentErased: content === null,
      resentAs: resent(message.id),
    }));
  }

  async statistics(request: StatisticsRequest): Promise<readonly StatisticsRow[]> {
    if (isOutcomeGroup(request.group)) return this.#outcomes({ ...request, group: request.group });
    const step = request.by === 'hour' ? HOUR : DAY;
    const rows = new Map<string, { at: number; group: string; states: Partial<Record<RecipientState, number>> }>();
    for (const { message, recipients } of this.#entries.values()) {
      if (message.acceptedAt < request.from || message.acceptedAt >= request.to || message.origin === 'notification') continue;
      if (request.accounts !== undefined && !request.accounts.includes(message.account)) continue;
      const at = Math.floor(message.acceptedAt / step) * step;
      for (const recipient of recipients) {
        const group = groupOf(request.group, message, recipient);
        const row = rows.get(`${at} ${group}`) ?? { at, group, states: {} };
        row.states[recipient.state] = (row.states[recipient.state] ?? 0) + 1;
        rows.set(`${at} ${group}`, row);
      }
    }
    return [...rows.values()].sort((a, b) => a.at - b.at || (a.group < b.group ? -1 : 1));
  }

  /** By whole days of acceptance. */
  #outcomes(request: StatisticsRequest & { readonly group: OutcomeGroup }): readonly StatisticsRow[] {
    const [from, to] = [Math.floor(request.from / DAY) * DAY, Math.ceil(request.to / DAY) * DAY];
    const rows = new Map<string, { at: number; group: string; states: Partial<Record<RecipientState, number>> }>();
    for (const event of this.#events) {
      const accepted = event.message === undefined ? -1 : (this.#entries.get(event.message)?.message.acceptedAt ?? idTime(event.message));
      if (accepted < from || accepted >= to || event.origin === 'notification') continue;
      if (request.accounts !== undefined && !request.accounts.includes(event.account ?? '')) continue;
      const at = Math.floor(accepted / DAY) * DAY;
      for (const { group, value, state } of outcomeCounts(event, accepted)) {
        if (group !== request.group) continue;
        const row = rows.get(`${at} ${value}`) ?? { at, group: value, states: {} };
        row.states[state] = (row.states[state] ?? 0) + 1;
        rows.set(`${at} ${value}`, row);
      }
    }
    return [...rows.values()].sort((a, b) => a.at - b.at || (a.group < b.group ? -1 : 1));
  }

  // ── The feed ──

  async changes(request: Parameters<Store['changes']>[0]): Promise<FeedPage> {
    this.#assertOpen();
    const { after, limit, types, accounts } = request;
    const items: FeedEvent[] = [];
    let last = after;
    for (const event of this.#events.slice(after)) {
      if (items.length >= limit) break;
      last = event.seq;
      if (types !== undefined && !types.includes(event.type)) continue;
      if (accounts !== undefined && (event.account === undefined || !accounts.includes(event.account))) continue;
      items.push(event);
    }
    return { items, last };
  }

  get lastSeq(): number {
    return this.#events.length;
  }

  async waitForChanges(after: number, signal: AbortSignal): Promise<void> {
    while (this.lastSeq <= after && !signal.aborted && !this.#closed) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    }
  }

  async appendEvent(event: EventDraft & { readonly message?: MessageId }, now: number): Promise<FeedEvent> {
    this.#commit();
    const { message, ...draft } = event;
    const entry = message === undefined ? undefined : this.#entries.get(message);
    return this.#append(draft, now, entry?.message, message);
  }

  // ── Signals ──

  async recordSignals(request: Parameters<Store['recordSignals']>[0]): Promise<boolean> {
    const { consumer, from, seq, deliveries, now, changes = NO_CHANGES } = request;
    this.#commit(deliveries.length);
    const known = this.#consumers.get(consumer)?.seq;
    if (known !== undefined && (from === undefined ? known >= seq : known !== from)) return false;
    this.#consumers.set(consumer, { seq, at: now });
    for (const delivery of deliveries) if (!this.#signals.has(delivery.id)) this.#signals.set(delivery.id, delivery);
    for (const record of changes.signals) this.#signalRecords.set(record.id, record);
    for (const id of changes.forgotten) this.#signalRecords.delete(id);
    for (const { name, value } of changes.members) setOrDelete(this.#signalMembers, name, value);
    for (const { name, value } of changes.states) setOrDelete(this.#signalStates, name, value);
    for (const { name, value } of changes.runs ?? []) setOrDelete(this.#runs, name, value);
    return true;
  }

  async updateSignal(delivery: SignalDelivery): Promise<void> {
    this.#commit();
    this.#signals.set(delivery.id, { ...delivery, body: this.#signals.get(delivery.id)?.body ?? delivery.body });
  }

  async signal(id: string): Promise<SignalDelivery | undefined> {
    return this.#signals.get(id);
  }

  async pendingSignals(): Promise<readonly SignalDelivery[]> {
    return [...this.#signals.values()].filter((delivery) => delivery.state === 'pending');
  }

  async signals(filter: { readonly signal: string }, page: PageRequest): Promise<Page<SignalDelivery>> {
    const key = (delivery: SignalDelivery): string => `${String(delivery.createdAt).padStart(15, '0')} ${delivery.id}`;
    const found = [...this.#signals.values()].filter((delivery) => delivery.signal === filter.signal);
    return pageOf(
      found.sort((a, b) => (key(a) < key(b) ? 1 : -1)),
      key,
      page,
    );
  }

  // ── Administration ──

  async appendAudit(...entries: readonly AuditEntry[]): Promise<readonly AuditRecord[]> {
    this.#commit(entries.length);
    const records = entries.map((entry): AuditRecord => ({ id: this.#newAuditId(), ...entry }));
    this.#audits.unshift(...[...records].reverse());
    return records;
  }

  async audits(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>> {
    this.#assertOpen();
    const { from = 0, to = Number.MAX_SAFE_INTEGER } = filter;
    const inTime = ({ id }: AuditRecord): boolean => idTime(id) >= from && idTime(id) < to;
    return pageOf(
      this.#audits.filter((record) => inTime(record) && fitsAudit(record, filter)),
      ({ id }) => id,
      page,
    );
  }

  async erase(request: Parameters<Store['erase']>[0]): Promise<readonly EraseResult[]> {
    this.#commit(request.ids.length);
    return request.ids.map((message): EraseResult => {
      const entry = this.#entries.get(message);
      if (entry === undefined) return { message, outcome: 'not-found' };
      const [hold] = this.#holdsOn(entry.message);
      if (hold !== undefined) return { message, outcome: 'legal-hold', hold };
      const pending = entry.recipients.filter((recipient) => isPending(recipient.state));
      if (pending.length > 0 && !request.force) return { message, outcome: 'pending' };
      this.#applyAll(
        pending.map(({ index }) => ({ message, index, evidence: { kind: 'cancelled' } })),
        request.now,
      );
      this.#delete(entry, request.now);
      return { message, outcome: 'erased' };
    });
  }

  readonly #seals: { readonly seal: Seal; readonly leaves: Buffer }[] = [];
  readonly ledger: Ledger = memoryLedger(this.#seals, () => this.#commit());

  async pseudonymOf(address: string): Promise<string> {
    return pseudonymOf(sha256(Buffer.from(`salt ${address}`)));
  }

  /** The meaning of it, plainly: every value that names the address is another afterwards. */
  async eraseSubject(request: SubjectErasureRequest): Promise<SubjectErasureAnswer> {
    const { address, dryRun, force, by, now } = request;
    const subject = new Subject(address, await this.pseudonymOf(address));
    const counts = { erased: 0, rewritten: 0, contents: 0, reports: 0, records: 0, pending: 0, held: 0, remaining: 0, sent: 0 };
    const isSubject = ({ address: one }: RecipientRecord): boolean => normalizeAddress(one) === address;
    const named = [...this.#entries.values()].filter(({ recipients }) => recipients.some(isSubject));
    const concerned = named.filter(({ message }) => this.#holdsOn(message).length === 0);
    counts.held = named.length - concerned.length;
    counts.pending = concerned.filter(({ recipients }) => recipients.some(({ state }) => isPending(state))).length;
    const holds = [...new Set(named.flatMap(({ message }) => this.#holdsOn(message).map(({ name }) => name)))];
    if (!dryRun && counts.pending > 0 && !force) return { kind: 'pending', counts };
    for (const entry of concerned) {
      const alone = entry.recipients.every(isSubject);
      counts[alone ? 'erased' : 'rewritten']++;
      if (dryRun) continue;
      const waiting = entry.recipients.filter((one) => isSubject(one) && isPending(one.state));
      const items = waiting.map(({ index }) => ({ message: entry.message.id, index, evidence: { kind: 'cancelled' } as const }));
      this.#applyAll(items, now);
      if (alone) this.#delete(entry, now);
      else if (this.#takeOut(entry, subject)) counts.contents++;
    }
    if (dryRun) return { kind: 'counted', counts, holds };
    for (const [i, event] of this.#events.entries()) this.#events[i] = withheldFrom(event, subject.outOfValue(event), SALT);
    for (const [id, stored] of this.#reports) {
      if (subject.outOfValue(stored.report) === stored.report && !subject.isIn(stored.raw.toString())) continue;
      this.#reports.set(id, { ...stored, report: { ...subject.outOfValue(stored.report), id }, raw: Buffer.alloc(0) });
      counts.reports++;
    }
    for (const [i, record] of this.#audits.entries()) this.#audits[i] = subject.outOfValue(record);
    for (const [id, delivery] of this.#signals) this.#signals.set(id, subject.outOfValue(delivery));
    const suppression = this.#suppressed.get(address);
    if (this.#suppressed.delete(address) && suppression !== undefined)
      this.#suppressed.set(subject.pseudonym, subject.outOfValue(suppression));
    const record = { id: this.#newAuditId(), pseudonym: subject.pseudonym, startedAt: now, endedAt: now, by, force, counts };
    const kept: SubjectErasureRecord = { ...record, unfinished: [], holds, compacted: true };
    await this.erasures.put(kept.id, kept);
    return { kind: 'erased', record: kept };
  }

  /** Whether its content went. */
  #takeOut(entry: Entry, subject: Subject): boolean {
    const { id } = entry.message;
    entry.message = { ...subject.outOfValue(entry.message), id };
    entry.recipients = entry.recipients.map((recipient) => subject.outOfValue(recipient));
    for (const attempts of entry.attempts.values()) for (const [n, one] of attempts) attempts.set(n, subject.outOfValue(one));
    if (entry.content === null || !subject.isIn(entry.content.toString())) return false;
    entry.content = null;
    return true;
  }

  async planCleanup(request: CleanupRequest): Promise<CleanupCounts> {
    return this.#cleanup(
      request,
      () => {},
      () => {},
    );
  }

  async backups(): Promise<readonly BackupRecord[]> {
    return [];
  }

  async backup(): Promise<BackupRecord> {
    throw new BackupError('place', 'a store in memory has no backup');
  }

  async cleanup(request: CleanupRequest): Promise<CleanupCounts> {
    this.#commit();
    return this.#cleanup(
      request,
      (entry) => this.#delete(entry, request.now),
      (entry) => {
        entry.content = null;
        this.#append({ type: 'message.content-erased' }, request.now, entry.message);
      },
    );
  }

  // ── State ──

  get queue(): QueueCounts {
    const counts = { messages: 0, queued: 0, deferred: 0, held: 0 };
    for (const { recipients } of this.#entries.values()) {
      const pending = recipients.map(({ state }) => state).filter(isPending);
      if (pending.length > 0) counts.messages++;
      for (const state of pending) counts[state]++;
    }
    return counts;
  }

  health(): StoreHealth {
    const reason = this.#closed ? 'the store is closed' : (this.#poisoned?.message ?? null);
    return { writable: reason === null, reason, freeOctets: 2 ** 40 };
  }

  onPoisoned(listener: (cause: Error) => void): void {
    this.#poisonListeners.add(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of [...this.#waiting]) wake();
  }

  // ── Inside ──

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('closed', 'the store is closed');
  }

  /** The message that was accepted with the key, while it holds. */
  #keyed(value: string): AcceptedMessage | undefined {
    const stored = this.#keys.get(value);
    if (stored === undefined || (this.#now?.() ?? Date.now()) >= stored.until) return undefined;
    return this.#entries.get(stored.message)?.message;
  }

  /** What every write asks first. */
  #commit(operations = 1): void {
    this.#assertOpen();
    if (this.#poisoned !== null) throw new StoreError('poisoned', 'a write was rejected earlier', { cause: this.#poisoned });
    this.#metrics.commits++;
    this.#metrics.committedOperations += operations;
    this.metrics.onCommit?.(0, operations);
  }

  #entryOf(id: MessageId): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new StoreError('not-found', `no message ${id}`);
    return entry;
  }

  #append(draft: EventDraft, at: number, message: AcceptedMessage | undefined, id = message?.id): FeedEvent {
    const references = message?.references;
    const event: FeedEvent = {
      ...draft,
      seq: this.#events.length + 1,
      at,
      ...(id === undefined ? {} : { message: id }),
      ...(message === undefined ? {} : { account: message.account }),
      ...(references?.document ? { document: references.document } : {}),
      ...(references?.documentType ? { documentType: references.documentType } : {}),
      ...(references?.contact ? { contact: references.contact } : {}),
      ...(references?.administration ? { administration: references.administration } : {}),
      ...(references?.template ? { template: references.template } : {}),
      ...(references?.stream ? { stream: references.stream } : {}),
      ...(references?.run ? { run: references.run.name } : {}),
      ...(message?.origin === undefined ? {} : { origin: message.origin }),
    };
    this.#events.push(event);
    queueMicrotask(() => {
      for (const wake of [...this.#waiting]) wake();
    });
    return event;
  }

  #applyAll(items: readonly EvidenceItem[], now: number): readonly Transition[] {
    const changes: ScheduleChange[] = [];
    const transitions: Transition[] = [];
    for (const item of items) {
      const result = this.#applyOne(item, now);
      if (result === undefined) continue;
      transitions.push(result);
      if (result.changed) changes.push(changeOf(this.#entryOf(item.message), result.recipient));
    }
    this.#tellSchedule(changes);
    return transitions;
  }

  #applyOne({ message, index, evidence }: EvidenceItem, now: number): Transition | undefined {
    const entry = this.#entries.get(message);
    const recipient = entry?.recipients[index];
    if (entry === undefined || recipient === undefined) return undefined;
    const result = transition(recipient, notBefore(evidence, entry.message), now);
    if (!result.changed) return result;
    entry.recipients[index] = result.recipient;
    if (result.attempt !== null) {
      const attempts = entry.attempts.get(index) ?? new Map<number, Attempt>();
      entry.attempts.set(index, attempts.set(result.attempt.number, result.attempt));
    }
    for (const event of result.events) this.#append(event, now, entry.message);
    this.#suppress(entry.message, recipient, evidence, now);
    return result;
  }

  #suppress(message: AcceptedMessage, before: RecipientRecord, evidence: Evidence, now: number): void {
    const policy = this.#policy();
    if (policy === null) return;
    const address = normalizeAddress(before.address);
    const history = this.#failures.get(address) ?? NO_FAILURES;
    const verdict = judgeSuppression({ policy, message, before, evidence, history, listed: this.#suppressed.get(address), now });
    if (verdict.history !== null) this.#failures.set(address, verdict.history);
    if (verdict.suppression !== null) this.#suppressed.set(address, verdict.suppression);
  }

  /** After a turn of the microtasks, as after a commit. */
  #tellSchedule(changes: readonly ScheduleChange[]): void {
    if (changes.length === 0) return;
    queueMicrotask(() => {
      for (const listener of this.#scheduleListeners) listener(changes);
    });
  }

  /** The feed keeps its numbers; its events lose what they say about people, and reports go with their message. */
  #delete({ message, recipients }: Entry, now: number): void {
    for (const [i, event] of this.#events.entries()) {
      if (event.message !== message.id) continue;
      const { recipient: _r, reply: _p, reason: _n, domains: _d, contact: _c, document: _o, was: _w, ...rest } = event;
      this.#events[i] = withheldFrom(event, rest, SALT);
      for (const [id, delivery] of this.#signals) {
        if (delivery.seq === event.seq || delivery.about?.includes(event.seq) === true)
          this.#signals.set(id, { ...delivery, body: erasedSignalBody(delivery.body) });
      }
    }
    for (const id of recipients.flatMap(({ reports }) => reports)) {
      const { report } = this.#reports.get(id) ?? {};
      if (report !== undefined && matchesOf(report).some((match) => match.message === message.id)) this.#reports.delete(id);
    }
    for (const [address, history] of this.#failures) {
      this.#failures.set(address, { ...history, failures: history.failures.filter((one) => one.message !== message.id) });
    }
    const { contact: _, document: __, ...references } = message.references;
    this.#append({ type: 'message.deleted' }, now, { ...message, references: { ...references, contact: null, document: null } });
    this.#entries.delete(message.id);
  }

  #holdsOn(message: AcceptedMessage): LegalHoldRecord[] {
    return [...this.#holds.values()].filter((hold) => holdCovers(hold, message));
  }

  /** Readers of the feed are waited for by none of this: what they have still to read is the real store's to know. */
  #cleanup(request: CleanupRequest, takeRecord: (entry: Entry) => void, takeContent: (entry: Entry) => void): CleanupCounts {
    const classes = (request.classes ?? []).map((one) => ({ ...one, counts: { ...ZERO, name: one.name as string | null } }));
    const rest = { ...ZERO, name: null as string | null };
    for (const entry of [...this.#entries.values()]) {
      const found = retentionClassOf(classes, entry.message);
      const { record, content } = dueOf(entry, found ?? request);
      if (!record && !content) continue;
      const counts = found?.counts ?? rest;
      if (entry.recipients.some(({ state }) => isPending(state))) counts.keptPending++;
      else if (this.#holdsOn(entry.message).length > 0) counts.keptHeld++;
      else {
        if (content) counts.contents++;
        if (content) counts.octets += entry.content?.length ?? 0;
        if (record) counts.records++;
        if (record) takeRecord(entry);
        else takeContent(entry);
      }
    }
    const all = [...classes.map(({ counts }) => counts), rest];
    const sum = { ...ZERO };
    for (const counts of all) for (const name of Object.keys(ZERO) as (keyof typeof ZERO)[]) sum[name] += counts[name];
    return { ...NOTHING_CLEANED, ...sum, classes: all };
  }
}

function dueOf({ message, content }: Entry, ages: Pick<CleanupRequest, 'contentBefore' | 'recordsBefore'>) {
  const record = message.acceptedAt < ages.recordsBefore;
  return { record, content: content !== null && (record || message.acceptedAt < ages.contentBefore) };
}

const ZERO = { contents: 0, records: 0, octets: 0, keptPending: 0, keptHeld: 0, keptUnread: 0 };

function setOrDelete<T>(values: Map<string, T>, name: string, value: T | null): void {
  if (value === null) values.delete(name);
  else values.set(name, value);
}

function changeOf({ message }: Entry, recipient: RecipientRecord): ScheduleChange {
  const { index, state, address, attempts, attempting, expireAt, nextAttemptAt } = recipient;
  if (!isPending(state)) return { message: message.id, index, scheduled: null };
  const path = message.envelope.reversePath;
  const scheduled: ScheduledRecipient = {
    message: message.id,
    index,
    state,
    dueAt: state === 'held' ? null : nextAttemptAt,
    expireAt,
    attempts,
    address,
    sender: path.kind === 'null' ? null : path.address,
    account: message.account,
    class: message.references.class,
    resent: message.origin === 'resend',
    released: recipient.released === true,
    attempting: attempting !== null,
  };
  return { message: message.id, index, scheduled };
}

function summaryOf({ message, content, recipients }: Entry): MessageSummary {
  return {
    message,
    state: messageState(recipients.map(({ state }) => state)),
    contentErased: content === null,
    recipients: recipients.map(({ address, state, failure }) => ({ address, state, category: failure?.category ?? null })),
  };
}

function groupOf(group: Exclude<StatisticsRequest['group'], OutcomeGroup>, message: AcceptedMessage, recipient: RecipientRecord): string {
  switch (group) {
    case 'state':
      return recipient.state;
    case 'template':
      return message.references.template ?? '';
    case 'domain':
      return asciiDomainOf(recipient.address);
    case 'account':
      return message.account;
    default:
      return group satisfies never;
  }
}

function isSameRecipient(a: ReportMatch, b: ReportMatch): boolean {
  return a.message === b.message && a.index === b.index;
}

function* slicesOf(content: Buffer): Iterable<Buffer> {
  for (let i = 0; i < content.length; i += 65_536) yield content.subarray(i, i + 65_536);
}
