/**
 * What a transaction, or the failure to reach the next hop, means for each recipient. Pure.
 * Upstream the SMTP adapter's exact replies, downstream the evidence that the store applies.
 *
 * Failure: whatever is not understood is a deferral. Only a 2xx after the final dot is a transfer,
 * only a reply that concerns recipient or message is a failure (RFC 5321 §4.2.1, §3.6.3).
 */
import type { HopKind, Outcome } from '../../domain/recipient.ts';
import { type Category, classifyReply, type Phase, parseReply, type Reply } from '../../domain/reply.ts';

/** Exact replies of one transaction, raw as they came; null: none came. */
export interface TransactionResult {
  readonly mail: string | null;
  readonly rcpts: readonly (string | null)[];
  readonly data: string | null;
  readonly final: string | null;
  /** The final dot left this machine: the message may have been taken. */
  readonly dotSent: boolean;
  /** Why the dialogue ended early; null: it did not. */
  readonly error: TransactionError | null;
}

export interface TransactionError {
  /** `content`: could not be read (our fault). `unclean`: bare CR or LF. */
  readonly kind: 'connection' | 'timeout' | 'aborted' | 'content' | 'unclean';
  readonly message: string;
}

export interface RecipientOutcome {
  readonly outcome: Outcome;
  readonly phase: Phase;
  readonly reply: Reply | null;
  readonly error: string | null;
  readonly ambiguous: boolean;
  readonly category: Category;
  readonly addressInvalid: boolean;
  /** The fault would strike any recipient of this hop. */
  readonly infrastructure: boolean;
  /** As in Attempt. */
  readonly dsnPassed?: boolean;
}

/** The next hop could not be reached, or did not let us in. */
export interface HopFailure {
  readonly phase: Phase;
  readonly reply: Reply | null;
  readonly error: string;
}

const TEXT_LIMIT = 500;

/** Text of a fault as it may stand in records and logs: one line, bounded. */
export function faultText(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').slice(0, TEXT_LIMIT);
}

/** The meaning of a reply that came, in the phase it came in. */
function outcomeOfReply(raw: string, phase: Phase, hop: HopKind): RecipientOutcome {
  const reply = parseReply(raw);
  if (reply === undefined) {
    return {
      ...UNKNOWN,
      phase,
      error: `not a reply: ${faultText(raw)}`,
      ambiguous: phase === 'final',
    };
  }
  const verdict = classifyReply(reply, phase, hop);
  const positive = verdict.kind === 'positive';
  return {
    outcome: positive && phase === 'final' ? 'transferred' : verdict.kind === 'failure' ? 'failed' : 'deferred',
    phase,
    reply,
    error: positive && phase !== 'final' ? 'the dialogue ended before the message was sent' : null,
    ambiguous: false,
    category: positive && phase !== 'final' ? 'transient' : verdict.category,
    addressInvalid: verdict.addressInvalid,
    infrastructure: verdict.infrastructure,
  };
}

const UNKNOWN: RecipientOutcome = {
  outcome: 'deferred',
  phase: 'final',
  reply: null,
  error: null,
  ambiguous: false,
  category: 'transient',
  addressInvalid: false,
  infrastructure: false,
};

/** By recipient, in the order of the RCPT commands: R11's three exact results. */
export function outcomesOf(result: TransactionResult, hop: HopKind): readonly RecipientOutcome[] {
  const closing = closingReply(result, hop);
  return result.rcpts.map((rcpt) => outcomeOf(result, rcpt, closing, hop));
}

function outcomeOf(result: TransactionResult, rcpt: string | null, closing: RecipientOutcome | undefined, hop: HopKind): RecipientOutcome {
  const { mail, data, final } = result;
  if (mail !== null && !mail.startsWith('2')) return outcomeOfReply(mail, 'mail', hop);
  if (mail === null) return closing ?? unanswered(result, 'mail');
  if (rcpt !== null && !rcpt.startsWith('2')) return outcomeOfReply(rcpt, 'rcpt', hop);
  if (rcpt === null) return closing ?? unanswered(result, 'rcpt');
  if (data === null) return closing ?? unanswered(result, 'data');
  if (!data.startsWith('354')) return outcomeOfReply(data, 'data', hop);
  return final === null ? unanswered(result, 'final') : outcomeOfFinal(final, result.rcpts.length, hop);
}

/** One reply for all recipients of a transaction can not tell whose address is dead. */
function outcomeOfFinal(final: string, recipients: number, hop: HopKind): RecipientOutcome {
  const outcome = outcomeOfReply(final, 'final', hop);
  return recipients > 1 ? { ...outcome, addressInvalid: false } : outcome;
}

/** A 421 ends the dialogue (RFC 5321 §3.8): it answers those, too, whose reply did not come any more. */
function closingReply({ mail, rcpts, data }: TransactionResult, hop: HopKind): RecipientOutcome | undefined {
  if (mail?.startsWith('421')) return outcomeOfReply(mail, 'mail', hop);
  const rcpt = rcpts.find((reply) => reply?.startsWith('421'));
  if (rcpt != null) return outcomeOfReply(rcpt, 'rcpt', hop);
  return data?.startsWith('421') ? outcomeOfReply(data, 'data', hop) : undefined;
}

function unanswered(result: TransactionResult, phase: Phase): RecipientOutcome {
  const { error, dotSent } = result;
  const ours = error?.kind === 'content' || error?.kind === 'unclean';
  return {
    ...UNKNOWN,
    outcome: ours ? 'internal' : 'unanswered',
    phase,
    error: faultText(error?.message ?? 'no reply'),
    ambiguous: dotSent && phase === 'final',
  };
}

/** For a recipient of a hop that could not be reached. */
export function outcomeOfHopFailure(failure: HopFailure): RecipientOutcome {
  const category = failure.reply === null ? 'transient' : classifyReply(failure.reply, failure.phase).category;
  return {
    ...UNKNOWN,
    outcome: failure.reply === null ? 'unanswered' : 'deferred',
    phase: failure.phase,
    reply: failure.reply,
    error: faultText(failure.error),
    category: category === 'unknown' ? 'transient' : category,
    infrastructure: true,
  };
}

/** A refusal of our own making, on behalf of a standard: null MX, no SMTPUTF8, too big for the hop. */
export function outcomeOfRefusal(refusal: {
  readonly reply: Reply;
  readonly phase: Phase;
  readonly category: Category;
  readonly addressInvalid: boolean;
}): RecipientOutcome {
  return { ...UNKNOWN, ...refusal, outcome: 'failed', error: refusal.reply.text };
}

/** Our own fault: never bounces mail. */
export function outcomeOfFault(error: unknown): RecipientOutcome {
  return { ...UNKNOWN, outcome: 'internal', phase: 'local', error: faultText(error instanceof Error ? error.message : String(error)) };
}
