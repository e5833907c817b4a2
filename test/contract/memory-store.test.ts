import { createMemoryStore } from '../support/memory-store.ts';
import { storeContract } from './store.ts';

storeContract({
  name: 'in memory',
  open: async (clock) => createMemoryStore({ now: clock.read }),
  dispose: async () => {},
});
