#!/usr/bin/env node
/**
 * What references cost: bursts of small messages into a relay that finds none and groups nothing, and one
 * that has rules, profiles and streams, in turn: `npm run bench:references`.
 *
 *     npm run bench:references -- [--rounds 3] [--count 20000] [--size 2048]
 *
 * A rate is end to end, until the last message has arrived at the sink. For the second relay also how long
 * after that all messages are completed. Needs Debian's postfix package (smtp-source, smtp-sink).
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, median, requirePrograms, sleep, startRelais, startSink, submit, usage } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    count: { type: 'string', default: '20000' },
    size: { type: 'string', default: '2048' },
  },
});
const rounds = Number(options.rounds);
const count = Number(options.count);

const RULES = [
  'order (?<n>\\\\d+)',
  'claim[ #]*(?<n>[A-Z]*\\\\d+)',
  'ticket \\\\[(?<n>\\\\d+)\\\\]',
  'dossier (?<n>\\\\d{4}/\\\\d+)',
  'polis (?<n>\\\\d+)',
];
const WITHOUT = 'references: {profiles: [headers], attachments: 0B, streams: false}';
const WITH = `references:
  profiles: [headers, odoo, dolibarr, ubl, factur-x, afas]
  rules:
${RULES.map((pattern) => `    - {field: document, from: subject, pattern: "${pattern}"}`).join('\n')}`;

requirePrograms('smtp-source', 'smtp-sink');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-references-'));

async function start(name, extra) {
  const sinkPort = await freePort();
  const sink = await startSink(path.join(dir, `${name}-sink`), sinkPort);
  const relais = await startRelais(path.join(dir, name), { smtp: await freePort(), http: await freePort(), sinkPort, extra });
  return { name, sink, relais, rates: [], accepts: [], cpu: [] };
}

/** Events that the reader of references has still to read. */
async function behind({ relais, name }) {
  const { token } = JSON.parse(fs.readFileSync(path.join(dir, name, 'data', 'run', 'control.json'), 'utf8'));
  const answer = await fetch(`http://127.0.0.1:${relais.http}/api/v1/references`, { headers: { authorization: `Bearer ${token}` } });
  return answer.ok ? (await answer.json()).behind : null;
}

async function burst(target) {
  const { sink, relais } = target;
  const before = sink.count();
  const used = usage(relais.pid);
  const began = performance.now();
  await submit({ port: relais.port, count, size: Number(options.size), sessions: 20, reuse: true });
  const accepted = (performance.now() - began) / 1000;
  while (sink.count() - before < count) await sleep(5);
  const seconds = (performance.now() - began) / 1000;
  return { accepted: count / accepted, rate: count / seconds, cpu: usage(relais.pid).cpuSeconds - used.cpuSeconds };
}

const targets = [await start('without', WITHOUT), await start('with', WITH)];
try {
  for (let round = 0; round <= rounds; round++) {
    for (const target of targets) {
      const { accepted, rate, cpu } = await burst(target);
      const atEnd = await behind(target);
      const ended = performance.now();
      let left = await behind(target);
      while (left !== null && left > 0 && performance.now() - ended < 60_000) {
        await sleep(250);
        left = await behind(target);
      }
      const completed = ((performance.now() - ended) / 1000).toFixed(1);
      // The first is not counted: what is measured runs for weeks.
      if (round > 0) {
        target.rates.push(rate);
        target.accepts.push(accepted);
        target.cpu.push(cpu);
      }
      console.log(
        `${round} ${target.name}: taken ${accepted.toFixed(0)}/s, through ${rate.toFixed(0)}/s, ${cpu.toFixed(1)} s of CPU; ${atEnd} events behind, ${left} after ${completed} s`,
      );
      await sleep(1500);
    }
  }
  const [without, withThem] = targets.map(({ rates, accepts, cpu }) => ({ rate: median(rates), taken: median(accepts), cpu: median(cpu) }));
  const cost = (a, b) => `${((1 - b / a) * 100).toFixed(1)} %`;
  console.log(
    `taken: ${without.taken.toFixed(0)}/s without, ${withThem.taken.toFixed(0)}/s with references: ${cost(without.taken, withThem.taken)} slower`,
  );
  console.log(
    `through: ${without.rate.toFixed(0)}/s without, ${withThem.rate.toFixed(0)}/s with references: ${cost(without.rate, withThem.rate)} slower`,
  );
  console.log(
    `CPU of a burst: ${without.cpu.toFixed(1)} s without, ${withThem.cpu.toFixed(1)} s with references: ${((withThem.cpu / without.cpu - 1) * 100).toFixed(1)} % more`,
  );
} finally {
  for (const { sink, relais } of targets) {
    await relais.stop();
    await sink.stop();
  }
  fs.rmSync(dir, { recursive: true, force: true });
}
