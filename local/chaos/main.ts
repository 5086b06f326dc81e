import { randomInt } from 'node:crypto';
import { CHAOS_USAGE, type ChaosCommand, readChaosOptions } from './chaosOptions.ts';

/** `npm run chaos`: CHAOS_USAGE says what it does. */
async function main({ options, isVerbose }: ChaosCommand): Promise<number> {
  // Loaded here: help needs nothing of it.
  const { runChaos } = await import('./runChaos.ts');
  const startedAtMs = Date.now();
  console.log(`Chaos with seed ${options.seed}: ${options.images} images, ${options.kills} kills.`);
  const end = await runChaos({
    ...options,
    onLine: (line) => {
      if (isVerbose || /^(All is|The storage|Still open)/.test(line)) console.log(line);
    },
  });
  console.log(JSON.stringify(end, null, 2));
  const tookSeconds = Math.round((Date.now() - startedAtMs) / 1000);
  console.log(`${end.isGood ? 'Good' : 'BAD'} after ${tookSeconds} s, seed ${end.seed}.`);
  return end.isGood ? 0 : 1;
}

let command: ChaosCommand | undefined;
try {
  command = readChaosOptions(process.argv.slice(2), randomInt(1_000_000));
} catch (error) {
  console.error((error as Error).message);
  process.exit(2);
}
if (command === undefined) console.log(CHAOS_USAGE);
else process.exit(await main(command));
