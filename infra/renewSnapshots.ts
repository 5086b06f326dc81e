import { runBicep } from '../local/bicep.ts';
import { EXAMPLE_SCOPE, EXAMPLES, snapshotFileOf } from './examples.ts';

/** Writes the golden files again, after a change of the templates or of the catalogue. Review the difference. */

let failures = 0;
for (const example of EXAMPLES) {
  const run = runBicep(['snapshot', example, ...EXAMPLE_SCOPE]);
  console.log(run.code === 0 ? `wrote ${snapshotFileOf(example)}` : `${example}: ${run.stderr}`);
  if (run.code !== 0) failures += 1;
}
process.exitCode = failures === 0 ? 0 : 1;
