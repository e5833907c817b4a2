/**
 * One verdict on a document, across all mail that carried it: resends, several recipients, corrected
 * addresses. Pure. What each verdict means, and what it proves, is said in docs/DOCUMENTS.md.
 *
 * The mail of a document falls into addressees: who got it once, by whatever address it is sent to
 * them in the end. A recipient whose mail was sent again counts by what was sent last; one that a
 * report once confirmed stays confirmed.
 */
import { normalizeAddress } from './address.ts';
import type { MessageId } from './ids.ts';
import type { AcceptedMessage } from './message.ts';
import { isPending, type RecipientRecord, type RecipientState } from './recipient.ts';
import type { Category, Reply } from './reply.ts';

/**
 * From the best to the worst.
 *
 * - `delivered`    a report confirmed it; never said of a 250
 * - `transferred`  the next hop took it, and nothing contradicts that since
 * - `unknown`      nothing has been tried yet, or a person cancelled it
 * - `at-risk`      it may not arrive: put off, held, delayed further on, or waiting for long
 * - `failed`       it did not arrive, and nothing that is under way will change that
 */
export const VERDICTS = ['delivered', 'transferred', 'unknown', 'at-risk', 'failed'] as const;
export type DocumentVerdict = (typeof VERDICTS)[number];

/** `every`: each recipient in To counts, the worst decides. `any`: one of them is enough, the best decides. */
export type VerdictPolicy = 'every' | 'any';

export const VERDICT_REASONS = [
  /** A report confirmed that it reached the mailbox. */
  'confirmed',
  /** The recipient's own server answered 250. */
  'accepted-by-recipient-server',
  /** The provider of a smarthost route answered 250. */
  'accepted-by-provider',
  /** Waits for its first attempt. */
  'queued',
  /** Waits for the time at which it is to be sent. */
  'scheduled',
  /** A person cancelled it. */
  'cancelled',
  /** No attempt was made within an hour of its being due. */
  'waiting',
  /** Tried, will be tried again. */
  'deferred',
  /** Waits for a person or a rule. */
  'held',
  /** A report says that a server after ours is still trying. */
  'delayed',
  /** The next hop refused it for good. */
  'refused',
  /** Accepted at first, then a report said that it failed. */
  'bounced',
  /** The retry time ran out. */
  'expired',
  /** Not tried, the address is on the suppression list. */
  'suppressed',
] as const;
export type VerdictReason = (typeof VERDICT_REASONS)[number];

/** A message that carried the document. */
export interface DocumentMail {
  readonly message: AcceptedMessage;
  readonly recipients: readonly RecipientRecord[];
}

/**
 * How a mail follows the one before it to the same addressee: `resent` to the same address, `corrected`
 * to another one; `again`: sent anew by the ERP, to the same address or, instead of one that had failed,
 * to another.
 */
export type StepLink = 'first' | 'resent' | 'corrected' | 'again';

/** One mail to an addressee. */
export interface DocumentStep {
  readonly message: MessageId;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  readonly link: StepLink;
  readonly recipient: RecipientRecord;
}

/** How an addressee stands. */
export interface Standing {
  readonly verdict: DocumentVerdict;
  readonly reason: VerdictReason;
  /** Unix milliseconds. */
  readonly since: number;
  /** Index in `steps` of the mail that says so. */
  readonly decidedBy: number;
}

export interface Addressee {
  /** The address as it was last sent to. */
  readonly address: string;
  /** Named in Cc or not at all, where others are named in To: shown, and not counted. */
  readonly copy: boolean;
  readonly standing: Standing;
  /** Oldest first; never empty. */
  readonly steps: readonly DocumentStep[];
}

/** Why a verdict is what it is: the ingredients of a sentence. */
export interface VerdictWhy {
  readonly reason: VerdictReason;
  /** Of the addressee that decides. */
  readonly address: string;
  readonly message: MessageId;
  readonly category: Category | null;
  readonly addressInvalid: boolean;
  readonly reply: Reply | null;
  /** Unix milliseconds; null: no attempt is to come. */
  readonly nextAttemptAt: number | null;
  /** The addressee's first address, where it was corrected since. */
  readonly correctedFrom: string | null;
}

export interface VerdictOnDocument {
  readonly verdict: DocumentVerdict;
  /** Unix milliseconds from which it holds. */
  readonly since: number;
  readonly policy: VerdictPolicy;
  readonly why: VerdictWhy;
  /** Addressees that count, by their own verdict. */
  readonly counts: Readonly<Record<DocumentVerdict, number>>;
  /** All there are, those that ask for action first. */
  readonly addressees: readonly Addressee[];
}

/** Milliseconds that mail may wait for its first attempt, from when it was due, before that is a risk. */
export const LONG_WAIT = 3_600_000;

/**
 * The verdict on a document from all mail that carried it, in any order; undefined where there is none.
 * `now`: Unix milliseconds. Notifications of relais about such mail are not mail of the document.
 */
