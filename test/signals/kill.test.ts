/** R62 on a relais in a process of its own, killed with SIGKILL. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { builtWorker } from '../relay/reports/built-worker.ts';
import { freePort, type RelaisProcess, startRelaisProcess } from '../support/relais-process.ts';
import { type Receiver, startReceiver, verifies } from './receiver.ts';

const SECRET = `whsec_${Buffer.from('the first secret, 24+ octets').toString('base64')}`;

let dir: string;
let receiver: Receiver;
let relais: RelaisProcess | undefined;
/** Processes start slowly on a machine that is busy. */
const PATIENCE = 90_000;
beforeAll(() => void builtWorker(), PATIENCE);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'relais-kill-'));
  receiver = await startReceiver(() => {});
});
afterEach(async () => {
  await relais?.kill('SIGKILL');
  await receiver.close();
  await rm(dir, { recursive: true });
});

/** One message over SMTP; resolves with the reply after the final dot. */
async function submit(port: number, recipient: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  const replies = socket[Symbol.asyncIterator]() as AsyncIterator<string>;
  await replies.next();
  for (const line of ['EHLO erp.example', 'MAIL FROM:<billing@example.com>', `RCPT TO:<${recipient}>`, 'DATA']) {
    socket.write(`${line}\r\n`);
    await replies.next();
  }
  socket.write('Subject: Invoice\r\n\r\nhello\r\n.\r\n');
  const reply = await replies.next();
  socket.destroy();
  return String(reply.value);
}

it('R62 a kill between state and signal: the signal still goes out, under the id of the first try', { timeout: PATIENCE }, async () => {
  const [smtpPort, httpPort] = [await freePort(), await freePort()];
  const configuration = `routes: [{via: sandbox, returnPath: preserve}]
signals:
  - {name: failed, on: [recipient.failed], notify: [{webhook: {url: "${receiver.url}", secret: "${SECRET}", allowPrivate: true}}]}
`;
  const start = (): Promise<RelaisProcess> => startRelaisProcess({ dir, smtpPort, httpPort, configuration });
  relais = await start();
  expect(await submit(smtpPort, 'bounce@partner.example')).toMatch(/^250 /);
  await receiver.until(1);
  await relais.kill('SIGKILL');
  receiver.answer = (_, response) => response.writeHead(200).end();
  relais = await start();
  await receiver.until(2);
  expect(receiver.received[1]?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id']);
  expect(receiver.received.every((received) => verifies(received, SECRET))).toBe(true);
  expect(receiver.received[1]?.body).toMatchObject({ type: 'recipient.failed', data: { recipient: { state: 'failed' } } });
  expect(await relais.kill('SIGTERM')).toBe(0);
  expect(receiver.received).toHaveLength(2);
});
