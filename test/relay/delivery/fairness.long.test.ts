/** The figure of the issue: 50,000 payslips wait, and no order confirmation of the same account takes two seconds. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type CountingHop, startCountingHop } from '../../support/counting-hop.ts';
import { freePort, type RelaisProcess, startRelaisProcess } from '../../support/relais-process.ts';
import { submitLoad } from '../../support/smtp-load.ts';

const PAYSLIPS = 50_000;
const EVERY = 250;

async function act(dir: string, relais: RelaisProcess, hop: CountingHop, action: 'pause' | 'resume'): Promise<void> {
  const { token } = JSON.parse(readFileSync(join(dir, 'data', 'run', 'control.json'), 'utf8')) as { token: string };
  const answer = await fetch(`http://127.0.0.1:${relais.httpPort}/api/v1/queue/127.0.0.1:${hop.port}/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
}

/** Milliseconds from before an order is submitted until it is at the hop. */
async function orderTakes(relais: RelaisProcess, hop: CountingHop, n: number): Promise<number> {
  const begun = Date.now();
  const name = `order${n}`;
  const load = submitLoad({ port: relais.smtpPort, sessions: 1, name, count: 1, fields: 'X-Relais-Class: order-confirmation\r\n' });
  await load.done;
  const key = `${name}-0@load.test ${name}-0@dest.test`;
  while (!hop.copies.has(key)) await sleep(5);
  return Date.now() - begun;
}

it('50,000 payslips do not hold back an order confirmation for two seconds', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'relais-payroll-'));
  const hop = await startCountingHop();
  const relais = await startRelaisProcess({
    dir,
    smtpPort: await freePort(),
    httpPort: await freePort(),
    configuration: `routes: [{via: smarthost, host: 127.0.0.1, port: ${hop.port}, tls: none, limits: {connections: 5}}]
delivery: {priorities: {urgent: [order-*], bulk: [payslip*]}}
`,
  });
  try {
    await act(dir, relais, hop, 'pause');
    const fields = 'X-Relais-Class: payslip-2026-11\r\n';
    const payroll = submitLoad({ port: relais.smtpPort, sessions: 20, name: 'payslip', count: PAYSLIPS, size: 4096, fields });
    await payroll.done;
    expect(payroll.ledger).toHaveLength(PAYSLIPS);
    await act(dir, relais, hop, 'resume');
    const taken: number[] = [];
    const begun = Date.now();
    const orders: Promise<unknown>[] = [];
    while (hop.copies.size < PAYSLIPS) {
      orders.push(orderTakes(relais, hop, orders.length).then((ms) => taken.push(ms)));
      await sleep(EVERY);
    }
    const seconds = (Date.now() - begun) / 1000;
    await Promise.all(orders);
    taken.sort((a, b) => a - b);
    const most = taken.at(-1) ?? Number.POSITIVE_INFINITY;
    console.log(
      `${PAYSLIPS} payslips in ${seconds.toFixed(0)} s; ${taken.length} orders meanwhile: median ${taken[taken.length >> 1]} ms, most ${most} ms`,
    );
    expect(taken.length).toBeGreaterThan(10);
    expect(most).toBeLessThan(2_000);
  } finally {
    await relais.kill('SIGKILL');
    await hop.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}, 600_000);
