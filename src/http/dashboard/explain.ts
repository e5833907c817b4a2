/** A recipient's state in plain words: what is known, and why. */
import type { RecipientRecord } from '../../domain/recipient.ts';
import type { Strings } from './strings.ts';

/** `releaseAt`: before which its message is not tried; 0: no such time. */
export function explainRecipient(
  recipient: RecipientRecord,
  releaseAt: number,
  { t, now }: { readonly t: Strings; readonly now: number },
): string {
  const why = recipient.failure === null ? null : t.categories[recipient.failure.category];
  switch (recipient.state) {
    case 'queued':
      if (recipient.attempting !== null) return t.explain.underWay;
      if (releaseAt > now && (recipient.nextAttemptAt ?? 0) >= releaseAt) return t.explain.scheduled;
      return recipient.attempts === 0 ? t.explain.queued : t.explain.queuedAgain;
    case 'deferred':
      return recipient.attempting === null ? t.explain.deferred(why ?? t.categories.unknown) : t.explain.underWay;
    case 'held':
      return t.explain.held;
    case 'transferred':
      return recipient.confidence === 'accepted-by-recipient-server' ? t.explain.transferredServer : t.explain.transferredProvider;
    case 'delivered':
      return t.explain.delivered;
    case 'failed':
      return failedWords(recipient, why ?? t.categories.unknown, t);
    case 'expired':
      return why === null ? t.explain.expired : t.explain.expiredWhy(why);
    case 'cancelled':
      return t.explain.cancelled;
    case 'suppressed':
      return t.explain.suppressed;
    default:
      return recipient.state satisfies never;
  }
}

function failedWords({ failure }: RecipientRecord, why: string, t: Strings): string {
  const said = failure?.source === 'report' ? t.explain.failedReport(why) : t.explain.failedAttempt(why);
  return failure?.addressInvalid === true ? `${said} ${t.explain.addressInvalid}` : said;
}

/** `3 minutes ago`, `in 2 hours`. */
export function relativeTime(ms: number, now: number, t: Strings): string {
  const distance = Math.abs(now - ms) / 1000;
  if (distance < 45) return ms > now + 5_000 ? t.time.in(1, 'minute') : t.time.justNow;
  const say = ms > now ? t.time.in : t.time.ago;
  if (distance < 45 * 60) return say(Math.max(1, Math.round(distance / 60)), 'minute');
  if (distance < 22 * 3600) return say(Math.max(1, Math.round(distance / 3600)), 'hour');
  return say(Math.max(1, Math.round(distance / 86_400)), 'day');
}

/** `2026-01-31 08:00:00 UTC`. */
export function exactTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `26 Nov, 14:05 UTC`: where the reader's own zone is not known. */
export function clockTime(ms: number, { language }: Strings): string {
  const date = new Date(ms);
  const parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' } as const;
  // Of English the one that most of its readers here write dates in.
  return `${new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, parts).format(date)} UTC`;
}

export function sizeText(octets: number): string {
  if (octets < 1024) return `${octets} B`;
  if (octets < 1024 * 1024) return `${(octets / 1024).toFixed(octets < 10_240 ? 1 : 0)} KiB`;
  return `${(octets / 1024 / 1024).toFixed(1)} MiB`;
}
