/** Mail from inside, over a whole relais: no reload interrupts it, and stopping answers it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseConfig, readControl } from '../../src/config/index.ts';
import { type Relais, startRelais } from '../../src/relais.ts';
import { surroundings } from '../config/surroundings.ts';
import { RawClient } from '../support/raw-client.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let dir: string;
let relais: Relais | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'relais-submitter-'));
});
afterEach(async () => {
  await relais?.stop();
  relais = undefined;
  rmSync(dir, { recursive: true, force: true });
});

function config(submission: string, accounts = '[]') {
  const yaml = `hostname: relay.test
submission: ${submission}
accounts: ${accounts}
routes: [{via: hold}]
http: {port: 0}
shutdownGrace: 2s
`;
  return parseConfig(yaml, join(dir, 'relais.yaml'), surroundings()).config;
}

interface Answer {
  readonly status: number;
  readonly id: string;
}

async function send(more: Record<string, string> = {}): Promise<Answer> {
  const control = readControl(join(dir, 'data'));
  const answer = await fetch(`${control?.url}/api/v1/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${control?.token}`,
      'content-type': 'message/rfc822',
      'x-relais-from': 'a@src.test',
      'x-relais-recipients': 'b@dest.test',
      ...more,
    },
    body: 'Subject: x\r\nX-Relais-Document: D1\r\n\r\nbody\r\n',
  });
  const { id } = (await answer.json()) as { readonly id: string };
  return { status: answer.status, id };
}

it('is taken while listeners are closed and opened anew, and follows the accounts of the new configuration', async () => {
  relais = await startRelais({ config: config('{listeners: [{port: 0, tls: none}]}'), log: silent, version: '0.0.0' });
  const running = relais;
  const client = await RawClient.greeted({ port: running.submission[0]?.port ?? 0 });
  let reloaded = false;
  // The client in its session keeps the old listener from closing at once: that is when mail from inside comes.
  const change = running.reload(config('{listeners: [{port: 0, tls: starttls}, {port: 0, tls: none}]}')).then(() => (reloaded = true));
  const answers: Answer[] = [];
  while (!reloaded && answers.length < 200) answers.push(await send());
  await change;
  expect(answers.length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
  client.vanish();
  expect(running.submission.length).toBe(2);

  await running.reload(
    config('{listeners: [{port: 0, tls: starttls}, {port: 0, tls: none}]}', '[{name: default, senders: ["*@new.test"]}]'),
  );
  expect((await send()).status).toBe(403);
  expect((await send({ 'x-relais-from': 'a@new.test' })).status).toBe(201);
});

it('a repeated key names the message of before', async () => {
  relais = await startRelais({ config: config('{listeners: [{port: 0, tls: none}]}'), log: silent, version: '0.0.0' });
  const first = await send({ 'idempotency-key': 'k1' });
  const again = await send({ 'idempotency-key': 'k1' });
  const other = await send({ 'idempotency-key': 'k2' });
  expect([first.status, again.status, other.status]).toEqual([201, 201, 201]);
  expect(again.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
});
