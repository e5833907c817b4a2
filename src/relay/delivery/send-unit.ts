/** One transaction over one session, and what its replies say of the recipients and of the hop. */
import type { HopKind } from '../../domain/recipient.ts';
import { asksToSlow, type Category, formatReply, type Reply } from '../../domain/reply.ts';
import { transactionCommands } from './commands.ts';
import { type HopFailure, outcomeOfFault, outcomeOfRefusal, outcomesOf, type RecipientOutcome, type TransactionResult } from './outcome.ts';
import type { SmtpSession } from './smtp-client.ts';
import { envelopeOf, type Unit } from './unit.ts';

export interface SentUnit {
  /** In the order of the unit's recipients. */
  readonly outcomes: readonly RecipientOutcome[];
  /** Null: nothing was said to the hop, for it can take none of them. */
  readonly result: TransactionResult | null;
}

/** Runs the transaction for those recipients this session can carry. */
export async function sendUnit(session: SmtpSession, unit: Unit, hop: HopKind, signal: AbortSignal): Promise<SentUnit> {
  const form = await unit.content.formFor(session.extensions);
  if (form.kind === 'refused') return refuseAll(unit, form.reply, 'policy');
  if (session.sizeLimit > 0 && form.size > session.sizeLimit) {
    // RFC 1870 §6.1: the hop said so in its EHLO.
    const text = `message of ${form.size} octets, the next hop takes ${session.sizeLimit}`;
    return refuseAll(unit, { code: 552, status: '5.3.4', text }, 'too-big');
  }
  const envelope = envelopeOf(unit, form);
  const { mail, rcpts, included, refused } = transactionCommands(envelope, session.extensions);
  const result = rcpts.length === 0 ? null : await session.transact({ mail, rcpts, content: form.outgoing, signal });
  const notified = (i: number): boolean => (envelope.recipients[included[i] ?? -1]?.notify ?? null) !== null;
  const sent = (result === null ? [] : outcomesOf(result, hop)).map((outcome, i) =>
    // RFC 3461 §5.2: with a 2xx from a server that knows DSN, reporting on success is its duty; else it is ours.
    outcome.outcome === 'transferred' && notified(i) ? { ...outcome, dsnPassed: session.extensions.has('DSN') } : outcome,
  );
  if (refused.size === 0) return { outcomes: sent, result };
  const outcomes = unit.recipients.map((_, i) => {
    const reply = refused.get(i);
    if (reply !== undefined) return outcomeOfRefusal({ reply, phase: 'local', category: 'policy', addressInvalid: false });
    return sent[included.indexOf(i)] ?? outcomeOfFault('no outcome');
  });
  return { outcomes, result };
}

function refuseAll(unit: Unit, reply: Reply, category: Category): SentUnit {
  const refusal = outcomeOfRefusal({ reply, phase: 'local', category, addressInvalid: false });
  return { outcomes: unit.recipients.map(() => refusal), result: null };
}

/** A kept connection that the hop closed, or ends by 421, at the first word: the message was not at issue. */
export function isStale(result: TransactionResult | null): boolean {
  if (result === null || result.dotSent) return false;
  return result.mail === null ? result.error?.kind === 'connection' : result.mail.startsWith('421');
}

/** What in a transaction's replies says that the hop as a whole refuses us; undefined: nothing. */
export function hopFault(sent: SentUnit, fresh: boolean): HopFailure | undefined {
  const { outcomes, result } = sent;
  if (result === null) return undefined;
  const struck = outcomes.find(({ infrastructure }) => infrastructure);
  if (struck?.reply != null) {
    // 421 after messages were taken ends a connection, and is no word about the hop (RFC 5321 §3.8).
    if (struck.reply.code === 421 && !fresh) return undefined;
    return { phase: struck.phase, reply: struck.reply, error: formatReply(struck.reply) };
  }
  if (fresh && result.mail === null && result.error !== null) return { phase: 'mail', reply: null, error: result.error.message };
  return undefined;
}

/** The reply by which the hop as a whole asks for less mail or fewer connections; undefined: it does not. */
export function asksForLess({ outcomes, result }: SentUnit): HopFailure | undefined {
  if (result === null) return undefined;
  const slow = outcomes.find(({ reply, category, phase }) => reply !== null && asksToSlow(reply, category, phase));
  return slow?.reply == null ? undefined : { phase: slow.phase, reply: slow.reply, error: formatReply(slow.reply) };
}

/** Whether the hop answered for a message or a recipient: it works. */
export function hopAnswered({ outcomes, result }: SentUnit): boolean {
  return result !== null && outcomes.some(({ reply, infrastructure }) => reply !== null && !infrastructure);
}
