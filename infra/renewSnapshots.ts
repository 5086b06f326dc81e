import { readFileSync, writeFileSync } from 'node:fs';
import { runBicep } from '../local/make/bicep.ts';
import { commandLineOrExit } from '../local/process/commandLine.ts';
import { EXAMPLE_SCOPE, EXAMPLES, snapshotFileOf } from './examples.ts';

commandLineOrExit({
  name: 'npm run infra',
  does: `Writes the golden files of infra/ again, after a change of the templates or of the catalogue. Review the
difference before you commit it.`,
  options: {},
});

const { subscriptionId, resourceGroup, location } = EXAMPLE_SCOPE;
const scope = ['--subscription-id', subscriptionId, '--resource-group', resourceGroup, '--location', location];

let failures = 0;
for (const example of EXAMPLES) {
  const run = runBicep(['snapshot', example, ...scope]);
  console.log(run.code === 0 ? `wrote ${snapshotFileOf(example)}` : `${example}: ${run.stderr}`);
  if (run.code === 0) sortOutputs(snapshotFileOf(example));
  else failures += 1;
}
process.exitCode = failures === 0 ? 0 : 1;

/** The compiler writes outputs in another order each time: sorted, what did not change shows no difference. */
function sortOutputs(file: string): void {
  const snapshot = JSON.parse(readFileSync(file, 'utf8')) as { outputs?: Record<string, unknown> };
  const outputs = Object.entries(snapshot.outputs ?? {}).toSorted(([left], [right]) => (left < right ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...snapshot, outputs: Object.fromEntries(outputs) }, null, 2)}\n`);
}
