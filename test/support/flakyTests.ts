import type { Reporter, TestModule } from 'vitest/node';

/** Names every test that failed and passed when it was run again, at the end of a run: each is a bug to be found. */
export const flakyTests: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const flaky = modules.flatMap((module) =>
      [...module.children.allTests()]
        .filter((test) => test.diagnostic()?.flaky)
        .map((test) => `  ${module.relativeModuleId} > ${test.fullName}`),
    );
    if (flaky.length > 0) console.log(`Passed only when run again, and not to be left so:\n${flaky.join('\n')}`);
  },
};
