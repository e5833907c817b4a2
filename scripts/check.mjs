/**
 * `npm run check`: everything that can be said of the code without running it. One line a check
 * with its time; all findings of all checks are shown, and the exit code is 1 when there is one.
 *
 *     node scripts/check.mjs [NAME …]     only the named ones
 *     node scripts/check.mjs --rfcs       lists the RFC sections cited in src/
 *
 * RELAIS_CHECK_ROOT: another tree than the one this script lies in; for its own test.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(process.env['RELAIS_CHECK_ROOT'] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const bin = (...parts) => join(root, 'node_modules', ...parts);

/** Runs a tool of node_modules; its output is the finding when it does not end with 0. */
function tool(script, ...args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: root, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined } });
    let output = '';
    const take = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => done([String(error)]));
    child.on('close', (code) => done(code === 0 ? [] : [output.trim() === '' ? `exit code ${code}` : output.trim()]));
  });
}

function files(directory, pattern) {
  const start = join(root, directory);
  if (!existsSync(start)) return [];
  return readdirSync(start, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'))
    .sort();
}

const sources = () => files('src', /\.tsx?$/);
const read = (file) => readFileSync(join(root, file), 'utf8');

/** Each line of a file with its number; `visit` gives a finding or nothing. */
function lines(file, visit) {
  return read(file)
    .split('\n')
    .flatMap((line, index) => {
      const finding = visit(line);
      return finding === undefined ? [] : [`${file}:${index + 1}: ${finding}`];
    });
}

// ── Import rules: main -> relais -> rooms -> domain ──

/** The room a file belongs to: `relay/delivery`, `store`, `domain`; the composition root; the commands. */
function roomOf(file) {
  const [, first = '', second = '', third] = file.split('/');
  if (first === 'main.ts' || first === 'cli') return 'cli';
  if (first === 'relais.ts' || first === 'relais') return 'relais';
  return first === 'relay' && third !== undefined ? `relay/${second}` : first;
}

function mayImport(from, to) {
  if (from === to || to === 'domain') return true;
  if (from === 'cli') return true;
  return from === 'relais' && to !== 'cli';
}

function importRules() {
  return sources().flatMap((file) => {
    const from = roomOf(file);
    return lines(file, (line) => {
      const [, target] = /(?:\bfrom|\bimport|\bimport\()\s*'(\.[^']*)'/.exec(line) ?? [];
      if (target === undefined) return undefined;
      const to = roomOf(relative(root, resolve(root, dirname(file), target)).replaceAll('\\', '/'));
      return mayImport(from, to) ? undefined : `${from} must not import ${to}: they meet in src/domain/ports.ts`;
    });
  });
}

// ── The domain is pure ──

const IMPURE = [
  [/\bDate\.now\b|\bnew Date\(\)/, 'the time is an argument'],
  [/\bMath\.random\b|(?<!\.)\brandom(?:Bytes|UUID|Int)\(/, 'randomness is an argument'],
  [/\bprocess\./, 'no environment'],
  [/\bconsole\./, 'nothing is printed'],
  [/'node:(?:fs|net|tls|http|https|dns|child_process|os|process|timers)[^']*'/, 'no input or output'],
  [/\bset(?:Timeout|Interval|Immediate)\(/, 'no timers'],
];

function purity() {
  return files('src/domain', /\.ts$/).flatMap((file) =>
    lines(file, (line) => {
      if (/^\s*(?:\*|\/\/|\/\*)/.test(line)) return undefined;
      // Of node:net the tests of an address's form are pure.
      if (/^import \{ isIP[\w, ]*\} from 'node:net';$/.test(line)) return undefined;
      const found = IMPURE.find(([pattern]) => pattern.test(line));
      return found === undefined ? undefined : `${found[1]} in src/domain: ${line.trim()}`;
    }),
  );
}

// ── RFC sections cited in src/ are listed in docs/STANDARDS.md ──

const CITATION =
  /RFC[ -]?(\d{3,5})((?:,? (?:appendix [A-Z]|§{1,2} ?[\d.]*\d(?:[–-][\d.]*\d)?(?:(?:, (?:§ ?)?|,? and (?:§ ?)?)\d[\d.]*\d)*))*)/g;

function citations(text) {
  const found = [];
  for (const [, rfc, tail] of text.matchAll(CITATION)) {
    const sections = (tail ?? '').match(/\d[\d.]*/g) ?? [];
    found.push({ rfc, sections });
  }
  return found;
}

/** RFC number -> section -> where it is cited first. */
function citedSections() {
  const cited = new Map();
  for (const file of sources()) {
    read(file)
      .split('\n')
      .forEach((line, index) => {
        for (const { rfc, sections } of citations(line)) {
          const known = cited.get(rfc) ?? new Map();
          cited.set(rfc, known);
          for (const section of ['', ...sections]) if (!known.has(section)) known.set(section, `${file}:${index + 1}`);
        }
      });
  }
  return cited;
}

/** A line of the document that names an RFC lists that RFC, with the sections on the same line. */
function standards() {
  const document = 'docs/STANDARDS.md';
  if (!existsSync(join(root, document))) return [`${document} is missing`];
  const listed = new Map();
  for (const line of read(document).split('\n')) {
    const [, rfc] = /RFC[ -]?(\d{3,5})/.exec(line) ?? [];
    if (rfc === undefined) continue;
    const sections = listed.get(rfc) ?? new Set();
    listed.set(rfc, sections);
    for (const [section] of line.replace(/RFC[ -]?\d+/g, '').matchAll(/\d+(?:\.\d+)*/g)) sections.add(section);
  }
  const findings = [];
  for (const [rfc, sections] of [...citedSections()].sort(([a], [b]) => a - b)) {
    for (const [section, where] of sections) {
      if (isListed(listed.get(rfc), section)) continue;
      findings.push(`${where}: RFC ${rfc}${section === '' ? '' : ` §${section}`} is not listed in ${document}`);
    }
  }
  return findings;
}

/** A section is listed by itself or by one that holds it: §4.5 covers §4.5.3.2. */
function isListed(sections, section) {
  if (sections === undefined) return false;
  const parts = section.split('.');
  return section === '' || parts.some((_, index) => sections.has(parts.slice(0, index + 1).join('.')));
}

function listCitations() {
  for (const [rfc, sections] of [...citedSections()].sort(([a], [b]) => a - b)) {
    const names = [...sections.keys()].filter((section) => section !== '').sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    console.log(`RFC ${rfc}: ${names.map((name) => `§${name}`).join(' ')}`);
  }
}

// ── Nothing of one machine in the repository ──

function trackedFiles() {
  const git = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  return git.status === 0 ? git.stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file))) : [];
}

