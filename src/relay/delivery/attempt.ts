/**
 * One attempt over a line: a session that is good enough for the message, the transaction, and the
 * next server of the hop where one says that it can't now and nothing was taken.
 *
 * Upstream: the transmitter. Downstream: sessions.ts, send-unit.ts. Standards: RFC 5321 §5.1 (the
 * next host; never after a refusal of a recipient), §3.8 (421), RFC 8689 §4.2.1 and §4.2.2.
 * Failure: what sessions.ts throws, save what concerns this message alone.
 */
import type { Hop, Line } from './hop.ts';
import { outcomeOfHopFailure, outcomeOfRefusal, type RecipientOutcome, type TransactionResult } from './outcome.ts';
import { isStale, type SentUnit, sendUnit } from './send-unit.ts';
import type { SmtpSession } from './smtp-client.ts';
import type { TlsNeed } from './tls-policy.ts';
import { waivesTls } from './tls-required-field.ts';
import type { Unit } from './unit.ts';
import { DomainRefused, HopUnreachable, RequireTlsUnmet } from './unreachable.ts';

export interface Attempted {
  readonly sent: SentUnit;
  /** Null: no server was good enough. */
  readonly session: SmtpSession | null;
  /** The session was made for this attempt. */
  readonly fresh: boolean;
}

interface AttemptRequest {
  readonly hop: Hop;
  readonly line: Line;
  readonly unit: Unit;
  /** Awaited once a session is there, before the message goes. */
  readonly goes: () => Promise<void>;
}

const NOBODY: ReadonlySet<string> = new Set();

export async function attemptUnit(request: AttemptRequest): Promise<Attempted> {
  try {
    const session = await sessionFor(request);
    await request.goes();
    return await sendOver(session, request);
  } catch (error) {
    if (!(error instanceof RequireTlsUnmet)) throw error;
    const outcome = outcomeOfUnmet(error);
    return { sent: { outcomes: request.unit.recipients.map(() => outcome), result: null }, session: null, fresh: true };
  }
}

/** RFC 8689 §4.2.1: the message fails here and now; where a server could not be asked, it waits. */
function outcomeOfUnmet({ reply, message }: RequireTlsUnmet): RecipientOutcome {
  if (reply !== null) return outcomeOfRefusal({ reply, phase: 'local', category: 'policy', addressInvalid: false });
  return { ...outcomeOfHopFailure({ phase: 'starttls', reply: null, error: message }), infrastructure: false };
}

async function sendOver(first: SmtpSession, request: AttemptRequest): Promise<Attempted> {
  const { hop, line, unit } = request;
  const { signal } = line.controller;
  let session = first;
  let sent = await sendUnit(session, unit, hop.kind, signal);
  if (line.messages > 0 && isStale(sent.result)) {
    session.destroy();
    session = await sessionFor(request);
    sent = await sendUnit(session, unit, hop.kind, signal);
  }
  let fresh = line.messages === 0;
  const except = new Set<string>();
  while (saysNotNow(sent.result) && !signal.aborted) {
    const next = await nextServer(request, except.add(session.address), needOf(unit, session));
    if (next === null) break;
    session = next;
    fresh = true;
    sent = await sendUnit(session, unit, hop.kind, signal);
  }
  return { sent, session, fresh };
}

/** What the message asks of a session; one that was waived in the attempt stays so. */
function needOf({ message }: Unit, session: SmtpSession | null): TlsNeed {
  if (message.envelope.requireTls === true) return 'required';
  return session === null || session.strict ? 'usual' : 'waived';
}

/** 421, or the connection was lost, before the final dot; no recipient was refused for good. */
function saysNotNow(result: TransactionResult | null): boolean {
  if (result === null || result.dotSent) return false;
  const replies = [result.mail, ...result.rcpts, result.data];
  if (replies.some((reply) => reply?.startsWith('5'))) return false;
  return result.error?.kind === 'connection' || replies.some((reply) => reply?.startsWith('421'));
}

/** Null: there is none that takes us; what the one before said stands. */
async function nextServer({ hop, line }: AttemptRequest, except: ReadonlySet<string>, need: TlsNeed): Promise<SmtpSession | null> {
  try {
    return await open(hop, line, need, except);
  } catch (error) {
    if (error instanceof HopUnreachable || error instanceof DomainRefused || error instanceof RequireTlsUnmet) return null;
    throw error;
  }
}

/** The line's session where it is good enough for the message, or a new one. */
async function sessionFor({ hop, line, unit }: AttemptRequest): Promise<SmtpSession> {
  const need = needOf(unit, null);
  const { session } = line;
  if (session?.usable === true && (need === 'required' ? session.requireTls : session.strict)) return session;
  try {
    return await open(hop, line, need, NOBODY);
  } catch (error) {
    // RFC 8689 §4.2.2: the sender wants it delivered whatever the policies of the domain say.
    const forTls = error instanceof HopUnreachable && error.phase === 'starttls' && hop.route.via === 'mx';
    if (!forTls || need === 'required' || !(await waivesTls(unit.content.source))) throw error;
    return open(hop, line, 'waived', NOBODY);
  }
}

async function open(hop: Hop, line: Line, need: TlsNeed, except: ReadonlySet<string>): Promise<SmtpSession> {
  // One that is good, but not for this message, ends as sessions do.
  void line.session?.quit();
  line.session = null;
  line.messages = 0;
  line.session = await hop.open({ need, except, signal: line.controller.signal });
  return line.session;
}
