/** Who am I, and the clean-up. */
import { z } from '@hono/zod-openapi';
import { audit } from '../audit.ts';
import type { Shared } from './context.ts';
import { type Api, route } from './route.ts';
import { CleanupResult, Me } from './schemas.ts';

export function administrationRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'get',
      path: '/me',
      tag: 'Access',
      summary: 'The caller’s name and permissions',
      permission: null,
      answers: { 200: { description: 'The caller', schema: Me } },
    },
    ({ c, caller }) => {
      const { name, kind, role, permissions, accounts } = caller;
      return c.json({ name, kind, role, permissions: [...permissions], accounts });
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/cleanup',
      tag: 'Administration',
      summary: 'Takes what retention says is over; with `dryRun` it only counts',
      permission: 'messages:delete',
      spansAccounts: true,
      body: z.strictObject({ dryRun: z.boolean().optional() }),
      answers: { 200: { description: 'What was, or would be, taken', schema: CleanupResult } },
    },
    async ({ c, caller, body }) => {
      const { cleanup, log } = shared.options;
      const dryRun = body.dryRun ?? false;
      const { contents, records, octets, keptPending } = dryRun ? await cleanup.plan() : await cleanup.run();
      if (!dryRun) await audit(shared, caller, { action: 'cleanup.run', detail: { contents, records, octets } });
      log.info({ caller: caller.name, dryRun, contents, records, octets, keptPending }, 'clean-up');
      return c.json({ dryRun, contents, records, octets, keptPending });
    },
  );
}
