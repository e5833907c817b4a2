/** What the API answers, for the OpenAPI document and for the tests that hold the answers to it. */
import { z } from '@hono/zod-openapi';
import { AUDIT_ACTIONS, AUDIT_SUBJECTS } from '../../domain/audit.ts';
import { EVENT_TYPES } from '../../domain/events.ts';
import { MESSAGE_STATES } from '../../domain/message.ts';
import { OUTCOME_GROUPS } from '../../domain/outcome-counts.ts';
import { PERMISSIONS, type ReportRecord } from '../../domain/ports.ts';
import { RECIPIENT_STATES } from '../../domain/recipient.ts';
import { CATEGORIES, PHASES } from '../../domain/reply.ts';

export const at = z.string().openapi({ format: 'date-time', description: 'RFC 3339, UTC.' });
const nullableText = z.string().nullable();
const category = z.enum(CATEGORIES).nullable();
const recipientState = z.enum(RECIPIENT_STATES);

export const Reply = z
  .strictObject({ code: z.number().int(), status: nullableText.openapi({ example: '5.1.1' }), text: z.string() })
  .openapi('Reply');

const messageFields = {
  id: z.string(),
  acceptedAt: at,
  account: z.string(),
  sender: z.string().openapi({ description: 'The reverse-path; empty for the null one.' }),
  subject: nullableText,
  messageId: nullableText.openapi({ description: 'Without angle brackets.' }),
  size: z.number().int().openapi({ description: 'Octets.' }),
  state: z.enum(MESSAGE_STATES),
  template: nullableText,
  document: nullableText,
  documentType: nullableText.openapi({ description: 'What the document is: `invoice`, or as the ERP calls it.' }),
  contact: nullableText,
  administration: nullableText.openapi({ description: 'The books or company of the ERP that it is from.' }),
  stream: nullableText.openapi({ description: 'Where no template is named: what it shares with mail of the same kind.' }),
  streamName: nullableText.optional().openapi({ description: 'Where people named its stream; in lists of messages and of one.' }),
  tags: z.record(z.string(), z.string()),
  supersedes: nullableText.openapi({ description: 'The message that it was sent again from.' }),
  origin: z.enum(['smtp', 'api', 'resend', 'notification']),
  concerns: nullableText.openapi({ description: 'Of a notification: the message that it tells of.' }),
  releaseAt: at.nullable().openapi({ description: 'Not tried before this time.' }),
  contentErased: z.boolean(),
};

export const MessageSummary = z
  .strictObject({ ...messageFields, recipients: z.array(z.strictObject({ address: z.string(), state: recipientState, category })) })
  .openapi('MessageSummary');

export const Attempt = z
  .strictObject({
    number: z.number().int(),
    at,
    durationMs: z.number().nullable(),
    nextHop: z.string(),
    address: nullableText,
    tls: z
      .strictObject({
        version: z.string(),
        cipher: z.string(),
        verified: z.boolean().describe('the certificate was checked and held'),
        verifiedBy: z
          .enum(['dane', 'mta-sts', 'ca'])
          .nullable()
          .describe('TLSA records, an MTA-STS policy with a certificate, or a certificate alone'),
        peerName: z.string().nullable().describe('name that the certificate had to bear'),
        problem: z.string().nullable().describe('why it was not verified'),
      })
      .nullable(),
    outcome: z
      .enum(['transferred', 'deferred', 'failed', 'unanswered', 'internal'])
      .nullable()
      .openapi({ description: 'Null while it runs.' }),
    reply: Reply.nullable(),
    phase: z.enum(PHASES).nullable(),
    ambiguous: z.boolean().openapi({ description: 'The message may have been taken without our learning of it.' }),
    error: nullableText,
    dsnPassed: z.boolean().nullable().openapi({
      description: 'Of a transfer whose sender gave NOTIFY: whether the next hop took it over. Null: nothing was to be taken over.',
    }),
    remoteId: nullableText.openapi({ description: 'What the next hop named the message in its 250, as its logs and reports do.' }),
  })
  .openapi('Attempt');

