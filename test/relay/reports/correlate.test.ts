import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createIdFactory, type MessageId, type ReportId } from '../../../src/domain/ids.ts';
import type { Collector, ReportDesk } from '../../../src/domain/ports.ts';
import { signToken, type TokenKey } from '../../../src/domain/tokens.ts';
import { createDesk } from '../../../src/relay/reports/desk.ts';
import { createIntake, type IncomingReport, type TakenReport } from '../../../src/relay/reports/intake.ts';
import { parseReport } from '../../../src/relay/reports/parse.ts';
import { acceptMessage, attempt, type MessageRequest, transferredAttempt } from '../../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../../support/memory-store.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { autoReply, complaint, type DsnRequest, dsn } from './mails.ts';

const DAY = 86_400_000;
const KEY: TokenKey = { id: 'k', secret: Buffer.from('a secret that signs tokens') };
const OTHER_RELAY: TokenKey = { id: 'k', secret: Buffer.from('of another relay altogether') };
const NO_COLLECTOR: Collector = {
  collect: async () => ({ running: false, mailboxes: [] }),
  status: () => ({ running: false, mailboxes: [] }),
};

interface Scene {
  readonly store: MemoryStore;
  readonly desk: ReportDesk;
  accept(request?: MessageRequest & { readonly remoteId?: string; readonly transferred?: boolean }): Promise<MessageId>;
  take(raw: Buffer, via?: IncomingReport['via'], to?: string | null): Promise<TakenReport>;
  states(message: MessageId): Promise<string[]>;
}

function scene(now: () => number = Date.now): Scene {
  const store = createMemoryStore();
  const log = recordingLog();
  const reading = {
    parser: { parse: parseReport },
    store,
    tokenKeys: [KEY],
    tokenLifetime: 30 * DAY,
    reportDomain: 'bounce.example.com',
    now,
    log,
  };
  const intake = createIntake({ ...reading, newReportId: createIdFactory({ now: Date.now, randomBytes }) as () => ReportId });
  return {
    store,
    desk: createDesk({ ...reading, intake, collector: NO_COLLECTOR, counts: () => ({ reports: [], refused: [] }) }),
    accept: async ({ remoteId, transferred = true, ...request } = {}) => {
      const { id, envelope } = await acceptMessage(store, request);
      for (const index of transferred ? envelope.recipients.keys() : []) {
        await attempt(store, id, index, { ...transferredAttempt, ...(remoteId === undefined ? {} : { remoteId }) });
      }
      return id;
    },
    take: (raw, via = 'imap', to = null) => intake.take({ raw, via, to, source: null }),
    states: async (message) => (await store.record(message))?.recipients.map(({ state }) => state) ?? [],
  };
}

const ANN = 'ann@partner.example';
const BOB = 'bob@partner.example';
const two = [ANN, BOB];
const hard = (): string => `${randomUUID()}@erp.example`;
/** A report that names nothing but what a test gives it. */
const report = (request: DsnRequest = {}): Buffer =>
  dsn({ messageId: 'nobody-knows@it.example', id: `${randomUUID()}@mx.example`, ...request });

