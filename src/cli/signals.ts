/** `relais signals …`: what the rules found, who has seen it, what was sent; trying a rule against the past. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { timeOf } from './filter-options.ts';
import { type Column, localTime, printable, type Terminal, table } from './terminal.ts';

interface Rule {
  readonly name: string;
  readonly on: readonly string[];
  readonly open: number;
  readonly unacknowledged: number;
  readonly lastAt: string | null;
  readonly channels: readonly {
    readonly name: string;
    readonly state: string;
    readonly waiting: number;
    readonly lastError: string | null;
  }[];
}

interface Signal {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly state: string;
  readonly lastAt: string;
  readonly openedAt: string;
  readonly acknowledged: { readonly by: string | null; readonly note: string | null } | null;
}

interface Delivery {
  readonly id: string;
  readonly channel: number;
  readonly reason: string;
  readonly to: string | null;
  readonly createdAt: string;
  readonly state: string;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly lastAnswer: string | null;
}

interface Trial {
  readonly from: string;
  readonly to: string;
  readonly complete: boolean;
  readonly events: number;
  readonly fired: number;
  readonly signals: number;
  readonly days: readonly { readonly date: string; readonly fired: number }[];
  readonly examples: readonly { readonly at: string; readonly reason: string; readonly title: string; readonly message: string | null }[];
}

interface Json {
  readonly json?: boolean;
}

function printAll<T>(items: readonly T[], options: Json, terminal: Terminal, columns: readonly Column<T>[], none: string): void {
  if (options.json === true) for (const item of items) terminal.print(JSON.stringify(item));
  else if (items.length === 0) terminal.note(none);
  else for (const line of table(terminal, items, columns)) terminal.print(line);
}

export async function listRules(api: Api, options: Json, terminal: Terminal): Promise<void> {
  const { items } = await api.get<{ items: Rule[] }>('/signals');
  const { colors } = terminal;
  printAll(
    items,
    options,
    terminal,
    [
      { title: 'RULE', of: ({ name }) => name },
      {
        title: 'OPEN',
        of: ({ open }) => String(open),
        right: true,
        paint: (text, { unacknowledged }) => (unacknowledged > 0 ? colors.red(text) : text),
      },
      { title: 'LAST', of: ({ lastAt }) => (lastAt === null ? '' : localTime(lastAt)) },
      { title: 'TOLD', of: channelsText },
    ],
    'There are no rules.',
  );
}

function channelsText({ channels }: Rule): string {
  if (channels.length === 0) return 'on the page alone';
  return channels
    .map(({ name, state, waiting, lastError }) => {
      const waits = waiting > 0 ? `, ${waiting} wait` : '';
      return state === 'on' ? `${name}${waits === '' ? '' : ` (${waits.slice(2)})`}` : `${name} (${state}${waits}: ${lastError ?? ''})`;
    })
    .join('; ');
}

export async function listOpen(api: Api, options: Json & { readonly all?: boolean }, terminal: Terminal): Promise<void> {
  const items: Signal[] = [];
  let cursor: string | undefined;
  do {
    const state = options.all === true ? 'open,acknowledged,closed' : undefined;
    const page: { items: Signal[]; next: string | null } = await api.get('/open-signals', { state, limit: '500', cursor });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  const { colors } = terminal;
  printAll(
    items,
    options,
    terminal,
    [
      { title: 'SIGNAL', of: ({ id }) => id },
      { title: 'STATE', of: ({ state }) => state, paint: (text, { state }) => (state === 'open' ? colors.red(text) : text) },
      { title: 'SINCE', of: ({ openedAt }) => localTime(openedAt) },
      { title: 'LAST', of: ({ lastAt }) => localTime(lastAt) },
      { title: 'RULE', of: ({ rule }) => rule },
      { title: 'WHAT', of: ({ title, acknowledged }) => (acknowledged?.note ? `${title} (${acknowledged.note})` : title) },
    ],
    'Nothing is open.',
  );
}

export async function acknowledge(
  api: Api,
  names: readonly string[],
  options: Json & { readonly note?: string },
  terminal: Terminal,
): Promise<void> {
  for (const name of names) {
    const body = options.note === undefined ? {} : { note: options.note };
    const { items } = await api.post<{ items: Signal[] }>(`/signals/${encodeURIComponent(name)}/acknowledge`, body);
    if (options.json === true) for (const item of items) terminal.print(JSON.stringify(item));
    else if (items.length === 0) terminal.note(`Nothing of ${printable(name)} was open.`);
    else for (const { title } of items) terminal.print(`Acknowledged: ${printable(title)}`);
  }
}

export async function testRule(api: Api, name: string, options: Json, terminal: Terminal): Promise<void> {
  const { items } = await api.post<{ items: Delivery[] }>(`/signals/${encodeURIComponent(name)}/test`);
  if (options.json === true) for (const item of items) terminal.print(JSON.stringify(item));
  else if (items.length === 0) terminal.note('The rule has no channels: there is nobody to send a test to.');
  else
    terminal.print(
      `${items.length === 1 ? 'A test is' : `${items.length} tests are`} on the way; \`relais signals deliveries\` tells what was answered.`,
    );
}

export async function listDeliveries(
  api: Api,
  name: string,
  options: Json & { readonly limit: number },
  terminal: Terminal,
): Promise<void> {
  const { items } = await api.get<{ items: Delivery[] }>(`/signals/${encodeURIComponent(name)}/deliveries`, {
    limit: String(Math.min(500, options.limit)),
  });
  const { colors } = terminal;
  printAll(
    items,
    options,
    terminal,
    [
      { title: 'DELIVERY', of: ({ id }) => id },
      { title: 'MADE', of: ({ createdAt }) => localTime(createdAt) },
      { title: 'WHY', of: ({ reason }) => reason },
      { title: 'TO', of: ({ to, channel }) => to ?? `channel ${channel + 1}` },
      { title: 'STATE', of: ({ state }) => state, paint: (text, { state }) => (state === 'failed' ? colors.red(text) : text) },
      { title: 'TRIES', of: ({ attempts }) => String(attempts), right: true },
      { title: 'NEXT TRY', of: ({ nextAttemptAt }) => (nextAttemptAt === null ? '' : localTime(nextAttemptAt)) },
      { title: 'ANSWER', of: ({ lastAnswer }) => lastAnswer ?? '' },
    ],
    'Nothing was sent.',
  );
}

export async function retryDelivery(api: Api, ids: readonly string[], options: Json, terminal: Terminal): Promise<void> {
  for (const id of ids) {
    const delivery = await api.post<Delivery>(`/signal-deliveries/${encodeURIComponent(id)}/retry`);
    terminal.print(options.json === true ? JSON.stringify(delivery) : `${delivery.id} is sent again now.`);
  }
}

export interface TryOptions extends Json {
  readonly from?: string;
  readonly to?: string;
  readonly rule?: string;
}

/** `name`: of a configured rule; with `rule` a file with one that is not. */
export async function tryRule(api: Api, name: string | undefined, options: TryOptions, terminal: Terminal, now: number): Promise<void> {
  if ((name === undefined) === (options.rule === undefined))
    throw new CommandError(EXIT.usage, 'Give the name of a rule, or a file with --rule.');
  const from = timeOf('from', options.from, now);
  const to = timeOf('to', options.to, now);
  const rule = options.rule === undefined ? undefined : readRule(options.rule);
  const trial = await api.post<Trial>(`/signals/${encodeURIComponent(name ?? 'trial')}/try`, {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(rule === undefined ? {} : { rule }),
  });
  if (options.json === true) terminal.print(JSON.stringify(trial));
  else printTrial(trial, terminal);
}

