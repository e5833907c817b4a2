/** Notifications through a whole relay: in by SMTP, out to the next hop, and what the sender gets of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { type Relais, startRelais } from '../../src/relais.ts';
import { surroundings } from '../config/surroundings.ts';
import { readDsn } from '../support/dsn-reader.ts';
import { type FakeHop, type ReceivedMessage, startFakeHop } from '../support/fake-hop.ts';
import { RawClient } from '../support/raw-client.ts';
import { recordingLog } from '../support/recording-log.ts';

let dir: string;
let hop: FakeHop;
let relais: Relais;

async function start(extensions: readonly string[], accounts = '[]'): Promise<void> {
  dir = mkdtempSync(join(tmpdir(), 'relais-dsn-'));
  hop = await startFakeHop({
    extensions,
    script: ({ stage, line }) => (stage === 'rcpt' && line.includes('bad') ? '550 5.1.1 No such user' : undefined),
  });
  const yaml = `hostname: relay.test
submission: {listeners: [{port: 0, tls: none}]}
accounts: ${accounts}
routes: [{via: smarthost, host: 127.0.0.1, port: ${hop.port}, tls: none}]
http: {port: 0}
shutdownGrace: 1s
`;
  const { config } = parseConfig(yaml, join(dir, 'relais.yaml'), surroundings());
  relais = await startRelais({ config, log: recordingLog(), version: '0.0.0' });
}
afterEach(async () => {
  await relais.stop();
  await hop.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function submit(mail: string, ...rcpts: readonly string[]): Promise<void> {
  const client = await RawClient.greeted({ port: relais.submission[0]?.port ?? 0 });
  for (const line of ['EHLO erp.test', mail, ...rcpts]) {
    expect((await client.command(line)).code).toBe(250);
  }
  expect((await client.command('DATA')).code).toBe(354);
  client.send('Subject: Hi\r\nMessage-ID: <m@erp.test>\r\n\r\nbody\r\n.\r\n');
  expect((await client.reply()).code).toBe(250);
  client.socket.destroy();
}

/** Those from the null reverse-path. */
async function notifications(count: number): Promise<readonly ReceivedMessage[]> {
  for (let seen = count; ; seen++) {
    const found = (await hop.received(seen)).filter(({ mail }) => mail.startsWith('MAIL FROM:<>'));
    if (found.length >= count) return found;
  }
}

const actions = async (message: ReceivedMessage | undefined) =>
  (await readDsn(message?.content ?? Buffer.alloc(0))).recipients.map((fields) => [
    fields.get('final-recipient')?.replace('rfc822; ', ''),
    fields.get('action'),
    fields.get('status'),
  ]);

const RCPTS = [
  'RCPT TO:<ann@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Ann+2BX@Example.net',
  'RCPT TO:<bad1@example.net>',
  'RCPT TO:<bad2@example.net> NOTIFY=NEVER',
  'RCPT TO:<bad3@example.net> NOTIFY=FAILURE',
];

it('a hop without DSN is told nothing of it; the sender hears of the relaying and of the failures', async () => {
  await start(['PIPELINING', '8BITMIME'], '[{name: default, language: de}]');
  await submit('MAIL FROM:<boss@example.com> RET=FULL ENVID=a+2Bb', ...RCPTS);
  const sent = await notifications(2);
  expect(hop.messages[0]).toMatchObject({ mail: 'MAIL FROM:<boss@example.com>', rcpts: ['RCPT TO:<ann@example.net>'] });
  expect(sent.map(({ rcpts }) => rcpts)).toEqual([['RCPT TO:<boss@example.com>'], ['RCPT TO:<boss@example.com>']]);
  const told = await Promise.all(sent.map(actions));
  expect(told.sort((a, b) => a.length - b.length)).toEqual([
    [['ann@example.net', 'relayed', '2.0.0']],
    [
      ['bad1@example.net', 'failed', '5.1.1'],
      ['bad3@example.net', 'failed', '5.1.1'],
    ],
  ]);
  const dsns = await Promise.all(sent.map(({ content }) => readDsn(content)));
  const failure = dsns.find(({ subject }) => subject === 'Nicht zugestellt: Hi');
  expect(failure?.message.get('original-envelope-id')).toBe('a+b');
  // RET=FULL, for a failure.
  expect(failure?.returned).toBe('Subject: Hi\r\nMessage-ID: <m@erp.test>\r\n\r\nbody\r\n');
  const relayed = dsns.find(({ subject }) => subject === 'Weitergegeben: Hi');
  expect(relayed?.recipients[0]?.get('original-recipient')).toBe('rfc822; Ann+X@Example.net');
  expect(relayed?.returned?.trimEnd()).toBe('Subject: Hi\r\nMessage-ID: <m@erp.test>');
});

it('a hop with DSN gets all of it, recipient by recipient; the sender hears of the failures alone', async () => {
  await start(['PIPELINING', '8BITMIME', 'DSN']);
  await submit('MAIL FROM:<boss@example.com> RET=HDRS ENVID=a+2Bb', ...RCPTS);
  const [failure] = await notifications(1);
  expect(hop.messages[0]).toMatchObject({
    mail: 'MAIL FROM:<boss@example.com> RET=HDRS ENVID=a+2Bb',
    rcpts: ['RCPT TO:<ann@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Ann+2BX@Example.net'],
  });
  expect(hop.commands).toContain('RCPT TO:<bad2@example.net> NOTIFY=NEVER');
  // RFC 3461 §6.1
  expect(failure).toMatchObject({ mail: 'MAIL FROM:<>', rcpts: ['RCPT TO:<boss@example.com> NOTIFY=NEVER'] });
  expect((await actions(failure)).map(([recipient]) => recipient)).toEqual(['bad1@example.net', 'bad3@example.net']);
});