describe('without a token', () => {
  it('rank 2: the ENVID of the sender, with the recipient', async () => {
    const at = scene();
    const message = await at.accept({ recipients: two, envelope: { envid: 'order 7' } });
    await at.accept({ recipients: two, envelope: { envid: 'order 8' } });
    const { report: taken } = await at.take(report({ envelopeId: 'order 7', recipient: BOB }));
    expect(taken).toMatchObject({ matched: { message, index: 1, rank: 2 }, trouble: null });
    expect(await at.states(message)).toEqual(['transferred', 'failed']);
  });

  it('rank 2: the token that was sent as ENVID, whichever recipient the report names, by the open listener too', async () => {
    const at = scene();
    const message = await at.accept({ recipients: two, headers: { messageId: 'own@erp.example' } });
    const envelopeId = signToken({ message, index: 1 }, KEY);
    const { report: taken } = await at.take(
      report({ envelopeId, messageId: 'own@erp.example', recipient: 'anna@alias.example' }),
      'smtp',
      'bounces@bounce.example.com',
    );
    expect(taken.matches).toEqual([{ message, index: 1, rank: 2 }]);
    expect(await at.states(message)).toEqual(['transferred', 'failed']);
  });

  it('rank 3: the Message-ID, with the recipient', async () => {
    const at = scene();
    const messageId = hard();
    const message = await at.accept({ recipients: two, headers: { messageId } });
    const { report: taken } = await at.take(report({ messageId, recipient: 'ANN@Partner.example' }));
    expect(taken.matches).toEqual([{ message, index: 0, rank: 3 }]);
  });

  it.each([
    [
      'the Message-ID that Amazon SES makes of it',
      { messageId: '010201935d2f8a11-6e0f3c1a-2b4d-4c8e-9f10-1a2b3c4d5e6f-000000@eu-west-1.amazonses.com' },
    ],
    [
      'the name of the queue',
      {
        groups: [
          'Final-Recipient: rfc822; eve@elsewhere.example\nAction: delivered\nFinal-Log-ID: 010201935d2f8a11-6e0f3c1a-2b4d-4c8e-9f10-1a2b3c4d5e6f-000000',
        ],
      },
    ],
  ])('rank 3: what the next hop named it, by %s', async (_, request) => {
    const at = scene();
    const message = await at.accept({ recipients: two, remoteId: '010201935d2f8a11-6e0f3c1a-2b4d-4c8e-9f10-1a2b3c4d5e6f-000000' });
    const { report: taken } = await at.take(report(request), 'smtp', 'bounces@bounce.example.com');
    expect(taken.matches).toEqual([{ message, index: 0, rank: 3 }]);
    expect(await at.states(message)).toEqual(['failed', 'transferred']);
  });

  it('rank 3: what an automatic reply answers; it changes no state', async () => {
    const at = scene();
    const message = await at.accept({ headers: { messageId: 'original-1@erp.example' } });
    const { report: taken } = await at.take(autoReply({ from: 'ann.smith@partner.example' }));
    expect(taken).toMatchObject({ kind: 'auto-reply', matches: [{ message, index: 0, rank: 3 }] });
    expect(await at.states(message)).toEqual(['transferred']);
    expect(at.store.events.at(-1)?.type).toBe('recipient.auto-replied');
  });

  it('rank 4: recipient, time and subject, from a mailbox', async () => {
    const at = scene();
    await at.accept({ recipients: two, headers: { subject: 'Invoice 2024-118' } });
    const message = await at.accept({ recipients: two, headers: { subject: 'Invoice  2024-117' } });
    const { report: taken } = await at.take(report());
    expect(taken.matches).toEqual([{ message, index: 0, rank: 4 }]);
    expect(await at.states(message)).toEqual(['failed', 'transferred']);
  });

  it('several recipients of one report are each tied', async () => {
    const at = scene();
    const messageId = hard();
    const message = await at.accept({ recipients: [...two, 'cyd@partner.example'], headers: { messageId } });
    const groups = [
      'Final-Recipient: rfc822; cyd@partner.example\nAction: delivered\nStatus: 2.0.0',
      'Final-Recipient: rfc822; eve@no.example\nAction: failed',
    ];
    const { report: taken, transitions } = await at.take(report({ messageId, groups }));
    expect(taken.matches).toEqual([0, 2].map((index) => ({ message, index, rank: 3 })));
    expect(transitions).toHaveLength(2);
    expect(await at.states(message)).toEqual(['failed', 'transferred', 'delivered']);
  });

  it('an alias is found by Original-Recipient, by ORCPT, or where there is but one recipient', async () => {
    const at = scene();
    const [first, second, third] = [hard(), hard(), hard()];
    const original = await at.accept({ recipients: two, headers: { messageId: first } });
    await at.take(report({ messageId: first, recipient: 'anna@alias.example', originalRecipient: 'bob@partner.example' }));
    expect(await at.states(original)).toEqual(['transferred', 'failed']);
    const orcpt = await at.accept({
      headers: { messageId: second },
      envelope: {
        recipients: (await acceptedRecipients(two)).map((one) => ({
          ...one,
          orcpt: { type: 'rfc822', address: `alias-of-${one.address}` },
        })),
      },
    });
    await at.take(report({ messageId: second, recipient: 'x@y.example', originalRecipient: 'alias-of-ann@partner.example' }));
    expect(await at.states(orcpt)).toEqual(['failed', 'transferred']);
    const single = await at.accept({ headers: { messageId: third } });
    await at.take(report({ messageId: third, recipient: 'anna@alias.example' }));
    expect(await at.states(single)).toEqual(['failed']);
  });

  it('a message that was sent again is not mistaken for the one that was refused at once', async () => {
    const at = scene();
    const messageId = hard();
    const refused = await at.accept({ headers: { messageId }, transferred: false });
    await attempt(at.store, refused, 0, { outcome: 'failed', code: 550, category: 'policy', addressInvalid: false });
    const again = await at.accept({ headers: { messageId } });
    expect((await at.take(report({ messageId }))).report.matched).toMatchObject({ message: again });
  });
});

async function acceptedRecipients(texts: readonly string[]) {
  return (await acceptMessage(createMemoryStore(), { recipients: texts })).envelope.recipients;
}

