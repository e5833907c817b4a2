import { randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIdFactory, type MessageId, type ReportId } from '../../../src/domain/ids.ts';
import type { ReportSettings } from '../../../src/domain/settings.ts';
import { signToken, type TokenKey } from '../../../src/domain/tokens.ts';
import { type ReportListener, refuseRecipient } from '../../../src/relay/reports/listener.ts';
import { parseReport } from '../../../src/relay/reports/parse.ts';
import { type Reports, type ReportsOptions, startReports } from '../../../src/relay/reports/room.ts';
import { acceptMessage, attempt, transferredAttempt } from '../../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../../support/memory-store.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { connect, type Dialogue } from './dialogue.ts';
import { dsn } from './mails.ts';

const DAY = 86_400_000;
const KEY: TokenKey = { id: 'k', secret: Buffer.from('a secret that signs tokens') };
const SETTINGS: ReportSettings = {
  domain: 'bounce.example.com',
  listeners: [{ address: '127.0.0.1', port: 0 }],
  messageSize: 100_000,
  tokenLifetime: 30 * DAY,
};

let tls: { key: string; certificate: string };
beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'relay.example.com' }]);
  tls = { key: made.private, certificate: made.cert };
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Scene {
  readonly store: MemoryStore;
  readonly listener: ReportListener;
  readonly room: Reports;
  readonly message: MessageId;
  readonly token: string;
  readonly log: ReturnType<typeof recordingLog>;
  client(): Dialogue;
  /** A client that was greeted, said EHLO and MAIL. */
  sender(): Promise<Dialogue>;
  state(): Promise<string | undefined>;
}

async function scene(more: Partial<ReportsOptions> = {}): Promise<Scene> {
  const store = createMemoryStore();
  const log = recordingLog();
  const { id: message } = await acceptMessage(store, { headers: { messageId: 'original-1@erp.example' } });
  await attempt(store, message, 0, transferredAttempt);
  const room = await startReports({
    settings: SETTINGS,
    hostname: 'relay.example.com',
    tls,
    tokenKeys: [KEY],
    store,
    now: Date.now,
    random: Math.random,
    newReportId: createIdFactory({ now: Date.now, randomBytes }) as () => ReportId,
    log,
    parser: { parse: parseReport, stop: async () => {} },
    ...more,
  });
  const { listener } = room;
  closing.push(() => room.stop(0));
  const client = (): Dialogue => {
    const dialogue = connect(listener.addresses[0]?.port ?? 0);
    closing.push(() => dialogue.end());
    return dialogue;
  };
  return {
    store,
    listener,
    room,
    message,
    log,
    token: `${signToken({ message, index: 0 }, KEY)}@bounce.example.com`,
    client,
    sender: async () => {
      const dialogue = client();
      await dialogue.hear();
      await dialogue.say('EHLO mx.partner.example');
      expect(await dialogue.say('MAIL FROM:<>')).toMatch(/^250 2\.1\.0/);
      return dialogue;
    },
    state: async () => (await store.record(message))?.recipients[0]?.state,
  };
}

function stuffed(raw: Buffer): string {
  return `${raw.toString().replace(/^\./gm, '..')}.`;
}

