/** What the API answers about signals. */
import { z } from '@hono/zod-openapi';
import { EVENT_TYPES } from '../../domain/events.ts';
import { RECIPIENT_STATES } from '../../domain/recipient.ts';
import { SIGNAL_STATES } from '../../domain/signal.ts';

export { pageOf } from './schemas.ts';

const at = z.string().openapi({ format: 'date-time', description: 'RFC 3339, UTC.' });
const nullableText = z.string().nullable();
const SIGNAL_REASONS = ['event', 'raised', 'grown', 'repeated', 'escalated', 'digest', 'closed', 'test'] as const;

export const SignalDelivery = z
  .strictObject({
    id: z.string().openapi({ description: 'Also the `webhook-id`.' }),
    signal: z.string().openapi({ description: 'Name of the rule.' }),
    channel: z.number().int().openapi({ description: 'Which of the rule’s channels, from 0.' }),
    seq: z.number().int().openapi({ description: 'The event that it tells of; 0: of none.' }),
    reason: z.enum(SIGNAL_REASONS),
    record: nullableText.openapi({ description: 'Id of the signal that it tells of; null: an event by itself.' }),
    to: nullableText.openapi({ description: 'Of mail: the address.' }),
    createdAt: at,
    state: z.enum(['pending', 'delivered', 'failed']).openapi({ description: '`delivered`: the channel took it; of mail see `message`.' }),
    attempts: z.number().int(),
    nextAttemptAt: at.nullable(),
    lastAttemptAt: at.nullable(),
    lastAnswer: nullableText,
    message: nullableText.openapi({ description: 'Of mail: the message that it became.' }),
  })
  .openapi('SignalDelivery');

const Channel = z
  .strictObject({
    name: z.string(),
    kind: z.enum(['webhook', 'mail', 'command']),
    escalation: z.boolean().openapi({ description: 'Told only when a signal is escalated.' }),
    state: z.enum(['on', 'failing', 'off']).openapi({ description: '`off`: it answered 410.' }),
    waiting: z.number().int(),
    lastError: nullableText,
  })
  .openapi('SignalChannel');

const milliseconds = z.number().nullable();

export const SignalRuleAnswer = z
  .strictObject({
    name: z.string(),
    on: z.array(z.enum(EVENT_TYPES)),
    where: z.record(z.string(), z.array(z.string())),
    afterMs: milliseconds,
    threshold: z.record(z.string(), z.unknown()).nullable(),
    expect: z.record(z.string(), z.unknown()).nullable(),
    group: z
      .strictObject({ by: z.array(z.string()), within: z.number(), wait: z.number() })
      .nullable()
      .openapi({ description: 'Null: each event is told by itself. Milliseconds.' }),
    quiet: z.record(z.string(), z.unknown()).nullable(),
    digest: z.record(z.string(), z.unknown()).nullable(),
    repeatMs: milliseconds,
    escalateAfterMs: milliseconds,
    channels: z.array(Channel),
    open: z.number().int().openapi({ description: 'Signals that are not over.' }),
    unacknowledged: z.number().int(),
    lastAt: at.nullable(),
  })
  .openapi('SignalRule');

export const SignalRecordAnswer = z
  .strictObject({
    id: z.string(),
    rule: z.string(),
    title: z.string().openapi({ example: 'partner.example refuses our mail – 312 recipients' }),
    state: z.enum(SIGNAL_STATES),
    cause: z.record(z.string(), z.string()),
    count: z.number().int(),
    unresolved: z.number().int().openapi({ description: 'Recipients that still have to go through.' }),
    resolved: z.number().int(),
    openedAt: at,
    lastAt: at,
    told: z.number().int().openapi({ description: 'How often.' }),
    toldAt: at.nullable(),
    escalatedAt: at.nullable(),
    acknowledged: z.strictObject({ at, by: nullableText, note: nullableText }).nullable(),
    closed: z
      .strictObject({ at, by: nullableText, why: z.enum(['resolved', 'recovered', 'quiet', 'person']) })
      .nullable()
      .openapi({
        description: '`resolved`: all of it went through since; `recovered`: it works again; `quiet`: nothing of the kind for long.',
      }),
    messages: z.array(z.string()).openapi({ description: 'Ids of the first and the latest.' }),
  })
  .openapi('Signal');

export const SignalTrialAnswer = z
  .strictObject({
    from: at,
    to: at,
    complete: z.boolean().openapi({ description: 'False: only a part of the time was looked at, that from `from` to `to`.' }),
    events: z.number().int().openapi({ description: 'Events that the rule means.' }),
    fired: z.number().int().openapi({ description: 'How often somebody would have been told.' }),
    signals: z.number().int().openapi({ description: 'Signals that would have been opened.' }),
    days: z.array(z.strictObject({ date: z.string(), fired: z.number().int() })),
    examples: z.array(
      z.strictObject({ at, reason: z.enum(SIGNAL_REASONS), title: z.string(), count: z.number().int(), message: nullableText }),
    ),
  })
  .openapi('SignalTrial');

const RunStateCounts = z.partialRecord(z.enum(RECIPIENT_STATES), z.number().int());

export const Run = z
  .strictObject({
    id: z.string(),
    key: z.string().openapi({ description: 'As in the `cause` of signals.' }),
    account: z.string(),
    name: nullableText.openapi({ description: 'Of X-Relais-Run; null: a burst of one template that nobody named.' }),
    template: nullableText,
    startedAt: at,
    lastAt: at.openapi({ description: 'Of its last message.' }),
    expected: z.number().int().nullable().openapi({ description: 'Messages that it is to have, as it says.' }),
    received: z.number().int().openapi({ description: 'Messages that came.' }),
    missing: z.number().int(),
    recipients: z.number().int(),
    waiting: z.number().int().openapi({ description: 'Recipients, as are those that follow.' }),
    held: z.number().int(),
    transferred: z.number().int().openapi({ description: 'With those that were delivered.' }),
    failed: z.number().int().openapi({ description: 'With those that expired or are suppressed.' }),
    cancelled: z.number().int(),
    states: RunStateCounts,
    duplicates: z.number().int().openapi({ description: 'The same document to the same recipient.' }),
    identical: z.number().int().openapi({ description: 'Of these, those that are the same octet for octet.' }),
    duplicateExamples: z.array(z.strictObject({ message: z.string(), of: z.string(), index: z.number().int(), identical: z.boolean() })),
    failures: z
      .array(z.strictObject({ message: z.string(), index: z.number().int(), category: nullableText }))
      .openapi({ description: 'The latest.' }),
    hold: z
      .strictObject({ at, by: nullableText, rule: nullableText })
      .nullable()
      .openapi({ description: 'What waits of it, and what comes, is held: by a person or by a rule.' }),
    released: z.strictObject({ at, by: z.string() }).nullable(),
  })
  .openapi('Run');
