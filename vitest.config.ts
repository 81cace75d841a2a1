import { defineConfig } from 'vitest/config';

// Shared CI machines are noisy: there, a test may be tried again before it counts as failed.
const retry = process.env.CI ? 2 : 0;

/** polling is how long `expect.poll` waits for what never comes: no test is about time. */
const polling = (timeout: number) => ({ poll: { timeout } });

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          retry,
          expect: polling(15_000),
          include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          retry,
          expect: polling(60_000),
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'conformance',
          retry,
          expect: polling(60_000),
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          retry,
          expect: polling(60_000),
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
