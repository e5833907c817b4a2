import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MessageState, messageState } from '../../src/domain/message.ts';
import { isPending, RECIPIENT_STATES, type RecipientState } from '../../src/domain/recipient.ts';

describe('messageState', () => {
  it.each<[MessageState, RecipientState[]]>([
    ['in-progress', ['queued']],
    ['in-progress', ['delivered', 'failed', 'deferred']],
    ['in-progress', ['held', 'cancelled']],
    ['transferred', ['transferred']],
    ['transferred', ['transferred', 'delivered']],
    ['transferred', ['transferred', 'cancelled']],
    ['delivered', ['delivered', 'delivered']],
    ['delivered', ['delivered', 'cancelled']],
    ['failed', ['failed']],
    ['failed', ['expired', 'suppressed', 'failed']],
    ['failed', ['failed', 'cancelled']],
    ['partly-failed', ['failed', 'transferred']],
    ['partly-failed', ['expired', 'delivered', 'cancelled']],
    ['cancelled', ['cancelled', 'cancelled']],
  ])('is %s for %j', (expected, states) => expect(messageState(states)).toBe(expected));

  const anyStates = fc.array(fc.constantFrom(...RECIPIENT_STATES), { minLength: 1, maxLength: 6 });

  it('does not depend on the order of the recipients', () => {
    fc.assert(
      fc.property(anyStates, (states) => {
        expect(messageState([...states].reverse())).toBe(messageState(states));
      }),
    );
  });

  it('is in progress exactly while a recipient is pending', () => {
    fc.assert(
      fc.property(anyStates, (states) => {
        expect(messageState(states) === 'in-progress').toBe(states.some(isPending));
      }),
    );
  });
});
