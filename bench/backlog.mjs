#!/usr/bin/env node
/**
 * A backlog: `npm run bench:backlog [-- --count 100000]`. The next hop is down while 100,000 messages come in.
 * Prints how fast each tenth was accepted, what is resident, and how long a restart takes with all of them
 * queued. Then the hop comes back and everything must arrive. Needs Debian's postfix package
 * (smtp-source, smtp-sink) and root.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, requirePrograms, sleep, startRelais, startSink, submit, usage } from './support.mjs';

const { values: options } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, size: { type: 'string', default: '4096' } },
});
const count = Number(options.count);
const size = Number(options.size);
const RESIDENT_LIMIT = 400;
const READY_LIMIT = 5000;

requirePrograms('smtp-source', 'smtp-sink');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-backlog-'));
const ports = { smtp: await freePort(), http: await freePort(), sinkPort: await freePort() };
const extra = 'delivery: {retry: [20s]}\n';
const mib = (octets) => octets / 1048576;
let relais = await startRelais(dir, { ...ports, extra });
let sink = null;
const faults = [];
try {
  console.log(`empty: ${mib(usage(relais.pid).resident).toFixed(0)} MiB resident`);
  const rates = [];
  let peak = 0;
  for (let tenth = 1; tenth <= 10; tenth++) {
    const seconds = await submit({ port: relais.port, count: count / 10, size, sessions: 20, reuse: true });
    const { resident } = usage(relais.pid);
    peak = Math.max(peak, mib(resident));
    rates.push(count / 10 / seconds);
    console.log(`${(count / 10) * tenth} queued: ${rates.at(-1).toFixed(0)} accepted a second, ${mib(resident).toFixed(0)} MiB resident`);
  }
  if (peak > RESIDENT_LIMIT) faults.push(`${peak.toFixed(0)} MiB resident, wanted under ${RESIDENT_LIMIT}`);
  await relais.stop('SIGKILL');
  relais = await startRelais(dir, { ...ports, extra });
  console.log(
    `restart after SIGKILL with ${count} queued: ready in ${relais.readyAfterMs.toFixed(0)} ms, ${mib(usage(relais.pid).resident).toFixed(0)} MiB resident`,
  );
  if (relais.readyAfterMs > READY_LIMIT) faults.push(`ready after ${relais.readyAfterMs.toFixed(0)} ms, wanted under ${READY_LIMIT}`);
  sink = await startSink(dir, ports.sinkPort);
  const began = performance.now();
  const end = Date.now() + 600_000;
  while (sink.count() < count && Date.now() < end) await sleep(200);
  await sleep(1000);
  console.log(
    `the hop is back: ${sink.count()} of ${count} arrived within ${((performance.now() - began) / 1000).toFixed(0)} s, ${mib(usage(relais.pid).resident).toFixed(0)} MiB resident`,
  );
  if (sink.count() < count) faults.push(`${count - sink.count()} did not arrive`);
} finally {
  await relais.stop();
  sink?.stop();
  fs.rmSync(dir, { recursive: true, force: true });
}
for (const fault of faults) console.log(`!! ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
