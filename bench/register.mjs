/**
 * The register at a million messages: `npm run bench:register`, or after a build
 * `node --expose-gc bench/register.mjs [--count N] [--rate N] [--dir DIR] [--keep] [--reuse]
 * [--only PART]`; PART: of the pages, those whose name has it, such as `+` or `documents`; or `cleanup`:
 * what a clean-up of records costs mail that comes as fast as it can, and nothing else; or `backup`: the
 * same of a first backup, and of one that shares with it.
 *
 * Makes the messages through the store, opens it again, and then, while mail flows at a steady
 * rate, measures pages of every filter, word search, documents and addresses, reading the feed and
 * clean-up, with the delay of the event loop in each phase. Ends with 1 when a figure that was promised is not met.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '500' },
    dir: { type: 'string' },
    dist: { type: 'string', default: join(import.meta.dirname, '..', 'dist') },
    keep: { type: 'boolean', default: false },
    reuse: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const COUNT = Number(options.count);
const RATE = Number(options.rate);
const from = (path) => import(pathToFileURL(resolve(options.dist, path)).href);
const { openStore } = await from('store/index.js');
const { createIdFactory } = await from('domain/ids.js');

/** What was promised. */
const PAGE_P99 = 50;
const WORDS_P99 = 100;
const EVENTS_PER_SECOND = 20_000;
const LOOP_P99 = 100;
const READY_SECONDS = 5;
/** Of the mail that goes through while nothing else is done. */
const CLEANUP_COST = 0.2;
const CLEANUP_LOOP = 20;
/** Mail as fast as it goes fills the turns of the loop by itself. */
const CLEANUP_LOOP_UNDER_LOAD = LOOP_P99;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SPAN = 180 * DAY;
const START = Date.UTC(2026, 0, 1);
const BODY = Buffer.from(`Subject: x\r\n\r\n${'One line of a letter that is like any other line of it.\r\n'.repeat(5)}`);

// ── Mail as an ERP sends it ──

let seed = 42;
function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}
const below = (limit) => Math.floor(random() * limit);
/** Small numbers often, large ones seldom. */
const skewed = (limit) => Math.floor(limit * random() ** 3);

const SUBJECTS = [
  'Invoice',
  'Reminder',
  'Order confirmation',
  'Delivery note',
  'Quotation',
  'Credit note',
  'Statement',
  'Your appointment',
];
const NAMES = [
  'ann',
  'bob',
  'carl',
  'dora',
  'eve',
  'frank',
  'gina',
  'henk',
  'ines',
  'joost',
  'karin',
  'lars',
  'mia',
  'nico',
  'olga',
  'piet',
];
const COMPANIES = ['acme', 'bakker', 'contoso', 'delta', 'elektra', 'fabrik', 'globex', 'hansen', 'initech', 'jansen', 'kramer', 'lemaire'];
const contactOf = (n) => ({
  address: `${NAMES[n % 16]}.${COMPANIES[(n >> 4) % 12]}${n}@${n % 3 === 0 ? `mail${n % 7}.example` : `${COMPANIES[n % 12]}${(n * 7) % 4001}.example`}`,
  contact: `C-${n}`,
});

let clock = START;
const nextId = createIdFactory({ now: () => Math.floor(clock), randomBytes });

