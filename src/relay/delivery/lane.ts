/** The ready recipients of one account and one priority at one next hop: a chain, so that any of them leaves at once. */
import type { Priority } from '../../domain/priority.ts';
import type { Entry } from './entry.ts';
import type { Hop } from './hop.ts';

export class Lane {
  readonly hop: Hop;
  readonly priority: Priority;
  head: Entry | null = null;
  tail: Entry | null = null;
  /** In the hop's round of turns. */
  enrolled = false;

  constructor(hop: Hop, priority: Priority) {
    this.hop = hop;
    this.priority = priority;
  }

  append(entry: Entry): void {
    entry.previous = this.tail;
    entry.next = null;
    if (this.tail === null) this.head = entry;
    else this.tail.next = entry;
    this.tail = entry;
    this.hop.turns.enroll(this);
  }

  remove(entry: Entry): void {
    if (entry.previous === null) this.head = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === null) this.tail = entry.previous;
    else entry.next.previous = entry.previous;
    entry.previous = null;
    entry.next = null;
  }
}
