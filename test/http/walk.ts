/**
 * Every route that there is, called as somebody would who knows the names of what he may not see. The
 * mail of account `payroll` says HIDDEN wherever mail can say something; a route that shows it to
 * whoever is restricted to `erp` leaks.
 *
 * A new route is walked by itself. Where it needs more than names of the usual parameters, it gets a
 * line in QUERIES or BODIES; where it shows nothing of one message, one in SHOWS_NOTHING.
 */
import type { MessageId, ReportId } from '../../src/domain/ids.ts';
import { beginRun } from '../../src/domain/run.ts';
import { attachedStatement } from '../../src/evidence/index.ts';
import { fakeSignalDesk } from './fake-signal-desk.ts';
import { accept, createRoom, endAttempt, type Room, report, reported } from './harness.ts';

/** Stands in everything that the hidden mail says, and in nothing that a request asks with. */
export const HIDDEN = 'hidden-7f3a';

export interface Scene {
  readonly room: Room;
  readonly message: MessageId;
  readonly reportId: ReportId;
  /** A message of the account that may be seen. */
  readonly own: MessageId;
}

const CONTENT = [
  `Subject: ${HIDDEN}`,
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=x',
  '',
  '--x',
  'Content-Type: text/html',
  '',
  `<p>${HIDDEN}</p>`,
  '--x',
  `Content-Type: text/plain; name="${HIDDEN}.txt"`,
  'Content-Disposition: attachment',
  '',
  HIDDEN,
  '--x--',
  '',
].join('\r\n');

export async function scene(): Promise<Scene> {
  const signalDesk = fakeSignalDesk(Date.now);
  const room = createRoom({ limits: { heartbeat: 5, wait: 20 }, signalDesk });
  const own = await accept(room, { account: 'erp' });
  const message = await accept(room, {
    account: 'payroll',
    sender: 'asked-sender@payroll.example',
    to: ['asked@payroll.example', 'failed@payroll.example'],
    subject: `Payslip ${HIDDEN}`,
    messageId: 'asked@erp.example',
    references: {
      document: 'ASKED-1',
      contact: 'ASKED-C',
      template: `template-${HIDDEN}`,
      documentType: `type-${HIDDEN}`,
      administration: `administration-${HIDDEN}`,
      tags: { [HIDDEN]: HIDDEN },
    },
    content: CONTENT,
  });
  await endAttempt(room, message, 1, { outcome: 'failed', text: `550 no such user ${HIDDEN}`, category: 'mailbox-unknown' });
  const reportId = await report(room, {
    subject: `Undelivered ${HIDDEN}`,
    recipients: [reported({ address: 'failed@payroll.example', diagnostic: `550 ${HIDDEN}` })],
    matched: { message, index: 1, rank: 1 },
    matches: [{ message, index: 1, rank: 1 }],
    trouble: null,
    raw: `Subject: ${HIDDEN}\r\n\r\n${HIDDEN}\r\n`,
    items: [],
  });
  const known = { account: 'payroll', pattern: `payslip ${HIDDEN}`, example: message, firstAt: 0, lastAt: 0, messages: 5 };
  await room.store.streams.put('asked-stream', { ...known, name: null, named: null });
  const kept = (await room.store.record(message))?.message;
  if (kept !== undefined) signalDesk.seenRuns.set(message, { ...beginRun(kept), id: message });
  return { room, message, reportId, own };
}

export interface Operation {
  readonly method: string;
  /** As declared, parameters in braces. */
  readonly path: string;
  readonly permission: string | undefined;
}

/** Every declared operation of the API, from the document itself. */
export async function operations(room: Room): Promise<Operation[]> {
  const document = (await (await room.app.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { 'x-permission'?: string }>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: path.replace('/api/v1', ''),
      permission: operation['x-permission'],
    })),
  );
}

export const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>): string => `${method} ${path}`;

