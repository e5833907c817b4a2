/**
 * Puts the compiled files, and the packages that they use, together into a few: to load some 900 files
 * one by one takes longer than all else that relais does at its start.
 *
 *     node scripts/bundle.mjs FOLDER
 *
 * `main.js` and each `worker.js` (what relais starts as a process or thread) become a line that loads its
 * chunk out of FOLDER/chunks; the other files stay, for tests and benchmarks that use a room alone. Nothing
 * is renamed inside, so that a stack trace can be read. A package that reads files beside its own stays a
 * package: see `EXTERNAL`.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** Packages with native code, or that read files of their own while they run. */
const EXTERNAL = [/^node:/, 'classic-level', 'pino', 'pdfkit'];

const folder = resolve(process.argv[2] ?? 'dist');

const slashed = (path) => path.replaceAll('\\', '/');

function entryFiles() {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && (entry.name === 'main.js' || entry.name === 'worker.js'))
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
}

const chunkOf = (entry) => `chunks/${slashed(entry).replaceAll('/', '-')}`;

/** A module of ours that asks by `import.meta.url` for what lies beside it is told its own place, not the chunk's. */
const ownPlaces = {
  name: 'own-places',
  transform(code, id) {
    if (!resolve(id).startsWith(folder) || !code.includes('import.meta.url')) return null;
    const place = slashed(relative(join(folder, 'chunks'), id));
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url).href`);
  },
};

const entries = entryFiles();
const bundle = await rolldown({
  input: Object.fromEntries(entries.map((entry) => [basename(chunkOf(entry), '.js'), join(folder, entry)])),
  platform: 'node',
  external: EXTERNAL,
  plugins: [ownPlaces],
  logLevel: 'warn',
});
await bundle.write({ dir: folder, format: 'esm', entryFileNames: 'chunks/[name].js', chunkFileNames: 'chunks/[name]-[hash].js' });
await bundle.close();

for (const entry of entries) {
  const file = join(folder, entry);
  const chunk = slashed(relative(dirname(file), join(folder, chunkOf(entry))));
  writeFileSync(
    file,
    `#!/usr/bin/env node
import module from 'node:module';
// Node.js 22 and newer: what was compiled once is not compiled again at the next start.
module.enableCompileCache?.();
await import('${chunk.startsWith('.') ? chunk : `./${chunk}`}');
`,
  );
}
