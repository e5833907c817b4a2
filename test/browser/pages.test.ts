/** Every page as people see it: signed in, in both themes, on a phone, without scripts. */
import { expect, test } from 'vitest';
import { faultsOfLooks, inBrowser } from './harness.ts';

inBrowser('pages', (site) => {
  test('a person signs in with a token, finds the message that came in, and signs out', async () => {
    await site().send({ to: 'anna@customer.example', subject: 'Invoice 2026-0042' });
    const page = await site().open('/messages', { token: null });
    await page.waitForURL(/\/sign-in/);
    await page.getByLabel(/token/i).fill('not a token');
    await page.getByLabel(/token/i).press('Enter');
    await page.getByRole('alert').waitFor();
    await page.getByLabel(/token/i).fill(site().token);
    await page.getByLabel(/token/i).press('Enter');
    await page.getByRole('link', { name: 'Invoice 2026-0042' }).click();
    await page.getByRole('heading', { level: 1, name: 'Invoice 2026-0042' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in/);
    await page.goto('/');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });

  test.each(['/sign-in', '/', '/messages', '/queue', '/reports', '/suppressions', '/docs', '/no-such-page'])(
    '%s is accessible in light, in dark and on a phone',
    async (path) => {
      const page = await site().open(path, path === '/sign-in' ? { token: null } : {});
      expect(await faultsOfLooks(page)).toEqual([]);
    },
  );

  test('the page of a message that failed is accessible', async () => {
    const id = await site().send({ to: 'bounce@customer.example', subject: 'Invoice 2026-0043' });
    await site().event('recipient.failed', id);
    const page = await site().open(`/messages/${id}`);
    expect(await faultsOfLooks(page)).toEqual([]);
  });

  test('without scripts the pages can be read and the forms be sent', async () => {
    const id = await site().send({ to: 'bounce@customer.example', subject: 'Invoice 2026-0044' });
    await site().event('recipient.failed', id);
    const page = await site().open('/messages', { scripts: false });
    await page.getByRole('link', { name: 'Invoice 2026-0044' }).click();
    await page.getByRole('heading', { level: 1, name: 'Invoice 2026-0044' }).waitFor();
    expect(await page.getByText('550').first().isVisible()).toBe(true);
  });
});
