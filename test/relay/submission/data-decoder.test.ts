/** The DATA decoder against a slow, obvious one, whatever the chunks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataDecoder, type DataFault } from '../../../src/relay/submission/data-decoder.ts';

interface Decoded {
  readonly content: string | null;
  readonly fault: boolean;
  /** What follows the end; null when it never came. */
  readonly rest: string | null;
}

/** RFC 5321 §4.5.2 as it reads: the end is CRLF.CRLF, one leading dot of a line goes. */
function expected(wire: string): Decoded {
  const end = `\r\n${wire}`.indexOf('\r\n.\r\n');
  if (end === -1) return { content: null, fault: false, rest: null };
  const body = wire.slice(0, end);
  const fault = /\r(?!\n)|(?<!\r)\n|\0/.test(body);
  const content = fault ? null : `\r\n${body}`.replace(/\r\n\./g, '\r\n').slice(2);
  return { content, fault, rest: wire.slice(end + 3) };
}

function decode(wire: string, sizes: readonly number[]): Decoded & { readonly kind: DataFault | null } {
  const decoder = new DataDecoder();
  let content = '';
  let at = 0;
  for (let i = 0; at < wire.length; i++) {
    const size = Math.max(1, sizes.length === 0 ? wire.length : (sizes[i % sizes.length] ?? 1));
    const end = decoder.feed(Buffer.from(wire.slice(at, at + size), 'latin1'));
    content += decoder.content.toString('latin1');
    if (end !== -1) {
      const fault = decoder.fault !== null;
      return { content: fault ? null : content, fault, rest: wire.slice(at + end), kind: decoder.fault };
    }
    at += size;
  }
  return { content: null, fault: false, rest: null, kind: decoder.fault };
}

const wires = fc
  .array(fc.constantFrom('\r\n', '\r\n', '\r\n.', '\r\n..', '\r\n.\r\n', '.', '\r', '\n', '\0', 'a', 'bc', '.\r', '\n.\r\n'), {
    maxLength: 14,
  })
  .map((parts) => parts.join(''));
const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 });

describe('data decoder', () => {
  it('decodes as the RFC reads, whatever the chunks', () => {
    fc.assert(
      fc.property(wires, sizes, (wire, chunks) => {
        const { kind: _, ...decoded } = decode(wire, chunks);
        expect(decoded).toEqual(expected(wire));
      }),
      { numRuns: 5000 },
    );
  });

  it.each<[string, string, DataFault]>([
    ['a bare LF', 'a\nb\r\n.\r\n', 'bare-lf'],
    ['a bare CR', 'a\rb\r\n.\r\n', 'bare-cr'],
    ['a NUL', 'a\0b\r\n.\r\n', 'nul'],
    ['an end with bare LFs', 'a\n.\nMAIL FROM:<x@y>\r\n.\r\n', 'bare-lf'],
    ['an end that starts with a bare LF', 'a\n.\r\nMAIL FROM:<x@y>\r\n.\r\n', 'bare-lf'],
    ['an end that closes with a bare CR', 'a\r\n.\rMAIL FROM:<x@y>\r\n.\r\n', 'bare-cr'],
    ['an end that closes with a bare LF', 'a\r\n.\nMAIL FROM:<x@y>\r\n.\r\n', 'bare-lf'],
  ])('R36 names %s', (_name, wire, fault) => {
    for (const chunks of [[], [1], [2], [3], [5]]) {
      expect(decode(wire, chunks)).toEqual({ content: null, fault: true, rest: '', kind: fault });
    }
  });

  it.each([
    ['a\r\r\n.\r\n', true],
    ['a\rb\r\n.\r\n', false],
    ['a\n\r\n.\r\n', false],
  ])('R36 %j: an end that others may not see: %s', (wire, disputed) => {
    for (const size of [1, 2, 3, 4, 5, 100]) {
      const decoder = new DataDecoder();
      let end = -1;
      for (let at = 0; at < wire.length; at += size) end = decoder.feed(Buffer.from(wire.slice(at, at + size)));
      expect(end).toBeGreaterThan(-1);
      expect(decoder.disputedEnd, String(size)).toBe(disputed);
    }
  });

  it('ignores a NUL behind the end', () => {
    expect(decode('a\r\n.\r\n\0', [])).toEqual({ content: 'a\r\n', fault: false, rest: '\0', kind: null });
  });

  it('is linear on lines without end and on line ends alone', () => {
    const inputs = ['a', '\r\n', '\r\n..', '\r', '\n', '.\r\n'].map((part) =>
      Buffer.from(part.repeat(Math.ceil(4_000_000 / part.length)), 'latin1'),
    );
    for (const input of inputs) {
      const decoder = new DataDecoder();
      const started = process.cpuUsage();
      for (let at = 0; at < input.length; at += 65_536) if (decoder.feed(input.subarray(at, at + 65_536)) !== -1) break;
      expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
    }
  });
});
