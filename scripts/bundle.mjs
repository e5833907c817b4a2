/**
 * Puts the compiled files, and the packages that they use, together into a few: to load some 900 files
 * one by one takes longer than all else that relais does at its start.
 *
 *     node scripts/bundle.mjs COMPILED TARGET
 *
 * `main.js` and each `worker.js` (what relais starts as a process or thread) lie in TARGET where they lay
 * in COMPILED, as a line that loads its chunk out of TARGET/chunks. Nothing is renamed inside, so that a
 * stack trace can be read. A package that reads files beside its own stays a package: see `EXTERNAL`.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** Packages with native code, or that read files of their own while they run. */
const EXTERNAL = [/^node:/, 'classic-level', 'pino', 'pdfkit'];

const [compiled, target] = process.argv.slice(2).map((folder) => resolve(folder));
if (compiled === undefined || target === undefined) throw new Error('usage: node scripts/bundle.mjs COMPILED TARGET');

const slashed = (path) => path.replaceAll('\\', '/');

function entryFiles() {
  return readdirSync(compiled, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && (entry.name === 'main.js' || entry.name === 'worker.js'))
    .map((entry) => relative(compiled, join(entry.parentPath ?? entry.path, entry.name)));
}

const chunkOf = (entry) => `chunks/${slashed(entry).replaceAll('/', '-')}`;

/** A module of ours that asks by `import.meta.url` for what lies beside it is told its own place, not the chunk's. */
const ownPlaces = {
  name: 'own-places',
  transform(code, id) {
    if (!resolve(id).startsWith(compiled) || !code.includes('import.meta.url')) return null;
    const place = slashed(relative(join(compiled, 'chunks'), id));
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url).href`);
  },
};

const entries = entryFiles();
const bundle = await rolldown({
  input: Object.fromEntries(entries.map((entry) => [basename(chunkOf(entry), '.js'), join(compiled, entry)])),
  platform: 'node',
  external: EXTERNAL,
  plugins: [ownPlaces],
  logLevel: 'warn',
});
await bundle.write({ dir: target, format: 'esm', entryFileNames: 'chunks/[name].js', chunkFileNames: 'chunks/[name]-[hash].js' });
await bundle.close();

for (const entry of entries) {
  const file = join(target, entry);
  const chunk = slashed(relative(dirname(file), join(target, chunkOf(entry))));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/usr/bin/env node\nimport '${chunk.startsWith('.') ? chunk : `./${chunk}`}';\n`);
}
