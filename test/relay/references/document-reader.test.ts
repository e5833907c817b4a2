import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { DocumentReader } from '../../../src/relay/references/document-reader.ts';
import { builtWorkerOf } from '../../support/built-worker.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { UBL_INVOICE } from './mails.ts';

let built: URL;
let folder: string;
beforeAll(() => {
  built = builtWorkerOf('relay/references');
  folder = mkdtempSync(join(tmpdir(), 'relais-documents-'));
}, 90_000);
afterAll(() => rmSync(folder, { recursive: true }));

const running: DocumentReader[] = [];
afterEach(async () => {
  for (const reader of running.splice(0)) await reader.stop();
});

function start(options: { entry?: URL; timeLimit?: number; heap?: number } = {}) {
  const log = recordingLog();
  const reader = new DocumentReader({ log, entry: built, ...options });
  running.push(reader);
  return { log, reader, read: (text: string) => reader.read([{ kind: 'xml', octets: Buffer.from(text) }]) };
}

/** Does what the document says. */
function badWorker(): URL {
  const path = join(folder, 'bad.mjs');
  writeFileSync(
    path,
    `process.on('message', ([{ octets }]) => {
      const text = Buffer.from(octets).toString();
      if (text === 'hang') for (;;);
      if (text === 'exit') process.exit(3);
      if (text === 'memory') { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)); }
      if (text === 'error') return process.send({ error: 'said so' });
      process.send({ documents: [new Map([['text', text]])] });
    });
    process.send('ready');`,
  );
  return pathToFileURL(path);
}

it('reads documents in its process, each with its own answer', async () => {
  const { read, reader } = start();
  const [invoice, nothing] = await Promise.all([read(UBL_INVOICE), read('no xml')]);
  expect(invoice[0]?.get('Invoice/ID')).toBe('2026-0117');
  expect(nothing).toEqual([]);
  expect(await reader.read([])).toEqual([]);
});

it.each(['hang', 'exit', 'memory', 'error'])('goes on after one over which its process does: %s', async (trouble) => {
  const { read, log } = start({ entry: badWorker(), timeLimit: trouble === 'hang' ? 200 : 20_000, heap: 20 });
  const [bad, good] = await Promise.all([read(trouble), read('fine')]);
  expect(bad).toEqual([]);
  expect(good).toEqual([new Map([['text', 'fine']])]);
  expect(log.lines.join()).toContain('can not be read for references');
});

it('says so where its process does not start', async () => {
  const { read } = start({ entry: pathToFileURL(join(folder, 'missing.js')) });
  await expect(read('<a>1</a>')).rejects.toThrow('is it built?');
});

it('lets go of what it is reading when it is stopped', async () => {
  const { read, reader } = start({ entry: badWorker() });
  const reading = read('hang');
  const refused = expect(reading).rejects.toThrow('stopped');
  await reader.stop();
  await refused;
});
