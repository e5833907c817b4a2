/**
 * The Store port on LevelDB and the spool: the embedded default.
 *
 * Every write is an operation of the committer; what is read comes from memory where it can and
 * from the database else. This file says what each call of the port is; how lists, reports,
 * signals, statistics and clean-up go is in the files named after them.
 *
 * Upstream: every room, through domain/ports.ts. On failure: see committer.ts; content that does
 * not match its SHA-256 is never handed out.
 */
import { randomBytes } from 'node:crypto';
import type { AuditEntry, AuditFilter, AuditRecord } from '../../domain/audit.ts';
import { BackupError, type BackupRecord, type BackupRequest } from '../../domain/backup.ts';
import type { CleanupCounts, CleanupRequest, CleanupRunRecord } from '../../domain/cleanup.ts';
import type { ContactMail } from '../../domain/contact-standing.ts';
import { StoreError } from '../../domain/errors.ts';
import type { EventDraft, FeedEvent } from '../../domain/events.ts';
import { createIdFactory, type MessageId, type ReportId } from '../../domain/ids.ts';
import type { AcceptedMessage, MessageSummary, PreparedMessage } from '../../domain/message.ts';
import type {
  Claim,
  ClaimRequest,
  ContactRecord,
  ContentWriter,
  DocumentRecord,
  EraseResult,
  EvidenceItem,
  FeedPage,
  MailboxRecord,
  MessageDetail,
  MessageFilter,
  MtaStsPolicyRecord,
  NextHopRecord,
  Page,
  PageRequest,
  QueueCounts,
  ReportFilter,
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
} from '../../domain/ports.ts';
import type { RecipientRecord, Transition } from '../../domain/recipient.ts';
import type { RunRecord } from '../../domain/run.ts';
import type { SignalChannelRecord, SignalMember, SignalRecord } from '../../domain/signal.ts';
import { pseudonymOf } from '../../domain/subject.ts';
import type { SubjectErasureAnswer, SubjectErasureRecord, SubjectErasureRequest } from '../../domain/subject-erasure.ts';
import { suppressionOf } from '../../domain/suppression.ts';
import { listBackups } from '../backup/manifest.ts';
import { backUp } from '../backup/running.ts';
import { isSamePlace } from '../spool/types.ts';
import { AcceptKeys, type FreshKey } from './accept-keys.ts';
import { appendAudit, listAudits } from './audit.ts';
import { type Cleanup, type CleanupOptions, cleanUp, planCleanup } from './cleanup.ts';
import type { StoredCollection } from './collections.ts';
import { listContacts, listMailTo } from './contacts.ts';
import { MessageContent } from './content.ts';
import type { StoreContext } from './context.ts';
import { readDetail } from './detail.ts';
import { listDocuments, readDocument } from './documents.ts';
import { eraseMessages } from './erasure.ts';
import { IndexSizes } from './index-sizes.ts';
import type { SearchedFilter } from './indexes.ts';
import { PENDING, pendingKeyParts } from './keys.ts';
import type { LevelLedger } from './ledger.ts';
import type { LegalHolds } from './legal-holds.ts';
import { listMessages } from './listing.ts';
import { messagesKnownAs } from './names.ts';
import type { Orphans } from './opening.ts';
import type { SearchMemory } from './planning.ts';
import { decodeScheduled, type StoredMessage, scheduledOf } from './records.ts';
import { setReferences } from './referencing.ts';
import { linkReport, listReports, readReport, recordReport } from './reports.ts';
import { scanMessages } from './scanning.ts';
import { listSignals, pendingSignals, readSignal, recordSignals, updateSignal } from './signals.ts';
import type { Statistics } from './statistics.ts';
import { eraseSubject, saltedHash, saltOf } from './subject-erasure.ts';
import type { CommitRecord, Committed } from './transaction.ts';
import { WordSearch } from './wordsearch.ts';

const SCHEDULE_SLICE = 1000;
/** Three characters of base 36, see keys.ts; and 16 bits of counts, see pending.ts. */
const RECIPIENT_LIMIT = 46_656;

