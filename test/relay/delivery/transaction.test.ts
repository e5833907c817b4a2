import { afterEach, describe, expect, it } from 'vitest';
import { SMTP_TIMEOUTS } from '../../../src/relay/delivery/smtp-timeouts.ts';
import { type FakeHop, type FakeHopOptions, type Stage, startFakeHop } from '../../support/fake-hop.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { type Harness, type NewMessage, settings, smarthost, startHarness } from './harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function start(
  options: FakeHopOptions = {},
  relayOptions: Parameters<typeof startHarness>[1] = {},
): Promise<{ hop: FakeHop; relay: Harness }> {
  const hop = await startFakeHop(options);
  open.push(hop);
  const relay = await startHarness([smarthost(hop.port)], relayOptions);
  open.push(relay);
  return { hop, relay };
}

/** Sends one message and gives its only recipient, settled. */
async function sendOne(relay: Harness, message: Partial<NewMessage> = {}) {
  const id = await relay.accept({ to: ['ann@example.net'], ...message });
  const { recipients } = await relay.settled(id);
  const [recipient] = recipients;
  const attempt = recipient?.attemptList.at(-1);
  if (recipient === undefined || attempt === undefined) throw new Error('no attempt');
  return { id, recipient, attempt };
}

describe('a transaction with the next hop', () => {
  it('transfers, keeps the final reply whole, and sends content unchanged behind our trace field', async () => {
    const { hop, relay } = await start({ script: ({ stage }) => (stage === 'content' ? '250 2.0.0 Ok: queued as 4XyZ' : undefined) });
    const content = 'Subject: Invoice\r\n\r\n.dot first\r\n..two\r\nlast line without end';
    const { id, recipient, attempt } = await sendOne(relay, { content });
    expect(recipient.state).toBe('transferred');
    expect(recipient.confidence).toBe('accepted-by-provider');
    expect(attempt).toMatchObject({
      number: 1,
      outcome: 'transferred',
      nextHop: `127.0.0.1:${hop.port}`,
      address: `127.0.0.1:${hop.port}`,
      reply: { code: 250, status: '2.0.0', text: 'Ok: queued as 4XyZ' },
      phase: 'final',
      ambiguous: false,
    });
    const detail = await relay.store.message(id);
    expect(hop.messages[0]?.content.toString()).toBe(`${detail?.message.received}${content}\r\n`);
    expect(hop.messages[0]?.raw.toString()).toContain('\r\n..dot first\r\n...two\r\n');
  });

  it.each([
    ['that is a reply all the same', 'no\x1b[31m such\x00 user\u0085INFO forged', 'failed', 'no [31m such  user INFO forged'],
    ['with a line break of its own, which is none', 'no\rINFO forged', 'deferred', null],
  ])('R54 control characters and escape sequences %s stay out of record and log', async (_, said, state, text) => {
    const log = recordingLog();
    const { relay } = await start({ script: ({ stage }) => (stage === 'rcpt' ? `550 5.1.1 ${said}` : undefined) }, { log });
    const { recipient, attempt } = await sendOne(relay);
    expect(recipient.state).toBe(state);
    if (text !== null) expect(recipient.failure?.reply).toMatchObject({ code: 550, status: '5.1.1', text });
    const recorded = [attempt.reply?.text, attempt.error, recipient.failure?.reply?.text].map(String);
    const logged = [...log.lines, ...log.fields.map((fields) => Object.values(fields).join(' '))];
    for (const line of [...recorded, ...logged]) expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });

  it('keeps the text of a reply of several lines', async () => {
    const lines = ['550-5.7.1 Our system has detected', '550-5.7.1 that this message is', '550 5.7.1 unwelcome'];
    const { relay } = await start({ script: ({ stage }) => (stage === 'content' ? { reply: lines } : undefined) });
    const { attempt } = await sendOne(relay);
    expect(attempt.reply).toEqual({ code: 550, status: '5.7.1', text: 'Our system has detected that this message is unwelcome' });
  });

  for (const extensions of [['PIPELINING'], []]) {
    it(`R11 gives three recipients their three results although the final reply is 451 (${extensions[0] ?? 'one command at a time'})`, async () => {
      const { relay } = await start({
        extensions,
        script: ({ stage, line }) => {
          if (stage === 'content') return '451 4.3.0 disk trouble';
          if (line.includes('two@')) return '450 4.2.1 later';
          if (line.includes('three@')) return '550 5.1.1 no such user';
          return undefined;
        },
      });
      const id = await relay.accept({ to: ['one@example.net', 'two@example.net', 'three@example.net'] });
      const { recipients } = await relay.settled(id);
      expect(recipients.map(({ state }) => state)).toEqual(['deferred', 'deferred', 'failed']);
      expect(recipients.map(({ attemptList }) => [attemptList[0]?.reply?.code, attemptList[0]?.phase])).toEqual([
        [451, 'final'],
        [450, 'rcpt'],
        [550, 'rcpt'],
      ]);
      expect(recipients[2]?.failure).toMatchObject({ category: 'mailbox-unknown', addressInvalid: true, status: '5.1.1' });
    });

    it(`goes on in the same session after a transaction without recipients (${extensions[0] ?? 'one command at a time'})`, async () => {
      const { hop, relay } = await start({
        extensions,
        script: ({ line, stage }) => {
          if (line.includes('gone@')) return '550 5.1.1 no such user';
          // A hop that takes DATA although nobody is left: RFC 2920 §3.1.
          return stage === 'data' ? '354 go on' : undefined;
        },
      });
      const refused = await sendOne(relay, { to: ['gone@example.net'] });
      const taken = await sendOne(relay);
      expect([refused.recipient.state, taken.recipient.state]).toEqual(['failed', 'transferred']);
      expect(hop.connections).toBe(1);
      expect(hop.messages.at(-1)?.rcpts).toEqual(['RCPT TO:<ann@example.net>']);
    });
  }

  it('says RSET before the next message where a transaction was left open', async () => {
    const { hop, relay } = await start({ script: ({ line }) => (line.includes('gone@') ? '550 5.1.1 no such user' : undefined) });
    await sendOne(relay, { to: ['gone@example.net'] });
    await sendOne(relay);
    const verbs = hop.commands.map((line) => line.split(' ')[0]);
    expect(verbs).toEqual(['EHLO', 'MAIL', 'RCPT', 'DATA', 'RSET', 'MAIL', 'RCPT', 'DATA']);
  });

  it('R20 does not retry a 550 on RCPT', async () => {
    const { hop, relay } = await start({ script: ({ stage }) => (stage === 'rcpt' ? '550 5.1.1 no such user' : undefined) });
    const { recipient } = await sendOne(relay);
    await relay.delivery.flush(`127.0.0.1:${hop.port}`, null);
    await sendOne(relay);
    expect(recipient).toMatchObject({ state: 'failed', nextAttemptAt: null, attempts: 1 });
    expect(hop.commands.filter((line) => line.startsWith('RCPT'))).toHaveLength(2);
  });

  it('R20 ends a 4xx that lasts with one expiry', async () => {
    const { relay } = await start(
      { script: ({ stage }) => (stage === 'rcpt' ? '450 4.2.1 later' : undefined) },
      { settings: settings({ retry: { delays: [20], expireAfter: 200 } }) },
    );
    const id = await relay.accept({ to: ['ann@example.net'], expireAt: Date.now() + 200 });
    const { recipients, events } = await relay.settled(id, ['expired']);
    expect(recipients[0]?.attempts).toBeGreaterThan(2);
    expect(events.filter(({ type }) => type === 'recipient.expired')).toHaveLength(1);
  });
});

