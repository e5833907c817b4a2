#!/usr/bin/env node
/**
 * The pages in a real browser, over a register of a million messages: when each is painted first, and how
 * long the answer to what is typed into a search takes.
 *
 *     npm run bench:pages -- --dir DIR [--times 12]
 *
 * DIR: a register that `npm run bench:register -- --keep --dir DIR` left. The browser is the one of the
 * browser tests, which unpack it (`npx vitest run test/browser/pages`), or RELAIS_TEST_BROWSER. Nothing is
 * sent: the one route holds all mail. Ends with 1 when a figure that was promised is not met.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { freePort, percentile, sleep } from './support.mjs';

const { values: options } = parseArgs({ options: { dir: { type: 'string' }, times: { type: 'string', default: '12' } } });
if (options.dir === undefined) {
  console.error('--dir DIR: a register that bench/register.mjs --keep left');
  process.exit(64);
}
const TIMES = Number(options.times);
/** Milliseconds. */
const FIRST_PAINT = 300;
const TYPED = 100;

const PAGES = ['/', '/messages', '/messages?state=failed', '/documents', '/contacts', '/statistics?days=90', '/messages/templates'];
const SEARCHES = [
  ['/messages', 'IN-2026-04'],
  ['/messages', 'bob.acme'],
  ['/messages', 'reminder jansen'],
  ['/documents', 'OR-2026-01'],
  ['/contacts?list=all', 'karin.delta'],
];

function browserPath() {
  if (process.env.RELAIS_TEST_BROWSER) return { executablePath: process.env.RELAIS_TEST_BROWSER, env: process.env };
  const cache = path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'relais');
  const home = fs.existsSync(cache) ? fs.readdirSync(cache).find((name) => /^chromium-[\d.]+$/.test(name)) : undefined;
  if (home === undefined) {
    console.error('no browser is unpacked yet: npx vitest run test/browser/pages does it');
    process.exit(69);
  }
  const at = path.join(cache, home);
  const env = { ...process.env, LD_LIBRARY_PATH: path.join(at, 'al2023', 'lib'), FONTCONFIG_FILE: path.join(at, 'fonts.conf') };
  return { executablePath: path.join(at, 'chromium'), env };
}

async function startRelay(dir) {
  const [smtp, port] = [await freePort(), await freePort()];
  const file = path.join(dir, 'relais.yaml');
  fs.writeFileSync(
    file,
    `hostname: relay.test
dataDir: ${JSON.stringify(path.resolve(options.dir))}
submission: {listeners: [{address: 127.0.0.1, port: ${smtp}, tls: none}]}
routes: [{via: hold}]
http: {address: 127.0.0.1, port: ${port}}
`,
  );
  const log = fs.openSync(path.join(dir, 'log'), 'a');
  const child = spawn(process.execPath, ['--max-semi-space-size=4', 'dist/main.js', 'start', '--config', file], {
    stdio: ['ignore', log, log],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let ready = false; !ready; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(fs.readFileSync(path.join(dir, 'log'), 'utf8').slice(-2000));
    ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  }
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const failures = [];
const line = (what, values) =>
  console.log(
    `${what.padEnd(46)}${[50, 99].map((p) => percentile(values, p).toFixed(0).padStart(7)).join('')}${String(values.length).padStart(7)}`,
  );

/** Run in the page. */
const firstPaint = `new Promise((done) => {
  const look = (list) => {
    const paint = list.getEntries().find(({ name }) => name === 'first-contentful-paint');
    if (paint !== undefined) done(paint.startTime);
  };
  new PerformanceObserver(look).observe({ type: 'paint', buffered: true });
})`;

async function measurePaints(context) {
  console.log(`${'first paint, ms'.padEnd(46)}    p50    p99  times`);
  for (const address of PAGES) {
    const taken = [];
    for (let n = 0; n < TIMES; n++) {
      const page = await context.newPage();
      await page.goto(address);
      taken.push(await page.evaluate(firstPaint));
      await page.close();
    }
    line(address, taken);
    if (percentile(taken, 99) > FIRST_PAINT)
      failures.push(`${address}: painted after ${percentile(taken, 99).toFixed(0)} ms, promised ${FIRST_PAINT}`);
  }
}

async function measureTyping(context) {
  console.log(`\n${'answer to what is typed, ms'.padEnd(46)}    p50    p99  times`);
  for (const [address, words] of SEARCHES) {
    const page = await context.newPage();
    await page.goto(address);
    await page.evaluate('performance.clearResourceTimings()');
    for (let n = 0; n < Math.ceil(TIMES / 3); n++) {
      await page.locator('#q').fill('');
      // As people type: each letter is asked for.
      await page.locator('#q').pressSequentially(words, { delay: 130 });
      await page.waitForLoadState('networkidle');
    }
    const taken = await page.evaluate(
      "performance.getEntriesByType('resource').filter(({ name }) => /[?&]q=/.test(name)).map(({ startTime, responseEnd }) => responseEnd - startTime)",
    );
    await page.close();
    line(`${address} “${words}”`, taken);
    if (taken.length === 0) failures.push(`${address}: nothing was asked for`);
    if (percentile(taken, 99) > TYPED)
      failures.push(`${address} “${words}”: answered after ${percentile(taken, 99).toFixed(0)} ms, promised ${TYPED}`);
  }
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-pages-'));
const relay = await startRelay(dir);
let browser = null;
try {
  const { token } = JSON.parse(fs.readFileSync(path.join(options.dir, 'run', 'control.json'), 'utf8'));
  browser = await chromium.launch({ ...browserPath(), args: ['--no-sandbox'] });
  const context = await browser.newContext({ baseURL: relay.url, viewport: { width: 1280, height: 800 } });
  await context.request.post('/sign-in', { form: { token }, headers: { origin: relay.url }, maxRedirects: 0 });
  await measurePaints(context);
  await measureTyping(context);
} finally {
  await browser?.close();
  await relay.stop();
  fs.rmSync(dir, { recursive: true, force: true });
}
for (const failure of failures) console.log(`MISSED ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
