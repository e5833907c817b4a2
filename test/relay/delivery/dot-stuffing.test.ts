import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DotStuffer, Scratch, stuffWhole, UncleanContent } from '../../../src/relay/delivery/dot-stuffing.ts';

/** What a server makes of it, RFC 5321 §4.5.2. */
function received(wire: Buffer): string {
  const text = wire.toString('latin1');
  const end = text.startsWith('.\r\n') ? 0 : text.indexOf('\r\n.\r\n') + 2;
  expect(end).toBe(text.length - 3);
  return text
    .slice(0, end)
    .split('\r\n')
    .map((line) => (line.startsWith('.') ? line.slice(1) : line))
    .join('\r\n');
}

const lines = fc.array(fc.string({ unit: fc.constantFrom('.', 'a', ' ', 'é') }), { maxLength: 12 });

describe('content on the wire', () => {
  it('R37 arrives as it was, whatever pieces it comes in, and ends nowhere before its end', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.nat(60), { maxLength: 6 }), (texts, cuts) => {
        const content = Buffer.from(texts.map((line) => `${line}\r\n`).join(''), 'latin1');
        const stuffer = new DotStuffer();
        const pieces: Buffer[] = [];
        let from = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), content.length]) {
          pieces.push(Buffer.from(stuffer.stuff(content.subarray(from, cut))));
          from = Math.max(from, cut);
        }
        pieces.push(stuffer.end());
        expect(received(Buffer.concat(pieces))).toBe(content.toString('latin1'));
      }),
    );
  });

  it('R37 bare CR and LF are refused, and told where', () => {
    const cases: readonly [text: string, at: number][] = [
      ['a\nb', 1],
      ['a\rb', 2],
      ['\n', 0],
      ['ab\r', 2],
      ['a\r\r\n', 2],
      ['.\n.\r\n', 1],
    ];
    for (const [text, at] of cases) {
      expect(() => stuffWhole('', Buffer.from(text)), JSON.stringify(text)).toThrow(new UncleanContent(at));
    }
  });

  it('a scratch gives whole contents, and lets go of a buffer that is still being written', () => {
    const scratch = new Scratch();
    const first = scratch.lay(stuffWhole('Received: x\r\n', Buffer.from('.a\r\n')));
    expect(first.toString()).toBe('Received: x\r\n..a\r\n.\r\n');
    scratch.keep();
    scratch.lay(stuffWhole('', Buffer.from('another\r\n')));
    expect(first.toString()).toBe('Received: x\r\n..a\r\n.\r\n');
    const large = Buffer.from(`${'z'.repeat(100)}\r\n`.repeat(1000));
    expect(scratch.lay(stuffWhole('', large)).length).toBe(large.length + 3);
  });
});