function readRule(file: string): object {
  let data: unknown;
  try {
    data = parse(readFileSync(file === '-' ? 0 : file, 'utf8'), { maxAliasCount: 0 });
  } catch (error) {
    throw new CommandError(
      EXIT.usage,
      `${file} cannot be read as YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
    );
  }
  const rule: unknown = Array.isArray(data) && data.length === 1 ? data[0] : data;
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule))
    throw new CommandError(EXIT.usage, `${file} holds no rule: it takes one entry of \`signals\`.`);
  return rule;
}

const BAR = 40;

function printTrial({ from, to, complete, events, fired, signals, days, examples }: Trial, terminal: Terminal): void {
  const times = fired === 1 ? 'once' : `${fired} times`;
  terminal.print(
    `Would have told ${fired === 0 ? 'nobody anything' : times} from ${localTime(from)} to ${localTime(to)}: ${events} events, ${signals} signals.`,
  );
  if (!complete) terminal.note('Only this part of the time was looked at: there is more than can be at once, or the feed begins later.');
  const most = Math.max(...days.map((day) => day.fired), 1);
  for (const day of days) {
    terminal.print(`  ${day.date}  ${terminal.colors.cyan('█'.repeat(Math.max(1, Math.round((day.fired / most) * BAR))))} ${day.fired}`);
  }
  for (const { at, reason, title, message } of examples) {
    const why = reason === 'raised' || reason === 'event' ? '' : `${reason}: `;
    terminal.print(`  ${localTime(at)}  ${why}${printable(title)}${message === null ? '' : terminal.colors.dim(`  ${message}`)}`);
  }
}