const ReportedRecipient = z.strictObject({
  address: nullableText,
  action: nullableText,
  status: nullableText,
  replyCode: z.number().int().nullable(),
  category: z.enum(CATEGORIES),
  addressInvalid: z.boolean(),
  permanent: z.boolean(),
  diagnostic: nullableText,
});

const rank = z.number().int().openapi({
  description: 'What ties it, strongest first: 1 a signed token, 2 the envelope id, 3 the Message-ID, 4 recipient, time and subject.',
});

const ReportMatch = z
  .strictObject({
    message: z.string(),
    index: z.number().int().openapi({ description: 'Of the recipient in the message.' }),
    rank,
    linked: z
      .strictObject({ by: nullableText, at })
      .nullable()
      .openapi({ description: 'Who linked it by hand, and when; null: relais found it.' }),
  })
  .openapi('ReportMatch');

export const REPORT_KINDS = ['bounce', 'delayed', 'delivered', 'complaint', 'auto-reply', 'none'] as const satisfies ReportRecord['kind'][];
export const REPORT_WAYS = ['smtp', 'imap', 'api', 'file'] as const satisfies ReportRecord['via'][];

export const Report = z
  .strictObject({
    id: z.string(),
    receivedAt: at,
    via: z.enum(REPORT_WAYS),
    source: nullableText.openapi({ description: 'Client address, mailbox or token that brought it.' }),
    to: nullableText.openapi({ description: 'Envelope recipient it came to, the signature of a token left out.' }),
    kind: z.enum(REPORT_KINDS).openapi({ description: '`none`: it could not be read as a report.' }),
    subject: nullableText,
    originalMessageId: nullableText,
    envelopeId: nullableText,
    reportingMta: nullableText,
    recipients: z.array(ReportedRecipient),
    matched: ReportMatch.nullable().openapi({ description: 'The first of `matches`; null: for the review list.' }),
    matches: z.array(ReportMatch).openapi({ description: 'All recipients that it is tied to.' }),
    trouble: nullableText.openapi({ description: 'Why it was not believed or not understood; null when all is well.' }),
    size: z.number().int(),
    sha256: z.string(),
  })
  .openapi('Report');

const recipientFields = {
  index: z.number().int(),
  address: z.string(),
  state: recipientState,
  category,
  stateSince: at,
  confidence: z.enum([
    'recorded',
    'accepted-by-provider',
    'accepted-by-recipient-server',
    'confirmed',
    'quiet-period-passed',
    'contradicted',
  ]),
  nextAttemptAt: at.nullable(),
  expiresAt: at,
  delayedAt: at.nullable().openapi({ description: 'Transferred, and a report says that a server further on is still trying.' }),
  failure: z
    .strictObject({
      source: z.enum(['attempt', 'report']),
      category: z.enum(CATEGORIES),
      status: nullableText,
      reply: Reply.nullable(),
      addressInvalid: z.boolean(),
    })
    .nullable(),
};

export const Event = z
  .strictObject({
    seq: z.number().int(),
    at,
    type: z.enum(EVENT_TYPES),
    message: z.string().optional(),
    recipient: z.string().optional(),
    index: z.number().int().optional(),
    state: recipientState.optional(),
    previous: recipientState.optional(),
    category: z.enum(CATEGORIES).optional(),
    status: nullableText.optional(),
    reply: Reply.nullable().optional(),
    addressInvalid: z.boolean().optional(),
    source: z.enum(['attempt', 'report']).optional(),
    nextAttemptAt: at.optional(),
    nextHop: z.string().optional(),
    mailbox: z.string().optional(),
    directory: z.string().optional().openapi({ description: 'Of backups.' }),
    attempt: z.number().int().optional(),
    ambiguous: z.boolean().optional(),
    dsnPassed: z.boolean().optional(),
    origin: z.enum(['api', 'resend', 'notification']).optional().openapi({ description: 'How its message came in; absent: by SMTP.' }),
    report: z.string().optional(),
    rank: z.number().int().optional(),
    reason: z.string().optional(),
    supersededBy: z.string().optional(),
    sha256: z.string().optional().openapi({ description: 'Of `message.accepted`: of the content, in hex; `size` its octets.' }),
    size: z.number().int().optional(),
    domains: z.record(z.string(), z.number().int()).optional(),
    account: z.string().optional(),
    was: z
      .strictObject({
        document: nullableText.optional(),
        documentType: nullableText.optional(),
        contact: nullableText.optional(),
        administration: nullableText.optional(),
        template: nullableText.optional(),
        tags: z.record(z.string(), z.string()).optional(),
      })
      .optional()
      .openapi({ description: 'Of `message.referenced`: what changed, as it was before.' }),
    states: z
      .record(z.string(), z.number().int())
      .optional()
      .openapi({ description: 'Of `message.referenced`: how many recipients were in which state.' }),
    document: z.string().optional(),
    documentType: z.string().optional(),
    contact: z.string().optional(),
    administration: z.string().optional(),
    template: z.string().optional(),
    stream: z.string().optional(),
  })
  .openapi('Event');

