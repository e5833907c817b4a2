import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const CHECK = fileURLToPath(new URL('../../scripts/check.mjs', import.meta.url));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'relais-check-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function tree(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

function check(...names: string[]): { code: number | null; findings: string[] } {
  const { status, stdout } = spawnSync(process.execPath, [CHECK, ...names], {
    env: { ...process.env, RELAIS_CHECK_ROOT: root },
    encoding: 'utf8',
  });
  return {
    code: status,
    findings: stdout
      .split('\n')
      .filter((line) => line.startsWith('       '))
      .map((line) => line.trim()),
  };
}

it('imports run from main to relais to the rooms to the domain, and never sideways', () => {
  tree({
    'src/main.ts': "import { run } from './cli/program.ts';\n",
    'src/cli/program.ts': "import { openStore } from '../store/index.ts';\nconst start = await import('../relais.ts');\n",
    'src/relais.ts': "import { openStore } from './store/index.ts';\nimport { run } from './cli/program.ts';\n",
    'src/relais/rooms.ts': "import { startHttp } from '../http/index.ts';\n",
    'src/store/index.ts': "import type { Store } from '../domain/ports.ts';\nimport { x } from '../http/index.ts';\n",
    'src/relay/delivery/hop.ts': "import { y } from '../reports/index.ts';\n",
    'src/domain/ports.ts': "import type { Z } from '../config/index.ts';\n",
    'src/http/api/list.ts': "import { p } from '../problem.ts';\nexport { openStore } from '../../store/index.ts';\n",
  });
  const { code, findings } = check('imports');
  expect(code).toBe(1);
  expect(findings.map((line) => line.replace(/:(?! ).* must not/, ' must not').replace(/: they meet.*/, ''))).toEqual([
    'src/domain/ports.ts must not import config',
    'src/http/api/list.ts must not import store',
    'src/relais.ts must not import cli',
    'src/relay/delivery/hop.ts must not import relay/reports',
    'src/store/index.ts must not import http',
  ]);
});

it('the domain has no clock, no chance, no environment, no input or output', () => {
  tree({
    'src/domain/bad.ts': [
      '// Date.now() in a comment is none',
      'export const a = Date.now();',
      'export const b = Math.random();',
      "export const c = process.env['X'];",
      "console.log('x');",
      "import { readFileSync } from 'node:fs';",
      "import { connect } from 'node:net';",
      "import { isIP } from 'node:net';",
      "import { createHash } from 'node:crypto';",
      'export const d = sources.randomBytes(3);',
    ].join('\n'),
    'src/http/fine.ts': 'export const now = Date.now();\n',
  });
  const { code, findings } = check('purity');
  expect(code).toBe(1);
  expect(findings.map((line) => line.split(':')[1])).toEqual(['2', '3', '4', '5', '6', '7']);
});

it('a cited RFC section that docs/STANDARDS.md does not list is a finding', () => {
  tree({
    'src/a.ts': '// RFC 5321 §4.5.3.2, and RFC 3464 §2.3.3; RFC 9999\n/** RFC 3461 §4.1, §4.2 */\n',
    'docs/STANDARDS.md': '| RFC 5321 | §4.5 | yes |\n| RFC 3464 | §2.1 | part |\n| RFC 3461 | 4.1 | yes |\n',
  });
  const { code, findings } = check('standards');
  expect(code).toBe(1);
  expect(findings).toEqual([
    'src/a.ts:2: RFC 3461 §4.2 is not listed in docs/STANDARDS.md',
    'src/a.ts:1: RFC 3464 §2.3.3 is not listed in docs/STANDARDS.md',
    'src/a.ts:1: RFC 9999 is not listed in docs/STANDARDS.md',
  ]);
});

it('a clean tree passes, and an unknown check is refused', () => {
  tree({ 'src/domain/ok.ts': 'export const one = 1;\n', 'docs/STANDARDS.md': '' });
  expect(check('imports', 'purity', 'standards')).toEqual({ code: 0, findings: [] });
  expect(check('wurst').code).toBe(64);
});
