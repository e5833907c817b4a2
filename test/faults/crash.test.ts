import { describe, expect, it } from 'vitest';
import { crashRounds } from './crash-rounds.ts';

describe('crashes', () => {
  it('R1 R4 loses nothing answered 250 and leaves no gap in the feed over 20 kills under load', async () => {
    const { recorded, kills } = await crashRounds(20);
    expect(kills).toBe(20);
    expect(recorded).toBeGreaterThan(100);
  }, 90_000);
});
