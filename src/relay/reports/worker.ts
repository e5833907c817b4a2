/**
 * The worker thread in which reports are read: hostile MIME costs this thread its time, and the
 * event loop of the relay nothing. One question at a time; each has its answer.
 *
 *   upstream    parser.ts
 *   downstream  parse.ts
 */
import { parentPort } from 'node:worker_threads';
import { parseReport } from './parse.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');
port.on('message', (raw: Uint8Array) => {
  parseReport(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)).then(
    (report) => port.postMessage({ report }),
    (error: unknown) => port.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
});
port.postMessage('ready');
