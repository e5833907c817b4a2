/**
 * Sends the mail of a wrong address to the right one: what failed since mail last came through, and what
 * still waits if that is asked for. Each goes as a resend of its own (resend.ts), with the same bytes, and
 * supersedes the old one.
 *
 * What waits is sent to the right address first and then cancelled for the wrong one: a crash between the
 * two leaves both, and the same call finishes it. What is held stays held, and is only counted: letting it
 * go is somebody's decision. Done twice, or by two at the same time, each mail goes once.
 */
import { type Address, normalizeAddress, toAddress } from '../../domain/address.ts';
import { type ContactMail, correctedTo, hasFailed, standingOfContact } from '../../domain/contact-standing.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { SubmissionClient } from '../../domain/message.ts';
import { isPending } from '../../domain/recipient.ts';
import type { Shared } from '../api/context.ts';
import { asMessageId } from '../api/fields.ts';
import { audit, ofMessages } from '../audit.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { asProblem, Problem, validationProblem } from '../problem.ts';
import { onceOnly, partOf, type Repeatable } from './idempotency.ts';
import { resend } from './resend.ts';

/** Mail that one call looks at, and reads at once. */
const MOST = 500;
const PAGE = 100;
/** How long one call works. */
const BUDGET = 20_000;
const FAILURES_SHOWN = 100;
const PENDING_STATES = ['queued', 'deferred', 'held'];

export interface CorrectionOrder {
  readonly caller: Caller;
  readonly client: SubmissionClient | null;
  /** Normalised. */
  readonly address: string;
  readonly to: Address;
  /** Ids; undefined: what failed since mail last came through. */
  readonly messages: readonly string[] | undefined;
  /** Also what waits. */
  readonly pending: boolean;
  /** Whether the To and Cc fields are corrected as well. */
  readonly rewriteTo: boolean;
  readonly dryRun: boolean;
  readonly repeatable: Repeatable | null;
}

export interface Correction {
  readonly address: string;
  readonly to: Address;
  readonly dryRun: boolean;
  /** Mail that had failed, and mail that waited: sent, or to be sent, to the right address. */
  failed: number;
  moved: number;
  /** Sent to a corrected address before. */
  before: number;
  held: number;
  /** The content was erased. */
  unsendable: number;
  /** Of those named: it reached the address, or waits and is not to be moved. */
  unchanged: number;
  notFound: number;
  readonly failures: { readonly message: MessageId; readonly code: string; readonly detail: string }[];
  readonly messages: { readonly message: MessageId; readonly id: MessageId }[];
  /** False: there is more; the same call goes on. */
  complete: boolean;
}

export async function correct(shared: Shared, order: CorrectionOrder): Promise<Correction> {
  const { address, to, dryRun, caller } = order;
  await assertSendable(shared, order);
  const tally: Correction = { address, to, dryRun, ...NOTHING, failures: [], messages: [], complete: true };
  const { mails, complete } = await mailsOf(shared, order, tally);
  tally.complete = complete;
  const { now } = shared.options;
  const deadline = now() + BUDGET;
  for (const mail of mails) {
    if (!dryRun && (now() > deadline || shared.stopping.aborted)) {
      tally.complete = false;
      break;
    }
    await correctOne(shared, mail, order, tally);
  }
  const { messages: _, failures, ...counts } = tally;
  if (!dryRun)
    shared.options.log.info({ caller: caller.name, action: 'correct', ...counts, failures: failures.length }, 'address corrected');
  return tally;
}

const NOTHING = { failed: 0, moved: 0, before: 0, held: 0, unsendable: 0, unchanged: 0, notFound: 0 };

/** What would have to be corrected again is refused at once. */
async function assertSendable({ options }: Shared, { address, to }: CorrectionOrder): Promise<void> {
  const name = normalizeAddress(to);
  if (name === address) throw validationProblem([{ in: 'body', path: 'to', detail: 'is the same address' }]);
  const listed = await options.store.suppressions.get(name);
  if (listed !== undefined && (listed.until === null || listed.until > options.now())) {
    throw new Problem(409, 'suppressed', `${to} is on the suppression list, so nothing would be sent to it: lift it first`);
  }
}

interface Chosen {
  readonly mails: readonly ContactMail[];
  readonly complete: boolean;
}

async function mailsOf(shared: Shared, order: CorrectionOrder, tally: Correction): Promise<Chosen> {
  if (order.messages !== undefined) return namedMail(shared, order, order.messages, tally);
  const failed = await failedMail(shared, order);
  if (!order.pending) return failed;
  const waiting = await waitingMail(shared, order);
  const known = new Set(failed.mails.map(({ message }) => message.id));
  return {
    mails: [...failed.mails, ...waiting.mails.filter(({ message }) => !known.has(message.id))],
    complete: failed.complete && waiting.complete,
  };
}