type Consumer = { readonly seq: number; readonly at: number };

export interface Collections {
  readonly cleanupRuns: StoredCollection<CleanupRunRecord>;
  readonly consumers: StoredCollection<Consumer>;
  readonly erasures: StoredCollection<SubjectErasureRecord>;
  readonly secrets: StoredCollection<object>;
  readonly mailboxes: StoredCollection<MailboxRecord>;
  readonly nextHops: StoredCollection<NextHopRecord>;
  readonly mtaStsPolicies: StoredCollection<MtaStsPolicyRecord>;
  readonly streams: StoredCollection<StreamRecord>;
  readonly signalChannels: StoredCollection<SignalChannelRecord>;
  readonly signalMembers: StoredCollection<SignalMember>;
  readonly signalRecords: StoredCollection<SignalRecord>;
  readonly signalStates: StoredCollection<object>;
  readonly runs: StoredCollection<RunRecord>;
  readonly suppressions: StoredCollection<SuppressionRecord>;
  readonly tokens: StoredCollection<TokenRecord>;
  readonly users: StoredCollection<UserRecord>;
  readonly views: StoredCollection<ViewRecord>;
  readonly sessions: StoredCollection<SessionRecord>;
  readonly uses: StoredCollection<UseRecord>;
}

/** What has the collections as members of its own. */
const WithCollections = class {
  constructor(collections: Collections) {
    Object.assign(this, collections);
  }
} as new (
  collections: Collections,
) => Collections;

