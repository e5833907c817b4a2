#!/usr/bin/env node
/**
 * How soon signals leave: mail at a steady rate, two events a message, past 50 rules; every tenth message
 * is told to two webhook receivers. First both answer, then the second one hangs: the first one, and mail,
 * must not feel it: `npm run bench:signals`.
 *
 *     npm run bench:signals -- [--rate 500] [--seconds 20]
 *
 * A delay is from the time that the event bears to the webhook's arrival. Needs Debian's postfix package
 * (smtp-sink).
 */
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, percentile, requirePrograms, sleep, startRelais, startSink, usage } from './support.mjs';

const { values: options } = parseArgs({
  options: { rate: { type: 'string', default: '500' }, seconds: { type: 'string', default: '20' } },
});
const rate = Number(options.rate);
const seconds = Number(options.seconds);
const RULES = 50;
/** As many as one address may open by default. */
const SESSIONS = 20;
const TOLD_EVERY = 10;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** A receiver that keeps the delay of each webhook; where `hangs`, it answers none. */
async function startReceiver() {
  const receiver = { delays: [], hangs: false, url: '', close: () => server.close() };
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { timestamp } = JSON.parse(Buffer.concat(chunks).toString());
      receiver.delays.push(Date.now() - Date.parse(timestamp));
      if (!receiver.hangs) response.writeHead(204).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${server.address().port}/`;
  return receiver;
}

/** Two that tell, and others that filter by what stands in the event or in the message, and fit now and then. */
function rules([first, second]) {
  const tell = (name, { url }) =>
    `  - {name: ${name}, on: [recipient.transferred], where: {domain: told.example}, group: each, notify: [{webhook: {url: "${url}", secret: "${SECRET}", allowPrivate: true}}]}`;
  const filters = [
    (i) => `where: {template: [kind-${i}*]}`,
    (i) => `where: {tag: "customer=${i}"}`,
    (i) => `where: {sender: ["desk-${i}@example.com"]}`,
    (i) => `where: {domain: "*.d${i}.example"}`,
    (i) => `threshold: {count: ${1000 + i}, within: 1h}, where: {template: [kind-${i}*]}`,
  ];
  const others = Array.from({ length: RULES - 2 }, (_, i) => {
    const on = i % 2 === 0 ? 'recipient.transferred, recipient.failed' : 'recipient.failed, recipient.deferred, recipient.transferred';
    return `  - {name: other ${i}, on: [${on}], ${filters[i % filters.length](i)}}`;
  });
  return `signals:\n${[tell('first', first), tell('second', second), ...others].join('\n')}`;
}

/** One SMTP session; `send` resolves with the reply after the final dot. */
async function openSession(port) {
  const socket = net.connect(port, '127.0.0.1').setEncoding('latin1').setNoDelay(true);
  let text = '';
  let wake = () => {};
  socket.on('data', (chunk) => {
    text += chunk;
    wake();
  });
  const reply = async () => {
    for (;;) {
      const [, whole, last] = /^((?:\d{3}-[^\n]*\n)*(\d{3}) [^\n]*\n)/.exec(text) ?? [];
      if (whole !== undefined) {
        text = text.slice(whole.length);
        return last;
      }
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  };
  await reply();
  socket.write('EHLO bench.example\r\n');
  await reply();
  return {
    async send(to, template) {
      socket.write(`MAIL FROM:<billing@example.com>\r\nRCPT TO:<${to}>\r\nDATA\r\n`);
      await reply();
      await reply();
      if ((await reply()) !== '354') throw new Error('DATA was refused');
      socket.write(`Subject: x\r\nX-Relais-Template: ${template}\r\nX-Relais-Tag: customer=7\r\n\r\n${'x'.repeat(500)}\r\n.\r\n`);
      if ((await reply()) !== '250') throw new Error('the message was refused');
    },
    close: () => socket.destroy(),
  };
}

/** Mail at the rate for so long; how many a second were accepted, and the delay of each acceptance. */
async function drive(port) {
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => openSession(port)));
  const began = performance.now();
  const accepts = [];
  let sent = 0;
  await Promise.all(
    sessions.map(async (session) => {
      while (performance.now() - began < seconds * 1000) {
        const n = sent++;
        const due = began + (n / rate) * 1000;
        if (due > performance.now()) await sleep(due - performance.now());
        const from = performance.now();
        await session.send(n % TOLD_EVERY === 0 ? `c${n}@told.example` : `c${n}@other${n % 50}.example`, `kind-${n % 100}`);
        accepts.push(performance.now() - from);
      }
    }),
  );
  const took = (performance.now() - began) / 1000;
  for (const session of sessions) session.close();
  return { sent, rate: sent / took, accepts };
}

const ms = (value) => `${Math.round(value)} ms`.padStart(9);

requirePrograms('smtp-sink');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-signals-'));
const receivers = [await startReceiver(), await startReceiver()];
const sink = await startSink(path.join(dir, 'sink'), await freePort());
const relais = await startRelais(path.join(dir, 'relais'), {
  smtp: await freePort(),
  http: await freePort(),
  sinkPort: sink.port,
  extra: rules(receivers),
});
try {
  console.log(
    `${RULES} rules, ${rate} messages and ${2 * rate} events a second, ${seconds} s each; every ${TOLD_EVERY}th is told to two receivers\n`,
  );
  console.log('second receiver   messages/s  arrived  first receiver: told  median      p99      most   accepted: median, p99   CPU-s');
  for (const hangs of [false, false, true]) {
    for (const receiver of receivers) receiver.delays = [];
    receivers[1].hangs = hangs;
    const before = { sink: sink.count(), cpu: usage(relais.pid).cpuSeconds };
    const driven = await drive(relais.port);
    const expected = Math.ceil(driven.sent / TOLD_EVERY);
    const end = performance.now() + 15_000;
    while ((receivers[0].delays.length < expected || sink.count() - before.sink < driven.sent) && performance.now() < end) await sleep(20);
    const { delays } = receivers[0];
    const cpu = usage(relais.pid).cpuSeconds - before.cpu;
    console.log(
      `${(hangs ? 'hangs' : 'answers').padEnd(16)} ${driven.rate.toFixed(0).padStart(11)} ${String(sink.count() - before.sink).padStart(8)} ${`${delays.length}/${expected}`.padStart(21)} ${ms(percentile(delays, 50))} ${ms(percentile(delays, 99))} ${ms(Math.max(...delays))}   ${ms(percentile(driven.accepts, 50))}, ${ms(percentile(driven.accepts, 99))} ${cpu.toFixed(1).padStart(7)}`,
    );
  }
} finally {
  await relais.stop('SIGKILL');
  sink.stop();
  for (const receiver of receivers) receiver.close();
  fs.rmSync(dir, { recursive: true, force: true });
  process.exit(0);
}
