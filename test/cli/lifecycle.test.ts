import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { command, relais, SANDBOX, startTestRelay } from './relay.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'relais-cli-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('starts, reloads on SIGHUP, keeps running on a bad file, and ends with 0 on SIGTERM', async () => {
  const relay = await startTestRelay();
  try {
    const control = join(relay.dataDir, 'run', 'control.json');
    expect(statSync(control).mode & 0o777).toBe(0o600);
    writeFileSync(relay.config, `${SANDBOX}accounts: [{name: erp, password: geheim-geheim}]\nretention: {content: 7d}\n`);
    relay.signal('SIGHUP');
    expect(JSON.parse(await relay.logged(/configuration reloaded/))).toMatchObject({ restarted: ['notifications', 'housekeeping'] });
    writeFileSync(relay.config, `${SANDBOX}wurst: 1\n`);
    relay.signal('SIGHUP');
    expect(await relay.logged(/not reloaded/)).toContain('wurst: unknown key');
    writeFileSync(relay.config, SANDBOX.replace('./data', './other'));
    relay.signal('SIGHUP');
    expect(await relay.logged(/not reloaded/)).toContain('dataDir cannot change');
    expect((await fetch(`${relay.url}/readyz`)).status).toBe(200);
    relay.signal('SIGTERM');
    const { code, stdout } = await relay.ended;
    expect(code, stdout).toBe(0);
    expect(existsSync(control)).toBe(false);
  } finally {
    await relay.remove();
  }
});

it('a stopped relay can be verified and given tokens; a client is told that none runs', async () => {
  const relay = await startTestRelay();
  try {
    relay.signal('SIGTERM');
    await relay.ended;
    const verified = await command(['verify', '--config', relay.config]);
    expect(verified.code, verified.stderr).toBe(0);
    expect(verified.stdout).toContain('Everything holds together.');
    const made = await relais(['token', 'add', '--name', 'erp', '--config', relay.config]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/^\S+\n$/);
    expect((await command(['token', 'list', '--json', '--config', relay.config])).stdout).toContain('"erp"');
    const listed = await command(['list', '--config', relay.config]);
    expect(listed.code).toBe(69);
    expect(listed.stderr).toMatch(/^relais: No relay runs on .*\nStart it with `relais start`/);
  } finally {
    await relay.remove();
  }
});

it('a port that is taken ends with 69, naming it and what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  try {
    const config = join(dir, 'relais.yaml');
    writeFileSync(config, SANDBOX.replace('{port: 0, tls: none}', `{port: ${port}, tls: none}`));
    const { code, stderr } = await relais(['start', '--config', config]);
    expect(code).toBe(69);
    expect(stderr).toBe(
      `relais: Port ${port} on 127.0.0.1 (submission) is taken by another program.\nStop that program, or set another at submission.listeners in ${config}.\n`,
    );
    const checked = await command(['check', '--config', config]);
    expect(checked.code).toBe(69);
    expect(checked.stdout).toMatch(new RegExp(`^failed +port ${port} +127\\.0\\.0\\.1, submission: taken by another program$`, 'm'));
  } finally {
    server.close();
  }
});

it('a configuration with mistakes ends with 78 and lists them all', async () => {
  const config = join(dir, 'relais.yaml');
  writeFileSync(config, 'routes: [{via: mx, returnPath: verp}]\nhttp: {port: x}\nwurst: 1\n');
  const { code, stdout, stderr } = await command(['start', '--config', config]);
  expect([code, stdout]).toEqual([78, '']);
  expect(stderr).toBe(`relais: ${config} has 3 mistakes:
  line 1: routes[0].returnPath is verp: verp needs reports.domain, the domain that bounces come back to
  line 2: http.port is x: allowed is a port from 1 to 65535, or 0: the system chooses
  line 3: wurst: unknown key; known here: hostname, dataDir, diskFloor, shutdownGrace, logLevel, submission, accounts, routes, delivery, dkim, reports, references, signals, owners, retention, synchronisation, backup, http
`);
});
