/**
 * Reports in: bounces, delays, confirmations, complaints and automatic replies.
 *
 *   room.ts      starts all of it, and hands out the desk (desk.ts) at which other rooms ask
 *   listener.ts  takes them by SMTP, through the adapter in smtp.ts
 *   mailboxes    collects them by IMAP
 *   intake.ts    reads, ties and records one; all ways in end here
 *   parser.ts    reads in a child process (worker.ts), within a time limit
 *   parse.ts     MIME (mime.ts), then the machine-readable parts: delivery-status.ts,
 *                feedback-report.ts, auto-reply.ts; diagnosis.ts says what they mean
 *   correlate.ts ties what was read to the recipient it speaks of, and says what it proves
 *
 * `parseReport` reads in this process: for the command line, which has nobody else to serve.
 */

export type { Explanation } from './diagnosis.ts';
export { checkMailbox } from './mailboxes/check.ts';
export { type ParsedReport, parseReport } from './parse.ts';
export { type Reports, startReports } from './room.ts';
