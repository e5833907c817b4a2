/** Every page as people see it: signed in, in both themes, on a phone, without scripts. */
import { expect, test } from 'vitest';
import { faultsOfLooks, inBrowser } from './harness.ts';

/** A new page hangs itself in here. Of one message: below. */
const PAGES = [
  '/',
  '/messages',
  '/documents',
  '/contacts',
  '/queue',
  '/reports',
  '/runs',
  '/signals',
  '/signals/rules',
  '/suppressions',
  '/statistics',
  '/references',
  '/references/streams',
  '/settings/clean-up',
  '/docs',
  '/no-such-page',
];

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

  test('every page is accessible, in light, in dark and on a phone', { timeout: 60_000 }, async () => {
    const id = await site().send({ to: 'bounce@customer.example', subject: 'Invoice 2026-0043' });
    await site().event('recipient.failed', id);
    const page = await site().open('/sign-in', { token: null, axe: true });
    const faults = { '/sign-in': await faultsOfLooks(page) } as Record<string, string[]>;
    const signedIn = await site().open('/', { axe: true });
    for (const path of [...PAGES, `/messages/${id}`]) {
      await signedIn.goto(path);
      // Of hundreds of sections that look the same a few tell all.
      if (path === '/docs')
        await signedIn.evaluate('for (const one of [...document.querySelectorAll(".docs section")].slice(6)) one.remove()');
      faults[path] = await faultsOfLooks(signedIn);
    }
    expect(Object.entries(faults).filter(([, found]) => found.length > 0)).toEqual([]);
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
