/** Every page there is, looked at one after the other. */
import { faultsOfLooks, type Site } from './harness.ts';

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

/** The pages with a fault, and its faults; `looks`: as `faultsOfLooks` names them. */
export async function faultsOfPages(site: Site, looks: readonly string[]): Promise<[string, string[]][]> {
  const id = await site.send({ to: 'bounce@customer.example', subject: 'Invoice 2026-0043' });
  await site.event('recipient.failed', id);
  const page = await site.open('/sign-in', { token: null, axe: true });
  const faults = { '/sign-in': await faultsOfLooks(page, looks) } as Record<string, string[]>;
  const signedIn = await site.open('/', { axe: true });
  for (const path of [...PAGES, `/messages/${id}`]) {
    await signedIn.goto(path);
    // Of hundreds of sections that look the same a few tell all.
    if (path === '/docs')
      await signedIn.evaluate('for (const one of [...document.querySelectorAll(".docs section")].slice(6)) one.remove()');
    faults[path] = await faultsOfLooks(signedIn, looks);
  }
  return Object.entries(faults).filter(([, found]) => found.length > 0);
}