describe('what changes nothing, and waits in the review list', () => {
  const unmoved: readonly [
    name: string,
    accept: Parameters<Scene['accept']>[0],
    raw: DsnRequest,
    trouble: RegExp,
    more?: { readonly via?: IncomingReport['via']; readonly now?: () => number },
  ][] = [
    [
      'a Message-ID that could be guessed, by the open listener',
      { headers: { messageId: 'order.20261124@erp.example' } },
      { messageId: 'order.20261124@erp.example' },
      /could be guessed/,
      { via: 'smtp' },
    ],
    [
      'an ENVID that could be guessed, by the open listener',
      { envelope: { envid: '4711' } },
      { envelopeId: '4711' },
      /could be guessed/,
      { via: 'smtp' },
    ],
    ['recipient and subject, by the open listener', {}, {}, /could be guessed/, { via: 'smtp' }],
    [
      'a Message-ID with another recipient',
      { recipients: two, headers: { messageId: 'a@erp.example', subject: 'x' } },
      { messageId: 'a@erp.example', recipient: 'eve@x.example' },
      /fits no message, recipient and time/,
    ],
    [
      'a Message-ID after its time',
      { headers: { messageId: 'a@erp.example', subject: 'x' } },
      { messageId: 'a@erp.example' },
      /fits no message, recipient and time/,
      { now: () => Date.now() + 31 * DAY },
    ],
    ['a subject after more than a week', {}, {}, /fits no message, recipient and time/, { now: () => Date.now() + 8 * DAY }],
    ['a subject of another message', { headers: { subject: 'Order' } }, {}, /fits no message, recipient and time/],
  ];
  it.each(unmoved)('%s', async (_, accepted, request, trouble, { via = 'imap', now = Date.now } = {}) => {
    const at = scene(now);
    const message = await at.accept(accepted);
    const before = await at.states(message);
    const { report: taken } = await at.take(report(request), via, via === 'smtp' ? 'bounces@bounce.example.com' : null);
    expect(taken).toMatchObject({ matched: null, matches: [], trouble: expect.stringMatching(trouble) });
    expect(await at.states(message)).toEqual(before);
  });

  it('what may speak of two messages', async () => {
    const at = scene();
    const ids = [await at.accept(), await at.accept()];
    const { report: taken } = await at.take(report());
    expect(taken).toMatchObject({ matched: null, trouble: expect.stringContaining(ids[0] ?? '') });
    expect(await at.desk.candidates(taken.id)).toEqual(ids.reverse().map((message) => ({ message, index: 0, rank: 4 })));
  });

  it('a report that came before its message was written', async () => {
    const at = scene();
    const message = await at.accept({ headers: { messageId: 'a@erp.example', subject: 'x' } });
    const raw = Buffer.from(
      report({ messageId: 'a@erp.example' }).toString().replace('Subject:', 'Date: Fri, 01 May 2020 03:15:00 +0000\r\nSubject:'),
    );
    expect((await at.take(raw)).report.matched).toBeNull();
    expect(await at.states(message)).toEqual(['transferred']);
  });
});

describe('tokens', () => {
  it('are found wherever the report quotes them', async () => {
    const at = scene();
    const message = await at.accept({ recipients: two });
    const token = signToken({ message, index: 0 }, KEY);
    const inTo = report({ to: `SRS0=x7=AB=bounce.example.com=${token}@forwarder.example` });
    expect((await at.take(inTo)).report.matches).toEqual([{ message, index: 0, rank: 1 }]);
    const quoted = report({ diagnostic: `smtp; 550 5.1.1 message from <${token}@bounce.example.com> refused`, action: 'delayed' });
    expect((await at.take(quoted)).report.matches).toEqual([{ message, index: 0, rank: 1 }]);
  });

  it('of another relay are none of ours; a forged one under our domain is', async () => {
    const at = scene();
    const messageId = hard();
    const message = await at.accept({ headers: { messageId } });
    const foreign = signToken({ message, index: 0 }, OTHER_RELAY);
    const passed = report({
      messageId,
      action: 'delayed',
      diagnostic: `smtp; 451 4.0.0 <${foreign}@bounces.elsewhere.example> greylisted`,
    });
    expect((await at.take(passed)).report.matches).toEqual([{ message, index: 0, rank: 3 }]);
    const forged = report({ messageId, diagnostic: `smtp; 550 5.1.1 <${foreign}@bounce.example.com> refused` });
    expect((await at.take(forged)).report).toMatchObject({ matched: null, trouble: expect.stringContaining('forged') });
    expect(await at.states(message)).toEqual(['transferred']);
  });

  it('hold for an alias at a provider that rewrites the Message-ID', async () => {
    const at = scene();
    const message = await at.accept({
      remoteId: 'AM0PR01MB1@AM0PR01MB1.eurprd01.prod.outlook.com',
      headers: { messageId: 'own@erp.example' },
    });
    const to = `${signToken({ message, index: 0 }, KEY)}@bounce.example.com`;
    const raw = report({ recipient: 'anna@alias.example', messageId: 'AM0PR01MB1@AM0PR01MB1.eurprd01.prod.outlook.com' });
    expect((await at.take(raw, 'smtp', to)).report.matches).toEqual([{ message, index: 0, rank: 1 }]);
  });

  it('of a complaint from a mailbox', async () => {
    const at = scene();
    const message = await at.accept();
    const returnPath = `${signToken({ message, index: 0 }, KEY)}@bounce.example.com`;
    expect((await at.take(complaint({ returnPath }))).report).toMatchObject({ kind: 'complaint', matches: [{ message, rank: 1 }] });
  });
});

