/** Browsers that are signed in: which, since when, from where, and a button that signs one out. */
import type { Session } from '../../auth/sessions.ts';
import { Csrf } from '../form-parts.tsx';
import { RelativeTime, type View } from '../parts.tsx';

export interface SessionListProps {
  readonly view: View;
  readonly sessions: readonly Session[];
  /** The one that the page is looked at with. */
  readonly here: string | null;
  readonly csrf: string;
  /** Where the form goes that ends one. */
  readonly action: string;
}

export function SessionList({ view, sessions, here, csrf, action }: SessionListProps) {
  const { t } = view;
  const words = t.settings.sessions;
  if (sessions.length === 0) return <p class="muted">{words.none}</p>;
  return (
    <ul class="session-list">
      {sessions.map((session) => {
        const device = deviceOf(session.agent) ?? words.unknown;
        return (
          <li>
            <div class="row-main">
              <h3>
                {device} {session.id === here ? <span class="badge state-delivered">{words.here}</span> : null}
              </h3>
              <p class="facts">
                <span>
                  {words.opened} <RelativeTime view={view} at={session.createdAt} />, {words.via[session.via]}
                </span>
                <span>
                  {words.seen} <RelativeTime view={view} at={session.lastSeenAt} />
                </span>
                {session.address === null ? null : <span class="mono">{session.address}</span>}
              </p>
            </div>
            {session.id === here ? null : (
              <form method="post" action={action}>
                <Csrf token={csrf} />
                <input type="hidden" name="id" value={session.id} />
                <button class="button small" type="submit">
                  {words.end}
                  <span class="visually-hidden"> {device}</span>
                </button>
              </form>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** `Firefox, Linux` of what a browser calls itself; the text itself where that says neither; null for none. */
export function deviceOf(agent: string | null): string | null {
  if (agent === null) return null;
  const named = [BROWSERS, SYSTEMS].flatMap((table) => table.find(([pattern]) => pattern.test(agent))?.[1] ?? []);
  return named.length === 0 ? agent.slice(0, 60) : named.join(', ');
}