function prepare(n) {
  const contact = contactOf(skewed(200_000));
  const kind = skewed(SUBJECTS.length);
  const document = `${SUBJECTS[kind].slice(0, 2).toUpperCase()}-2026-${String(Math.floor(n / 1.2)).padStart(7, '0')}`;
  const id = nextId();
  const account = ['erp', 'erp', 'erp', 'shop', 'shop', 'hr'][below(6)];
  const more = below(20) === 0 ? [contactOf(below(200_000)).address] : [];
  return {
    id,
    acceptedAt: Math.floor(clock),
    account,
    client: {
      address: '192.0.2.10',
      helo: 'erp.example.com',
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
      user: account,
    },
    envelope: {
      reversePath: { kind: 'address', address: `${account}@example.com` },
      recipients: [contact.address, ...more].map((address) => ({ address, notify: null, orcpt: null })),
      ret: null,
      envid: null,
      smtputf8: false,
      eightBitMime: true,
    },
    headers: {
      subject: `${SUBJECTS[kind]} ${document} for ${COMPANIES[below(12)]}`,
      messageId: `${n}.${1000 + below(9000)}@erp.example.com`,
      from: `Example Ltd <${account}@example.com>`,
      date: null,
    },
    references: {
      document,
      contact: contact.contact,
      template: `template-${kind}`,
      class: null,
      documentType: null,
      administration: null,
      stream: null,
      tags: n % 10 === 0 ? { run: `r${n % 500}` } : {},
    },
    supersedes: null,
    received:
      'Received: from erp.example.com (erp.example.com [192.0.2.10])\r\n by relay.example.com (relais) with ESMTPSA id 1;\r\n Thu, 01 Jan 2026 00:00:00 +0000\r\n',
  };
}

const ended = (recipient, outcome, now) => ({
  kind: 'attempt-ended',
  attempt: {
    number: recipient.attempting.number,
    at: recipient.attempting.at,
    durationMs: 40,
    nextHop: 'smtp.provider.example:587',
    address: '198.51.100.7:587',
    tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: true },
    outcome,
    reply:
      outcome === 'transferred'
        ? { code: 250, status: '2.0.0', text: 'Ok: queued as 4XJ3' }
        : { code: 550, status: '5.1.1', text: 'User unknown' },
    phase: 'final',
    ambiguous: false,
    error: null,
  },
  category: outcome === 'transferred' ? 'unknown' : outcome === 'failed' ? 'mailbox-unknown' : 'transient',
  addressInvalid: outcome === 'failed',
  hop: 'provider',
  retryAt: now + HOUR,
});

/** Accepts a message and tries it once; some fail, some wait. */
async function sendOne(store, n) {
  const message = prepare(n);
  const now = message.acceptedAt;
  const content = store.openContent(message);
  content.write(BODY);
  await store.accept({ message, content, dueAt: now, expireAt: now + 5 * DAY });
  const indexes = [...message.envelope.recipients.keys()];
  const request = { message: message.id, indexes, nextHop: 'smtp.provider.example:587', leaseUntil: now + HOUR, retryAt: now + HOUR, now };
  const { recipients } = await store.claim(request);
  const chance = below(1000);
  const outcome = chance < 30 ? 'failed' : chance < 34 ? 'deferred' : 'transferred';
  await store.apply(
    recipients.map((recipient) => ({ message: message.id, index: recipient.index, evidence: ended(recipient, outcome, now) })),
    now,
  );
}

async function fill(store, count) {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const n = next++;
      clock = START + (n / count) * SPAN;
      await sendOne(store, n);
      if (n > 0 && n % 100_000 === 0) process.stderr.write(`  ${n}\n`);
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

// ── Measuring ──

/** By nearest rank: of 100 the 99th, and not the worst. */
function percentile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

async function timed(call, times) {
  const taken = [];
  let answer;
  for (let i = 0; i < times; i++) {
    const begin = performance.now();
    answer = await call(i);
    taken.push(performance.now() - begin);
  }
  taken.sort((a, b) => a - b);
  return { p50: percentile(taken, 0.5), p99: percentile(taken, 0.99), max: taken.at(-1), answer };
}

const failures = [];
function promised(what, value, limit, atLeast = false) {
  if (atLeast ? value < limit : value > limit)
    failures.push(`${what}: ${value.toFixed(1)}, promised ${atLeast ? 'at least' : 'at most'} ${limit}`);
}

/** Runs `work` and prints how long the event loop was held meanwhile. */
async function watched(phase, work, limit = LOOP_P99) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const result = await work();
  delay.disable();
  const p99 = Math.max(0, delay.percentile(99) / 1e6 - 5);
  console.log(
    `event loop, ${phase}: p50 ${Math.max(0, delay.percentile(50) / 1e6 - 5).toFixed(1)} p99 ${p99.toFixed(1)} max ${(delay.max / 1e6).toFixed(0)} ms`,
  );
  promised(`event loop p99 while ${phase}`, p99, limit);
  return result;
}

