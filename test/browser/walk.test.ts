/**
 * The way that all of it is for, from the sign-in to the verdict: a customer did not receive an invoice, and somebody
 * finds out why, corrects the address and sees it arrive. Then what administrators alone may, and the languages.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { SANDBOX } from '../cli/relay.ts';
import { accessibilityFaults, faultsOfLooks, inBrowser } from './harness.ts';

/** The ERP: a page of its own, which remembers from where it was opened. */
let erp: Server | undefined;
const opened: { readonly path: string | undefined; readonly referer: string | undefined }[] = [];
afterAll(() => void erp?.close());

async function configuration(): Promise<string> {
  const server = createServer((request, response) => {
    opened.push({ path: request.url, referer: request.headers.referer });
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Contact C-7</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  erp = server;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return `${SANDBOX}references: {contactUrl: "${url}/contact/{contact}", documentUrl: "${url}/document/{document}"}\n`;
}

const PASSWORD = 'correct horse battery';

inBrowser(
  'the walk',
  (site) => {
    const invoice = async (number: string, to: string | readonly string[], event = 'recipient.failed'): Promise<string> => {
      const headers = { 'X-Relais-Document': number, 'X-Relais-Document-Type': 'invoice', 'X-Relais-Contact': 'C-7' };
      const id = await site().send({ to, subject: `Invoice ${number}`, headers });
      await site().event(event, id);
      return id;
    };
    const tokenOf = async (role: string): Promise<string> =>
      (await site().api<{ token: string }>('/tokens', { method: 'POST', body: { name: `t-${role}`, role } })).token;
    const demote = (role: string): Promise<unknown> => site().api(`/tokens/t-${role}`, { method: 'PATCH', body: { role: 'viewer' } });

    test('sign in, find the failed invoice by its number, read why, open the contact, correct, resend, see the verdict turn', async () => {
      await site().api('/users', { method: 'POST', body: { name: 'ann', password: PASSWORD, role: 'operator' } });
      await invoice('2026-0200', 'bounce@customer.example');
      await invoice('2026-0201', 'anna@customer.example', 'recipient.transferred');
      const page = await site().open('/messages', { token: null });
      await page.getByLabel('User').fill('ann');
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('link', { name: 'Invoice 2026-0201' }).waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('0200');
      await page.getByRole('link', { name: 'Invoice 2026-0201' }).waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Invoice 2026-0200', exact: true }).click();
      await page.getByText('Refused: the mailbox does not exist. The address itself is dead.').waitFor();
      await page.getByText('550 5.1.1').first().waitFor();
      const [contact] = await Promise.all([
        page.waitForEvent('popup'),
        page.getByRole('link', { name: 'Open the contact in the ERP' }).first().click(),
      ]);
      await contact.waitForURL(/\/contact\/C-7$/);
      expect(opened).toContainEqual({ path: '/contact/C-7', referer: undefined });
      expect(await contact.evaluate('window.opener')).toBeNull();
      await contact.close();
      const verdict = await page.context().newPage();
      await verdict.goto('/messages?q=0200');
      await verdict.getByRole('link', { name: 'Invoice 2026-0200', exact: true }).click();
      await verdict.getByRole('link', { name: '2026-0200', exact: true }).click();
      await verdict.waitForURL(/\/documents\/2026-0200$/);
      await verdict.getByText('bounce@customer.example was refused: the mailbox does not exist.').first().waitFor();
      await page.getByText('Correct and send again…').click();
      await page.getByLabel('Right address').fill('anna@customer.example');
      await page.getByLabel('Right address').press('Enter');
      await page.getByText('Corrected: in place of bounce@customer.example').waitFor();
      await page.getByText('Our provider accepted it.').first().waitFor();
      await verdict.getByText('Our provider accepted it for anna@customer.example.').first().waitFor();
    });

    test('an administrator deletes what he picked; who is a viewer by then is refused, and nothing is deleted', async () => {
      for (const n of [1, 2]) await invoice(`2026-021${n}`, `anna@customer${n}.example`, 'recipient.transferred');
      const pick = async (page: Page): Promise<void> => {
        await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
        await page.getByRole('button', { name: 'Delete', exact: true }).click();
        await page.getByText('2 messages will be erased').waitFor();
      };
      const confirm = (page: Page): Promise<void> => page.getByRole('button', { name: 'Delete for good' }).click();
      const demoted = await site().open('/messages?q=021', { token: await tokenOf('admin'), expectFaults: /status of 403/ });
      await pick(demoted);
      await demote('admin');
      await confirm(demoted);
      await demoted.getByRole('heading', { name: 'That is not for you' }).waitFor();
      await demoted.goto('/messages?q=021');
      expect(await demoted.locator('#results a.row').count()).toBe(2);
      expect(await demoted.locator('.pick').count()).toBe(0);
      const admin = await site().open('/messages?q=021');
      await pick(admin);
      await confirm(admin);
      await admin.getByText('2 messages were erased').waitFor();
      // In sight of everybody else by itself.
      await demoted.getByRole('link', { name: 'Invoice 2026-0211' }).waitFor({ state: 'detached' });
    });

    test('the language is switched on any page, and every page after it is in that language', async () => {
      const page = await site().open('/messages');
      for (const [from, to, lang, heading] of [
        ['English', 'Français', 'fr', 'Messages'],
        ['Français', 'Nederlands', 'nl', 'Berichten'],
        ['Nederlands', 'Deutsch', 'de', 'Nachrichten'],
      ] as const) {
        await page.locator('summary', { hasText: from }).click();
        await page.getByRole('link', { name: to, exact: true }).click();
        await page.locator(`html[lang=${lang}]`).waitFor();
        expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(heading);
      }
      await page.goto('/documents');
      await page.getByRole('heading', { level: 1, name: 'Dokumente' }).waitFor();
    });

    test('the page of a message is accessible with its forms open', async () => {
      const id = await invoice('2026-0220', ['full@customer.example', 'defer@customer.example', 'anna@customer.example']);
      await site().api(`/messages/${id}/hold`, { method: 'POST' });
      const page = await site().open(`/messages/${id}`, { axe: true });
      await page.getByText('Correct and send again…').click();
      await page.locator('.person-queue summary').click();
      await page.getByText('Cancel for this recipient').waitFor();
      expect(await faultsOfLooks(page)).toEqual([]);
      for (const menu of ['Send again…', 'Delete…']) {
        // It lies over what comes next.
        await page.keyboard.press('Escape');
        await page.locator('.tools summary', { hasText: menu }).click();
        expect([menu, await accessibilityFaults(page)]).toEqual([menu, []]);
      }
    });
  },
  configuration,
);
