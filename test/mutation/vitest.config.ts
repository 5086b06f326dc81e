import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [`test/{${process.env.MUTATION_TESTS}}/**/*.test.ts`],
    exclude: JSON.parse(process.env.MUTATION_WITHOUT ?? '[]'),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    globalSetup: ['test/support/forAllFiles.ts'],
    setupFiles: ['test/support/pinnedSeed.ts'],
  },
});