describe('report listener', () => {
  it('takes a bounce for a token: 250 once it is durable, and its recipient is failed', async () => {
    const at = await scene();
    const client = await at.sender();
    expect(await client.say(`RCPT TO:<${at.token}>`)).toMatch(/^250 2\.1\.5/);
    expect(await client.say('DATA')).toMatch(/^354/);
    const reply = await client.say(stuffed(dsn()));
    const [report] = (await at.store.reports({}, { limit: 10 })).items;
    expect(reply).toBe(`250 2.0.0 Recorded as ${report?.id}`);
    expect((await at.store.report(report?.id as ReportId))?.raw.equals(dsn())).toBe(true);
    expect(await at.state()).toBe('failed');
    expect(await client.say('QUIT')).toMatch(/^221/);
  });

  it('smtp-server: offers DSN, enhanced codes, size and STARTTLS, no AUTH, and greets without delay', async () => {
    const at = await scene();
    const began = performance.now();
    const client = at.client();
    expect(await client.hear()).toMatch(/^220 relay\.example\.com ESMTP relais/);
    expect(performance.now() - began).toBeLessThan(90);
    const features = (await client.say('EHLO mx.partner.example')).split(/\r?\n/).map((line) => line.slice(4));
    expect(features).toEqual(
      expect.arrayContaining(['DSN', 'ENHANCEDSTATUSCODES', 'SIZE 100000', 'STARTTLS', 'PIPELINING', '8BITMIME', 'SMTPUTF8']),
    );
    expect(features.some((feature) => feature.startsWith('AUTH'))).toBe(false);
    for (const command of ['AUTH PLAIN AGEAYg==', 'WIZ please', 'SHELL', 'KILL', 'VRFY ann', 'BDAT 1 LAST']) {
      expect(await client.say(command), command).toMatch(/^5\d\d /);
    }
  });

  it('takes a report over STARTTLS', async () => {
    const at = await scene();
    const client = at.client();
    await client.hear();
    await client.say('EHLO mx.partner.example');
    expect(await client.say('STARTTLS')).toMatch(/^220/);
    await client.startTls();
    for (const line of ['EHLO mx.partner.example', 'MAIL FROM:<>', `RCPT TO:<${at.token}>`]) expect(await client.say(line)).toMatch(/^250/);
    await client.say('DATA');
    expect(await client.say(stuffed(dsn()))).toMatch(/^250/);
    expect(await at.state()).toBe('failed');
  });

  it('smtp-server: refuses what is not for it, each with its own status', async () => {
    const at = await scene();
    const client = await at.sender();
    expect(await client.say('RCPT TO:<ann@partner.example>')).toMatch(/^550 5\.7\.1 /);
    expect(await client.say('RCPT TO:<someone@bounce.example.com>')).toMatch(/^550 5\.1\.1 No such/);
    expect(await client.say('DATA')).toMatch(/^503/);
    expect(await client.say('RCPT TO:<postmaster>')).toMatch(/^250/);
    expect(await client.say('RCPT TO:<Bounces@BOUNCE.example.com>')).toMatch(/^250/);
  });

  it('R46 records a forged report as untrusted: 250, no state changes', async () => {
    const at = await scene();
    const client = await at.sender();
    const forged = `${signToken({ message: at.message, index: 0 }, { id: 'k', secret: Buffer.from('forger') })}@bounce.example.com`;
    expect(await client.say(`RCPT TO:<${forged}>`)).toMatch(/^250/);
    await client.say('DATA');
    expect(await client.say(stuffed(dsn()))).toMatch(/^250/);
    expect(await at.state()).toBe('transferred');
    expect((await at.store.reports({ matched: false }, { limit: 10 })).items).toMatchObject([
      { trouble: expect.stringContaining('forged') },
    ]);
  });

  it('answers 451 when the store refuses, and the report comes again', async () => {
    const at = await scene();
    const record = at.store.recordReport.bind(at.store);
    at.store.recordReport = () => Promise.reject(new Error('EIO: disk'));
    const client = await at.sender();
    await client.say(`RCPT TO:<${at.token}>`);
    await client.say('DATA');
    const refused = await client.say(stuffed(dsn()));
    expect(refused).toMatch(/^451 4\.3\.0/);
    expect(refused).not.toContain('EIO');
    at.store.recordReport = record;
    await client.say('MAIL FROM:<>');
    await client.say(`RCPT TO:<${at.token}>`);
    await client.say('DATA');
    expect(await client.say(stuffed(dsn()))).toMatch(/^250/);
    expect(await at.state()).toBe('failed');
  });

  it('R49 smtp-server: cuts an oversized report off soon after the limit, and takes none that says so before', async () => {
    const at = await scene();
    const client = await at.sender();
    await client.say(`RCPT TO:<${at.token}>`);
    await client.say('DATA');
    const line = Buffer.from(`${'x'.repeat(998)}\r\n`);
    for (let i = 0; i < 150; i++) client.send(line);
    expect(await client.hear()).toMatch(/^552 5\.3\.4/);
    await client.closed;
    const honest = at.client();
    await honest.hear();
    await honest.say('EHLO mx.partner.example');
    expect(await honest.say('MAIL FROM:<> SIZE=100001')).toMatch(/^552 5\.3\.4/);
    expect((await at.store.reports({}, { limit: 10 })).items).toEqual([]);
  });

  it('R30 ends DATA that takes too long, however busy the client is', async () => {
    const at = await scene({ limits: { data: 150 } });
    const client = await at.sender();
    await client.say(`RCPT TO:<${at.token}>`);
    await client.say('DATA');
    const drip = setInterval(() => client.send('x'), 10);
    closing.push(() => clearInterval(drip));
    expect(await client.hear()).toMatch(/^421 4\.4\.2/);
    await client.closed;
  });

  it('R34 ends a connection that is idle, and one that lasts too long', async () => {
    const at = await scene({ limits: { idle: 100 } });
    const idle = at.client();
    await idle.hear();
    expect(await idle.hear()).toMatch(/^421/);
    const other = await scene({ limits: { session: 150 } });
    const chatty = other.client();
    await chatty.hear();
    let reply = '';
    while (!reply.includes('421 ') && reply !== 'closed') reply = await chatty.say('NOOP');
    expect(reply).toMatch(/^421 4\.4\.2/m);
  });

  it('R29 limits connections, in all and from one address, and counts those that went', async () => {
    const at = await scene({ limits: { connectionsPerAddress: 2 } });
    const first = at.client();
    const second = at.client();
    expect([await first.hear(), await second.hear()].map((reply) => reply.slice(0, 3))).toEqual(['220', '220']);
    const third = at.client();
    expect(await third.hear()).toMatch(/^421 4\.7\.0/);
    await third.closed;
    await first.say('QUIT');
    await first.closed;
    let reply = '421';
    while (reply.startsWith('421')) reply = await at.client().hear();
    expect(reply).toMatch(/^220/);
    const small = await scene({ limits: { connections: 1 } });
    await small.client().hear();
    expect(await small.client().hear()).toMatch(/^421 4\.7\.0/);
  });

  it('R32 limits recipients', async () => {
    const at = await scene({ limits: { recipients: 1 } });
    const client = await at.sender();
    expect(await client.say(`RCPT TO:<${at.token}>`)).toMatch(/^250/);
    expect(await client.say('RCPT TO:<bounces@bounce.example.com>')).toMatch(/^452 4\.5\.3/);
  });

  it('limits reports from an address and for a message: who is over them comes again, and nothing is lost', async () => {
    const settings = {
      ...SETTINGS,
      limits: { perAddress: { messages: 3, per: 3_600_000 }, perMessage: { messages: 2, per: 3_600_000 }, autoReplies: 20 },
    };
    const at = await scene({ settings });
    const client = await at.sender();
    expect(await client.say(`RCPT TO:<${at.token}>`)).toMatch(/^250/);
    await client.say('DATA');
    expect(await client.say(stuffed(dsn()))).toMatch(/^250/);
    expect(await client.say('MAIL FROM:<>')).toMatch(/^250/);
    expect(await client.say(`RCPT TO:<${at.token}>`)).toMatch(/^250/);
    expect(await client.say(`RCPT TO:<${at.token}>`)).toMatch(/^450 4\.7\.1 Too many reports for this message/);
    expect(await client.say('RCPT TO:<bounces@bounce.example.com>')).toMatch(/^250/);
    await client.say('RSET');
    expect(await client.say('MAIL FROM:<>')).toMatch(/^250/);
    await client.say('RSET');
    expect(await client.say('MAIL FROM:<>')).toMatch(/^450 4\.7\.1 Too many reports from your address/);
    expect(at.room.desk.counts()).toEqual({
      reports: [{ via: 'smtp', kind: 'bounce', outcome: 'recorded', count: 1 }],
      refused: [
        { reason: 'message', count: 1 },
        { reason: 'address', count: 1 },
      ],
    });
    expect((await at.store.reports({}, { limit: 10 })).items).toMatchObject([{ source: '127.0.0.1' }]);
  });

  it('R48 refuses what is in a loop: what passed this relay, or fifty servers', async () => {
    const at = await scene();
    const ours = `Received: by relay.example.com with ESMTP id ${at.message};\r\n\tMon, 2 Feb 2026 12:00:00 +0000\r\n`;
    const hop = 'Received: by mx.partner.example (Postfix) id 1; Mon, 2 Feb 2026 12:00:00 +0000\r\n';
    const client = await at.sender();
    const submit = async (raw: string): Promise<string> => {
      await client.say('MAIL FROM:<>');
      await client.say(`RCPT TO:<${at.token}>`);
      await client.say('DATA');
      return client.say(stuffed(Buffer.from(raw)));
    };
    await client.say('RSET');
    expect(await submit(ours + dsn())).toMatch(/^554 5\.4\.6 The message has passed this relay before/);
    expect(await submit(hop.repeat(51) + dsn())).toMatch(/^554 5\.4\.6 The message has passed more than 50/);
    expect((await at.store.reports({}, { limit: 10 })).items).toEqual([]);
    // A server of the same machine goes by the same name, and the message that comes back has our field inside.
    const name = 'Received: by relay.example.com (Postfix) id 4Xq1; Mon, 2 Feb 2026 12:00:00 +0000\r\n';
    const returned = dsn().toString().replace('From: billing@example.com', `${ours}$&`);
    expect(await submit(name + hop.repeat(49) + returned)).toMatch(/^250/);
    expect(await at.state()).toBe('failed');
  });

  it('has room for so many octets at a time', async () => {
    const at = await scene({ limits: { arriving: 3000 } });
    const first = await at.sender();
    await first.say(`RCPT TO:<${at.token}>`);
    await first.say('DATA');
    first.send(`Subject: x\r\n\r\n${'x'.repeat(2500)}\r\n`);
    const second = await at.sender();
    await second.say(`RCPT TO:<${at.token}>`);
    await second.say('DATA');
    expect(await second.say(stuffed(dsn()))).toMatch(/^452 4\.3\.1/);
    first.end();
    await first.closed;
    let reply = '';
    while (!reply.startsWith('250')) {
      const third = await at.sender();
      await third.say(`RCPT TO:<${at.token}>`);
      await third.say('DATA');
      reply = await third.say(stuffed(dsn()));
    }
    expect(await at.state()).toBe('failed');
  });

  it('records nothing of a report whose sender goes away in the middle', async () => {
    const at = await scene();
    const client = await at.sender();
    await client.say(`RCPT TO:<${at.token}>`);
    await client.say('DATA');
    client.send(dsn());
    client.end();
    await client.closed;
    const next = await at.sender();
    await next.say('QUIT');
    expect((await at.store.reports({}, { limit: 10 })).items).toEqual([]);
    expect(await at.state()).toBe('transferred');
  });

  it('stops: sends idle clients away, lets a report that is arriving end, and is down', async () => {
    const at = await scene();
    const idle = at.client();
    await idle.hear();
    const client = await at.sender();
    await client.say(`RCPT TO:<${at.token}>`);
    await client.say('DATA');
    expect(at.listener.up).toBe(true);
    const stopped = at.listener.stop(5000);
    expect(at.listener.up).toBe(false);
    expect(await idle.hear()).toMatch(/^421 4\.3\.2/);
    expect(await client.say(stuffed(dsn()))).toMatch(/^250/);
    expect(await client.say('NOOP')).toMatch(/^421/);
    await stopped;
    expect(await at.state()).toBe('failed');
  });

  it('says which port is taken, and leaves none of the others open', async () => {
    const at = await scene();
    const taken = at.listener.addresses[0]?.port ?? 0;
    const listeners = [
      { address: '127.0.0.1', port: 0 },
      { address: '127.0.0.1', port: taken },
    ];
    await expect(scene({ settings: { ...SETTINGS, listeners } })).rejects.toMatchObject({ code: 'EADDRINUSE', port: taken });
  });

  it('without a report domain there is nothing to listen for', async () => {
    const at = await scene({ settings: { ...SETTINGS, domain: null } });
    expect(at.listener.addresses).toEqual([]);
  });
});

describe('refuseRecipient', () => {
  const token = `rb-${'0'.repeat(26)}-0-k-${'0'.repeat(16)}`;
  it.each([
    [`${token}@bounce.example.com`, null],
    [`${token.toUpperCase()}@Bounce.Example.COM`, null],
    ['postmaster', null],
    ['Postmaster@bounce.example.com', null],
    ['bounces@bounce.example.com', null],
    ['bounces', '5.7.1'],
    [`${token}x@bounce.example.com`, '5.1.1'],
    [`${token}@bounce.example.com.evil.example`, '5.7.1'],
    [`ann%partner.example@bounce.example.com`, '5.1.1'],
    ['"ann@partner.example"@bounce.example.com', '5.1.1'],
    ['ann@partner.example', '5.7.1'],
  ])('%s: %s', (recipient, status) => {
    expect(refuseRecipient(recipient, 'bounce.example.com')?.text.split(' ')[0] ?? null).toBe(status);
  });
  it('knows its own domain in either form', () => {
    expect(refuseRecipient('bounces@bücher.example', 'xn--bcher-kva.example')).toBeNull();
    expect(refuseRecipient('bounces@xn--bcher-kva.example', 'bücher.example')).toBeNull();
  });
});
