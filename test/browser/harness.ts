/**
 * A real browser before a real relay: each file of tests starts a relay of its own (the built one,
 * in a process of its own, on ports the system chooses), and shares the one browser of the run.
 *
 *     inBrowser('register', (site) => {
 *       test('…', async () => {
 *         const page = await site().open('/messages');
 *         expect(await accessibilityFaults(page)).toEqual([]);
 *       });
 *     });
 *
 * Every page is watched: a script that the policy refused, an error of a script, or a request to
 * anywhere but the relay is a fault, and makes the test that opened the page fail.
 */
import axe, { type RunOnly, type RunOptions } from 'axe-core';
import { createTransport } from 'nodemailer';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest';
import { readControl } from '../../src/config/index.ts';
import { SANDBOX, startTestRelay, type TestRelay } from '../cli/relay.ts';

/** Sizes of the two kinds of screen that every page is looked at on. */
export const DESKTOP = { width: 1280, height: 800 } as const;
export const PHONE = { width: 390, height: 844 } as const;

/** A mail as an ERP would submit it; `raw` instead of the rest: octets as they are. */
export interface Mail {
  readonly from?: string;
  readonly to: string | readonly string[];
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly attachments?: readonly { readonly filename: string; readonly content: string | Buffer; readonly contentType?: string }[];
  readonly raw?: string | Buffer;
}

export interface OpenOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly dark?: boolean;
  /** False: as someone whose browser runs no scripts. */
  readonly scripts?: boolean;
  /** Language of the browser; the pages follow it until another is chosen. */
  readonly locale?: string;
  /** What the session may: a token of the relay; null: not signed in. The relay's own by default. */
  readonly token?: string | null;
  /** Brings axe-core along to every page that is gone to: where several are looked at, half of the time. */
  readonly axe?: boolean;
  /** Faults that the test itself provokes. */
  readonly expectFaults?: RegExp;
}

export interface Site {
  readonly relay: TestRelay;
  readonly browser: Browser;
  /** The relay's own token, with full rights. */
  readonly token: string;
  /** A page of a new visitor, signed in. */
  open(path: string, options?: OpenOptions): Promise<Page>;
  /** Submits a mail over SMTP; gives its id. */
  send(mail: Mail): Promise<string>;
  /** Waits for an event of the feed, also one that was before; gives it. */
  event(type: string, message: string): Promise<Record<string, unknown>>;
  /** Calls the API with the relay's own token; throws unless it answers 2xx. */
  api<T>(path: string, init?: { readonly method?: string; readonly body?: unknown }): Promise<T>;
}

/** Where there is no browser for this machine, the tests are skipped, and the reason is in their name. `prepare` fills the relay's data. */
export function inBrowser(
  name: string,
  tests: (site: () => Site) => void,
  yaml: string | (() => Promise<string>) = SANDBOX,
  prepare?: (dataDir: string) => Promise<void>,
): void {
  const browser = inject('browser');
  if ('missing' in browser) {
    describe.skip(`${name} (skipped: ${browser.missing})`, () => tests(unavailable));
    return;
  }
  describe(name, () => {
    let site: Visited | undefined;
    beforeAll(
      async () => {
        site = await visit(browser.endpoint, typeof yaml === 'string' ? yaml : await yaml(), prepare);
      },
      prepare === undefined ? undefined : FILLING,
    );
    afterEach(async () => {
      expect(await site?.leave()).toEqual([]);
    });
    afterAll(async () => site?.close());
    tests(() => site ?? unavailable());
  });
}

/** Milliseconds for filling a relay's data. */
const FILLING = 120_000;

function unavailable(): never {
  throw new Error('the site is there within tests alone');
}

interface Visited extends Site {
  /** Closes the pages of a test; gives their faults. */
  leave(): Promise<string[]>;
  close(): Promise<void>;
}

async function visit(endpoint: string, yaml: string, prepare?: (dataDir: string) => Promise<void>): Promise<Visited> {
  const [browser, relay] = await Promise.all([chromium.connect(endpoint), startTestRelay(yaml, prepare)]);
  const token = readControl(relay.dataDir)?.token;
  if (token === undefined) throw new Error('no control.json');
  const visitors: BrowserContext[] = [];
  let faults: string[] = [];
  const api = apiCaller(relay.url, token);
  const transport = createTransport({ host: '127.0.0.1', port: relay.smtpPort, secure: false, ignoreTLS: true, pool: true });
  return {
    relay,
    browser,
    token,
    api,
    async open(path, options = {}) {
      const visitor = await browser.newContext(contextOptions(options, relay.url));
      visitors.push(visitor);
      // Sooner than the test's own limit: it is told what was waited for.
      visitor.setDefaultTimeout(LONGEST_WAIT);
      if (options.token !== null) await signIn(visitor, relay.url, options.token ?? token);
      if (options.axe === true) await visitor.addInitScript({ content: axe.source });
      const page = await visitor.newPage();
      watch(page, relay.url, (fault) => {
        if (options.expectFaults?.test(fault) !== true) faults.push(fault);
      });
      await page.goto(path);
      return page;
    },
    async send(mail) {
      const { response } = await transport.sendMail(asSent(mail));
      const id = /Recorded as (\S+)/.exec(response)?.[1];
      if (id === undefined) throw new Error(`not recorded: ${response}`);
      return id;
    },
    event: (type, message) => eventOf(api, type, message),
    async leave() {
      await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
      const seen = faults;
      faults = [];
      return seen;
    },
    async close() {
      transport.close();
      await Promise.all([browser.close(), relay.remove()]);
    },
  };
}

