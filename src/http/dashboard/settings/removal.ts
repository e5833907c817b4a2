/** The form that takes a user or a token away for good: sent with a tick that one is sure. */
import type { Hono } from 'hono';
import type { Shared } from '../../api/context.ts';
import type { Caller } from '../../auth/caller.ts';
import type { AppContext, AppEnv } from '../../environment.ts';
import { stringsFor } from '../strings.ts';
import { type SettingsTab, settingsForm } from './frame.tsx';
import { faultOfProblem, isRefusal } from './rights.tsx';

export interface Removal {
  readonly tab: SettingsTab;
  /** Of the list: `/settings/users`. */
  readonly route: string;
  readonly action: 'delete' | 'revoke';
  readonly remove: (caller: Caller, name: string) => Promise<unknown>;
  /** The page of the one, with what is wrong beside the fields. */
  readonly page: (c: AppContext, caller: Caller, faults: ReadonlyMap<string, string>) => Promise<Response>;
  /** Query parameter that tells the list which is gone. */
  readonly done: string;
}

export function removalRoute(app: Hono<AppEnv>, shared: Shared, { tab, route, action, remove, page, done }: Removal): void {
  app.post(`${route}/:name/${action}`, async (c) => {
    const sent = await settingsForm(c, shared, tab, `${route}/{name}/${action}`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const t = stringsFor(c);
    const name = c.req.param('name');
    if (form.get('sure') !== 'on') return page(c, caller, new Map([['sure', t.settings.faults.confirm]]));
    try {
      await remove(caller, name);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return page(c, caller, new Map([['', faultOfProblem(error, t, name)[1]]]));
    }
    return c.redirect(`${route}?${done}=${encodeURIComponent(name)}`, 303);
  });
}
