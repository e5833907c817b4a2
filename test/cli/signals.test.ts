import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { Api } from '../../src/cli/api.ts';
import { acknowledge, listDeliveries, listOpen, listRules, retryDelivery, testRule, tryRule } from '../../src/cli/signals.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

const NOW = Date.parse('2026-02-08T12:00:00Z');
const SIGNAL = {
  id: '01KBC8Q4XJ6T3M1R9YV0W2Z5AA',
  rule: 'sending-failed',
  title: 'partner.example refuses our mail – 312 recipients\x1b[2J',
  state: 'open',
  openedAt: '2026-02-01T12:00:00.000Z',
  lastAt: '2026-02-01T13:00:00.000Z',
  acknowledged: null,
};

function scene(answers: Readonly<Record<string, unknown>>) {
  const posted: [string, unknown][] = [];
  const lines: string[] = [];
  const notes: string[] = [];
  const api = {
    get: async (path: string) => answers[path],
    post: async (path: string, body: unknown) => {
      posted.push([path, body]);
      return answers[path];
    },
  } as unknown as Api;
  const terminal: Terminal = {
    isTerminal: false,
    canAsk: false,
    width: Number.POSITIVE_INFINITY,
    colors: createColors(false),
    print: (line) => void lines.push(line),
    note: (line) => void notes.push(line),
  };
  return { api, terminal, posted, lines, notes };
}

describe('relais signals', () => {
  it('lists rules with how their channels do', async () => {
    const channel = { name: 'webhook erp.example.com 0a1b2c', state: 'failing', waiting: 3, lastError: '503' };
    const rule = { name: 'erp', on: ['recipient.failed'], open: 2, unacknowledged: 1, lastAt: null, channels: [channel] };
    const { api, terminal, lines } = scene({ '/signals': { items: [rule, { ...rule, name: 'page', channels: [] }] } });
    await listRules(api, {}, terminal);
    expect(lines[1]).toMatch(/^erp +2 +webhook erp\.example\.com 0a1b2c \(failing, 3 wait: 503\)$/);
    expect(lines[2]).toMatch(/^page +2 +on the page alone$/);
  });

  it('shows what is open without control characters, and acknowledges it', async () => {
    const path = `/signals/${SIGNAL.id}/acknowledge`;
    const { api, terminal, lines, posted, notes } = scene({
      '/open-signals': { items: [SIGNAL], next: null },
      [path]: { items: [SIGNAL] },
      '/signals/erp/acknowledge': { items: [] },
    });
    await listOpen(api, {}, terminal);
    expect(lines[1]).toContain('partner.example refuses our mail – 312 recipients');
    expect(lines.join('')).not.toContain('\x1b');
    await acknowledge(api, [SIGNAL.id, 'erp'], { note: 'calling them' }, terminal);
    expect(posted[0]).toEqual([path, { note: 'calling them' }]);
    expect(lines.at(-1)).toMatch(/^Acknowledged: partner\.example/);
    expect(notes).toEqual(['Nothing of erp was open.']);
  });

  it('says how often a rule would have told, day by day', async () => {
    const trial = {
      from: '2026-02-01T12:00:00.000Z',
      to: '2026-02-08T12:00:00.000Z',
      complete: false,
      events: 312,
      fired: 14,
      signals: 9,
      days: [
        { date: '2026-02-02', fired: 10 },
        { date: '2026-02-03', fired: 4 },
      ],
      examples: [{ at: '2026-02-03T10:00:00.000Z', reason: 'repeated', title: 'x', message: null }],
    };
    const { api, terminal, lines, posted, notes } = scene({ '/signals/erp/try': trial });
    await tryRule(api, 'erp', { from: '7d' }, terminal, NOW);
    expect(posted).toEqual([['/signals/erp/try', { from: '2026-02-01T12:00:00.000Z' }]]);
    expect(lines[0]).toMatch(/^Would have told 14 times from .*: 312 events, 9 signals\.$/);
    expect(lines.slice(1, 3).map((line) => line.split('█').length - 1)).toEqual([40, 16]);
    expect(lines[3]).toContain('repeated: x');
    expect(notes[0]).toContain('Only this part');
  });

  it('tries a rule out of a file, and says what is no rule', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'relais-try-'));
    const file = join(dir, 'rule.yaml');
    writeFileSync(file, '- {on: [recipient.failed], group: each}\n');
    const nothing = { from: SIGNAL.openedAt, to: SIGNAL.lastAt, complete: true, events: 0, fired: 0, signals: 0, days: [], examples: [] };
    const { api, terminal, lines, posted } = scene({ '/signals/trial/try': nothing });
    await tryRule(api, undefined, { rule: file }, terminal, NOW);
    expect(posted).toEqual([['/signals/trial/try', { rule: { on: ['recipient.failed'], group: 'each' } }]]);
    expect(lines[0]).toContain('nobody anything');
    writeFileSync(file, 'just text');
    await expect(tryRule(api, undefined, { rule: file }, terminal, NOW)).rejects.toThrow('holds no rule');
    await expect(tryRule(api, undefined, {}, terminal, NOW)).rejects.toThrow('Give the name of a rule');
    rmSync(dir, { recursive: true });
  });

  it('lists deliveries, tests, and sends again', async () => {
    const delivery = {
      id: 'msg_1',
      channel: 1,
      reason: 'raised',
      to: null,
      createdAt: SIGNAL.lastAt,
      state: 'failed',
      attempts: 11,
      nextAttemptAt: null,
      lastAnswer: '503',
    };
    const { api, terminal, lines, notes } = scene({
      '/signals/erp/deliveries': { items: [delivery] },
      '/signals/erp/test': { items: [delivery] },
      '/signals/page/test': { items: [] },
      '/signal-deliveries/msg_1/retry': delivery,
    });
    await listDeliveries(api, 'erp', { limit: 50 }, terminal);
    expect(lines[1]).toMatch(/^msg_1 .* raised +channel 2 +failed +11 .*503$/);
    await testRule(api, 'erp', {}, terminal);
    await testRule(api, 'page', {}, terminal);
    await retryDelivery(api, ['msg_1'], {}, terminal);
    expect(lines.slice(2)).toEqual([expect.stringContaining('A test is on the way'), 'msg_1 is sent again now.']);
    expect(notes[0]).toContain('no channels');
  });
});