function contextOptions(
  { viewport = DESKTOP, dark = false, scripts = true, locale = 'en-GB' }: OpenOptions,
  url: string,
): BrowserContextOptions {
  return {
    baseURL: url,
    viewport: { ...viewport },
    colorScheme: dark ? 'dark' : 'light',
    // Nothing moves, so that nothing is looked at half-way.
    reducedMotion: 'reduce',
    javaScriptEnabled: scripts,
    locale,
    timezoneId: 'Europe/Brussels',
  };
}

async function signIn(visitor: BrowserContext, url: string, token: string): Promise<void> {
  const answer = await visitor.request.post('/sign-in', { form: { token }, headers: { origin: url }, maxRedirects: 0 });
  if (answer.status() !== 303) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
}

/** Errors of scripts, what the policy refused, dialogs, and requests that leave the relay. */
function watch(page: Page, url: string, fault: (text: string) => void): void {
  page.on('dialog', (dialog) => {
    fault(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on('pageerror', (error) => fault(`error of a script: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) fault(`refused by the policy: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!/^(?:data|blob|about):/.test(request.url()) && new URL(request.url()).origin !== url) fault(`request to ${request.url()}`);
  });
}

function asSent({ from = 'billing@example.com', to, raw, attachments, ...rest }: Mail) {
  const recipients = [to].flat();
  const envelope = { from, to: recipients };
  if (raw !== undefined) return { envelope, raw };
  const files = attachments?.map((attachment) => ({ ...attachment }));
  return { envelope, from, to: recipients, text: 'Please find the invoice attached.', ...rest, ...(files ? { attachments: files } : {}) };
}

function apiCaller(url: string, token: string): Site['api'] {
  return async <T>(path: string, { method = 'GET', body }: { readonly method?: string; readonly body?: unknown } = {}): Promise<T> => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  };
}

const LONGEST_WAIT = 15_000;

async function eventOf(api: Site['api'], type: string, message: string): Promise<Record<string, unknown>> {
  const deadline = Date.now() + LONGEST_WAIT;
  let after = 0;
  while (Date.now() < deadline) {
    const page = await api<{ items: Record<string, unknown>[]; last: number }>(`/changes?after=${after}&types=${type}&wait=5s`);
    const found = page.items.find((item) => item['message'] === message);
    if (found !== undefined) return found;
    after = page.last;
  }
  throw new Error(`no ${type} of ${message} within ${LONGEST_WAIT} ms`);
}

/** The levels of WCAG 2.2 AA, and what axe-core holds for good practice beside them. */
const ALL_RULES: RunOnly = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };

/** What other colours, or a narrower screen, can change. */
const RULES_OF_COLOURS: RunOnly = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
const RULES_OF_WIDTH: RunOnly = { type: 'rule', values: ['target-size', 'scrollable-region-focusable', 'color-contrast'] };

/**
 * What axe-core finds wrong with the page, a line each: rule, place, reason. Run from outside the
 * page's policy, and not within frames: those show mail, which is not ours to correct.
 */
export async function accessibilityFaults(page: Page, rules: RunOnly = ALL_RULES): Promise<string[]> {
  const options: RunOptions = { runOnly: rules, iframes: false, resultTypes: ['violations'] };
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe.source);
  // Lines already: the whole result would come with every node of the page.
  return (await page.evaluate(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => id + ': ' + target.join(' ') + ': ' + failureSummary.replaceAll(/\\s+/g, ' '))))`)) as string[];
}

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: DESKTOP, rules: ALL_RULES },
  { name: 'dark', colorScheme: 'dark', viewport: DESKTOP, rules: RULES_OF_COLOURS },
  { name: 'phone', colorScheme: 'dark', viewport: PHONE, rules: RULES_OF_WIDTH },
] as const;

/** In light, in dark, and on a phone, or in some of these; nothing may be wider than the screen. */
export async function faultsOfLooks(page: Page, names: readonly string[] = LOOKS.map(({ name }) => name)): Promise<string[]> {
  const faults: string[] = [];
  for (const { name, colorScheme, viewport, rules } of LOOKS.filter((look) => names.includes(look.name))) {
    await page.setViewportSize({ ...viewport });
    await page.emulateMedia({ colorScheme });
    faults.push(...(await accessibilityFaults(page, rules)).map((fault) => `${name}: ${fault}`));
    const wide = (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number;
    if (wide > 0) faults.push(`${name}: the page is ${wide} px wider than the screen`);
  }
  await page.setViewportSize({ ...DESKTOP });
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}
