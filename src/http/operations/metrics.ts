/**
 * /metrics in the Prometheus text format, from a registry of its own. Counts that others keep are
 * read when scraped; attempts and commits are observed as they happen.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BackupDesk } from '../../domain/backup.ts';
import type { DeliveryControl, NextHopStatus, ReportDesk, Store } from '../../domain/ports.ts';

/** Next hops told apart: direct delivery has one a domain, and a series each would be too many. */
const NEXT_HOPS_LIMIT = 200;
/** Milliseconds between two looks at the event loop; Node's histogram has this time in every value. */
const LOOP_RESOLUTION = 10;

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** `route` is the declared path, never the one asked for. */
  answered(request: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number }): void;
  /** Lets go of the hooks and the event-loop monitor. */
  stop(): void;
}

export function createMetrics(options: {
  readonly store: Store;
  readonly delivery: DeliveryControl;
  readonly reports: () => ReportDesk | null;
  readonly backups: () => BackupDesk | null;
  readonly version: string;
  readonly now: () => number;
}): Metrics {
  const { store, delivery } = options;
  const registry = new Registry();
  const registers = [registry];
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION });
  loop.enable();
  stateMetrics(registers, options);
  reportMetrics(registers, options.reports);
  backupMetrics(registers, options.backups);
  runtimeMetrics(registers, loop, options.version);

  const attempts = new Counter({
    name: 'relais_attempts_total',
    help: 'Delivery attempts that ended, by outcome and next hop.',
    labelNames: ['outcome', 'next_hop'],
    registers,
  });
  const hops = new Set<string>();
  delivery.onAttempt = (attempt) => {
    if (hops.size < NEXT_HOPS_LIMIT) hops.add(attempt.nextHop);
    attempts.inc({ outcome: attempt.outcome ?? 'running', next_hop: hops.has(attempt.nextHop) ? attempt.nextHop : 'other' });
  };
  const tlsSessions = new Counter({
    name: 'relais_tls_sessions_total',
    help: 'Sessions with next hops by TLS policy and result, in the words of RFC 8460.',
    labelNames: ['policy', 'result'],
    registers,
  });
  delivery.onTlsSession = ({ policy, result }) => tlsSessions.inc({ policy, result });
  const commits = new Histogram({
    name: 'relais_commit_seconds',
    help: 'Time of a commit of the store.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  store.metrics.onCommit = (seconds) => commits.observe(seconds);
  const requests = new Histogram({
    name: 'relais_http_request_seconds',
    help: 'HTTP requests by method, declared path and status; long polls include their wait.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    answered: ({ method, route, status, seconds }) => requests.observe({ method, route, status }, seconds),
    stop() {
      loop.disable();
      store.metrics.onCommit = null;
      delivery.onAttempt = null;
      delivery.onTlsSession = null;
    },
  };
}

function stateMetrics(
  registers: Registry[],
  { store, delivery, now }: { readonly store: Store; readonly delivery: DeliveryControl; readonly now: () => number },
): void {
  const counted = (name: string, help: string, value: () => number): void => {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  };
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  counted('relais_accepted_total', 'Messages made durable and answered 250 since the start.', () => store.metrics.accepted ?? 0);
  counted('relais_commits_total', 'Commits of the store.', () => store.metrics.commits);
  counted('relais_committed_operations_total', 'Operations in those commits.', () => store.metrics.committedOperations);
  gauge('relais_feed_last_sequence', 'Sequence number of the last event.', () => store.lastSeq);
  gauge('relais_queue_messages', 'Messages with a recipient in the queue.', () => store.queue.messages);
  gauge('relais_queue_oldest_due_seconds', 'How long the most overdue recipient has been due.', () =>
    sinceLeast(delivery, now, (hop) => hop.nextDueAt),
  );
  gauge('relais_queue_oldest_seconds', 'Age of the oldest message that waits.', () => sinceLeast(delivery, now, (hop) => hop.oldestAt));
  gauge('relais_store_writable', '1 while mail can be taken and outcomes committed.', () => (store.health().writable ? 1 : 0));
  gauge('relais_disk_free_bytes', 'Free disk where the store is.', () => store.health().freeOctets);
  new Gauge({
    name: 'relais_queue_recipients',
    help: 'Recipients in the queue by state.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of ['queued', 'deferred', 'held'] as const) this.set({ state }, store.queue[state]);
    },
  });
  new Gauge({
    name: 'relais_next_hops',
    help: 'Next hops by state.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of ['active', 'paused', 'blocked'] as const) {
        this.set({ state }, delivery.nextHops().filter((hop) => hop.state === state).length);
      }
    },
  });
  new Gauge({
    name: 'relais_orphans',
    help: 'Contents without a record and records without content that a crash left, dropped at opening.',
    labelNames: ['kind'],
    registers,
    collect() {
      this.set({ kind: 'content' }, store.metrics.orphans.contents);
      this.set({ kind: 'record' }, store.metrics.orphans.records);
    },
  });
}

