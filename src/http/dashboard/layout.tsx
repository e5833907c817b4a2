/** The frame around every page of the dashboard. */
import type { Child } from 'hono/jsx';
import type { Permission } from '../../domain/ports.ts';
import type { Caller } from '../auth/caller.ts';
import { dashboardAssets } from './assets/index.ts';
import type { Strings } from './strings.ts';

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

export interface PageProps extends DocumentProps {
  readonly current: 'messages' | 'queue' | 'suppressions' | 'api' | null;
  /** Null on pages that need no sign-in. */
  readonly caller: Caller | null;
  readonly sandbox: boolean;
}

export function Page({ t, title, current, caller, sandbox, children }: PageProps) {
  return (
    <Document t={t} title={title}>
      <a class="skip" href="#content">
        {t.skip}
      </a>
      <header class="bar">
        <div class="bar-inner">
          <Brand t={t} />
          <nav class="nav" aria-label={t.nav.label}>
            <a href="/" aria-current={current === 'messages' ? 'page' : undefined}>
              {t.nav.messages}
            </a>
            {mayManage(caller, 'queue:manage') ? (
              <a href="/queue" aria-current={current === 'queue' ? 'page' : undefined}>
                {t.nav.queue}
              </a>
            ) : null}
            {mayManage(caller, 'suppressions:manage') ? (
              <a href="/suppressions" aria-current={current === 'suppressions' ? 'page' : undefined}>
                {t.nav.suppressions}
              </a>
            ) : null}
            <a href="/docs" aria-current={current === 'api' ? 'page' : undefined}>
              {t.nav.api}
            </a>
          </nav>
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
    </Document>
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
