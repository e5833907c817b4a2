/** What the API answers of documents and addresses. */
import { z } from '@hono/zod-openapi';
import { CONTACT_STATES } from '../../domain/contact-standing.ts';
import { VERDICT_REASONS, VERDICTS } from '../../domain/document-verdict.ts';
import { RECIPIENT_STATES } from '../../domain/recipient.ts';
import { CATEGORIES } from '../../domain/reply.ts';
import { MessageSummary, Reply } from './schemas.ts';

const at = z.string().openapi({ format: 'date-time', description: 'RFC 3339, UTC.' });
const nullableText = z.string().nullable();
const count = z.number().int();
const verdict = z.enum(VERDICTS);
const reason = z.enum(VERDICT_REASONS);

const recipientFields = {
  address: z.string(),
  state: z.enum(RECIPIENT_STATES),
  stateSince: at,
  category: z.enum(CATEGORIES).nullable(),
  addressInvalid: z.boolean().openapi({ description: 'The address itself is dead.' }),
  reply: Reply.nullable(),
  nextAttemptAt: at.nullable(),
};

const documentFields = {
  document: z.string(),
  documentType: nullableText,
  administration: nullableText,
  otherAdministrations: z
    .array(nullableText)
    .openapi({ description: 'That have a document of the same name; null: mail that names none.' }),
  contact: nullableText,
  template: nullableText,
  subject: nullableText.openapi({ description: 'Of the newest mail.' }),
  verdict,
  since: at.openapi({ description: 'From when the verdict holds.' }),
  policy: z.enum(['every', 'any']).openapi({ description: 'Whether every recipient in To has to have it, or any: `references.verdict`.' }),
  why: z
    .strictObject({
      reason,
      address: z.string().openapi({ description: 'Of the recipient that decides.' }),
      message: z.string(),
      category: z.enum(CATEGORIES).nullable(),
      addressInvalid: z.boolean(),
      reply: Reply.nullable(),
      nextAttemptAt: at.nullable(),
      correctedFrom: nullableText.openapi({ description: 'The address that it was first sent to, where that was corrected.' }),
    })
    .openapi('VerdictWhy'),
  counts: z.strictObject({ delivered: count, transferred: count, unknown: count, 'at-risk': count, failed: count }).openapi({
    description: 'Recipients that count, by their own verdict.',
  }),
  lastMailAt: at.nullable(),
  url: nullableText.openapi({ description: 'The ERP’s page of it: `references.documentUrl`.' }),
  contactUrl: nullableText,
};

const moreMail = z.boolean().openapi({ description: 'There is more mail than was looked at.' });

export const DocumentSummary = z
  .strictObject({
    ...documentFields,
    recipients: z
      .array(z.strictObject({ address: z.string(), verdict, copy: z.boolean() }))
      .openapi({ description: 'At most 20, those that ask for action first.' }),
    recipientCount: count,
    messageCount: count,
    more: moreMail,
  })
  .openapi('DocumentSummary');

export const Document = z
  .strictObject({
    ...documentFields,
    recipients: z.array(
      z.strictObject({
        address: z.string().openapi({ description: 'As it was last sent to.' }),
        copy: z.boolean().openapi({ description: 'Named in Cc, or in no field: shown, and not counted where others are named in To.' }),
        verdict,
        reason,
        since: at,
        message: nullableText.openapi({ description: 'The mail that says so.' }),
        steps: z.array(
          z.strictObject({
            message: z.string(),
            acceptedAt: at,
            link: z.enum(['first', 'resent', 'corrected', 'again']).openapi({
              description:
                'How it follows the one before: sent again to the same address, to a corrected one, or sent anew by the ERP. Oldest first.',
            }),
            ...recipientFields,
          }),
        ),
      }),
    ),
    messages: z.array(MessageSummary).openapi({ description: 'Newest first.' }),
    more: moreMail,
  })
  .openapi('Document');

const ContactMail = z
  .strictObject({
    message: z.string(),
    acceptedAt: at,
    account: z.string(),
    subject: nullableText,
    document: nullableText,
    documentType: nullableText,
    template: nullableText,
    ...recipientFields,
    correctedTo: z
      .strictObject({ address: z.string(), message: z.string() })
      .nullable()
      .openapi({ description: 'Where it failed: the address that it was sent to instead.' }),
    contentErased: z.boolean(),
  })
  .openapi('ContactMail');

const contactFields = {
  address: z.string().openapi({ description: 'As it was last written to.' }),
  state: z.enum(CONTACT_STATES).openapi({
    description:
      '`problem`: the last mail that ended failed, and was not sent to a corrected address since; `settled`: it was; `fine`; `waiting`: nothing has ended; `unknown`: all was cancelled.',
  }),
  contact: nullableText,
  contactUrl: nullableText.openapi({ description: 'The ERP’s page of it: `references.contactUrl`.' }),
  suggestion: z
    .strictObject({
      address: z.string(),
      because: z.enum(['provider', 'known']).openapi({ description: 'A large provider, or a domain that mail goes to.' }),
      takesMail: z.boolean().nullable().openapi({ description: 'By its MX records; null: not looked up yet.' }),
    })
    .nullable()
    .openapi({ description: 'What it was perhaps meant to be.' }),
  last: ContactMail.nullable().openapi({ description: 'The mail that says how it stands: the last that ended.' }),
  lastMailAt: at.nullable(),
};

export const ContactSummary = z.strictObject(contactFields).openapi('ContactSummary');

const someMail = z.strictObject({ count, more: z.boolean() });

export const Contact = z
  .strictObject({
    ...contactFields,
    failingSince: at.nullable().openapi({ description: 'The first failure since mail last came through.' }),
    failed: someMail.openapi({ description: 'Mail that failed since then and was not sent to a corrected address.' }),
    pending: someMail.openapi({ description: 'Mail to it that is still in the queue.' }),
    suppression: z
      .strictObject({ reason: z.enum(['bounce', 'complaint', 'manual']), note: nullableText, at, until: at.nullable() })
      .nullable(),
    mails: z.array(ContactMail).openapi({ description: 'Newest first.' }),
    more: z.boolean().openapi({ description: 'There is older mail: `GET /messages?recipient=`.' }),
  })
  .openapi('Contact');

export const CorrectionResult = z
  .strictObject({
    address: z.string(),
    to: z.string(),
    dryRun: z.boolean(),
    failed: count.openapi({ description: 'Mail that had failed, and was or would be sent to the corrected address.' }),
    moved: count.openapi({
      description: 'Mail that waited, and was or would be sent to the corrected address and cancelled for the old one.',
    }),
    before: count.openapi({ description: 'Mail that was sent to a corrected address before.' }),
    held: count.openapi({ description: 'Mail that is held: left as it is.' }),
    unsendable: count.openapi({ description: 'Mail whose content was erased.' }),
    unchanged: count.openapi({ description: 'Of those named: mail that reached the address, or waits and was not to be moved.' }),
    notFound: count.openapi({ description: 'Of those named: no message, or none to this address.' }),
    failures: z.array(z.strictObject({ message: z.string(), code: z.string(), detail: z.string() })),
    messages: z
      .array(z.strictObject({ message: z.string(), id: z.string() }))
      .openapi({ description: 'What was sent again, as which message.' }),
    complete: z.boolean().openapi({ description: 'False: there is more; the same call goes on.' }),
  })
  .openapi('CorrectionResult');