/** Fills a new store with all messages and closes it. */
async function makeRegister() {
  const store = await open();
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await fill(store, COUNT);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const { commits, committedOperations } = store.metrics;
  const each = ((user + system) / COUNT).toFixed(0);
  const together = (committedOperations / commits).toFixed(1);
  console.log(
    `${COUNT} messages, each accepted, claimed and ended: ${(COUNT / seconds).toFixed(0)}/s, ${each} µs of CPU each, ${together} operations a commit`,
  );
  await store.close();
  globalThis.gc?.();
  const octets = (name) => (octetsOf(join(dataDir, name)) / COUNT).toFixed(0);
  console.log(`register ${octets('register')} and spool ${octets('spool')} octets a message`);
}

/** Steady mail; gives how to stop and how much went through. */
function startMail(store, rate, first) {
  let sent = 0;
  let failed = null;
  const begin = performance.now();
  const open = new Set();
  const timer = setInterval(() => {
    clock = Math.max(clock, START + SPAN + HOUR + (performance.now() - begin));
    while (sent < ((performance.now() - begin) / 1000) * rate && open.size < 1000) {
      const one = sendOne(store, first + sent++).catch((error) => {
        failed = error;
      });
      open.add(one);
      void one.finally(() => open.delete(one));
    }
  }, 10);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    if (failed) throw failed;
    return sent / ((performance.now() - begin) / 1000);
  };
}