const notify = z.union([z.literal('never'), z.array(z.enum(['success', 'failure', 'delay']))]).nullable();

export const Message = z
  .strictObject({
    ...messageFields,
    class: nullableText,
    from: nullableText,
    date: nullableText,
    sha256: z.string(),
    supersededBy: z.array(z.string()).openapi({ description: 'The messages that it was sent again as.' }),
    legalHolds: z
      .array(z.strictObject({ name: z.string(), reason: z.string(), by: z.string().nullable(), at }))
      .openapi({ description: 'Legal holds that it lies under: nothing erases it.' }),
    envelopeId: nullableText,
    client: z.strictObject({
      address: z.string(),
      helo: z.string(),
      tls: z.strictObject({ version: z.string(), cipher: z.string() }).nullable(),
      user: nullableText,
    }),
    recipients: z.array(
      z.strictObject({
        ...recipientFields,
        notify,
        originalRecipient: z.strictObject({ type: z.string(), address: z.string() }).nullable(),
        attempts: z.array(Attempt),
        reports: z.array(Report),
      }),
    ),
    events: z.array(Event),
  })
  .openapi('Message');

export const ReportCandidate = z
  .strictObject({
    message: z.string(),
    index: z.number().int(),
    rank: rank.nullable().openapi({ description: 'What speaks for it, as in `matches`; null: only that it went to this recipient.' }),
    address: z.string(),
    state: recipientState,
    subject: nullableText,
    messageId: nullableText,
    acceptedAt: at,
    account: z.string(),
  })
  .openapi('ReportCandidate');

export const SyncStatus = z
  .strictObject({
    running: z.boolean(),
    mailboxes: z.array(
      z.strictObject({
        name: z.string(),
        folder: z.string(),
        state: z.enum(['connected', 'waiting', 'failing', 'stopped']),
        nextRunAt: at.nullable().openapi({ description: 'Null: it waits for the server to say that mail came.' }),
        lastRun: z
          .strictObject({
            startedAt: at,
            endedAt: at,
            taken: z.number().int().openapi({ description: 'Reports that were taken in.' }),
            repeated: z.number().int().openapi({ description: 'Of them, those that came before: they changed nothing.' }),
            unmatched: z.number().int().openapi({ description: 'Of them, those that fit no message: for the review list.' }),
            left: z.number().int().openapi({ description: 'Mail that is no report, and was left as it is.' }),
            error: nullableText.openapi({ description: 'Why it ended early, or left something undone.' }),
          })
          .nullable(),
      }),
    ),
  })
  .openapi('SyncStatus');

export const LinkResult = z
  .strictObject({
    report: Report,
    recipients: z.array(
      z.strictObject({
        message: z.string(),
        ...recipientFields,
        changed: z.boolean().openapi({ description: 'False: the report said nothing new of it.' }),
      }),
    ),
  })
  .openapi('LinkResult');

export const ActionResult = z
  .strictObject({
    id: z.string(),
    state: z.enum(MESSAGE_STATES),
    recipients: z.array(z.strictObject({ ...recipientFields, changed: z.boolean() })),
  })
  .openapi('ActionResult');

