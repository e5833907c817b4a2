import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Vitest leaves a core free; on two that is half of the machine.
const common = {
  testTimeout: 20_000,
  hookTimeout: 30_000,
  pool: 'forks' as const,
  minWorkers: 2,
  maxWorkers: Math.max(2, availableParallelism() - 1),
};

export default defineConfig({
  test: {
    globalSetup: ['test/support/no-leftovers.ts'],
    projects: [
      { test: { ...common, name: 'fast', include: ['test/**/*.test.ts'], exclude: ['test/**/*.long.test.ts'] } },
      ...(process.env['RELAIS_LONG']
        ? [{ test: { ...common, name: 'long', include: ['test/**/*.long.test.ts'], testTimeout: 3_600_000 } }]
        : []),
    ],
  },
});
