import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createReportParser, type ReportParser, workerEntry } from '../../../src/relay/reports/parser.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { builtWorker } from './built-worker.ts';
import { dsn } from './mails.ts';

let built: URL;
let folder: string;
beforeAll(() => {
  built = builtWorker();
  folder = mkdtempSync(join(tmpdir(), 'relais-worker-'));
}, 90_000);
afterAll(() => rmSync(folder, { recursive: true }));

const running: ReportParser[] = [];
afterEach(async () => {
  for (const parser of running.splice(0)) await parser.stop();
});

function parser(options: { entry?: URL; timeLimit?: number } = {}): ReportParser & { log: ReturnType<typeof recordingLog> } {
  const log = recordingLog();
  const created = createReportParser({ entry: built, log, ...options });
  running.push(created);
  return Object.assign(created, { log });
}

/** A worker that fails as its questions ask for. */
function badWorker(): URL {
  const path = join(folder, 'bad.mjs');
  writeFileSync(
    path,
    `process.on('message', (raw) => {
      const text = Buffer.from(raw).toString();
      if (text === 'hang') for (;;);
      if (text === 'exit') process.exit(3);
      if (text === 'throw') throw new Error('thrown');
      if (text === 'memory') { const all = []; for (;;) all.push(new Array(5e6).fill(all.length)); }
      if (text === 'error') return process.send({ error: 'said so' });
      process.send({ report: { kind: 'none', subject: text } });
    });
    process.send('ready');`,
  );
  return pathToFileURL(path);
}

describe('report parser', () => {
  it('finds its worker beside itself when compiled, and in dist when run from the sources', () => {
    expect(workerEntry('file:///srv/relais/dist/relay/reports/parser.js').href).toBe('file:///srv/relais/dist/relay/reports/worker.js');
    expect(workerEntry('file:///srv/src/relais/src/relay/reports/parser.ts').href).toBe(
      'file:///srv/src/relais/dist/relay/reports/worker.js',
    );
  });

  it('reads reports in its process, each with its own answer', async () => {
    const subject = parser();
    const raws = [1, 2, 3].map((n) => dsn({ recipient: `r${n}@partner.example` }));
    const reports = await Promise.all(raws.map((raw) => subject.parse(raw)));
    expect(reports.map(({ kind, recipients }) => [kind, recipients[0]?.address])).toEqual([
      ['bounce', 'r1@partner.example'],
      ['bounce', 'r2@partner.example'],
      ['bounce', 'r3@partner.example'],
    ]);
  });

  it.each([
    ['hang', /longer than 200 ms/],
    ['exit', /code 3/],
    ['throw', /code 1/],
    ['memory', /memory/i],
    ['error', /said so/],
  ])('R49 a report over which the worker does %s is kept with its trouble, and the next one is read', async (how, trouble) => {
    const subject = parser({ entry: badWorker(), ...(how === 'hang' ? { timeLimit: 200 } : {}) });
    const [bad, good, after] = await Promise.all([how, 'fine', 'also'].map((text) => subject.parse(Buffer.from(text))));
    expect(bad).toMatchObject({ kind: 'none', recipients: [], trouble: expect.stringMatching(trouble) });
    expect(good?.subject).toBe('fine');
    expect(after?.subject).toBe('also');
  });

  it('R49 a process that dies takes neither the answers before it along nor the reports behind it', async () => {
    const subject = parser({ entry: badWorker() });
    const texts = Array.from({ length: 60 }, (_, n) => (n % 20 === 19 ? 'exit' : `fine ${n}`));
    const reports = await Promise.all(texts.map((text) => subject.parse(Buffer.from(text))));
    expect(reports.map(({ subject: said, trouble }) => said ?? trouble)).toEqual(
      texts.map((text) => (text === 'exit' ? 'it could not be read: its process ended with code 3' : text)),
    );
  });

  it('R49 an answer that came while the relay was busy counts, though the time is over', async () => {
    const subject = parser({ entry: badWorker(), timeLimit: 100 });
    await subject.parse(Buffer.from('first'));
    const second = subject.parse(Buffer.from('second'));
    const busyUntil = performance.now() + 400;
    while (performance.now() < busyUntil);
    expect((await second).subject).toBe('second');
  });

  it('of a message of 80 MB it reads the head, and copies no more than that', async () => {
    const subject = parser();
    const report = dsn();
    await subject.parse(report);
    const closing = report.lastIndexOf('--b1--');
    const returned = Buffer.alloc(80 * 1024 * 1024, 'JVBERi0xLjQgdGhlIGludm9pY2UgYXMgaXQgd2FzIHNlbnQsIHBhZ2UgYnkgcGFnZQ==\r\n');
    const big = Buffer.concat([report.subarray(0, closing), returned, report.subarray(closing)]);
    const before = process.memoryUsage.rss();
    const read = await subject.parse(big);
    expect(read).toMatchObject({ kind: 'bounce', originalMessageId: 'original-1@erp.example', trouble: null });
    expect(read.recipients).toMatchObject([{ address: 'ann@partner.example', status: '5.1.1' }]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(40 * 1024 * 1024);
  });

  it('a worker that does not start is our own fault: it rejects, and starts with a later report', async () => {
    const path = join(folder, 'late.mjs');
    const subject = parser({ entry: pathToFileURL(path) });
    await expect(subject.parse(dsn())).rejects.toThrow(/did not start.*npm run build/s);
    writeFileSync(path, `export * from ${JSON.stringify(built.href)};`);
    expect((await subject.parse(dsn())).kind).toBe('bounce');
  });

  it('rejects what waits when it is stopped, and all that comes after', async () => {
    const subject = parser({ entry: badWorker() });
    const waiting = [subject.parse(Buffer.from('hang')), subject.parse(Buffer.from('fine'))].map((one) =>
      one.catch((error: Error) => error.message),
    );
    await subject.stop();
    expect(await Promise.all(waiting)).toEqual(['the reader of reports was stopped', 'the reader of reports was stopped']);
    await expect(subject.parse(Buffer.from('fine'))).rejects.toThrow('stopped');
  });
});
