import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createIdFactory, type MessageId, type ReportId } from '../../../src/domain/ids.ts';
import type { ReportRecord } from '../../../src/domain/ports.ts';
import type { RecipientRecord } from '../../../src/domain/recipient.ts';
import { signToken, type TokenKey } from '../../../src/domain/tokens.ts';
import { createIntake, fingerprintOf, type Intake, type IntakeOptions } from '../../../src/relay/reports/intake.ts';
import { parseReport } from '../../../src/relay/reports/parse.ts';
import { acceptMessage, attempt, transferredAttempt } from '../../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../../support/memory-store.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { autoReply, complaint, type DsnRequest, dsn, lines } from './mails.ts';

const DAY = 86_400_000;
const KEY: TokenKey = { id: 'k', secret: Buffer.from('a secret that signs tokens') };
const OLD_KEY: TokenKey = { id: 'j', secret: Buffer.from('the secret before that one') };
const FOREIGN_KEY: TokenKey = { id: 'k', secret: Buffer.from('somebody else made this up') };

interface Scene {
  readonly store: MemoryStore;
  readonly intake: Intake;
  readonly message: MessageId;
  readonly log: ReturnType<typeof recordingLog>;
  token(index?: number, key?: TokenKey): string;
  recipient(index?: number): Promise<RecipientRecord>;
  /** Types of the events after the transfer. */
  events(): string[];
}

async function scene(more: Partial<IntakeOptions> & { acceptedAt?: number } = {}): Promise<Scene> {
  const store = createMemoryStore();
  const log = recordingLog();
  const { id: message } = await acceptMessage(store, {
    recipients: ['ann@partner.example', 'bob@partner.example'],
    headers: { messageId: 'original-1@erp.example' },
    ...(more.acceptedAt === undefined ? {} : { acceptedAt: more.acceptedAt }),
  });
  for (const index of [0, 1]) await attempt(store, message, index, transferredAttempt);
  const before = store.events.length;
  const intake = createIntake({
    parser: { parse: parseReport },
    store,
    tokenKeys: [KEY, OLD_KEY],
    tokenLifetime: 30 * DAY,
    reportDomain: 'bounce.example.com',
    now: Date.now,
    newReportId: createIdFactory({ now: Date.now, randomBytes }) as () => ReportId,
    log,
    ...more,
  });
  return {
    store,
    intake,
    message,
    log,
    token: (index = 0, key = KEY) => `${signToken({ message, index }, key)}@bounce.example.com`,
    recipient: async (index = 0) => {
      const recipient = (await store.record(message))?.recipients[index];
      if (recipient === undefined) throw new Error(`no recipient ${index}`);
      return recipient;
    },
    events: () => store.events.slice(before).map(({ type }) => type),
  };
}

const take = async ({ intake }: Scene, to: string | null, raw: Buffer): Promise<ReportRecord> =>
  (await intake.take({ raw, to, via: 'smtp', source: '192.0.2.9' })).report;

