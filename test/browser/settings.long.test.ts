/** The settings as people use them: a second factor is set up and used, a user and a token are made, a route is asked for. */
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DESKTOP, faultsOfLooks, inBrowser } from './harness.ts';

inBrowser('settings', (site) => {
  const PASSWORD = 'correct horse battery';
  const signIn = async (page: Page, name: string): Promise<void> => {
    await page.getByLabel('User').fill(name);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  test('a second factor is set up with the secret that is shown, and asked for at the next sign-in', { timeout: 60_000 }, async () => {
    await site().api('/users', { method: 'POST', body: { name: 'ann', password: PASSWORD, role: 'viewer' } });
    const page = await site().open('/settings/profile', { token: null, expectFaults: /status of 40[01]/ });
    await signIn(page, 'ann');
    await page.getByRole('link', { name: 'Set it up' }).click();
    await page.getByRole('img', { name: /QR code/ }).waitFor();
    expect(await faultsOfLooks(page)).toEqual([]);
    await page.setViewportSize(DESKTOP);
    const secret = ((await page.locator('.factor-secret code').textContent()) ?? '').replaceAll(' ', '');
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    await page.getByLabel('Code', { exact: true }).fill('000000');
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByText('That is not the code that the app shows now.').waitFor();
    // The same secret again: the device needs no other.
    const used = totp.generate();
    await page.getByLabel('Code', { exact: true }).fill(used);
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Turn it on' }).click();
    const [code = ''] = await page.locator('.codes code').allTextContents();
    await page.getByRole('link', { name: 'I have kept them' }).click();
    await page.getByText('10 recovery codes are left').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(/\/sign-in/);
    await signIn(page, 'ann');
    await page.getByRole('heading', { name: 'One more step' }).waitFor();
    // One code opens once, also where the next is not due yet.
    await page.getByLabel('Code', { exact: true }).fill(used);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Code', { exact: true }).fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.goto('/settings/profile');
    await page.getByText('9 recovery codes are left').waitFor();
    await page.getByText('with a recovery code').waitFor();
    await page.getByRole('radio', { name: 'Nederlands' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Instellingen' }).waitFor();
  });

  test('an administrator adds a user, who is told beside the fields what is wrong, and makes a token, shown once', async () => {
    const page = await site().open('/settings/users', { expectFaults: /status of 400/ });
    await page.getByText('Add a user').click();
    await page.getByLabel('Name').fill('b b');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Add the user' }).click();
    expect(await page.getByLabel('Name').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#password-fault').textContent()).toBe('At least 10 characters.');
    expect(await faultsOfLooks(page)).toEqual([]);
    await page.getByLabel('Name').fill('ben');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('radio', { name: /Operator/ }).check();
    await page.getByRole('button', { name: 'Add the user' }).click();
    await page.getByRole('heading', { name: 'ben' }).waitFor();
    await page.goto('/settings/tokens');
    await page.getByText('Make a token').click();
    await page.getByLabel('Name').fill('erp');
    await page.getByRole('button', { name: 'Make the token' }).click();
    const token = await page.getByLabel('Token').inputValue();
    expect((await fetch(`${site().relay.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    await page.getByRole('link', { name: 'All tokens' }).click();
    await page.getByRole('link', { name: 'erp' }).waitFor();
    expect(await page.content()).not.toContain(token);
  });

  test.each(['/settings/routes?from=me@example.com&to=bob@customer.example', '/settings/audit'])(
    '%s is accessible in light, in dark and on a phone',
    async (path) => {
      const page = await site().open(path);
      expect(await faultsOfLooks(page)).toEqual([]);
    },
  );
});
