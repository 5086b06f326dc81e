import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many files start Azurite or a Functions host of their own: a process each, and no more at once than two cores bear.
    pool: 'forks',
    maxWorkers: 2,
    // Generous: they catch what hangs, and a busy machine takes many times as long as a quiet one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 90_000 } },
    setupFiles: ['test/support/pinnedSeed.ts'],
  },
});
