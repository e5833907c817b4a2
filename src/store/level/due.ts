/**
 * Which messages a clean-up is to take: one pass over the status records, which tell in a few octets
 * whose content is gone already. Of the others the record is read, for its class, the legal holds
 * and what the readers of the feed have still to read. What is in the queue stays, however old.
 *
 * A class is looked up anew in each run: what a message is about may have changed since, and so may
 * the classes.
 */
import type { CleanupClassCounts, CleanupRequest } from '../../domain/cleanup.ts';
import { idTime, invertId, lowestIdAt, type MessageId } from '../../domain/ids.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import { retentionClassOf } from '../../domain/retention.ts';
import type { StoreContext } from './context.ts';
import { messageKey, prefixRange } from './keys.ts';
import { decodeMessage, decodeStatus, isContentErased, type MessageRecord, type Status } from './records.ts';

/** Status records looked at in one turn of the event loop. */
const SCANNED = 200;
/** Records of messages read in one turn: some 90 µs each, with what LevelDB does for them in this thread. */
const READ_AT_ONCE = 32;
/** Recipients, with one more for each message, that are taken in one commit: a few milliseconds of staging. */
const GROUP_WEIGHT = 64;

type Tally = { -readonly [Name in keyof CleanupClassCounts]: CleanupClassCounts[Name] };

/** Where the readers of the feed and the signals are. */
export interface Readers {
  /** All have read up to here. */
  readonly read: number;
  /** Events that deliveries which are still to be sent speak of. */
  readonly awaited: ReadonlySet<number>;
}

export interface DueMessage {
  readonly id: MessageId;
  /** The record goes, and not its content alone. */
  readonly record: boolean;
  /** Octets of content that go; null: it was gone before. */
  readonly octets: number | null;
  readonly weight: number;
  readonly tally: Tally;
}

interface Ages {
  readonly contentBefore: number;
  readonly recordsBefore: number;
}

/** Counts by class, the rest last. */
export class Tallies {
  readonly all: readonly Tally[];
  readonly #classes: readonly (NonNullable<CleanupRequest['classes']>[number] & { readonly tally: Tally })[];
  readonly #rest: Tally = newTally(null);
  readonly #ages: Ages;

  constructor(request: CleanupRequest) {
    this.#ages = request;
    this.#classes = (request.classes ?? []).map((one) => ({ ...one, tally: newTally(one.name) }));
    this.all = [...this.#classes.map(({ tally }) => tally), this.#rest];
  }

  /** Where messages of this kind are counted, and until when they are kept. */
  of(message: AcceptedMessage): { readonly tally: Tally; readonly ages: Ages } {
    const found = retentionClassOf(this.#classes, message);
    return found === undefined ? { tally: this.#rest, ages: this.#ages } : { tally: found.tally, ages: found };
  }

  /** The latest of all ages: what is younger is looked at by nobody. */
  get latest(): Ages {
    const all: readonly Ages[] = [this.#ages, ...this.#classes];
    const most = (name: keyof Ages): number => Math.max(...all.map((ages) => ages[name]));
    return { contentBefore: most('contentBefore'), recordsBefore: most('recordsBefore') };
  }
}

function newTally(name: string | null): Tally {
  return { name, contents: 0, records: 0, octets: 0, keptPending: 0, keptHeld: 0, keptUnread: 0 };
}

/** What was taken is counted. */
export function countTaken({ tally, record, octets }: DueMessage): void {
  if (record) tally.records++;
  if (octets === null) return;
  tally.contents++;
  tally.octets += octets;
}

export interface DueScope {
  readonly context: StoreContext;
  readonly request: CleanupRequest;
  readonly tallies: Tallies;
  readonly readers: Readers;
}

/** Messages that are due, newest first, in groups of what one commit takes; what is kept is counted on the way. */
export async function* dueMessages(scope: DueScope): AsyncGenerator<readonly DueMessage[]> {
  const { context, tallies } = scope;
  const { contentBefore, recordsBefore } = tallies.latest;
  const latest = Math.max(contentBefore, recordsBefore);
  await countPending(scope, latest);
  // A message without a status has seen nothing happen: it is in the queue.
  const range = { ...prefixRange('s'), gte: `s${invertId(lowestIdAt(latest))}` };
  for await (const slice of context.database.slices(range, SCANNED)) {
    const asked = slice.filter(([key, value]) => {
      const id = invertId(key.slice(1));
      const at = idTime(id);
      return (at < recordsBefore || (at < contentBefore && !isContentErased(value))) && at < latest && !context.pending.has(id);
    });
    for (let i = 0; i < asked.length; i += READ_AT_ONCE) yield* grouped(await dueOf(scope, asked.slice(i, i + READ_AT_ONCE)));
  }
}

async function dueOf(scope: DueScope, statuses: readonly [string, Buffer][]): Promise<DueMessage[]> {
  const keys = statuses.map(([key]) => messageKey(key.slice(1)));
  const values = await scope.context.database.getMany(keys);
  return statuses.flatMap(([statusKey, statusValue], i) => {
    const value = values[i];
    if (value === undefined) return []; // deleted since the pass began
    const record = decodeMessage(keys[i] ?? '', value);
    return judge(scope, record, decodeStatus(statusKey, statusValue, record.seq)) ?? [];
  });
}

/** What of the message goes; undefined: nothing. */
function judge(scope: DueScope, found: MessageRecord, status: Status): DueMessage | undefined {
  const { message } = found;
  const { tally, ages } = scope.tallies.of(message);
  const at = idTime(message.id);
  const record = at < ages.recordsBefore;
  const content = !status.contentErased && (record || at < ages.contentBefore);
  if (!record && !content) return undefined;
  if (scope.context.holds.on(message).length > 0) {
    tally.keptHeld++;
    return undefined;
  }
  const overdue = (record ? ages.recordsBefore : ages.contentBefore) - at;
  if (overdue < (scope.request.patience ?? Number.POSITIVE_INFINITY) && isUnread(scope.readers, found.seq, status.seqs)) {
    tally.keptUnread++;
    return undefined;
  }
  return { id: message.id, record, octets: content ? message.size : null, weight: 1 + status.recipients.length, tally };
}

function isUnread({ read, awaited }: Readers, first: number, later: readonly number[]): boolean {
  return (later.at(-1) ?? first) > read || (awaited.size > 0 && (awaited.has(first) || later.some((seq) => awaited.has(seq))));
}

function* grouped(due: readonly DueMessage[]): Generator<readonly DueMessage[]> {
  let group: DueMessage[] = [];
  let weight = 0;
  for (const one of due) {
    if (group.length > 0 && weight + one.weight > GROUP_WEIGHT) {
      yield group;
      group = [];
      weight = 0;
    }
    group.push(one);
    weight += one.weight;
  }
  if (group.length > 0) yield group;
}

/** Counts what is old enough and in the queue. */
async function countPending({ context, tallies }: DueScope, latest: number): Promise<void> {
  const ids = context.pending.before(lowestIdAt(latest));
  for (let i = 0; i < ids.length; i += READ_AT_ONCE) {
    const keys = ids.slice(i, i + READ_AT_ONCE).map((id) => messageKey(invertId(id)));
    for (const [n, value] of (await context.database.getMany(keys)).entries()) {
      if (value === undefined) continue;
      const { message } = decodeMessage(keys[n] ?? '', value);
      const { tally, ages } = tallies.of(message);
      if (idTime(message.id) < Math.max(ages.contentBefore, ages.recordsBefore)) tally.keptPending++;
    }
  }
}
