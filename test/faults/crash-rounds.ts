/** R1 and R4: random SIGKILL under load, many rounds, with a ledger. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { startCountingHop } from '../support/counting-hop.ts';
import { reconcile, waitForEmptyQueue } from '../support/reconcile.ts';
import { freePort, startRelaisProcess } from '../support/relais-process.ts';
import { type LedgerEntry, recordedOr, submitLoad } from '../support/smtp-load.ts';

/** Kills relais `rounds` times at a random moment while messages flow, then accounts for every 250. */
export async function crashRounds(rounds: number): Promise<{ recorded: number; duplicates: number; kills: number }> {
  const dir = mkdtempSync(path.join(tmpdir(), 'relais-crash-'));
  const hop = await startCountingHop();
  const ports = { smtpPort: await freePort(), httpPort: await freePort() };
  const configuration = `routes: [{via: smarthost, host: 127.0.0.1, port: ${hop.port}, tls: none, returnPath: preserve}]
delivery: {retry: [1s]}
`;
  const ledger: LedgerEntry[] = [];
  let relais = await startRelaisProcess({ dir, ...ports, configuration });
  try {
    for (let round = 0; round < rounds; round++) {
      const load = submitLoad({
        port: ports.smtpPort,
        sessions: 8,
        name: `r${round}`,
        recipients: (n) => (n % 10 === 0 ? [`r${round}-${n}-a@dest.test`, `r${round}-${n}-b@dest.test`] : [`r${round}-${n}@dest.test`]),
      });
      // Counted in messages, so that a slow machine is killed in the midst of as many as a fast one.
      await recordedOr(load, Math.random() * 60, 5_000);
      await sleep(Math.random() * 50);
      expect(await relais.kill('SIGKILL')).toBe('SIGKILL');
      load.stop();
      await load.done;
      ledger.push(...load.ledger);
      relais = await startRelaisProcess({ dir, ...ports, configuration });
    }
    await waitForEmptyQueue(relais);
    expect(ledger.length).toBeGreaterThan(rounds);
    const { duplicates } = await reconcile(relais, hop, ledger);
    expect(await relais.kill('SIGTERM')).toBe(0);
    return { recorded: ledger.length, duplicates, kills: rounds };
  } finally {
    if (relais.child.exitCode === null) await relais.kill('SIGKILL');
    await hop.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
