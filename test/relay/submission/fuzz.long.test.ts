/** R44, the long run: other dialogues each time, many at once, against relais in a process of its own. Its memory stays bounded. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { freePort, startRelaisProcess } from '../../support/relais-process.ts';
import { dialogues, play, submitAsUsual } from './dialogue-fuzz.ts';

const MINUTES = 5;
const AT_ONCE = 8;
/** Resident octets past what the relay has after its first thousand dialogues. */
const GROWTH = 150 * 1024 * 1024;

function residentOctets(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

it('R44 minutes of dialogues: no crash, every reply well-formed, memory bounded, and mail as usual after it', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'relais-fuzz-'));
  const relais = await startRelaisProcess({
    dir,
    smtpPort: await freePort(),
    httpPort: await freePort(),
    configuration: 'routes: [{via: hold}]\naccounts: [{name: erp, password: secret}]\nlogLevel: error\n',
  });
  const end = Date.now() + MINUTES * 60_000;
  const seed = Date.now();
  let played = 0;
  let settled = 0;
  const round = async (lane: number): Promise<void> => {
    for (let index = 0; Date.now() < end; index++) {
      const property = fc.asyncProperty(dialogues, (dialogue) => play(relais.smtpPort, dialogue));
      await fc.assert(property, { seed: seed + lane * 1_000_000 + index, numRuns: 50 });
      played += 50;
      if (settled === 0 && played > 1000) settled = residentOctets(relais.child.pid ?? 0);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => round(lane)));
  expect(relais.child.exitCode).toBeNull();
  expect(residentOctets(relais.child.pid ?? 0) - settled).toBeLessThan(GROWTH);
  await submitAsUsual(relais.smtpPort);
  expect(relais.output()).not.toMatch(/"level":"(error|fatal)"/);
  expect(await relais.kill('SIGTERM')).toBe(0);
  rmSync(dir, { recursive: true, force: true });
  console.info(`R44: ${played} dialogues from seed ${seed}`);
});
