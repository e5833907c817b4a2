#!/usr/bin/env node
/**
 * Many destination domains: `npm run bench:domains [-- --domains 10000] [-- --each 10]`. The same number of
 * messages waits in the register, once for one domain, once for 10,000; a fake DNS leads all of them to one
 * sink on loopback. Prints how fast each backlog was delivered, and what a next hop costs in memory once it
 * is idle. Needs Debian's postfix package (smtp-sink) and root; started with --expose-gc.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createIdFactory } from '../dist/domain/ids.js';
import { NO_REFERENCES } from '../dist/domain/references.js';
import { startDelivery } from '../dist/relay/delivery/index.js';
import { openStore } from '../dist/store/index.js';
import { freePort, requirePrograms, sleep, startSink } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    domains: { type: 'string', default: '10000' },
    each: { type: 'string', default: '10' },
    size: { type: 'string', default: '4096' },
    connections: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '1' },
  },
});
const domains = Number(options.domains);
const count = domains * Number(options.each);
const SHARE_WANTED = 0.7;
const OCTETS_WANTED = 4096;
/** Acceptances on their way at once. */
const BATCH = 500;
const DAY = 86_400_000;

requirePrograms('smtp-sink');
const log = {
  debug() {},
  info() {},
  warn() {},
  error: (...words) => {
    console.error(...words);
    process.exit(1);
  },
};
const now = Date.now;
const nextId = createIdFactory({ now, randomBytes: crypto.randomBytes });
const body = Buffer.from(`Subject: many domains\r\n\r\n${`${'x'.repeat(74)}\r\n`.repeat(Math.ceil(Number(options.size) / 76))}`);

const answer = (records) => ({ kind: records.length === 0 ? 'no-data' : 'records', records, secure: false, alias: null });
/** Every domain has a mail host of its own name's; all of them are the sink. */
const resolver = {
  resolveMx: async (domain) => answer([{ exchange: `mx.${domain}`, priority: 10 }]),
  resolve4: async () => answer(['127.0.0.1']),
  resolve6: async () => answer([]),
  resolveTxt: async () => answer([]),
  resolveTlsa: null,
};

/** Accepts `count` messages over so many domains, in turn. */
async function fill(store, over) {
  for (let from = 0; from < count; from += BATCH) {
    await Promise.all(Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => accept(store, `d${(from + i) % over}.test`)));
  }
}

async function accept(store, domain) {
  const id = nextId();
  const at = now();
  const message = {
    id,
    acceptedAt: at,
    account: 'default',
    client: { address: '127.0.0.1', helo: 'bench', tls: null, user: null },
    envelope: {
      reversePath: { kind: 'address', address: 'sender@src.test' },
      recipients: [{ address: `rcpt@${domain}`, notify: null, orcpt: null }],
      ret: null,
      envid: null,
      smtputf8: false,
      eightBitMime: false,
    },
    headers: { subject: 'many domains', messageId: `${id}@src.test`, from: null, date: null },
    references: NO_REFERENCES,
    supersedes: null,
    received: `Received: from bench by relay.test\r\n\tid ${id}; now\r\n`,
  };
  const content = store.openContent(message);
  await content.write(body);
  await store.accept({ message, content, dueAt: at, expireAt: at + 5 * DAY });
}

const heap = () => {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};

async function deliver(store, port, perHop) {
  return startDelivery({
    routes: [
      {
        via: 'mx',
        match: {},
        returnPath: 'verp',
        limits: { connections: perHop, rate: null, messagesPerConnection: 100 },
        tls: 'opportunistic',
        port,
      },
    ],
    settings: {
      retry: { delays: [60_000], expireAfter: 5 * DAY },
      delayNoticeAfter: DAY,
      attemptTimeout: 1_200_000,
      lease: 1_500_000,
      connections: Number(options.connections),
      priorities: { urgent: [], bulk: [] },
      resolvers: [],
      dnssec: false,
    },
    hostname: 'relay.test',
    reportDomain: 'bounce.test',
    tokenKeys: [{ id: 'k', secret: Buffer.alloc(32, 7) }],
    sandboxHop: null,
    store,
    now,
    random: Math.random,
    log,
    resolver,
  });
}

/** Messages a second from the start of the delivery to the last arrival; and octets a hop once all rest. */
async function run(dir, sink, over) {
  const store = await openStore({ dataDir: dir, diskFloor: 0, now, log });
  await fill(store, over);
  const before = sink.count();
  const began = performance.now();
  let delivery = await deliver(store, sink.port, 20);
  const end = Date.now() + 900_000;
  while (sink.count() - before < count && Date.now() < end) await sleep(20);
  const seconds = (performance.now() - began) / 1000;
  const arrived = sink.count() - before;
  if (arrived !== count) throw new Error(`${arrived} of ${count} messages for ${over} domains arrived`);
  const hops = delivery.nextHops().length;
  // Until the last outcome is recorded, and what rests is closed.
  while (delivery.nextHops().some(({ connections, waiting, attempting }) => connections + waiting + attempting > 0)) await sleep(500);
  const held = heap();
  await delivery.stop(0);
  delivery = null;
  await sleep(100);
  const octets = (held - heap()) / hops;
  await store.close();
  return { rate: count / seconds, hops, octets };
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-domains-'));
const sink = await startSink(dir, await freePort());
const faults = [];
try {
  for (let round = 1; round <= Number(options.rounds); round++) {
    const one = await run(path.join(dir, `one${round}`), sink, 1);
    console.log(`${count} messages for 1 domain: ${one.rate.toFixed(0)} a second`);
    const many = await run(path.join(dir, `many${round}`), sink, domains);
    const share = many.rate / one.rate;
    console.log(`${count} messages for ${domains} domains: ${many.rate.toFixed(0)} a second, ${(share * 100).toFixed(0)}% of that`);
    console.log(`${many.hops} next hops that are idle: ${many.octets.toFixed(0)} octets each`);
    if (share < SHARE_WANTED) faults.push(`${(share * 100).toFixed(0)}% of the rate for one domain, wanted ${SHARE_WANTED * 100}%`);
    if (many.octets > OCTETS_WANTED) faults.push(`${many.octets.toFixed(0)} octets an idle next hop, wanted under ${OCTETS_WANTED}`);
  }
} finally {
  sink.stop();
  fs.rmSync(dir, { recursive: true, force: true });
}
for (const fault of faults) console.log(`!! ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
