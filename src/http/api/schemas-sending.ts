/** What a message looks like that is to be sent over the API, and the answer to it. */
import { z } from '@hono/zod-openapi';
import { CONTROLS } from '../sending/mailboxes.ts';
import { text, time } from './fields.ts';

/** One line of a header field, below the 998 octets of RFC 5322 §2.1.1 even where it can't be folded. */
const LINE = 900;
const FILENAME = 255;
const REFERENCE = 200;
const TAGS = 20;

const line = (limit: number) =>
  z
    .string()
    .max(limit, `at most ${limit} characters`)
    .refine((value) => !CONTROLS.test(value), 'holds a line break or another control character');

const mailbox = z.union(
  [text, z.strictObject({ name: line(REFERENCE).optional(), address: text })],
  'a text such as Ann <ann@example.com>, or {"name", "address"}',
);
const mailboxes = z.union([mailbox, z.array(mailbox).max(10_000, 'at most 10000')], 'an address, or a list of them');

/** RFC 2045 §5.1, parameters included. */
const CONTENT_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+/:-]+|"[^"\\\x00-\x1f\x7f]*"))*$/;

/**
 * Null where something in it is no base64: Node.js passes over that, so that fewer octets come out.
 * To look at each character of 30 MB beforehand would hold up everybody else.
 */
function decodeBase64(value: string): Buffer | null {
  if (value.length % 4 !== 0) return null;
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  const content = Buffer.from(value, 'base64');
  return content.length === (value.length / 4) * 3 - padding ? content : null;
}

const attachment = z.strictObject({
  filename: line(FILENAME).min(1, 'must not be empty').optional(),
  contentType: line(LINE)
    .refine((value) => CONTENT_TYPE.test(value), 'a media type such as application/pdf')
    .refine((value) => !/^multipart\//i.test(value), 'must not be multipart: each part is an attachment of its own')
    .optional()
    .openapi({ description: 'By the file name’s ending when left out.' }),
  content: z
    .string()
    .transform((value, context) => {
      const content = decodeBase64(value) ?? decodeBase64(value.replace(/[\r\n\t ]+/g, ''));
      if (content === null) context.addIssue({ code: 'custom', message: 'not base64' });
      return content ?? Buffer.alloc(0);
    })
    .openapi({ type: 'string', format: 'byte', description: 'Base64.' }),
  contentId: line(REFERENCE)
    .regex(/^[\w.@+-]+$/, 'letters, digits and . _ @ + -')
    .optional()
    .openapi({ description: 'For what the HTML shows as `cid:…`.' }),
});

/** Fields that are made from the message's own, or that only servers write. */
const OWN_FIELDS: Readonly<Record<string, string>> = {
  from: 'from',
  to: 'to',
  cc: 'cc',
  bcc: 'bcc',
  'reply-to': 'replyTo',
  subject: 'subject',
};
const SERVER_FIELDS =
  /^(?:received|return-path|delivered-to|mime-version|content-.*|dkim-signature|arc-.*|authentication-results|resent-.*)$/;
/** RFC 5322 §2.2: printable ASCII without the colon. */
const FIELD_NAME = /^[!-9;-~]{1,76}$/;

function fieldFault(name: string): string | null {
  const lower = name.toLowerCase();
  if (!FIELD_NAME.test(name)) return 'not the name of a header field';
  const own = Object.hasOwn(OWN_FIELDS, lower) ? OWN_FIELDS[lower] : undefined;
  if (own !== undefined) return `give it as \`${own}\``;
  if (lower.startsWith('x-relais-')) return lower === 'x-relais-send-at' ? 'give it as `sendAt`' : 'give it in `references`';
  return SERVER_FIELDS.test(lower) ? 'is written by relais or by servers on the way' : null;
}

const headers = z.record(z.string(), z.union([line(LINE), z.array(line(LINE)).max(20)])).superRefine((given, context) => {
  const names = Object.keys(given);
  if (names.length > 100) context.addIssue({ code: 'custom', message: 'at most 100 fields' });
  for (const name of names) {
    const message = fieldFault(name);
    if (message !== null) context.addIssue({ code: 'custom', path: [name.slice(0, 80)], message });
  }
});

const reference = line(REFERENCE).min(1, 'must not be empty').optional();

const references = z.strictObject({
  document: reference,
  documentType: reference,
  contact: reference,
  administration: reference,
  template: reference,
  class: reference,
  tags: z
    .record(line(REFERENCE).min(1, 'a tag needs a name'), line(REFERENCE))
    .refine((tags) => Object.keys(tags).length <= TAGS, `at most ${TAGS}`)
    .optional(),
});

export const SendMessageBody = z
  .strictObject({
    from: mailbox,
    to: mailboxes.optional(),
    cc: mailboxes.optional(),
    bcc: mailboxes.optional().openapi({ description: 'Get it too, and stand in no header field.' }),
    replyTo: mailboxes.optional(),
    subject: line(LINE).optional(),
    text: z.string().optional(),
    html: z.string().optional(),
    attachments: z.array(attachment).max(500, 'at most 500').optional(),
    headers: headers.optional().openapi({ description: 'Further header fields, each a text or a list of texts.' }),
    references: references.optional().openapi({ description: 'What the mail is about; in place of the `X-Relais-*` header fields.' }),
    account: text.optional().openapi({ description: 'Whose mail it is; needed where the caller may send for several.' }),
    sendAt: time.optional().openapi({ description: 'Not before this time.' }),
    envelope: z
      .strictObject({ from: text.optional(), recipients: z.array(text).min(1, 'name at least one').max(10_000).optional() })
      .optional()
      .openapi({ description: 'Where reverse-path or recipients are not those of the header; `from` empty for the null reverse-path.' }),
    notify: z
      .union(
        [
          z.literal('never'),
          z
            .array(z.enum(['success', 'failure', 'delay']))
            .min(1)
            .max(3),
        ],
        'never, or some of success, failure, delay',
      )
      .optional()
      .openapi({ description: 'NOTIFY of RFC 3461, for every recipient.' }),
    ret: z.enum(['full', 'hdrs']).optional().openapi({ description: 'RET of RFC 3461.' }),
    envelopeId: z
      .string()
      .regex(/^[\x21-\x7e]{1,100}$/, '1 to 100 printable ASCII characters without spaces')
      .optional()
      .openapi({ description: 'ENVID of RFC 3461.' }),
    requireTls: z.boolean().optional().openapi({ description: 'REQUIRETLS of RFC 8689.' }),
  })
  .openapi('SendMessage');

export type SendMessage = z.output<typeof SendMessageBody>;

const at = z.string().openapi({ format: 'date-time', description: 'RFC 3339, UTC.' });

export const SentMessage = z
  .strictObject({
    id: z.string(),
    acceptedAt: at,
    account: z.string(),
    messageId: z.string().nullable().openapi({ description: 'Without angle brackets.' }),
    sender: z.string(),
    recipients: z.array(z.string()),
    size: z.number().int(),
    supersedes: z.string().nullable().openapi({ description: 'The message that it was sent again from.' }),
    releaseAt: at.nullable(),
  })
  .openapi('SentMessage');

export const idempotencyHeaders = z.object({
  'Idempotency-Key': z.string().optional().openapi({ description: 'Makes the request repeatable for 24 hours.' }),
});
