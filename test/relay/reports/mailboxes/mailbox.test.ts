import { afterEach, describe, expect, it } from 'vitest';
import { checkMailbox } from '../../../../src/relay/reports/mailboxes/index.ts';
import { selfSigned } from '../../../support/certificates.ts';
import { type FakeImap, type FakeImapOptions, startFakeImap } from '../../../support/fake-imap.ts';
import { MESSAGE_SIZE, mail, type Scene, type SceneOptions, settingsFor, startScene, subjectOf } from './scene.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function imapServer(options: FakeImapOptions = {}): Promise<FakeImap> {
  const server = await startFakeImap(options);
  closing.push(() => server.close());
  return server;
}

function scene(options: SceneOptions): Scene {
  const started = startScene(options);
  closing.push(() => started.collector.stop(500));
  return started;
}

const NO_IDLE = ['IMAP4rev1', 'AUTH=PLAIN', 'UIDPLUS', 'MOVE'];

describe('what lies in a mailbox', () => {
  it('is taken, moved, and not read again after a restart', async () => {
    const server = await imapServer();
    for (let i = 1; i <= 3; i++) server.append('INBOX', mail(`Report ${i}`));
    const settings = settingsFor(server, { moveTo: 'Reports/Read' });
    const at = scene({ mailboxes: [settings] });
    await at.collector.collect();
    expect(at.taken.map(subjectOf)).toEqual(['Report 1', 'Report 2', 'Report 3']);
    expect(server.inbox().mails).toEqual([]);
    expect(server.folders.get('Reports/Read')?.mails.map(({ raw }) => subjectOf({ raw }))).toEqual(['Report 1', 'Report 2', 'Report 3']);
    expect(at.status()).toMatchObject({ name: 'bounces', folder: 'INBOX', state: 'connected', nextRunAt: null });
    expect(at.positions.get('bounces')).toMatchObject({
      uidValidity: '1',
      lastUid: 3,
      lastRun: { taken: 3, repeated: 0, unmatched: 0, left: 0, error: null },
    });
    await at.collector.stop(500);
    expect(at.status().state).toBe('stopped');
    server.append('INBOX', mail('Report 4'));
    const again = scene({ mailboxes: [settings], positions: at.positions });
    await again.collector.collect();
    expect(again.taken.map(subjectOf)).toEqual(['Report 4']);
  });

  it('is marked as read where it is to stay; mail that is no report stays as it is', async () => {
    const server = await imapServer();
    for (const subject of ['Report 1', 'A question', 'Report 2']) server.append('INBOX', mail(subject));
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.collector.collect();
    expect(server.inbox().mails.map(({ raw, flags }) => [subjectOf({ raw }), [...flags]])).toEqual([
      ['Report 1', ['\\Seen']],
      ['A question', []],
      ['Report 2', ['\\Seen']],
    ]);
    expect(at.status().lastRun).toMatchObject({ taken: 2, left: 1, error: null });
    await at.collector.collect();
    expect(at.taken).toHaveLength(3);
  });

  it('is read with the address that the delivering server noted', async () => {
    const server = await imapServer();
    const token = `rb-${'0'.repeat(26)}-0-k-${'0'.repeat(16)}@bounce.example.com`;
    server.append('INBOX', `Delivered-To: someone@example.com\r\nX-Original-To: ${token}\r\n${mail('Report 1')}`);
    server.append('INBOX', `To: Bounces <${token}>\r\n${mail('Report 2')}`);
    server.append('INBOX', mail('Report 3'));
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.collector.collect();
    expect(at.taken.map(({ to }) => to)).toEqual([token, token, null]);
  });

  it('is not read when it is older than what is believed, or marked as deleted', async () => {
    const server = await imapServer();
    server.append('INBOX', mail('Report 1'), [], new Date(Date.now() - 100 * 86_400_000));
    server.append('INBOX', mail('Report 2'), ['\\Deleted']);
    server.append('INBOX', mail('Report 3'));
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.collector.collect();
    expect(at.taken.map(subjectOf)).toEqual(['Report 3']);
  });

  it('is moved without taking what others marked as deleted, whatever the server can', async () => {
    for (const capabilities of [
      ['IMAP4rev1', 'AUTH=PLAIN', 'UIDPLUS'],
      ['IMAP4rev1', 'AUTH=PLAIN'],
    ]) {
      const server = await imapServer({ capabilities });
      server.append('INBOX', mail('Draft'), ['\\Deleted']);
      server.append('INBOX', mail('Report 1'));
      const at = scene({ mailboxes: [settingsFor(server, { moveTo: 'Read' })] });
      await at.collector.collect();
      const plain = capabilities.length === 2;
      expect(
        server.inbox().mails.map(({ raw }) => subjectOf({ raw })),
        String(capabilities),
      ).toEqual(plain ? ['Draft', 'Report 1'] : ['Draft']);
      expect(server.folders.get('Read')?.mails).toHaveLength(1);
      await at.collector.collect();
      expect(at.taken).toHaveLength(1);
    }
  });

  it('is read in slices, thousands of them, however large the windows of UIDs', async () => {
    const server = await imapServer();
    for (let i = 1; i <= 3000; i++) server.append('INBOX', mail(`Report ${i}`));
    server.inbox().mails.splice(500, 1500);
    const at = scene({ mailboxes: [settingsFor(server)], limits: { window: 450 } });
    const status = await at.collector.collect();
    expect(status.mailboxes[0]?.lastRun).toMatchObject({ taken: 1500, error: null });
    expect(at.positions.get('bounces')?.lastUid).toBe(3000);
    expect(server.commands.filter((command) => command.startsWith('UID SEARCH'))).toHaveLength(7);
    const largest = Math.max(...server.commands.filter((command) => command.includes('BODY.PEEK')).map((command) => command.length));
    expect(largest).toBeLessThan(1000);
  });
});

