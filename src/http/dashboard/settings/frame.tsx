/** The frame of the settings: which pages there are for whom, and the tabs that lead to them. */
import type { Child } from 'hono/jsx';
import type { Permission } from '../../../domain/ports.ts';
import type { Shared } from '../../api/context.ts';
import { assertPermitted, assertUnrestricted } from '../../auth/access.ts';
import type { Caller } from '../../auth/caller.ts';
import type { AppContext } from '../../environment.ts';
import { Page } from '../layout.tsx';
import { type Frame, pageCaller, submitted } from '../page.ts';
import type { Strings } from '../strings.ts';

export type SettingsTab = keyof Strings['settings']['tabs'];

interface TabPlace {
  readonly name: SettingsTab;
  /** All but the profile concern every account. */
  readonly needs: Permission | null;
}

const TABS: readonly TabPlace[] = [
  { name: 'profile', needs: null },
  { name: 'users', needs: 'access:manage' },
  { name: 'tokens', needs: 'access:manage' },
  { name: 'accounts', needs: 'settings:read' },
  { name: 'routes', needs: 'settings:read' },
  { name: 'dns', needs: 'settings:read' },
  { name: 'configuration', needs: 'settings:read' },
  { name: 'clean-up', needs: 'messages:delete' },
  { name: 'audit', needs: 'audit:read' },
];

function mayOpen({ accounts, permissions }: Caller, { needs }: TabPlace): boolean {
  return needs === null || (accounts === null && permissions.has(needs));
}

/** Throws the 403 that is due. */
function assertMayOpen(caller: Caller, name: SettingsTab): void {
  const needs = TABS.find((tab) => tab.name === name)?.needs ?? null;
  if (needs === null) return;
  assertPermitted(caller, needs);
  assertUnrestricted(caller);
}

/** Whoever may see the page, or the way to the sign-in. */
export async function settingsCaller(c: AppContext, shared: Shared, tab: SettingsTab, route: string): Promise<Caller | Response> {
  c.set('route', route);
  const caller = await pageCaller(c, shared);
  if (caller instanceof Response) return caller;
  assertMayOpen(caller, tab);
  return caller;
}

/** Whoever sent the form, and what is in it (R55). */
export async function settingsForm(
  c: AppContext,
  shared: Shared,
  tab: SettingsTab,
  route: string,
): Promise<{ readonly caller: Caller; readonly form: URLSearchParams } | Response> {
  c.set('route', route);
  const sent = await submitted(c, shared);
  if (sent instanceof Response) return sent;
  assertMayOpen(sent.caller, tab);
  return sent;
}

interface SettingsPageProps {
  readonly frame: Frame;
  readonly tab: SettingsTab;
  /** Of a page below the tab's own. */
  readonly title?: string;
  readonly children: Child;
}

export function SettingsPage({ frame, tab, title, children }: SettingsPageProps) {
  const { t, caller } = frame;
  const tabs = caller === null ? [] : TABS.filter((one) => mayOpen(caller, one));
  return (
    <Page frame={frame} title={title ?? `${t.settings.title}: ${t.settings.tabs[tab]}`} current="settings">
      <div class="head settings-head">
        <h1>{t.settings.title}</h1>
      </div>
      <div class="settings">
        <nav class="settings-tabs" aria-label={t.settings.title}>
          {tabs.map(({ name }) => (
            <a href={`/settings/${name}`} aria-current={name === tab ? 'page' : undefined}>
              {t.settings.tabs[name]}
            </a>
          ))}
        </nav>
        <div class="settings-body">{children}</div>
      </div>
    </Page>
  );
}

export function csrfOf(caller: Caller): string {
  return caller.session?.csrf ?? '';
}
