/** The register as a file: what stands in it, and that it is read no faster than it is taken. */
import { inflateRawSync } from 'node:zlib';
import { XMLParser } from 'fast-xml-parser';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MessageSummary } from '../../src/domain/message.ts';
import { EXPORT_COLUMNS } from '../../src/http/export/rows.ts';
import { xlsxOf } from '../../src/http/export/xlsx.ts';
import { signedIn, text } from './browser.ts';
import { accept, createRoom, endAttempt, problemOf, type Room, START } from './harness.ts';

const rooms: Room[] = [];
afterEach(() => {
  for (const room of rooms.splice(0)) room.stop();
});

function newRoom(): Room {
  const room = createRoom();
  rooms.push(room);
  return room;
}

/** RFC 4180, by the letter. */
function parsedCsv(csv: string): string[][] {
  const rows: string[][] = [[]];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cells.lastIndex < csv.length) {
    const found = cells.exec(csv);
    if (found === null) throw new Error('no CSV');
    rows.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

const asObjects = ([heading = [], ...rows]: string[][]) => rows.map((row) => Object.fromEntries(heading.map((name, i) => [name, row[i]])));

const csvOf = async (room: Room, query = '', token?: string) =>
  parsedCsv(await text(room.call(`/api/v1/messages/export?${query}`, token === undefined ? {} : { token })));

describe('CSV', () => {
  it('has a row for each recipient of what the filter finds, newest first', async () => {
    const room = newRoom();
    const id = await accept(room, {
      to: ['ann@partner.example', 'bob@partner.example'],
      subject: 'Invoice 7, "final"\r\n of two',
      references: { document: '2026-7', template: 'invoice', contact: 'C-1', tags: { run: 'march', urgent: '' } },
      messageId: '7@erp.example',
    });
    await endAttempt(room, id, 1, { outcome: 'failed', category: 'mailbox-full' });
    await accept(room, { subject: 'Other', account: 'payroll' });
    const answer = await room.call('/api/v1/messages/export?template=invoice');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename="messages-2026-02-01\.csv"/),
      'x-content-type-options': 'nosniff',
    });
    const csv = await answer.text();
    expect(csv.startsWith(`${EXPORT_COLUMNS.join(',')}\r\n`)).toBe(true);
    const rows = asObjects(parsedCsv(csv));
    expect(rows).toMatchObject([
      {
        acceptedAt: '2026-02-01T12:00:00.000Z',
        id,
        state: 'in-progress',
        recipient: 'ann@partner.example',
        recipientState: 'queued',
        category: '',
        subject: 'Invoice 7, "final"\r\n of two',
        sender: 'billing@example.com',
        account: 'erp',
        document: '2026-7',
        contact: 'C-1',
        template: 'invoice',
        tags: 'run=march; urgent',
        messageId: '7@erp.example',
        origin: 'smtp',
      },
      { recipient: 'bob@partner.example', recipientState: 'failed', category: 'mailbox-full' },
    ]);
    expect((await csvOf(room)).map((row) => row[3])).toEqual([
      'recipient',
      'ann@partner.example',
      'ann@partner.example',
      'bob@partner.example',
    ]);
  });

  it('R53 makes nothing that a spreadsheet would run', async () => {
    const room = newRoom();
    const evil = ['=HYPERLINK("http://evil.example")', '+1', '-2+3', '@SUM(A1)', '\tx', '\rx', '＝1+1', '＋1', '－1', '＠x'];
    for (const subject of evil) await accept(room, { subject, references: { document: subject, tags: { '=x': 'y' } } });
    const rows = asObjects(await csvOf(room));
    expect(rows.map(({ subject }) => subject).reverse()).toEqual(evil.map((subject) => `'${subject}`));
    for (const row of rows) expect(Object.values(row).join('')).not.toMatch(/(?:^|,)"?[=+@\t]/);
    expect(rows[0]).toMatchObject({ document: "'＠x", tags: "'=x=y" });
  });

  it('begins with a byte order mark where that is asked for', async () => {
    const room = newRoom();
    const bytes = Buffer.from(await (await room.call('/api/v1/messages/export?bom=true')).arrayBuffer());
    expect(bytes.subarray(0, 5).toString('hex')).toBe(`efbbbf${Buffer.from('ac').toString('hex')}`);
  });

  it('gives the caller’s own accounts alone, and nothing where there are none', async () => {
    const room = newRoom();
    await accept(room, { account: 'erp' });
    await accept(room, { account: 'payroll' });
    const token = await room.token('desk', { role: 'viewer', accounts: ['payroll'] });
    expect(asObjects(await csvOf(room, '', token)).map(({ account }) => account)).toEqual(['payroll']);
    expect(await csvOf(room, 'account=erp', token)).toHaveLength(1);
    expect((await room.call('/api/v1/messages/export', { token: null })).status).toBe(401);
    const blind = await room.token('feed', { permissions: ['changes:read'] });
    expect((await room.call('/api/v1/messages/export', { token: blind })).status).toBe(403);
  });

  it('says what is wrong with a request', async () => {
    const room = newRoom();
    const problem = await problemOf(await room.call('/api/v1/messages/export?format=pdf&recipient=x&bom=1&key=x&limit=5'));
    expect(problem.errors?.map(({ path }) => path).sort()).toEqual(['bom', 'format', 'key', 'limit', 'recipient']);
  });

  it('stands in the audit log, without what was looked for', async () => {
    const room = newRoom();
    await csvOf(room, 'q=secret&state=failed');
    const { items } = await room.store.audits({}, { limit: 5 });
    expect(items[0]).toMatchObject({ action: 'register.exported', detail: { format: 'csv', filters: 'state q' } });
  });
});