describe('a next hop that breaks off', () => {
  it('R9 in the middle of DATA: retried, not ambiguous', async () => {
    let broken = false;
    const { hop, relay } = await start(
      { script: ({ stage }) => (stage === 'data' && !broken ? { reply: '354 go on', close: 'destroy' } : undefined) },
      { settings: settings({ retry: { delays: [30], expireAfter: 60_000 } }) },
    );
    const first = sendOne(relay, { content: `Subject: big\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(60_000)}` });
    await hop.heard(/^DATA/);
    broken = true;
    const { id, attempt } = await first;
    const { recipients } = await relay.settled(id, ['transferred']);
    expect(recipients[0]?.attemptList[0]).toMatchObject({ outcome: 'unanswered', phase: 'final', ambiguous: false });
    expect(attempt.number).toBeGreaterThanOrEqual(1);
    expect(hop.messages).toHaveLength(1);
  });

  it('R10 after the final dot: ambiguous, retried, visible', async () => {
    let broken = false;
    const { relay } = await start({
      script: ({ stage }) => {
        if (stage !== 'content' || broken) return undefined;
        broken = true;
        return { reply: null, close: 'end' };
      },
    });
    const { recipient, attempt } = await sendOne(relay);
    expect(recipient.state).toBe('deferred');
    expect(recipient.nextAttemptAt).not.toBeNull();
    expect(attempt).toMatchObject({ outcome: 'unanswered', phase: 'final', ambiguous: true, reply: null });
    expect(relay.store.events.at(-1)).toMatchObject({ type: 'recipient.deferred', ambiguous: true });
  });

  it('R12 a 250 that comes after our time-out: at most one duplicate, flagged', async () => {
    let late = true;
    const { hop, relay } = await start(
      {
        script: ({ stage }) => {
          if (stage !== 'content' || !late) return undefined;
          late = false;
          return { reply: '250 2.0.0 at last', delay: 300 };
        },
      },
      {
        settings: settings({ retry: { delays: [50], expireAfter: 60_000 } }),
        timeouts: { ...SMTP_TIMEOUTS, final: 100 },
      },
    );
    const id = await relay.accept({ to: ['ann@example.net'] });
    const { recipients } = await relay.settled(id, ['transferred']);
    expect(recipients[0]?.attemptList.map(({ outcome, ambiguous }) => [outcome, ambiguous])).toEqual([
      ['unanswered', true],
      ['transferred', false],
    ]);
    expect(hop.messages).toHaveLength(2);
  });

  const stages: readonly Stage[] = ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'content'];
  for (const stage of stages) {
    it(`R13 421 at ${stage}: no permanent failure`, async () => {
      const { relay } = await start({
        script: (exchange) => (exchange.stage === stage ? { reply: '421 4.3.2 going down', close: 'end' } : undefined),
      });
      const id = await relay.accept({ to: ['ann@example.net', 'bob@example.net'] });
      const { recipients } = await relay.settled(id);
      expect(recipients.map(({ state }) => state)).toEqual(['deferred', 'deferred']);
      expect(recipients.map(({ attemptList }) => attemptList[0]?.reply?.code)).toEqual([421, 421]);
    });
  }

  for (const stage of ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'content'] as const) {
    it(`R14 a reply dripped at ${stage}: the command's deadline ends it`, async () => {
      const dripped = { reply: '250 2.0.0 a reply that takes its time, octet by octet', drip: 40 };
      const { relay } = await start(
        { script: (exchange) => (exchange.stage === stage ? dripped : undefined) },
        { timeouts: { connect: 1000, greeting: 150, command: 150, rcpt: 150, data: 150, block: 150, final: 150 } },
      );
      const { recipient, attempt } = await sendOne(relay);
      expect(recipient.state).toBe('deferred');
      expect(attempt).toMatchObject({ outcome: 'unanswered', ambiguous: stage === 'content' });
    });
  }

  it('R14 the attempt as a whole has a deadline', async () => {
    const { relay } = await start(
      { script: ({ stage }) => (stage === 'content' ? { reply: '250 ok', delay: 60_000 } : undefined) },
      { settings: settings({ attemptTimeout: 200 }) },
    );
    const { attempt } = await sendOne(relay);
    expect(attempt).toMatchObject({ outcome: 'unanswered', ambiguous: true, error: 'the attempt took longer than 200 ms' });
  });

  for (const stage of ['starttls', 'auth'] as const) {
    it(`R13 421 at ${stage}: no permanent failure, and nothing goes in the clear`, async () => {
      const hop = await startFakeHop({
        extensions: ['PIPELINING', 'AUTH PLAIN', ...(stage === 'starttls' ? ['STARTTLS'] : [])],
        script: (exchange) => (exchange.stage === stage ? { reply: '421 4.3.2 going down', close: 'end' } : undefined),
      });
      open.push(hop);
      const changes = stage === 'starttls' ? ({ tls: 'required' } as const) : { auth: { user: 'u', password: 'p' } };
      const relay = await startHarness([smarthost(hop.port, changes)]);
      open.push(relay);
      const { recipient, attempt } = await sendOne(relay);
      expect([recipient.state, attempt.reply?.code, attempt.phase]).toEqual(['deferred', 421, stage]);
      expect(hop.commands.some((line) => line.startsWith('MAIL'))).toBe(false);
    });
  }

  for (const stage of ['greeting', 'ehlo', 'mail', 'rcpt', 'content'] as const) {
    it(`R15 an endless reply at ${stage}: bounded memory, a deferral`, async () => {
      const { relay } = await start({
        script: (exchange) => (exchange.stage === stage ? { reply: '250 on and on', endless: true } : undefined),
      });
      const before = process.memoryUsage().rss;
      const { recipient, attempt } = await sendOne(relay);
      expect(recipient.state).toBe('deferred');
      expect(attempt.error).toContain('exceeds maximum allowed size');
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    });
  }

  it('a reply that is none defers', async () => {
    const { relay } = await start({ script: ({ stage }) => (stage === 'content' ? 'lovely, thank you' : undefined) });
    const { recipient, attempt } = await sendOne(relay);
    expect(recipient.state).toBe('deferred');
    expect(attempt).toMatchObject({ outcome: 'deferred', reply: null, ambiguous: true, error: 'not a reply: lovely, thank you' });
  });

  it('a kept connection that the hop closed is replaced within the attempt', async () => {
    const { hop, relay } = await start({
      script: ({ stage, connection, message }) => {
        if (connection === 0 && message === 1 && stage === 'mail') return { reply: '421 4.4.2 idle too long', close: 'end' };
        return undefined;
      },
    });
    await sendOne(relay);
    const { attempt } = await sendOne(relay);
    expect(attempt.outcome).toBe('transferred');
    expect(hop.connections).toBe(2);
  });
});

