/**
 * Lists of what messages have in common: documents, addresses. Messages are walked as the register
 * walks them (listing.ts), newest first; each group is shown once, where the walk comes to the first of
 * its messages. Nothing is kept of groups: which message is a group's first is asked of the index that
 * has the group's messages, for a whole page of candidates at once.
 *
 * A cursor says behind which message the walk begins anew, and which groups of the next were shown.
 */
import { invertId, type MessageId } from '../../domain/ids.ts';
import type { MessageSummary } from '../../domain/message.ts';
import type { MessageFilter, Page, PageRequest } from '../../domain/ports.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor, markOf } from './cursor.ts';
import type { CompiledFilter } from './indexes.ts';
import { type IndexName, indexPrefix, invertedIdOf, prefixRange } from './keys.ts';
import { Effort, Search } from './listing.ts';
import { planSearch, type SearchMemory } from './planning.ts';

const PAGE_LIMIT = 500;
/** Candidates that are looked up at once. */
const AT_ONCE = 64;
const LEAST_AT_ONCE = 16;
/** A candidate that is not shown cost as much as so many messages that are looked at in vain. */
const WEIGHT = 4;
const POSITION = /^([0-9A-Z]{26})?\.([0-9A-Z]{26})?\.\d{1,5}$/;

/** A group at the message that the walk came to. */
export interface Candidate {
  readonly name: string;
  readonly message: MessageId;
}

export interface GroupWalk<T> {
  readonly context: StoreContext;
  readonly memory: SearchMemory;
  /** What is listed, for the mark of its cursors. */
  readonly list: { readonly name: string; readonly asked: object };
  /** By which messages are found. */
  readonly filter: MessageFilter;
  /** What each is held against. */
  readonly compiled: CompiledFilter;
  readonly page: PageRequest;
  /** The groups of a message, by their names. */
  readonly groupsOf: (summary: MessageSummary) => readonly string[];
  /** In the order of the candidates; null: another message of the group comes first, or it is not to be shown. */
  readonly resolve: (candidates: readonly Candidate[]) => Promise<readonly (T | null)[]>;
}

interface Position {
  /** Inverted id behind which the walk begins; '' for the newest. */
  readonly behind: string;
  /** Inverted id of a message some groups of which were shown, and the last of them by its number. */
  readonly message: string;
  readonly group: number;
}

type Placed = Candidate & { readonly position: string };

export async function listGroups<T>(walk: GroupWalk<T>): Promise<Page<T>> {
  const { context, memory, filter, compiled, page, list } = walk;
  const limit = Math.min(Math.max(page.limit, 1), PAGE_LIMIT);
  const mark = markOf(list.name, list.asked);
  const start = positionOf(decodeCursor(mark, page.cursor, POSITION));
  const plan = await planSearch(context, memory, filter, page.cursor !== undefined);
  const effort = new Effort();
  const search = new Search({ context, plan, filter, compiled, position: start.behind === '' ? null : start.behind, effort });
  const candidates = new Candidates(start, walk.groupsOf);
  const found: { readonly value: T; readonly position: string }[] = [];
  try {
    while (found.length <= limit && !effort.spent && (candidates.waiting > 0 || !search.ended)) {
      if (candidates.waiting === 0) {
        const summaries = await search.next(limit + 1 - found.length);
        candidates.add(summaries, search.lookedAt);
      }
      const taken = candidates.take(Math.min(AT_ONCE, Math.max(LEAST_AT_ONCE, limit + 1 - found.length)));
      const values = await walk.resolve(taken);
      const before = found.length;
      for (const [i, { position }] of taken.entries()) {
        const value = values[i];
        if (value !== null && value !== undefined) found.push({ value, position });
      }
      effort.miss((taken.length - (found.length - before)) * WEIGHT);
    }
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1)?.position : candidates.position;
    const ended = found.length <= limit && search.ended && candidates.waiting === 0;
    return { items: shown.map(({ value }) => value), next: ended || last === undefined ? null : encodeCursor(mark, last) };
  } finally {
    await search.close();
  }
}

function positionOf(text: string | null): Position {
  const [behind = '', message = '', group = '0'] = text?.split('.') ?? [];
  return { behind, message, group: Number(group) };
}

/** The groups of the messages that were walked, each once, in their order. */
class Candidates {
  readonly #groupsOf: GroupWalk<unknown>['groupsOf'];
  readonly #start: Position;
  readonly #seen = new Set<string>();
  #waiting: Placed[] = [];
  #behind: string;
  /** From where a next page goes on: after what was taken. */
  position: string | undefined;

  constructor(start: Position, groupsOf: GroupWalk<unknown>['groupsOf']) {
    this.#start = start;
    this.#behind = start.behind;
    this.#groupsOf = groupsOf;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** `lookedAt`: inverted id of the last message that the search has come to, whether it matched or not. */
  add(summaries: readonly MessageSummary[], lookedAt: string | null): void {
    for (const summary of summaries) {
      const message = summary.message.id;
      const inverted = invertId(message);
      for (const [group, name] of this.#groupsOf(summary).entries()) {
        if (this.#seen.has(name)) continue;
        this.#seen.add(name);
        if (inverted === this.#start.message && group <= this.#start.group) continue;
        this.#waiting.push({ name, message, position: `${this.#behind}.${inverted}.${group}` });
      }
      this.#behind = inverted;
    }
    this.#behind = lookedAt ?? this.#behind;
    if (this.#waiting.length === 0) this.position = `${this.#behind}..0`;
  }

  take(count: number): readonly Placed[] {
    const taken = this.#waiting.splice(0, count);
    const next = this.#waiting[0];
    this.position = next === undefined ? `${this.#behind}..0` : (taken.at(-1)?.position ?? this.position);
    return taken;
  }
}

/** Ids of the newest messages of each index value, newest first; of a long value also of others that begin alike. */
export async function newestOf(
  { database, committer }: Pick<StoreContext, 'database' | 'committer'>,
  index: IndexName,
  values: readonly string[],
  limit: number,
): Promise<readonly (readonly MessageId[])[]> {
  const keys = await Promise.all(values.map((value) => database.firstKeys(prefixRange(indexPrefix(index, value)), limit)));
  return keys.map((some) => some.map((key) => invertId(invertedIdOf(key)) as MessageId).filter((id) => !committer.isUncommitted(id)));
}
