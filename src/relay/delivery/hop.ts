/**
 * One next hop as the scheduler sees it: what waits for it, how it stands, how much it may be asked
 * at once. It decides nothing by itself and does no I/O; `Queue` fills it, `Dispatcher` works it off.
 * There may be one a domain: what most of them never need is made when they need it.
 */
import type { NextHopRecord, NextHopStatus } from '../../domain/ports.ts';
import { BULK, NORMAL, type Priority, URGENT } from '../../domain/priority.ts';
import type { HopKind } from '../../domain/recipient.ts';
import type { Reply } from '../../domain/reply.ts';
import { type RetryPolicy, retryDelay } from '../../domain/retry.ts';
import type { Route } from '../../domain/settings.ts';
import { ClaimedUnits } from './claimed.ts';
import type { HeapItem } from './heap.ts';
import { Lane } from './lane.ts';
import type { HopFailure } from './outcome.ts';
import { RateLimit } from './rate.ts';
import type { OpenSession } from './sessions.ts';
import type { SmtpSession } from './smtp-client.ts';
import { Turns } from './turns.ts';

/** A connection to the hop, or the right to open one. */
export interface Line {
  session: SmtpSession | null;
  /** Aborts the attempt that runs; the next one has it anew if it was used, for one each is costly. */
  controller: AbortController;
  /** Messages the session has carried. */
  messages: number;
  /** When it became idle, by `now`; 0 while it works. */
  idleSince: number;
  /** It was taken for bulk; the pool's to change. */
  bulk: boolean;
}

/** Concurrency a hop starts with; each success adds one, up to the route's limit. */
const FIRST_WINDOW = 5;
/** A hop that is down is asked again this often at least. */
const BLOCK_LIMIT = 15 * 60_000;
/** A hop that takes a message in less than this is quick. */
const QUICK = 250;
const AHEAD_TURNS = 8;
const AHEAD_LIMIT = 256;
/** What is urgent is claimed while all lines work, so that the next one that is free takes it. */
const URGENT_AHEAD = 4;
/** Messages refused in a row, as if for our sake, after which a hop is left alone. */
const STRIKE_LIMIT = 3;
const STRIKE_TIME = 10 * 60_000;
const NARROW_TIME = 60_000;
/** A hop that asked so often in a row for less, and took nothing between, is left alone. */
const SLOW_LIMIT = 4;

export class Hop implements HeapItem {
  /** When something happens by itself: the block ends, the rate allows one more. */
  key = 0;
  place = -1;

  /** Names it in the store: the name, told apart where several routes lead there. */
  readonly id: string;
  readonly name: string;
  readonly route: Route;
  readonly open: OpenSession;
  readonly limit: number;
  readonly rate: RateLimit | null;

  /** By priority and account. */
  readonly #lanes = new Map<string, Lane>();
  readonly turns = new Turns();

  paused: NextHopRecord['paused'] = null;
  /** Refusals in a row; 0: all is well. */
  failures = 0;
  blockedUntil = 0;
  /** What it said when it was blocked, or how it could not be reached. */
  blockedBy: HopFailure | null = null;
  /** It was blocked by a fault that is told as a whole: neither its block nor its recovery is an event. */
  silent = false;
  lastReply: Reply | null = null;
  lastError: string | null = null;
  /** When it last answered for a message or a recipient. */
  lastSuccess = 0;

  window: number;
  /** Transactions being claimed, by priority. */
  readonly claiming: [number, number, number] = [0, 0, 0];
  /** Claimed, waiting for a line. */
  readonly claimed = new ClaimedUnits();
  readonly lines = new Set<Line>();
  readonly idle: Line[] = [];
  /** Milliseconds a message takes on a line, and a claim to be committed; both follow the last ones. */
  #pace = QUICK;
  #claimTime = 0;
  #blockedAt = 0;
  #slowedAt = 0;
  #slowed = 0;
  #strikes = 0;
  #narrow = 0;
  #narrowUntil = 0;

  constructor(request: { readonly id: string; readonly name: string; readonly route: Route; readonly open: OpenSession }) {
    this.id = request.id;
    this.name = request.name;
    this.route = request.route;
    this.open = request.open;
    this.limit = Math.max(1, request.route.limits.connections);
    this.rate = request.route.limits.rate === null ? null : new RateLimit(request.route.limits.rate);
    this.window = Math.min(this.limit, FIRST_WINDOW);
  }

  get kind(): HopKind {
    return this.route.via === 'mx' ? 'recipient-server' : 'provider';
  }

  get state(): NextHopStatus['state'] {
    if (this.paused !== null) return 'paused';
    return this.failures > 0 ? 'blocked' : 'active';
  }

  /** Whether mail may be tried now. */
  mayTry(now: number): boolean {
    return this.paused === null && now >= this.blockedUntil;
  }

  // ── How much at once ──

  get working(): number {
    return this.lines.size - this.idle.length;
  }

  /** Lines that this class may work on: bulk leaves one alone, so that a slow hop has one for what is urgent. */
  windowFor(priority: Priority): number {
    return priority === BULK && this.window > 1 ? this.window - 1 : this.window;
  }

