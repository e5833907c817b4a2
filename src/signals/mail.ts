/**
 * The channel of mail: each delivery becomes a message of ours, by the way of all mail from inside.
 *
 *   upstream    channel.ts
 *   downstream  the Submitter; routes, retries and reports of mail from there on
 *   standards   RFC 5321 §4.5.5, RFC 3834 §3.3
 *   failure     what is not taken now is tried again; what never will be is kept as failed
 *
 * The null reverse-path: nothing answers it, no bounce comes back, and no signal is ever about it.
 * The key makes it one message however often it is submitted, also after a crash between submitting
 * and noting it.
 */
import { asciiAddress, NULL_REVERSE_PATH, toAddress } from '../domain/address.ts';
import type { SignalDelivery, Submitter } from '../domain/ports.ts';
import { formatReply } from '../domain/reply.ts';
import type { MailChannel } from '../domain/signal-rule.ts';
import { channelName } from './channel-name.ts';
import { composeMail } from './mail-content.ts';
import { toldBy } from './told.ts';
import type { Transport, TransportAnswer } from './transport.ts';

export interface MailOptions {
  readonly channel: MailChannel;
  readonly submitter: Submitter;
  readonly hostname: string;
  readonly publicUrl: string | null;
  readonly now: () => number;
}

/** How long a key is kept: longer than the last retry, and a relay that is down on top. */
const KEY_LIFETIME = 30 * 86_400_000;

export function mailTransport(options: MailOptions): Transport {
  return { name: channelName(options.channel), concurrency: 4, send: (delivery) => send(options, delivery), close: () => {} };
}

async function send({ channel, submitter, hostname, publicUrl, now }: MailOptions, delivery: SignalDelivery): Promise<TransportAnswer> {
  const to = toAddress(delivery.to ?? '');
  if (to === undefined) return { kind: 'impossible', answer: `${delivery.to ?? 'nobody'} is not a mail address` };
  try {
    const told = toldBy(delivery.body, delivery.language ?? channel.language, publicUrl);
    const thread = delivery.record === undefined ? null : `signal-${delivery.record}`;
    const content = await composeMail({ told, to, hostname, id: delivery.id, thread, now: now() });
    const answer = await submitter.submit({
      origin: 'notification',
      account: channel.account,
      envelope: {
        reversePath: NULL_REVERSE_PATH,
        recipients: [{ address: to, notify: 'never', orcpt: null }],
        ret: null,
        envid: null,
        smtputf8: asciiAddress(to) === undefined,
        eightBitMime: false,
      },
      content,
      client: null,
      // Sent again by hand it is another mail.
      key: { value: `signal:${delivery.id}:${delivery.round ?? 0}`, until: now() + KEY_LIFETIME },
    });
    if (answer.kind === 'recorded') return { kind: 'taken', answer: `recorded as ${answer.message.id}`, message: answer.message.id };
    const said = formatReply(answer.reply);
    return { kind: answer.reply.code >= 500 ? 'impossible' : 'refused', answer: said };
  } catch (error) {
    return { kind: 'refused', answer: error instanceof Error ? error.message : String(error) };
  }
}
