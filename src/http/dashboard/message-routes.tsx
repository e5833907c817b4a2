/** The page of a message, the parts of it that are renewed, and what its forms do. */
import type { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Address, normalizeAddress, toAddress } from '../../domain/address.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import { type Shared, type VisibleRecord, visibleRecord } from '../api/context.ts';
import { eraseOne } from '../api/erase.ts';
import { asMessageId } from '../api/fields.ts';
import { ACTIONS, act } from '../api/message-actions.ts';
import { outlineFor, sourceFor } from '../api/message-parts.ts';
import { resendOne } from '../api/resend.ts';
import { assertPermitted } from '../auth/access.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { asProblem, type FieldFault, notFound, Problem } from '../problem.ts';
import { onceOnly } from '../sending/idempotency.ts';
import { submissionClient } from '../sending/submit.ts';
import { Page } from './layout.tsx';
import { MessageBody, MessagePage, type MessageProps } from './message.tsx';
import { asContentTab, Content, type Shown, SOURCE_LIMIT } from './message-content.tsx';
import type { ActionFault } from './message-toolbar.tsx';
import { frameOf, pageCaller, submitted } from './page.ts';
import type { ResendAccess, ResendFault } from './resend-form.tsx';
import { sendPage, sendPart, wantsPart } from './respond.ts';
import { stringsFor } from './strings.ts';
import type { RelatedMessage } from './timeline.ts';

export function messageRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/messages/:id', async (c) => {
    c.set('route', '/messages/{id}');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const id = c.req.param('id');
    return wantsPart(c) ? messagePart(c, shared, caller, id) : messagePage(c, shared, { caller, id });
  });
  for (const action of ACTIONS) {
    app.post(`/messages/:id/${action}`, async (c) => {
      c.set('route', `/messages/{id}/${action}`);
      const sent = await submitted(c, shared);
      if (sent instanceof Response) return sent;
      const { caller, form } = sent;
      assertPermitted(caller, 'queue:manage');
      const record = await visibleRecord(shared, caller, c.req.param('id'));
      const { id } = record.message;
      try {
        await act(shared, { caller, record, action, recipients: namedIn(form, record) });
        return c.redirect(`/messages/${id}`, 303);
      } catch (error) {
        const problem = asProblem(error);
        if (problem?.code !== 'not-applicable' || !caller.permissions.has('messages:read')) throw error;
        const words = stringsFor(c).messagePage.tooLate;
        return messagePage(c, shared, { caller, id, action: { action: 'act', words }, status: 409 });
      }
    });
  }
  resendRoute(app, shared);
  deleteRoute(app, shared);
}

/** Those that the form names by their index; undefined: it names none, and all are meant. */
function namedIn(form: URLSearchParams, { recipients }: VisibleRecord): readonly string[] | undefined {
  const named = form.getAll('index');
  // An index that is none is no address either, and refused as such.
  return named.length === 0 ? undefined : named.map((index) => recipients[Number(index)]?.address ?? index);
}

function resendRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.post('/messages/:id/resend', async (c) => {
    c.set('route', '/messages/{id}/resend');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertPermitted(caller, 'messages:resend');
    try {
      const message = await resendByForm(c, shared, caller, form);
      return c.redirect(`/messages/${message}`, 303);
    } catch (error) {
      const problem = asProblem(error);
      if (problem === undefined || problem.status === 404 || !caller.permissions.has('messages:read')) throw error;
      return messagePage(c, shared, { caller, id: c.req.param('id'), resend: { problem, form }, status: problem.status });
    }
  });
}

function deleteRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.post('/messages/:id/delete', async (c) => {
    c.set('route', '/messages/{id}/delete');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertPermitted(caller, 'messages:delete');
    const { message, recipients } = await visibleRecord(shared, caller, c.req.param('id'));
    try {
      await eraseOne(shared, caller, message, form.get('force') === 'on');
      return c.redirect('/messages', 303);
    } catch (error) {
      const problem = asProblem(error);
      if ((problem?.code !== 'pending' && problem?.code !== 'legal-hold') || !caller.permissions.has('messages:read')) throw error;
      const { remove } = stringsFor(c).messagePage;
      const pending = recipients.filter(({ state }) => isPending(state)).length;
      const words = problem.code === 'pending' ? remove.refused(pending) : remove.legalHold;
      return messagePage(c, shared, { caller, id: message.id, action: { action: 'delete', words }, status: 409 });
    }
  });
}

interface MessageRequest {
  readonly caller: Caller;
  readonly id: string;
  readonly resend?: ResendFault;
  readonly action?: ActionFault;
  readonly status?: number;
}

async function messagePage(c: AppContext, shared: Shared, request: MessageRequest): Promise<Response> {
  const { caller, status = 200 } = request;
  const detail = await visibleDetail(shared, caller, request.id);
  const [frame, props, shown] = await Promise.all([
    frameOf(c, shared, caller),
    propsFor(c, shared, caller, detail, request),
    shownFor(c, shared, caller, detail),
  ]);
  return sendPage(
    c,
    <Page frame={frame} title={detail.message.headers.subject ?? frame.t.register.noSubject} current="messages" scripts={['live']}>
      <MessagePage {...props} shown={shown} />
    </Page>,
    status as ContentfulStatusCode,
  );
}

