/**
 * R44: dialogues made from a grammar of SMTP and its misuse, for the short run in fuzz.test.ts and the
 * long one in fuzz.long.test.ts. `play` holds what must be true of each of them.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { plainToken } from './harness.ts';

const pick = fc.constantFrom;
const TRICKS = ['a', 'b@dest.test', '<>', '<a@src.test>', '"a b"@x', '@', '<', '>', ':', '=', '+2B', ';', ',', '%', '!', '\\', '"'];
const OCTETS = ['\0', '\t', 'ü', '\xff', '\u2028', '\ufffd', '\x7f', '\x1b[31m'];
const word = fc.oneof(pick(...TRICKS, ...OCTETS), fc.string({ maxLength: 6 }));
const VERBS = [
  'EHLO',
  'HELO',
  'LHLO',
  'MAIL',
  'RCPT',
  'DATA',
  'RSET',
  'NOOP',
  'VRFY',
  'EXPN',
  'HELP',
  'AUTH',
  'BDAT',
  'ETRN',
  'QUIT',
  'mail',
];
const verb = pick(...VERBS, 'PROXY', 'XCLIENT', 'X', '__proto__', 'constructor', 'toString');
const path = fc.array(word, { maxLength: 3 }).map((parts) => `<${parts.join('')}>`);
const KEYWORDS = ['SIZE', 'BODY', 'RET', 'ENVID', 'NOTIFY', 'ORCPT', 'SMTPUTF8', 'REQUIRETLS', 'HOLDFOR', 'HOLDUNTIL', 'AUTH', 'FOO', ''];
const VALUES = [
  '1',
  '99999999999999999999',
  '8BITMIME',
  'FULL',
  'NEVER',
  'SUCCESS,DELAY',
  'rfc822;b+40x',
  '2030-01-01T00:00:00Z',
  '<>',
  '+0D+0A',
];
const parameter = fc.tuple(pick(...KEYWORDS), pick('', '='), fc.oneof(pick(...VALUES), word)).map((parts) => parts.join(''));
const parameters = fc.array(parameter, { maxLength: 3 }).map((parts) => parts.map((part) => ` ${part}`).join(''));
const lineEnd = fc.oneof({ weight: 12, arbitrary: fc.constant('\r\n') }, pick('\n', '\r', '\r\r\n', '\n\r', ''));
const field = fc
  .tuple(pick('Subject', 'Received', 'X-Relais-Send-At', 'X-Relais-Tag', 'Date', '', ' '), pick(':', ''), word, pick('\r\n', '\r\n ', '\n'))
  .map((parts) => parts.join(''));
const command = fc.oneof(
  fc.tuple(verb, fc.array(word, { maxLength: 3 })).map(([name, words]) => [name, ...words].join(' ')),
  fc
    .tuple(pick('MAIL FROM:', 'RCPT TO:'), fc.oneof(path, pick('<a@src.test>', '<b@dest.test>')), parameters)
    .map((parts) => parts.join('')),
  pick('EHLO x', 'DATA', `AUTH PLAIN ${plainToken('erp', 'secret')}`, 'AUTH LOGIN', '*', 'ZXJw', '.', '..', 'STARTTLS', ''),
  field,
  fc.integer({ min: 100, max: 20_000 }).map((length) => 'y'.repeat(length)),
);
const sound = pick(
  'EHLO x\r\nMAIL FROM:<a@src.test>\r\nRCPT TO:<b@dest.test>\r\nDATA\r\n',
  'EHLO x\r\nMAIL FROM:<> SIZE=10 HOLDFOR=60\r\nRCPT TO:<b@dest.test> NOTIFY=NEVER\r\nDATA\r\na: b\r\n\r\n.\r\n',
  '\r\n.\r\n',
);
const piece = fc.oneof({ weight: 3, arbitrary: fc.tuple(command, lineEnd).map((parts) => parts.join('')) }, sound);

export const dialogues = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 12 }),
  chunk: fc.integer({ min: 1, max: 200 }),
  end: pick('half-close' as const, 'vanish' as const, 'reset' as const),
});
export type FuzzedDialogue = typeof dialogues extends fc.Arbitrary<infer T> ? T : never;

const WELL_FORMED = /^[2-5][0-9]{2}(?: [\x20-\x7e\u0080-\uffff]*|-[\x20-\x7e\u0080-\uffff]*)$/;
const ENHANCED = /^([245])\.\d{1,3}\.\d{1,3} /;
/** Octets of replies a client may get for its dialogue: none of its commands is answered by more than EHLO's. */
const REPLY_LIMIT = 1_000_000;

/** Plays it on a connection of its own; throws when a reply is not as RFC 5321 §4.2 and RFC 2034 §4 have it. */
export async function play(port: number, { pieces, chunk, end }: FuzzedDialogue): Promise<void> {
  const client = await RawClient.greeted({ port });
  const octets = Buffer.from(pieces.join(''), 'utf8');
  for (let at = 0; at < octets.length && !client.closed; at += chunk) client.send(octets.subarray(at, at + chunk));
  if (end === 'half-close') {
    client.halfClose();
    await client.whenClosed();
  } else {
    await client.flush('').catch(() => undefined);
    client.vanish({ reset: end === 'reset' });
  }
  expect(client.malformed).toEqual([]);
  expect(client.socket.bytesRead).toBeLessThan(REPLY_LIMIT);
  for (const { raw, code, lines } of client.pending) {
    for (const line of raw.trimEnd().split('\r\n')) expect(line).toMatch(WELL_FORMED);
    const bare = code === 334 || code === 354 || code === 220 || (code === 250 && lines[0] === 'relay.test');
    if (!bare) expect(ENHANCED.exec(lines[0] ?? '')?.[1], raw).toBe(String(code)[0]);
  }
}

/** After all of it: mail as usual. */
export async function submitAsUsual(port: number): Promise<void> {
  const client = await RawClient.greeted({ port });
  await client.dialogue(`
    C: EHLO erp.test
    S: 250
    C: MAIL FROM:<a@src.test>
    S: 250 2.1.0
    C: RCPT TO:<b@dest.test>
    S: 250 2.1.5
    C: DATA
    S: 354
    C: Subject: as usual
    C: .
    S: 250 2.0.0
    C: QUIT
    S: 221
  `);
}
