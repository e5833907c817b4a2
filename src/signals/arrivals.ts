/** Counts the messages that came in a time, for rules that expect some; as many as are expected, and no more. */
import { asciiDomainOf } from '../domain/address.ts';
import type { AcceptedMessage } from '../domain/message.ts';
import type { MessageFilter, Store } from '../domain/ports.ts';
import { compileFilter, type SignalSubject } from '../domain/signal-match.ts';
import type { SignalFilter, SignalRule } from '../domain/signal-rule.ts';
import type { ExpectedWindow } from '../domain/signal-time.ts';

const PAGE = 200;
/** Messages looked at where the filter hits rarely. */
const LOOKED_AT = 20_000;

export async function countArrivals(store: Pick<Store, 'messages'>, rule: SignalRule, { from, to }: ExpectedWindow): Promise<number> {
  const least = rule.expect?.kind === 'mail' ? rule.expect.least : 1;
  const filter = compileFilter(rule.where);
  let came = 0;
  let cursor: string | undefined;
  for (let looked = 0; looked < LOOKED_AT; looked += PAGE) {
    const page = await store.messages({ ...narrowed(rule.where), from, to }, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    came += page.items.filter(({ message }) => message.origin !== 'notification' && filter.fits(arrivalOf(message))).length;
    if (came >= least || page.next === null) break;
    cursor = page.next;
  }
  return Math.min(came, least);
}

/** What the register lists is asked as the event of its acceptance would be. */
function arrivalOf(message: AcceptedMessage): SignalSubject {
  const { references, account, acceptedAt: at, id, envelope } = message;
  const { template, documentType } = references;
  return {
    event: {
      type: 'message.accepted',
      seq: 0,
      at,
      message: id,
      account,
      ...(template === null ? {} : { template }),
      ...(documentType === null ? {} : { documentType }),
      domains: Object.fromEntries(envelope.recipients.map(({ address }) => [asciiDomainOf(address), 1])),
    },
    record: { message, recipients: [] },
  };
}

/** What of the filter the register's indexes know; the rest is asked of each message. */
function narrowed({ account, template }: SignalFilter): MessageFilter {
  const exact = (patterns: readonly string[] | undefined): string | undefined =>
    patterns?.length === 1 && !(patterns[0] ?? '*').includes('*') ? patterns[0] : undefined;
  const one = exact(account);
  const name = exact(template);
  return { ...(one === undefined ? {} : { account: [one] }), ...(name === undefined ? {} : { template: name }) };
}