describe('intake', () => {
  it('a bounce makes its recipient failed, and no other', async () => {
    const at = await scene();
    const report = await take(at, at.token(), dsn());
    expect(report).toMatchObject({
      kind: 'bounce',
      matched: { message: at.message, index: 0, rank: 1 },
      trouble: null,
      via: 'smtp',
      to: at.token(),
    });
    expect(await at.recipient()).toMatchObject({
      state: 'failed',
      confidence: 'confirmed',
      reports: [report.id],
      failure: {
        source: 'report',
        category: 'mailbox-unknown',
        status: '5.1.1',
        addressInvalid: true,
        reply: { code: 550, status: '5.1.1', text: '<ann@partner.example>: user unknown' },
      },
    });
    expect((await at.recipient(1)).state).toBe('transferred');
    expect(at.events()).toEqual(['recipient.failed']);
    expect((await at.store.report(report.id))?.raw.equals(dsn())).toBe(true);
  });

  const effects: { action: string; status: string; state: string; events: string[] }[] = [
    { action: 'delivered', status: '2.0.0', state: 'delivered', events: ['recipient.delivered'] },
    { action: 'delayed', status: '4.4.1', state: 'transferred', events: ['recipient.delayed'] },
    { action: 'relayed', status: '2.0.0', state: 'transferred', events: ['recipient.relayed'] },
    { action: 'expanded', status: '2.0.0', state: 'transferred', events: ['recipient.expanded'] },
  ];
  it.each(effects)('an action $action leaves it $state', async ({ action, status, state, events }) => {
    const at = await scene();
    const report = await take(at, at.token(), dsn({ action, status, diagnostic: 'smtp; 450 4.4.1 so it is' }));
    expect(await at.recipient()).toMatchObject({ state, reports: [report.id] });
    expect(at.events()).toEqual(events);
  });

  it('the text beats the code: a full mailbox that says 5.1.1 is no dead address', async () => {
    const at = await scene();
    await take(at, at.token(), dsn({ diagnostic: 'smtp; 550 5.1.1 mailbox full' }));
    expect((await at.recipient()).failure).toMatchObject({ category: 'mailbox-full', addressInvalid: false });
  });

  it('a complaint and an automatic reply are told of, and change no state', async () => {
    const at = await scene();
    await take(at, 'bounces@bounce.example.com', complaint({ returnPath: at.token() }));
    await take(at, at.token(), autoReply());
    expect(at.events()).toEqual(['recipient.complained', 'recipient.auto-replied']);
    expect(await at.recipient()).toMatchObject({ state: 'transferred', reports: [expect.any(String), expect.any(String)] });
  });

  it('a token signed by the key before the last still holds', async () => {
    const at = await scene();
    await take(at, at.token(0, OLD_KEY), dsn());
    expect((await at.recipient()).state).toBe('failed');
  });

  it('a server that folds the case of local parts finds its recipient', async () => {
    const at = await scene();
    await take(at, at.token().toUpperCase(), dsn());
    expect((await at.recipient()).state).toBe('failed');
  });

  it('an alias that bounces finds the recipient it was addressed to; so does a provider that rewrites the Message-ID', async () => {
    const alias = await scene();
    await take(alias, alias.token(), dsn({ recipient: 'anna@elsewhere.example' }));
    expect((await alias.recipient()).state).toBe('failed');
    const rewritten = await scene();
    await take(rewritten, rewritten.token(), dsn({ messageId: 'rewritten@provider.example' }));
    expect((await rewritten.recipient()).state).toBe('failed');
  });

  it('of the groups of an expanded alias the addressee counts, or else the gravest', async () => {
    const groups = [
      'Final-Recipient: rfc822;one@list.example\nAction: delivered',
      'Final-Recipient: rfc822;two@list.example\nAction: failed',
    ];
    const own = await scene();
    await take(own, own.token(), dsn({ action: 'delivered', status: '2.0.0', groups }));
    expect((await own.recipient()).state).toBe('delivered');
    const expanded = await scene();
    await take(expanded, expanded.token(), dsn({ recipient: 'zero@list.example', action: 'delivered', status: '2.0.0', groups }));
    expect((await expanded.recipient()).state).toBe('failed');
  });

  const untrusted: {
    name: string;
    to: (at: Scene) => string;
    report?: DsnRequest;
    trouble: RegExp;
    options?: Parameters<typeof scene>[0];
  }[] = [
    { name: 'R46 no token at all', to: () => 'bounces@bounce.example.com', trouble: /no token/ },
    { name: 'R46 a forged token', to: (at) => at.token(0, FOREIGN_KEY), trouble: /forged .*claims recipient 0/ },
    {
      name: 'R46 a token of a key nobody knows',
      to: (at) => at.token(0, { id: 'z', secret: KEY.secret }),
      trouble: /key that is not known/,
    },
    { name: 'R47 a token for another recipient, its signature kept', to: (at) => at.token().replace('-0-', '-1-'), trouble: /forged/ },
    {
      name: 'R47 an expired token',
      to: (at) => at.token(),
      trouble: /expired/,
      options: { now: () => Date.now() + 31 * DAY },
    },
    { name: 'R47 a token of a recipient that there is not', to: (at) => at.token(7), trouble: /recipient 7 .* not recorded/ },
    {
      name: 'R47 a token of a message that is gone',
      to: () =>
        `${signToken({ message: createIdFactory({ now: Date.now, randomBytes })() as MessageId, index: 0 }, KEY)}@bounce.example.com`,
      trouble: /not recorded/,
    },
    {
      name: 'R47 a mismatched token: the report speaks of another recipient and another message',
      to: (at) => at.token(),
      report: { recipient: 'eve@elsewhere.example', messageId: 'other@erp.example' },
      trouble: /another recipient and another message/,
    },
  ];
  it.each(untrusted)('$name changes nothing, is kept and told of', async ({ to, report, trouble, options }) => {
    const at = await scene(options);
    const taken = await take(at, to(at), dsn(report));
    expect(taken).toMatchObject({ matched: null, kind: 'bounce', trouble: expect.stringMatching(trouble) });
    expect(at.events()).toEqual(['report.unmatched']);
    expect((await at.recipient()).state).toBe('transferred');
    expect((await at.recipient(1)).state).toBe('transferred');
    expect((await at.store.reports({ matched: false }, { limit: 10 })).items.map(({ id }) => id)).toEqual([taken.id]);
  });

  it('R49 what nobody can read is kept for a person, though its token holds', async () => {
    const at = await scene();
    const taken = await take(at, at.token(), lines('Subject: hm', '', 'Hello?'));
    expect(taken).toMatchObject({ kind: 'none', matched: null, trouble: expect.stringContaining('recipient 0') });
    expect(at.events()).toEqual(['report.unmatched']);
  });

  describe('R47 the same report again', () => {
    it('changes nothing and is recorded once', async () => {
      const at = await scene();
      const first = await take(at, at.token(), dsn());
      expect(await take(at, at.token(), dsn())).toEqual(first);
      expect(at.events()).toEqual(['recipient.failed']);
    });

    it('also after a restart, and with other trace fields by another way', async () => {
      const at = await scene();
      const raw = dsn({ action: 'delayed', status: '4.4.1' });
      const first = await take(at, at.token(), raw);
      const restarted = createIntake({
        parser: { parse: parseReport },
        store: at.store,
        tokenKeys: [KEY],
        tokenLifetime: 30 * DAY,
        reportDomain: 'bounce.example.com',
        now: Date.now,
        newReportId: createIdFactory({ now: Date.now, randomBytes }) as () => ReportId,
        log: recordingLog(),
      });
      const traced = Buffer.concat([Buffer.from('Received: from a by b;\r\n Fri, 1 May 2026 03:15:00 +0000\r\n'), raw]);
      expect(fingerprintOf(traced)).toBe(fingerprintOf(raw));
      const again = await restarted.take({ raw: traced, to: at.token(), via: 'imap', source: 'bounces' });
      expect(again).toMatchObject({ report: { id: first.id }, repeated: true, transitions: [] });
      expect(at.events()).toEqual(['recipient.delayed']);
    });

    it('at the same time by two ways', async () => {
      const at = await scene();
      const both = await Promise.all([take(at, at.token(), dsn()), take(at, at.token(), dsn())]);
      expect(both[0]).toEqual(both[1]);
      expect(at.events()).toEqual(['recipient.failed']);
    });

    it('but another report of the same recipient is another', async () => {
      const at = await scene();
      await take(at, at.token(), dsn({ action: 'delayed', status: '4.4.1' }));
      await take(at, at.token(), dsn({ id: 'dsn-2@mx.partner.example' }));
      expect(at.events()).toEqual(['recipient.delayed', 'recipient.failed']);
    });

    it('and the same bytes for another recipient are another', async () => {
      const at = await scene();
      await take(at, at.token(0), dsn());
      await take(at, at.token(1), dsn({}));
      expect([(await at.recipient(0)).state, (await at.recipient(1)).state]).toEqual(['failed', 'failed']);
    });
  });

  it('a store that refuses is an error, and the next try is taken', async () => {
    const at = await scene();
    const record = at.store.recordReport.bind(at.store);
    at.store.recordReport = () => Promise.reject(new Error('EIO'));
    await expect(take(at, at.token(), dsn())).rejects.toThrow('EIO');
    at.store.recordReport = record;
    await take(at, at.token(), dsn());
    expect((await at.recipient()).state).toBe('failed');
  });
});
