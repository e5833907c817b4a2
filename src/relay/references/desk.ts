/**
 * What people do with the rules for references: try some on mail that is stored, and apply those of the
 * configuration to the past.
 *
 *   upstream    the API, the pages, `relais references apply`
 *   downstream  facts.ts; the store
 *   failure     a call that ends early, for its time is over or relais stops, says where to go on; what
 *               it has changed is changed, and changing it again changes nothing
 */
import type { AcceptedMessage, MessageSummary, ReferenceChange, References } from '../../domain/message.ts';
import type { ReferenceDesk, RulesApplied, RuleTrial, Store } from '../../domain/ports.ts';
import { compileReferences, explain, findAll } from '../../domain/reference-rules.ts';
import { changedReferences, referencesBefore, saidReferences } from '../../domain/references.ts';
import type { ReferenceField } from '../../domain/settings.ts';
import { isWhollyRead, type Rules, readFacts, type Sources, type StreamFacts, streamFactsOf } from './facts.ts';
import { StreamCounts } from './streams.ts';

export interface DeskOptions {
  readonly store: Pick<Store, 'messages' | 'content' | 'setReferences' | 'streams'>;
  readonly sources: Sources;
  readonly rules: Rules;
  readonly now: () => number;
  /** Events that are still to be read. */
  readonly behind: () => number;
}

/** Messages of one page, and of one commit; read side by side. */
const SLICE = 100;
const SIDE_BY_SIDE = 4;
const EXAMPLES = 20;
/** Messages that rules are tried on at most. */
const TRIED = 200;

type ApplyRequest = Parameters<ReferenceDesk['apply']>[0];

export function createDesk(options: DeskOptions): ReferenceDesk {
  return {
    get behind() {
      return options.behind();
    },
    try: (request) => tryRules(options, request),
    apply: (request) => new Applying(options, request).run(),
  };
}

// ── Trying ──

async function tryRules({ store, rules, sources }: DeskOptions, request: Parameters<ReferenceDesk['try']>[0]): Promise<RuleTrial[]> {
  const { settings } = rules;
  const tried = { profiles: request.profiles ?? settings.profiles, rules: [...(request.rules ?? []), ...settings.rules] };
  const compiled: Rules = { settings: { ...settings, ...tried }, compiled: compileReferences(tried) };
  const limit = Math.min(request.limit, TRIED);
  const trials: RuleTrial[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['messages']>> = await store.messages(request.filter, {
      limit: Math.min(SLICE, limit - trials.length),
      ...(cursor === null ? {} : { cursor }),
    });
    trials.push(...(await sideBySide(page.items, ({ message }) => tryOn(message, compiled, sources))));
    cursor = page.next;
  } while (cursor !== null && trials.length < limit);
  return trials;
}

async function tryOn(message: AcceptedMessage, rules: Rules, sources: Sources): Promise<RuleTrial> {
  const { facts, read } = await readFacts(message, rules, sources, rules.compiled.late.length > 0);
  const said = saidReferences(message.references);
  const findings = explain(rules.compiled, facts, said).flatMap(({ value, ...finding }) => (value === null ? [] : [{ ...finding, value }]));
  const after = changedReferences(message.references, findAll(rules.compiled, { facts, known: said }), 'found');
  return { message, read, findings, after };
}

async function sideBySide<T, R>(items: readonly T[], one: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += SIDE_BY_SIDE) results.push(...(await Promise.all(items.slice(i, i + SIDE_BY_SIDE).map(one))));
  return results;
}

// ── Applying ──

interface Anew {
  readonly message: AcceptedMessage;
  readonly change: ReferenceChange;
  readonly mode: 'missing' | 'found';
  readonly after: References;
  readonly stream: StreamFacts | null;
}

class Applying {
  readonly #o: DeskOptions;
  readonly #request: ApplyRequest;
  readonly #streams: StreamCounts;
  readonly #fields: Partial<Record<ReferenceField | 'stream', number>> = {};
  readonly #examples: { message: AcceptedMessage['id']; was: NonNullable<ReturnType<typeof referencesBefore>>; after: References }[] = [];
  #matched = 0;
  #changed = 0;
  #unread = 0;

  constructor(options: DeskOptions, request: ApplyRequest) {
    this.#o = options;
    this.#request = request;
    this.#streams = new StreamCounts(options.store);
  }

  async run(): Promise<RulesApplied> {
    const { store, now } = this.#o;
    const { filter, deadline, signal, dryRun } = this.#request;
    let next: string | null = this.#request.cursor ?? null;
    do {
      const page: Awaited<ReturnType<Store['messages']>> = await store.messages(filter, {
        limit: SLICE,
        ...(next === null ? {} : { cursor: next }),
      });
      await this.#slice(page.items);
      next = page.next;
    } while (next !== null && now() < deadline && !signal.aborted);
    if (!dryRun) await this.#streams.write();
    return {
      matched: this.#matched,
      changed: this.#changed,
      fields: this.#fields,
      unread: this.#unread,
      examples: this.#examples,
      next,
    };
  }

  async #slice(items: readonly MessageSummary[]): Promise<void> {
    const { store, now } = this.#o;
    const mail = items.filter(({ message }) => message.origin !== 'notification');
    this.#matched += items.length;
    const found = await sideBySide(mail, ({ message }) => this.#findAnew(message));
    const changing = found.filter(({ message, after }) => after !== message.references);
    if (!this.#request.dryRun) {
      for (const mode of ['missing', 'found'] as const) {
        const some = changing
          .filter((one) => one.mode === mode)
          .map(({ message, change }) => ({ message: message.id, references: change }));
        if (some.length > 0) await store.setReferences({ items: some, mode, now: now() });
      }
    }
    for (const one of changing) this.#count(one);
  }

  async #findAnew(message: AcceptedMessage): Promise<Anew> {
    const { rules, sources } = this.#o;
    const { facts, reading, read } = await readFacts(message, rules, sources, rules.compiled.late.length > 0);
    if (!read) this.#unread++;
    // What could not be read may still say what it said before: then nothing that was found goes.
    const mode = read && isWhollyRead(message, rules) ? 'found' : 'missing';
    const known = mode === 'found' ? saidReferences(message.references) : message.references;
    const found = findAll(rules.compiled, { facts, known });
    const template = changedReferences(message.references, found, mode).template;
    const stream = rules.settings.streams && template === null && read ? streamFactsOf(message, reading) : null;
    const change = read ? { ...found, stream: stream?.stream ?? null } : found;
    return { message, change, mode, stream, after: changedReferences(message.references, change, mode) };
  }

  #count({ message, after, stream }: Anew): void {
    const before = message.references;
    this.#changed++;
    const was = referencesBefore(before, after) ?? {};
    for (const field of Object.keys(was)) this.#add(field === 'tags' ? 'tag' : (field as ReferenceField));
    if (before.stream !== after.stream) this.#add('stream');
    if (Object.keys(was).length > 0 && this.#examples.length < EXAMPLES) this.#examples.push({ message: message.id, was, after });
    if (stream !== null && before.stream !== after.stream) this.#streams.count(message, stream);
  }

  #add(field: ReferenceField | 'stream'): void {
    this.#fields[field] = (this.#fields[field] ?? 0) + 1;
  }
}
