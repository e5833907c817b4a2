import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetGate } from '../../../src/relay/delivery/octet-gate.ts';

describe('the gate before content in memory', () => {
  it('never holds more than its limit, save one alone, and lets all in, in turn', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 30 }), async (sizes) => {
        const gate = new OctetGate(100);
        const inside: number[] = [];
        const order: number[] = [];
        await Promise.all(
          sizes.map(async (octets, i) => {
            await gate.enter(octets);
            inside.push(octets);
            order.push(i);
            const held = inside.reduce((sum, one) => sum + one, 0);
            expect(inside.length === 1 || held <= 100).toBe(true);
            await new Promise((resolve) => setImmediate(resolve));
            inside.splice(inside.indexOf(octets), 1);
            gate.leave(octets);
          }),
        );
        expect(order).toEqual(sizes.map((_, i) => i));
      }),
      { numRuns: 50 },
    );
  });
});
