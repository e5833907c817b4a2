/**
 * The room of the reports: one parser and one intake for the whole process, whichever way a report
 * comes; the listener where there is a report domain; the mailboxes that reports are collected from;
 * the desk at which the other rooms ask.
 *
 *   upstream    relais/rooms.ts
 *   downstream  listener.ts, mailboxes, desk.ts, intake.ts, parser.ts
 *   failure     a port that is taken: nothing is left running, and the error is thrown
 */
import type { Log } from '../../domain/log.ts';
import type { ReportDesk, Store } from '../../domain/ports.ts';
import { DEFAULT_REPORT_LIMITS, type ReportSettings } from '../../domain/settings.ts';
import type { TokenKey } from '../../domain/tokens.ts';
import { createDesk } from './desk.ts';
import { createIntake, type IncomingReport, type Intake, type IntakeOptions, type TakenReport } from './intake.ts';
import { type ReportListener, startReportListener } from './listener.ts';
import { type MailFromBox, startMailboxes, type TakenMail } from './mailboxes/index.ts';
import { createReportParser, type ReportParser } from './parser.ts';
import { createRightOfWay } from './right-of-way.ts';
import type { ListenerLimits } from './smtp.ts';
import { createStormGate } from './storms.ts';
import { createTally, type ReportTally } from './tally.ts';

export interface ReportsOptions {
  readonly settings: ReportSettings;
  readonly hostname: string;
  readonly tls: { readonly key: string; readonly certificate: string };
  readonly tokenKeys: readonly TokenKey[];
  readonly store: Store;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newReportId: IntakeOptions['newReportId'];
  readonly log: Log;
  readonly limits?: Partial<ListenerLimits>;
  /** Messages that clients have submitted until now: they go before reports. Absent: reports never wait. */
  readonly submitted?: () => number;
  /** Reads reports; a process of its own by default. */
  readonly parser?: ReportParser;
}

export interface Reports {
  readonly desk: ReportDesk;
  /** Without addresses where there is no report domain. */
  readonly listener: ReportListener;
  /** Takes no more, and waits `graceMs` for reports that are arriving. */
  stop(graceMs: number): Promise<void>;
}

export async function startReports(options: ReportsOptions): Promise<Reports> {
  const { settings, hostname, tls, tokenKeys, store, now, newReportId, log } = options;
  const parser = options.parser ?? createReportParser({ log, ...(settings.ownRules === undefined ? {} : { ownRules: settings.ownRules }) });
  const { domain, tokenLifetime } = settings;
  const reading = { parser, store, tokenKeys, tokenLifetime, reportDomain: domain, now, log };
  const tally = createTally();
  const storms = createStormGate((settings.limits ?? DEFAULT_REPORT_LIMITS).autoReplies);
  const intake = tallied(createIntake({ ...reading, storms, newReportId }), tally);
  const rightOfWay = createRightOfWay({ submitted: options.submitted ?? (() => 0), busy: busyShare(), now });
  try {
    const { limits } = options;
    const listener = await startReportListener({
      settings,
      hostname,
      tls,
      intake,
      rightOfWay,
      tally,
      now,
      log,
      ...(limits === undefined ? {} : { limits }),
    });
    const collector = startMailboxes({
      mailboxes: settings.mailboxes ?? [],
      messageSize: settings.messageSize,
      tokenLifetime,
      positions: store.mailboxes,
      take: async (mail) => {
        await rightOfWay.pass();
        return takeFromMailbox(intake, mail);
      },
      tell: (event) => store.appendEvent(event, now()),
      now,
      random: options.random,
      log,
    });
    return {
      desk: createDesk({ ...reading, intake, collector, counts: tally.counts }),
      listener,
      stop: async (graceMs) => {
        rightOfWay.open();
        await Promise.all([listener.stop(graceMs), collector.stop(graceMs)]);
        await parser.stop();
      },
    };
  } catch (error) {
    await parser.stop();
    throw error;
  }
}

/** Of the event loop; each call tells of the time since the one before. */
function busyShare(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}

/** The intake, counted. */
function tallied(intake: Intake, tally: ReportTally): Intake {
  const count = <T extends TakenReport | null>(via: IncomingReport['via'], taken: T): T => {
    if (taken !== null)
      tally.counted({ via, kind: taken.report.kind }, taken.counted === true ? 'counted' : taken.repeated ? 'repeated' : 'recorded');
    return taken;
  };
  return {
    take: async (incoming) => count(incoming.via, await intake.take(incoming)),
    takeReport: async (incoming) => count(incoming.via, await intake.takeReport(incoming)),
  };
}

async function takeFromMailbox(intake: Intake, { raw, to, mailbox, otherMail, cutFrom }: MailFromBox): Promise<TakenMail> {
  const incoming = { raw, to, via: 'imap', source: mailbox, cutFrom } as const;
  const taken = otherMail === 'take' ? await intake.take(incoming) : await intake.takeReport(incoming);
  if (taken === null) return { kind: 'other' };
  return { kind: 'report', repeated: taken.repeated, matched: taken.report.matched !== null };
}
