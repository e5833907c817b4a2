/** R28 as people run it: a backup of a relay that works, looked through, and restored on an empty machine. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command, SANDBOX, startTestRelay, type TestRelay } from './relay.ts';

/** What is put off stays so. */
const PATIENT = SANDBOX.replace('retry: [500ms], expireAfter: 1m', 'retry: [1h], expireAfter: 5h');
let relay: TestRelay;
let elsewhere: string;
beforeAll(async () => {
  relay = await startTestRelay(PATIENT);
  elsewhere = mkdtempSync(join(tmpdir(), 'relais-restored-'));
});
afterAll(async () => {
  await relay.remove();
  rmSync(elsewhere, { recursive: true, force: true });
});

it('R28 backup, backup verify and restore: what waited is held, and said to be', async () => {
  const at = ['--config', relay.config];
  await command(['send-test', '--to', 'defer@sandbox.test', '--wait', '1ms', ...at]);
  const place = join(elsewhere, 'backups');
  const made = await command(['backup', place, '--json', ...at]);
  expect(made.stderr).toBe('');
  const backup = JSON.parse(made.stdout) as { name: string; messages: number; pending: number };
  expect(backup).toMatchObject({ messages: 1, pending: 1 });
  const text = await command(['backup', place, '--keep', '1', ...at]);
  expect(text.stdout).toMatch(
    /^Backup \d{8}T\d{6}Z(-\d+)?: 1 messages \(1 recipients in the queue\), \d+ events, as of .*\n.* were copied/,
  );
  const verified = await command(['backup', 'verify', place]);
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('Everything holds together.') });
  expect(await command(['backup', 'verify', relay.dataDir])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('holds no whole backup'),
  });
  expect((await command(['backup', ...at])).stderr).toContain('none is configured');
  expect((await command(['backup', join(relay.dataDir, 'b'), ...at])).stderr).toContain('is in the data directory');

  const config = join(elsewhere, 'relais.yaml');
  writeFileSync(config, PATIENT);
  const there = ['--config', config];
  const restored = await command(['restore', place, ...there]);
  expect(restored).toMatchObject({ code: 0, stderr: '' });
  expect(restored.stdout).toContain('1 recipients that waited then are held');
  expect(await command(['verify', ...there])).toMatchObject({ code: 0, stdout: expect.stringContaining('(1 in the queue)') });
  expect(await command(['restore', place, ...there])).toMatchObject({ code: 74, stderr: expect.stringContaining('is not empty') });

  // The same command backs up what is stopped; what is configured needs no name.
  appendFileSync(config, 'backup: {dir: ./more, keep: 2}\n');
  const stopped = await command(['backup', '--json', ...there]);
  expect(JSON.parse(stopped.stdout)).toMatchObject({ messages: 1, pending: 1 });
  expect(await command(['backup', 'verify', join(elsewhere, 'more'), '--json'])).toMatchObject({ code: 0 });
  appendFileSync(config, 'dataDir: ./more\n');
  const inside = await command(['backup', '--config', config]);
  expect(inside.code).toBe(78);
});
