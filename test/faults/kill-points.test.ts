/** R3: SIGKILL at each named point of a message's way. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CountingHop, startCountingHop } from '../support/counting-hop.ts';
import { reconcile, waitForEmptyQueue } from '../support/reconcile.ts';
import { freePort, type RelaisProcess, startRelaisProcess } from '../support/relais-process.ts';
import { type LedgerEntry, submitLoad } from '../support/smtp-load.ts';

const PRELOAD = fileURLToPath(new URL('../support/kill-points.mjs', import.meta.url));

const POINTS = [
  'spool-write:3',
  'spool-sync:3',
  'before-register-batch:7',
  'register-batch:7',
  'register-batch:12',
  'before-250:5',
  'after-250:5',
  'after-dot:4',
  'after-reply:4',
];

describe('R3 killed at a point', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'relais-kill-'));
  const killFile = path.join(dir, 'kill-at');
  const ledger: LedgerEntry[] = [];
  let duplicates = 0;
  let hop: CountingHop;
  let relais: RelaisProcess;
  let start: () => Promise<RelaisProcess>;

  beforeAll(async () => {
    hop = await startCountingHop();
    const ports = { smtpPort: await freePort(), httpPort: await freePort() };
    const configuration = `routes: [{via: smarthost, host: 127.0.0.1, port: ${hop.port}, tls: none, returnPath: preserve}]
delivery: {retry: [1s]}
`;
    start = () => startRelaisProcess({ dir, ...ports, configuration, nodeArguments: ['--import', PRELOAD], env: { KILL_FILE: killFile } });
    relais = await start();
  });
  afterAll(async () => {
    if (relais.child.exitCode === null && relais.child.signalCode === null) await relais.kill('SIGKILL');
    await hop.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function arm(point: string): Promise<void> {
    writeFileSync(killFile, point);
    relais.child.kill('SIGUSR2');
    for (const until = Date.now() + 5_000; existsSync(killFile) && Date.now() < until; ) await sleep(5);
    expect(existsSync(killFile)).toBe(false);
  }

  // One relais goes through all of them: what one kill left behind the next one finds.
  it.each(POINTS)(
    '%s: what was answered 250 is transferred, the feed has no gap',
    async (point) => {
      await arm(point);
      const load = submitLoad({ port: relais.smtpPort, sessions: 3, name: `kill-${point.replace(':', '-')}`, count: 100 });
      expect(await relais.ended).toBe('SIGKILL');
      await load.done;
      ledger.push(...load.ledger);
      relais = await start();
      await waitForEmptyQueue(relais);
      const before = duplicates;
      ({ duplicates } = await reconcile(relais, hop, ledger));
      // At most the attempts that were in flight: one a connection of the load.
      expect(duplicates - before).toBeLessThanOrEqual(20);
    },
    40_000,
  );

  it('and ends in order afterwards', async () => {
    expect(ledger.length).toBeGreaterThan(POINTS.length);
    expect(await relais.kill('SIGTERM')).toBe(0);
  });
});