/** Mail as fast as it goes, for so long; messages a second. */
async function fullSpeed(store, seconds) {
  const begin = performance.now();
  let sent = 0;
  const worker = async () => {
    while (performance.now() - begin < seconds * 1000) {
      clock = START + SPAN + HOUR + performance.now();
      await sendOne(store, COUNT + sent++);
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  return sent / ((performance.now() - begin) / 1000);
}

/** What a clean-up of old records costs mail that comes as fast as it can. */
async function measureCleanup(store) {
  const SECONDS = 12;
  await fullSpeed(store, 10);
  const before = await watched('mail as fast as it goes', () => fullSpeed(store, SECONDS));
  const stop = new AbortController();
  const ages = { contentBefore: START + SPAN, recordsBefore: START + SPAN, now: clock };
  let taken = 0;
  const onProgress = ({ records }) => {
    taken = records;
  };
  const cleaning = store.cleanup(ages, { signal: stop.signal, onProgress });
  const during = await watched('cleaning up records', () => fullSpeed(store, SECONDS), CLEANUP_LOOP_UNDER_LOAD);
  const busy = taken / SECONDS;
  const quietly = taken;
  await watched('cleaning up records, no mail', () => new Promise((done) => setTimeout(done, 5000)), CLEANUP_LOOP);
  const idle = (taken - quietly) / 5;
  stop.abort();
  await cleaning;
  const after = await fullSpeed(store, SECONDS);
  const alone = (before + after) / 2;
  const cost = 1 - during / alone;
  console.log(
    `mail ${before.toFixed(0)}/s before, ${during.toFixed(0)}/s while records are cleaned up, ${after.toFixed(0)}/s after: ${(cost * 100).toFixed(0)}%`,
  );
  console.log(`records cleaned up: ${busy.toFixed(0)}/s beside the mail, ${idle.toFixed(0)}/s when there is none`);
  promised('share of the mail that a clean-up costs', cost, CLEANUP_COST);
}

/** What a backup costs mail that comes as fast as it can: all of it is copied, then what is new. */
async function measureBackup(store) {
  const SECONDS = 8;
  const dir = mkdtempSync(join(dataDir, '..', 'relais-bench-backups-'));
  try {
    await fullSpeed(store, 5);
    const before = await watched('mail as fast as it goes', () => fullSpeed(store, SECONDS));
    for (const which of ['first', 'second']) {
      const begin = performance.now();
      let going = true;
      const making = store.backup({ dir, keep: null }).finally(() => {
        going = false;
      });
      let sent = 0;
      const worker = async () => {
        while (going) {
          clock = START + SPAN + HOUR + performance.now();
          await sendOne(store, COUNT + sent++);
        }
      };
      await watched(`making the ${which} backup`, () => Promise.all([making, ...Array.from({ length: 64 }, worker)]));
      const { octets, copied } = await making;
      const seconds = (performance.now() - begin) / 1000;
      const rate = sent / seconds;
      const megabytes = (number) => `${(number / 1e6).toFixed(0)} MB`;
      console.log(
        `${which} backup: ${megabytes(octets)}, ${megabytes(copied)} copied in ${seconds.toFixed(1)} s; mail ${before.toFixed(0)}/s before, ${rate.toFixed(0)}/s meanwhile`,
      );
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A contact that got mail, often or seldom. */
const common = () => contactOf(skewed(50));
const rare = () => contactOf(100_000 + below(100_000));
const documentNumber = () => String(Math.floor(below(COUNT) / 1.2)).padStart(7, '0');

const FILTERS = {
  'no filter': () => ({}),
  'recipient, common': () => ({ recipient: common().address }),
  'recipient, rare': () => ({ recipient: rare().address }),
  'domain, common': () => ({ domain: `mail${below(7)}.example` }),
  'domain, rare': () => ({ domain: rare().address.split('@')[1] }),
  sender: () => ({ sender: 'hr@example.com' }),
  'account, common': () => ({ account: ['erp'] }),
  accounts: () => ({ account: ['shop', 'hr'] }),
  template: () => ({ template: `template-${below(8)}` }),
  document: () => ({ document: `IN-2026-${documentNumber()}` }),
  contact: () => ({ contact: common().contact }),
  'tag name': () => ({ tag: 'run' }),
  'tag value': () => ({ tag: `run=r${below(50) * 10}` }),
  messageId: () => ({ messageId: `${below(COUNT)}.1234@erp.example.com` }),
  'state transferred': () => ({ state: ['transferred'] }),
  'state failed': () => ({ state: ['failed'] }),
  'state in-progress': () => ({ state: ['in-progress'] }),
  'state held (none)': () => ({ state: ['held'] }),
  states: () => ({ state: ['failed', 'deferred', 'expired'] }),
  'one day': () => {
    const day = START + below(180) * DAY;
    return { from: day, to: day + DAY };
  },
  'account + template': () => ({ account: ['hr'], template: `template-${below(8)}` }),
  'failed + domain': () => ({ state: ['failed'], domain: `mail${below(7)}.example` }),
  'failed + account + template': () => ({ state: ['failed'], account: ['shop'], template: 'template-3' }),
  'domain + one day': () => {
    const day = START + below(180) * DAY;
    return { domain: `mail${below(7)}.example`, from: day, to: day + DAY };
  },
  'sender + account that exclude each other': () => ({ sender: 'erp@example.com', account: ['shop'] }),
  'failed, recipient': () => ({ state: ['failed'], recipient: common().address }),
};

const WORDS = {
  'a document number': () => ({ q: documentNumber() }),
  'a whole document': () => ({ q: `IN-2026-${documentNumber()}` }),
  'beginning of a number': () => ({ q: `IN-2026-${documentNumber().slice(0, 4)}` }),
  'an address': () => ({ q: common().address }),
  'a rare address': () => ({ q: rare().address }),
  'a name': () => ({ q: NAMES[below(16)] }),
  'a common word': () => ({ q: 'invoice' }),
  'one letter': () => ({ q: 'abcdefghijkl'[below(12)] }),
  'two words': () => ({ q: `reminder ${COMPANIES[below(12)]}` }),
  'common and rare': () => ({ q: `invoice ${documentNumber()}` }),
  nothing: () => ({ q: `zebra${below(100)}` }),
  'word + failed': () => ({ q: 'invoice', state: ['failed'] }),
  'word + account': () => ({ q: COMPANIES[below(12)], account: ['hr'] }),
};

async function deepCursor(store, filter, pages) {
  let cursor = null;
  for (let i = 0; i < pages; i++) {
    const page = await store.messages(filter, { limit: 50, ...(cursor === null ? {} : { cursor }) });
    if (page.next === null) break;
    cursor = page.next;
  }
  return cursor;
}

async function measureLists(store, kinds, limit, times) {
  for (const [name, filterOf] of Object.entries(kinds)) {
    if (!name.includes(options.only)) continue;
    const first = await timed(() => store.messages(filterOf(), { limit: 50 }), times);
    const filter = filterOf();
    const cursor = await deepCursor(store, filter, 20);
    const deep = cursor === null ? null : await timed(() => store.messages(filter, { limit: 50, cursor }), times);
    const { items, next } = first.answer;
    const found = `${items.length}${next === null ? '' : '+'}`;
    const figures = [first.p50, first.p99, deep?.p50, deep?.p99].map((ms) => (ms === undefined ? '-' : ms.toFixed(1)).padStart(8)).join('');
    console.log(`${name.padEnd(42)}${figures}${found.padStart(8)}`);
    promised(`page of ${name}, p99 ms`, first.p99, limit);
    if (deep !== null) promised(`deep page of ${name}, p99 ms`, deep.p99, limit);
  }
}

const JUDGING = { policy: 'every', now: START + SPAN + HOUR };
const documents = (filter) => (store, page) => store.documents(filter(), JUDGING, page);
const contacts = (filter) => (store, page) => store.contacts(filter(), page);

/** Lists of what messages have in common. */
const GROUPS = {
  documents: documents(() => ({})),
  'documents delivered': documents(() => ({ verdict: ['delivered'] })),
  'documents transferred': documents(() => ({ verdict: ['transferred'] })),
  'documents at risk': documents(() => ({ verdict: ['at-risk'] })),
  'documents failed': documents(() => ({ verdict: ['failed'] })),
  'documents failed, of an account': documents(() => ({ verdict: ['failed'], account: ['hr'] })),
  'documents by number': documents(() => ({ q: documentNumber() })),
  'documents by a common word': documents(() => ({ q: 'invoice', verdict: ['failed'] })),
  'problem addresses': contacts(() => ({ problem: true })),
  'problem addresses, of an account': contacts(() => ({ problem: true, account: ['hr'] })),
  'problem addresses of a domain': contacts(() => ({ problem: true, q: `mail${below(7)}.example` })),
  addresses: contacts(() => ({ problem: false })),
  'addresses by name': contacts(() => ({ problem: false, q: NAMES[below(16)] })),
  'mail to an address, common': (store, page) => store.mailTo({ address: common().address }, page),
  'mail to an address, rare': (store, page) => store.mailTo({ address: rare().address }, page),
  'failed mail to an address': (store, page) =>
    store.mailTo({ address: common().address, state: ['failed', 'expired', 'suppressed'] }, page),
};

async function measureGroups(store, times) {
  for (const [name, read] of Object.entries(GROUPS)) {
    if (!name.includes(options.only)) continue;
    const first = await timed(() => read(store, { limit: 50 }), times);
    let page = first.answer;
    for (let i = 0; i < 10 && page.next !== null; i++) page = await read(store, { limit: 50, cursor: page.next }).catch(() => page);
    const { next } = page;
    const deep =
      next === null || name.includes('address, ')
        ? null
        : await timed(() => read(store, { limit: 50, cursor: next }).catch(() => page), times);
    const found = `${first.answer.items.length}${first.answer.next === null ? '' : '+'}`;
    const figures = [first.p50, first.p99, deep?.p50, deep?.p99].map((ms) => (ms === undefined ? '-' : ms.toFixed(1)).padStart(8)).join('');
    console.log(`${name.padEnd(42)}${figures}${found.padStart(8)}`);
    promised(`page of ${name}, p99 ms`, first.p99, PAGE_P99);
    if (deep !== null) promised(`deep page of ${name}, p99 ms`, deep.p99, PAGE_P99);
  }
  const one = await timed(() => store.document({ document: `IN-2026-${documentNumber()}` }, JUDGING), times);
  console.log(`${'one document'.padEnd(42)}${one.p50.toFixed(1).padStart(8)}${one.p99.toFixed(1).padStart(8)}`);
  promised('one document, p99 ms', one.p99, PAGE_P99);
}

async function measureFeed(store) {
  // Far behind the latest, which are in memory; not at the very beginning, which clean-up may have taken.
  const start = Math.max(0, store.lastSeq - 500_000);
  const begin = performance.now();
  let after = start;
  let events = 0;
  while (performance.now() - begin < 5000) {
    const page = await store.changes({ after, limit: 1000 });
    events += page.items.length;
    after = page.items.length === 0 ? start : page.last;
  }
  const rate = events / ((performance.now() - begin) / 1000);
  console.log(`the feed, half a million events back: ${rate.toFixed(0)} events/s`);
  promised('events read a second', rate, EVENTS_PER_SECOND, true);
}

/** What is no page: the feed, statistics, clean-up, which takes a part of the register. */
async function measureRest(store) {
  await watched('reading the feed', () => measureFeed(store));
  const days = await timed((i) => store.statistics({ from: START + i * DAY, to: START + (i + 30) * DAY, by: 'day', group: 'state' }), 10);
  console.log(`statistics of 30 days by state: p50 ${days.p50.toFixed(0)} ms`);
  const cleaning = performance.now();
  const ages = { contentBefore: START + SPAN / 20, recordsBefore: START + SPAN / 40, now: clock };
  const counts = await watched('cleaning up', () => store.cleanup(ages));
  const perSecond = counts.contents / ((performance.now() - cleaning) / 1000);
  console.log(`clean-up: ${counts.contents} contents and ${counts.records} records, ${perSecond.toFixed(0)}/s`);
}

function octetsOf(dir) {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}

const say = (level) => (fields, message) => process.stderr.write(`${level}: ${message} ${fields.err?.stack ?? ''}\n`);
const log = { debug() {}, info() {}, warn: say('warn'), error: say('error') };
const dataDir = options.dir ?? mkdtempSync(join(tmpdir(), 'relais-bench-'));
const open = () => openStore({ dataDir, diskFloor: 0, now: () => Math.floor(clock), log });

async function measureAll(store) {
  const stopMail = startMail(store, RATE, COUNT);
  await watched('committing', () => new Promise((done) => setTimeout(done, 3000)));
  console.log(
    `\n${'pages of 50, ms'.padEnd(42)}${['p50', 'p99', 'deep p50', 'deep p99', 'found'].map((title) => title.padStart(8)).join('')}`,
  );
  await watched('listing documents and addresses', () => measureGroups(store, 200));
  await watched('listing', () => measureLists(store, FILTERS, PAGE_P99, 300));
  console.log('\nword search');
  await watched('searching words', () => measureLists(store, WORDS, WORDS_P99, 200));
  console.log();
  if (options.only === '') await measureRest(store);
  console.log(`mail meanwhile: ${(await stopMail()).toFixed(0)}/s; ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB resident`);
  promised('mail a second', RATE * 0.95, RATE * 0.9, true);
}

try {
  if (!options.reuse) await makeRegister();
  clock = START + SPAN + HOUR;
  const opening = performance.now();
  const store = await open();
  const ready = (performance.now() - opening) / 1000;
  console.log(
    `opened again in ${ready.toFixed(2)} s, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB resident, ${store.queue.messages} messages in the queue`,
  );
  promised('seconds to open', ready, READY_SECONDS);

  if (options.only === 'cleanup') await measureCleanup(store);
  else if (options.only === 'backup') await measureBackup(store);
  else await measureAll(store);
  await store.close();
} finally {
  if (!options.keep && options.dir === undefined) rmSync(dataDir, { recursive: true, force: true });
}
for (const failure of failures) console.log(`NOT MET  ${failure}`);
console.log(failures.length === 0 ? '\nall figures met' : `\n${failures.length} figures not met`);
process.exitCode = failures.length === 0 ? 0 : 1;