function reportMetrics(registers: Registry[], desk: () => ReportDesk | null): void {
  new Counter({
    name: 'relais_reports_total',
    help: 'Reports taken in since their room was started, by way, kind and outcome.',
    labelNames: ['via', 'kind', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const { via, kind, outcome, count } of desk()?.counts().reports ?? []) this.inc({ via, kind, outcome }, count);
    },
  });
  new Counter({
    name: 'relais_reports_refused_total',
    help: 'Reports refused at the listener: too many from an address or for a message, or in a loop.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const { reason, count } of desk()?.counts().refused ?? []) this.inc({ reason }, count);
    },
  });
  new Gauge({
    name: 'relais_mailbox_up',
    help: '1 while the mailbox can be read.',
    labelNames: ['mailbox'],
    registers,
    collect() {
      this.reset();
      for (const { name, state } of desk()?.collector.status().mailboxes ?? []) {
        this.set({ mailbox: name }, state === 'failing' || state === 'stopped' ? 0 : 1);
      }
    },
  });
  new Gauge({
    name: 'relais_mailbox_last_read_seconds',
    help: 'Unix time at which the mailbox was last read to its end.',
    labelNames: ['mailbox'],
    registers,
    collect() {
      this.reset();
      for (const { name, lastRun } of desk()?.collector.status().mailboxes ?? []) {
        if (lastRun?.error === null) this.set({ mailbox: name }, lastRun.endedAt / 1000);
      }
    },
  });
}

function backupMetrics(registers: Registry[], desk: () => BackupDesk | null): void {
  new Gauge({
    name: 'relais_backup_last_made_seconds',
    help: 'Unix time of the newest whole backup in the configured directory; absent: there is none.',
    registers,
    collect() {
      this.reset();
      const madeAt = desk()?.status().lastMadeAt ?? null;
      if (madeAt === null) this.remove();
      else this.set(madeAt / 1000);
    },
  });
  new Gauge({
    name: 'relais_backup_failed',
    help: '1 when the last backup since the start could not be made.',
    registers,
    collect() {
      this.set(desk()?.status().lastRun?.error == null ? 0 : 1);
    },
  });
  new Counter({
    name: 'relais_backup_failures_total',
    help: 'Backups that could not be made since the start.',
    registers,
    collect() {
      this.reset();
      this.inc(desk()?.status().failures ?? 0);
    },
  });
}

/** Seconds since the earliest of the times, 0 when it is still to come or there is none. */
function sinceLeast(delivery: DeliveryControl, now: () => number, timeOf: (hop: NextHopStatus) => number | null): number {
  let least = Number.POSITIVE_INFINITY;
  for (const hop of delivery.nextHops()) least = Math.min(least, timeOf(hop) ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(least) ? Math.max(0, (now() - least) / 1000) : 0;
}

function runtimeMetrics(registers: Registry[], loop: IntervalHistogram, version: string): void {
  new Gauge({
    name: 'relais_event_loop_lag_seconds',
    help: 'Delay of the event loop since the last scrape.',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const [quantile, percentile] of [
        ['0.5', 50],
        ['0.99', 99],
        ['1', 100],
      ] as const) {
        const seconds = Math.max(0, loop.percentile(percentile) / 1e9 - LOOP_RESOLUTION / 1e3);
        this.set({ quantile }, Number.isFinite(seconds) ? seconds : 0);
      }
      loop.reset();
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start of the process, Unix time.',
    registers,
    collect() {
      this.set(Math.round(performance.timeOrigin / 1000));
    },
  });
  new Gauge({ name: 'relais_build_info', help: 'Always 1.', labelNames: ['version', 'node'], registers }).set(
    { version, node: process.version },
    1,
  );
}
