/** R3: SIGKILL at each named point of a message's way. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startCountingHop } from '../support/counting-hop.ts';
import { reconcile, waitForEmptyQueue } from '../support/reconcile.ts';
import { freePort, startRelaisProcess } from '../support/relais-process.ts';
import { submitLoad } from '../support/smtp-load.ts';

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
  it.concurrent.each(POINTS)(
    '%s: what was answered 250 is transferred, the feed has no gap',
    async (point) => {
      const dir = mkdtempSync(path.join(tmpdir(), 'relais-kill-'));
      const hop = await startCountingHop();
      const ports = { smtpPort: await freePort(), httpPort: await freePort() };
      const configuration = `routes: [{via: smarthost, host: 127.0.0.1, port: ${hop.port}, tls: none, returnPath: preserve}]
delivery: {retry: [1s]}
`;
      let relais = await startRelaisProcess({
        dir,
        ...ports,
        configuration,
        nodeArguments: ['--import', PRELOAD],
        env: { KILL_AT: point },
      });
      try {
        const load = submitLoad({ port: ports.smtpPort, sessions: 3, name: 'kill', count: 100 });
        expect(await relais.ended).toBe('SIGKILL');
        await load.done;
        relais = await startRelaisProcess({ dir, ...ports, configuration });
        await waitForEmptyQueue(relais);
        const { duplicates } = await reconcile(relais, hop, load.ledger);
        // At most the attempts that were in flight: one a connection of the load.
        expect(duplicates).toBeLessThanOrEqual(20);
        expect(await relais.kill('SIGTERM')).toBe(0);
      } finally {
        if (relais.child.exitCode === null) await relais.kill('SIGKILL');
        await hop.stop();
        rmSync(dir, { recursive: true, force: true });
      }
    },
    40_000,
  );
});
