import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cleanAYear } from './year.ts';

it('a year of 200 messages a day is cleaned to the retention of the configuration, and verify is clean', { timeout: 600_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'relais-year-'));
  try {
    await cleanAYear({ dataDir: join(dir, 'data'), messagesADay: 200, everyDays: 1 });
    expect.hasAssertions();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
