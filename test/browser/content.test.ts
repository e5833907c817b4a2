/** R51, R52: mail that means harm, before a real browser. Nothing of it runs, loads, leads anywhere or opens in place. */
import { text as textOf } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { type FakeHop, startFakeHop } from '../support/fake-hop.ts';
import { accessibilityFaults, faultsOfLooks, inBrowser } from './harness.ts';

/** Tells when it runs, wherever that is. */
const RUN = "top.pwned=1;document.title='pwned';fetch('/pwned')";

const HOSTILE = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"><script>${RUN}</script><foreignObject><body onload="${RUN}"></foreignObject></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`,
  `<a id="way" href="javascript:${RUN}">click</a>`,
  `<form action="/pwned"><button formaction="javascript:${RUN}">send</button></form>`,
  `<iframe srcdoc="<script>${RUN}</script>"></iframe>`,
  `<object data="data:text/html,<script>${RUN}</script>"></object><embed src="data:image/svg+xml,<svg onload='${RUN}'/>">`,
  `<meta http-equiv="refresh" content="0;url=https://elsewhere.example/">`,
  `<base href="https://elsewhere.example/"><link rel="stylesheet" href="https://elsewhere.example/a.css">`,
  `<img src="https://elsewhere.example/pixel.gif"><img srcset="https://elsewhere.example/2x.png 2x">`,
  `<video poster="https://elsewhere.example/p.png" src="https://elsewhere.example/v.mp4" autoplay></video>`,
  `<style>@import url("https://elsewhere.example/b.css"); body { background: url(https://elsewhere.example/bg.png) }</style>`,
  `<p style="background:url('https://elsewhere.example/p.png');width:expression(${RUN})" onmouseover="${RUN}">text of the mail</p>`,
  `<template shadowrootmode="open"><script>${RUN}</script></template>`,
  `<details open ontoggle="${RUN}"><summary>more</summary></details><marquee onstart="${RUN}">go</marquee>`,
].join('\n');

const SUBJECT = `<script>${RUN}</script><img src=x onerror=${RUN}>" onmouseover="${RUN}" javascript:${RUN}`;
const REPLY = `550 5.1.1 <img src=x onerror=${RUN}><script>${RUN}</script> javascript:${RUN}`;

let hop: FakeHop | undefined;
afterAll(async () => hop?.stop());

/** A next hop whose words mean harm too. */
async function configuration(): Promise<string> {
  hop = await startFakeHop({ script: ({ stage, line }) => (stage === 'rcpt' && line.includes('refused@') ? REPLY : undefined) });
  return `hostname: relay.test
dataDir: ./data
submission: {listeners: [{port: 0, tls: none}]}
routes: [{via: smarthost, host: 127.0.0.1, port: ${hop.port}, tls: none}]
delivery: {retry: [500ms], expireAfter: 1m}
http: {port: 0}
`;
}

/** Whether something of the mail ran, in the page or in any of its frames. */
async function ran(page: Page): Promise<boolean> {
  const told = await Promise.all(page.frames().map((frame) => frame.evaluate('window.pwned !== undefined || document.title === "pwned"')));
  return told.includes(true) || (await page.title()) === 'pwned';
}

