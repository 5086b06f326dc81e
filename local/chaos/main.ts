import { randomInt } from 'node:crypto';
import { commandLineOrExit } from '../process/commandLine.ts';
import { CHAOS_COMMAND, chaosOptions } from './chaosOptions.ts';

const WRONG_OPTIONS_EXIT_CODE = 2;

const { values } = commandLineOrExit(CHAOS_COMMAND, WRONG_OPTIONS_EXIT_CODE);
const options = chaosOptions(values, randomInt(1_000_000));
// Loaded here: help needs nothing of it.
const { runChaos } = await import('./runChaos.ts');
const startedAtMs = Date.now();
console.log(`Chaos with seed ${options.seed}: ${options.images} images, ${options.kills} kills.`);
const end = await runChaos({
  ...options,
  onLine: (line) => {
    if (values.verbose || /^(All is|The storage|Still open)/.test(line)) console.log(line);
  },
});
console.log(JSON.stringify(end, null, 2));
const tookSeconds = Math.round((Date.now() - startedAtMs) / 1000);
console.log(`${end.isGood ? 'Good' : 'BAD'} after ${tookSeconds} s, seed ${end.seed}.`);
process.exit(end.isGood ? 0 : 1);
