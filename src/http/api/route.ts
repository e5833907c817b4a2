/**
 * One declaration a route: what it needs, takes and answers. From it come the permission check, the
 * validation of path, query and body, and the OpenAPI document. Answers are not validated at run
 * time (a page costs the page); the tests hold them to what is declared here.
 */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Permission } from '../../domain/ports.ts';
import { assertPermitted, assertUnrestricted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import { type BodyBudget, type BodyLease, readBytes } from '../body.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import type { HttpLimits } from '../options.ts';
import { type FieldFault, Problem, validationProblem } from '../problem.ts';

export const API_BASE = '/api/v1';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface DeclaredAnswer {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

export interface Declaration<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: Method;
  /** Below the base, parameters in braces. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Null: any caller with a token. */
  readonly permission: Permission | null;
  /** Concerns all accounts: refused to callers restricted to some. */
  readonly spansAccounts?: boolean;
  readonly params?: P;
  readonly query?: Q;
  /** Parameters that may be given several times. */
  readonly repeatable?: readonly string[];
  readonly body?: B;
  /** Takes a message: a body larger than others. */
  readonly upload?: Upload;
  /** Request headers that mean something here, for the document. */
  readonly headers?: z.ZodObject;
  readonly answers: Readonly<Record<number, DeclaredAnswer>>;
}

export interface Upload {
  readonly limits: () => Pick<HttpLimits, 'body' | 'bodySize'>;
  readonly budget: BodyBudget;
  /** Media types that are taken as they come, beside JSON: `body` is undefined then, and `bytes` is what came. */
  readonly media: readonly string[];
  /** Nothing else is taken, JSON neither: 415 (RFC 9110 §15.5.16). */
  readonly exclusive?: true;
}

export interface RouteInput<P, Q, B> {
  readonly c: AppContext;
  readonly caller: Caller;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The body as it came; empty where none is declared. */
  readonly bytes: Buffer;
}

/** The API while its routes are declared. */
export interface Api {
  readonly app: OpenAPIHono<AppEnv>;
  readonly limits: HttpLimits;
  /** Methods by path pattern, to tell 405 from 404. */
  readonly declared: Map<string, Set<Method>>;
}

const NOTHING = z.strictObject({});
type Nothing = typeof NOTHING;

export function route<P extends z.ZodObject = Nothing, Q extends z.ZodObject = Nothing, B extends z.ZodType = z.ZodUndefined>(
  api: Api,
  declaration: Declaration<P, Q, B>,
  answer: (input: RouteInput<z.output<P>, z.output<Q>, z.output<B>>) => Response | Promise<Response>,
): void {
  const pattern = declaration.path.replace(/\{(\w+)\}/g, ':$1');
  const methods = api.declared.get(pattern) ?? new Set<Method>();
  api.declared.set(pattern, methods.add(declaration.method));
  register(api, declaration);
  api.app.on(declaration.method.toUpperCase(), pattern, async (c) => {
    c.set('route', `${API_BASE}${declaration.path}`);
    const caller = c.get('caller');
    if (declaration.permission !== null) assertPermitted(caller, declaration.permission);
    if (declaration.spansAccounts === true) assertUnrestricted(caller);
    const lease = declaration.upload?.budget.lease();
    try {
      return await answer({ c, caller, ...(await inputOf(c, api, declaration, lease)) });
    } finally {
      lease?.release();
    }
  });
}

async function inputOf<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(
  c: AppContext,
  api: Api,
  declaration: Declaration<P, Q, B>,
  lease: BodyLease | undefined,
): Promise<Omit<RouteInput<z.output<P>, z.output<Q>, z.output<B>>, 'c' | 'caller'>> {
  const { upload } = declaration;
  const faults: FieldFault[] = [];
  const params = check(declaration.params ?? NOTHING, c.req.param(), 'path', faults);
  const query = check(declaration.query ?? NOTHING, queryOf(c, declaration.repeatable ?? [], faults), 'query', faults);
  const raw = upload?.media.includes(mediaType(c)) ?? false;
  if (upload?.exclusive === true && !raw) throw unsupported(upload.media);
  const bytes = declaration.body === undefined ? NO_BYTES : await readBytes(c, upload?.limits() ?? api.limits, lease);
  const body = declaration.body === undefined || raw ? undefined : check(declaration.body, parseJson(bytes), 'body', faults);
  if (faults.length > 0) throw validationProblem(faults);
  return { params: params as z.output<P>, query: query as z.output<Q>, body: body as z.output<B>, bytes };
}

function unsupported(media: readonly string[]): Problem {
  return new Problem(415, 'unsupported-media-type', `The Content-Type must be ${media.join(' or ')}`, {
    headers: { 'accept-post': media.join(', '), connection: 'close' },
  });
}

const NO_BYTES = Buffer.alloc(0);

function mediaType(c: AppContext): string {
  return (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function check(schema: z.ZodType, value: unknown, place: FieldFault['in'], faults: FieldFault[]): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) faults.push({ in: place, path: [...path, key].join('.'), detail: 'unknown parameter' });
    } else {
      faults.push({ in: place, path: path.join('.'), detail: issue.message });
    }
  }
  return undefined;
}