/** Of the newest mail, what failed since mail last came through. */
async function failedMail({ options }: Shared, { address, caller }: CorrectionOrder): Promise<Chosen> {
  const mails: ContactMail[] = [];
  let cursor: string | undefined;
  while (mails.length < MOST) {
    const page = await options.store.mailTo(
      { address, ...accountsOf(caller) },
      { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
    );
    mails.push(...page.items);
    const reached = page.items.some(({ recipient }) => !hasFailed(recipient.state) && hasEnded(recipient));
    if (page.next === null || reached) return { mails: standingOfContact(mails).failed, complete: true };
    cursor = page.next;
  }
  return { mails: standingOfContact(mails).failed, complete: false };
}

function hasEnded({ state }: ContactMail['recipient']): boolean {
  return !isPending(state) && state !== 'cancelled';
}

async function waitingMail({ options }: Shared, { address, caller }: CorrectionOrder): Promise<Chosen> {
  const mails: ContactMail[] = [];
  let cursor: string | undefined;
  do {
    const asked = { address, state: PENDING_STATES, ...accountsOf(caller) };
    const page = await options.store.mailTo(asked, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    mails.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && mails.length < MOST);
  return { mails, complete: cursor === undefined };
}

export function accountsOf({ accounts }: Caller): { readonly account?: readonly string[] } {
  return accounts === null ? {} : { account: accounts };
}

async function namedMail({ options }: Shared, order: CorrectionOrder, named: readonly string[], tally: Correction): Promise<Chosen> {
  const mails: ContactMail[] = [];
  for (const name of new Set(named)) {
    const id = asMessageId(name);
    const detail = id === undefined ? undefined : await options.store.message(id);
    const recipient = detail?.recipients.find((one) => normalizeAddress(one.address) === order.address);
    if (detail === undefined || recipient === undefined || !maySee(order.caller, detail.message.account)) {
      tally.notFound++;
      continue;
    }
    const later = await Promise.all(detail.supersededBy.map((one) => options.store.record(one)));
    const { message, contentErased } = detail;
    mails.push({ message, recipient, contentErased, resentAs: later.flatMap((record) => record?.message ?? []) });
  }
  return { mails, complete: true };
}

async function correctOne(shared: Shared, mail: ContactMail, order: CorrectionOrder, tally: Correction): Promise<void> {
  const { state } = mail.recipient;
  const waits = state === 'queued' || state === 'deferred';
  if (state === 'held') tally.held++;
  else if (waits ? !order.pending : !hasFailed(state) && state !== 'cancelled') tally.unchanged++;
  else if (correctedTo(mail) !== null) {
    tally.before++;
    // Sent by a call that did not get to this.
    if (waits && !order.dryRun) await takeOut(shared, mail, order.caller);
  } else if (mail.contentErased) tally.unsendable++;
  else if (order.dryRun) count(waits, tally);
  else await sendOne(shared, mail, order, tally);
}

function count(waits: boolean, tally: Correction): void {
  if (waits) tally.moved++;
  else tally.failed++;
}

/** A refusal of one stops nothing. */
async function sendOne(shared: Shared, mail: ContactMail, order: CorrectionOrder, tally: Correction): Promise<void> {
  const { caller, client, address, to, rewriteTo } = order;
  const { id } = mail.message;
  const waits = isPending(mail.recipient.state);
  try {
    const own = onceOnly(`correct ${id} ${address} ${normalizeAddress(to)}`, shared.options.now());
    const sent = await resend(shared.options, {
      caller,
      client,
      record: { message: mail.message, recipients: [mail.recipient] },
      corrections: new Map([[address, to]]),
      recipients: new Set([address]),
      rewriteTo,
      repeatable: order.repeatable === null ? own : partOf(order.repeatable, id),
      ...(waits ? { pendingToo: true } : {}),
    });
    if (sent.repeated) tally.before++;
    else {
      count(waits, tally);
      tally.messages.push({ message: id, id: sent.message.id });
    }
    if (waits) await takeOut(shared, mail, caller);
  } catch (error) {
    const problem = asProblem(error);
    if (problem === undefined || problem.code === 'store-unavailable') throw error;
    if (tally.failures.length < FAILURES_SHOWN) tally.failures.push({ message: id, code: problem.code, detail: problem.message });
  }
}

/** Out of the queue for the wrong address; what went out meanwhile stays as it is. */
async function takeOut(shared: Shared, { message, recipient }: ContactMail, caller: Caller): Promise<void> {
  const { store, now } = shared.options;
  const items = [{ message: message.id, index: recipient.index, evidence: { kind: 'cancelled' as const } }];
  const [transition] = await store.apply(items, now());
  if (transition?.changed === true) await audit(shared, caller, ...ofMessages('message.cancelled', [message.id], { recipients: 1 }));
}

/** A corrected address as it was typed; undefined: it is none. */
export function typedAddress(text: string): Address | undefined {
  return toAddress(text.trim().replace(/^<(.*)>$/, '$1'));
}
