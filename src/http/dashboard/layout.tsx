/** The frame around every page of the dashboard. */
import type { Child } from 'hono/jsx';
import type { Permission } from '../../domain/ports.ts';
import type { Caller } from '../auth/caller.ts';
import { MOST_COUNTED } from '../review-count.ts';
import { dashboardAssets } from './assets/index.ts';
import type { Frame } from './page.ts';
import { LANGUAGE_NAMES, type Strings } from './strings.ts';

interface DocumentProps {
  readonly t: Strings;
  readonly title: string;
  readonly children: Child;
}

/** The bare document: sign-in and errors stand in it alone. */
export function Document({ t, title, children }: DocumentProps) {
  const { stylesheet, script, icon } = dashboardAssets();
  return (
    <html lang={t.language} data-just-now={t.time.justNow}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${t.product}`}</title>
        <link rel="icon" href={icon.path} />
        <link rel="stylesheet" href={stylesheet.path} />
        <script src={script.path} defer />
      </head>
      <body>{children}</body>
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

type Place = 'messages' | 'queue' | 'reports' | 'suppressions' | 'api';

export interface PageProps {
  readonly frame: Frame;
  readonly title: string;
  readonly current: Place | null;
  readonly children: Child;
}

export function Page({ frame, title, current, children }: PageProps) {
  const { t, caller, sandbox } = frame;
  return (
    <Document t={t} title={title}>
      <a class="skip" href="#content">
        {t.skip}
      </a>
      <header class="bar">
        <div class="bar-inner">
          <Brand t={t} />
          <Navigation frame={frame} current={current} />
          <div class="who">
            {sandbox ? (
              <span class="sandbox" title={t.sandboxHint}>
                {t.sandbox}
              </span>
            ) : null}
            {caller?.session ? <SignOut t={t} name={caller.name} csrf={caller.session.csrf} /> : null}
          </div>
        </div>
      </header>
      <main id="content">{children}</main>
      <Languages t={t} path={frame.path} />
    </Document>
  );
}

function Navigation({ frame, current }: Pick<PageProps, 'frame' | 'current'>) {
  const { t, caller, toReview } = frame;
  const places: readonly (readonly [Place, string, boolean])[] = [
    ['messages', '/', true],
    ['queue', '/queue', mayManage(caller, 'queue:manage')],
    ['reports', '/reports', caller?.permissions.has('messages:read') ?? false],
    ['suppressions', '/suppressions', mayManage(caller, 'suppressions:manage')],
    ['api', '/docs', true],
  ];
  return (
    <nav class="nav" aria-label={t.nav.label}>
      {places.map(([place, path, shown]) =>
        shown ? (
          <a href={path} aria-current={current === place ? 'page' : undefined}>
            {t.nav[place]}
            {place === 'reports' && toReview > 0 ? <ReviewBadge t={t} count={toReview} /> : null}
          </a>
        ) : null,
      )}
    </nav>
  );
}

function ReviewBadge({ t, count }: { readonly t: Strings; readonly count: number }) {
  const more = count > MOST_COUNTED;
  const shown = Math.min(count, MOST_COUNTED);
  const words = t.nav.toReview(shown, more);
  return (
    <span class="count-badge" title={words}>
      <span aria-hidden="true">{more ? `${shown}+` : shown}</span>
      <span class="visually-hidden">({words})</span>
    </span>
  );
}

/** Each language by its own name, with the way back to this page. */
export function Languages({ t, path }: { readonly t: Strings; readonly path: string }) {
  return (
    <footer class="languages">
      <nav aria-label={t.nav.language}>
        {Object.entries(LANGUAGE_NAMES).map(([language, name]) => (
          <a
            href={`/language/${language}?next=${encodeURIComponent(path)}`}
            lang={language}
            hreflang={language}
            rel="nofollow"
            aria-current={language === t.language ? 'true' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
    </footer>
  );
}

/** What spans accounts is for those who see all of them. */
function mayManage(caller: Caller | null, permission: Permission): boolean {
  return caller !== null && caller.accounts === null && caller.permissions.has(permission);
}

function SignOut({ t, name, csrf }: { readonly t: Strings; readonly name: string; readonly csrf: string }) {
  return (
    <>
      <span class="name">
        <span class="visually-hidden">{t.nav.signedInAs} </span>
        {name}
      </span>
      <form method="post" action="/sign-out">
        <input type="hidden" name="csrf" value={csrf} />
        <button class="button quiet" type="submit">
          {t.nav.signOut}
        </button>
      </form>
    </>
  );
}
