/**
 * The change feed as files, for an ERP that can not call HTTP: on a schedule, what happened since the
 * last file is written into a folder, as CSV or JSON lines.
 *
 *   upstream    node-schedule (schedule.ts); the feed, from a consumer position of its own
 *   downstream  `FOLDER/relais-NAME-FIRST-LAST.csv` or `.jsonl`, which whoever reads it may move or delete
 *   failure     a run that fails is logged, and the next one goes on from the same position
 *
 * Each event stands in exactly one file, through kills at any instant. A file is written as `.….tmp`, flushed
 * to disk, and named `.….ready`; then the position moves; then it gets its name. After a crash a `.tmp`
 * is thrown away, and a `.ready` is finished: the numbers in its name say whether the position
 * has moved already.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CSV_BOM, csvLine } from '../domain/csv.ts';
import { StoreError } from '../domain/errors.ts';
import type { FeedEvent } from '../domain/events.ts';
import type { Log } from '../domain/log.ts';
import type { AcceptedMessage } from '../domain/message.ts';
import type { Store } from '../domain/ports.ts';
import { eventJson } from '../domain/representation.ts';
import type { FileDropSettings } from '../domain/settings.ts';

export interface FileDropOptions {
  readonly settings: FileDropSettings;
  readonly store: Pick<Store, 'changes' | 'consumers' | 'record' | 'lastSeq'>;
  readonly now: () => number;
  readonly log: Log;
}

const PAGE = 500;
/** Events in one file at most: one that is opened by people. */
const FILE_LIMIT = 100_000;

/** The consumer's name in the store. */
export const consumerOf = (name: string): string => `file:${name}`;

const COLUMNS = [
  'seq',
  'at',
  'type',
  'message',
  'messageId',
  'subject',
  'account',
  'document',
  'contact',
  'template',
  'recipient',
  'state',
  'previous',
  'category',
  'code',
  'status',
  'reply',
  'addressInvalid',
  'source',
] as const;

/** Writes what there is; resolves with how many events went into files. */
export async function dropFiles(options: FileDropOptions): Promise<number> {
  const { settings, store, log } = options;
  await mkdir(settings.directory, { recursive: true });
  await finishWhatWasLeft(options);
  let written = 0;
  for (;;) {
    const after = (await store.consumers.get(consumerOf(settings.name)))?.seq ?? 0;
    if (after >= store.lastSeq) return written;
    const file = await dropFile(options, after);
    written += file.events;
    if (file.events > 0) log.info({ drop: settings.name, file: file.name, events: file.events }, 'a file of the change feed is there');
  }
}

interface Dropped {
  readonly name: string;
  readonly events: number;
}

async function dropFile(options: FileDropOptions, after: number): Promise<Dropped> {
  const { settings, store } = options;
  const temporary = join(settings.directory, `.relais-${settings.name}.tmp`);
  const { last, events } = await write(options, temporary, after);
  if (events === 0) {
    await rm(temporary, { force: true });
    await moveTo(options, last);
    return { name: '', events };
  }
  const name = `relais-${settings.name}-${numbered(after + 1)}-${numbered(last)}.${settings.format}`;
  const ready = `.${name}.ready`;
  await rename(temporary, join(settings.directory, ready));
  await flushFolder(settings.directory);
  await moveTo({ settings, store, now: options.now }, last);
  await rename(join(settings.directory, ready), join(settings.directory, name));
  await flushFolder(settings.directory);
  return { name, events };
}

/** As wide as the feed grows, so that the order of names is the order of events. */
const numbered = (seq: number): string => String(seq).padStart(12, '0');

async function moveTo({ settings, store, now }: Pick<FileDropOptions, 'settings' | 'store' | 'now'>, seq: number): Promise<void> {
  await store.consumers.put(consumerOf(settings.name), { seq, at: now() });
}

