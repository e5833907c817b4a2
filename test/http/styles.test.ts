/** What pages and styles name each other by. A page that is made anew takes its rules along; who used them too is not told. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const DASHBOARD = fileURLToPath(new URL('../../src/http/dashboard', import.meta.url));

const read = (ending: string): { file: string; text: string }[] =>
  readdirSync(DASHBOARD, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => ({ file, text: readFileSync(join(DASHBOARD, file), 'utf8') }));

it('every class that a page gives is styled, or looked for by a script', () => {
  const known = new Set(
    [...read('.css'), ...read('.js')].flatMap(({ text }) => [...text.matchAll(/\.(-?[a-z][\w-]*)/g)].map(([, name]) => name)),
  );
  const given = read('.tsx').flatMap(({ file, text }) =>
    // Of a template what stands in front of its first value.
    [...text.matchAll(/\bclass=(?:"([^"]+)"|\{`([^`$]*)(?=\s))/g)].flatMap(([, plain, template]) =>
      (plain ?? template ?? '').split(/\s+/).map((name) => ({ file, name })),
    ),
  );
  expect(given.length).toBeGreaterThan(300);
  expect(given.filter(({ name }) => name !== '' && !known.has(name))).toEqual([]);
});
