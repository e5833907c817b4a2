/**
 * Pictures of the pages for docs/images: `npm run screenshots`. Of each page one sheet, as it stands on a desktop and
 * on a phone, in light and in dark; and the register as large as it is, for the README. The mail is that of a small
 * company (past.ts, company.ts) in a sandbox. `RELAIS_SCREENSHOTS=queue,message` makes those alone, and
 * `RELAIS_SCREENSHOTS_DIR` keeps each picture there as it was taken.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { makeDkimKey } from '../support/dkim-keys.ts';
import { type FakeDns, startFakeDns } from '../support/fake-dns.ts';
import { AWRY, asBody, LATER, RUN, theDayUntil, UNNAMED } from './company.ts';
import { DESKTOP, inBrowser, PHONE, type Site } from './harness.ts';
import { fillThePast } from './past.ts';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

const LOOKS = [
  { name: 'desktop', viewport: DESKTOP, dark: false },
  { name: 'desktop-dark', viewport: DESKTOP, dark: true },
  { name: 'phone', viewport: PHONE, dark: false },
  { name: 'phone-dark', viewport: PHONE, dark: true },
] as const;

let dns: FakeDns | undefined;
let dkimKey = '';
afterAll(() => dns?.stop());

/** Nothing leaves the machine: the DNS is one of the test's own. */
async function configuration(): Promise<string> {
  const { key, records } = makeDkimKey('ed25519', 'example.com', 's1');
  dkimKey = key.key;
  const published = Object.fromEntries(Object.entries(records).map(([name, record]) => [name, { txt: [record] }]));
  dns = await startFakeDns({
    ...published,
    'example.com': { mx: [[10, 'mx.example.com']], txt: ['v=spf1 ip4:192.0.2.25 -all'], a: ['192.0.2.10'] },
    '_dmarc.example.com': { txt: ['v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com'] },
    'relay.example.com': { a: ['192.0.2.25'] },
    'bounce.example.com': { mx: [[10, 'relay.example.com']] },
    'skynet.be': { mx: [[10, 'mx.skynet.be']] },
  });
  return `hostname: relay.example.com
dataDir: ./data
submission: {listeners: [{port: 0, tls: none}]}
accounts:
  - {name: erp, password: {file: ./password}, senders: ["*@example.com"], notifications: none}
  - {name: webshop, password: {file: ./password}, senders: ["shop@example.com"], language: nl}
dkim: [{domain: example.com, selector: s1, key: {file: ./dkim.pem}}]
routes:
  - {match: {recipientDomain: ["*.partner.example"]}, via: smarthost, host: smtp.provider.example, port: 587, tls: required}
  - {match: {sender: [newsletter@example.com]}, via: hold}
  - {via: sandbox}
delivery: {retry: [10m], expireAfter: 5d, resolvers: ["${dns.server}"]}
reports: {domain: bounce.example.com, listeners: [{address: 127.0.0.1, port: 0}]}
references:
  profiles: [odoo, headers]
  contactUrl: "https://erp.example.com/contact/{contact}"
  documentUrl: "https://erp.example.com/document/{document}"
signals:
  - {name: invoice not delivered, on: [recipient.failed, recipient.expired], where: {template: [invoice]}, notify: [{mail: {to: sales@example.com}}]}
  - {name: marked as spam, on: [recipient.complained], notify: [{mail: {to: postmaster@example.com}}]}
  - {name: too many failures, on: [recipient.failed], threshold: {share: 5%, within: 1h, least: 20}, notify: [{mail: {to: postmaster@example.com}}]}
retention:
  classes: [{match: {documentType: [invoice]}, content: 3650d, records: 3650d}]
http: {port: 0}
`;
}

/** What people did and what goes out on this day. Gives what has a picture of its own. */
async function theDay(site: Site): Promise<{ failed: string; several: string; report: string; signal: string }> {
  const sendAll = async (mails: readonly object[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const body of mails) ids.push((await site.api<{ id: string }>('/messages', { method: 'POST', body })).id);
    return ids;
  };
  /** Looked at after each event until there are as many. */
  const atLeast = async (count: number, path: string): Promise<string> => {
    for (;;) {
      const { items } = await site.api<{ items: { id: string; stream: string }[] }>(path);
      if (items.length >= count) return items[0]?.id ?? items[0]?.stream ?? '';
      await site.api('/changes?wait=1s');
    }
  };
  for (const mail of RUN) await site.send(mail);
  await sendAll(UNNAMED);
  const [failed = ''] = await sendAll(AWRY.map(asBody));
  const signal = await atLeast(4, '/open-signals');
  const report = await atLeast(1, '/reports?matched=false');
  const stream = await atLeast(1, '/streams');
  if (stream !== '') await site.api(`/streams/${stream}`, { method: 'PUT', body: { name: 'timesheet' } });
  const to = 'anna.peeters@bakkerij-peeters.example';
  await site.api('/contacts/bounce@bakkerij-peeters.example/correct', { method: 'POST', body: { to } });
  const later = await sendAll(LATER.map(asBody));
  const several = later[4] ?? '';
  await site.event('recipient.failed', several);
  await whoWorksThere(site, several);
  return { failed, several, report, signal };
}

