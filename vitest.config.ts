import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongestFirst } from './test/support/longestFirst.ts';

/** Files whose tests change what belongs to the whole process: the environment, its console, the telemetry of the SDKs. */
const CHANGE_THE_PROCESS = [
  'test/scenarios/**/*.test.ts',
  'test/local/{chaos,func,host,make,start}/**/*.test.ts',
  'test/local/identity/identityEndpoint.test.ts',
  'test/signals/**/*.test.ts',
  'test/functions/**/*.test.ts',
  'test/vision/{visionClient,boundedCredential,deploymentAccess}.test.ts',
  'test/infra/{preflightCommand,workbook,alerts}.test.ts',
];

const project = (name: string, own: NonNullable<TestProjectInlineConfiguration['test']>) => ({
  test: {
    ...own,
    name,
    pool: 'forks' as const,
    // Generous: they catch what hangs, and a busy machine takes many times as long as a quiet one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 90_000 } },
    setupFiles: ['test/support/pinnedSeed.ts'],
  },
});

export default defineConfig({
  test: {
    // Two cores bear three files at once: with two, a third of the time of both cores was spent waiting.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/forAllFiles.ts'],
    projects: [
      project('alone', { include: CHANGE_THE_PROCESS }),
      // A process is started once for many files: a start takes longer than most of them.
      project('together', { include: ['test/**/*.test.ts'], exclude: CHANGE_THE_PROCESS, isolate: false }),
    ],
  },
});
