/**
 * One look through a folder: what came since the last one is read in batches, taken in, put away,
 * and the position moved, in this order: a crash in between reads a report twice and loses none.
 *
 *   upstream    mailbox.ts
 *   downstream  imap.ts, the intake, the position in the store
 *   failure     throws what the server or the intake threw; all that was taken before stays taken
 *
 * Memory is bounded by a batch, whatever the folder holds: UIDs come in windows, messages in batches
 * of BATCH_OCTETS, and of one that is over `messageSize` no more than its head is loaded.
 */
import type { MailFolder, StoredMail } from './imap.ts';

/** What became of a message. */
export type TakenMail =
  | { readonly kind: 'report'; readonly repeated: boolean; readonly matched: boolean }
  /** It is no report, and stays as it is. */
  | { readonly kind: 'other' };

/** A message of a mailbox, for the intake. */
export interface CollectedMail {
  readonly raw: Buffer;
  /** Octets it really has, where `raw` is only its head; null: `raw` is all. */
  readonly cutFrom: number | null;
}

export interface CollectionRequest {
  readonly folder: MailFolder;
  /** All up to this UID was taken. */
  readonly after: number;
  /** Older ones are no longer believed anyway. */
  readonly since: Date;
  readonly messageSize: number;
  /** Resolves once it is durable. */
  readonly take: (mail: CollectedMail) => Promise<TakenMail>;
  /** All up to `uid` is taken and put away. */
  readonly reached: (uid: number) => Promise<void>;
  readonly tally: Tally;
  /** The look before ended in an error: the first are read one at a time, so that one alone is to blame. */
  readonly cautious: boolean;
  /** Ends it after the batch at hand. */
  readonly signal: AbortSignal;
  /** A message that the server can not hand out; true: it is passed over. */
  readonly unreadable: (uid: number, error: unknown) => boolean;
}

/** Counts of a look, as it goes on. */
export interface Tally {
  taken: number;
  repeated: number;
  unmatched: number;
  left: number;
  /** Why something was left undone; null: nothing was. */
  trouble: string | null;
}

export function newTally(): Tally {
  return { taken: 0, repeated: 0, unmatched: 0, left: 0, trouble: null };
}

/** Of one that is too big: machine-readable parts stand before the returned message. */
export const HEAD_OCTETS = 256 * 1024;
const BATCH_OCTETS = 8 * 1024 * 1024;
const BATCH_MESSAGES = 100;
/** Reports at a time: their commits join, and the next is read meanwhile. */
const AT_A_TIME = 8;

export async function collectFrom(request: CollectionRequest): Promise<void> {
  const { folder, after, since, signal, reached, messageSize } = request;
  let together = request.cautious ? 1 : BATCH_MESSAGES;
  for await (const uids of folder.uidsAfter(after, since)) {
    for (let from = 0; from < uids.length; from += BATCH_MESSAGES) {
      const slice = uids.slice(from, from + BATCH_MESSAGES);
      for (const batch of batchesOf(await folder.sizes(slice), messageSize, together)) {
        if (signal.aborted) return;
        await collectBatch(batch, request);
      }
      const last = slice.at(-1);
      if (last !== undefined) await reached(last);
      together = BATCH_MESSAGES;
    }
    if (signal.aborted) return;
  }
}

/** Together no more octets than are to be in memory at a time; one that is too big goes alone. */
function* batchesOf(mails: readonly StoredMail[], messageSize: number, together: number): Iterable<readonly StoredMail[]> {
  let batch: StoredMail[] = [];
  let octets = 0;
  for (const mail of mails) {
    const tooBig = mail.size > messageSize;
    if (batch.length > 0 && (tooBig || batch.length >= together || octets + mail.size > BATCH_OCTETS)) {
      yield batch;
      batch = [];
      octets = 0;
    }
    batch.push(mail);
    octets += mail.size;
    if (!tooBig) continue;
    yield batch;
    batch = [];
    octets = 0;
  }
  if (batch.length > 0) yield batch;
}

async function collectBatch(batch: readonly StoredMail[], request: CollectionRequest): Promise<void> {
  const { folder, tally, reached } = request;
  const mails = await readBatch(batch, request);
  const done: number[] = [];
  const failed = await eachOf(mails, async ({ uid, mail }) => {
    const answer = await request.take(mail);
    if (answer.kind === 'other') {
      tally.left++;
      return;
    }
    tally.taken++;
    if (answer.repeated) tally.repeated++;
    else if (!answer.matched) tally.unmatched++;
    done.push(uid);
  });
  const trouble = await folder.putAway(done.sort((a, b) => a - b));
  tally.trouble ??= trouble;
  const last = batch.at(-1);
  if (failed !== null) throw failed.error;
  if (last !== undefined) await reached(last.uid);
}

interface ReadMail {
  readonly uid: number;
  readonly mail: CollectedMail;
}

/** With one octet more than is allowed, so that a size that was only estimated does not deceive. */
async function readBatch(batch: readonly StoredMail[], request: CollectionRequest): Promise<readonly ReadMail[]> {
  const { folder, messageSize, unreadable } = request;
  const uids = batch.map(({ uid }) => uid);
  const [first] = batch;
  const alone = batch.length === 1 && first !== undefined;
  const octets = alone && first.size > messageSize ? Math.min(HEAD_OCTETS, messageSize) : messageSize + 1;
  try {
    const fetched = await folder.read(uids, octets);
    return fetched.map(({ uid, raw, size }) => {
      const cut = raw.length > messageSize || (raw.length === octets && size > octets);
      const head = raw.subarray(0, Math.min(HEAD_OCTETS, messageSize));
      return { uid, mail: cut ? { raw: head, cutFrom: Math.max(size, raw.length) } : { raw, cutFrom: null } };
    });
  } catch (error) {
    if (alone && unreadable(first.uid, error)) return [];
    throw error;
  }
}

/** Several at a time; the first error, once all that were begun have ended. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<{ readonly error: unknown } | null> {
  let failed: { readonly error: unknown } | null = null;
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      if (failed !== null) return;
      try {
        await work(item);
      } catch (error) {
        failed ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, items.length) }, worker));
  return failed;
}