describe('the same report by two ways at once', () => {
  it('is taken once, tied or not', async () => {
    const at = scene();
    const message = await at.accept();
    const to = `${signToken({ message, index: 0 }, KEY)}@bounce.example.com`;
    for (const raw of [dsn({ to }), report({ recipient: 'nobody@known.example', id: 'stray@mx.example' })]) {
      const both = await Promise.all([at.take(raw, 'smtp', raw.includes(to) ? to : 'bounces@bounce.example.com'), at.take(raw, 'imap')]);
      expect(both.map(({ repeated }) => repeated).sort()).toEqual([false, true]);
      expect(both[0].report.id).toBe(both[1].report.id);
    }
    expect((await at.store.reports({}, { limit: 9 })).items).toHaveLength(2);
    expect(at.store.events.map(({ type }) => type).filter((type) => type === 'recipient.failed')).toHaveLength(1);
  });
});

describe('linking by hand', () => {
  const stray = async (at: Scene, request: DsnRequest = {}) =>
    (await at.take(report({ recipient: 'anna@alias.example', ...request }))).report.id;

  it('ties to the recipient that is named, with the name of who did it', async () => {
    const at = scene();
    const message = await at.accept({ recipients: two });
    const id = await stray(at);
    expect(await at.desk.candidates(id)).toEqual([]);
    const answer = await at.desk.link({ report: id, message, index: 1, by: 'ops' });
    expect(answer).toMatchObject({
      kind: 'linked',
      report: { matches: [{ message, index: 1, rank: 4, linked: { by: 'ops', at: expect.any(Number) } }] },
      transitions: [{ changed: true, recipient: { index: 1, state: 'failed' } }],
    });
    expect(await at.desk.link({ report: id, message, index: 0, by: 'ops' })).toEqual({ kind: 'refused', reason: 'already-linked' });
    expect(await at.states(message)).toEqual(['transferred', 'failed']);
  });

  it('keeps the rank of what speaks for it', async () => {
    const at = scene();
    const message = await at.accept({ envelope: { envid: '4711' } });
    const { report: taken } = await at.take(report({ envelopeId: '4711' }), 'smtp', 'bounces@bounce.example.com');
    expect(await at.desk.candidates(taken.id)).toEqual([{ message, index: 0, rank: 2 }]);
    expect(await at.desk.link({ report: taken.id, message, by: null })).toMatchObject({ kind: 'linked', report: { matched: { rank: 2 } } });
  });

  it('proposes what an expired token names', async () => {
    const late = scene(() => Date.now() + 31 * DAY);
    const message = await late.accept({ recipients: two });
    const { report: taken } = await late.take(report(), 'smtp', `${signToken({ message, index: 1 }, KEY)}@bounce.example.com`);
    expect((await late.desk.candidates(taken.id))[0]).toEqual({ message, index: 1, rank: 1 });
  });

  it('is refused with its reason', async () => {
    const at = scene();
    const message = await at.accept({ recipients: two });
    const id = await stray(at);
    const silent = (await at.take(Buffer.from('Subject: hm\r\n\r\nHello?\r\n'))).report.id;
    const nobody = createIdFactory({ now: Date.now, randomBytes })();
    const reasons = [
      at.desk.link({ report: nobody as ReportId, message, by: null }),
      at.desk.link({ report: id, message: nobody as MessageId, by: null }),
      at.desk.link({ report: id, message, index: 7, by: null }),
      at.desk.link({ report: id, message, by: null }),
      at.desk.link({ report: silent, message, index: 0, by: null }),
    ].map(async (answer) => (await answer) as { readonly reason?: string });
    expect((await Promise.all(reasons)).map(({ reason }) => reason)).toEqual([
      'report-not-found',
      'message-not-found',
      'recipient-not-found',
      'recipient-ambiguous',
      'says-nothing',
    ]);
    expect(await at.states(message)).toEqual(['transferred', 'transferred']);
  });
});