/** What a crash left: a whole file gets its place, half a one goes. */
async function finishWhatWasLeft(options: FileDropOptions): Promise<void> {
  const { settings, store } = options;
  const left = new RegExp(`^\\.(relais-${settings.name.replaceAll('.', '\\.')}-(\\d+)-(\\d+)\\.(?:csv|jsonl))\\.ready$`);
  for (const entry of (await readdir(settings.directory)).sort()) {
    const [, name, first, last] = left.exec(entry) ?? [];
    if (name === undefined) continue;
    const position = (await store.consumers.get(consumerOf(settings.name)))?.seq ?? 0;
    if (position === Number(first) - 1) await moveTo(options, Number(last));
    else if (position < Number(last)) {
      // The position was set back by hand: the events are written anew.
      await rm(join(settings.directory, entry), { force: true });
      continue;
    }
    await rename(join(settings.directory, entry), join(settings.directory, name));
    await flushFolder(settings.directory);
  }
}

async function write(options: FileDropOptions, path: string, after: number): Promise<{ last: number; events: number }> {
  const { settings } = options;
  // The ERP's own account reads it: who may is for the folder to say.
  const stream = createWriteStream(path, { flags: 'w', flush: true });
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const put = async (text: string): Promise<void> => {
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), failed]);
  };
  try {
    if (settings.format === 'csv') await put(CSV_BOM + csvLine(COLUMNS));
    let last = after;
    let events = 0;
    while (events < FILE_LIMIT) {
      const page = await read(options, last);
      if (page.last === last) break;
      for (const event of page.items) await put(await lineOf(options, event));
      events += page.items.length;
      last = page.last;
    }
    stream.end();
    await Promise.race([once(stream, 'close'), failed]);
    return { last, events };
  } finally {
    stream.destroy();
  }
}

async function read({ settings, store, log }: FileDropOptions, after: number): ReturnType<Store['changes']> {
  const request = {
    limit: PAGE,
    ...(settings.types === null ? {} : { types: settings.types }),
    ...(settings.accounts === null ? {} : { accounts: settings.accounts }),
  };
  try {
    return await store.changes({ after, ...request });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'cursor-expired') throw error;
    log.error(
      { drop: settings.name, after },
      'retention took events that no file holds yet: the files go on with the oldest there is; load the register anew',
    );
    const oldest = await oldestAfter(store, after);
    return store.changes({ after: oldest, ...request });
  }
}

/** The position before the oldest event that is kept, found by halving: the feed has no gaps. */
async function oldestAfter(store: Pick<Store, 'changes' | 'lastSeq'>, after: number): Promise<number> {
  let gone = after;
  let kept = store.lastSeq;
  while (kept - gone > 1) {
    const middle = Math.floor((gone + kept) / 2);
    const isKept = await store.changes({ after: middle, limit: 1 }).then(
      () => true,
      () => false,
    );
    if (isKept) kept = middle;
    else gone = middle;
  }
  return kept;
}

async function lineOf({ settings, store }: FileDropOptions, event: FeedEvent): Promise<string> {
  const message = event.message === undefined ? undefined : (await store.record(event.message))?.message;
  return settings.format === 'csv' ? csvLine(cellsOf(event, message)) : `${JSON.stringify(objectOf(event, message))}\n`;
}

function objectOf(event: FeedEvent, message: AcceptedMessage | undefined): Record<string, unknown> {
  return { ...eventJson(event), messageId: message?.headers.messageId ?? null, subject: message?.headers.subject ?? null };
}

function cellsOf(event: FeedEvent, message: AcceptedMessage | undefined): (string | number | boolean | null)[] {
  const { reply } = event;
  const named: Record<string, unknown> = {
    ...objectOf(event, message),
    code: reply?.code,
    status: event.status ?? reply?.status,
    reply: reply?.text,
  };
  return COLUMNS.map((column) => {
    const value = named[column];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  });
}

/** A rename is on disk once its folder is. Not every system lets a folder be opened. */
async function flushFolder(directory: string): Promise<void> {
  const folder = await open(directory, 'r').catch(() => null);
  if (folder === null) return;
  try {
    await folder.sync();
  } catch {
    // What can not be flushed will be written all the same.
  } finally {
    await folder.close();
  }
}