export class LevelStore extends WithCollections implements Store {
  readonly metrics: StoreMetrics;
  readonly legalHolds: LegalHolds;
  readonly ledger: LevelLedger;
  readonly #context: StoreContext;
  readonly #diskFloor: number;
  readonly #counts: {
    accepted: number;
    commits: number;
    committedOperations: number;
    onCommit: StoreMetrics['onCommit'];
    orphans: Orphans;
  };
  readonly #scheduleListeners = new Set<(changes: readonly ScheduleChange[]) => void>();
  readonly #poisonListeners = new Set<(cause: Error) => void>();
  /** The one that is being made. */
  #backup: { readonly ended: Promise<unknown>; readonly end: () => void } | null = null;
  readonly #keys: AcceptKeys;
  readonly #searches: SearchMemory;
  readonly #statistics: Statistics;
  readonly #onDrained: (record: CommitRecord) => Promise<void>;
  readonly #cleanup: Cleanup;
  readonly #collections: Collections;
  readonly #newAuditId: () => string;
  #closing: Promise<void> | null = null;

  constructor(options: {
    readonly context: StoreContext;
    readonly collections: Collections;
    readonly statistics: Statistics;
    readonly ledger: LevelLedger;
    readonly diskFloor: number;
    readonly orphans: Orphans;
    /** Hears of the last commit when the store is closed. */
    readonly onDrained: (record: CommitRecord) => Promise<void>;
  }) {
    super(options.collections);
    this.#collections = options.collections;
    this.#onDrained = options.onDrained;
    this.#context = options.context;
    this.#diskFloor = options.diskFloor;
    this.#keys = new AcceptKeys(options.context);
    this.#newAuditId = createIdFactory({ now: options.context.now, randomBytes });
    const { database } = options.context;
    this.#searches = { words: new WordSearch(database), sizes: new IndexSizes(database) };
    this.legalHolds = options.context.holds;
    this.ledger = options.ledger;
    const { context, statistics } = options;
    this.#statistics = statistics;
    this.#cleanup = {
      context,
      statistics,
      keys: this.#keys,
      erasures: this.erasures,
      positions: () => [...this.#readers()],
    };
    this.#counts = { accepted: 0, commits: 0, committedOperations: 0, onCommit: null, orphans: options.orphans };
    this.metrics = this.#counts;
  }

  /** How far whoever reads the feed has come. Where nothing was sealed so far, nobody waits for it. */
  *#readers(): Generator<number> {
    for (const { seq } of this.consumers.values()) yield seq;
    if (this.ledger.last !== undefined) yield this.ledger.next - 1;
  }

  // ── What the committer tells ──

  /** A commit is durable: everyone who reads is brought up to it before those who wait are answered. */
  committed(committed: Committed, timing: { readonly seconds: number; readonly operations: number }): void {
    const { feed, pending, segments, recent } = this.#context;
    for (const [id, stored] of committed.messages) {
      pending.set(id, stored === null ? [] : statesOf(stored));
      if (stored === null || stored.contentErased) recent.forget(id);
    }
    feed.publish(committed.events, committed.record.firstSeq);
    segments.noted(committed);
    this.#statistics.noted(committed.events);
    this.#counts.commits++;
    this.#counts.accepted += committed.accepted;
    this.#counts.committedOperations += timing.operations;
    this.#tell(() => this.#counts.onCommit?.(timing.seconds, timing.operations));
    if (committed.schedule.length === 0) return;
    for (const listener of this.#scheduleListeners) this.#tell(() => listener(committed.schedule));
  }

  poisoned(cause: Error): void {
    for (const listener of this.#poisonListeners) this.#tell(() => listener(cause));
    this.#poisonListeners.clear();
  }

  /** A listener's fault is not the store's. */
  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#context.log.error({ err: error }, 'a listener of the store threw');
    }
  }

  // ── Accepting ──

  openContent(message: PreparedMessage): ContentWriter {
    this.#assertOpen();
    const { spool, committer } = this.#context;
    const refused = (): void => {
      // Whether this content alone was refused, or the spool takes nothing any more.
      spool.dropSegments([]).catch((error: unknown) => committer.fail(error));
    };
    if (committer.poisonedBy !== null) throw committer.fail(committer.poisonedBy);
    return new MessageContent(message, (header) => spool.openContent('message', header), refused);
  }

  async accept(request: Parameters<Store['accept']>[0]): Promise<AcceptedMessage> {
    const { message, content, key } = request;
    this.#assertOpen();
    if (!(content instanceof MessageContent)) throw new TypeError('accept: the content was opened by another store');
    const weight = message.envelope.recipients.length;
    if (weight === 0 || weight > RECIPIENT_LIMIT)
      throw new RangeError(`accept: ${weight} recipients, 1 to ${RECIPIENT_LIMIT} are possible`);
    if (key === undefined) return this.#accept(request, content, null);
    return this.#keys.once(key, { repeated: () => content.abort(), accept: (fresh) => this.#accept(request, content, fresh) });
  }

  async #accept(request: Parameters<Store['accept']>[0], content: MessageContent, key: FreshKey | null): Promise<AcceptedMessage> {
    const { message, dueAt, expireAt } = request;
    const { supersedes } = message;
    const { recent, committer, loader, pending } = this.#context;
    // Twice the same would be counted twice, and be damage when the store is opened again.
    if (pending.has(message.id) || loader.cached(message.id) !== undefined) throw new Error(`accept: ${message.id} was accepted before`);
    content.take();
    const json = content.message === message ? content.json : Buffer.from(JSON.stringify(message));
    return committer.submit({
      content: content.writer,
      accepts: message.id,
      messages: supersedes === null ? [] : [supersedes],
      weight: 1 + message.envelope.recipients.length,
      stage: (transaction, entry) => {
        if (entry === undefined) throw new Error('the spool gave the content no place');
        if (transaction.message(message.id) !== undefined) throw new Error(`accept: ${message.id} was accepted before`);
        const staged = transaction.accept({ message, json, dueAt, expireAt, entry });
        key?.stage(transaction, message.id);
        recent.keep(message.id, { bytes: content.writer.bytes(), sha256: entry.sha256 });
        return staged;
      },
    });
  }

  // ── Delivering ──

  async *schedule(): AsyncGenerator<readonly ScheduledRecipient[]> {
    this.#assertOpen();
    const { database, loader, pending } = this.#context;
    for await (const slice of database.slices(PENDING, SCHEDULE_SLICE)) {
      const scheduled: ScheduledRecipient[] = [];
      for (const [key, value] of slice) {
        const { id, index } = pendingKeyParts(key);
        if (!pending.has(id)) continue;
        // The slice is as of the beginning; what has changed since is in memory.
        const current = loader.cached(id as MessageId);
        const recipient = current?.recipients[index];
        const entry =
          current === undefined || recipient === undefined
            ? decodeScheduled(key, value, id as MessageId, index)
            : scheduledOf(current.message, recipient);
        if (entry !== null) scheduled.push(entry);
      }
      if (scheduled.length > 0) yield scheduled;
    }
  }

  onSchedule(listener: (changes: readonly ScheduleChange[]) => void): () => void {
    this.#scheduleListeners.add(listener);
    return () => this.#scheduleListeners.delete(listener);
  }

  claim(request: ClaimRequest): Promise<Claim> {
    const { message: id, indexes, nextHop, leaseUntil, retryAt, now } = request;
    return this.#context.committer.submit({
      messages: [id],
      weight: indexes.length,
      stage: (transaction) => {
        const stored = transaction.message(id);
        if (stored === undefined) throw notFound(id);
        const recipients: RecipientRecord[] = [];
        for (const index of indexes) {
          const recipient = stored.recipients[index];
          const reason = recipient === undefined ? null : this.#suppressed(recipient, now);
          if (reason !== null) {
            transaction.apply({ message: id, index, evidence: { kind: 'suppressed', reason } }, now);
            continue;
          }
          const evidence = { kind: 'attempt-started', nextHop, leaseUntil, retryAt } as const;
          const result = transaction.apply({ message: id, index, evidence }, now);
          if (result?.changed === true) recipients.push(result.recipient);
        }
        return { message: stored.message, recipients };
      },
    });
  }

  /** Evidence for a message that was erased meanwhile has nothing to change: it is left out of the answer. */
  async apply(items: readonly EvidenceItem[], now: number): Promise<readonly Transition[]> {
    const { committer, suppressing } = this.#context;
    const applied = await committer.submit({
      messages: items.map(({ message }) => message),
      reads: (messages) => suppressing.reads(items, messages),
      weight: items.length,
      stage: (transaction) => suppressing.apply(transaction, items, now),
    });
    return suppressing.remember(applied);
  }

  async content(id: MessageId): Promise<StoredContent> {
    this.#assertOpen();
    const stored = await this.#load(id);
    if (stored === undefined) throw notFound(id);
    if (stored.contentErased) throw erased(id);
    return this.#context.recent.get(id) ?? this.#read(stored);
  }

  async #read({ message, location }: StoredMessage): Promise<StoredContent> {
    const { loader, spool } = this.#context;
    const { id } = message;
    try {
      return await spool.read(location, message);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code === 'closed') throw error;
      // Erased or moved while it was being read.
      const now = await loader.load(id);
      if (now === undefined) throw notFound(id);
      if (now.contentErased) throw erased(id);
      if (isSamePlace(now.location, location)) throw error;
      return this.#read(now);
    }
  }

  // ── Reports ──

  recordReport(request: Parameters<Store['recordReport']>[0]): ReturnType<Store['recordReport']> {
    return recordReport(this.#context, request);
  }

  linkReport(request: Parameters<Store['linkReport']>[0]): ReturnType<Store['linkReport']> {
    return linkReport(this.#context, request);
  }

  async messagesKnownAs(name: Parameters<Store['messagesKnownAs']>[0], limit: number): Promise<readonly MessageId[]> {
    this.#assertOpen();
    return messagesKnownAs(this.#context, name, limit);
  }

  async report(id: ReportId): Promise<{ report: ReportRecord; raw: Buffer } | undefined> {
    this.#assertOpen();
    return readReport(this.#context, id);
  }

  async reports(filter: ReportFilter, page: PageRequest): Promise<Page<ReportRecord>> {
    this.#assertOpen();
    return listReports(this.#context, filter, page);
  }

  // ── References ──

  setReferences(request: Parameters<Store['setReferences']>[0]): Promise<readonly MessageId[]> {
    return setReferences(this.#context, this.consumers, request);
  }

  // ── Reading ──

  async message(id: MessageId): Promise<MessageDetail | undefined> {
    this.#assertOpen();
    const stored = await this.#load(id);
    return stored === undefined ? undefined : readDetail(this.#context, stored);
  }

  async record(id: MessageId): Promise<{ message: AcceptedMessage; recipients: readonly RecipientRecord[] } | undefined> {
    this.#assertOpen();
    const { loader, committer } = this.#context;
    const stored = committer.isUncommitted(id) ? undefined : await loader.loadAhead(id);
    return stored === undefined ? undefined : { message: stored.message, recipients: stored.recipients };
  }

  async messages(filter: MessageFilter, page: PageRequest): Promise<Page<MessageSummary>> {
    this.#assertOpen();
    return listMessages(this.#context, this.#searches, this.#searched(filter), page);
  }

  scan(filter: MessageFilter): AsyncIterable<readonly MessageSummary[]> {
    this.#assertOpen();
    return scanMessages(this.#context, this.#searches, this.#searched(filter));
  }

  async statistics(request: StatisticsRequest): Promise<readonly StatisticsRow[]> {
    this.#assertOpen();
    return this.#statistics.rows(request);
  }

  async documents(...[filter, judging, page]: Parameters<Store['documents']>): Promise<Page<DocumentRecord>> {
    this.#assertOpen();
    return listDocuments(this.#context, this.#searches, filter, judging, page);
  }

  async document(...[request, judging]: Parameters<Store['document']>): Promise<DocumentRecord | undefined> {
    this.#assertOpen();
    return readDocument(this.#context, request, judging);
  }

  async contacts(...[filter, page]: Parameters<Store['contacts']>): Promise<Page<ContactRecord>> {
    this.#assertOpen();
    return listContacts(this.#context, this.#searches, filter, page);
  }

  async mailTo(...[request, page]: Parameters<Store['mailTo']>): Promise<Page<ContactMail>> {
    this.#assertOpen();
    return listMailTo(this.#context, this.#searches, request, page);
  }

  // ── The feed ──

  async changes(request: Parameters<Store['changes']>[0]): Promise<FeedPage> {
    this.#assertOpen();
    return this.#context.feed.changes(request);
  }

  get lastSeq(): number {
    return this.#context.feed.lastSeq;
  }

  waitForChanges(after: number, signal: AbortSignal): Promise<void> {
    return this.#context.feed.waitForChanges(after, signal);
  }

  appendEvent(event: EventDraft & { readonly message?: MessageId }, now: number): Promise<FeedEvent> {
    const { message, ...draft } = event;
    return this.#context.committer.submit({
      messages: message === undefined ? [] : [message],
      weight: 1,
      stage: (transaction) => transaction.appendEvent(draft, now, message),
    });
  }

  // ── Signals ──

  recordSignals(request: Parameters<Store['recordSignals']>[0]): Promise<boolean> {
    return recordSignals(this.#context, this, request);
  }

  updateSignal(delivery: SignalDelivery): Promise<void> {
    return updateSignal(this.#context, delivery);
  }

  signal(id: string): Promise<SignalDelivery | undefined> {
    return readSignal(this.#context, id);
  }

  pendingSignals(): Promise<readonly SignalDelivery[]> {
    return pendingSignals(this.#context);
  }

  signals(filter: { readonly signal: string }, page: PageRequest): Promise<Page<SignalDelivery>> {
    return listSignals(this.#context, filter.signal, page);
  }

  // ── Administration ──

  appendAudit(...entries: readonly AuditEntry[]): Promise<readonly AuditRecord[]> {
    return appendAudit(this.#context, this.#newAuditId, entries);
  }

  async audits(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>> {
    this.#assertOpen();
    return listAudits(this.#context, filter, page);
  }

  async erase(request: Parameters<Store['erase']>[0]): Promise<readonly EraseResult[]> {
    this.#assertOpen();
    return eraseMessages(this.#context, this.#statistics, request);
  }

  async eraseSubject(request: SubjectErasureRequest): Promise<SubjectErasureAnswer> {
    this.#assertOpen();
    const parts = { context: this.#context, collections: this.#collections, statistics: this.#statistics, newId: this.#newAuditId };
    return eraseSubject(parts, request);
  }

  async pseudonymOf(address: string): Promise<string> {
    return pseudonymOf(saltedHash(await saltOf(this.secrets), address));
  }

  async planCleanup(request: CleanupRequest): Promise<CleanupCounts> {
    this.#assertOpen();
    return planCleanup(this.#cleanup, request);
  }

  async cleanup(request: CleanupRequest, options?: CleanupOptions): Promise<CleanupCounts> {
    this.#assertOpen();
    return cleanUp(this.#cleanup, request, options);
  }

  async backup(request: BackupRequest): Promise<BackupRecord> {
    this.#assertOpen();
    if (this.#backup !== null) throw new BackupError('busy', 'a backup is being made: wait for it, and try again');
    const ending = new AbortController();
    const signal = request.signal === undefined ? ending.signal : AbortSignal.any([request.signal, ending.signal]);
    const made = backUp(this.#context, { ...request, signal });
    this.#backup = { ended: made.catch(() => undefined), end: () => ending.abort(new BackupError('ended', 'relais was stopped')) };
    try {
      return await made;
    } finally {
      this.#backup = null;
    }
  }

  async backups(dir: string): Promise<readonly BackupRecord[]> {
    return (await listBackups(dir)).map(({ path: _path, manifest: _manifest, ...backup }) => backup);
  }

  // ── State ──

  get queue(): QueueCounts {
    return this.#context.pending.counts;
  }

  health(): StoreHealth {
    const { disk, committer } = this.#context;
    const { freeOctets } = disk;
    let reason: string | null = null;
    if (this.#closing !== null) reason = 'the store is closed';
    else if (committer.poisonedBy !== null)
      reason = `a write was rejected (${committer.poisonedBy.message}): relais has to be started again`;
    else if (freeOctets < this.#diskFloor) reason = `the disk has ${freeOctets} octets free, the floor is ${this.#diskFloor}`;
    return { writable: reason === null, reason, freeOctets };
  }

  onPoisoned(listener: (cause: Error) => void): void {
    this.#poisonListeners.add(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { committer, feed, disk, spool, database } = this.#context;
    this.#backup?.end();
    await this.#backup?.ended;
    feed.close();
    await disk.close();
    await committer.drain();
    await this.#onDrained(committer.record);
    await this.#statistics.close();
    await spool.close();
    await database.close();
  }

  // ── Inside ──

  /** With the streams that bear the name of the template. */
  #searched(filter: MessageFilter): SearchedFilter {
    const { template } = filter;
    if (template === undefined) return filter;
    const templateStreams = this.streams.namesWhere(({ name }) => name === template);
    return templateStreams.length === 0 ? filter : { ...filter, templateStreams };
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw new StoreError('closed', 'the store is closed');
  }

  /** Why the recipient is not to be tried; null: it is. */
  #suppressed(recipient: RecipientRecord, now: number): string | null {
    if (this.suppressions.size === 0) return null;
    return suppressionOf(recipient, (address) => this.suppressions.value(address) ?? this.#suppressedByHash(address), now);
  }

  /** An address that was erased is suppressed still, by its hash. */
  #suppressedByHash(address: string): SuppressionRecord | undefined {
    if (this.erasures.size === 0) return undefined;
    const { salt } = (this.secrets.value('erasure') ?? {}) as { readonly salt?: string };
    return salt === undefined ? undefined : this.suppressions.value(pseudonymOf(saltedHash(salt, address)));
  }

  /** As committed; what is being accepted is not there yet. */
  async #load(id: MessageId): Promise<StoredMessage | undefined> {
    const { loader, committer } = this.#context;
    return committer.isUncommitted(id) ? undefined : loader.load(id);
  }
}

function notFound(id: MessageId): StoreError {
  return new StoreError('not-found', `there is no message ${id}`);
}

function erased(id: MessageId): StoreError {
  return new StoreError('erased', `the content of ${id} was erased`);
}

function* statesOf({ recipients }: StoredMessage): Generator<RecipientRecord['state']> {
  for (const { state } of recipients) yield state;
}
