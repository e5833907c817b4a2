import { afterEach, describe, expect, it } from 'vitest';
import { type FakeHop, type FakeHopOptions, startFakeHop } from '../../support/fake-hop.ts';
import { type Harness, smarthost, startHarness } from './harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function start(options: FakeHopOptions = {}): Promise<{ hop: FakeHop; relay: Harness }> {
  const hop = await startFakeHop(options);
  open.push(hop);
  const relay = await startHarness([smarthost(hop.port)]);
  open.push(relay);
  return { hop, relay };
}

describe('a transaction with the next hop', () => {
  it('transfers, keeps the final reply whole, and sends content unchanged behind our trace field', async () => {
    const { hop, relay } = await start({ script: ({ stage }) => (stage === 'content' ? '250 2.0.0 Ok: queued as 4XyZ' : undefined) });
    const content = 'Subject: Invoice\r\n\r\n.dot first\r\n..two\r\nlast line without end';
    const id = await relay.accept({ to: ['ann@example.net'], content });
    const detail = await relay.settled(id);
    const [recipient] = detail.recipients;
    expect(recipient?.state).toBe('transferred');
    expect(recipient?.confidence).toBe('accepted-by-provider');
    expect(recipient?.attemptList[0]).toMatchObject({
      number: 1,
      outcome: 'transferred',
      nextHop: `127.0.0.1:${hop.port}`,
      address: `127.0.0.1:${hop.port}`,
      reply: { code: 250, status: '2.0.0', text: 'Ok: queued as 4XyZ' },
      phase: 'final',
      ambiguous: false,
    });
    expect(hop.messages[0]?.content.toString()).toBe(`${detail.message.received}${content}\r\n`);
    expect(hop.messages[0]?.raw.toString()).toContain('\r\n..dot first\r\n...two\r\n');
  });

  for (const extensions of [['PIPELINING'], []]) {
    it(`R11 gives three recipients their three results although the final reply is 451 (${extensions[0] ?? 'stepwise'})`, async () => {
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
    });
  }
});
