/** FUTURERELEASE (RFC 4865): what is offered, and until when a message is held. Pure. */
import { tooFarAhead } from './preparation.ts';
import { type Refusal, refusal } from './refusal.ts';

/** HOLDFOR or HOLDUNTIL of MAIL. */
export type Hold = { readonly kind: 'for'; readonly ms: number } | { readonly kind: 'until'; readonly at: number };

/** Seconds that the keyword can tell: nine digits (RFC 4865 §3). */
const LONGEST = 999_999_999;

/** The line of EHLO: how many seconds, and until when, at `now`. */
export function futureReleaseKeyword(now: number, limit: number): string {
  const seconds = Math.min(Math.floor(limit / 1000), LONGEST);
  const until = new Date(now + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  return `FUTURERELEASE ${seconds} ${until}`;
}

/** Unix milliseconds before which the message is not tried; null: at once, also for a time that is past. */
export function releaseTime(hold: Hold | null, now: number, limit: number): number | null | Refusal {
  if (hold === null) return null;
  const at = hold.kind === 'for' ? now + hold.ms : hold.at;
  const late = tooFarAhead(at, now, limit);
  if (late !== null) return refusal(501, '5.5.4', `The time of release is too far ahead: ${late}`);
  return at > now ? at : null;
}
