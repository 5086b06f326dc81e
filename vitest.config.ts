import { defineConfig } from 'vitest/config';
import { flakyTests } from './test/support/flakyTests.ts';

export default defineConfig({
  test: {
    globalSetup: ['test/support/forAllFiles.ts'],
    include: ['test/**/*.test.ts'],
    // Many files start Azurite or a Functions host of their own, a process each. Two cores bear three at once: with two, a
    // third of the time of both cores was spent waiting.
    pool: 'forks',
    maxWorkers: 3,
    // Generous: they catch what hangs, and a busy machine takes many times as long as a quiet one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    // A CI run holds thousands of real processes, sockets and timers. One that slips is run again once and named at the end;
    // here it fails.
    retry: process.env.CI ? 1 : 0,
    reporters: ['default', flakyTests],
    expect: { poll: { timeout: 90_000 } },
    setupFiles: ['test/support/pinnedSeed.ts'],
  },
});