inBrowser(
  'R51 mail that means harm',
  (site) => {
    let once: Promise<string> | undefined;
    const sent = (): Promise<string> => {
      once ??= (async () => {
        const id = await site().send({ to: 'refused@customer.example', subject: SUBJECT, text: SUBJECT, html: HOSTILE });
        await site().event('recipient.failed', id);
        return id;
      })();
      return once;
    };

    test('does nothing in the register, on its page, in its text or its source', async () => {
      const id = await sent();
      const page = await site().open('/messages');
      await page.getByRole('link', { name: SUBJECT }).click();
      await page.getByRole('heading', { level: 1, name: SUBJECT }).waitFor();
      await page.getByText(REPLY.slice(10)).first().waitFor();
      for (const tab of ['Text', 'Source']) {
        await page.getByRole('navigation', { name: 'Content' }).getByRole('link', { name: tab }).click();
        await page.getByRole('region', { name: tab }).getByText('<script>').waitFor();
      }
      expect(await page.locator('main [onerror], main [onload], main script, main [href^="javascript:"]').count()).toBe(0);
      expect(await ran(page)).toBe(false);
      expect(await site().api<unknown>(`/messages/${id}`)).toMatchObject({ subject: SUBJECT });
    });

    test('is shown in a frame, in which it runs nothing, loads nothing and leads nowhere', async () => {
      const id = await sent();
      const page = await site().open(`/messages/${id}?show=preview`);
      const frame = page.frameLocator('iframe.mail-frame');
      await frame.getByText('text of the mail').hover();
      await frame
        .getByText('3 pictures of other servers were not loaded.')
        .or(frame.getByText(/pictures of other servers/))
        .waitFor();
      await frame.getByText('click').click();
      expect(await frame.locator('a[href], form, script, iframe, object, embed, [onmouseover], [src^="http"]').count()).toBe(0);
      expect(page.url()).toContain(`/messages/${id}`);
      expect(await ran(page)).toBe(false);
    });

    test('opened by itself, the view is as harmless', async () => {
      const id = await sent();
      const page = await site().open(`/api/v1/messages/${id}/preview`);
      await page.getByText('text of the mail').hover();
      expect(await ran(page)).toBe(false);
    });

    test('would run where nothing holds it', async () => {
      const page = await site().open('/sign-in', { expectFaults: /./ });
      await page.route('**/unheld', (route) => route.fulfill({ contentType: 'text/html', body: HOSTILE.replace(/<meta[^>]*>/, '') }));
      await page.goto('/unheld', { waitUntil: 'commit' });
      await page.waitForFunction('window.pwned !== undefined');
      expect(await ran(page)).toBe(true);
    });

    test('what slipped through the cleaning would be stopped by the policy and the frame', async () => {
      const id = await sent();
      const page = await site().open(`/messages/${id}`, { expectFaults: /refused by the policy|elsewhere\.example/ });
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      const answered: string[] = [];
      page.on('response', (response) => answered.push(response.url()));
      await page.route('**/preview', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: `<!DOCTYPE html><p>uncleaned</p>${HOSTILE}` });
      });
      await page.getByRole('link', { name: 'Preview' }).click();
      const frame = page.frameLocator('iframe.mail-frame');
      await frame.getByText('uncleaned').waitFor();
      await frame.getByText('click').click();
      await frame.getByText('send').click();
      expect(await ran(page)).toBe(false);
      expect(answered.filter((url) => url.includes('pwned') || url.includes('elsewhere'))).toEqual([]);
      expect(requests.filter((url) => url.includes('pwned'))).toEqual([]);
    });
  },
  configuration,
);

inBrowser('R52 attachments', (site) => {
  const NAMES = [
    ['../../../etc/passwd', 'passwd'],
    ['..\\..\\invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['a\u0000b.html', 'ab.html'],
    ['CON.txt', '_CON.txt'],
  ] as const;

  test('are kept under safe names, and open in no place, whatever they are', async () => {
    const page_ = `<script>${RUN}</script>`;
    const boundary = 'files';
    const parts = NAMES.map(
      ([name]) =>
        `--${boundary}\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename*=utf-8''${encodeURIComponent(name)}\r\n\r\n${Buffer.from(page_).toString('base64')}\r\n`,
    );
    const svg = `--${boundary}\r\nContent-Type: image/svg+xml\r\nContent-Disposition: inline; filename=a.svg\r\n\r\n<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"/>\r\n`;
    const raw = `From: billing@example.com\r\nTo: anna@customer.example\r\nSubject: Files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=${boundary}\r\n\r\n${parts.join('')}${svg}--${boundary}--\r\n`;
    const id = await site().send({ to: 'anna@customer.example', raw });
    const page = await site().open(`/messages/${id}?show=attachments`);
    expect(await page.locator('.file-name b').allTextContents()).toEqual([...NAMES.map(([, safe]) => safe), 'a.svg']);
    for (const [number, safe] of [...NAMES.map(([, name]) => name), 'a.svg'].entries()) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: `Save ${safe}` }).click()]);
      expect(download.suggestedFilename()).toBe(safe);
      expect(await textOf(await download.createReadStream())).toContain(RUN);
      // Also where somebody opens its address.
      const [again] = await Promise.all([
        page.waitForEvent('download'),
        page.goto(`/api/v1/messages/${id}/attachments/${number + 1}`).catch(() => null),
      ]);
      expect(again.suggestedFilename()).toBe(safe);
    }
    expect(await ran(page)).toBe(false);
  });
});

inBrowser('the content', (site) => {
  test('is accessible, tab by tab, and the address says which', async () => {
    const id = await site().send({
      to: 'anna@customer.example',
      subject: 'Invoice',
      html: '<p>Invoice</p>',
      attachments: [{ filename: 'invoice.pdf', content: '%PDF' }],
    });
    const page = await site().open(`/messages/${id}`);
    for (const [tab, seen] of [
      ['Preview', page.frameLocator('iframe').getByText('Invoice')],
      ['Source', page.getByRole('region', { name: 'Source' })],
      ['Text', page.getByRole('region', { name: 'Text' })],
      ['Attachments', page.getByText('invoice.pdf')],
    ] as const) {
      await page.getByRole('link', { name: tab, exact: true }).click();
      await page.waitForURL(`**/messages/${id}?show=${tab.toLowerCase()}`);
      await seen.waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    expect(await faultsOfLooks(page)).toEqual([]);
    await page.getByRole('link', { name: 'Close' }).click();
    await page.getByText('stands in the audit log').waitFor();
    await page.waitForURL(`**/messages/${id}`);
  });
});
