/** R35: what the files of large mails cost the others. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readOutline } from '../../../src/http/content/outline.ts';
import { slicesOf } from '../../../src/http/content/slices.ts';
import { base64 } from './mails.ts';

test('R35 a file of many megabytes is read in slices that leave the event loop free', { timeout: 60_000 }, async () => {
  const line = Buffer.from(`${base64(Buffer.alloc(57, 1))}\r\n`.repeat(1_000));
  const size = 32 * 1024 * 1024;
  const head = Buffer.from('Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n');
  function* octets(): Generator<Buffer> {
    yield head;
    for (let sent = 0; sent < size; sent += line.length) yield line;
  }
  const content = { size, sha256: '', bytes: null, stream: () => Readable.from(octets(), { objectMode: true }) };
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const before = process.memoryUsage().arrayBuffers;
  const { files } = await readOutline(slicesOf({ received: '' }, content));
  delay.disable();
  expect(files).toMatchObject([{ name: 'a.pdf', size: Math.ceil(size / line.length) * 57_000 }]);
  expect(delay.percentile(99) / 1e6).toBeLessThan(100);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 1024 * 1024);
});
