/** Counts connections, all and by client, so that neither grows past its limit. */
export interface GateLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
}

export type GateVerdict = 'admitted' | 'too-many' | 'too-many-from-client';

export class ConnectionGate {
  /** Connections open now. */
  count = 0;
  readonly #byClient = new Map<string, number>();

  /** Takes a place, which the caller gives back with `release`. */
  admit(client: string, limits: GateLimits): GateVerdict {
    const own = this.#byClient.get(client) ?? 0;
    if (own >= limits.connectionsPerAddress) return 'too-many-from-client';
    if (this.count >= limits.connections) return 'too-many';
    this.#byClient.set(client, own + 1);
    this.count++;
    return 'admitted';
  }

  release(client: string): void {
    const own = this.#byClient.get(client) ?? 0;
    if (own <= 1) this.#byClient.delete(client);
    else this.#byClient.set(client, own - 1);
    this.count--;
  }
}
