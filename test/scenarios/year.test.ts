import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cleanAYear } from './year.ts';

it('a year of mail is cleaned to the retention of the configuration, and verify is clean', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'relais-year-'));
  try {
    await cleanAYear({ dataDir: join(dir, 'data'), messagesADay: 4, everyDays: 5 });
    expect.hasAssertions();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
