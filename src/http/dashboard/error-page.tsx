/** An error, said to a person. */
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { PERMISSIONS } from '../../domain/ports.ts';
import type { AppContext } from '../environment.ts';
import type { Problem } from '../problem.ts';
import { Brand, Document } from './layout.tsx';
import { sendPage } from './respond.ts';
import { type Strings, stringsFor } from './strings.ts';
import { themeOf } from './theme.ts';

export function errorPage(c: AppContext, problem: Problem): Response | Promise<Response> {
  const t = stringsFor(c);
  const title = problem.status === 404 ? t.errors.notFound : problem.status === 403 ? t.errors.forbidden : t.errors.failed;
  for (const [name, value] of Object.entries(problem.headers)) c.header(name, value);
  return sendPage(
    c,
    <Document t={t} title={title} theme={themeOf(c)}>
      <main class="gate">
        <div class="card gate-card">
          <Brand t={t} />
          <h1>{title}</h1>
          <p class="muted">{leadOf(t, problem)}</p>
          <p class="hint">
            <a href="/messages">{t.errors.home}</a>
          </p>
        </div>
      </main>
    </Document>,
    problem.status as ContentfulStatusCode,
  );
}

/** What is said most often, in the reader's language; the rest as the API says it. */
function leadOf(t: Strings, { status, code, members, message }: Problem): string {
  if (status === 404) return t.errors.notFoundLead;
  const permission = PERMISSIONS.find((one) => code === 'permission-missing' && one === members['permission']);
  return permission === undefined ? message : t.errors.forbiddenLead(t.settings.permissions[permission]);
}
