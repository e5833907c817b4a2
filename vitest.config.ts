import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const common = {
  testTimeout: 20_000,
  hookTimeout: 30_000,
  pool: 'forks' as const,
  // Tests that say so run side by side with the next of their file: they wait for processes.
  maxConcurrency: 2,
  // Nothing happens at import and modules keep no state: to load them anew for each file takes a third of the time.
  isolate: false,
  // Vitest leaves a core free; on two that is half of the machine. With more than there are, tests with time limits fail.
  maxWorkers: Math.max(2, availableParallelism()),
};

/** What takes longest begins first: begun last, it runs while all other cores have nothing left to do. */
const LONGEST = [
  'faults/crash.',
  'faults/kill-points.',
  'faults/',
  'browser/',
  'examples/',
  'cli/',
  'reports/parser.',
  'delivery/transaction.',
  'scripts/',
  'signals/kill.',
];

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((part) => moduleId.includes(`/${part}`));
  return rank === -1 ? LONGEST.length : rank;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

const browser = { ...common, globalSetup: ['test/browser/setup.ts'] };

const LONG = [
  { test: { ...browser, name: 'long-browser', include: ['test/browser/**/*.long.test.ts'] } },
  {
    test: {
      ...common,
      name: 'long',
      include: ['test/**/*.long.test.ts'],
      exclude: ['test/browser/**'],
      testTimeout: 3_600_000,
      sequence: { groupOrder: 2 },
    },
  },
];

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/no-leftovers.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{long,timing,mocked}.test.ts', 'test/browser/**'],
        },
      },
      { test: { ...browser, name: 'browser', include: ['test/browser/**/*.test.ts'], exclude: ['test/browser/**/*.long.test.ts'] } },
      // What is measured, and what has a module of Node.js replaced: after all others, in a process that has
      // loaded nothing else.
      {
        test: {
          ...common,
          name: 'alone',
          include: ['test/**/*.{timing,mocked}.test.ts'],
          isolate: true,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      ...(process.env['RELAIS_LONG'] ? LONG : []),
    ],
  },
});
