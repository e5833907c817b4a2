/** The settings: one's own profile for everybody; users, tokens, the relay, the clean-up and the audit log for those who may. */
import type { Hono } from 'hono';
import type { Shared } from '../../api/context.ts';
import type { AppEnv } from '../../environment.ts';
import { pageCaller } from '../page.ts';
import { cleanUpRoutes } from './clean-up-routes.tsx';
import { profileRoutes } from './profile-routes.tsx';
import { relayRoutes } from './relay-routes.tsx';
import { tokenRoutes } from './tokens-routes.tsx';
import { userRoutes } from './users-routes.tsx';

export function settingsRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/settings', async (c) => {
    c.set('route', '/settings');
    const caller = await pageCaller(c, shared);
    return caller instanceof Response ? caller : c.redirect('/settings/profile', 303);
  });
  profileRoutes(app, shared);
  userRoutes(app, shared);
  tokenRoutes(app, shared);
  relayRoutes(app, shared);
  cleanUpRoutes(app, shared);
}
