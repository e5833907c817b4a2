/**
 * The delivery's control as the HTTP room holds it: it stays the same while the delivery behind it
 * is stopped and started anew by a reload.
 */
import type { DeliveryControl, NextHopStatus } from '../domain/ports.ts';
import type { Attempt } from '../domain/recipient.ts';
import type { TlsSession } from '../domain/tls.ts';

export class DeliverySwitch implements DeliveryControl {
  #behind: DeliveryControl | null = null;
  #onAttempt: ((attempt: Attempt) => void) | null = null;
  #onTlsSession: ((session: TlsSession) => void) | null = null;

  connect(delivery: DeliveryControl | null): void {
    this.#behind = delivery;
    if (delivery === null) return;
    delivery.onAttempt = (attempt) => this.#onAttempt?.(attempt);
    delivery.onTlsSession = (session) => this.#onTlsSession?.(session);
  }

  nextHops(): readonly NextHopStatus[] {
    return this.#behind?.nextHops() ?? [];
  }

  async pause(nextHop: string, by: string | null): Promise<boolean> {
    return (await this.#behind?.pause(nextHop, by)) ?? false;
  }

  async resume(nextHop: string, by: string | null): Promise<boolean> {
    return (await this.#behind?.resume(nextHop, by)) ?? false;
  }

  async flush(nextHop: string, by: string | null): Promise<boolean> {
    return (await this.#behind?.flush(nextHop, by)) ?? false;
  }

  get onAttempt(): ((attempt: Attempt) => void) | null {
    return this.#onAttempt;
  }

  set onAttempt(listener: ((attempt: Attempt) => void) | null) {
    this.#onAttempt = listener;
  }

  get onTlsSession(): ((session: TlsSession) => void) | null {
    return this.#onTlsSession;
  }

  set onTlsSession(listener: ((session: TlsSession) => void) | null) {
    this.#onTlsSession = listener;
  }
}
