import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { createIdFactory, type MessageId, type ReportId } from '../../../src/domain/ids.ts';
import { parseReport } from '../../../src/relay/reports/parse.ts';
import { startReports } from '../../../src/relay/reports/room.ts';
import { stormKey } from '../../../src/relay/reports/storms.ts';
import { acceptMessage, attempt, transferredAttempt } from '../../support/accepted-message.ts';
import { selfSigned } from '../../support/certificates.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { autoReply, dsn } from './mails.ts';

const DAY = 86_400_000;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('counts together what one recipient sends, or one sender where the recipient is not known, and nothing else', () => {
  const match = { message: '01KBC8Q4XJ6T3M1R9YV0W2Z5BB' as MessageId, index: 2, rank: 1 } as const;
  expect(stormKey([match], 'a@b.example', 'ann@partner.example')).toBe('01KBC8Q4XJ6T3M1R9YV0W2Z5BB 2');
  expect(stormKey([], 'Bounces@b.example', 'Ann@partner.example')).toBe('ann@partner.example bounces@b.example');
  expect(stormKey([], 'bounces@b.example', null)).toBeNull();
});

it('keeps so many automatic replies of a recipient a day, counts the others, and takes every bounce', async () => {
  const store = createMemoryStore();
  const { id: message } = await acceptMessage(store, { headers: { messageId: 'original-1@erp.example' } });
  await attempt(store, message, 0, transferredAttempt);
  let clock = Date.now();
  const room = await startReports({
    settings: {
      domain: 'bounce.example.com',
      listeners: [],
      messageSize: 100_000,
      tokenLifetime: 30 * DAY,
      limits: { perAddress: { messages: 1, per: 1 }, perMessage: { messages: 1, per: 1 }, autoReplies: 3 },
    },
    hostname: 'relay.example.com',
    tls: await selfSigned('localhost'),
    tokenKeys: [{ id: 'k', secret: Buffer.from('a secret that signs tokens') }],
    store,
    now: () => clock,
    random: Math.random,
    newReportId: createIdFactory({ now: () => clock, randomBytes }) as () => ReportId,
    log: recordingLog(),
    parser: { parse: parseReport, stop: async () => {} },
  });
  closing.push(() => room.stop(0));
  let sent = 0;
  const reply = () => {
    const raw = Buffer.from(autoReply().toString().replace('<reply-1@', `<reply-${++sent}@`));
    return room.desk.take({ raw, via: 'api', source: 'test' });
  };
  const taken = [];
  for (let i = 0; i < 5; i++) taken.push(await reply());
  expect(taken.map(({ repeated }) => repeated)).toEqual([false, false, false, true, true]);
  expect(taken[4]?.report.id).toBe(taken[2]?.report.id);
  expect((await store.reports({}, { limit: 10 })).items).toHaveLength(3);
  expect(room.desk.counts().reports).toEqual([
    { via: 'api', kind: 'auto-reply', outcome: 'recorded', count: 3 },
    { via: 'api', kind: 'auto-reply', outcome: 'counted', count: 2 },
  ]);
  expect((await room.desk.take({ raw: dsn(), via: 'api', source: 'test' })).report.kind).toBe('bounce');
  clock += DAY;
  expect((await reply()).repeated).toBe(false);
});
