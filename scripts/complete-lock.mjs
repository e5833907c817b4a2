/**
 * Completes package-lock.json: an optional package for another platform that the registry could
 * not give when the file was written is missing from it, and `npm ci` then refuses the whole file
 * on every machine. Such packages are added with the version their parent asks for and the platform
 * their name says; npm fetches one only where the platform fits. To be run after every `npm
 * install`; with --check it writes nothing and ends with 1 when something is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

const OS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
  windows: 'win32',
};
const CPU = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'arm'];

/** What a platform package's name says: `binding-linux-x64-musl`. */
function platformOf(name) {
  const words = name.split(/[^a-z0-9]+/i);
  const os = words.map((word) => OS[word]).find((word) => word !== undefined);
  const cpu = CPU.find((candidate) => words.includes(candidate));
  if (os === undefined || cpu === undefined) return undefined;
  const libc =
    os !== 'linux' ? undefined : words.includes('musl') ? 'musl' : words.some((word) => word.startsWith('gnu')) ? 'glibc' : undefined;
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }) };
}

const added = [];
for (const [path, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
    if (places.some((place) => lock.packages[place] !== undefined)) continue;
    const platform = platformOf(name);
    if (platform === undefined || !/^\d+\.\d+\.\d+\S*$/.test(version)) continue;
    added.push(name);
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...(parent.dev === true ? { dev: true } : {}), optional: true };
  }
}

if (added.length > 0 && process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${added.join(', ')}: run node scripts/complete-lock.mjs`);
  process.exitCode = 1;
} else if (added.length > 0) {
  const [root, ...rest] = Object.entries(lock.packages);
  lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.error(`Added ${added.length} packages for other platforms to package-lock.json.`);
}
