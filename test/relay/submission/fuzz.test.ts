/** R44, the short run: always the same dialogues, so that a failure is everybody's. The long one has others each time. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dialogues, play, submitAsUsual } from './dialogue-fuzz.ts';
import { account, type Running, runSubmission } from './harness.ts';

const RUN = { seed: 44, numRuns: 150 };

let run: Running;
const faults: unknown[] = [];
const onFault = (error: unknown): void => {
  faults.push(error);
};

beforeAll(async () => {
  process.on('unhandledRejection', onFault);
  process.on('uncaughtException', onFault);
  run = await runSubmission({
    accounts: [account('erp', 'secret')],
    listener: { authWithoutTls: true },
    limits: { messageSize: 5000, idle: 2000 },
  });
});
afterAll(async () => {
  await run.stop();
  process.off('unhandledRejection', onFault);
  process.off('uncaughtException', onFault);
});

it('R44 a grammar of dialogues: no crash, every reply well-formed with its enhanced status, and mail as usual after it', async () => {
  await fc.assert(
    fc.asyncProperty(dialogues, (dialogue) => play(run.port, dialogue)),
    RUN,
  );
  expect(faults).toEqual([]);
  expect(run.store.recorded.length).toBeGreaterThan(0);
  expect(run.log.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  await expect.poll(() => run.submission.connections, { timeout: 5000 }).toBe(0);
  const before = run.store.recorded.length;
  await submitAsUsual(run.port);
  expect(run.store.recorded.length).toBe(before + 1);
  expect(run.store.writers.filter(({ aborted }) => !aborted).length).toBe(run.store.recorded.length);
}, 60_000);