describe('a message that is too big', () => {
  it('R49 is not loaded whole: its head is taken, with its real size', async () => {
    const server = await imapServer();
    server.append('INBOX', mail('Report 1', 'x'.repeat(2_000_000)));
    server.append('INBOX', mail('Report 2'));
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.collector.collect();
    expect(at.taken.map(({ raw, cutFrom }) => [raw.length, cutFrom])).toEqual([
      [262_144, server.inbox().mails[0]?.raw.length],
      [server.inbox().mails[1]?.raw.length, null],
    ]);
    expect(server.commands.filter((command) => command.includes('BODY.PEEK'))[0]).toContain('<0.262144>');
  });

  it('is cut also where the server says that it is small', async () => {
    const server = await imapServer();
    server.sizeOf = () => 100;
    server.append('INBOX', mail('Report 1', 'x'.repeat(2_000_000)));
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.collector.collect();
    expect(at.taken.map(({ raw, cutFrom }) => [raw.length, cutFrom])).toEqual([[262_144, MESSAGE_SIZE + 1]]);
  });

  it('is passed over when the server sends all of it in spite, and the next ones are read', async () => {
    const server = await imapServer();
    server.append('INBOX', mail('Report 1'));
    server.append('INBOX', mail('Report 2'));
    server.append('INBOX', mail('Report 3'));
    const fetches = (command: string): boolean => command.includes('BODY.PEEK') && /\b2\b|1:3/.test(command.split(' ')[2] ?? '');
    server.fault = (command) => (fetches(command) ? { say: `* 2 FETCH (UID 2 BODY[]<0> {900000000}` } : undefined);
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.took(2);
    expect(at.taken.map(subjectOf)).toEqual(['Report 1', 'Report 3']);
    expect(at.log.lines.filter((line) => line.startsWith('error'))).toEqual([
      'error a message of a mailbox can not be read: it is left there, look at it by hand',
    ]);
    expect(server.inbox().mails[1]?.flags.size).toBe(0);
  });
});

