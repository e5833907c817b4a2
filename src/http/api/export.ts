/** The register as a file: every message that a filter finds, a row a recipient, streamed as it is read. */
import { z } from '@hono/zod-openapi';
import type { MessageSummary } from '../../domain/message.ts';
import { audit } from '../audit.ts';
import { csvOf } from '../export/csv.ts';
import type { ExportProgress } from '../export/progress.ts';
import { EXPORT_COLUMNS, type ExportColumn } from '../export/rows.ts';
import { xlsxOf } from '../export/xlsx.ts';
import type { Shared } from './context.ts';
import { flag } from './fields.ts';
import { FILTER_FIELDS, filterFor, REPEATABLE_FILTERS } from './filter.ts';
import { downloadOf } from './messages.ts';
import { type Api, route } from './route.ts';

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const CSV_TYPE = 'text/csv; charset=utf-8';

const format = z.enum(['csv', 'xlsx'], 'csv or xlsx').optional().openapi({ default: 'csv' });
const key = z
  .string()
  .regex(/^[\w-]{8,80}$/, '8 to 80 letters, digits and - _')
  .optional()
  .openapi({ description: 'Of the caller’s choice: the page that started it asks by it how far it is.' });

const HEADING = Object.fromEntries(EXPORT_COLUMNS.map((column) => [column, column])) as Record<ExportColumn, string>;

export function exportRoutes(api: Api, shared: Shared): void {
  const { store, now } = shared.options;
  route(
    api,
    {
      method: 'get',
      path: '/messages/export',
      tag: 'Messages',
      summary: 'The register as a file, newest first, a row a recipient',
      description:
        'All that the filters find, however many, streamed as it is read. CSV as in RFC 4180, in UTF-8; cells that a spreadsheet would take for a formula get an apostrophe in front. XLSX begins a new sheet every 1,048,575 rows. A file that breaks off ends the connection: it is never taken for the whole.',
      permission: 'messages:read',
      query: z.strictObject({
        ...FILTER_FIELDS,
        format,
        bom: flag.optional().openapi({ default: false, description: 'CSV with a byte order mark, by which Excel sees that it is UTF-8.' }),
        key,
      }),
      repeatable: REPEATABLE_FILTERS,
      answers: {
        200: { description: 'The file; XLSX where `format` says so', contentType: 'text/csv' },
        503: { description: 'Too many exports are running (`busy`), with Retry-After' },
      },
    },
    async ({ c, caller, query }) => {
      const filter = filterFor(caller, query);
      const xlsx = query.format === 'xlsx';
      const filters = Object.keys(query).filter((name) => name in FILTER_FIELDS);
      await audit(shared, caller, { action: 'register.exported', detail: { format: xlsx ? 'xlsx' : 'csv', filters: filters.join(' ') } });
      const body = (): AsyncIterable<Buffer> => {
        const progress = shared.exports.begin(caller, query.key ?? null);
        const slices = filter === undefined ? nothing() : store.scan(filter);
        const rows = (count: number, summaries: readonly MessageSummary[]): void => {
          progress.rows = count;
          progress.back = summaries.at(-1)?.message.acceptedAt ?? progress.back;
        };
        const parts = xlsx
          ? xlsxOf(slices, { rows, heading: HEADING, sheetName: 'Messages' })
          : csvOf(slices, { rows, byteOrderMark: query.bom ?? false });
        return followed(shared, progress, parts);
      };
      const name = `messages-${new Date(now()).toISOString().slice(0, 10)}.${xlsx ? 'xlsx' : 'csv'}`;
      return downloadOf(c, shared, { name, size: null, type: xlsx ? XLSX_TYPE : CSV_TYPE, body });
    },
  );
}

async function* nothing(): AsyncGenerator<readonly MessageSummary[]> {}

/** Ends what was begun, whole or not; also where nobody takes even the first part. */
function followed(shared: Shared, progress: ExportProgress, parts: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const iterator = parts[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          const part = await iterator.next();
          if (part.done === true) shared.exports.end(progress, true);
          return part;
        } catch (error) {
          shared.exports.end(progress, false);
          throw error;
        }
      },
      async return(value: unknown) {
        shared.exports.end(progress, false);
        await iterator.return?.();
        return { done: true, value };
      },
    }),
  };
}
