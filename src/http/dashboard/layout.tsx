/** The frame around every page of the dashboard. */
import type { Child } from 'hono/jsx';
import { MOST_COUNTED } from '../review-count.ts';
import { dashboardAssets, type ScriptName } from './assets/index.ts';
import { Icon } from './icons.tsx';
import { Keys } from './keys.tsx';
import type { Frame } from './page.ts';
import { type Place, type PlaceName, placeGroups, tabPlaces } from './places.ts';
import { LANGUAGE_NAMES, type Strings } from './strings.ts';
import { THEMES, type Theme } from './theme.ts';

interface DocumentProps {
  readonly t: Strings;
  readonly title: string;
  readonly theme?: Theme;
  /** Beside those of every page. */
  readonly scripts?: readonly ScriptName[];
  readonly app?: boolean;
  /** As in `Frame`. */
  readonly seq?: number;
  readonly children: Child;
}

/**
 * htmx under our policy: nothing evaluated, no style of its own, no page kept in the browser's
 * storage, and no address but ours.
 */
const HTMX_CONFIG = JSON.stringify({
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  timeout: 15_000,
});

/** The bare document: sign-in and errors stand in it alone. */
export function Document({ t, title, theme = 'system', scripts = [], app, seq, children }: DocumentProps) {
  const assets = dashboardAssets();
  return (
    <html lang={t.language} data-seq={seq} data-just-now={t.time.justNow} data-theme={theme === 'system' ? undefined : theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content={theme === 'system' ? 'light dark' : theme} />
        <meta name="htmx-config" content={HTMX_CONFIG} />
        <title>{`${title} · ${t.product}`}</title>
        <link rel="icon" href={assets.icon.path} />
        <link rel="stylesheet" href={assets.stylesheet.path} />
        {(['htmx', ...scripts, 'relais'] as const).map((name) => (
          <script src={assets.scripts[name].path} defer />
        ))}
      </head>
      <body class={app === true ? 'app' : undefined}>{children}</body>
    </html>
  );
}

export function Brand({ t }: { readonly t: Strings }) {
  return (
    <a class="brand" href="/">
      <img src={dashboardAssets().icon.path} alt="" />
      {t.product}
    </a>
  );
}

export interface PageProps {
  readonly frame: Frame;
  readonly title: string;
  readonly current: PlaceName | null;
  /** Beside those of every page. */
  readonly scripts?: readonly ScriptName[];
  readonly children: Child;
}

/** A page at its place. Its content begins with an `h1`. */
export function Page({ frame, title, current, scripts, children }: PageProps) {
  const { t, theme, seq } = frame;
  return (
    <Document t={t} title={title} theme={theme} seq={seq} app {...(scripts === undefined ? {} : { scripts })}>
      <a class="skip" href="#content">
        {t.skip}
      </a>
      <header class="rail">
        <div class="rail-head">
          <Brand t={t} />
          <Sandbox frame={frame} />
        </div>
        <nav aria-label={t.frame.label}>
          <Places frame={frame} current={current} groups={placeGroups(frame.caller)} />
        </nav>
        <div class="rail-foot">
          <Preferences frame={frame} />
          <Who frame={frame} />
        </div>
      </header>
      <header class="topbar">
        <Brand t={t} />
        <Sandbox frame={frame} />
        <a class="button quiet icon-only" href="/messages#q" aria-label={t.frame.search}>
          <Icon name="search" />
        </a>
      </header>
      <main id="content" tabindex={-1}>
        {children}
      </main>
      <TabBar frame={frame} current={current} />
      <Keys t={t} />
    </Document>
  );
}

function Sandbox({ frame: { t, sandbox } }: { readonly frame: Frame }) {
  if (!sandbox) return null;
  return (
    <span class="sandbox" title={t.sandboxHint}>
      {t.sandbox}
    </span>
  );
}

interface PlacesProps {
  readonly frame: Frame;
  readonly current: PlaceName | null;
  readonly groups: ReturnType<typeof placeGroups>;
}

function Places({ frame, current, groups }: PlacesProps) {
  const { t } = frame;
  return (
    <>
      {groups.map(({ group, places }) => (
        <div class="places">
          {group === 'first' ? null : <p class="places-name">{t.frame.groups[group]}</p>}
          <ul>
            {places.map((place) => (
              <li>
                <a class="place" href={place.path} data-place={place.name} aria-current={current === place.name ? 'page' : undefined}>
                  <Icon name={place.name} />
                  <span>{t.frame.places[place.name]}</span>
                  <Waiting frame={frame} place={place} />
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

function Waiting({ frame: { t, toReview }, place }: { readonly frame: Frame; readonly place: Place }) {
  if (place.name !== 'reports' || toReview === 0) return null;
  const more = toReview > MOST_COUNTED;
  const shown = Math.min(toReview, MOST_COUNTED);
  const words = t.nav.toReview(shown, more);
  return (
    <span class="count-badge" title={words}>
      <span aria-hidden="true">{more ? `${shown}+` : shown}</span>
      <span class="visually-hidden">({words})</span>
    </span>
  );
}

/** On a phone: what is asked for most, and a sheet with all the rest. */
function TabBar({ frame, current }: { readonly frame: Frame; readonly current: PlaceName | null }) {
  const { t } = frame;
  const tabs = tabPlaces(frame.caller);
  const inTabs = new Set(tabs.map(({ name }) => name));
  const rest = placeGroups(frame.caller).map(({ group, places }) => ({ group, places: places.filter(({ name }) => !inTabs.has(name)) }));
  return (
    <nav class="tabbar" aria-label={t.frame.label}>
      {tabs.map((place) => (
        <a class="tab" href={place.path} aria-current={current === place.name ? 'page' : undefined}>
          <Icon name={place.name} />
          <span>{t.frame.places[place.name]}</span>
          <Waiting frame={frame} place={place} />
        </a>
      ))}
      <details class="sheet">
        <summary class="tab" aria-current={current !== null && !inTabs.has(current) ? 'true' : undefined}>
          <Icon name="more" />
          <span>{t.frame.more}</span>
        </summary>
        <div class="sheet-panel">
          <Places frame={frame} current={current} groups={rest.filter(({ places }) => places.length > 0)} />
          <div>
            <p class="places-name">{t.frame.language}</p>
            <div class="choices">
              <LanguageLinks t={t} path={frame.path} />
            </div>
          </div>
          <div>
            <p class="places-name">{t.frame.appearance}</p>
            <div class="choices">
              <ThemeLinks frame={frame} />
            </div>
          </div>
          <Who frame={frame} />
        </div>
      </details>
    </nav>
  );
}

/** Language and look, above the name of who is signed in. */
function Preferences({ frame }: { readonly frame: Frame }) {
  const { t } = frame;
  return (
    <details class="menu">
      <summary class="place">
        <Icon name="language" />
        <span>{LANGUAGE_NAMES[t.language as keyof typeof LANGUAGE_NAMES]}</span>
      </summary>
      <div class="menu-panel above">
        <p class="menu-name">{t.frame.language}</p>
        <LanguageLinks t={t} path={frame.path} class="menu-item" />
        <p class="menu-name">{t.frame.appearance}</p>
        <ThemeLinks frame={frame} class="menu-item" />
      </div>
    </details>
  );
}

/** Each language by its own name, with the way back to this page. */
function LanguageLinks({ t, path, class: look }: { readonly t: Strings; readonly path: string; readonly class?: string }) {
  return (
    <>
      {Object.entries(LANGUAGE_NAMES).map(([language, name]) => (
        <a
          class={look}
          href={`/language/${language}?next=${encodeURIComponent(path)}`}
          lang={language}
          hreflang={language}
          rel="nofollow"
          aria-current={language === t.language ? 'true' : undefined}
        >
          {name}
        </a>
      ))}
    </>
  );
}

function ThemeLinks({ frame: { t, theme, path }, class: look }: { readonly frame: Frame; readonly class?: string }) {
  return (
    <>
      {THEMES.map((name) => (
        <a
          class={look}
          href={`/theme/${name}?next=${encodeURIComponent(path)}`}
          rel="nofollow"
          aria-current={name === theme ? 'true' : undefined}
        >
          {t.frame.themes[name]}
        </a>
      ))}
    </>
  );
}

/** Below a page that stands alone. */
export function Languages({ t, path }: { readonly t: Strings; readonly path: string }) {
  return (
    <footer class="languages">
      <nav aria-label={t.frame.language}>
        <LanguageLinks t={t} path={path} />
      </nav>
    </footer>
  );
}

function Who({ frame: { t, caller } }: { readonly frame: Frame }) {
  if (caller === null || caller.session === null) return null;
  return (
    <div class="who">
      <span class="avatar" aria-hidden="true">
        {caller.name.slice(0, 1)}
      </span>
      <span class="name" title={caller.name}>
        <span class="visually-hidden">{t.nav.signedInAs} </span>
        {caller.name}
      </span>
      <form method="post" action="/sign-out">
        <input type="hidden" name="csrf" value={caller.session.csrf} />
        <button class="button quiet icon-only" type="submit" aria-label={t.nav.signOut} title={t.nav.signOut}>
          <Icon name="sign-out" />
        </button>
      </form>
    </div>
  );
}
