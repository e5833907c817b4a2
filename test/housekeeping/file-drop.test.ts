import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileDropSettings } from '../../src/domain/settings.ts';
import { consumerOf, dropFiles, type FileDropOptions } from '../../src/housekeeping/file-drop.ts';
import { acceptMessage, attempt, transferredAttempt } from '../support/accepted-message.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingLog } from '../support/recording-log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relais-drop-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type MemoryStore = ReturnType<typeof createMemoryStore>;

function optionsFor(store: FileDropOptions['store'], settings: Partial<FileDropSettings> = {}): FileDropOptions {
  return {
    settings: { name: 'erp', directory, format: 'jsonl', schedule: '* * * * *', types: null, accounts: null, ...settings },
    store,
    now: () => 1_000,
    log: recordingLog(),
  };
}

async function mail(store: MemoryStore, count: number, account = 'erp'): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { id } = await acceptMessage(store, { account });
    await attempt(store, id, 0, transferredAttempt);
  }
}

const files = (): string[] => readdirSync(directory).filter((name) => !name.startsWith('.'));
const seqsIn = (): number[] =>
  files()
    .sort()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n'))
    .map((line) => (JSON.parse(line) as { seq: number }).seq);
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

/** A store whose position can not be written, or is written before the process dies. */
function dying(store: MemoryStore, when: 'before' | 'after'): FileDropOptions['store'] {
  return {
    changes: store.changes.bind(store),
    record: store.record.bind(store),
    get lastSeq() {
      return store.lastSeq;
    },
    consumers: {
      ...store.consumers,
      get: (name) => store.consumers.get(name),
      async put(name, value) {
        if (when === 'after') await store.consumers.put(name, value);
        throw new Error('killed');
      },
    },
  };
}

describe('the change feed as files', () => {
  it('writes what happened since the last file, and nothing when nothing did', async () => {
    const store = createMemoryStore();
    await mail(store, 3);
    expect(await dropFiles(optionsFor(store))).toBe(6);
    expect(files()).toEqual(['relais-erp-000000000001-000000000006.jsonl']);
    expect(await dropFiles(optionsFor(store))).toBe(0);
    await mail(store, 1);
    expect(await dropFiles(optionsFor(store))).toBe(2);
    expect(files()).toHaveLength(2);
    expect(seqsIn()).toEqual(upTo(8));
    expect(readdirSync(directory).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('R53 a spreadsheet gets text: UTF-8 with its mark, quoted, and no formulas', async () => {
    const store = createMemoryStore();
    await acceptMessage(store, {
      headers: { subject: '=HYPERLINK("http://evil.example","Rechnung, März")' },
      references: { document: '2024-117' },
    });
    await dropFiles(optionsFor(store, { format: 'csv' }));
    const [head, line, end] = readFileSync(join(directory, files()[0] ?? ''), 'utf8').split('\r\n');
    expect(head?.startsWith('\uFEFFseq,at,type,message,messageId,subject,')).toBe(true);
    expect(line).toContain(`"'=HYPERLINK(""http://evil.example"",""Rechnung, März"")"`);
    expect(line).toContain(',2024-117,');
    expect(end).toBe('');
  });

  it('the position moves past what a filter leaves out, without a file', async () => {
    const store = createMemoryStore();
    await mail(store, 2, 'payroll');
    const options = optionsFor(store, { types: ['recipient.failed'], accounts: ['erp'] });
    expect(await dropFiles(options)).toBe(0);
    expect(files()).toEqual([]);
    expect(await store.consumers.get(consumerOf('erp'))).toEqual({ seq: 4, at: 1_000 });
  });

  it.each(['before', 'after'] as const)('killed %s its position was written, each event still stands in one file', async (when) => {
    const store = createMemoryStore();
    await mail(store, 2);
    await expect(dropFiles(optionsFor(dying(store, when)))).rejects.toThrow('killed');
    expect(files()).toEqual([]);
    await mail(store, 2);
    await dropFiles(optionsFor(store));
    expect(seqsIn()).toEqual(upTo(8));
  });

  it('half a file is thrown away, and a file of another drop is left alone', async () => {
    const store = createMemoryStore();
    writeFileSync(join(directory, '.relais-erp.tmp'), '{"seq":1');
    writeFileSync(join(directory, '.relais-other-000000000001-000000000002.jsonl.ready'), '{}');
    await mail(store, 1);
    await dropFiles(optionsFor(store));
    expect(seqsIn()).toEqual([1, 2]);
    expect(readdirSync(directory)).toContain('.relais-other-000000000001-000000000002.jsonl.ready');
  });

  it('a position that was set back writes its events once more', async () => {
    const store = createMemoryStore();
    await mail(store, 1);
    await dropFiles(optionsFor(store));
    rmSync(join(directory, files()[0] ?? ''));
    await store.consumers.put(consumerOf('erp'), { seq: 0, at: 0 });
    await dropFiles(optionsFor(store));
    expect(seqsIn()).toEqual([1, 2]);
  });
});