/** Query parameters as text; an array where a parameter may be repeated. */
function queryOf(c: AppContext, repeatable: readonly string[], faults: FieldFault[]): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null);
  for (const [name, given] of Object.entries(c.req.queries())) {
    if (repeatable.includes(name)) values[name] = given;
    else if (given.length === 1) values[name] = given[0] ?? '';
    else faults.push({ in: 'query', path: name, detail: 'given more than once' });
  }
  return values;
}

/** The body as JSON; an empty one stands for `{}`. */
function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  if (text.trim() === '') return {};
  try {
    return (mayHoldProto(bytes) ? JSON.parse(text, refuseProto) : JSON.parse(text)) as unknown;
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(400, 'invalid-json', 'The body is not JSON');
  }
}

/** Also with an escaped underscore. Looking at every name of every body would cost more than reading it. */
function mayHoldProto(bytes: Buffer): boolean {
  return bytes.includes('__proto__') || bytes.includes('\\u005f') || bytes.includes('\\u005F');
}

/** A name that no object of ours may have: with it, copies of the object would change their prototype. */
function refuseProto(key: string, value: unknown): unknown {
  if (key !== '__proto__') return value;
  throw validationProblem([{ in: 'body', path: '__proto__', detail: 'unknown parameter' }]);
}

const PROBLEM = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string().openapi({ description: 'Stable; meant for programs.' }),
    detail: z.string(),
    errors: z.array(z.object({ in: z.string(), path: z.string(), detail: z.string() })).optional(),
  })
  .openapi('Problem');

const problem = (description: string): object => ({ description, content: { 'application/problem+json': { schema: PROBLEM } } });

function register(api: Api, declaration: Declaration<z.ZodObject, z.ZodObject, z.ZodType>): void {
  const { params, query, body, headers, upload, permission } = declaration;
  const media = Object.fromEntries((upload?.media ?? []).map((type) => [type, { schema: z.string().openapi({ format: 'binary' }) }]));
  api.app.openAPIRegistry.registerPath({
    method: declaration.method,
    path: `${API_BASE}${declaration.path}`,
    tags: [declaration.tag],
    summary: declaration.summary,
    ...(declaration.description === undefined ? {} : { description: declaration.description }),
    security: [{ token: [] }],
    ...(permission === null ? {} : { 'x-permission': permission }),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined
        ? {}
        : { body: { content: { ...(upload?.exclusive === true ? {} : { 'application/json': { schema: body } }), ...media } } }),
    },
    responses: responsesOf(declaration),
  });
}

/** The declared answers, and the problems that every route of its kind can answer. */
function responsesOf({
  params,
  query,
  body,
  permission,
  answers,
}: Declaration<z.ZodObject, z.ZodObject, z.ZodType>): Record<string, object> {
  const responses: Record<string, object> = { 401: problem('No token, or one that is unknown, revoked or expired') };
  if ((params ?? query ?? body) !== undefined) responses['400'] = problem('Something in the request is not valid: all faults are listed');
  if (permission !== null) responses['403'] = problem(`The permission ${permission} is missing`);
  if (params !== undefined) responses['404'] = problem('There is none of that name, or the caller may not see it');
  for (const [status, answer] of Object.entries(answers))
    responses[status] = Number(status) >= 400 ? problem(answer.description) : success(answer);
  return responses;
}

function success({ description, schema, contentType }: DeclaredAnswer): object {
  if (schema === undefined && contentType === undefined) return { description };
  return { description, content: { [contentType ?? 'application/json']: { schema: schema ?? z.string() } } };
}
