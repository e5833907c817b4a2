/** A mailbox of reports through a whole relay: configuration, collection over HTTP, position kept through reload and restart. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import type { Config } from '../../src/domain/settings.ts';
import { type Relais, startRelais } from '../../src/relais.ts';
import { surroundings } from '../config/surroundings.ts';
import { dsn } from '../relay/reports/mails.ts';
import { type FakeImap, startFakeImap } from '../support/fake-imap.ts';
import { recordingLog } from '../support/recording-log.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Sync {
  readonly mailboxes: readonly {
    readonly name: string;
    readonly folder: string;
    readonly state: string;
    readonly lastRun: object | null;
  }[];
}

function configFor(dir: string, imap: FakeImap, more: string): Config {
  const yaml = `hostname: relay.test
submission: {listeners: [{port: 0, tls: none}]}
routes: [{via: hold}]
reports: {mailboxes: [{name: bounces, imap: {host: 127.0.0.1, port: ${imap.port}, user: bounces, password: secret, tls: none}${more}}]}
http: {port: 0}
shutdownGrace: 1s
`;
  return parseConfig(yaml, join(dir, 'relais.yaml'), surroundings()).config;
}

// Two processes that read reports are started on the way: a moment each, more on a machine that is busy.
it('is read without a report domain; its position holds through a reload and a restart', { timeout: 60_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'relais-mailboxes-'));
  closing.push(() => rmSync(dir, { recursive: true, force: true }));
  const imap = await startFakeImap();
  closing.push(() => imap.close());
  let relais: Relais = await startRelais({ config: configFor(dir, imap, ''), log: recordingLog(), version: '0.0.0' });
  closing.push(() => relais.stop());
  const call = async <T>(method: string, path: string): Promise<T> => {
    const { token } = JSON.parse(readFileSync(join(dir, 'data/run/control.json'), 'utf8')) as { token: string };
    const answer = await fetch(`${relais.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  };
  imap.append('INBOX', dsn({ id: 'one@mx.partner.example' }));
  // The first look may have begun before it was there.
  await imap.heard(/^IDLE/);
  await call('POST', '/sync');
  expect(await call<{ items: unknown[] }>('GET', '/reports')).toMatchObject({
    items: [{ kind: 'bounce', via: 'imap', source: 'bounces' }],
  });

  await relais.reload(configFor(dir, imap, ', moveTo: Read'));
  imap.append('INBOX', dsn({ id: 'two@mx.partner.example' }));
  const { mailboxes } = await call<Sync>('POST', '/sync');
  expect(mailboxes).toMatchObject([{ name: 'bounces', folder: 'INBOX', state: 'connected' }]);
  while ((imap.folders.get('Read')?.mails.length ?? 0) === 0) await call('POST', '/sync');
  expect(imap.inbox().mails).toHaveLength(1);

  await relais.stop();
  relais = await startRelais({ config: configFor(dir, imap, ''), log: recordingLog(), version: '0.0.0' });
  expect((await call<Sync>('POST', '/sync')).mailboxes[0]?.lastRun).toMatchObject({ taken: 0, repeated: 0, error: null });
  expect((await call<{ items: unknown[] }>('GET', '/reports')).items).toHaveLength(2);
});
