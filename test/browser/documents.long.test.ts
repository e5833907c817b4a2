/** Documents and addresses as the people at the sales desk use them: find, read why, correct, see it turn. */
import { expect, test } from 'vitest';
import { SANDBOX } from '../cli/relay.ts';
import { faultsOfLooks, inBrowser } from './harness.ts';

const LINKS = `${SANDBOX}references:
  contactUrl: "https://erp.example.com/contact/{contact}"
  documentUrl: "https://erp.example.com/document/{document}"
`;

inBrowser(
  'documents',
  (site) => {
    const send = async (to: string, document: string, event: string): Promise<string> => {
      const headers = { 'X-Relais-Document': document, 'X-Relais-Contact': 'C-7', 'X-Relais-Document-Type': 'invoice' };
      const id = await site().send({ to, subject: `Invoice ${document}`, headers });
      await site().event(event, id);
      return id;
    };

    test('a failed invoice is found by its number, its address corrected with the keyboard, and the verdict turns', async () => {
      await send('bounce@gmial.com', '2026-0100', 'recipient.failed');
      await send('anna@customer.example', '2026-0101', 'recipient.transferred');
      const page = await site().open('/documents');
      await page.keyboard.press('/');
      await page.keyboard.type('2026-0100');
      await page.getByRole('link', { name: '2026-0101' }).waitFor({ state: 'detached' });
      await page.getByRole('link', { name: '2026-0100' }).click();
      await page.getByText('bounce@gmial.com was refused: the mailbox does not exist.').first().waitFor();
      const erp = page.getByRole('link', { name: /Open in the ERP/ });
      expect(await erp.getAttribute('href')).toBe('https://erp.example.com/document/2026-0100');
      expect([await erp.getAttribute('target'), await erp.getAttribute('rel')]).toEqual(['_blank', 'noopener noreferrer']);
      const watching = await site().open('/documents/2026-0100');
      await watching.getByText('Failed', { exact: true }).first().waitFor();
      await page.getByRole('link', { name: 'Correct the address' }).click();
      const field = page.getByLabel('Right address');
      expect(await field.inputValue()).toBe('bounce@gmail.com');
      await field.fill('nobody');
      await field.press('Enter');
      await page.getByRole('alert').getByText('That is not a mail address.').waitFor();
      expect(await page.evaluate('document.activeElement.id')).toBe('to');
      await field.fill('anna@gmail.com');
      await page.getByText('1 message that failed is sent again.').waitFor();
      await field.press('Enter');
      await page.getByText('What failed was sent to anna@gmail.com.').waitFor();
      await watching.getByText('Our provider accepted it for anna@gmail.com.').first().waitFor();
      await watching.getByText('anna@gmail.com instead of bounce@gmial.com').waitFor();
    });

    test('an address that begins to fail comes into the list by itself', async () => {
      const page = await site().open('/contacts');
      await send('bounce@late.example', '2026-0102', 'recipient.failed');
      await page.getByRole('link', { name: 'bounce@late.example' }).waitFor();
      await page.getByRole('link', { name: 'All addresses' }).click();
      await page.waitForURL(/list=all/);
      await page.getByLabel('Search addresses').fill('late');
      await page.waitForURL(/q=late/);
      await page.getByRole('link', { name: 'bounce@late.example' }).waitFor();
    });

    test('without scripts the mail of an address is corrected all the same', async () => {
      await send('bounce@outlok.fr', '2026-0103', 'recipient.failed');
      const page = await site().open('/contacts', { scripts: false });
      await page.getByRole('link', { name: 'bounce@outlok.fr' }).click();
      await page.getByLabel('Right address').fill('anna@outlook.fr');
      await page.getByRole('button', { name: 'Send to the corrected address' }).click();
      await page.getByText('What failed was sent to anna@outlook.fr.').waitFor();
    });

    test.each(['/documents/INV%2F2026%2F0104', '/contacts', '/contacts/bounce@hotmial.com'])(
      '%s is accessible in light, in dark and on a phone',
      async (path) => {
        await send('bounce@hotmial.com', 'INV/2026/0104', 'recipient.failed');
        const page = await site().open(path);
        expect(await faultsOfLooks(page)).toEqual([]);
      },
    );
  },
  LINKS,
);
