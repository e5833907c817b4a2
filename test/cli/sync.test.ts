import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { afterEach, describe, expect, it } from 'vitest';
import type { Api } from '../../src/cli/api.ts';
import { submitReports } from '../../src/cli/submit-report.ts';
import { sync } from '../../src/cli/sync.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

/** An API that gives one answer after the other, and a terminal that keeps what it is told. */
function scene(answers: readonly unknown[]) {
  const asked: string[] = [];
  const lines: string[] = [];
  const notes: string[] = [];
  const left = [...answers];
  const api = {
    post: async (path: string) => {
      asked.push(path);
      return left.shift();
    },
    postRaw: async (path: string, query: Record<string, string>, body: Buffer) => {
      asked.push(`${path} ${query['file']} ${body}`);
      return left.shift();
    },
  } as unknown as Api;
  const terminal: Terminal = {
    isTerminal: false,
    canAsk: false,
    width: Number.POSITIVE_INFINITY,
    colors: createColors(false),
    print: (line) => lines.push(line),
    note: (line) => notes.push(line),
  };
  return { api, terminal, asked, lines, notes };
}

const MAILBOX = {
  name: 'bounces',
  folder: 'INBOX',
  state: 'connected',
  nextRunAt: null,
  lastRun: {
    startedAt: '2026-02-01T12:00:00.000Z',
    endedAt: '2026-02-01T12:00:01.000Z',
    taken: 3,
    repeated: 1,
    unmatched: 2,
    left: 7,
    error: null,
  },
};

describe('relais sync', () => {
  it('joins the collection until it has ended, and shows what was found in each mailbox', async () => {
    const { api, terminal, asked, lines } = scene([
      { running: true, mailboxes: [MAILBOX] },
      { running: false, mailboxes: [MAILBOX] },
    ]);
    await sync(api, { wait: 60_000 }, terminal, () => 0);
    expect(asked).toEqual(['/sync?wait=30s', '/sync?wait=30s']);
    expect(lines[0]).toMatch(/^MAILBOX +FOLDER +STATE +TAKEN +REPEATED +UNMATCHED +OTHER MAIL +READ AT$/);
    expect(lines[1]).toMatch(/^bounces +INBOX +connected +3 +1 +2 +7 +2026-/);
  });

  it('prints objects with --json, and ends with 69 when a mailbox could not be read', async () => {
    const failing = {
      ...MAILBOX,
      state: 'failing',
      lastRun: { ...MAILBOX.lastRun, error: 'imap.example.com:993 does not answer (ECONNREFUSED)' },
    };
    const { api, terminal, lines } = scene([{ running: false, mailboxes: [MAILBOX, failing] }]);
    await expect(sync(api, { wait: 1000, json: true }, terminal, () => 0)).rejects.toMatchObject({
      exitCode: 69,
      message: 'bounces: imap.example.com:993 does not answer (ECONNREFUSED)',
    });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([MAILBOX, failing]);
  });

  it('ends with 1 when it goes on, and says where reports come from without a mailbox', async () => {
    let clock = 0;
    const patient = scene([{ running: true, mailboxes: [] }]);
    await expect(sync(patient.api, { wait: 500 }, patient.terminal, () => (clock += 500))).rejects.toMatchObject({ exitCode: 1 });
    const none = scene([{ running: false, mailboxes: [] }]);
    await sync(none.api, { wait: 500 }, none.terminal, () => 0);
    expect(none.lines).toEqual([expect.stringContaining('No mailboxes are configured')]);
  });
});

describe('relais report --submit', () => {
  const dirs: string[] = [];
  afterEach(() => {
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
  });
  function file(text: string): string {
    const dir = mkdtempSync(join(tmpdir(), 'relais-submit-'));
    dirs.push(dir);
    writeFileSync(join(dir, 'late.eml'), text);
    return join(dir, 'late.eml');
  }

  it('hands the files in, and says what each is tied to', async () => {
    const path = file('octets');
    const { api, terminal, asked, lines } = scene([{ id: 'R1', kind: 'bounce', matches: [{ message: 'M1', index: 2 }], trouble: null }]);
    await submitReports(api, [path], {}, terminal);
    expect(asked).toEqual(['/reports late.eml octets']);
    expect(lines).toEqual([`${path}  bounce  recorded as R1  M1#2`]);
  });

  it('ends with 1 when one fits no message, and with 64 when one can not be read: the others are handed in', async () => {
    const path = file('octets');
    const stray = scene([{ id: 'R1', kind: 'bounce', matches: [], trouble: 'its token is \x1b[31mforged' }]);
    await expect(submitReports(stray.api, [path], { json: true }, stray.terminal)).rejects.toMatchObject({ exitCode: 1 });
    expect(JSON.parse(stray.lines[0] ?? '')).toMatchObject({ file: path, id: 'R1', matches: [] });
    const gone = scene([{ id: 'R1', kind: 'bounce', matches: [], trouble: '\x1b[31mforged' }]);
    await expect(submitReports(gone.api, ['/nowhere.eml', path], {}, gone.terminal)).rejects.toMatchObject({ exitCode: 64 });
    expect(gone.notes).toEqual(['/nowhere.eml: cannot be read (ENOENT)']);
    expect(gone.lines).toEqual([`${path}  bounce  recorded as R1  forged`]);
  });
});
