/** docs/ARCHITECTURE.md against the tree: a map that names what is not there is worse than none. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENT = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8');

function section(title: string): string {
  const [, after = ''] = DOCUMENT.split(`\n## ${title}\n`);
  return after.split('\n## ')[0] ?? '';
}

/** The first column of the folders' table. */
const FOLDERS = [...section('Folders').matchAll(/^\| `([^`]+)` \|/gm)].map(([, folder = '']) => folder);

/** Every path in backticks; a bare file name stands in the folder of the path before it. */
function namedPaths(): string[] {
  let folder = '';
  return [...DOCUMENT.matchAll(/`((?:src|test|docs|scripts|config|bench)\/[\w./-]+|[\w-]+\.ts)`/g)].map(([, name = '']) => {
    const path = name.includes('/') ? name : join(folder, name);
    folder = dirname(path);
    return path;
  });
}

/** Folders of src that hold source files. */
function sourceFolders(): ReadonlySet<string> {
  const files = readdirSync(join(ROOT, 'src'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, entry.parentPath));
  return new Set(files.filter((folder) => folder !== 'src'));
}

describe('docs/ARCHITECTURE.md', () => {
  it('lists every folder of source files, or one around it', () => {
    const unlisted = [...sourceFolders()].filter((folder) => !FOLDERS.some((listed) => `${folder}/`.startsWith(`${listed}/`)));
    expect(unlisted).toEqual([]);
  });

  it.each(FOLDERS)('lists %s, which is there', (folder) => {
    expect(existsSync(join(ROOT, folder))).toBe(true);
  });

  it('names no file that is not there', () => {
    const missing = namedPaths().filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });

  it('follows a message through at least a dozen files', () => {
    expect(namedPaths().filter((path) => path.startsWith('src/')).length).toBeGreaterThan(12);
  });
});
