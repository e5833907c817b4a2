/** Every page in dark, and on a phone; in light: pages.test.ts. */
import { expect, test } from 'vitest';
import { faultsOfPages } from './all-pages.ts';
import { inBrowser } from './harness.ts';

inBrowser('pages', (site) => {
  test.each(['dark', 'phone'])('every page is accessible: %s', { timeout: 60_000 }, async (look) => {
    expect(await faultsOfPages(site(), [look])).toEqual([]);
  });
});
