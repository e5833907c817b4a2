/** R44: dialogues made from a grammar of SMTP and its misuse. No crash, and each reply is well-formed. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { account, plainToken, type Running, runSubmission } from './harness.ts';

let run: Running;
const faults: unknown[] = [];
const onFault = (error: unknown): void => {
  faults.push(error);
};

beforeAll(async () => {
  process.on('unhandledRejection', onFault);
  process.on('uncaughtException', onFault);
  run = await runSubmission({ accounts: [account('erp', 'secret')], listener: { authWithoutTls: true }, limits: { messageSize: 5000 } });
});
afterAll(async () => {
  await run.stop();
  process.off('unhandledRejection', onFault);
  process.off('uncaughtException', onFault);
});

const pick = fc.constantFrom;
const word = fc.oneof(
  pick(
    'a',
    'b@dest.test',
    '<>',
    '<a@src.test>',
    '"a b"@x',
    '@',
    '<',
    '>',
    ':',
    '=',
    '+2B',
    ';',
    ',',
    '%',
    '\\',
    '\0',
    '\t',
    'ü',
    '\xff',
    '\u2028',
  ),
  fc.string({ maxLength: 6 }),
);
const verb = pick('EHLO', 'HELO', 'MAIL', 'RCPT', 'DATA', 'RSET', 'NOOP', 'VRFY', 'HELP', 'AUTH', 'BDAT', 'ETRN', 'mail', 'X');
const path = fc.array(word, { maxLength: 3 }).map((parts) => `<${parts.join('')}>`);
const parameter = fc
  .tuple(pick('SIZE', 'BODY', 'RET', 'ENVID', 'NOTIFY', 'ORCPT', 'SMTPUTF8', 'FOO', ''), pick('', '='), word)
  .map((parts) => parts.join(''));
const parameters = fc.array(parameter, { maxLength: 3 }).map((parts) => parts.map((part) => ` ${part}`).join(''));
const lineEnd = fc.oneof({ weight: 12, arbitrary: fc.constant('\r\n') }, pick('\n', '\r', '\r\r\n', '\n\r', ''));
const command = fc.oneof(
  fc.tuple(verb, fc.array(word, { maxLength: 3 })).map(([name, words]) => [name, ...words].join(' ')),
  fc
    .tuple(pick('MAIL FROM:', 'RCPT TO:'), fc.oneof(path, pick('<a@src.test>', '<b@dest.test>')), parameters)
    .map((parts) => parts.join('')),
  pick('EHLO x', 'DATA', `AUTH PLAIN ${plainToken('erp', 'secret')}`, 'AUTH LOGIN', '*', 'ZXJw', '.', '..', 'Subject: x', ''),
  fc.integer({ min: 100, max: 20_000 }).map((length) => 'y'.repeat(length)),
);
const sound = pick(
  'EHLO x\r\nMAIL FROM:<a@src.test>\r\nRCPT TO:<b@dest.test>\r\nDATA\r\n',
  'MAIL FROM:<> SIZE=10\r\nRCPT TO:<b@dest.test> NOTIFY=NEVER\r\nDATA\r\na: b\r\n\r\n.\r\n',
  '\r\n.\r\n',
);
const piece = fc.oneof({ weight: 3, arbitrary: fc.tuple(command, lineEnd).map((parts) => parts.join('')) }, sound);
const dialogue = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 12 }),
  chunk: fc.integer({ min: 1, max: 200 }),
  end: pick('half-close', 'vanish', 'reset'),
});

const WELL_FORMED = /^[2-5][0-9]{2}(?: [\x20-\x7e\u0080-\uffff]*|-[\x20-\x7e\u0080-\uffff]*)$/;
const ENHANCED = /^[245]\.\d{1,3}\.\d{1,3} /;

it('R44 a grammar of dialogues: no crash, every reply well-formed with its enhanced status', async () => {
  const before = run.store.recorded.length;
  await fc.assert(
    fc.asyncProperty(dialogue, async ({ pieces, chunk, end }) => {
      const client = await RawClient.greeted({ port: run.port });
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
      for (const { raw, code, lines } of client.pending) {
        for (const line of raw.trimEnd().split('\r\n')) expect(line).toMatch(WELL_FORMED);
        const bare = code === 334 || code === 354 || (code === 250 && /^relay\.test/.test(lines[0] ?? '')) || code === 220;
        if (!bare) expect(lines[0]).toMatch(ENHANCED);
      }
    }),
    { numRuns: 300 },
  );
  expect(faults).toEqual([]);
  expect(run.store.recorded.length).toBeGreaterThan(before);
  expect(run.log.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  await expect.poll(() => run.submission.connections).toBe(0);
}, 60_000);
