#!/usr/bin/env node
/**
 * relais, Postfix and the bare sink in one interleaved run: `npm run bench`.
 *
 *     npm run bench -- [--rounds 5] [--only 4k-reused,64k] [--json FILE] [--no-postfix]
 *
 * Each row is the same work for each target in turn (A B C A B C …), so that a noisy machine is noisy
 * for all of them: read the ratios, never the absolute figures. A rate is end to end: from the first
 * connection until the last message has arrived at the sink. The first round of each row is not
 * counted: what is measured runs for weeks. Needs Debian's postfix package and root.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, median, requirePrograms, sleep, startPostfix, startRelais, startSink, submit, usage } from './support.mjs';

const WORK = [
  { name: '4k-reused', text: '4 KiB, 20 sessions, connections reused', size: 4096, sessions: 20, reuse: true, count: 3000, atLeast: 3 },
  {
    name: '4k-connect',
    text: '4 KiB, 20 sessions, one connection a message',
    size: 4096,
    sessions: 20,
    reuse: false,
    count: 2000,
    atLeast: 1.5,
  },
  { name: '4k-one', text: '4 KiB, one session', size: 4096, sessions: 1, reuse: true, count: 1000, atLeast: null },
  { name: '64k', text: '64 KiB, 20 sessions, reused', size: 65536, sessions: 20, reuse: true, count: 1500, atLeast: 1.5 },
  { name: '1m', text: '1 MiB, 20 sessions, reused', size: 1048576, sessions: 20, reuse: true, count: 200, atLeast: 1 },
];

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    json: { type: 'string' },
    'no-postfix': { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const work = options.only === undefined ? WORK : WORK.filter((item) => options.only.split(',').includes(item.name));

requirePrograms('smtp-source', 'smtp-sink', ...(options['no-postfix'] ? [] : ['postfix']));

async function run(target, item, sink) {
  const before = { arrived: sink.count(), use: target.pid === null ? null : usage(target.pid) };
  const began = performance.now();
  await submit({ port: target.port, ...item });
  const acceptSeconds = (performance.now() - began) / 1000;
  const end = Date.now() + 120_000;
  while (sink.count() - before.arrived < item.count) {
    if (Date.now() > end) throw new Error(`${target.name}: ${sink.count() - before.arrived} of ${item.count} arrived within two minutes`);
    await sleep(3);
  }
  const seconds = (performance.now() - began) / 1000;
  await sleep(500); // what is still written after the last arrival counts too
  const after = target.pid === null ? null : usage(target.pid);
  if (sink.count() - before.arrived !== item.count) throw new Error(`${target.name}: more arrived than was sent`);
  return {
    target: target.name,
    work: item.name,
    rate: item.count / seconds,
    acceptRate: item.count / acceptSeconds,
    cpuPerThousand: after === null ? null : ((after.cpuSeconds - before.use.cpuSeconds) / item.count) * 1000,
    residentMiB: after === null ? null : after.resident / 1048576,
  };
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-bench-'));
const stops = [];
let failed = false;
try {
  const sink = await startSink(dir, await freePort());
  stops.push(() => sink.stop());
  const relais = await startRelais(path.join(dir, 'relais'), { smtp: await freePort(), http: await freePort(), sinkPort: sink.port });
  stops.push(() => relais.stop());
  const targets = [
    { name: 'sink alone', port: sink.port, pid: null },
    { name: 'relais', port: relais.port, pid: relais.pid },
  ];
  if (!options['no-postfix']) {
    const postfix = await startPostfix(path.join(dir, 'postfix'), await freePort(), sink.port);
    stops.push(() => postfix.stop());
    targets.push({ name: 'Postfix', port: postfix.port, pid: postfix.pid });
  }
  const results = [];
  console.log(
    `| work | ${targets.map((target) => `${target.name} /s`).join(' | ')} | relais : Postfix | CPU-s per 1000: ${targets
      .filter((t) => t.pid)
      .map((t) => t.name)
      .join(', ')} |`,
  );
  console.log(`|---|${targets.map(() => '---').join('|')}|---|---|`);
  for (const item of work) {
    for (const target of targets) await run(target, item, sink);
    for (let round = 0; round < rounds; round++) for (const target of targets) results.push(await run(target, item, sink));
    const of = (name, key) => results.filter((r) => r.target === name && r.work === item.name).map((r) => r[key]);
    const rates = targets.map((target) => {
      const values = of(target.name, 'rate');
      return `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)})`;
    });
    const ratio = options['no-postfix'] ? null : median(of('relais', 'rate').map((rate, i) => rate / of('Postfix', 'rate')[i]));
    const cpu = targets.filter((target) => target.pid).map((target) => median(of(target.name, 'cpuPerThousand')).toFixed(2));
    const short = ratio !== null && item.atLeast !== null && ratio < item.atLeast;
    failed ||= short;
    console.log(
      `| ${item.text} | ${rates.join(' | ')} | ${ratio === null ? '–' : `${ratio.toFixed(2)}×${short ? ` (wanted ${item.atLeast}×)` : ''}`} | ${cpu.join(', ')} |`,
    );
  }
  console.log(
    `\nMedians (lowest–highest) of ${rounds} interleaved rounds; relais resident ${median(results.filter((r) => r.target === 'relais').map((r) => r.residentMiB)).toFixed(0)} MiB. ${os.cpus().length} cores, Node.js ${process.version}.`,
  );
  if (options.json) fs.writeFileSync(options.json, results.map((row) => `${JSON.stringify(row)}\n`).join(''));
} finally {
  for (const stop of stops.reverse()) await stop();
  fs.rmSync(dir, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
