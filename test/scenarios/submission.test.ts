/** Plain-text dialogues against a running submission: `C:` is sent, `S:` is how the reply must begin. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runSubmission } from '../relay/submission/harness.ts';
import { RawClient } from '../support/raw-client.ts';

const folder = new URL('./submission/', import.meta.url);

it.each(readdirSync(folder).filter((name) => name.endsWith('.dialogue')))('%s', async (name) => {
  const run = await runSubmission();
  const client = await RawClient.greeted({ port: run.port });
  await client.dialogue(readFileSync(new URL(name, folder), 'utf8'));
  expect(client.pending).toEqual([]);
  expect(client.malformed).toEqual([]);
  expect(run.store.recorded.length).toBe(1);
  await run.stop();
});
