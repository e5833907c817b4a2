#!/usr/bin/env node
/**
 * Reports in: `npm run bench:reports [-- --reports 3000 --rate 300]`. A relais with all its processes on
 * one core takes bounces to its return paths over several connections, each of which turns a recipient
 * from `transferred` to `failed` in a commit of its own. Prints how many a second, the delay of the event
 * loop, and by how much submission that runs as fast as it can is slowed by `--rate` reports a second.
 * Needs no other program; with `taskset` (util-linux) relais keeps to one core.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, median, sleep, startRelais, usage } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    reports: { type: 'string', default: '3000' },
    rate: { type: 'string', default: '300' },
    connections: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '8' },
  },
});
const count = Number(options.reports);
const rate = Number(options.rate);
const connections = Number(options.connections);
const seconds = Number(options.seconds);
const WANTED = { rate: 300, loopMs: 50, slowed: 20 };
const ROUNDS = 3;

/** A client: one line out, one reply back. */
class Client {
  #socket;
  #text = '';
  #waiting = null;

  constructor(port) {
    this.#socket = net.connect(port, '127.0.0.1').setNoDelay(true);
    this.#socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
      this.#settle();
    });
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => this.#waiting?.reject(new Error('the connection was closed')));
  }

  reply() {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#settle();
    });
  }

  async say(text, expected) {
    this.#socket.write(text);
    const reply = await this.reply();
    if (!reply.startsWith(expected)) throw new Error(`${JSON.stringify(text.slice(0, 80))} was answered ${reply}`);
    return reply;
  }

  async greet() {
    await this.reply();
    await this.say('EHLO bench.test\r\n', '250');
    return this;
  }

  async mail(from, to, content) {
    await this.say(`MAIL FROM:<${from}>\r\n`, '250');
    await this.say(`RCPT TO:<${to}>\r\n`, '250');
    await this.say('DATA\r\n', '354');
    await this.say(`${content}\r\n.\r\n`, '250');
  }

  end() {
    this.#socket.destroy();
  }

  #settle() {
    const reply = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(this.#text)?.[0];
    if (this.#waiting === null || reply === undefined) return;
    this.#text = this.#text.slice(reply.length);
    const { resolve } = this.#waiting;
    this.#waiting = null;
    resolve(reply);
  }
}

/** A next hop that takes all, and keeps the return paths. */
async function startHop() {
  const paths = [];
  const server = net.createServer((socket) => {
    let text = '';
    let data = false;
    socket.setNoDelay(true).on('error', () => undefined);
    socket.write('220 hop.test ESMTP\r\n');
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      let replies = '';
      for (;;) {
        const end = data ? text.indexOf('\r\n.\r\n') : text.indexOf('\r\n');
        if (end === -1) break;
        const line = text.slice(0, end);
        text = text.slice(end + (data ? 5 : 2));
        if (data) {
          data = false;
          replies += '250 2.0.0 Ok: queued as 4XyZ12AbCdEfz\r\n';
        } else if (/^DATA/i.test(line)) {
          data = true;
          replies += '354 go on\r\n';
        } else if (/^EHLO/i.test(line)) replies += '250-hop.test\r\n250-PIPELINING\r\n250 DSN\r\n';
        else {
          if (/^MAIL/i.test(line)) paths.push(/<(.*?)>/.exec(line)?.[1] ?? '');
          replies += '250 2.0.0 fine\r\n';
        }
      }
      if (replies !== '') socket.write(replies);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, paths, stop: () => server.close() };
}

let serial = 0;
const recipientOf = (i) => `user${i}@customer${i % 50}.example`;

function message(i) {
  const id = `${(++serial).toString(36)}.${i}@erp.example`;
  return `From: erp@example.com\r\nTo: ${recipientOf(i)}\r\nSubject: Invoice ${i}\r\nMessage-ID: <${id}>\r\n\r\n${'Dear customer, your invoice is attached.\r\n'.repeat(80)}`;
}

/** As Postfix writes it. */
function bounce(to) {
  const n = ++serial;
  const recipient = recipientOf(n);
  const parts = [
    `Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: ${to}\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <${n}.dsn@mx.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n`,
    `--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system at host mx.example.\r\n\r\n<${recipient}>: host mx.customer.example said: 550 5.1.1 user unknown\r\n`,
    `--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\nX-Postfix-Queue-ID: 4XyZ12AbCdEfz\r\n\r\nFinal-Recipient: rfc822; ${recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n`,
    `--b\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <${to}>\r\nFrom: erp@example.com\r\nSubject: Invoice\r\n\r\n${'Dear customer, your invoice is attached.\r\n'.repeat(80)}\r\n--b--`,
  ];
  return parts.join('\r\n');
}

/** Does `work(client, i)` for i from 0 on over some connections, until `stop()` or `total`. */
function load(port, sessions, total, work) {
  let next = 0;
  let done = 0;
  let stopped = false;
  const running = Array.from({ length: sessions }, async () => {
    const client = await new Client(port).greet();
    while (!stopped && next < total) {
      await work(client, next++);
      done++;
    }
    client.end();
  });
  return {
    finished: Promise.all(running),
    count: () => done,
    stop: () => {
      stopped = true;
    },
  };
}

async function metrics(http) {
  return (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
}

/** Milliseconds: the worst 99th percentile of the loop that the metrics page tells, since it was asked last. */
async function loopDelay(http) {
  const found = /^relais_event_loop_lag_seconds\{[^}]*(?:0\.99|"p?99")[^}]*\} (\S+)$/m.exec(await metrics(http));
  return found === null ? Number.NaN : Number(found[1]) * 1000;
}

