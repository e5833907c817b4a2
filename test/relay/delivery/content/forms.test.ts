import { isAscii } from 'node:buffer';
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import { prepareContent } from '../../../../src/relay/delivery/content/forms.ts';
import { UncleanContent } from '../../../../src/relay/delivery/dot-stuffing.ts';
import { makeDkimKey } from '../../../support/dkim-keys.ts';
import { verifyDkim } from '../../../support/dkim-verifier.ts';
import { type FakeHop, startFakeHop } from '../../../support/fake-hop.ts';
import { type Harness, type NewMessage, settings, smarthost, startHarness } from '../harness.ts';
import { formRequest, octetsFor } from './prepared.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function start(
  extensions: readonly string[],
  route: Parameters<typeof smarthost>[1] = {},
): Promise<{ hop: FakeHop; relay: Harness }> {
  const hop = await startFakeHop({ extensions });
  open.push(hop);
  const relay = await startHarness([smarthost(hop.port, route)], { settings: settings() });
  open.push(relay);
  return { hop, relay };
}

async function outcome(relay: Harness, message: Partial<NewMessage>): Promise<readonly (string | null | undefined)[]> {
  const id = await relay.accept({ to: ['ann@example.net'], ...message });
  const { recipients } = await relay.settled(id);
  return recipients.flatMap(({ state, failure }) => [state, ...(failure === null ? [] : [failure.status])]);
}

const BODY = 'Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nMit besten Grüßen\r\n';
const HEADER = 'Subject: Rechnung für Jörg\r\n\r\nplain\r\n';
const IMPOSSIBLE = 'Subject: x\r\nFrom: jörg@example.com\r\n\r\nplain\r\n';
const SIGNED = 'Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n\r\nGrüße\r\n--s\r\n\r\nabc\r\n--s--\r\n';

interface Case {
  readonly says: string;
  readonly hop: readonly string[];
  readonly content: string;
  readonly envelope?: NewMessage['envelope'];
  readonly route?: Parameters<typeof smarthost>[1];
  /** `as it is`, `7-bit`, or the status of the failure. */
  readonly expected: string;
  readonly mail?: RegExp;
}

const UTF8 = { smtputf8: true, eightBitMime: true };
const CASES: readonly Case[] = [
  { says: 'an 8-bit body, 8BITMIME', hop: ['8BITMIME'], content: BODY, expected: 'as it is', mail: / BODY=8BITMIME$/ },
  { says: 'an 8-bit body, no 8BITMIME', hop: [], content: BODY, envelope: { eightBitMime: true }, expected: '7-bit', mail: />$/ },
  { says: 'the same, where nothing is to be converted', hop: [], content: BODY, route: { eightBit: 'fail' }, expected: '5.6.3' },
  { says: 'a signed body, no 8BITMIME', hop: [], content: SIGNED, expected: '5.6.3' },
  {
    says: '7-bit content that was declared 8BITMIME, no 8BITMIME',
    hop: [],
    content: 'Subject: x\r\n\r\nplain\r\n',
    envelope: { eightBitMime: true },
    expected: 'as it is',
    mail: />$/,
  },
  {
    says: 'a header beyond ASCII that nobody declared, 8BITMIME',
    hop: ['8BITMIME'],
    content: HEADER,
    expected: 'as it is',
    mail: / BODY=8BITMIME$/,
  },
  { says: 'the same, no 8BITMIME', hop: [], content: HEADER, expected: '7-bit' },
  {
    says: 'a header beyond ASCII, SMTPUTF8',
    hop: ['8BITMIME', 'SMTPUTF8'],
    content: HEADER,
    envelope: UTF8,
    expected: 'as it is',
    mail: / BODY=8BITMIME SMTPUTF8$/,
  },
  { says: 'the same, no SMTPUTF8', hop: ['8BITMIME'], content: HEADER, envelope: UTF8, expected: '7-bit' },
  {
    says: 'the same, where nothing is to be converted',
    hop: ['8BITMIME'],
    content: HEADER,
    envelope: UTF8,
    route: { eightBit: 'fail' },
    expected: '5.6.9',
  },
  { says: 'an address in the header beyond ASCII, no SMTPUTF8', hop: ['8BITMIME'], content: IMPOSSIBLE, envelope: UTF8, expected: '5.6.7' },
  {
    says: 'a body beyond ASCII declared SMTPUTF8, 8BITMIME alone',
    hop: ['8BITMIME'],
    content: BODY,
    envelope: UTF8,
    expected: 'as it is',
    mail: / BODY=8BITMIME$/,
  },
];

describe('the form that a next hop takes', () => {
  it.each(CASES)('$says: $expected', async ({ hop: extensions, content, envelope, route, expected, mail }) => {
    const { hop, relay } = await start(extensions, route);
    const state = await outcome(relay, { content, ...(envelope === undefined ? {} : { envelope }) });
    if (/^\d\./.test(expected)) {
      expect(state).toEqual(['failed', expected]);
      expect(hop.commands.filter((line) => line.startsWith('MAIL'))).toEqual([]);
      return;
    }
    expect(state).toEqual(['transferred']);
    const [message] = hop.messages;
    const after = message?.content.toString('latin1').replace(/^Received: [\s\S]*?; now\r\n/, '') ?? '';
    if (expected === 'as it is') expect(after).toBe(Buffer.from(content).toString('latin1'));
    else expect([isAscii(message?.raw ?? Buffer.alloc(0)), after === '']).toEqual([true, false]);
    if (mail !== undefined) expect(message?.mail).toMatch(mail);
  });

  it('R37 streamed content with a bare CR or LF is refused before anything is dialled', async () => {
    for (const text of ['x\r\n\r\na\rb\r\n', 'x\r\n\r\na\nb\r\n', 'x\r\n\r\nab\r']) {
      await expect(prepareContent(formRequest({ bytes: Buffer.from(text), pieces: 2 }))).rejects.toThrow(UncleanContent);
    }
  });

  it('content that is streamed is converted and signed as it goes, its size known before', async () => {
    const body = `${'Mit besten Grüßen, à bientôt.  \r\n'.repeat(400)}\r\n\r\n`;
    const bytes = Buffer.from(`From: a@example.com\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${body}`);
    const { key, records } = makeDkimKey('ed25519', 'example.com', 's1');
    for (const extensions of [[], ['8BITMIME']]) {
      const { sent, size } = await octetsFor(formRequest({ bytes, pieces: 100, keys: [key] }), extensions);
      expect(sent.length).toBe(size);
      expect(isAscii(sent)).toBe(extensions.length === 0);
      expect(verifyDkim(sent, records).map(({ result }) => result)).toEqual(['pass']);
      expect((await simpleParser(sent)).text?.trimEnd()).toBe(body.replaceAll('\r\n', '\n').trimEnd());
    }
  });
});
