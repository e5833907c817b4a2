/** Over real reports where they are: the folder RELAIS_CORPUS, else ../shared/corpus/reports beside the checkout. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import {
  expectReadInTime,
  expectSame,
  flippedVariants,
  lineEndVariants,
  nestedVariants,
  plainOnesReadAlike,
  truncatedVariants,
} from './damaged.ts';

const FOLDER = process.env['RELAIS_CORPUS'] ?? fileURLToPath(new URL('../../../../shared/corpus/reports', import.meta.url));
const FILES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.eml')) : [];

it.skipIf(FILES.length === 0)('R35 R45 R49 every real report is read in time and the same, however it is damaged', async () => {
  const problems: string[] = [];
  let slowest = { name: '', took: 0 };
  let variants = 0;
  for (const name of FILES) {
    const raw = readFileSync(join(FOLDER, name));
    const damaged = [...flippedVariants(raw, 12), ...truncatedVariants(raw, 16), ...nestedVariants(raw, 50)];
    const ends = lineEndVariants(raw);
    variants += damaged.length + ends.length;
    await expectSame(raw, ends, name).catch((error: Error) => problems.push(error.message.slice(0, 400)));
    const took = await expectReadInTime(damaged).catch((error: Error) => {
      problems.push(`${name}: ${error.message.slice(0, 400)}`);
      return 0;
    });
    if (took > slowest.took) slowest = { name, took };
  }
  process.stdout.write(`${FILES.length} files, ${variants} variants, the slowest ${slowest.took.toFixed(0)} ms (${slowest.name})\n`);
  expect(problems).toEqual([]);
});

it.skipIf(FILES.length === 0)('what is plain of them is read as mailparser reads it, and is a good part', async () => {
  const variants = FILES.flatMap((name) => {
    const raw = readFileSync(join(FOLDER, name));
    return [{ name, raw }, ...lineEndVariants(raw), ...flippedVariants(raw, 8)];
  });
  expect(await plainOnesReadAlike(variants)).toBeGreaterThan(variants.length / 5);
});
