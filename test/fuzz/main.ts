import { commandLineOrExit } from '../../local/process/commandLine.ts';
import { maybeWholeNumber, wholeNumber } from '../../local/process/options.ts';
import { type FuzzEnd, fuzzFiles } from './fuzzFiles.ts';

const { values } = commandLineOrExit({
  name: 'npm run fuzz',
  does: `Changes PDF, TIFF and HEIC files at random and reads each. Prints a JSON line for every fault and every
file that takes longer than 5 s, and one with the counts; exits with 1 after a fault. The same seed draws the same files.`,
  options: {
    seed: wholeNumber('of the draw', { least: 1, fallback: 1 }),
    count: wholeNumber('files', { least: 1, fallback: 2_000 }),
    only: maybeWholeNumber('only the file of this number'),
  },
});

/** Such files are printed as well: an attacker would look for them. */
const SLOW_MS = 5_000;

const counts: Record<string, Record<FuzzEnd, number>> = {};
const sentences = new Map<string, number>();
let longest = { tookMs: 0, number: 0, kind: '' };
for await (const file of fuzzFiles(values)) {
  const { kind, end, said, number, tookMs } = file;
  counts[kind] ??= { read: 0, refused: 0, fault: 0 };
  counts[kind][end] += 1;
  if (tookMs > longest.tookMs) longest = { tookMs, number, kind };
  if (end === 'refused' && said) {
    const sentence = said.replaceAll(/[\d,]+/g, 'N');
    sentences.set(sentence, (sentences.get(sentence) ?? 0) + 1);
  }
  if (end === 'fault' || tookMs > SLOW_MS || values.only !== undefined) console.log(JSON.stringify(file));
}
console.log(JSON.stringify({ ...values, counts, longest, sentences: Object.fromEntries([...sentences].sort()) }));
process.exit(Object.values(counts).some(({ fault }) => fault > 0) ? 1 : 0);