/** Reading routes in which no single message has a part; the consumers' positions and the like. */
export const SHOWS_NOTHING = new Set([
  'GET /me',
  'GET /consumers',
  'GET /consumers/{name}',
  // Hashes and times.
  'GET /evidence/key',
  'GET /evidence/seals',
  // The rules of the configuration.
  'GET /references',
  // Counts and causes of all accounts together.
  'GET /open-signals',
  'GET /open-signals/{id}',
  // Needs a report that is tied to nothing, which belongs to no account.
  'GET /reports/{id}/candidates',
]);

/** Query parameters that a route needs to show something, or that ask for what is hidden. */
const QUERIES: Readonly<Record<string, string>> = {
  'GET /messages': '?account=payroll&document=ASKED-1',
  'GET /statistics': '?from=2026-01-01&to=2026-03-01&by=day&group=template',
  'GET /changes/stream': '?after=0',
  'POST /messages/delete': '',
};

const SELECTION = { filter: { account: 'payroll' } };

/** Bodies that ask for what is hidden; `{}` for all others. */
function bodyOf(operation: Operation, { message }: Scene): unknown {
  switch (nameOf(operation)) {
    case 'POST /messages/delete':
      return { ...SELECTION, force: true };
    case 'POST /messages/retry':
    case 'POST /messages/hold':
    case 'POST /messages/release':
    case 'POST /messages/cancel':
      return SELECTION;
    case 'POST /messages/resend':
      return { ids: [message], recipients: ['failed@payroll.example'] };
    case 'POST /messages/{id}/resend':
      return { replace: { 'failed@payroll.example': 'eve@evil.example' } };
    case 'POST /messages':
      return { account: 'payroll', from: 'asked-sender@payroll.example', to: 'eve@evil.example', subject: 'x', text: 'x' };
    case 'POST /contacts/{address}/correct':
      return { to: 'eve@evil.example', messages: [message], pending: true };
    case 'POST /references/apply':
      return SELECTION;
    case 'PUT /streams/{stream}':
      return { name: 'evil' };
    case 'POST /reports/{id}/link':
      return { message, recipient: 0 };
    default:
      return {};
  }
}

/** The path with the hidden mail's names in it. */
export function pathOf({ path }: Pick<Operation, 'path'>, { message, reportId }: Scene): string {
  const values: Readonly<Record<string, string>> = {
    id: path.startsWith('/reports/') ? reportId : message,
    document: 'ASKED-1',
    contact: 'ASKED-C',
    address: path.startsWith('/suppressions') ? 'asked@payroll.example' : 'failed@payroll.example',
    nextHop: 'smtp.provider.example:587',
    n: '1',
    stream: 'asked-stream',
  };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'asked'));
}

/** One call. */
export async function callOf(
  operation: Operation,
  there: Scene,
  token: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const { method } = operation;
  const name = nameOf(operation);
  const stop = new AbortController();
  const answer = await there.room.call(`/api/v1${pathOf(operation, there)}${QUERIES[name] ?? ''}`, {
    method,
    token,
    signal: stop.signal,
    ...(method === 'GET' || name === 'POST /reports' ? {} : { body: JSON.stringify(bodyOf(operation, there)) }),
  });
  const text = await textOf(answer);
  stop.abort();
  return { status: answer.status, text };
}

/** What an answer says; of a stream what comes before its first sign of life, which is all that there is. */
export async function textOf(answer: Response): Promise<string> {
  if (answer.headers.get('content-type') === 'application/pdf')
    return (await attachedStatement(Buffer.from(await answer.arrayBuffer()))) ?? '';
  if (answer.headers.get('content-type')?.startsWith('text/event-stream') !== true) return answer.text();
  const reader = answer.body?.getReader();
  let text = '';
  while (reader !== undefined && !/^:/m.test(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += Buffer.from(value).toString();
  }
  await reader?.cancel().catch(() => {});
  return text;
}

/** What is kept of the hidden mail; unchanged whatever somebody does who may not see it. */
export async function stateOf({ room, message, reportId }: Scene): Promise<string> {
  const detail = await room.store.message(message);
  const content = await room.store.content(message);
  const kept = await room.store.report(reportId);
  return JSON.stringify([
    detail,
    content.bytes?.toString(),
    kept?.report,
    await room.store.suppressions.list(),
    await room.store.streams.list(),
  ]);
}
