/**
 * The register as a file: rows a second as CSV and as an Excel workbook, and how much memory that takes.
 *
 *     node --max-semi-space-size=4 --expose-gc bench/export.mjs --dir DIR [--only scan|csv|xlsx] [--days N]
 *
 * DIR: a register that `npm run bench:register -- --keep --dir DIR` left. What is written goes nowhere.
 * Ends with 1 when a figure that was promised is not met.
 */
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    dir: { type: 'string' },
    dist: { type: 'string', default: join(import.meta.dirname, '..', 'dist') },
    only: { type: 'string', default: '' },
    days: { type: 'string' },
  },
});
if (options.dir === undefined) {
  console.error('--dir DIR: a register that bench/register.mjs --keep left');
  process.exit(64);
}
const from = (path) => import(pathToFileURL(resolve(options.dist, path)).href);
const { openStore } = await from('store/index.js');
const { csvOf } = await from('http/export/csv.js');
const { xlsxOf } = await from('http/export/xlsx.js');
const { EXPORT_COLUMNS } = await from('http/export/rows.js');

/** What was promised. */
const ROWS_PER_SECOND = 50_000;
const MIBYTES = 150;

/** Not what the database maps of its files: that is the system's to take back. */
const memory = () => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const heading = Object.fromEntries(EXPORT_COLUMNS.map((column) => [column, column]));
let count = 0;
const rows = (so) => {
  count = so;
};
const FORMS = {
  scan: async function* (slices) {
    for await (const summaries of slices) count += summaries.reduce((sum, { recipients }) => sum + recipients.length, 0);
    yield Buffer.alloc(0);
  },
  csv: (slices) => csvOf(slices, { rows, byteOrderMark: false }),
  xlsx: (slices) => xlsxOf(slices, { rows, heading, sheetName: 'Messages' }),
};

const store = await openStore({
  dataDir: resolve(options.dir),
  diskFloor: 0,
  now: Date.now,
  log: { info() {}, warn() {}, error() {}, debug() {} },
});
/** Of the 180 days that the register spans, the first so many. */
const filter = options.days === undefined ? {} : { to: Date.UTC(2026, 0, 1) + Number(options.days) * 86_400_000 };
const failures = [];
for (const [name, form] of Object.entries(FORMS)) {
  if (!name.includes(options.only)) continue;
  globalThis.gc?.();
  const before = memory();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const cpu = process.cpuUsage();
  const begin = performance.now();
  let octets = 0;
  let most = before;
  count = 0;
  for await (const part of form(store.scan(filter))) {
    octets += part.length;
    most = Math.max(most, memory());
  }
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  const rate = count / seconds;
  const grown = (most - before) / 1024 / 1024;
  console.log(
    `${name.padEnd(5)} ${count} rows, ${rate.toFixed(0)}/s, ${((user + system) / count).toFixed(1)} µs of CPU a row, ${(octets / 1024 / 1024).toFixed(0)} MiB, memory +${grown.toFixed(0)} MiB, event loop p99 ${Math.max(0, delay.percentile(99) / 1e6 - 5).toFixed(1)} max ${(delay.max / 1e6).toFixed(0)} ms`,
  );
  if (name === 'scan') continue;
  if (rate < ROWS_PER_SECOND) failures.push(`${name}: ${rate.toFixed(0)} rows a second, promised ${ROWS_PER_SECOND}`);
  if (grown > MIBYTES) failures.push(`${name}: ${grown.toFixed(0)} MiB of memory, promised at most ${MIBYTES}`);
}
await store.close();
for (const failure of failures) console.log(`MISSED ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
