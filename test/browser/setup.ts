/** Before the browser tests: one browser for all of them, ended after the last. */
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { findChromium, missingBecause } from './chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser listens, or why there is none. */
    readonly browser: { readonly endpoint: string } | { readonly missing: string };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = missingBecause();
  if (missing !== null) {
    console.warn(`Browser tests are skipped: ${missing}.`);
    project.provide('browser', { missing });
    return async () => {};
  }
  const { executablePath, env } = await findChromium();
  const server = await chromium.launchServer({
    executablePath,
    env: { ...process.env, ...env },
    // Its sandbox needs rights that root and containers do not have; it sees pages of ours alone.
    args: ['--no-sandbox'],
  });
  project.provide('browser', { endpoint: server.wsEndpoint() });
  return () => server.close();
}