export function judgeDocument(
  mails: readonly DocumentMail[],
  { policy, now }: { readonly policy: VerdictPolicy; readonly now: number },
): VerdictOnDocument | undefined {
  const addressees = addresseesOf(mails).map((draft): Addressee => finish(draft, mails, now));
  const [first] = addressees;
  if (first === undefined) return undefined;
  const counted = countedOf(addressees);
  const weighed = counted.map((addressee) => ({ addressee, verdict: weightOf(addressee, counted) }));
  const verdict = decide(
    weighed.map((one) => one.verdict),
    policy,
  );
  const deciding = weighed.filter((one) => one.verdict === verdict).map(({ addressee }) => addressee);
  const ordered = deciding.toSorted((a, b) => a.standing.since - b.standing.since);
  // What is good holds once the last one of all is there, or the first one of any; what is bad the other way round.
  const good = verdict === 'delivered' || verdict === 'transferred';
  const decider = (good === (policy === 'every') ? ordered.at(-1) : ordered[0]) ?? first;
  const counts = { delivered: 0, transferred: 0, unknown: 0, 'at-risk': 0, failed: 0 };
  for (const { standing } of counted) counts[standing.verdict]++;
  return {
    verdict,
    since: decider.standing.since,
    policy,
    why: whyOf(decider),
    counts,
    addressees: addressees.toSorted((a, b) => severity(b.standing.verdict) - severity(a.standing.verdict)),
  };
}

function severity(verdict: DocumentVerdict): number {
  return VERDICTS.indexOf(verdict);
}

function decide(verdicts: readonly DocumentVerdict[], policy: VerdictPolicy): DocumentVerdict {
  const severities = verdicts.map(severity);
  return VERDICTS[policy === 'every' ? Math.max(...severities) : Math.min(...severities)] ?? 'unknown';
}

/** Those who were written to; copies, and what a person cancelled, only where there is nothing else. */
function countedOf(addressees: readonly Addressee[]): readonly Addressee[] {
  const meant = addressees.filter(({ copy }) => !copy);
  const written = meant.length === 0 ? addressees : meant;
  const kept = written.filter(({ standing }) => standing.reason !== 'cancelled');
  return kept.length === 0 ? written : kept;
}

/** Left out on purpose while somebody else was written to: a gap, and not that nobody got it. */
function weightOf({ standing }: Addressee, counted: readonly Addressee[]): DocumentVerdict {
  if (standing.reason !== 'suppressed') return standing.verdict;
  return counted.some((other) => other.standing.verdict !== 'failed') ? 'at-risk' : 'failed';
}

function whyOf({ address, standing, steps }: Addressee): VerdictWhy {
  const step = steps[standing.decidedBy];
  const failure = step?.recipient.failure ?? null;
  const first = steps[0]?.recipient.address ?? address;
  return {
    reason: standing.reason,
    address,
    message: step?.message ?? ('' as MessageId),
    category: failure?.category ?? null,
    addressInvalid: failure?.addressInvalid ?? false,
    reply: failure?.reply ?? null,
    nextAttemptAt: step === undefined || !isPending(step.recipient.state) ? null : step.recipient.nextAttemptAt,
    correctedFrom: sameAddress(first, address) ? null : first,
  };
}

// ── Addressees ──

interface Draft {
  readonly steps: DocumentStep[];
  readonly copy: boolean;
}

function addresseesOf(mails: readonly DocumentMail[]): readonly Draft[] {
  const ordered = mails
    .filter(({ message }) => message.origin !== 'notification')
    .toSorted((a, b) => (a.message.id < b.message.id ? -1 : 1));
  const byId = new Map(ordered.map((mail) => [mail.message.id, mail]));
  const drafts: Draft[] = [];
  for (const mail of ordered) {
    const before = mail.message.supersedes === null ? undefined : byId.get(mail.message.supersedes);
    for (const recipient of mail.recipients) {
      const copy = mail.message.envelope.recipients[recipient.index]?.copy === true;
      const found = before === undefined ? sentAnew(drafts, byId, mail, recipient) : sentAgain(drafts, before, mail, recipient);
      const step = { message: mail.message.id, acceptedAt: mail.message.acceptedAt, recipient };
      if (found.length === 0) drafts.push({ copy, steps: [{ ...step, link: 'first' }] });
      for (const { draft, link } of found) draft.steps.push({ ...step, link });
    }
  }
  return drafts;
}

interface Continued {
  readonly draft: Draft;
  readonly link: StepLink;
}

/**
 * Whom a resend goes to: the same recipient, the one whose place it takes (both, where one address was
 * corrected to another's), or the only one there can be.
 */
function sentAgain(drafts: readonly Draft[], before: DocumentMail, mail: DocumentMail, recipient: RecipientRecord): readonly Continued[] {
  const stepOf = (address: string, link: StepLink): readonly Continued[] =>
    drafts
      .filter(({ steps }) => steps.some((step) => step.message === before.message.id && sameAddress(step.recipient.address, address)))
      .slice(0, 1)
      .map((draft) => ({ draft, link }));
  const { insteadOf } = mail.message.envelope.recipients[recipient.index] ?? {};
  const known = [...stepOf(recipient.address, 'resent'), ...(insteadOf === undefined ? [] : stepOf(insteadOf, 'corrected'))];
  if (known.length > 0 || insteadOf !== undefined) return known;
  // Resent before relais kept in whose place an address stands.
  const unnamed = before.recipients.filter(
    ({ address, state }) => isUnreached(state) && !mail.recipients.some((other) => sameAddress(other.address, address)),
  );
  const [only] = unnamed;
  return unnamed.length === 1 && only !== undefined ? stepOf(only.address, 'corrected') : [];
}

