/**
 * One next hop as the scheduler sees it: what waits for it, how it stands, how much it may be asked
 * at once. It decides nothing by itself and does no I/O; `Queue` fills it, `Dispatcher` works it off.
 */
import type { NextHopRecord, NextHopStatus } from '../../domain/ports.ts';
import type { HopKind } from '../../domain/recipient.ts';
import type { Reply } from '../../domain/reply.ts';
import { type RetryPolicy, retryDelay } from '../../domain/retry.ts';
import type { Route } from '../../domain/settings.ts';
import type { HeapItem } from './heap.ts';
import { Lane } from './lane.ts';
import type { HopFailure } from './outcome.ts';
import { RateLimit } from './rate.ts';
import type { OpenSession } from './sessions.ts';
import type { SmtpSession } from './smtp-client.ts';
import type { Unit } from './unit.ts';

/** A connection to the hop, or the right to open one. */
export interface Line {
  session: SmtpSession | null;
  /** Aborts the attempt that runs; the next one has it anew if it was used, for one each is costly. */
  controller: AbortController;
  /** Messages the session has carried. */
  messages: number;
  /** When it became idle, by `now`; 0 while it works. */
  idleSince: number;
}

/** Concurrency a hop starts with; each success adds one, up to the route's limit. */
const FIRST_WINDOW = 5;
/** A hop that is down is asked again this often at least. */
const BLOCK_LIMIT = 15 * 60_000;
/** A hop that takes a message in less than this is quick. */
const QUICK = 250;
const AHEAD_TURNS = 8;
const AHEAD_LIMIT = 256;
const NARROW_TIME = 60_000;

export class Hop implements HeapItem {
  /** When something happens by itself: the block ends, the rate allows one more. */
  key = 0;
  place = -1;

  readonly name: string;
  readonly route: Route;
  readonly open: OpenSession;
  readonly limit: number;
  readonly rate: RateLimit | null;

  readonly #lanes = new Map<string, Lane>();
  /** Lanes with something ready, each account in its turn. */
  readonly #turns: Lane[] = [];

  paused: NextHopRecord['paused'] = null;
  /** Since when it refuses us: refusals in a row; 0: all is well. */
  failures = 0;
  blockedUntil = 0;
  lastReply: Reply | null = null;
  lastError: string | null = null;

  window: number;
  /** Transactions being claimed. */
  claiming = 0;
  /** Claimed, waiting for a line. */
  readonly claimed: Unit[] = [];
  readonly lines = new Set<Line>();
  readonly idle: Line[] = [];
  /** Milliseconds a message takes on a line, and a claim to be committed; both follow the last ones. */
  #pace = QUICK;
  #claimTime = 0;

  constructor(request: { readonly name: string; readonly route: Route; readonly open: OpenSession }) {
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

  get working(): number {
    return this.lines.size - this.idle.length;
  }

  /**
   * How many transactions may be claimed beyond those that run, so that no line waits for the disk:
   * as many as the lines send while a claim is committed. None where the hop is slow, for they
   * would only wait, their lease running.
   */
  get ahead(): number {
    if (this.failures > 0 || this.lines.size === 0 || this.#pace >= QUICK) return 0;
    const turns = Math.ceil(this.#claimTime / Math.max(1, this.#pace));
    return Math.min(AHEAD_LIMIT, this.window * Math.min(Math.max(1, turns), AHEAD_TURNS));
  }

  claimTook(ms: number): void {
    this.#claimTime += (ms - this.#claimTime) / 8;
  }

  // ── What waits ──

  laneOf(account: string): Lane {
    let lane = this.#lanes.get(account);
    if (lane === undefined) {
      lane = new Lane(this, account);
      this.#lanes.set(account, lane);
    }
    return lane;
  }

  /** The lane has something ready: it gets its turn. */
  enroll(lane: Lane): void {
    if (lane.enrolled) return;
    lane.enrolled = true;
    this.#turns.push(lane);
  }

  get ready(): boolean {
    while (this.#turns.length > 0 && this.#turns[0]?.head === null) {
      const lane = this.#turns.shift();
      if (lane !== undefined) lane.enrolled = false;
    }
    return this.#turns.length > 0;
  }

  /** The lane whose turn it is; it goes to the end of the line. */
  nextLane(): Lane | undefined {
    if (!this.ready) return undefined;
    const lane = this.#turns.shift();
    if (lane !== undefined) this.#turns.push(lane);
    return lane;
  }

  // ── How it stands ──

  /** It answered for a message or a recipient. True: it had been blocked. */
  succeeded(durationMs: number, now: number): boolean {
    this.#pace += (durationMs - this.#pace) / 8;
    if (this.window < (now < this.#narrowUntil ? this.#narrow : this.limit)) this.window++;
    if (this.failures === 0) return false;
    this.failures = 0;
    this.blockedUntil = 0;
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
    this.window = 1;
    if (startedAt < this.#blockedAt) return false;
    this.#blockedAt = now;
    this.failures++;
    this.blockedUntil = now + Math.min(retryDelay(policy, this.failures, random), BLOCK_LIMIT);
    return this.failures === 1;
  }
  #blockedAt = 0;

  /** It refuses one more connection while `live` work: it wants no more of them, for a while. */
  narrow(live: number, now: number): void {
    this.window = Math.max(1, live);
    this.#narrow = this.window;
    this.#narrowUntil = now + NARROW_TIME;
  }
  #narrow = 0;
  #narrowUntil = 0;

  /** A person says that it is well again: asked at once. */
  unblock(): void {
    this.blockedUntil = 0;
  }
}
