/** What makes events one signal: the cause that they have in common, and its key. Pure. */
import { reversePathText } from './address.ts';
import type { FeedEvent } from './events.ts';
import type { SignalCause } from './signal.ts';
import { domainOf, type SignalSubject } from './signal-match.ts';
import type { SignalGroupKey } from './signal-rule.ts';

/** `null` where the event has no such thing. */
function partOf(key: Exclude<SignalGroupKey, 'cause'>, { event, record }: SignalSubject, run: string | null): string | null {
  switch (key) {
    case 'domain':
      return domainOf(event);
    case 'category':
      return categoryOf(event);
    case 'nextHop':
      return event.nextHop ?? null;
    case 'account':
    case 'template':
    case 'documentType':
    case 'document':
    case 'message':
      return event[key] ?? null;
    case 'sender':
      return record === null ? null : reversePathText(record.message.envelope.reversePath);
    case 'run':
      return run;
    default:
      return key satisfies never;
  }
}

/** What was not tried because of the suppression list has a category of its own here: nobody refused it. */
function categoryOf({ type, category }: FeedEvent): string | null {
  return type === 'recipient.suppressed' ? 'suppressed' : (category ?? null);
}

/** The cause where the rule leaves it to relais: what somebody would have to look at. */
function ownCause({ event }: SignalSubject): SignalCause {
  const { type, nextHop, mailbox, channel, directory } = event;
  if (type.startsWith('queue.') && nextHop !== undefined) return { nextHop };
  if (mailbox !== undefined) return { mailbox };
  if (channel !== undefined) return { channel };
  if (directory !== undefined) return { directory };
  const domain = domainOf(event);
  const category = categoryOf(event);
  if (domain === null) return { event: type };
  // Without a category the kind of event is what they have in common.
  return category === null ? { domain, event: type } : { domain, category };
}

/** `run`: the run that the message belongs to, where it is known. */
export function causeOf(by: readonly SignalGroupKey[], subject: SignalSubject, run: string | null): SignalCause {
  const cause: Record<string, string> = {};
  for (const key of by) {
    if (key === 'cause') Object.assign(cause, ownCause(subject));
    else {
      const value = partOf(key, subject, run);
      if (value !== null) cause[key] = value;
    }
  }
  return cause;
}

/** The same for the same cause, whatever the order of its parts. */
export function causeKey(cause: SignalCause): string {
  return JSON.stringify(Object.entries(cause).sort(([a], [b]) => (a < b ? -1 : 1)));
}