/** Whom the ERP writes to once more: who has this address, or the only one there is, the same contact, whose mail had failed. */
function sentAnew(
  drafts: readonly Draft[],
  mails: ReadonlyMap<MessageId, DocumentMail>,
  mail: DocumentMail,
  recipient: RecipientRecord,
): readonly Continued[] {
  const { id } = mail.message;
  const free = drafts.filter(({ steps }) => steps.at(-1)?.message !== id);
  const current = free.find(({ steps }) => sameAddress(steps.at(-1)?.recipient.address, recipient.address));
  const known = current ?? free.find(({ steps }) => steps.some((step) => sameAddress(step.recipient.address, recipient.address)));
  if (known !== undefined) return [{ draft: known, link: 'again' }];
  const [only] = drafts;
  if (drafts.length !== 1 || only === undefined || mail.recipients.length !== 1 || mail.message.origin === 'resend') return [];
  const last = only.steps.at(-1);
  if (last === undefined || last.message === id || !isUnreached(last.recipient.state)) return [];
  const { contact } = mails.get(last.message)?.message.references ?? {};
  return contact === mail.message.references.contact ? [{ draft: only, link: 'again' }] : [];
}

function isUnreached(state: RecipientState): boolean {
  return state === 'failed' || state === 'expired' || state === 'suppressed' || state === 'cancelled';
}

function sameAddress(a: string | undefined, b: string): boolean {
  return a !== undefined && (a === b || normalized(a) === normalized(b));
}

function normalized(address: string): string {
  return normalizeAddress(address as RecipientRecord['address']);
}

// ── Standing ──

function finish({ steps, copy }: Draft, mails: readonly DocumentMail[], now: number): Addressee {
  const last = steps.at(-1);
  return { address: last?.recipient.address ?? '', copy, steps, standing: standingOf(steps, mails, now) };
}

/** What was confirmed stays so; otherwise the last mail decides that was not cancelled. */
function standingOf(steps: readonly DocumentStep[], mails: readonly DocumentMail[], now: number): Standing {
  const each = steps.map((step, i) => ({ ...standingOfStep(step, dueOf(step, mails), now), decidedBy: i }));
  const confirmed = each.find(({ verdict }) => verdict === 'delivered');
  if (confirmed !== undefined) return confirmed;
  const kept = each.filter(({ reason }) => reason !== 'cancelled');
  const last = kept.at(-1) ?? each.at(-1);
  if (last === undefined) return { verdict: 'unknown', reason: 'queued', since: 0, decidedBy: 0 };
  // Of one that was only just sent again nothing is known yet: what was said of the one before holds.
  const before = kept.at(-2);
  return last.verdict === 'unknown' && before?.verdict === 'transferred' ? before : last;
}

function dueOf({ message, acceptedAt }: DocumentStep, mails: readonly DocumentMail[]): number {
  return mails.find((mail) => mail.message.id === message)?.message.releaseAt ?? acceptedAt;
}

/** `dueAt`: before which it was not to be tried. */
function standingOfStep({ recipient }: DocumentStep, dueAt: number, now: number): Omit<Standing, 'decidedBy'> {
  const { state, stateSince: since } = recipient;
  switch (state) {
    case 'delivered':
      return { verdict: 'delivered', reason: 'confirmed', since };
    case 'transferred':
      if (recipient.delayedAt !== undefined) return { verdict: 'at-risk', reason: 'delayed', since: recipient.delayedAt };
      return {
        verdict: 'transferred',
        reason: recipient.confidence === 'accepted-by-provider' ? 'accepted-by-provider' : 'accepted-by-recipient-server',
        since,
      };
    case 'queued':
      if (now < dueAt) return { verdict: 'unknown', reason: 'scheduled', since };
      if (recipient.attempting === null && now - Math.max(since, dueAt) > LONG_WAIT) {
        return { verdict: 'at-risk', reason: 'waiting', since: Math.max(since, dueAt) + LONG_WAIT };
      }
      return { verdict: 'unknown', reason: 'queued', since };
    case 'deferred':
      // Each attempt begins the state anew; the risk began with the first, right after it was due.
      return { verdict: 'at-risk', reason: 'deferred', since: dueAt };
    case 'held':
      return { verdict: 'at-risk', reason: 'held', since };
    case 'failed':
      return { verdict: 'failed', reason: recipient.failure?.source === 'report' ? 'bounced' : 'refused', since };
    case 'expired':
      return { verdict: 'failed', reason: 'expired', since };
    case 'suppressed':
      return { verdict: 'failed', reason: 'suppressed', since };
    case 'cancelled':
      return { verdict: 'unknown', reason: 'cancelled', since };
    default:
      return state satisfies never;
  }
}
