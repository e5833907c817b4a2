/** R2 and R5: what a 250 rests on. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CountingHop, startCountingHop } from '../support/counting-hop.ts';
import { reconcile, waitForEmptyQueue } from '../support/reconcile.ts';
import { freePort, type RelaisProcess, startRelaisProcess } from '../support/relais-process.ts';
import { type LedgerEntry, recordedOr, submitLoad } from '../support/smtp-load.ts';

const PRELOAD = fileURLToPath(new URL('../support/sync-trace.mjs', import.meta.url));

interface TraceEntry {
  readonly did: 'received' | 'synced' | 'answered';
  readonly path?: string;
  readonly size?: number;
}

const traceOf = (file: string): TraceEntry[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as TraceEntry);

describe('durability', () => {
  let dir: string;
  let hop: CountingHop;
  let relais: RelaisProcess;
  let start: () => Promise<RelaisProcess>;
  let trace: string;

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'relais-sync-'));
    hop = await startCountingHop();
    trace = path.join(dir, 'trace');
    const ports = { smtpPort: await freePort(), httpPort: await freePort() };
    const configuration = `routes: [{via: smarthost, host: 127.0.0.1, port: ${hop.port}, tls: none, returnPath: preserve}]
delivery: {retry: [1s]}
`;
    start = () =>
      startRelaisProcess({
        dir,
        ...ports,
        configuration,
        nodeArguments: ['--import', PRELOAD],
        env: { SYNC_TRACE: trace, SYNC_TRACE_DATA: path.join(dir, 'data') },
      });
    relais = await start();
  });

  afterEach(async () => {
    if (relais.child.exitCode === null) await relais.kill('SIGKILL');
    await hop.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('R5 spool and register are both synced between the end of the data and the 250', async () => {
    await submitLoad({ port: relais.smtpPort, sessions: 1, name: 'order', count: 20 }).done;
    let spool = false;
    let register = false;
    let answered = 0;
    for (const entry of traceOf(trace)) {
      if (entry.did === 'received') spool = register = false;
      if (entry.did === 'synced' && entry.path?.includes('/spool/')) spool = true;
      if (entry.did === 'synced' && entry.path?.includes('/register/')) register = true;
      if (entry.did !== 'answered') continue;
      answered++;
      expect({ answered, spool, register }).toEqual({ answered, spool: true, register: true });
    }
    expect(answered).toBe(20);
  });

  it('R2 nothing answered 250 is lost when every file is cut back to what was synced', async () => {
    const ledger: LedgerEntry[] = [];
    for (let round = 0; round < 4; round++) {
      const load = submitLoad({ port: relais.smtpPort, sessions: 8, name: `cut${round}` });
      await recordedOr(load, 10 + round * 8, 5_000);
      await sleep(round * 10);
      await relais.kill('SIGKILL');
      load.stop();
      await load.done;
      ledger.push(...load.ledger);
      cutToSynced(path.join(dir, 'data'), traceOf(trace));
      relais = await start();
    }
    await waitForEmptyQueue(relais);
    expect(ledger.length).toBeGreaterThan(20);
    await reconcile(relais, hop, ledger);
  }, 60_000);
});

/** What a power cut leaves: segments and logs end where their last sync ended. */
function cutToSynced(data: string, trace: readonly TraceEntry[]): void {
  const sizes = new Map<string, number>();
  for (const entry of trace) if (entry.did === 'synced') sizes.set(entry.path ?? '', entry.size ?? 0);
  for (const directory of ['register', 'spool']) {
    for (const name of readdirSync(path.join(data, directory))) {
      if (directory === 'register' && !name.endsWith('.log')) continue;
      const file = path.join(data, directory, name);
      const synced = sizes.get(file) ?? 0;
      if (statSync(file).isFile() && statSync(file).size > synced) truncateSync(file, synced);
    }
  }
}
