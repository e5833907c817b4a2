/** The way of one channel: what a try comes to. Webhooks, mail and commands each implement it. */
import type { MessageId } from '../domain/ids.ts';
import type { SignalDelivery } from '../domain/ports.ts';

export type TransportAnswer =
  /** `answer`: what the receiver said, in short. */
  | { readonly kind: 'taken'; readonly answer: string; readonly message?: MessageId }
  /** Not now; tried again. */
  | { readonly kind: 'refused'; readonly answer: string }
  /** Never: this delivery can not be made, whatever is tried. */
  | { readonly kind: 'impossible'; readonly answer: string }
  /** The receiver is gone for good: the channel is switched off. */
  | { readonly kind: 'gone'; readonly answer: string }
  /** relais stops: nothing is known, nothing is to be recorded. */
  | { readonly kind: 'aborted' };

export interface Transport {
  /** Of the channel: kind, receiver, and a hash where that says too little. Shown to people; no secrets. */
  readonly name: string;
  /** Tries at once. */
  readonly concurrency: number;
  /** Never rejects. */
  send(delivery: SignalDelivery, signal: AbortSignal): Promise<TransportAnswer>;
  /** Lets go of connections. */
  close(): void;
}
