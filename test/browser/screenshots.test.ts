/**
 * Screenshots of the pages into docs/images, as desktop and phone, light and dark: `npm run screenshots`.
 * The mail is that of a small company on one day, sent through a sandbox.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SANDBOX } from '../cli/relay.ts';
import { DESKTOP, inBrowser, PHONE, type Site } from './harness.ts';
import { fillThePast } from './past.ts';

/** `RELAIS_SCREENSHOTS=statistics,overview`: these alone; `1`: all. */
const SHOTS = (process.env['RELAIS_SCREENSHOTS'] ?? '').split(',');
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

const LOOKS = [
  { name: 'desktop-light', viewport: DESKTOP, dark: false },
  { name: 'desktop-dark', viewport: DESKTOP, dark: true },
  { name: 'phone-light', viewport: PHONE, dark: false },
  { name: 'phone-dark', viewport: PHONE, dark: true },
] as const;

const CUSTOMERS = ['anna.peeters@bakkerij-west.example', 'office@northwind.example', 'accounts@contoso.example', 'jan@exmaple.example'];
const AWRY = [
  'bounce@bakkerij-west.example',
  'full@northwind.example',
  'defer@contoso.example',
  'late-bounce@fabrikam.example',
  'confirm@litware.example',
];

async function sendTheDay(site: Site): Promise<string> {
  let failed = '';
  for (let n = 0; n < 36; n++) {
    const to = n % 5 === 4 ? (AWRY[Math.floor(n / 5) % AWRY.length] ?? '') : (CUSTOMERS[n % CUSTOMERS.length] ?? '');
    const [kind, template] =
      n % 3 === 0
        ? ['Order confirmation SO', 'order']
        : n % 7 === 1
          ? ['Reminder for invoice 2026-', 'reminder']
          : ['Invoice 2026-', 'invoice'];
    const document = `${template === 'order' ? 'SO' : '2026-'}${1040 + n}`;
    const id = await site.send({
      to,
      subject: `${kind}${1040 + n}`,
      html: `<h1 style="font:24px sans-serif">${kind}${1040 + n}</h1><p style="font:16px sans-serif">Dear customer,<br>please find your document attached.</p>`,
      headers: { 'X-Relais-Document': document, 'X-Relais-Template': String(template), 'X-Relais-Contact': `C${10_000 + (n % 9)}` },
      attachments: [{ filename: `${document}.pdf`, content: Buffer.alloc(48_000, 1), contentType: 'application/pdf' }],
    });
    if (to.startsWith('bounce')) failed = id;
  }
  await site.event('recipient.failed', failed);
  return failed;
}

const wanted = process.env['RELAIS_SCREENSHOTS'] !== undefined;
if (!wanted) test.skip('screenshots are made by npm run screenshots', () => undefined);
else
  inBrowser(
    'screenshots',
    (site) => {
      test('of every page', async () => {
        const failed = await sendTheDay(site());
        const { document } = await site().api<{ document: string }>(`/messages/${failed}`);
        const pages: Record<string, string> = {
          overview: '/',
          messages: '/messages',
          message: `/messages/${failed}`,
          statistics: '/statistics',
          documents: '/documents',
          document: `/documents/${encodeURIComponent(document)}`,
          contacts: '/contacts',
          contact: '/contacts/bounce@bakkerij-west.example',
          queue: '/queue',
          reports: '/reports',
          suppressions: '/suppressions',
          streams: '/streams',
          signals: '/signals',
          users: '/settings/users',
          audit: '/settings/audit',
        };
        mkdirSync(IMAGES, { recursive: true });
        const missing: string[] = [];
        for (const { name, viewport, dark } of LOOKS) {
          for (const [page, path] of Object.entries(pages)) {
            if (!SHOTS.includes('1') && !SHOTS.includes(page)) continue;
            const visited = await site().open(path, { viewport, dark, expectFaults: /./ });
            if ((await visited.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")) !== 200) missing.push(page);
            await visited.waitForTimeout(300); // Charts are drawn.
            await visited.screenshot({ path: `${IMAGES}${page}-${name}.png` });
            await visited.context().close();
          }
        }
        expect(missing).toEqual([]);
      }, 300_000);
    },
    SANDBOX,
    fillThePast,
  );