export const NextHop = z
  .strictObject({
    nextHop: z.string(),
    via: z.enum(['smarthost', 'mx', 'sandbox', 'hold']),
    state: z.enum(['active', 'paused', 'blocked']),
    waiting: z.number().int(),
    attempting: z.number().int(),
    connections: z.number().int(),
    oldestAt: at.nullable(),
    nextDueAt: at.nullable(),
    lastReply: Reply.nullable(),
    lastError: nullableText,
    blockedUntil: at.nullable(),
    paused: z.strictObject({ at, by: nullableText.openapi({ description: 'Name of the token or user.' }) }).nullable(),
  })
  .openapi('NextHop');

export const Queue = z
  .strictObject({
    items: z.array(NextHop),
    totals: z.strictObject({ messages: z.number().int(), queued: z.number().int(), deferred: z.number().int(), held: z.number().int() }),
  })
  .openapi('Queue');

export const Consumer = z
  .strictObject({ name: z.string(), seq: z.number().int(), at, behind: z.number().int().openapi({ description: 'Events after it.' }) })
  .openapi('Consumer');

export const STATISTICS_GROUPS = ['state', 'template', 'domain', 'account', ...OUTCOME_GROUPS] as const;

export const Statistics = z
  .strictObject({
    from: at,
    to: at,
    by: z.enum(['hour', 'day']),
    group: z.enum(STATISTICS_GROUPS),
    items: z.array(
      z.strictObject({
        at,
        group: nullableText.openapi({ description: 'Null: all that are not among the `top`.' }),
        states: z.record(z.string(), z.number().int()).openapi({
          description: 'Recipients by present state; of reasons, sources, next hops and delays by the state that each led to.',
        }),
      }),
    ),
  })
  .openapi('Statistics');

const rights = {
  role: z.enum(['viewer', 'operator', 'admin']),
  permissions: z.array(z.enum(PERMISSIONS)),
  accounts: z.array(z.string()).nullable().openapi({ description: 'Accounts it is restricted to; null: all.' }),
};

export const Me = z.strictObject({ name: z.string(), kind: z.enum(['local', 'token', 'user']), ...rights }).openapi('Me');
const lastUse = {
  lastUsedAt: at.nullable().openapi({ description: 'To a minute.' }),
  lastUsedFrom: z.string().nullable().openapi({ description: 'IP address.' }),
};
export const Token = z.strictObject({ name: z.string(), ...rights, createdAt: at, expiresAt: at.nullable(), ...lastUse }).openapi('Token');
export const NewToken = Token.extend({ token: z.string().openapi({ description: 'Shown once.' }) }).openapi('NewToken');
export const User = z
  .strictObject({
    name: z.string(),
    ...rights,
    createdAt: at,
    disabled: z.boolean(),
    totp: z.boolean().openapi({ description: 'Whether there is a second factor.' }),
    identityProvider: z.string().nullable().openapi({ description: 'The issuer, of a user that signs in there.' }),
    ...lastUse,
  })
  .openapi('User');

export const Session = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['local', 'token', 'user']),
    name: z.string(),
    via: z.enum(['password', 'totp', 'recovery', 'oidc', 'token', 'link']),
    createdAt: at,
    expiresAt: at,
    lastSeenAt: at.openapi({ description: 'To a few minutes.' }),
    address: z.string().nullable(),
    agent: z.string().nullable().openapi({ description: 'As the browser names itself.' }),
  })
  .openapi('Session');

export const SignInLink = z.strictObject({ url: z.string(), expiresAt: at }).openapi('SignInLink');

export const AuditEntry = z
  .strictObject({
    id: z.string().openapi({ description: 'Sorts in the order of the log.' }),
    at,
    by: z.strictObject({ kind: z.enum(['local', 'token', 'user', 'relais']), name: z.string() }),
    action: z.enum(AUDIT_ACTIONS),
    subject: z.strictObject({ kind: z.enum(AUDIT_SUBJECTS), id: z.string() }),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    address: z.string().nullable().openapi({ description: 'IP address it was done from; null: from inside.' }),
  })
  .openapi('AuditEntry');

export const DeleteResult = z
  .strictObject({
    dryRun: z.boolean(),
    matched: z.number().int(),
    erased: z.number().int().openapi({ description: 'With dryRun: how many would be.' }),
    pending: z.number().int().openapi({ description: 'Still in the queue, and kept.' }),
    legalHold: z.number().int().openapi({ description: 'Under a legal hold, and kept.' }),
    notFound: z.number().int(),
    complete: z.boolean().openapi({ description: 'False: the time of one call was over; call again for the rest.' }),
  })
  .openapi('DeleteResult');