function machinePaths() {
  const home = homedir();
  const own = [root, ...(home === '/root' || home === '/' ? [] : [home])].map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?:${own.join('|')})(?![\\w-])|/(?:home|Users)/[a-z][\\w-]*/|(?<![\\w.])/(?:root)/`);
  const text = /\.(?:[cm]?[jt]sx?|json|ya?ml|md|html|css|sh|txt)$|^\.ci\/|^\.[a-z]+$/;
  const findings = trackedFiles()
    .filter((file) => text.test(file) && file !== 'scripts/check.mjs')
    .flatMap((file) => lines(file, (line) => (pattern.test(line) ? `a path of one machine: ${pattern.exec(line)?.[0]}` : undefined)));
  const resolved = lines('package-lock.json', (line) => (/"resolved": "https?:/.test(line) ? 'names a registry' : undefined));
  return [...findings, ...resolved.slice(0, 3)];
}

// ── Checks that need the code compiled ──

/** Types of src, and the build that the published configuration is compared with. */
async function types() {
  const built = join(root, `dist.check-${process.pid}`);
  try {
    const findings = await tool(bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json', '--outDir', built);
    findings.push(...(await tool(bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.test.json')));
    if (existsSync(join(built, 'config', 'json-schema.js'))) published = await publishedConfig(built);
    return findings;
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
}

let published = ['src/config did not compile'];

async function publishedConfig(built) {
  const { publishedFiles } = await import(pathToFileURL(join(root, 'scripts', 'publish-config.mjs')).href);
  const wanted = await publishedFiles(built);
  return Object.entries(wanted)
    .filter(([name, text]) => !existsSync(join(root, 'config', name)) || read(`config/${name}`) !== text)
    .map(([name]) => `config/${name} is out of date: run node scripts/publish-config.mjs`);
}

const CHECKS = {
  types,
  lint: () => tool(bin('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--colors=off', '--max-diagnostics=100'),
  'dead-code': () => tool(bin('knip', 'bin', 'knip.js'), '--no-progress'),
  duplicates: () => tool(bin('jscpd', 'run-jscpd.js'), 'src'),
  imports: importRules,
  purity,
  standards,
  'published-config': () => published,
  'lock-file': () => tool(join(root, 'scripts', 'complete-lock.mjs'), '--check'),
  'machine-paths': machinePaths,
};

async function main(names) {
  const unknown = names.filter((name) => !(name in CHECKS));
  if (unknown.length > 0) {
    console.error(`No such check: ${unknown.join(', ')}. There are ${Object.keys(CHECKS).join(', ')}.`);
    process.exitCode = 64;
    return;
  }
  const wanted = names.length === 0 ? Object.keys(CHECKS) : [...(names.includes('published-config') ? ['types'] : []), ...names];
  let failed = 0;
  for (const name of new Set(wanted)) {
    const start = performance.now();
    const findings = await CHECKS[name]();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${findings.length === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(18)} ${seconds.padStart(5)} s`);
    for (const finding of findings) console.log(finding.replace(/^/gm, '       '));
    if (findings.length > 0) failed++;
  }
  if (failed > 0) {
    console.log(`\n${failed} of ${new Set(wanted).size} checks found something.`);
    process.exitCode = 1;
  }
}

if (process.argv.includes('--rfcs')) listCitations();
else await main(process.argv.slice(2));
