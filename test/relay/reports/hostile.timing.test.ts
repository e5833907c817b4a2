/** R35, R49: what reports made to be hard to read cost the others. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, expect, it } from 'vitest';
import { createReportParser, type ReportParser } from '../../../src/relay/reports/parser.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { builtWorker } from './built-worker.ts';
import { dsn, lines } from './mails.ts';

const running: ReportParser[] = [];
afterEach(async () => {
  for (const parser of running.splice(0)) await parser.stop();
});

it('R35 R49 hostile MIME costs the event loop nothing', async () => {
  const links = Array.from({ length: 40_000 }, (_, n) => `http://a${n}.example/x?y=${n}`).join(' ');
  const nested = Array.from({ length: 300 }, (_, n) => `Content-Type: multipart/mixed; boundary="n${n}"\r\n\r\n--n${n}\r\n`).join('');
  const headers = Array.from({ length: 20_000 }, (_, n) => `X-${n}: ${n}`).join('\r\n');
  const subject = createReportParser({ entry: builtWorker(), log: recordingLog() });
  running.push(subject);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  await subject.parse(dsn());
  delay.enable();
  const reports = await Promise.all(
    [lines('Subject: links', '', links), Buffer.from(nested), lines(headers, '', 'x')].map((raw) => subject.parse(raw)),
  );
  delay.disable();
  expect(reports.map(({ kind, trouble }) => [kind, trouble === null])).toEqual(Array.from({ length: 3 }, () => ['none', false]));
  expect(delay.percentile(99) / 1e6).toBeLessThan(100);
});
