/** The ledger against what relais says: each recipient answered 250 is accounted for, the feed whole. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { CountingHop } from './counting-hop.ts';
import type { RelaisProcess } from './relais-process.ts';
import type { LedgerEntry } from './smtp-load.ts';

interface ApiEvent {
  readonly seq: number;
  readonly type: string;
  readonly message?: string;
  readonly index?: number;
  readonly state?: string;
}

interface ApiMessage {
  readonly id: string;
  readonly messageId: string;
  readonly state: string;
  readonly recipients: readonly {
    readonly index: number;
    readonly address: string;
    readonly state: string;
    readonly attempts: readonly { readonly outcome: string | null; readonly ambiguous: boolean }[];
  }[];
}

/** Reads the whole feed; asserts that its numbers ascend by one from 1. */
export async function readFeed(relais: RelaisProcess): Promise<ApiEvent[]> {
  const events: ApiEvent[] = [];
  let after = 0;
  for (;;) {
    const page = await relais.get<{ items: ApiEvent[]; last: number }>(`/api/v1/changes?after=${after}&limit=500`);
    events.push(...page.items);
    if (page.items.length === 0) break;
    after = page.last;
  }
  events.forEach((event, i) => {
    if (event.seq !== i + 1) throw new Error(`the feed has a gap: event ${i + 1} has seq ${event.seq}`);
  });
  return events;
}

export async function waitForEmptyQueue(relais: RelaisProcess, seconds = 60): Promise<void> {
  for (let tries = 0; tries < seconds * 10; tries++) {
    const page = await relais.get<{ items: unknown[] }>('/api/v1/messages?state=in-progress&limit=1');
    if (page.items.length === 0) return;
    await sleep(100);
  }
  throw new Error(`the queue is not empty after ${seconds} s`);
}

/**
 * Asserts for every message of the ledger: it is recorded; each recipient is transferred; the hop
 * has at least one copy, and no more than the attempts that may have handed one over; the feed has
 * its acceptance and its last event agrees with its state. Returns the number of duplicates.
 */
export async function reconcile(
  relais: RelaisProcess,
  hop: CountingHop,
  ledger: readonly LedgerEntry[],
): Promise<{ duplicates: number; events: number }> {
  const events = await readFeed(relais);
  const accepted = new Set<string>();
  const lastState = new Map<string, string>();
  for (const event of events) {
    if (event.message === undefined) continue;
    if (event.type === 'message.accepted') accepted.add(event.message);
    if (event.index !== undefined && event.state !== undefined) lastState.set(`${event.message}/${event.index}`, event.state);
  }
  let duplicates = 0;
  const missing: string[] = [];
  for (const entry of ledger) {
    if (!accepted.has(entry.id)) {
      missing.push(`${entry.id} has no message.accepted`);
      continue;
    }
    const message = await relais.get<ApiMessage>(`/api/v1/messages/${entry.id}`);
    if (message.messageId !== entry.messageId) missing.push(`${entry.id} is ${message.messageId}, not ${entry.messageId}`);
    for (const address of entry.recipients) {
      const recipient = message.recipients.find((candidate) => candidate.address === address);
      if (recipient?.state !== 'transferred') {
        missing.push(`${entry.id} ${address} is ${recipient?.state ?? 'unknown'}`);
        continue;
      }
      if (lastState.get(`${entry.id}/${recipient.index}`) !== recipient.state)
        missing.push(`${entry.id} ${address}: feed and state differ`);
      const copies = hop.copies.get(`${entry.messageId} ${address}`) ?? 0;
      const mayHaveArrived = recipient.attempts.filter((attempt) => attempt.outcome === 'transferred' || attempt.ambiguous).length;
      if (copies < 1 || copies > mayHaveArrived)
        missing.push(`${entry.id} ${address}: ${copies} copies, ${mayHaveArrived} attempts that may have left one`);
      duplicates += Math.max(0, copies - 1);
    }
  }
  expect(missing.slice(0, 10)).toEqual([]);
  return { duplicates, events: events.length };
}