const submitting = (port) =>
  load(port, 10, Number.POSITIVE_INFINITY, (client, i) => client.mail('erp@example.com', recipientOf(i), message(i)));

async function submissionRate(port) {
  const run = submitting(port);
  await sleep(1000);
  const [before, began] = [run.count(), performance.now()];
  await sleep(seconds * 1000);
  const found = ((run.count() - before) * 1000) / (performance.now() - began);
  run.stop();
  await run.finished;
  return found;
}

/** Takes return paths off the list at a rate until it is stopped. */
function reportingAt(port, paths, perSecond) {
  const began = performance.now();
  let sent = 0;
  const run = load(port, connections, Number.POSITIVE_INFINITY, async (client) => {
    const due = began + (sent++ * 1000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    const to = paths.shift();
    if (to !== undefined) await client.mail('', to, bounce(to));
  });
  return run;
}

async function until(what, condition, limit = 120_000) {
  const end = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${limit / 1000} s`);
    await sleep(50);
  }
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-reports-'));
const hop = await startHop();
const reportPort = await freePort();
const limits = 'limits: {perAddress: 1000000/minute, perMessage: 1000000/minute}';
const relais = await startRelais(dir, {
  smtp: await freePort(),
  http: await freePort(),
  sinkPort: hop.port,
  reports: `{domain: bounce.test, listeners: [{address: 127.0.0.1, port: ${reportPort}}], ${limits}}`,
  // What senders are told of late failures is mail of its own, and another's figure.
  extra: 'accounts: [{name: default, notifications: requested}]\n',
});
const faults = [];
try {
  const pinned = spawnSync('taskset', ['-a', '-p', '-c', '0', String(relais.pid)]).status === 0;
  console.log(`${pinned ? 'relais on one core' : 'relais on all cores (no taskset)'}; load average ${os.loadavg()[0].toFixed(1)} before`);
  const needed = count + ROUNDS * Math.ceil((seconds + 4) * rate);
  const filling = load(relais.port, 20, needed, (client, i) => client.mail('erp@example.com', recipientOf(i), message(i)));
  await filling.finished;
  await until('all messages transferred', () => hop.paths.length >= needed);
  await sleep(500);
  const paths = hop.paths.splice(0);

  await loopDelay(relais.http);
  const cpuBefore = usage(relais.pid).cpuSeconds;
  const began = performance.now();
  const some = paths.splice(0, count);
  await load(reportPort, connections, count, (client, i) => client.mail('', some[i], bounce(some[i]))).finished;
  const found = (count * 1000) / (performance.now() - began);
  const loopAlone = await loopDelay(relais.http);
  const cpu = ((usage(relais.pid).cpuSeconds - cpuBefore) * 1000) / count;
  console.log(
    `reports alone: ${found.toFixed(0)} a second, ${connections} connections, ${cpu.toFixed(2)} ms of CPU each with the reader's; event loop p99 ${loopAlone.toFixed(1)} ms`,
  );
  if (found < WANTED.rate) faults.push(`${found.toFixed(0)} reports a second, wanted ${WANTED.rate}`);

  const alone = [];
  const beside = [];
  const loops = [];
  const taken = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await submissionRate(relais.port));
    await loopDelay(relais.http);
    const reporting = reportingAt(reportPort, paths, rate);
    const [start, at] = [reporting.count(), performance.now()];
    beside.push(await submissionRate(relais.port));
    taken.push(((reporting.count() - start) * 1000) / (performance.now() - at));
    reporting.stop();
    await reporting.finished;
    loops.push(await loopDelay(relais.http));
    console.log(
      `round ${round + 1}: ${alone.at(-1).toFixed(0)} submitted a second, ${beside.at(-1).toFixed(0)} beside ${taken.at(-1).toFixed(0)} reports a second; event loop p99 ${loops.at(-1).toFixed(1)} ms`,
    );
  }
  const slowed = 100 * (1 - median(beside) / median(alone));
  console.log(`submission is slowed by ${slowed.toFixed(0)} % (medians of ${ROUNDS}); load average ${os.loadavg()[0].toFixed(1)} after`);
  if (slowed > WANTED.slowed) faults.push(`submission is slowed by ${slowed.toFixed(0)} %, wanted under ${WANTED.slowed}`);
  const loop = Math.max(loopAlone, median(loops));
  if (!(loop < WANTED.loopMs)) faults.push(`event loop p99 ${loop.toFixed(1)} ms, wanted under ${WANTED.loopMs}`);
} finally {
  await relais.stop();
  hop.stop();
  fs.rmSync(dir, { recursive: true, force: true });
}
if (faults.length > 0) console.error(faults.join('\n'));
process.exitCode = faults.length > 0 ? 1 : 0;
