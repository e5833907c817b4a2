/** Each example as its reader would run it, against a relay that runs and an ERP that answers as the real one does. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitForEmptyQueue } from '../support/reconcile.ts';
import { freePort, type RelaisProcess, startRelaisProcess } from '../support/relais-process.ts';
import { fakeAfas, fakeBusinessCentral, fakeOdoo, fakeSap } from './fake-erp.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const CONFIGURATION = `routes: [{via: sandbox}]
delivery: {retry: [1s]}
accounts: [{name: default, senders: ["*"], notifications: none}]
`;

let dir: string;
let relais: RelaisProcess;
let ports: { smtpPort: number; httpPort: number };

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'relais-examples-'));
  ports = { smtpPort: await freePort(), httpPort: await freePort() };
  relais = await startRelaisProcess({ dir, ...ports, configuration: CONFIGURATION });
  await send('bounce@partner.example', { document: 'account.move-117', contact: 'D-1' });
  await send('ann@partner.example', { document: 'account.move-118', contact: 'D-2' });
  await send('full@partner.example', { document: 'INV-3', contact: 'D-3' });
  await waitForEmptyQueue(relais);
}, 60_000);
afterAll(async () => {
  await relais.kill('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

const token = (): string => (JSON.parse(readFileSync(join(dir, 'data', 'run', 'control.json'), 'utf8')) as { token: string }).token;

async function api(method: string, path: string, body?: unknown): Promise<Response> {
  const answer = await fetch(`http://127.0.0.1:${ports.httpPort}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

function send(to: string, references: Record<string, string>): Promise<Response> {
  return api('POST', '/messages', { from: 'billing@example.com', to, subject: 'Invoice', text: 'Yours', references });
}

function environment(own: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, RELAIS_URL: `http://127.0.0.1:${ports.httpPort}`, RELAIS_TOKEN: token(), ...own };
}

/** Runs an example to the end of the feed, from its beginning. */
async function run(name: string, own: Record<string, string>): Promise<void> {
  await api('PUT', `/consumers/${name}`, { seq: 0 });
  const child = spawn(process.execPath, [join(EXAMPLES, `${name}.mjs`), '--once'], {
    env: environment(own),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output}`);
}

describe('examples', () => {
  it('Odoo: a note on the record whose mail failed, once however often the events come', async () => {
    const odoo = await fakeOdoo();
    try {
      const settings = { ODOO_URL: odoo.url, ODOO_DB: 'prod', ODOO_USER: 'mail', ODOO_KEY: 'key' };
      await run('odoo', settings);
      await run('odoo', settings);
      expect(odoo.notes).toEqual([
        {
          record: 'account.move-117',
          body: expect.stringMatching(/^Not delivered to bounce@partner\.example \(mailbox-unknown\): 550 .* \[relais \d+\]$/),
        },
      ]);
    } finally {
      await odoo.stop();
    }
  });

  it('AFAS: a dossier item at the contact, once however often the events come', async () => {
    const afas = await fakeAfas();
    try {
      const settings = { AFAS_URL: afas.url, AFAS_TOKEN: 'secret', AFAS_SUBJECT_TYPE: '12', AFAS_GET: 'Relais_Dossier' };
      await run('afas', settings);
      await run('afas', settings);
      expect(afas.items.map(({ contact, subject }) => [contact, subject]).sort()).toEqual([
        ['D-1', 'account.move-117: mail not delivered'],
        ['D-3', 'INV-3: mail not delivered'],
      ]);
    } finally {
      await afas.stop();
    }
  });

  it('Business Central: the latest state of each recipient, and a repeated event changes nothing', async () => {
    const bc = await fakeBusinessCentral();
    try {
      const settings = { BC_URL: `${bc.url}/states`, BC_TOKEN_URL: `${bc.url}/token`, BC_CLIENT_ID: 'id', BC_CLIENT_SECRET: 'secret' };
      await run('business-central', settings);
      const writes = bc.writes();
      await run('business-central', settings);
      expect([...bc.rows.values()].map(({ state }) => state).sort()).toEqual(['failed', 'failed', 'transferred']);
      expect(bc.writes()).toBe(writes);
    } finally {
      await bc.stop();
    }
  });

  it('SAP: posts with CSRF token and session, and begins a new one when it is over', async () => {
    const sap = await fakeSap();
    try {
      await run('sap', { SAP_URL: `${sap.url}/odata/MailStates`, SAP_USER: 'relais', SAP_PASSWORD: 'secret' });
      expect([...sap.states.values()].map(({ State }) => State).sort()).toEqual(['failed', 'failed', 'transferred']);
    } finally {
      await sap.stop();
    }
  });

  it('says which setting is missing', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(EXAMPLES, 'odoo.mjs')], {
      env: { PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    expect(status).toBe(64);
    expect(stderr).toContain('ODOO_DB is not set');
  });
});

const python = spawnSync('python3', ['-c', 'import sqlite3, sys; assert sys.version_info >= (3, 8)']).status === 0;

describe.skipIf(!python)('SQLite (needs Python)', () => {
  it('the table equals the states, through kills of either side', async () => {
    const table = join(dir, 'states.db');
    const follow = () => spawn('python3', [join(EXAMPLES, 'sqlite.py'), table], { env: environment({}), stdio: 'ignore' });
    for (let round = 0; round < 4; round++) {
      const child = follow();
      for (let i = 0; i < 10; i++)
        await send(i % 3 === 0 ? 'bounce@partner.example' : 'bob@partner.example', { document: `R-${round}-${i}` });
      if (round === 2) {
        await relais.kill('SIGKILL');
        relais = await startRelaisProcess({ dir, ...ports, configuration: CONFIGURATION });
      } else await sleep(40 * round);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    await waitForEmptyQueue(relais);
    const { status, stderr } = spawnSync('python3', [join(EXAMPLES, 'sqlite.py'), table, '--once'], {
      env: environment({}),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const query =
      "import json, sqlite3, sys; print(json.dumps(sqlite3.connect(sys.argv[1]).execute('SELECT message, recipient_index, state, document FROM states ORDER BY 1, 2').fetchall()))";
    const rows = JSON.parse(spawnSync('python3', ['-c', query, table], { encoding: 'utf8' }).stdout) as unknown[];
    const { items } = await relais.get<{ items: { id: string; document: string; recipients: { state: string }[] }[] }>(
      '/api/v1/messages?limit=500',
    );
    const wanted = items.flatMap(({ id, document, recipients }) => recipients.map(({ state }, index) => [id, index, state, document]));
    expect(rows).toEqual(wanted.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)));
    expect(rows).toHaveLength(43);
  }, 40_000);
});
