/** The register as rows of an export: one a recipient, with what its message says of itself. */
import { reversePathText } from '../../domain/address.ts';
import type { MessageSummary } from '../../domain/message.ts';

/** In their order, under the names that the API has for them. */
export const EXPORT_COLUMNS = [
  'acceptedAt',
  'id',
  'state',
  'recipient',
  'recipientState',
  'category',
  'subject',
  'sender',
  'account',
  'document',
  'documentType',
  'contact',
  'administration',
  'template',
  'tags',
  'messageId',
  'size',
  'origin',
  'supersedes',
] as const;
export type ExportColumn = (typeof EXPORT_COLUMNS)[number];

/** A text, a number of octets, or an instant in Unix milliseconds; null: nothing. */
export type ExportCell = string | number | null;

/** What of each row is an instant, and what a number. */
export const TIME_COLUMN = EXPORT_COLUMNS.indexOf('acceptedAt');
const RECIPIENT = EXPORT_COLUMNS.indexOf('recipient');

/** The rows of some messages, handed to `visit` one by one in an array that is used again. */
export function visitRows(summaries: readonly MessageSummary[], visit: (row: readonly ExportCell[]) => void): void {
  for (const { message, state, recipients } of summaries) {
    const { references, headers } = message;
    const row: ExportCell[] = [
      message.acceptedAt,
      message.id,
      state,
      null,
      null,
      null,
      headers.subject,
      reversePathText(message.envelope.reversePath),
      message.account,
      references.document,
      references.documentType,
      references.contact,
      references.administration,
      references.template,
      tagsText(references.tags),
      headers.messageId,
      message.size,
      message.origin ?? 'smtp',
      message.supersedes,
    ];
    for (const recipient of recipients) {
      row[RECIPIENT] = recipient.address;
      row[RECIPIENT + 1] = recipient.state;
      row[RECIPIENT + 2] = recipient.category;
      visit(row);
    }
  }
}

function tagsText(tags: Readonly<Record<string, string>>): string | null {
  let text: string | null = null;
  for (const name in tags) {
    const one = tags[name] === '' ? name : `${name}=${tags[name]}`;
    text = text === null ? one : `${text}; ${one}`;
  }
  return text;
}

/** Beginnings that a spreadsheet takes for a formula or a command, also in full width (R53). */
const FORMULA = new Set([...'=+-@\t\r\uff0b\uff0d\uff1d\uff20'].map((character) => character.charCodeAt(0)));

export function looksLikeFormula(text: string): boolean {
  return FORMULA.has(text.charCodeAt(0));
}