/** What is in a zip, by its central directory. */
function unzipped(zip: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
    const [nameLength, extra, comment] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(begin, begin + zip.readUInt32LE(at + 20));
    files.set(name, (zip.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed)).toString());
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

interface Sheet {
  worksheet: {
    sheetData: { row: { c: ({ is?: { t: string | { '#text': string } }; v?: string; '@s'?: string } | '')[] }[] };
    autoFilter: { '@ref': string };
  };
}

const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  trimValues: false,
  isArray: (name) => ['row', 'c', 'sheet'].includes(name),
});

function cells(sheet: string | undefined): string[][] {
  const { worksheet } = xml.parse(sheet ?? '') as Sheet;
  const valueIn = (cell: Sheet['worksheet']['sheetData']['row'][number]['c'][number]): string => {
    if (cell === '') return '';
    const shown = cell.is?.t ?? cell.v ?? '';
    return typeof shown === 'string' ? shown : (shown['#text'] ?? '');
  };
  return worksheet.sheetData.row.map(({ c }) => c.map(valueIn));
}

describe('XLSX', () => {
  it('R53 is a workbook with texts as texts, which nothing runs, and instants as dates', async () => {
    const room = newRoom();
    const subjects = [' spaced ', '=1+1', 'a<b>&"c"', 'bell\x07 and half \ud83d', '_x0041_', 'Grüße 🚀'];
    for (const subject of subjects) await accept(room, { subject });
    const answer = await room.call('/api/v1/messages/export?format=xlsx');
    expect(answer.headers.get('content-type')).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
    expect(answer.headers.get('content-disposition')).toContain('messages-2026-02-01.xlsx');
    const files = unzipped(Buffer.from(await answer.arrayBuffer()));
    expect([...files.keys()].sort()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ]);
    const sheet = files.get('xl/worksheets/sheet1.xml');
    const [heading = [], ...rows] = cells(sheet);
    expect(heading).toEqual([...EXPORT_COLUMNS]);
    expect(rows.map((row) => row[6]).reverse()).toEqual([
      ' spaced ',
      '=1+1',
      'a<b>&"c"',
      'bell\ufffd and half \ufffd',
      '_x005F_x0041_',
      'Grüße 🚀',
    ]);
    // 1 February 2026, noon: 46054.5 days of Excel's.
    expect(rows[0]?.[0]).toBe('46054.5');
    expect(sheet).toContain('<c t="inlineStr" s="2"><is><t>=1+1</t></is></c>');
    expect(sheet).toContain('<t xml:space="preserve"> spaced </t>');
    expect(sheet).not.toContain('<f>');
    expect(sheet).toContain('<autoFilter ref="A1:S7"/>');
  });

  it('begins a new sheet where one is full, and names all of them', async () => {
    const room = newRoom();
    for (let i = 0; i < 25; i++) await accept(room, { subject: `Mail ${i}` });
    const heading = Object.fromEntries(EXPORT_COLUMNS.map((column) => [column, column])) as Parameters<typeof xlsxOf>[1]['heading'];
    for (const [sheetRows, counts] of [
      [11, [11, 11, 6]],
      [26, [26]],
      [6, [6, 6, 6, 6, 6]],
    ] as const) {
      const parts: Buffer[] = [];
      for await (const part of xlsxOf(room.store.scan({}), { rows: () => {}, heading, sheetName: 'Mail & more', sheetRows }))
        parts.push(part);
      const files = unzipped(Buffer.concat(parts));
      const sheets = counts.map((_, i) => cells(files.get(`xl/worksheets/sheet${i + 1}.xml`)));
      expect(sheets.map((rows) => rows.length)).toEqual(counts);
      expect(sheets.flatMap((rows) => rows.slice(1)).map((row) => row[6])).toEqual(Array.from({ length: 25 }, (_, i) => `Mail ${24 - i}`));
      const workbook = xml.parse(files.get('xl/workbook.xml') ?? '') as { workbook: { sheets: { sheet: { '@name': string }[] } } };
      expect(workbook.workbook.sheets.sheet.map((sheet) => sheet['@name'])).toEqual(
        counts.map((_, i) => (i === 0 ? 'Mail &amp; more' : `Mail &amp; more ${i + 1}`).replaceAll('&amp;', '&')),
      );
    }
  });

  it('of nothing is a workbook with its heading', async () => {
    const room = newRoom();
    const files = unzipped(Buffer.from(await (await room.call('/api/v1/messages/export?format=xlsx&document=none')).arrayBuffer()));
    expect(cells(files.get('xl/worksheets/sheet1.xml'))).toEqual([[...EXPORT_COLUMNS]]);
  });
});

