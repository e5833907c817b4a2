import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { Api } from '../../src/cli/api.ts';
import { linkReport, listReports, showReport } from '../../src/cli/reports.ts';
import { listSuppressions } from '../../src/cli/suppressions.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

const ID = '01KBC8Q4XJ6T3M1R9YV0W2Z5AA';
const MESSAGE = '01KBC8Q4XJ6T3M1R9YV0W2Z5BB';

const REPORT = {
  id: ID,
  receivedAt: '2026-02-01T12:00:00.000Z',
  via: 'imap',
  source: 'bounces',
  to: null,
  kind: 'bounce',
  subject: 'Undelivered',
  originalMessageId: 'x@erp.example',
  envelopeId: null,
  reportingMta: 'mx.partner.example\x1b[2J',
  recipients: [
    {
      address: 'ann@partner.example',
      action: 'failed',
      status: '5.1.1',
      replyCode: 550,
      category: 'mailbox-unknown',
      addressInvalid: true,
      permanent: true,
      diagnostic: 'user unknown',
    },
  ],
  matched: null as object | null,
  matches: [] as object[],
  trouble: 'it carries no token of ours',
  size: 2100,
};

/** An API that answers by path, and a terminal that keeps what it is told. */
function scene(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const bodies: unknown[] = [];
  const lines: string[] = [];
  const notes: string[] = [];
  const answer = async <T>(path: string): Promise<T> => answers[path] as T;
  const api = {
    get: (path: string, query: Record<string, string | undefined> = {}) => {
      asked.push(
        `${path}?${new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined))}`,
      );
      return answer(path);
    },
    post: (path: string, body: unknown) => {
      bodies.push(body);
      return answer(path);
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
  return { api, terminal, asked, bodies, lines, notes };
}

describe('reports list', () => {
  it('asks for what was named, and shows a report a line, safe for a terminal', async () => {
    const { api, terminal, asked, lines, notes } = scene({ '/reports': { items: [REPORT], next: 'more' } });
    await listReports(api, { unmatched: true, kind: 'bounce', from: '2026-02-01T00:00:00Z', limit: 1 }, terminal, 0);
    expect(asked).toEqual(['/reports?matched=false&kind=bounce&from=2026-02-01T00%3A00%3A00.000Z&limit=1']);
    expect(lines[0]).toMatch(/^ID +RECEIVED +KIND +RECIPIENT +REASON +MESSAGE +FROM$/);
    expect(lines[1]).toMatch(
      new RegExp(`^${ID} +2026-.* bounce +ann@partner\\.example +mailbox-unknown +to review +mx\\.partner\\.example$`),
    );
    expect(notes).toEqual([expect.stringContaining('there are more'), expect.stringContaining('reports show ID')]);
  });

  it('is one object a line with --json, and says where there is none', async () => {
    const some = scene({ '/reports': { items: [REPORT, REPORT], next: null } });
    await listReports(some.api, { limit: 50, json: true }, some.terminal, 0);
    expect(some.lines.map((line) => JSON.parse(line))).toEqual([REPORT, REPORT]);
    const none = scene({ '/reports': { items: [], next: null } });
    await listReports(none.api, { unmatched: true, limit: 50 }, none.terminal, 0);
    expect([none.lines, none.notes]).toEqual([[], ['No report waits for review.']]);
  });
});

describe('reports show', () => {
  it('tells what it says, why it was not tied, and what it may be about', async () => {
    const candidate = {
      message: MESSAGE,
      address: 'ann@partner.example',
      state: 'transferred',
      subject: 'Invoice',
      acceptedAt: '2026-02-01T11:00:00.000Z',
      rank: 4,
    };
    const { api, terminal, lines, notes } = scene({ [`/reports/${ID}`]: REPORT, [`/reports/${ID}/candidates`]: { items: [candidate] } });
    await showReport(api, ID, {}, terminal);
    const text = lines.join('\n');
    expect(text).toContain(`${ID}  bounce  to review`);
    expect(text).toMatch(/note +it carries no token of ours/);
    expect(text).toContain('ann@partner.example  failed (mailbox-unknown) 550 5.1.1  the address is dead');
    expect(text).toMatch(new RegExp(`${MESSAGE} +2026-.* transferred +ann@partner\\.example +recipient, time and subject +Invoice`));
    expect(text).not.toContain('\x1b');
    expect(notes.join()).toContain(`relais reports link ${ID} MESSAGE`);
  });

  it('tells what it is tied to, how, and by whom', async () => {
    const matches = [
      { message: MESSAGE, index: 0, rank: 2, linked: null },
      { message: MESSAGE, index: 1, rank: 4, linked: { by: 'carla', at: '2026-02-02T08:00:00.000Z' } },
    ];
    const { api, terminal, lines, asked } = scene({ [`/reports/${ID}`]: { ...REPORT, matched: matches[0], matches, trouble: null } });
    await showReport(api, ID, {}, terminal);
    const text = lines.join('\n');
    expect(text).toContain(`${MESSAGE}  by the envelope id and the recipient`);
    expect(text).toMatch(new RegExp(`${MESSAGE}  linked by carla at 2026-02-0`));
    expect(asked).toEqual([`/reports/${ID}?`]);
  });
});

describe('reports link', () => {
  it('says what became of the recipient', async () => {
    const recipients = [
      { message: MESSAGE, address: 'ann@partner.example', state: 'failed', changed: true },
      { message: MESSAGE, address: 'bob@partner.example', state: 'failed', changed: false },
    ];
    const { api, terminal, lines, bodies } = scene({ [`/reports/${ID}/link`]: { report: REPORT, recipients } });
    await linkReport(api, { id: ID, message: MESSAGE, recipient: 'ann@partner.example' }, {}, terminal);
    expect(bodies).toEqual([{ message: MESSAGE, recipient: 'ann@partner.example' }]);
    expect(lines).toEqual([`${MESSAGE}  ann@partner.example is now failed`, `${MESSAGE}  bob@partner.example stays failed`]);
  });
});

it('suppressions name the message whose report led to them, where there is one', async () => {
  const entry = {
    address: 'ann@partner.example',
    reason: 'manual',
    note: 'asked us',
    by: 'carla',
    at: '2026-02-01T12:00:00.000Z',
    until: null,
    message: null,
  };
  const byHand = scene({ '/suppressions': { items: [entry], next: null } });
  await listSuppressions(byHand.api, {}, byHand.terminal);
  expect(byHand.lines[0]).toMatch(/^ADDRESS +REASON +SINCE +UNTIL +BY +NOTE$/);
  const dead = { ...entry, reason: 'bounce', by: null, note: '550 5.1.1 no such user', message: MESSAGE };
  const byReport = scene({ '/suppressions': { items: [entry, dead], next: null } });
  await listSuppressions(byReport.api, {}, byReport.terminal);
  expect(byReport.lines[0]).toMatch(/ BY +MESSAGE +NOTE$/);
  expect(byReport.lines[2]).toMatch(new RegExp(`bounce +2026-.* lifted +relais +${MESSAGE} +550 5\\.1\\.1 no such user$`));
});
