/** The register as people work in it: searching, keys, rows that come in, acting on many. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { accessibilityFaults, faultsOfLooks, inBrowser } from './harness.ts';

const row = (page: Page, subject: string) => page.getByRole('link', { name: subject });

inBrowser('register', (site) => {
  const sent = async (subject: string, to = 'anna@customer.example'): Promise<string> => {
    const id = await site().send({ to, subject });
    await site().event(to.startsWith('bounce') ? 'recipient.failed' : 'recipient.transferred', id);
    return id;
  };

  test('finds while one types, and the address says what is shown', async () => {
    await sent('Invoice 2026-1001');
    await sent('Order confirmation SO1002');
    const page = await site().open('/messages');
    await page.keyboard.press('/');
    await page.keyboard.type('so1002');
    await row(page, 'Invoice 2026-1001').waitFor({ state: 'detached' });
    await row(page, 'Order confirmation SO1002').waitFor();
    await page.waitForURL(/\/messages\?q=so1002$/);
    await page.getByRole('link', { name: 'Failed', exact: true }).click();
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    expect(new URL(page.url()).search).toBe('?q=so1002&state=failed');
    await page.goBack();
    await row(page, 'Order confirmation SO1002').waitFor();
    const href = await page.locator('a[data-format="format=csv"]').getAttribute('href');
    expect(href).toContain('q=so1002');
  });

  test('a row comes in by itself and follows its state; while one is at work it waits', async () => {
    const page = await site().open('/messages');
    const id = await site().send({ to: 'late-bounce@customer.example', subject: 'Came in live' });
    await row(page, 'Came in live').waitFor();
    await site().event('recipient.failed', id);
    await page.locator(`[data-key="${id}"]`).getByText('Failed', { exact: true }).waitFor();
    await page.keyboard.press('j');
    const focused = await page.evaluate('document.activeElement.textContent');
    await site().send({ to: 'anna@customer.example', subject: 'Came in later' });
    await page.getByRole('button', { name: /New messages/ }).waitFor();
    expect(await row(page, 'Came in later').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.textContent')).toBe(focused);
    await page.getByRole('button', { name: /New messages/ }).click();
    await row(page, 'Came in later').waitFor();
  });

  test('is gone through, picked from and opened with keys', async () => {
    for (const n of [1, 2, 3]) await sent(`Row ${n}`);
    const page = await site().open('/messages?q=row');
    for (const key of ['j', 'x', 'j', 'j', 'k', 'x']) await page.keyboard.press(key);
    await page.getByText('2 selected').waitFor();
    expect(await page.locator('tr:has(.pick:checked) a.row').allTextContents()).toEqual(['Row 3', 'Row 2']);
    await page.keyboard.press('Escape');
    expect(await page.locator('.pick:checked').count()).toBe(0);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Row 2' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.waitForURL(/\/messages$/);
  });

  test('deletes many once it has said what that means, and keeps what is still in the queue', async () => {
    await sent('Bulk gone 1');
    await sent('Bulk gone 2');
    const waiting = await site().send({ to: 'defer@customer.example', subject: 'Bulk waiting' });
    await site().api(`/messages/${waiting}/hold`, { method: 'POST' });
    const page = await site().open('/messages?q=bulk');
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete them?' });
    await dialog.getByText('2 messages will be erased').waitFor();
    await dialog.getByText('1 message is still in the queue').waitFor();
    expect(await faultsOfLooks(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByRole('dialog', { name: 'Done' }).getByRole('link', { name: 'To the messages' }).click();
    await row(page, 'Bulk gone 1').waitFor({ state: 'detached' });
    expect(await page.locator('#results a.row').allTextContents()).toEqual(['Bulk waiting']);
  });

  test('without scripts many are acted on by forms, and views are kept', async () => {
    await sent('Plain form', 'bounce@customer.example');
    const page = await site().open('/messages?q=plain', { scripts: false });
    await page.getByRole('checkbox', { name: 'Select Plain form' }).check();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('1 message will be sent again, to 1 recipient').waitFor();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('1 message was sent again').waitFor();
    await page.getByRole('link', { name: 'To the messages' }).click();
    await page.getByText('Save view').click();
    await page.getByLabel('Name of the view').fill('Plain ones');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    expect(await page.getByRole('link', { name: 'Plain ones' }).getAttribute('aria-current')).toBe('page');
  });

  test('is accessible with its menus open and rows picked', async () => {
    await sent('Looked at');
    const page = await site().open('/messages?q=looked');
    await page.locator('.pick').first().check();
    for (const menu of ['Columns', 'Export', 'Filters', 'Save view']) {
      await page.locator('summary', { hasText: menu }).click();
      expect([menu, await accessibilityFaults(page)]).toEqual([menu, []]);
      // It lies over what comes next.
      await page.keyboard.press('Escape');
    }
    expect(await faultsOfLooks(page)).toEqual([]);
  });
});
