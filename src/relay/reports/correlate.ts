/**
 * Ties a report to the recipient it speaks of, and says what it proves.
 *
 *   upstream    intake.ts
 *   standards   DESIGN's ranks of evidence; VERP tokens, domain/tokens.ts
 *   failure     what is forged, expired, or speaks of something else is tied to nothing: it changes
 *               no state, is kept with its `trouble`, and waits in the review list (R46, R47)
 *
 * Rank 1 alone so far: a signed token, in the address the report came to, or in the return path it
 * quotes, as complaints do. Whoever has a token has had the mail; so a token that holds is believed,
 * unless the report itself names both another recipient and another message.
 */
import { toAddress } from '../../domain/address.ts';
import type { MessageId, ReportId } from '../../domain/ids.ts';
import type { EvidenceItem, ReportedRecipient, ReportRecord, Store } from '../../domain/ports.ts';
import type { EvidenceRank } from '../../domain/recipient.ts';
import { type TokenKey, type VerifiedToken, verifyToken } from '../../domain/tokens.ts';
import { diagnose } from './diagnosis.ts';
import type { ParsedReport } from './parse.ts';

export interface CorrelationContext {
  readonly report: ReportId;
  /** Envelope recipient; null where there is none. */
  readonly to: string | null;
  readonly parsed: ParsedReport;
  readonly tokenKeys: readonly TokenKey[];
  readonly tokenLifetime: number;
  readonly now: number;
  readonly record: Store['record'];
}

export interface Correlation {
  readonly matched: ReportRecord['matched'];
  readonly items: readonly EvidenceItem[];
  readonly trouble: string | null;
}

type MessageRecord = NonNullable<Awaited<ReturnType<Store['record']>>>;

export async function correlate(context: CorrelationContext): Promise<Correlation> {
  const token = findToken(context);
  if (!token.ok) return unmatched(tokenTrouble(token));
  const { message, index } = token.subject;
  const where = `recipient ${index} of message ${message}`;
  const record = await context.record(message);
  const recipient = record?.recipients[index];
  if (record === undefined || recipient === undefined) return unmatched(`its token holds, but ${where} is not recorded (any more)`);
  if (context.parsed.kind === 'none') return unmatched(`it came for ${where}, but says nothing that could be read`);
  if (speaksOfAnother(context.parsed, record, index)) {
    return unmatched(`its token is of ${where}, but it speaks of another recipient and another message`);
  }
  const told = tellingRecipient(context.parsed.recipients, recipient.address);
  const item = evidenceItem({ report: context.report, message, index, rank: 1, told });
  return { matched: { message, index, rank: 1 }, items: item === null ? [] : [item], trouble: null };
}

function unmatched(trouble: string): Correlation {
  return { matched: null, items: [], trouble };
}

/** The first token that holds, else the reason of the first that does not. */
function findToken({ to, parsed, tokenKeys, tokenLifetime, now }: CorrelationContext): VerifiedToken {
  let found: VerifiedToken = { ok: false, reason: 'no-token', claimed: null };
  for (const address of [to, ...parsed.returnPaths]) {
    const localPart = address?.slice(0, address.lastIndexOf('@') === -1 ? undefined : address.lastIndexOf('@')) ?? '';
    const token = verifyToken(localPart, tokenKeys, { now, lifetime: tokenLifetime });
    if (token.ok) return token;
    if (found.reason === 'no-token') found = token;
  }
  return found;
}

function tokenTrouble({ reason, claimed }: VerifiedToken & { ok: false }): string {
  const claim = claimed === null ? '' : ` (claims recipient ${claimed.index} of message ${claimed.message})`;
  switch (reason) {
    case 'no-token':
      return 'it carries no token of ours';
    case 'unknown-key':
      return `its token was signed with a key that is not known${claim}`;
    case 'forged':
      return `its token is forged${claim}`;
    case 'expired':
      return `its token has expired${claim}`;
    default:
      return reason satisfies never;
  }
}

/** Providers rewrite the Message-ID, aliases the recipient; that both differ, neither explains. */
function speaksOfAnother(parsed: ParsedReport, { message, recipients }: MessageRecord, index: number): boolean {
  const ours = recipients[index]?.address.toLowerCase();
  const messageId = message.headers.messageId;
  const otherRecipient = parsed.addresses.length > 0 && !parsed.addresses.some((address) => address === ours);
  const otherMessage = parsed.originalMessageId !== null && messageId !== null && parsed.originalMessageId !== messageId;
  return parsed.kind !== 'auto-reply' && otherRecipient && otherMessage;
}

/** What asks most for attention comes first. */
const WEIGHT = ['failed', 'complaint', 'delayed', 'delivered', 'expanded', 'relayed', 'auto-reply'] as const;

/**
 * A token's report is of one recipient. Where it has several groups (an alias that was expanded),
 * the one of the addressee counts, or else the gravest.
 */
function tellingRecipient(recipients: readonly ReportedRecipient[], addressee: string): ReportedRecipient | undefined {
  const acting = recipients.filter(({ action }) => action !== null);
  const own = acting.find(({ address }) => toAddress(address ?? '')?.toLowerCase() === addressee.toLowerCase());
  if (own !== undefined) return own;
  return acting.sort((a, b) => weightOf(a) - weightOf(b))[0];
}

function weightOf({ action }: ReportedRecipient): number {
  return action === null ? WEIGHT.length : WEIGHT.indexOf(action);
}

function evidenceItem(of: {
  readonly report: ReportId;
  readonly message: MessageId;
  readonly index: number;
  readonly rank: EvidenceRank;
  readonly told: ReportedRecipient | undefined;
}): EvidenceItem | null {
  const { report, message, index, rank, told } = of;
  if (told === undefined || told.action === null) return null;
  const { reply } = diagnose({ action: told.action, status: told.status, diagnostic: told.diagnostic });
  return {
    message,
    index,
    evidence: {
      kind: 'report',
      report,
      action: told.action,
      rank,
      category: told.category,
      status: told.status,
      reply,
      addressInvalid: told.addressInvalid,
    },
  };
}