describe('new mail', () => {
  it('is taken when the server says that it came', async () => {
    const server = await imapServer();
    const at = scene({ mailboxes: [settingsFor(server)] });
    await server.heard(/^IDLE/);
    server.append('INBOX', mail('Report 1'));
    await at.took(1);
    await server.heard(/^IDLE/, 2);
    server.append('INBOX', mail('Report 2'));
    await at.took(2);
    expect(server.accepted).toBe(1);
  });

  it('is looked for in time where the server does not offer IDLE, or it is not wanted', async () => {
    const server = await imapServer({ capabilities: NO_IDLE });
    const at = scene({ mailboxes: [settingsFor(server, { every: 30 })] });
    await server.heard(/^LOGOUT/);
    server.append('INBOX', mail('Report 1'));
    await at.took(1);
    expect(server.commands).not.toContain('IDLE');
    const other = await imapServer();
    const unwanted = scene({ mailboxes: [settingsFor(other, { every: 50_000, idle: false })] });
    await other.heard(/^LOGOUT/);
    await unwanted.collector.collect();
    expect(other.commands).not.toContain('IDLE');
    while (unwanted.status().state !== 'waiting') await new Promise(setImmediate);
    expect(unwanted.status().nextRunAt).toBeGreaterThan(Date.now() + 40_000);
  });

  it('is taken at once when a person asks; two who ask share one look', async () => {
    const server = await imapServer({ capabilities: NO_IDLE });
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.collector.collect();
    server.append('INBOX', mail('Report 1'));
    const before = server.accepted;
    const [one, other] = await Promise.all([at.collector.collect(), at.collector.collect()]);
    expect(one).toEqual(other);
    expect(one).toMatchObject({ running: false, mailboxes: [{ lastRun: { taken: 1 } }] });
    expect(server.accepted).toBe(before + 1);
  });
});

