/** What the API answers of evidence, seals and the key that signs them. */
import { z } from '@hono/zod-openapi';
import { MESSAGE_STATES } from '../../domain/message.ts';
import { CONFIDENCES, RECIPIENT_STATES } from '../../domain/recipient.ts';
import { LANGUAGES } from '../../domain/settings.ts';
import { Attempt, at, Reply } from './schemas.ts';

const nullableText = z.string().nullable();
const hex = z.string().openapi({ description: 'SHA-256 in hex.' });

export const EvidenceKey = z
  .strictObject({
    algorithm: z.literal('Ed25519'),
    key: z.string().openapi({ description: 'Fingerprint: SHA-256, in hex, of the SubjectPublicKeyInfo in DER.' }),
    publicKey: z.string().openapi({ description: 'PEM.' }),
  })
  .openapi('EvidenceKey');

export const Seal = z
  .strictObject({
    ledger: z.string(),
    number: z.number().int(),
    from: z.number().int(),
    to: z.number().int(),
    at,
    root: hex,
    previous: hex.nullable(),
    key: z.string(),
    signature: z.string().openapi({ description: 'Base64, over all else of it in canonical form (RFC 8785).' }),
  })
  .openapi('Seal');

const EvidenceReport = z.strictObject({
  id: z.string(),
  receivedAt: at,
  via: z.string(),
  kind: z.string(),
  reportingMta: nullableText,
  action: nullableText,
  status: nullableText,
  diagnostic: nullableText,
  size: z.number().int(),
  sha256: hex,
  rank: z.number().int().openapi({ description: 'How surely it is tied to the recipient: 1 the surest, 4 the least.' }),
  rankMeans: z.string(),
  linked: z.strictObject({ by: nullableText, at }).nullable(),
});

const EvidenceRecipient = z.strictObject({
  index: z.number().int(),
  address: z.string(),
  state: z.enum(RECIPIENT_STATES),
  stateSince: at,
  confidence: z.enum(CONFIDENCES),
  means: z.string().openapi({ description: 'What that says, in a sentence of the language.' }),
  doesNotProve: z.array(z.string()),
  failure: z
    .strictObject({
      source: z.enum(['attempt', 'report']),
      category: z.string(),
      status: nullableText,
      reply: Reply.nullable(),
      addressInvalid: z.boolean(),
    })
    .nullable(),
  attempts: z.array(Attempt.omit({ dsnPassed: true, remoteId: true })),
  reports: z.array(EvidenceReport),
});

const EvidenceEvent = z.strictObject({
  plain: z.record(z.string(), z.unknown()),
  personal: z.record(z.string(), z.unknown()),
  salt: nullableText.openapi({ description: 'Null: a person was taken out of it.' }),
  personalHash: hex,
  leaf: hex,
  chain: hex,
  state: z.enum(['sealed', 'unsealed', 'unknown']),
  seal: z.number().int().nullable(),
  path: z.array(hex),
});

const EvidenceMessage = z.strictObject({
  id: z.string(),
  acceptedAt: at,
  account: z.string(),
  origin: z.enum(['smtp', 'api', 'resend', 'notification']),
  client: z.strictObject({
    address: z.string(),
    helo: z.string(),
    tls: z.strictObject({ version: z.string(), cipher: z.string() }).nullable(),
    user: nullableText,
  }),
  sender: z.string(),
  subject: nullableText,
  from: nullableText,
  date: nullableText,
  messageId: nullableText,
  envelopeId: nullableText,
  document: nullableText,
  documentType: nullableText,
  contact: nullableText,
  administration: nullableText,
  supersedes: nullableText,
  supersededBy: z.array(z.string()),
  size: z.number().int(),
  sha256: hex,
  contentKept: z.boolean(),
  state: z.enum(MESSAGE_STATES),
  recipients: z.array(EvidenceRecipient),
  events: z.array(EvidenceEvent),
});

export const Evidence = z
  .strictObject({
    statement: z.strictObject({
      format: z.literal('relais-evidence/1'),
      madeAt: at,
      madeBy: z.strictObject({ kind: z.string(), name: z.string() }),
      relay: z.strictObject({ hostname: z.string(), version: z.string() }),
      language: z.enum(LANGUAGES),
      subject: z.union([
        z.strictObject({ kind: z.literal('message'), message: z.string() }),
        z.strictObject({
          kind: z.literal('document'),
          document: z.string(),
          administration: nullableText,
          verdict: z.string(),
          reason: z.string(),
          since: at,
          more: z.boolean(),
        }),
      ]),
      messages: z.array(EvidenceMessage),
      seals: z.array(Seal),
      head: Seal.nullable(),
      limits: z.array(z.string()).openapi({ description: 'What nothing of it proves.' }),
    }),
    signature: EvidenceKey.extend({ value: z.string().openapi({ description: 'Base64, over `statement` in canonical form (RFC 8785).' }) }),
  })
  .openapi('Evidence');