  /**
   * How many transactions may be claimed beyond those that run, so that no line waits for the disk:
   * as many as the lines send while a claim is committed. None where the hop is slow, for they
   * would only wait, their lease running.
   */
  get #ahead(): number {
    if (this.failures > 0 || this.lines.size === 0 || this.#pace >= QUICK) return 0;
    const turns = Math.ceil(this.#claimTime / Math.max(1, this.#pace));
    return Math.min(AHEAD_LIMIT, this.window * Math.min(Math.max(1, turns), AHEAD_TURNS));
  }

  /**
   * How many transactions of this class may be claimed now; what is claimed of less urgent ones does
   * not count. One may where more urgent ones have taken all: its turn among the claimed will come.
   */
  room(priority: Priority): number {
    const own = this.claimed.of(priority) + this.claiming[priority];
    let claimed = this.claimed.upTo(priority);
    for (let i = 0; i <= priority; i++) claimed += this.claiming[i] ?? 0;
    const free = this.windowFor(priority) + this.#ahead - this.working - claimed;
    if (this.failures > 0) return free;
    if (priority === URGENT) return free + URGENT_AHEAD;
    return free <= 0 && own === 0 && claimed > 0 ? 1 : free;
  }

  get claims(): number {
    return this.claiming[URGENT] + this.claiming[NORMAL] + this.claiming[BULK];
  }

  claimTook(ms: number): void {
    this.#claimTime += (ms - this.#claimTime) / 8;
  }

  // ── What waits ──

  laneOf(account: string, priority: Priority): Lane {
    const key = `${priority}${account}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(this, priority);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  // ── How it stands ──

  /**
   * It answered for a message or a recipient, in an attempt begun at `startedAt`. True: it had been
   * blocked. What was on its way when it refused others says nothing of how it stands since.
   */
  succeeded(startedAt: number, now: number): boolean {
    this.#pace += (now - startedAt - this.#pace) / 8;
    this.lastSuccess = now;
    this.#slowed = 0;
    this.#strikes = 0;
    if (this.window < (now < this.#narrowUntil ? this.#narrow : this.limit) && (this.failures === 0 || startedAt >= this.#blockedAt))
      this.window++;
    if (this.failures === 0 || startedAt < this.#blockedAt) return false;
    this.failures = 0;
    this.blockedUntil = 0;
    this.blockedBy = null;
    this.lastError = null;
    return true;
  }

  /**
   * It refuses us. Left alone for a growing, jittered time, then asked by one connection (R18).
   * `startedAt`: several attempts that failed side by side count once. True: it is newly blocked.
   */
  block(failure: HopFailure, startedAt: number, now: number, policy: RetryPolicy, random: number): boolean {
    this.lastReply = failure.reply ?? this.lastReply;
    this.lastError = failure.error;
    this.blockedBy = failure;
    this.window = 1;
    if (startedAt < this.#blockedAt) return false;
    this.#blockedAt = now;
    this.failures++;
    this.blockedUntil = now + Math.min(retryDelay(policy, this.failures, random), BLOCK_LIMIT);
    return this.failures === 1;
  }

  /**
   * It refused one message in words that speak of us, over a connection that works. From a hop that
   * took mail a moment ago one such word is about that message; said again and again it is about us.
   */
  strike(now: number): boolean {
    return ++this.#strikes >= STRIKE_LIMIT || now - this.lastSuccess > STRIKE_TIME;
  }

  /** It refuses one more connection while `live` work: it wants no more of them, for a while. */
  narrow(live: number, now: number): void {
    this.window = Math.max(1, live);
    this.#narrow = this.window;
    this.#narrowUntil = now + NARROW_TIME;
  }

  /**
   * It asks for less: half as many connections, for a while. Attempts that ran side by side count
   * once. True: it was asked so again and again, and took nothing between.
   */
  slow(startedAt: number, now: number): boolean {
    if (startedAt < this.#slowedAt) return false;
    this.#slowedAt = now;
    this.narrow(Math.floor(this.window / 2), now);
    return ++this.#slowed >= SLOW_LIMIT;
  }

  /** A person says that it is well again: asked at once. */
  unblock(): void {
    this.blockedUntil = 0;
  }

  // ── What is kept of it ──

  /** Null: nothing that a restart would have to know. */
  record(sentAt: readonly number[]): NextHopRecord | null {
    const { paused, failures, blockedUntil, lastError, silent } = this;
    if (paused === null && failures === 0 && sentAt.length === 0) return null;
    return { paused, failures, blockedUntil, lastError, ...(silent ? { silent } : {}), sentAt };
  }

  restore(record: NextHopRecord): void {
    this.paused = record.paused;
    this.failures = record.failures;
    this.blockedUntil = record.blockedUntil;
    this.lastError = record.lastError;
    this.silent = record.silent === true;
    if (record.failures > 0) this.window = 1;
    this.rate?.restore(record.sentAt);
  }
}
