/**
 * A store in a process of its own, for what a test can not do to itself: die over a damaged file,
 * meet a limit on the size of files. Prints a line of JSON for each thing that happened.
 *
 *     open DIR | verify DIR | rebuild DIR
 *     accept DIR COUNT SIZE SEGMENT-SIZE     until COUNT messages or the first refusal, then twice more
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createIdFactory } from '../../dist/domain/ids.js';
import { openStore } from '../../dist/store/index.js';
import { rebuildStore } from '../../dist/store/rebuild.js';
import { verifyStore } from '../../dist/store/verify.js';

const [command, dataDir, ...numbers] = process.argv.slice(2);
const [count, size, segmentSize] = numbers.map(Number);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const options = { dataDir, diskFloor: 0, now: Date.now, log };
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);
const nextId = createIdFactory({ now: Date.now, randomBytes });

function prepare() {
  return {
    id: nextId(),
    acceptedAt: Date.now(),
    account: 'erp',
    client: { address: '192.0.2.1', helo: 'erp.example', tls: null, user: 'erp' },
    envelope: {
      reversePath: { kind: 'null' },
      recipients: [{ address: 'ann@customer.example', notify: null, orcpt: null }],
      ret: null,
      envid: null,
      smtputf8: false,
      eightBitMime: false,
    },
    headers: { subject: 'An order', messageId: null, from: null, date: null },
    references: {
      document: null,
      documentType: null,
      contact: null,
      administration: null,
      template: null,
      class: null,
      stream: null,
      tags: {},
    },
    supersedes: null,
    received: 'Received: by relay.example\r\n',
  };
}

async function acceptOne(store, octets) {
  const message = prepare();
  const content = store.openContent(message);
  try {
    for (let at = 0; at < octets; at += 65_536) await content.write(Buffer.alloc(Math.min(65_536, octets - at), `${message.id}\r\n`));
    const { sha256 } = await store.accept({ message, content, dueAt: Date.now(), expireAt: Date.now() + 432_000_000 });
    say({ accepted: message.id, sha256 });
    return true;
  } catch (error) {
    await content.abort().catch(() => undefined);
    throw error;
  }
}

async function accept() {
  const store = await openStore({ ...options, segmentSize });
  store.onPoisoned(() => say({ poisoned: true }));
  for (let i = 0, refused = 0; i < count && refused < 3; i++) {
    try {
      await acceptOne(store, size);
    } catch (error) {
      refused++;
      say({ refused: error.code, cause: error.cause?.code ?? error.cause?.message, writable: store.health().writable });
    }
  }
  await store.close();
}

try {
  if (command === 'accept') await accept();
  else if (command === 'open') {
    const store = await openStore(options);
    say({ opened: store.lastSeq });
    await store.close();
  } else if (command === 'verify') say(await verifyStore(options));
  else say(await rebuildStore(options));
} catch (error) {
  say({ failed: error.code, message: error.message });
  process.exitCode = 74;
}
