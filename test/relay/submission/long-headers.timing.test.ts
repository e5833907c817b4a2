/** R35, R45: what headers without end cost the others. */
import { afterEach, expect, it } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { type Running, runSubmission } from './harness.ts';

let running: Running | undefined;
afterEach(async () => running?.stop());

/**
 * Milliseconds of CPU that each turn of the event loop took: what holds up the others, told apart from
 * a machine that is busy with something else.
 */
function watchTicks(): { stop(): number[] } {
  const spent: number[] = [];
  let before = process.cpuUsage();
  let watching = true;
  const tick = (): void => {
    const { user, system } = process.cpuUsage(before);
    spent.push((user + system) / 1000);
    before = process.cpuUsage();
    if (watching) setTimeout(tick, 1);
  };
  setTimeout(tick, 1);
  return {
    stop() {
      watching = false;
      return spent;
    },
  };
}

it('R35 R45 comes through octet for octet with a million header lines, and the event loop stays free', async () => {
  running = await runSubmission({ limits: { messageSize: 50_000_000 } });
  const client = await RawClient.greeted({ port: running.port });
  await client.command('EHLO erp.test');
  const lines = Buffer.from(`Subject: first\r\nX-Relais-Tag: __proto__=1\r\n${'x-y: z\r\n'.repeat(1_000_000)}\r\nbody\r\n`);
  const endless = Buffer.from(`Subject: ${'a'.repeat(12_000_000)}`);
  const ticks = watchTicks();
  for (const content of [lines, endless]) {
    await client.pipeline(['MAIL FROM:<>', 'RCPT TO:<b@dest.test>', 'DATA']);
    client.send(content);
    client.send('\r\n.\r\n');
    expect((await client.reply()).code).toBe(250);
  }
  const spent = ticks.stop().sort((x, y) => x - y);
  expect(spent[Math.floor(spent.length * 0.99)]).toBeLessThan(100);
  const [first, second] = running.store.recorded;
  const kept = Buffer.concat([Buffer.from('Subject: first\r\n'), lines.subarray(lines.indexOf('x-y')), Buffer.from('\r\n')]);
  expect(first?.content.equals(kept)).toBe(true);
  expect(first?.message.headers.subject).toBe('first');
  expect(second?.content.equals(Buffer.concat([endless, Buffer.from('\r\n')]))).toBe(true);
  expect(second?.message.headers.subject?.length).toBe(1000);
});
