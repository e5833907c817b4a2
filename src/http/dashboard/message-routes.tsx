/** The page of a message, and what its forms do: retry, hold, release, cancel, and sending it again. */
import type { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Address, normalizeAddress, toAddress } from '../../domain/address.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import { type Shared, visibleRecord } from '../api/context.ts';
import { asMessageId } from '../api/fields.ts';
import { ACTIONS, act } from '../api/message-actions.ts';
import { resendOne } from '../api/resend.ts';
import { assertPermitted } from '../auth/access.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { asProblem, notFound, Problem } from '../problem.ts';
import { onceOnly } from '../sending/idempotency.ts';
import { submissionClient } from '../sending/submit.ts';
import { Page } from './layout.tsx';
import { MessagePage } from './message.tsx';
import { frameOf, pageCaller, submitted } from './page.ts';
import type { ResendFault } from './resend-form.tsx';
import { sendPage } from './respond.ts';
import { stringsFor } from './strings.ts';

export function messageRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/messages/:id', async (c) => {
    c.set('route', '/messages/{id}');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    return messagePage(c, shared, { caller, id: c.req.param('id'), fault: null });
  });
  for (const action of ACTIONS) {
    app.post(`/messages/:id/${action}`, async (c) => {
      c.set('route', `/messages/{id}/${action}`);
      const sent = await submitted(c, shared);
      if (sent instanceof Response) return sent;
      assertPermitted(sent.caller, 'queue:manage');
      const record = await visibleRecord(shared, sent.caller, c.req.param('id'));
      await act(shared, { caller: sent.caller, record, action, recipients: undefined });
      return c.redirect(`/messages/${record.message.id}`, 303);
    });
  }
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
      return messagePage(c, shared, { caller, id: c.req.param('id'), fault: { problem, form } });
    }
  });
}

async function messagePage(
  c: AppContext,
  shared: Shared,
  request: { readonly caller: Caller; readonly id: string; readonly fault: ResendFault | null },
): Promise<Response> {
  const { options } = shared;
  const { caller, fault } = request;
  const id = asMessageId(request.id);
  const detail = id === undefined ? undefined : await options.store.message(id);
  if (detail === undefined || !maySee(caller, detail.message.account)) throw notFound('There is no such message');
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <Page frame={frame} title={detail.message.headers.subject ?? frame.t.register.noSubject} current="messages">
      <MessagePage
        view={{ t: frame.t, now: options.now() }}
        detail={detail}
        actions={caller.permissions.has('queue:manage') ? csrfOf(caller) : null}
        resend={caller.permissions.has('messages:resend') ? resendForm(caller, detail, options.randomBytes, fault) : null}
        mayDownload={caller.permissions.has('messages:content')}
        live={caller.permissions.has('changes:read')}
      />
    </Page>,
    (fault?.problem.status ?? 200) as ContentfulStatusCode,
  );
}

function csrfOf(caller: Caller): { readonly csrf: string } | null {
  return caller.session === null ? null : { csrf: caller.session.csrf };
}

function resendForm(caller: Caller, detail: MessageDetail, randomBytes: (length: number) => Uint8Array, fault: ResendFault | null) {
  const session = csrfOf(caller);
  if (session === null || detail.contentErased) return null;
  // Sent twice, by a double click or by going back: done once.
  return { ...session, formKey: Buffer.from(randomBytes(16)).toString('base64url'), fault };
}

/** The chosen recipients by `index`, their addresses by `address.N`. Gives the id of the new message. */
async function resendByForm(c: AppContext, shared: Shared, caller: Caller, form: URLSearchParams): Promise<string> {
  const { resend } = stringsFor(c);
  const record = await visibleRecord(shared, caller, c.req.param('id') ?? '');
  const recipients = new Set<string>();
  const corrections = new Map<string, Address>();
  for (const index of form.getAll('index')) {
    const recipient = record.recipients[Number(index)];
    if (recipient === undefined) continue;
    const name = normalizeAddress(recipient.address);
    const given = (form.get(`address.${index}`) ?? recipient.address).trim();
    const address = toAddress(given);
    if (address === undefined) throw new Problem(400, 'invalid-request', resend.noAddress(given.slice(0, 100)));
    recipients.add(name);
    if (address !== recipient.address) corrections.set(name, address);
  }
  if (recipients.size === 0) throw new Problem(400, 'invalid-request', resend.nobody);
  const { message } = await resendOne(shared, {
    caller,
    client: submissionClient(c, caller),
    record,
    corrections,
    recipients,
    rewriteTo: form.get('rewriteTo') === 'on',
    // Who goes back and changes something means another one.
    repeatable: onceOnly(JSON.stringify([caller.kind, caller.name, record.message.id, form.toString()]), shared.options.now()),
  });
  return message.id;
}
