#!/usr/bin/env node
/**
 * What open live pages cost the mail: `npm run bench:live [-- --pages 200] [--rounds 4] [--count 15000]`.
 *
 * 4 KiB messages go through as fast as they can, in turn with no page open and with so many; each page is
 * the register as a browser keeps it: a stream of its own, and the list fetched anew when it is told to,
 * no sooner than the relay asks for. The pages run in a process of their own, and take their share of the
 * machine: what the relay itself spends on them is told apart. Ends with 1 when they cost more than was
 * promised. Needs Debian's postfix package (smtp-source, smtp-sink) and root.
 */
import { fork } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort, median, percentile, requirePrograms, sleep, startRelais, startSink, submit, usage } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    pages: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '4' },
    count: { type: 'string', default: '15000' },
    /** The process of the pages: where the relay is, and who looks. */
    url: { type: 'string' },
    cookie: { type: 'string' },
  },
});
/** Of the throughput. */
const COST = 0.1;

// ── Pages, as live.js has them ──

const told = { ticks: 0, fetches: 0, octets: 0, milliseconds: [] };
const agent = new http.Agent({ keepAlive: true, maxSockets: 400 });

function get(target, headers = {}) {
  return new Promise((resolve, reject) => {
    http.get(target, { agent, headers: { cookie: options.cookie, ...headers } }, resolve).on('error', reject);
  });
}

/** The body's octets, which nobody looks at. */
async function taken(answer) {
  let octets = 0;
  for await (const part of answer) octets += part.length;
  return octets;
}

async function openPage() {
  let pace = 1000;
  let last = Date.now();
  let timer = null;
  await taken(await get(`${options.url}/messages`));
  const want = () => {
    timer ??= setTimeout(fetchList, Math.max(Math.random() * pace * 0.3, last + pace - Date.now()));
  };
  async function fetchList() {
    last = Date.now();
    const begin = performance.now();
    const answer = await get(`${options.url}/messages`, { 'hx-request': 'true' });
    pace = Math.max(1000, Number(answer.headers['relais-pace']) || pace);
    told.octets += await taken(answer);
    told.milliseconds.push(performance.now() - begin);
    told.fetches++;
    timer = null;
    if (answer.headers['relais-stale'] !== undefined) want();
  }
  const stream = await get(`${options.url}/live`, { accept: 'text/event-stream' });
  if (stream.statusCode !== 200) throw new Error(`/live: ${stream.statusCode}`);
  stream.on('data', (part) => {
    if (!part.includes('data:')) return;
    told.ticks++;
    want();
  });
}

async function keepPages() {
  for (let n = 0; n < Number(options.pages); n++) await openPage();
  process.send({ open: true });
  process.on('message', () => {
    process.send(told);
    process.exit(0);
  });
}

// ── The mail, with and without them ──

async function signIn(url, dataDir) {
  const { token } = JSON.parse(fs.readFileSync(path.join(dataDir, 'run', 'control.json'), 'utf8'));
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url },
    body: new URLSearchParams({ token }),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`no session: ${answer.status}`);
  return cookie;
}

/** Opens the pages; gives how to close them, which gives what they were told. */
async function startPages(url, cookie) {
  const child = fork(fileURLToPath(import.meta.url), ['--pages', options.pages, '--url', url, '--cookie', cookie]);
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the pages ended with ${code}`)));
  });
  return () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.once('message', resolve);
      child.send('close');
    });
}

async function round(relais, sink, count) {
  const before = { arrived: sink.count(), use: usage(relais.pid) };
  const began = performance.now();
  await submit({ port: relais.port, count, size: 4096, sessions: 20, reuse: true });
  const end = Date.now() + 120_000;
  while (sink.count() - before.arrived < count) {
    if (Date.now() > end) throw new Error('not all arrived within two minutes');
    await sleep(3);
  }
  const seconds = (performance.now() - began) / 1000;
  return { rate: count / seconds, cpu: ((usage(relais.pid).cpuSeconds - before.use.cpuSeconds) / count) * 1000 };
}

async function measure() {
  requirePrograms('smtp-source', 'smtp-sink');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-live-'));
  const stops = [];
  try {
    const sink = await startSink(dir, await freePort());
    stops.push(() => sink.stop());
    const relais = await startRelais(path.join(dir, 'relais'), { smtp: await freePort(), http: await freePort(), sinkPort: sink.port });
    stops.push(() => relais.stop());
    const url = `http://127.0.0.1:${relais.http}`;
    const cookie = await signIn(url, path.join(dir, 'relais', 'data'));
    const count = Number(options.count);
    await round(relais, sink, count);
    const results = { alone: [], pages: [] };
    for (let n = 0; n < Number(options.rounds); n++) {
      results.alone.push(await round(relais, sink, count));
      const close = await startPages(url, cookie);
      results.pages.push(await round(relais, sink, count));
      Object.assign(told, await close());
    }
    const [alone, pages] = [results.alone, results.pages].map((rounds) => ({
      rate: median(rounds.map(({ rate }) => rate)),
      cpu: median(rounds.map(({ cpu }) => cpu)),
    }));
    const cost = 1 - pages.rate / alone.rate;
    console.log(`no page        ${alone.rate.toFixed(0)}/s, ${alone.cpu.toFixed(2)} CPU-s per 1000 messages`);
    console.log(
      `${options.pages} live pages ${pages.rate.toFixed(0)}/s, ${pages.cpu.toFixed(2)} CPU-s per 1000: ${(cost * 100).toFixed(1)}% of the throughput, ${((pages.cpu / alone.cpu - 1) * 100).toFixed(1)}% more CPU of the relay`,
    );
    console.log(
      `the last time they were told ${told.ticks} times, and fetched ${told.fetches} lists of ${(told.octets / Math.max(1, told.fetches) / 1024).toFixed(0)} KiB, p50 ${percentile(told.milliseconds, 50).toFixed(0)} p99 ${percentile(told.milliseconds, 99).toFixed(0)} ms`,
    );
    if (cost > COST) {
      console.log(`MISSED they cost ${(cost * 100).toFixed(1)}% of the throughput, promised at most ${COST * 100}%`);
      process.exitCode = 1;
    }
  } finally {
    for (const stop of stops.reverse()) await stop();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

if (options.url === undefined) await measure();
else await keepPages();
