import { matchesGlob, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where files wait for real processes and real seconds: begun last, one of them would run alone at the end. */
const LONG: readonly string[] = ['test/scenarios/**', 'test/local/{chaos,start,func,host}/**', 'test/infra/**'];

/** Starts the files that take long before all others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => {
      const file = relative(this.ctx.config.root, moduleId);
      return LONG.some((pattern) => matchesGlob(file, pattern));
    };
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