describe('what goes out', () => {
  it('R37 a bare CR or LF never goes out: the message is held', async () => {
    for (const content of ['Subject: x\r\n\r\na\nb\r\n', 'Subject: x\r\n\r\na\rb\r\n', 'Subject: x\r\n\r\na\r']) {
      const { hop, relay } = await start();
      const { recipient } = await sendOne(relay, { content });
      expect(recipient.state).toBe('held');
      expect(hop.messages).toHaveLength(0);
    }
  });

  it('R37 a large content is streamed, dots stuffed at the edges of its pieces', async () => {
    const line = `.${'y'.repeat(61)}\r\n`;
    const content = `Subject: big\r\n\r\n${line.repeat(68_000)}`;
    const { hop, relay } = await start();
    await sendOne(relay, { content });
    const got = hop.messages[0]?.content.toString('latin1') ?? '';
    expect(got.endsWith(content)).toBe(true);
    expect(got.length - content.length).toBeLessThan(200);
  });

  it('R19 ORCPT and NOTIFY are kept a recipient, RET and ENVID a message', async () => {
    const { hop, relay } = await start({ extensions: ['PIPELINING', 'DSN'] });
    await sendOne(relay, {
      to: [
        { address: 'ann@example.net', notify: ['success', 'failure'], orcpt: { type: 'rfc822', address: 'ann+x=1@example.net' } },
        { address: 'bob@example.net', notify: 'never' },
        { address: 'eve@example.net' },
      ],
      envelope: { ret: 'hdrs', envid: 'QQ 314' },
    });
    expect(hop.messages[0]?.mail).toBe('MAIL FROM:<erp@example.com> RET=HDRS ENVID=QQ+20314');
    expect(hop.messages[0]?.rcpts).toEqual([
      'RCPT TO:<ann@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;ann+2Bx+3D1@example.net',
      'RCPT TO:<bob@example.net> NOTIFY=NEVER',
      // RFC 3461 §5.2.1(d): ORCPT alone may be added.
      'RCPT TO:<eve@example.net> ORCPT=rfc822;eve@example.net',
    ]);
  });

  it('R19 an IDN domain goes out as A-label', async () => {
    const { hop, relay } = await start();
    await sendOne(relay, { from: 'rechnung@bücher.example', to: ['jörg@example.net', 'post@bücher.example'] });
    expect(hop.messages[0]?.mail).toContain('MAIL FROM:<rechnung@xn--bcher-kva.example>');
    expect(hop.messages[0]?.rcpts).toEqual(['RCPT TO:<post@xn--bcher-kva.example>']);
  });

  it('a recipient that needs SMTPUTF8 fails with 5.6.7 where it is not offered, and goes out where it is', async () => {
    const without = await start();
    const refused = await sendOne(without.relay, { to: ['jörg@example.net'] });
    expect(refused.recipient).toMatchObject({ state: 'failed', failure: { status: '5.6.7', addressInvalid: false } });
    const offered = await start({ extensions: ['PIPELINING', 'SMTPUTF8'] });
    await sendOne(offered.relay, { to: ['jörg@example.net'] });
    expect(offered.hop.messages[0]).toMatchObject({ mail: 'MAIL FROM:<erp@example.com> SMTPUTF8', rcpts: ['RCPT TO:<jörg@example.net>'] });
  });

  it('declares SIZE, and fails what is over the limit that the hop names', async () => {
    const { hop, relay } = await start({ extensions: ['PIPELINING', 'SIZE 2000'] });
    await sendOne(relay);
    expect(hop.messages[0]?.mail).toMatch(/ SIZE=\d+$/);
    expect(Number(/SIZE=(\d+)/.exec(hop.messages[0]?.mail ?? '')?.[1])).toBe(hop.messages[0]?.content.length);
    const { recipient } = await sendOne(relay, { content: `Subject: x\r\n\r\n${'z\r\n'.repeat(1000)}` });
    expect(recipient).toMatchObject({ state: 'failed', failure: { status: '5.3.4', category: 'too-big' } });
  });

  it('a quoted local part with angle brackets goes out as it is', async () => {
    const { hop, relay } = await start();
    await sendOne(relay, { to: ['"a<b> c"@example.net'] });
    expect(hop.messages[0]?.rcpts).toEqual(['RCPT TO:<"a<b> c"@example.net>']);
  });

  it('reuses the connection up to messagesPerConnection, and dials the next one when it is closed', async () => {
    const hop = await startFakeHop({ script: ({ stage }) => (stage === 'quit' ? { delay: 30 } : undefined) });
    open.push(hop);
    const limits = { connections: 1, rate: null, messagesPerConnection: 3 };
    const relay = await startHarness([smarthost(hop.port, { limits })]);
    open.push(relay);
    const ids = await Promise.all(Array.from({ length: 7 }, (_, i) => relay.accept({ to: [`u${i}@example.net`] })));
    for (const id of ids) await relay.settled(id, ['transferred']);
    expect(hop.messages.map(({ connection }) => connection)).toEqual([0, 0, 0, 1, 1, 1, 2]);
    expect(hop.mostOpen).toBe(1);
  });
});