async function whoWorksThere(site: Site, held: string): Promise<void> {
  const body = { reason: 'manual', note: 'asked for no reminders' };
  await site.api('/suppressions/office@fabrikam.example', { method: 'PUT', body });
  for (const [name, role] of [
    ['marie', 'admin'],
    ['jonas', 'operator'],
    ['sales', 'viewer'],
  ] as const) {
    await site.api('/users', { method: 'POST', body: { name, password: 'correct horse battery', role } });
  }
  for (const name of ['erp', 'reporting']) await site.api('/tokens', { method: 'POST', body: { name, role: 'viewer' } });
  await site.api(`/messages/${held}/legal-hold`, { method: 'POST', body: { reason: 'Case 2026/17' } });
}

/** Where this run keeps its data is nobody's business. */
const ELSEWHERE = `{
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replace(/\\/\\S*relais-cli-\\w+\\/(data)?/g, (_, data) => data ? '/var/lib/relais' : '/etc/relais/');
}`;

/** Pixels that a picture of a sheet is high. */
const SHEET = 380;
const QUALITY = 0.5;

/** Side by side, as WebP: Chromium itself writes it, in a third of the octets of a PNG. */
async function sheetOf(studio: Page, pictures: readonly Buffer[], height: number): Promise<Buffer> {
  const urls = pictures.map((png) => `data:image/png;base64,${png.toString('base64')}`);
  const made = (await studio.evaluate(`(async () => {
    const load = async (url) => createImageBitmap(await (await fetch(url)).blob());
    const pictures = await Promise.all(${JSON.stringify(urls)}.map(load));
    const widths = pictures.map(({ width, height }) => Math.round((width * ${height}) / height));
    const gap = ${height} / 20;
    const width = widths.reduce((sum, one) => sum + one + gap, -gap);
    const canvas = Object.assign(document.createElement('canvas'), { width, height: ${height} });
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    let left = 0;
    for (const [i, picture] of pictures.entries()) {
      context.drawImage(picture, left, 0, widths[i], ${height});
      left += widths[i] + gap;
    }
    return canvas.toDataURL('image/webp', ${QUALITY});
  })()`)) as string;
  return Buffer.from(made.slice(made.indexOf(',') + 1), 'base64');
}

const wanted = process.env['RELAIS_SCREENSHOTS'];
const kept = process.env['RELAIS_SCREENSHOTS_DIR'];
if (wanted === undefined) test.skip('screenshots are made by npm run screenshots', () => undefined);
else
  inBrowser(
    'screenshots',
    (site) => {
      test('of every page', async () => {
        const { failed, several, report, signal } = await theDay(site());
        const pages: Record<string, string> = {
          overview: '/',
          statistics: '/statistics',
          messages: '/messages',
          message: `/messages/${several}`,
          content: `/messages/${failed}?show=preview#mail`,
          templates: '/messages/templates',
          documents: '/documents',
          document: '/documents/2026-1051',
          contacts: '/contacts',
          contact: '/contacts/bounce@skynte.be',
          queue: '/queue',
          runs: '/runs',
          reports: '/reports',
          report: `/reports/${report}`,
          signals: '/signals',
          signal: `/signals/${signal}`,
          rules: '/signals/rules',
          suppressions: '/suppressions',
          references: '/references',
          streams: '/references/streams',
          profile: '/settings/profile',
          users: '/settings/users',
          tokens: '/settings/tokens',
          accounts: '/settings/accounts',
          routes: '/settings/routes?from=billing@example.com&to=anna@contoso.example',
          dns: '/settings/dns',
          configuration: '/settings/configuration',
          'clean-up': '/settings/clean-up',
          audit: '/settings/audit',
          api: '/docs',
        };
        const asked = wanted.split(',');
        const chosen = Object.entries(pages).filter(([name]) => asked.includes('1') || asked.includes(name));
        const missing: string[] = [];
        const taken = new Map<string, Buffer[]>();
        for (const { name, viewport, dark } of LOOKS) {
          const visited = await site().open('/', { viewport, dark, expectFaults: /./ });
          for (const [page, path] of chosen) {
            const answer = await visited.goto(path);
            if (answer?.status() !== 200) missing.push(page);
            if (page === 'dns') await visited.getByRole('button', { name: 'Check now' }).click();
            await visited.waitForTimeout(300); // Charts are drawn.
            await visited.evaluate(ELSEWHERE);
            const png = await visited.screenshot();
            taken.set(page, [...(taken.get(page) ?? []), png]);
            if (kept !== undefined) writeFileSync(`${kept}/${page}-${name}.png`, png);
          }
          await visited.context().close();
        }
        mkdirSync(IMAGES, { recursive: true });
        const studio = await site().browser.newPage();
        for (const [page, pictures] of taken) writeFileSync(`${IMAGES}${page}.webp`, await sheetOf(studio, pictures, SHEET));
        for (const [i, name] of ['light', 'dark'].entries()) {
          const picture = taken.get('messages')?.[i];
          if (picture !== undefined) writeFileSync(`${IMAGES}register-${name}.webp`, await sheetOf(studio, [picture], DESKTOP.height));
        }
        await studio.close();
        expect(missing).toEqual([]);
      }, 400_000);
    },
    configuration,
    async (dataDir) => {
      await fillThePast(dataDir);
      await theDayUntil(dataDir, Date.now());
      writeFileSync(`${dataDir}/../password`, 'correct horse battery', { mode: 0o600 });
      writeFileSync(`${dataDir}/../dkim.pem`, dkimKey, { mode: 0o600 });
    },
  );