describe('an export', () => {
  /** Slices without end, counted as they are asked for. */
  function endless(room: Room, summaries: readonly MessageSummary[]): { asked: number; left: boolean } {
    const seen = { asked: 0, left: false };
    room.store.scan = async function* () {
      try {
        for (;;) {
          seen.asked++;
          yield summaries;
        }
      } finally {
        seen.left = true;
      }
    };
    return seen;
  }

  it.each(['csv', 'xlsx'])('is read no faster than it is taken, and is over when its reader leaves: %s', async (format) => {
    const room = newRoom();
    for (let i = 0; i < 50; i++) await accept(room, { subject: `${i}`.repeat(200) });
    const { items } = await room.store.messages({}, { limit: 50 });
    const seen = endless(room, items);
    const reader = (await room.call(`/api/v1/messages/export?format=${format}`)).body?.getReader();
    await reader?.read();
    await reader?.read();
    await new Promise((resolve) => setImmediate(resolve));
    const asked = seen.asked;
    expect(asked).toBeLessThan(format === 'csv' ? 12 : 200);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen.asked - asked).toBeLessThan(format === 'csv' ? 1 : 200);
    await reader?.cancel();
    await vi.waitFor(() => expect(seen.left).toBe(true));
  });

  it('tells the page that started it how far it is, and how it ended', async () => {
    const room = newRoom();
    await accept(room, { at: START, to: ['a@x.example', 'b@x.example'] });
    const get = await signedIn(room);
    const progress = async (key: string, visitor = get) => (await visitor(`/messages/export-progress?key=${key}`)).json();
    expect(await progress('never-began')).toEqual({ state: 'unknown', text: '' });
    const { items } = await room.store.messages({}, { limit: 50 });
    const { scan } = room.store;
    endless(room, items);
    const reader = (await get('/api/v1/messages/export?key=12345678-1')).body?.getReader();
    await reader?.read();
    await reader?.read();
    expect(await progress('12345678-1')).toEqual({ state: 'running', text: expect.stringMatching(/^\d+ rows, back to Feb 1, 2026$/) });
    expect(await progress('12345678-1', await signedIn(room, await room.token('other', { role: 'viewer' })))).toMatchObject({
      state: 'unknown',
    });
    await reader?.cancel();
    expect(await progress('12345678-1')).toMatchObject({ state: 'failed' });
    room.store.scan = scan;
    await text(get('/api/v1/messages/export?key=12345678-2'));
    expect(await progress('12345678-2')).toEqual({ state: 'done', text: '2 rows exported' });
  });

  it('waits its turn: some may run at once', async () => {
    const room = newRoom();
    await accept(room);
    endless(room, (await room.store.messages({}, { limit: 1 })).items);
    const readers = [];
    for (let i = 0; i < 3; i++) readers.push((await room.call('/api/v1/messages/export')).body?.getReader());
    const busy = await room.call('/api/v1/messages/export');
    expect([busy.status, busy.headers.get('retry-after'), (await problemOf(busy)).code]).toEqual([503, '10', 'busy']);
    // Left before anything was taken.
    for (const reader of readers) await reader?.cancel();
    const again = await room.call('/api/v1/messages/export');
    expect(again.status).toBe(200);
    await again.body?.cancel();
    expect((await room.call('/api/v1/messages/export', { method: 'HEAD' })).status).toBe(200);
  });
});
