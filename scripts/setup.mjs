/**
 * Brings a checkout to where it can run: installs the packages when package-lock.json, the
 * platform or Node's ABI changed since the last time, and with --build compiles src/ into dist/
 * when something in it changed. `npm start`, `npm test` and the rest begin with it; when nothing
 * is to do it says nothing and is done in a moment.
 *
 * Built-ins only, since it runs before anything is installed. Two at once are safe: one works, the
 * other waits (a lock directory whose owner keeps it fresh). dist/ is swapped in whole, so that
 * nobody ever runs half a build. Ends with 1 and a sentence when it cannot.
 *
 * RELAIS_SETUP_ROOT: another checkout than the one this script lies in; for its own test.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.env['RELAIS_SETUP_ROOT'] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const build = process.argv.includes('--build');
const modules = join(root, 'node_modules');
const dist = join(root, 'dist');
const bundler = join(root, 'scripts', 'bundle.mjs');
const lock = join(root, '.relais-setup.lock');
const installStamp = join(modules, '.relais-setup');
const buildStamp = join(dist, '.relais-build');

/** The lock's owner shows by its age that it lives: touched every 2 s, given up after 30. */
const LOCK_TOUCH = 2000;
const LOCK_STALE = 30_000;
const LOCK_POLL = 100;

function fail(message) {
  throw Object.assign(new Error(message), { told: true });
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** What the packages depend on: another of these, and native ones may not load. */
function installHash() {
  const lockFile = read(join(root, 'package-lock.json'));
  if (lockFile === '') fail(`${join(root, 'package-lock.json')} is missing: this is no complete checkout.`);
  return createHash('sha256').update([lockFile, process.platform, process.arch, process.versions.modules].join('\0')).digest('hex');
}

function sourceFiles(directory) {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function buildHash() {
  const hash = createHash('sha256');
  for (const file of [join(root, 'tsconfig.json'), join(root, 'package-lock.json'), bundler, ...sourceFiles(join(root, 'src'))]) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(read(file))
      .update('\0');
  }
  return hash.digest('hex');
}

const isInstalled = () => read(installStamp) === installHash();
const isBuilt = () => !build || read(buildStamp) === buildHash();

/** Runs a command to its end; what it prints goes to standard error, for ours is not for reading. */
function run(command, args, env = process.env) {
  return new Promise((done, refuse) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
    const forward = (signal) => child.kill(signal);
    process.once('SIGINT', forward).once('SIGTERM', forward);
    child.once('error', refuse);
    child.once('close', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      if (signal !== null) refuse(Object.assign(new Error(`Stopped by ${signal}.`), { told: true }));
      else done(code);
    });
  });
}

/** npm's own variables of the script that runs us: they would change what `npm ci` does. */
function plainEnvironment() {
  const own = /^npm_(?:config_(?:package|call|omit|include|only|production|global|dry_run|workspace|workspaces)$|lifecycle_|package_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

async function install() {
  console.error('Installing the packages (npm ci) …');
  const npm = process.env['npm_execpath'];
  const [command, args] = npm?.endsWith('.js') === true && existsSync(npm) ? [process.execPath, [npm]] : ['npm', []];
  const hash = installHash();
  rmSync(installStamp, { force: true });
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await run(command, [...args, ...flags], plainEnvironment()).catch((error) => {
    if (error.code === 'ENOENT') fail('npm was not found. It comes with Node.js: https://nodejs.org');
    throw error;
  });
  if (code !== 0) fail(`npm ci failed (exit code ${code}): see above. Is the npm registry within reach?`);
  mkdirSync(modules, { recursive: true });
  writeFileSync(installStamp, hash);
}

/** Whatever of src/ is no TypeScript (styles, scripts of the pages) goes along as it is. */
function copyAssets(target) {
  const source = join(root, 'src');
  for (const file of sourceFiles(source)) {
    if (/\.tsx?$/.test(file)) continue;
    const copy = join(target, file.slice(source.length));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(file, copy);
  }
}

async function compile() {
  const hash = buildHash();
  const fresh = `${dist}.new-${process.pid}`;
  const old = `${dist}.old-${process.pid}`;
  const tsc = join(modules, 'typescript', 'bin', 'tsc');
  try {
    const code = await run(process.execPath, [tsc, '-p', join(root, 'tsconfig.json'), '--outDir', fresh]);
    if (code !== 0 || (await run(process.execPath, [bundler, fresh])) !== 0) fail('The build failed: see above.');
    copyAssets(fresh);
    const main = join(fresh, 'main.js');
    if (existsSync(main)) chmodSync(main, 0o755);
    writeFileSync(join(fresh, '.relais-build'), hash);
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(fresh, dist);
  } finally {
    for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
  }
}

function lockOwner(directory) {
  try {
    return JSON.parse(read(join(directory, 'owner')));
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Whether whoever took the lock is gone: a process of this machine that ended, or no sign of life. */
function isStale() {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    const owner = lockOwner(lock);
    if (owner !== null && owner.host === hostname() && !isAlive(owner.pid)) return true;
    return age > LOCK_STALE;
  } catch {
    return false;
  }
}

/** Moves a stale lock out of the way. Of several that try, one succeeds. */
function breakLock() {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}

function tryLock() {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    if (error.code === 'EACCES' || error.code === 'EROFS') fail(`${root} cannot be written: install and build need that once.`);
    throw error;
  }
  writeFileSync(join(lock, 'owner'), JSON.stringify({ pid: process.pid, host: hostname() }));
  return true;
}

async function withLock(work) {
  for (let told = false; !tryLock(); ) {
    if (isStale()) {
      breakLock();
      continue;
    }
    if (!told) console.error('Another set-up is at work; waiting for it …');
    told = true;
    await new Promise((next) => setTimeout(next, LOCK_POLL));
  }
  const touch = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(lock, now, now);
    } catch {
      // The lock was taken from us: a machine that slept. The work is idempotent; it goes on.
    }
  }, LOCK_TOUCH);
  try {
    await work();
  } finally {
    clearInterval(touch);
    if (lockOwner(lock)?.pid === process.pid) rmSync(lock, { recursive: true, force: true });
  }
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`relais needs Node.js 20.19 or newer, and recommends 24; this is ${process.versions.node}.`);
}

try {
  checkNode();
  if (!isInstalled() || !isBuilt()) {
    await withLock(async () => {
      // Looked at again: whoever held the lock before may have done it all.
      if (!isInstalled()) await install();
      if (!isBuilt()) await compile();
    });
  }
} catch (error) {
  console.error(error.told === true ? error.message : error);
  process.exitCode = 1;
}
