/** `relais retry|hold|release|cancel|resend|delete` with filters: counts first, asks a person, then does it. */
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { filterQuery, type ListFilter } from './filter-options.ts';
import { confirm, printable, type Terminal } from './terminal.ts';

export type BulkAction = 'retry' | 'hold' | 'release' | 'cancel' | 'resend' | 'delete';

export interface BulkOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly force?: boolean;
  readonly replace?: Readonly<Record<string, string>>;
  readonly rewriteTo?: boolean;
  readonly again?: boolean;
}

/** The answers' counts, whichever of them the action has. */
interface Counts {
  readonly matched: number;
  readonly changed?: number;
  readonly resent?: number;
  readonly erased?: number;
  readonly recipients?: number;
  readonly unchanged?: number;
  readonly pending?: number;
  readonly before?: number;
  readonly failed?: number;
  readonly notFound: number;
}

interface Answer extends Counts {
  readonly dryRun: boolean;
  readonly complete: boolean;
  readonly next?: string | null;
  readonly messages?: readonly { readonly message: string; readonly id: string }[];
  readonly failures?: readonly { readonly message: string; readonly code: string; readonly detail: string }[];
}

const NAMES = ['matched', 'changed', 'resent', 'erased', 'recipients', 'unchanged', 'pending', 'before', 'failed', 'notFound'] as const;

const WORDS: Readonly<Record<BulkAction, { readonly ask: string; readonly done: string }>> = {
  retry: { ask: 'Try', done: 'are tried now' },
  hold: { ask: 'Hold', done: 'are held' },
  release: { ask: 'Release', done: 'are released' },
  cancel: { ask: 'Cancel', done: 'are cancelled' },
  resend: { ask: 'Send again', done: 'are sent again' },
  delete: { ask: 'Erase', done: 'are erased: record and bytes' },
};

export async function bulk(
  api: Api,
  action: BulkAction,
  selection: ListFilter | { readonly ids: readonly string[] },
  options: BulkOptions,
  terminal: Terminal,
  now: number,
): Promise<void> {
  const body = { ...selectionBody(selection, now), ...extrasOf(action, options) };
  const asks = terminal.canAsk && options.yes !== true && options.json !== true;
  if (options.dryRun === true || asks) {
    const counted = await collect(api, action, { ...body, dryRun: true });
    if (options.dryRun === true) {
      tell(action, counted, { ...options, dryRun: true }, terminal);
      return;
    }
    if (doneOf(counted) > 0 && !(await confirm(`${WORDS[action].ask} ${messages(doneOf(counted))}?`))) {
      throw new CommandError(EXIT.negative, 'Nothing was changed.');
    }
  }
  const result = await collect(api, action, body, (answer) => {
    for (const { message, id } of answer.messages ?? []) {
      terminal.print(options.json === true ? JSON.stringify({ message, id }) : `${message}  ${terminal.colors.dim('sent again as')} ${id}`);
    }
    for (const { message, code, detail } of answer.failures ?? []) terminal.note(`${message}: ${printable(detail)} (${code})`);
  });
  tell(action, result, options, terminal);
  if ((result.failed ?? 0) > 0) throw new CommandError(EXIT.negative, 'Not all could be done.');
}

function selectionBody(selection: ListFilter | { readonly ids: readonly string[] }, now: number): object {
  if ('ids' in selection) return { ids: selection.ids };
  return { filter: filterQuery(selection, now) };
}

function extrasOf(action: BulkAction, { force, replace, rewriteTo, again }: BulkOptions): object {
  if (action === 'delete') return force === true ? { force } : {};
  if (action !== 'resend') return {};
  return {
    ...(replace === undefined ? {} : { replace }),
    ...(rewriteTo === undefined ? {} : { rewriteTo }),
    ...(again === undefined ? {} : { again }),
  };
}

/** Calls until all is done: a call works for a bounded time. */
async function collect(api: Api, action: BulkAction, body: object, each: (answer: Answer) => void = () => {}): Promise<Counts> {
  const sums = new Map<string, number>();
  let cursor: string | null = null;
  for (;;) {
    const answer: Answer = await api.post<Answer>(`/messages/${action}`, { ...body, ...(cursor === null ? {} : { cursor }) });
    for (const name of NAMES) if (answer[name] !== undefined) sums.set(name, (sums.get(name) ?? 0) + answer[name]);
    each(answer);
    cursor = answer.next ?? null;
    // Erased messages are no longer found, so that erasing goes on without a cursor as long as it gets on.
    if (answer.complete || (cursor === null && (answer.dryRun || (answer.erased ?? 0) === 0))) break;
  }
  return Object.fromEntries(sums) as unknown as Counts;
}

function doneOf({ changed, resent, erased }: Counts): number {
  return changed ?? resent ?? erased ?? 0;
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}

function tell(action: BulkAction, counts: Counts, { json, dryRun }: BulkOptions, terminal: Terminal): void {
  if (json === true) {
    terminal.print(JSON.stringify({ action, dryRun: dryRun ?? false, ...counts }));
    return;
  }
  const { colors } = terminal;
  const done = doneOf(counts);
  const would =
    dryRun === true ? WORDS[action].done.replace(/^are/, 'would be') : WORDS[action].done.replace(/^are/, done === 1 ? 'is' : 'are');
  terminal.print(`${colors.bold(messages(done))} ${would}.`);
  const rest: readonly (readonly [number | undefined, string])[] = [
    [counts.unchanged, 'have nothing to change'],
    [counts.pending, 'are still in the queue, and kept (--force)'],
    [counts.before, 'were sent again before, and left alone (--again)'],
    [counts.failed, 'were refused'],
    [counts.notFound, 'are not there'],
  ];
  for (const [count = 0, words] of rest) if (count > 0) terminal.print(colors.dim(`${count} ${count === 1 ? singular(words) : words}`));
}

function singular(words: string): string {
  return words
    .replace(/^are /, 'is ')
    .replace(/^were /, 'was ')
    .replace(/^have /, 'has ');
}
