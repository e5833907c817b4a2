import { createMemoryStore } from '../support/memory-store.ts';
import { storeContract } from './store.ts';

storeContract({
  name: 'in memory',
  open: async (clock, suppression) => createMemoryStore({ now: clock.read, suppression }),
  dispose: async () => {},
});
