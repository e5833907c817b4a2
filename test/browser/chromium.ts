/**
 * The browser of the browser tests: the Chromium inside @sparticuz/chromium, which needs neither
 * root nor a package of the system. Unpacked beside the packages, once a version (some 3 s).
 *
 * RELAIS_TEST_BROWSER names another Chromium or Chrome to test with; on machines for which the
 * package has none (ARM, macOS, Windows, Alpine) that is the only way.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Chromium {
  readonly executablePath: string;
  /** Beside the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
}

/** Why there is no browser for this machine; null: there is one. */
export function missingBecause(): string | null {
  if (named() !== undefined) return null;
  const rest = 'RELAIS_TEST_BROWSER=/path/to/chrome tests with another';
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `@sparticuz/chromium has no browser for ${process.platform} on ${process.arch}; ${rest}`;
  }
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? `the browser of @sparticuz/chromium needs glibc; ${rest}` : null;
}

function named(): string | undefined {
  return process.env['RELAIS_TEST_BROWSER'] || undefined;
}

/** Only where `missingBecause` gives null. */
export async function findChromium(): Promise<Chromium> {
  const other = named();
  if (other !== undefined) return { executablePath: other, env: {} };
  const home = await unpacked();
  return {
    executablePath: join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: join(home, 'al2023', 'lib'), FONTCONFIG_FILE: join(home, 'fonts.conf') },
  };
}

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const PACKAGE = join(MODULES, '@sparticuz', 'chromium', 'package.json');
/** Vitest keeps its own there too. */
const CACHE = join(MODULES, '.cache', 'relais');

async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  const home = join(CACHE, `chromium-${version}`);
  if (existsSync(home)) return home;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, 'unpacking-'));
  try {
    await unpackInto(fresh);
    writeFileSync(join(fresh, 'fonts.conf'), fontConfiguration(home));
    chmodSync(fresh, 0o755);
    renameSync(fresh, home);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another run was quicker: its browser is as good.
    if (!existsSync(home)) throw error;
  }
  return home;
}

function unpackInto(directory: string): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./unpack.mjs', import.meta.url))], {
    env: { ...process.env, TMPDIR: directory, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`the browser could not be unpacked:\n${said}`))));
  });
}

/** Its own font alone, so that pages look the same wherever they are tested. */
function fontConfiguration(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${home}/fonts</dir>
  <cachedir>${home}/font-cache</cachedir>
</fontconfig>
`;
}
