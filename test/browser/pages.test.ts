/** Every page as people see it: signed in, in both themes, on a phone, without scripts. */
import { expect, test } from 'vitest';
import { faultsOfPages } from './all-pages.ts';
import { inBrowser } from './harness.ts';

inBrowser('pages', (site) => {
  test('a person signs in with a token, finds the message that came in, and signs out', async () => {
    await site().send({ to: 'anna@customer.example', subject: 'Invoice 2026-0042' });
    const page = await site().open('/messages', { token: null });
    await page.waitForURL(/\/sign-in/);
    for (const token of ['not a token', site().token]) {
      await page.getByLabel('Token').fill(token);
      await page.getByLabel('Token').press('Enter');
      await page
        .getByRole('alert')
        .or(page.getByRole('link', { name: 'Invoice 2026-0042' }))
        .waitFor();
    }
    await page.getByRole('link', { name: 'Invoice 2026-0042' }).click();
    await page.getByRole('heading', { level: 1, name: 'Invoice 2026-0042' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in/);
    await page.goto('/');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });

  test('every page is accessible', { timeout: 60_000 }, async () => {
    expect(await faultsOfPages(site(), ['light'])).toEqual([]);
  });

  test('without scripts the pages can be read and the forms be sent', async () => {
    const id = await site().send({ to: 'bounce@customer.example', subject: 'Invoice 2026-0044' });
    await site().event('recipient.failed', id);
    const page = await site().open('/messages', { scripts: false });
    await page.getByRole('link', { name: 'Invoice 2026-0044', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Invoice 2026-0044' }).waitFor();
    expect(await page.getByText('550').first().isVisible()).toBe(true);
  });

  test('R55 a page of another site can neither act nor read as who is signed in', async () => {
    const id = await site().send({ to: 'defer@customer.example', subject: 'Invoice 2026-0045' });
    await site().api(`/messages/${id}/hold`, { method: 'POST' });
    const page = await site().open('/', { expectFaults: /elsewhere\.example|status of 403|CORS|Cross-Origin/ });
    const { url } = site().relay;
    const evil = `<form method="post" action="${url}/messages/${id}/cancel"><button>act</button></form>`;
    await page.route('https://elsewhere.example/', (route) => route.fulfill({ contentType: 'text/html', body: evil }));
    await page.goto('https://elsewhere.example/');
    const read = (mode: string): Promise<unknown> =>
      page.evaluate(
        `fetch('${url}/api/v1/messages', { credentials: 'include', mode: '${mode}' }).then((answer) => answer.text(), () => 'refused')`,
      );
    expect([await read('cors'), await read('no-cors')]).toEqual(['refused', 'refused']);
    await page.getByRole('button', { name: 'act' }).click();
    await page.waitForURL(`${url}/**`);
    expect(await site().api(`/messages/${id}`)).toMatchObject({ recipients: [{ state: 'held' }] });
  });
});