describe('when things go wrong', () => {
  it('new UIDVALIDITY: all is read anew, and told as repeated', async () => {
    const server = await imapServer({ capabilities: NO_IDLE });
    server.append('INBOX', mail('Report 1'));
    server.append('INBOX', mail('Report 2'));
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.collector.collect();
    server.inbox().uidValidity = 7;
    server.append('INBOX', mail('Report 3'));
    await at.collector.collect();
    expect(at.status().lastRun).toMatchObject({ taken: 3, repeated: 2, error: null });
    expect(at.positions.get('bounces')).toMatchObject({ uidValidity: '7', lastUid: 3 });
  });

  it('a report that can not be recorded stays unread where it is, and is taken later', async () => {
    const server = await imapServer();
    for (let i = 1; i <= 3; i++) server.append('INBOX', mail(`Report ${i}`));
    let broken = true;
    const at = scene({
      mailboxes: [settingsFor(server, { moveTo: 'Read' })],
      retry: { first: 60_000, most: 60_000 },
      take: async (one) => {
        if (broken && subjectOf(one) === 'Report 2') throw new Error('EIO: the disk');
        return { kind: 'report', repeated: false, matched: true };
      },
    });
    await at.collector.collect();
    expect(at.status()).toMatchObject({ lastRun: { error: 'EIO: the disk' } });
    expect(server.inbox().mails.map(({ raw }) => subjectOf({ raw }))).toContain('Report 2');
    expect(at.positions.get('bounces')?.lastUid).toBeLessThan(2);
    broken = false;
    await at.collector.collect();
    expect(server.inbox().mails).toEqual([]);
    expect(new Set(at.taken.map(subjectOf))).toEqual(new Set(['Report 1', 'Report 2', 'Report 3']));
    expect(at.status()).toMatchObject({ state: 'connected', lastRun: { error: null } });
  });

  it('a server that drops the connection in the middle loses nothing and doubles nothing', async () => {
    const server = await imapServer();
    for (let i = 1; i <= 250; i++) server.append('INBOX', mail(`Report ${i}`));
    let drops = 0;
    server.fault = (command) => (command.includes('BODY.PEEK') && /^UID FETCH 1\d\d\D/.test(command) && drops++ < 2 ? 'drop' : undefined);
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.took(250);
    expect(at.taken.map(subjectOf)).toEqual(Array.from({ length: 250 }, (_, i) => `Report ${i + 1}`));
    expect(drops).toBeGreaterThan(1);
  });

  it.each(['hang', 'drip'] as const)('a server that lets a command %s meets a deadline, and others go on', async (fault) => {
    const [stuck, well] = [await imapServer(), await imapServer()];
    stuck.append('INBOX', mail('Report 1'));
    well.append('INBOX', mail('Report 2'));
    stuck.fault = (command) => (command.startsWith('UID SEARCH') ? fault : undefined);
    const at = scene({
      mailboxes: [settingsFor(stuck, { name: 'stuck' }), settingsFor(well, { name: 'well' })],
      limits: { command: 100 },
      retry: { first: 60_000, most: 60_000 },
    });
    await at.took(1);
    expect(at.taken.map(subjectOf)).toEqual(['Report 2']);
    const { mailboxes } = await at.collector.collect();
    expect(mailboxes[0]).toMatchObject({ name: 'stuck', lastRun: { error: 'the server did not search the folder within 0.1 s' } });
    expect(mailboxes[1]).toMatchObject({ name: 'well', state: 'connected', lastRun: { error: null } });
    stuck.fault = () => undefined;
    await at.collector.collect();
    expect(at.taken.map(subjectOf)).toEqual(['Report 2', 'Report 1']);
  });

  it('a server that goes away and comes back is found again', async () => {
    const server = await startFakeImap();
    server.append('INBOX', mail('Report 1'));
    const { port } = server;
    const at = scene({ mailboxes: [settingsFor(server)] });
    await at.collector.collect();
    await server.close();
    const gone = `127.0.0.1:${port} does not answer (ECONNREFUSED)`;
    while (at.status().lastRun?.error !== gone) await at.collector.collect();
    expect(at.status().state).toBe('failing');
    const back = await imapServer({ port });
    back.inbox().uidNext = 2;
    back.append('INBOX', mail('Report 2'));
    await at.took(2);
    expect(at.taken.map(subjectOf)).toEqual(['Report 1', 'Report 2']);
  });

  it('is an event once it failed three times, or was refused, and another when it can be read again', async () => {
    const server = await imapServer();
    let answers: 'drop' | 'refuse' | undefined = 'drop';
    server.fault = (command) => (command.startsWith('SELECT') ? answers : undefined);
    const at = scene({ mailboxes: [settingsFor(server)] });
    await server.heard(/^SELECT/, 5);
    answers = undefined;
    await server.heard(/^IDLE/);
    expect(at.told).toEqual([
      { type: 'mailbox.failing', mailbox: 'bounces', reason: expect.stringContaining('closed the connection') },
      { type: 'mailbox.recovered', mailbox: 'bounces' },
    ]);
    const other = scene({
      mailboxes: [settingsFor(server, {}, { auth: { kind: 'password', password: 'wrong' } })],
      retry: { refused: 60_000, most: 60_000 },
    });
    await other.collector.collect();
    while (other.told.length === 0) await new Promise(setImmediate);
    expect(other.told).toMatchObject([{ type: 'mailbox.failing' }]);
  });

  it('what can not be moved is taken all the same, and the look says so', async () => {
    const server = await imapServer();
    server.append('INBOX', mail('Report 1'));
    server.fault = (command) => (/^(?:CREATE|UID MOVE)/.test(command) ? 'refuse' : undefined);
    const at = scene({ mailboxes: [settingsFor(server, { moveTo: 'Read' })] });
    const { mailboxes } = await at.collector.collect();
    expect(mailboxes[0]).toMatchObject({
      state: 'connected',
      lastRun: { taken: 1, error: 'the server refuses to move what was taken to Read: is the folder there, and is there room?' },
    });
    expect(at.positions.get('bounces')?.lastUid).toBe(1);
  });

  it.each([
    [
      'a wrong password',
      { auth: { kind: 'password', password: 'wrong' } },
      {},
      /does not let bounces in \(.*wrong user or password\): check user and password/,
    ],
    ['a folder that is missing', {}, { folder: 'Bounces' }, /has no folder Bounces for bounces: check folder/],
    ['TLS that is not there', { tls: 'starttls' }, {}, /does not speak TLS as tls: starttls needs it/],
  ] as const)('%s is told with what to do, and tried again with patience', async (_name, imap, more, expected) => {
    const server = await imapServer();
    const at = scene({ mailboxes: [settingsFor(server, more, imap)], retry: { first: 60_000, refused: 60_000, most: 60_000 } });
    await at.collector.collect();
    expect(at.status().lastRun?.error).toMatch(expected);
    while (at.status().state !== 'failing') await new Promise(setImmediate);
    expect(at.log.lines.filter((line) => line.startsWith('warn'))).toEqual([
      'warn a mailbox of reports could not be read: it is tried again',
    ]);
    expect(JSON.stringify(at.log.fields)).not.toMatch(/secret|wrong"/);
  });
});

describe('relais check', () => {
  it('signs in and opens the folder, changes nothing, and says what is wrong', async () => {
    const server = await imapServer();
    server.append('INBOX', mail('Report 1'));
    const settings = settingsFor(server, { moveTo: 'Read' });
    expect(await checkMailbox(settings, Date.now)).toEqual({
      ok: true,
      said: `127.0.0.1:${server.port} lets bounces in; INBOX tells of new mail (IDLE)`,
    });
    expect([...server.folders.keys()]).toEqual(['INBOX']);
    expect(server.commands.filter((command) => /FETCH|STORE|SEARCH/.test(command))).toEqual([]);
    const wrong = settingsFor(server, {}, { auth: { kind: 'password', password: 'wrong' } });
    expect(await checkMailbox(wrong, Date.now)).toEqual({ ok: false, said: expect.stringContaining('check user and password') });
  });
});

describe('TLS', () => {
  it.each([true, false])('from the first octet %s: the certificate is checked, by the authority that was given', async (implicit) => {
    const { key, certificate } = await selfSigned('localhost');
    const server = await imapServer({ tls: { key, cert: certificate }, implicit });
    server.append('INBOX', mail('Report 1'));
    const tls = implicit ? 'implicit' : 'starttls';
    const trusting = scene({ mailboxes: [settingsFor(server, {}, { tls, ca: certificate })] });
    await trusting.took(1);
    const doubting = scene({ mailboxes: [settingsFor(server, {}, { tls })], retry: { first: 60_000, most: 60_000 } });
    await doubting.collector.collect();
    expect(doubting.status().lastRun?.error).toMatch(/has a certificate that is not to be trusted .*: give its authority by ca/);
    expect(doubting.taken).toEqual([]);
  });
});

describe('stopping', () => {
  it('ends after the batch at hand, which is recorded as read', async () => {
    const server = await imapServer();
    for (let i = 1; i <= 150; i++) server.append('INBOX', mail(`Report ${i}`));
    let stopped: Promise<void> | undefined;
    const at: Scene = scene({
      mailboxes: [settingsFor(server)],
      take: async () => {
        stopped ??= at.collector.stop(5000);
        return { kind: 'report', repeated: false, matched: true };
      },
    });
    await at.took(1);
    await stopped;
    expect(at.taken).toHaveLength(100);
    expect(at.positions.get('bounces')?.lastUid).toBe(100);
    expect(server.inbox().mails.filter(({ flags }) => flags.has('\\Seen'))).toHaveLength(100);
  });

  it('does not wait for a server that hangs, connecting or not, nor for one that idles', async () => {
    const [mute, stuck, idle] = [await imapServer(), await imapServer(), await imapServer()];
    mute.fault = () => 'hang';
    stuck.fault = (command) => (command.startsWith('UID SEARCH') ? 'hang' : undefined);
    const at = scene({
      mailboxes: [mute, stuck, idle].map((server, i) => settingsFor(server, { name: `m${i}` })),
      limits: { connect: 60_000, command: 60_000 },
    });
    await Promise.all([stuck.heard(/^UID SEARCH/), idle.heard(/^IDLE/)]);
    const began = performance.now();
    await at.collector.stop(50);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(at.collector.status().mailboxes.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
  });
});
