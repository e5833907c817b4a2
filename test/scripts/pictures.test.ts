import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

it('every picture that README and docs show is there, and none beside them', () => {
  const shown = [
    'README.md',
    ...readdirSync(at('docs'))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ].flatMap((file) =>
    [...readFileSync(at(file), 'utf8').matchAll(/(?<=["(])(?:docs\/)?images\/([\w-]+\.\w+)(?=[")])/g)].map(([, name]) => name ?? ''),
  );
  expect([...new Set(shown)].sort()).toEqual(readdirSync(at('docs/images')).sort());
});
