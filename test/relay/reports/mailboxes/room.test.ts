import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIdFactory, type MessageId, type ReportId } from '../../../../src/domain/ids.ts';
import type { MailboxSettings, ReportSettings } from '../../../../src/domain/settings.ts';
import { signToken, type TokenKey } from '../../../../src/domain/tokens.ts';
import { type Reports, startReports } from '../../../../src/relay/reports/index.ts';
import { parseReport } from '../../../../src/relay/reports/parse.ts';
import { acceptMessage, attempt, transferredAttempt } from '../../../support/accepted-message.ts';
import { selfSigned } from '../../../support/certificates.ts';
import { type FakeImap, startFakeImap } from '../../../support/fake-imap.ts';
import { createMemoryStore, type MemoryStore } from '../../../support/memory-store.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { dsn } from '../mails.ts';
import { mail, settingsFor } from './scene.ts';

const KEY: TokenKey = { id: 'k', secret: Buffer.from('a secret that signs tokens') };
const MESSAGE_SIZE = 500_000;

let tls: { key: string; certificate: string };
beforeAll(async () => {
  tls = await selfSigned('relay.example.com');
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Room {
  readonly store: MemoryStore;
  readonly server: FakeImap;
  readonly reports: Reports;
  readonly message: MessageId;
  /** Our return path for its recipient. */
  readonly token: string;
}

async function room(more: Partial<MailboxSettings> = {}): Promise<Room> {
  const store = createMemoryStore();
  const server = await startFakeImap();
  closing.push(() => server.close());
  const { id: message } = await acceptMessage(store, { headers: { messageId: 'original-1@erp.example' } });
  await attempt(store, message, 0, transferredAttempt);
  const settings: ReportSettings = {
    domain: 'bounce.example.com',
    listeners: [],
    messageSize: MESSAGE_SIZE,
    tokenLifetime: 30 * 86_400_000,
    mailboxes: [settingsFor(server, more)],
  };
  const reports = await startReports({
    settings,
    hostname: 'relay.example.com',
    tls,
    tokenKeys: [KEY],
    store,
    now: Date.now,
    random: Math.random,
    newReportId: createIdFactory({ now: Date.now, randomBytes }) as () => ReportId,
    log: recordingLog(),
    parser: { parse: parseReport, stop: async () => {} },
  });
  closing.push(() => reports.stop(500));
  return { store, server, reports, message, token: `${signToken({ message, index: 0 }, KEY)}@bounce.example.com` };
}

async function stateOf({ store, message }: Room): Promise<string | undefined> {
  return (await store.record(message))?.recipients[0]?.state;
}

describe('a report in a mailbox', () => {
  it('changes the state of its recipient, once, also when it is read anew', async () => {
    const at = await room({ moveTo: 'Read' });
    at.server.append('INBOX', `Delivered-To: ${at.token}\r\n${dsn()}`);
    const { mailboxes } = await at.reports.desk.collector.collect();
    expect(mailboxes).toMatchObject([{ name: 'bounces', lastRun: { taken: 1, repeated: 0, unmatched: 0, left: 0 } }]);
    expect(await stateOf(at)).toBe('failed');
    const [report] = (await at.store.reports({}, { limit: 10 })).items;
    expect(report).toMatchObject({ via: 'imap', source: 'bounces', to: at.token, matched: { message: at.message, index: 0, rank: 1 } });
    expect(await at.store.mailboxes.get('bounces')).toMatchObject({ uidValidity: '1', lastUid: 1 });
    const read = at.server.folders.get('Read');
    if (read === undefined) throw new Error('nothing was moved');
    at.server.inbox().uidValidity++;
    at.server.append('INBOX', read.mails[0]?.raw ?? '');
    const again = await at.reports.desk.collector.collect();
    expect(again.mailboxes[0]?.lastRun).toMatchObject({ taken: 1, repeated: 1 });
    expect((await at.store.reports({}, { limit: 10 })).items).toHaveLength(1);
  });

  it('is not looked for in mail of people, which stays unread; what came to a return path is kept in any case', async () => {
    const at = await room({ moveTo: 'Read' });
    at.server.append('INBOX', mail('A question about the invoice'));
    at.server.append('INBOX', `X-Original-To: ${at.token}\r\n${mail('Whatever this is')}`);
    await at.reports.desk.collector.collect();
    expect((await at.store.reports({}, { limit: 10 })).items.map(({ subject }) => subject)).toEqual(['Whatever this is']);
    expect(at.server.inbox().mails.map(({ flags }) => flags.size)).toEqual([0]);
    expect(at.reports.desk.collector.status().mailboxes[0]?.lastRun).toMatchObject({ taken: 1, unmatched: 1, left: 1 });
  });

  it('with otherMail: take, all of it goes to the review list', async () => {
    const at = await room({ otherMail: 'take' });
    at.server.append('INBOX', mail('A question about the invoice'));
    await at.reports.desk.collector.collect();
    expect((await at.store.reports({ matched: false }, { limit: 10 })).items).toMatchObject([{ kind: 'none', matched: null }]);
    expect(at.server.inbox().mails.map(({ flags }) => [...flags])).toEqual([['\\Seen']]);
  });

  it('R49 that is too big is believed by its head, which is kept, with a word of it', async () => {
    const at = await room();
    const big = `Delivered-To: ${at.token}\r\n${dsn()
      .toString()
      .replace('Subject: Invoice 2024-117\r\n', `$&\r\n${'x'.repeat(80)}\r\n`.repeat(8000))}`;
    at.server.append('INBOX', big);
    await at.reports.desk.collector.collect();
    const [report] = (await at.store.reports({}, { limit: 10 })).items;
    expect(report).toMatchObject({ size: 262_144, trouble: `it is too big: of its ${big.length} octets the first 262144 were kept` });
    expect(await stateOf(at)).toBe('failed');
  });
});
