/** The kinds of values that requests carry: parsed from text, with a clear word on what is wrong. */
import { domainToASCII } from 'node:url';
import { z } from '@hono/zod-openapi';
import { normalizeAddress, toAddress } from '../../domain/address.ts';
import { type MessageId, parseMessageId, type ReportId } from '../../domain/ids.ts';

export const TEXT_LIMIT = 500;

export const text = z.string().max(TEXT_LIMIT, `at most ${TEXT_LIMIT} characters`);

export function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  const wanted = `a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, wanted)
    .transform(Number)
    .refine((value) => value >= least && value <= most, wanted) as z.ZodType<number, string>;
}

export const pageLimit = wholeNumber(1, 500).optional().openapi({
  type: 'integer',
  minimum: 1,
  maximum: 500,
  default: 50,
  description: 'How many items at most.',
});

export const cursor = z
  .string()
  .min(1, 'not a cursor of this list: start without one')
  .max(1024, 'not a cursor of this list: start without one')
  .optional()
  .openapi({ description: 'Opaque: `next` of the page before.' });

export const DEFAULT_PAGE = 50;

export const sequenceNumber = wholeNumber(0, Number.MAX_SAFE_INTEGER).openapi({ type: 'integer', minimum: 0 });

export const flag = z
  .enum(['true', 'false'], 'true or false')
  .transform((value) => value === 'true')
  .openapi({ type: 'boolean' });

const RFC3339 = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;

/** RFC 3339 with an offset, or a date, which is its first moment in UTC; as Unix milliseconds. */
export const time = z
  .string()
  .transform((value, context) => {
    // A plus sign that was not encoded arrives as a space.
    const ms = RFC3339.test(value.replace(/ (\d{2}:\d{2})$/, '+$1')) ? Date.parse(value.replace(/ (\d{2}:\d{2})$/, '+$1')) : Number.NaN;
    if (Number.isNaN(ms)) context.addIssue({ code: 'custom', message: 'a time such as 2026-01-31T08:00:00Z, or a date' });
    return ms;
  })
  .openapi({ type: 'string', format: 'date-time' });

/** `30s`, `500ms`, `1m`, or seconds; as milliseconds. */
export const duration = z
  .string()
  .transform((value, context) => {
    const match = /^(\d{1,9})(ms|s|m|h|d)?$/.exec(value);
    if (match === null) {
      context.addIssue({ code: 'custom', message: 'a duration such as 30s' });
      return 0;
    }
    const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? 's'] ?? 1_000;
    return Number(match[1]) * unit;
  })
  .openapi({ type: 'string', example: '30s' });

/** An address in the form the register compares. */
export const address = text
  .transform((value, context) => {
    const parsed = toAddress(value.trim().replace(/^<(.*)>$/, '$1'));
    if (parsed !== undefined) return normalizeAddress(parsed);
    context.addIssue({ code: 'custom', message: 'not a mail address' });
    return '';
  })
  .openapi({ type: 'string', example: 'ann@example.com' });

/** As `address`; empty or `<>` is the null reverse-path (RFC 5321 §4.5.5). */
export const senderAddress = z
  .union([z.enum(['', '<>']).transform(() => ''), address])
  .openapi({ type: 'string', description: 'Empty: the null reverse-path.' });

export const domain = text
  .transform((value, context) => {
    const ascii = domainToASCII(value.trim().replace(/^@/, '').toLowerCase());
    if (ascii === '') context.addIssue({ code: 'custom', message: 'not a domain' });
    return ascii;
  })
  .openapi({ type: 'string', example: 'example.com' });

/** One or several of a list: repeated, or joined by commas. */
export function listOf(allowed: readonly string[]): z.ZodType<string[], string | string[]> {
  return z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [
      ...new Set((Array.isArray(value) ? value : [value]).flatMap((part) => part.split(',')).map((part) => part.trim())),
    ])
    .superRefine((values, context) => {
      for (const value of values) {
        if (!allowed.includes(value)) {
          context.addIssue({ code: 'custom', message: `${JSON.stringify(value.slice(0, 60))} is not one of ${allowed.join(', ')}` });
        }
      }
    }) as z.ZodType<string[], string | string[]>;
}

/** Names of accounts: any text, repeated or joined by commas. */
export const names = z
  .union([text, z.array(text).max(100)])
  .transform((value) => (Array.isArray(value) ? value : [value]).flatMap((part) => part.split(',')).map((part) => part.trim()));

/** A name that administrators give: of tokens, users, consumers. */
export const givenName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/, '1 to 64 letters, digits and . _ @ + -, the first a letter or digit');

export const idParam = z.object({ id: z.string() });

export function asMessageId(value: string): MessageId | undefined {
  return parseMessageId(value);
}

/** Reports have ids of the same make. */
export function asReportId(value: string): ReportId | undefined {
  return parseMessageId(value) as string | undefined as ReportId | undefined;
}
