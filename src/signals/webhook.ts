/**
 * The channel of webhooks: signed by Standard Webhooks, or in the words of a chat.
 *
 *   upstream    channel.ts
 *   downstream  post.ts
 *   failure     2xx is success, 410 that the receiver is gone for good, all else is tried again
 */
import type { SignalDelivery } from '../domain/ports.ts';
import type { WebhookChannel } from '../domain/signal-rule.ts';
import { channelName } from './channel-name.ts';
import { chatBody } from './chat.ts';
import { Connections, type PostAnswer, postWebhook, type Resolve } from './post.ts';
import { createSigner, type Signer } from './sign.ts';
import { toldBy } from './told.ts';
import type { Transport, TransportAnswer } from './transport.ts';

export interface WebhookOptions {
  readonly channel: WebhookChannel;
  readonly publicUrl: string | null;
  readonly now: () => number;
  /** Milliseconds for one try, everything together. */
  readonly timeout: number;
  readonly resolve?: Resolve;
}

const CONCURRENCY = 8;

/** Throws when a secret is none. */
export function webhookTransport(options: WebhookOptions): Transport {
  const { channel } = options;
  const signer = channel.secrets.length === 0 && isChat(channel) ? null : createSigner(channel.secrets);
  const connections = new Connections(CONCURRENCY);
  return {
    name: channelName(channel),
    concurrency: CONCURRENCY,
    send: (delivery, signal) => send({ ...options, signer, connections }, delivery, signal),
    close: () => connections.close(),
  };
}

function isChat({ format }: WebhookChannel): boolean {
  return format !== undefined && format !== 'standard';
}

async function send(
  options: WebhookOptions & { readonly signer: Signer | null; readonly connections: Connections },
  delivery: SignalDelivery,
  signal: AbortSignal,
): Promise<TransportAnswer> {
  const { channel, signer, connections, now, timeout, resolve } = options;
  let body: string;
  try {
    body = bodyOf(options, delivery);
  } catch (error) {
    return { kind: 'impossible', answer: error instanceof Error ? error.message : String(error) };
  }
  const answer = await postWebhook({
    url: channel.url,
    headers: signer === null ? {} : signer.sign({ id: delivery.id, at: now(), body }),
    body,
    allowPrivate: channel.allowPrivate,
    timeout,
    signal,
    connections,
    ...(resolve === undefined ? {} : { resolve }),
  });
  return judge(answer);
}

function bodyOf({ channel, publicUrl }: WebhookOptions, delivery: SignalDelivery): string {
  const { format = 'standard' } = channel;
  if (format === 'standard') return delivery.body;
  return chatBody(toldBy(delivery.body, delivery.language ?? channel.language ?? 'en', publicUrl), format);
}

function judge(answer: PostAnswer): TransportAnswer {
  if (answer.kind === 'aborted') return answer;
  if (answer.kind === 'unanswered') return { kind: 'refused', answer: answer.error };
  const status = String(answer.status);
  if (answer.status >= 200 && answer.status < 300) return { kind: 'taken', answer: status };
  return { kind: answer.status === 410 ? 'gone' : 'refused', answer: status };
}
