/**
 * What somebody is promised who has a webhook receiver and a mailbox: the sandbox's bounce@,
 * late-bounce@ and defer@ are exactly the expected signals, once each, also where relais is killed
 * before anything was answered. The hop is the sandbox's own, in this process: it outlives the kill.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type SandboxHop, startSandboxHop } from '../../src/relay/sandbox/index.ts';
import { builtWorker } from '../relay/reports/built-worker.ts';
import { recordingLog } from '../support/recording-log.ts';
import { freePort, type RelaisProcess, startRelaisProcess } from '../support/relais-process.ts';
import { answerWith, type Receiver, startReceiver, verifies } from './receiver.ts';

const SECRET = `whsec_${Buffer.from('the first secret, 24+ octets').toString('base64')}`;
/** Processes start slowly on a machine that is busy. */
const PATIENCE = 90_000;

interface Mail {
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
}

interface Sink {
  readonly port: number;
  /** By Message-ID: a mail whose answer was lost in the kill comes twice, under the same. */
  readonly mails: Map<string, Mail>;
  close(): Promise<void>;
}

async function startSink(): Promise<Sink> {
  const mails = new Map<string, Mail>();
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData: (stream, session, done) => {
      simpleParser(stream).then(({ messageId = '', subject = '' }) => {
        mails.set(messageId, { to: session.envelope.rcptTo[0]?.address ?? '', messageId, subject });
        done();
      }, done);
    },
  });
  // The kill resets what is open.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

let dir: string;
let hop: SandboxHop;
let sink: Sink;
let receiver: Receiver;
let relais: RelaisProcess | undefined;
let reportPort: number;

beforeAll(() => void builtWorker(), PATIENCE);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'relais-scenario-'));
  reportPort = await freePort();
  [sink, receiver, hop] = await Promise.all([
    startSink(),
    startReceiver(() => {}),
    startSandboxHop({
      hostname: 'hop.test',
      reportTo: { host: '127.0.0.1', port: reportPort },
      log: recordingLog(),
      delays: { report: 30 },
    }),
  ]);
});
afterEach(async () => {
  await relais?.kill('SIGKILL');
  await Promise.all([receiver.close(), hop.stop(), sink.close()]);
  await rm(dir, { recursive: true });
});

function configuration(): string {
  const notify = `[{webhook: {url: "${receiver.url}", secret: "${SECRET}", allowPrivate: true}}, {mail: {to: ops@sink.example}}]`;
  return `routes:
  - {match: {recipientDomain: [sink.example]}, via: smarthost, host: 127.0.0.1, port: ${sink.port}, tls: none}
  - {via: smarthost, host: 127.0.0.1, port: ${hop.port}, tls: none}
delivery: {retry: [1s]}
reports: {domain: bounce.test, listeners: [{address: 127.0.0.1, port: ${reportPort}}]}
signals:
  - {name: failed, on: [recipient.failed], notify: ${notify}}
  - {name: deferred, on: [recipient.deferred], group: {by: [domain]}, notify: ${notify}}
`;
}

/** What came in, once an id; each verified by the reference library, and by node:crypto alone. */
function signals(): readonly (readonly unknown[])[] {
  const reference = new Webhook(SECRET.slice('whsec_'.length));
  const byId = new Map<string, readonly unknown[]>();
  for (const one of receiver.received) {
    const { type, data } = reference.verify(one.text, one.headers as Record<string, string>) as typeof one.body;
    expect(verifies(one, SECRET)).toBe(true);
    const { cause, count } = data['signal'] as { cause: Record<string, string>; count: number };
    byId.set(String(one.headers['webhook-id']), [type, cause['domain'], cause['category'], count]);
  }
  return [...byId.values()].sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

const CAME = { timeout: PATIENCE, interval: 20 };

it('bounce@, late-bounce@ and defer@ are the expected signals, once each, by webhook and mail, through a kill', {
  timeout: PATIENCE,
}, async () => {
  const [smtpPort, httpPort] = [await freePort(), await freePort()];
  const start = (): Promise<RelaisProcess> => startRelaisProcess({ dir, smtpPort, httpPort, configuration: configuration() });
  const send = async (to: string): Promise<void> => {
    const erp = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
    await erp.sendMail({ from: 'billing@example.com', to, subject: 'Invoice', text: 'x' });
    erp.close();
  };
  relais = await start();
  for (const to of ['bounce@one.example', 'late-bounce@two.example', 'defer@three.example']) await send(to);
  // All three were told, and none of it was answered. What is under way now is tried again, and is no news.
  const told = (): unknown[] => signals().flatMap(([type, domain]) => (type === 'signal.raised' ? [domain] : []));
  await vi.waitFor(() => expect(told()).toEqual(['one.example', 'three.example', 'two.example']), CAME);
  await relais.kill('SIGKILL');
  receiver.answer = answerWith(204);
  relais = await start();
  await send('fine@four.example');

  const expected = [
    ['signal.closed', 'three.example', undefined, 1],
    ['signal.raised', 'one.example', 'mailbox-unknown', 1],
    ['signal.raised', 'three.example', undefined, 1],
    ['signal.raised', 'two.example', 'mailbox-unknown', 1],
  ];
  await vi.waitFor(() => expect(signals()).toEqual(expected), CAME);
  await vi.waitFor(() => expect(sink.mails.size).toBe(4), CAME);
  expect([...sink.mails.values()].map(({ to, subject }) => `${to}: ${subject}`).sort()).toEqual([
    expect.stringMatching(/^ops@sink\.example: .*Over: .*three\.example/),
    expect.stringMatching(/^ops@sink\.example: .*one\.example/),
    expect.stringMatching(/^ops@sink\.example: .*three\.example/),
    expect.stringMatching(/^ops@sink\.example: .*two\.example/),
  ]);
  // Nothing is left to be sent, so nothing more comes.
  const running = relais;
  const deliveries = async (name: string): Promise<readonly string[]> =>
    (await running.get<{ items: { state: string }[] }>(`/api/v1/signals/${name}/deliveries`)).items.map(({ state }) => state);
  const delivered = (count: number): string[] => new Array<string>(count).fill('delivered');
  for (const [name, count] of [
    ['failed', 4],
    ['deferred', 4],
    ['channel-failing', 0],
  ] as const) {
    await vi.waitFor(async () => expect(await deliveries(name)).toEqual(delivered(count)), CAME);
  }
  expect(await relais.kill('SIGTERM')).toBe(0);
  expect([signals().length, sink.mails.size]).toEqual([4, 4]);
});