/** What a script asks for: what one tab shows, or what the feed renews. */
async function messagePart(c: AppContext, shared: Shared, caller: Caller, id: string): Promise<Response> {
  const detail = await visibleDetail(shared, caller, id);
  const props = await propsFor(c, shared, caller, detail, {});
  if (c.req.query('show') === undefined) return sendPart(c, shared, String(<MessageBody {...props} shown={null} />));
  const shown = await shownFor(c, shared, caller, detail);
  if (shown === null) throw notFound('There is no content to be shown');
  return sendPart(c, shared, String(<Content view={props.view} id={detail.message.id} shown={shown} />));
}

async function visibleDetail({ options }: Shared, caller: Caller, text: string): Promise<MessageDetail> {
  const id = asMessageId(text);
  const detail = id === undefined ? undefined : await options.store.message(id);
  if (detail === undefined || !maySee(caller, detail.message.account)) throw notFound('There is no such message');
  return detail;
}

async function propsFor(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  detail: MessageDetail,
  { resend, action }: Pick<MessageRequest, 'resend' | 'action'>,
): Promise<Omit<MessageProps, 'shown'>> {
  const { options } = shared;
  const { permissions, session } = caller;
  return {
    view: { t: stringsFor(c), now: options.now() },
    detail,
    csrf: session?.csrf ?? null,
    may: {
      manage: permissions.has('queue:manage'),
      content: permissions.has('messages:content'),
      erase: permissions.has('messages:delete'),
    },
    resend: permissions.has('messages:resend') ? resendAccess(caller, detail, resend ?? null) : null,
    links: options.references(),
    later: await laterOf(shared, caller, detail),
    fault: action ?? null,
  };
}

function resendAccess({ session }: Caller, detail: MessageDetail, fault: ResendFault | null): ResendAccess | null {
  if (session === null || detail.contentErased) return null;
  return { csrf: session.csrf, formKey: String(detail.supersededBy.length), fault };
}

/** Those that are looked at: of more, their ids say enough. */
const LATER = 10;

async function laterOf({ options }: Shared, caller: Caller, { supersededBy }: MessageDetail): Promise<readonly RelatedMessage[]> {
  const records = await Promise.all(supersededBy.slice(-LATER).map((id) => options.store.record(id)));
  return records.filter((record) => record !== undefined && maySee(caller, record.message.account)) as RelatedMessage[];
}

/** Null: the caller may not see content, or there is none any more. */
async function shownFor(c: AppContext, shared: Shared, caller: Caller, detail: MessageDetail): Promise<Shown | null> {
  if (!caller.permissions.has('messages:content') || detail.contentErased) return null;
  const tab = asContentTab(c.req.query('show'));
  if (tab === undefined || c.req.method !== 'GET') return { tab: 'closed' };
  const { id } = detail.message;
  try {
    if (tab === 'source') return { tab, source: await sourceFor(shared, caller, id, SOURCE_LIMIT) };
    if (tab !== 'preview') return { tab, outline: await outlineFor(shared, caller, id, tab) };
    return { tab };
  } catch (error) {
    if (asProblem(error)?.code === 'content-corrupt') return { tab: 'unreadable' };
    throw error;
  }
}

/** The chosen recipients by `index`, their addresses by `address.N`. Gives the id of the new message. */
async function resendByForm(c: AppContext, shared: Shared, caller: Caller, form: URLSearchParams): Promise<string> {
  const { resend } = stringsFor(c);
  const record = await visibleRecord(shared, caller, c.req.param('id') ?? '');
  const recipients = new Set<string>();
  const corrections = new Map<string, Address>();
  const faults: FieldFault[] = [];
  for (const index of form.getAll('index')) {
    const recipient = record.recipients[Number(index)];
    if (recipient === undefined) continue;
    const name = normalizeAddress(recipient.address);
    const given = (form.get(`address.${index}`) ?? recipient.address).trim();
    const address = toAddress(given);
    if (address === undefined) {
      faults.push({ in: 'body', path: `address.${index}`, detail: resend.noAddress(given.slice(0, 100)) });
      continue;
    }
    recipients.add(name);
    if (address !== recipient.address) corrections.set(name, address);
  }
  if (faults.length > 0) throw new Problem(400, 'invalid-request', faults[0]?.detail ?? '', { members: { errors: faults } });
  if (recipients.size === 0) throw new Problem(400, 'invalid-request', resend.nobody);
  const { message } = await resendOne(shared, {
    caller,
    client: submissionClient(c, caller),
    record,
    corrections,
    recipients,
    rewriteTo: form.get('rewriteTo') === 'on',
    // Sent twice, by a double click or by going back: done once. Who changes something means another one.
    repeatable: onceOnly(JSON.stringify([caller.kind, caller.name, record.message.id, form.toString()]), shared.options.now()),
  });
  return message.id;
}