const bulkFields = {
  dryRun: z.boolean(),
  matched: z.number().int().openapi({ description: 'Messages that were looked at.' }),
  unchanged: z.number().int().openapi({ description: 'In which there was nothing to do.' }),
  notFound: z.number().int(),
  complete: z.boolean().openapi({ description: 'False: the time of one call was over; call again with `next` as `cursor`.' }),
  next: nullableText,
};

export const BulkResult = z
  .strictObject({
    ...bulkFields,
    changed: z.number().int().openapi({ description: 'Messages. With dryRun: how many would be.' }),
    recipients: z.number().int().openapi({ description: 'Recipients of these that changed.' }),
  })
  .openapi('BulkResult');

const ResendFault = z.strictObject({ message: z.string(), code: z.string(), detail: z.string() });
const Resent = z.strictObject({ message: z.string(), id: z.string() });

export const ResendResult = z
  .strictObject({
    ...bulkFields,
    resent: z.number().int().openapi({ description: 'Messages sent again. With dryRun: how many would be.' }),
    recipients: z.number().int(),
    before: z.number().int().openapi({ description: 'Sent again before, and left alone.' }),
    failed: z.number().int(),
    messages: z.array(Resent).openapi({ description: 'Each message with the id of the one that replaces it.' }),
    failures: z.array(ResendFault).openapi({ description: 'The first 100.' }),
  })
  .openapi('ResendResult');

export const Suppression = z
  .strictObject({
    address: z.string(),
    reason: z.enum(['bounce', 'complaint', 'manual']),
    note: nullableText,
    by: nullableText.openapi({ description: 'Token or user; null: relais itself.' }),
    at,
    until: at.nullable().openapi({ description: 'From when it no longer holds; null: until it is lifted.' }),
    message: nullableText.openapi({ description: 'The message whose report led to it.' }),
  })
  .openapi('Suppression');

export const LiftResult = z
  .strictObject({
    lifted: z.literal(true),
    suppressed: z.array(MessageSummary).openapi({ description: 'Messages that were not sent to the address because of it, newest first.' }),
    next: nullableText.openapi({ description: '`cursor` of GET /messages?state=suppressed&recipient=… for more.' }),
    resent: z.array(Resent).openapi({ description: 'With `resend`: each message with the id of the one that replaces it.' }),
    failures: z.array(ResendFault),
  })
  .openapi('LiftResult');

export function pageOf<T extends z.ZodType>(item: T): z.ZodType {
  return z.strictObject({
    items: z.array(item),
    next: nullableText.openapi({ description: '`cursor` of the next page; null at the end.' }),
  });
}

export const MessageAttachments = z
  .strictObject({
    items: z.array(
      z.strictObject({
        number: z.number().int().openapi({ description: 'From 1; names the file in its path.' }),
        name: z.string().openapi({ description: 'Made safe to keep a file under.', example: 'invoice-2026-0042.pdf' }),
        contentType: z.string().openapi({ description: 'As the sender declared it.' }),
        size: z.number().int().openapi({ description: 'Octets of the file itself.' }),
        inline: z.boolean().openapi({ description: 'Meant to be shown within the text.' }),
      }),
    ),
    incomplete: z.enum(['limits', 'time']).nullable().openapi({
      description: 'Why the rest was not read: more parts, or deeper, than is read; or it took too long. Null: these are all.',
    }),
  })
  .openapi('MessageAttachments');
export const MessagePage = z
  .strictObject({
    items: z.array(MessageSummary),
    next: nullableText.openapi({ description: '`cursor` of the next page; null at the end.' }),
    asOf: z.string().openapi({ description: 'When the page was read.', format: 'date-time' }),
    seq: z.number().int().openapi({ description: 'All events up to this one are in the page; those after it follow with `GET /changes`.' }),
  })
  .openapi('MessagePage');

export const Changes = z
  .strictObject({ items: z.array(Event), last: z.number().int().openapi({ description: '`after` for the next call.' }) })
  .openapi('Changes');
