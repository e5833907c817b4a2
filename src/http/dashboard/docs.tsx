/** The API in a form to be read: drawn from the OpenAPI document, so that it cannot differ from it. */
import type { OpenApiDocument } from '../api/openapi.ts';
import type { Strings } from './strings.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly $ref?: string;
}

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>;
  readonly 'x-permission'?: string;
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function entriesByTag(document: OpenApiDocument): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of ['get', 'post', 'put', 'delete'] as const) {
      const operation = (item as Readonly<Record<string, Operation | undefined>>)[method];
      if (operation === undefined) continue;
      const tag = operation.tags?.[0] ?? 'Other';
      groups.set(tag, [...(groups.get(tag) ?? []), { method, path, operation }]);
    }
  }
  return groups;
}

export function ApiReference({ t, document }: { readonly t: Strings; readonly document: OpenApiDocument }) {
  const groups = entriesByTag(document);
  return (
    <div class="docs">
      <nav aria-label={t.frame.places.api}>
        <ul>
          {[...groups.keys()].map((tag) => (
            <li>
              <a href={`#${tag}`}>{tag}</a>
            </li>
          ))}
        </ul>
      </nav>
      <div>
        <h1>{`${document.info.title} API`}</h1>
        <p class="lead">
          <Prose text={document.info.description ?? ''} /> <a href="/openapi.json">OpenAPI 3.1</a>
        </p>
        {[...groups].map(([tag, entries]) => (
          <section id={tag}>
            <h2>{tag}</h2>
            {entries.map((entry) => (
              <OperationCard entry={entry} />
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}

function typeText(schema: Schema | undefined): string {
  if (schema === undefined) return '';
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : String(schema.type ?? '');
  const values = (schema.enum ?? schema.items?.enum)?.map(String).join(', ');
  return [type, values, schema.default === undefined ? undefined : `default ${String(schema.default)}`]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
}

function OperationCard({ entry: { method, path, operation } }: { readonly entry: Entry }) {
  const body = operation.requestBody?.content?.['application/json']?.schema;
  return (
    <article class="card operation">
      <h3 class="path">
        <span class={`verb ${method}`}>{method.toUpperCase()}</span>
        {path}
      </h3>
      <p>
        <Prose text={operation.summary ?? ''} />
      </p>
      {operation.description === undefined ? null : (
        <p class="muted">
          <Prose text={operation.description} />
        </p>
      )}
      {operation['x-permission'] === undefined ? null : (
        <p class="muted">
          Needs <code>{operation['x-permission']}</code>
        </p>
      )}
      <Rows
        title="Parameters"
        rows={(operation.parameters ?? []).map(({ name, schema, description }) => [
          name,
          typeText(schema),
          description ?? schema?.description ?? '',
        ])}
      />
      <Rows
        title="Body"
        rows={Object.entries(body?.properties ?? {}).map(([name, schema]) => [name, typeText(schema), schema.description ?? ''])}
      />
      <Rows
        title="Answers"
        rows={Object.entries(operation.responses ?? {}).map(([status, answer]) => [status, '', answer.description ?? ''])}
      />
    </article>
  );
}

function Rows({ title, rows }: { readonly title: string; readonly rows: readonly (readonly [string, string, string])[] }) {
  if (rows.length === 0) return null;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col" colspan={2}>
            {title}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, type, description]) => (
          <tr>
            <th scope="row">{name}</th>
            <td>
              {type === '' ? null : <code class="muted">{type}</code>} <Prose text={description} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Text in which back-quotes mark code. */
function Prose({ text }: { readonly text: string }) {
  return <>{text.split('`').map((part, i) => (i % 2 === 0 ? part : <code>{part}</code>))}</>;
}
