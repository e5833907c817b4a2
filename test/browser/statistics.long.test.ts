/** Charts: drawn out of the tables, and telling the day that is pointed at. */
import { expect, test } from 'vitest';
import { inBrowser } from './harness.ts';

inBrowser('statistics', (site) => {
  test('the chart says of a day what the table says, and leads to its mail', async () => {
    const id = await site().send({ to: 'anna@customer.example', subject: 'Invoice 2026-0042' });
    await site().event('recipient.transferred', id);
    const page = await site().open('/statistics?days=7');
    await page.locator('.chart canvas').waitFor();
    expect(await page.locator('[data-chart-still]').isVisible()).toBe(false);
    const plot = await page.locator('.u-over').boundingBox();
    // Today is the last of seven.
    await page.mouse.move((plot?.x ?? 0) + (plot?.width ?? 0) * 0.92, (plot?.y ?? 0) + 40);
    const tip = page.locator('.chart-tip');
    await tip.waitFor();
    expect((await tip.textContent())?.replace(/^.*?(?=Transferred)/, '')).toBe('Transferred1');
    await page.mouse.down();
    await page.mouse.up();
    await page.getByRole('link', { name: 'Invoice 2026-0042' }).waitFor();
  });
});
