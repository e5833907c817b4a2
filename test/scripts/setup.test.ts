import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SETUP = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));

/** Stands for tsc: strips the one type there is, and refuses what does not fit it. */
const TSC = `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const out = process.argv[process.argv.indexOf('--outDir') + 1];
const text = readFileSync('src/main.ts', 'utf8');
mkdirSync(out, { recursive: true });
writeFileSync(out + '/main.js', text.replace(': number', ''));
if (text.includes('"x"')) {
  console.log('src/main.ts(1,14): error TS2322: Type string is not assignable to type number.');
  process.exit(2);
}
`;

/** Stands for the bundler: notes that it was there. */
const BUNDLER = `
import { mkdirSync } from 'node:fs';
mkdirSync(process.argv[2] + '/chunks');
`;

/** Stands for npm: puts the compiler where the real one would, warns as npm does, and counts. */
const NPM = `
const fs = require('node:fs');
fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
console.error('npm warn Unknown user config "x". This will stop working in the next major version of npm.');
if (fs.existsSync('npm-fails')) process.exit(1);
fs.rmSync('node_modules', { recursive: true, force: true });
fs.mkdirSync('node_modules/typescript/bin', { recursive: true });
fs.writeFileSync('node_modules/typescript/package.json', '{"type": "module"}');
fs.writeFileSync('node_modules/typescript/bin/tsc', ${JSON.stringify(TSC)});
`;

let parent: string;
let root: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'relais-setup-'));
  root = join(parent, 'check out');
  mkdirSync(join(root, 'src', 'pages'), { recursive: true });
  put('tsconfig.json', '{}');
  put('package.json', '{"type": "module"}');
  put('package-lock.json', '{"lockfileVersion": 3}');
  put('src/main.ts', '#!/usr/bin/env node\nexport const answer: number = 42;\n');
  put('src/pages/style.css', 'p {}');
  mkdirSync(join(root, 'scripts'));
  put('scripts/bundle.mjs', BUNDLER);
  writeFileSync(join(parent, 'npm-cli.js'), NPM);
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

function put(name: string, text: string): void {
  writeFileSync(join(root, name), text);
}

function setup(...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const env = { ...process.env, RELAIS_SETUP_ROOT: root, npm_execpath: join(parent, 'npm-cli.js') };
  const child = spawn(process.execPath, [SETUP, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stderr += `STDOUT ${chunk}`;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

function npmCalls(): string[] {
  return existsSync(join(root, 'npm-calls')) ? readFileSync(join(root, 'npm-calls'), 'utf8').trim().split('\n') : [];
}

function built(): string {
  return readFileSync(join(root, 'dist', 'main.js'), 'utf8');
}

describe('set-up', () => {
  it('installs and builds in a path with spaces, with npm warnings, and then has nothing to say', async () => {
    expect(await setup('--build')).toMatchObject({ code: 0 });
    expect(npmCalls()).toEqual(['ci --include=dev --no-audit --no-fund --loglevel=error']);
    expect(built()).toContain('answer = 42');
    expect(existsSync(join(root, 'dist', 'pages', 'style.css'))).toBe(true);
    expect(existsSync(join(root, 'dist', 'chunks'))).toBe(true);
    expect(await setup('--build')).toEqual({ code: 0, stderr: '' });
    expect(npmCalls()).toHaveLength(1);
  });

  it('installs again when the lock file changed, and builds again when the source changed', async () => {
    await setup('--build');
    put('src/main.ts', 'export const answer = 43;\n');
    expect(await setup('--build')).toEqual({ code: 0, stderr: '' });
    expect(built()).toContain('answer = 43');
    expect(npmCalls()).toHaveLength(1);
    put('package-lock.json', '{"lockfileVersion": 3, "packages": {}}');
    expect(await setup('--build')).toMatchObject({ code: 0 });
    expect(npmCalls()).toHaveLength(2);
  });

  it('two at once: one works, the other waits', async () => {
    const both = await Promise.all([setup('--build'), setup('--build')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(npmCalls()).toHaveLength(1);
    expect(built()).toContain('answer = 42');
    expect(existsSync(join(root, '.relais-setup.lock'))).toBe(false);
  });

  it('takes over the lock of a process that is gone', async () => {
    mkdirSync(join(root, '.relais-setup.lock'));
    // No process has this number: it is past what any kernel gives.
    put('.relais-setup.lock/owner', JSON.stringify({ pid: 2 ** 30, host: hostname() }));
    expect(await setup()).toMatchObject({ code: 0 });
    expect(npmCalls()).toHaveLength(1);
  });

  it('says what failed, and tries again the next time', async () => {
    put('npm-fails', '');
    const failed = await setup('--build');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('npm ci failed (exit code 1)');
    expect(failed.stderr).not.toContain('    at ');
    rmSync(join(root, 'npm-fails'));
    expect(await setup('--build')).toMatchObject({ code: 0 });
  });

  it('a build that fails leaves the one before in its place', async () => {
    await setup('--build');
    put('src/main.ts', 'export const answer: number = "x";\n');
    const failed = await setup('--build');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('src/main.ts');
    expect(built()).toContain('answer = 42');
  });

  it('a checkout without a lock file is refused in a sentence', async () => {
    rmSync(join(root, 'package-lock.json'));
    const failed = await setup();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^.*package-lock\.json is missing: this is no complete checkout\.\n$/);
  });
});
