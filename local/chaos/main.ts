import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runChaos } from './runChaos.ts';

/**
 * `npm run chaos [-- --seed N --images 2000 --kills 100 --instances 2 --restarts 5 --timeouts --verbose]`
 *
 * Drops images while app processes are killed, events come late, twice or never, the storage goes away and the regions
 * fail, and judges the end by the regions' charge logs and the storage. Exit code 0 only for a good verdict.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    images: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '100' },
    instances: { type: 'string', default: '2' },
    restarts: { type: 'string', default: '5' },
    timeouts: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const startedAtMs = Date.now();
console.log(`Chaos with seed ${values.seed}: ${values.images} images, ${values.kills} kills.`);
const end = await runChaos({
  seed: Number(values.seed),
  images: Number(values.images),
  kills: Number(values.kills),
  instances: Number(values.instances),
  storageRestarts: Number(values.restarts),
  withTimeouts: values.timeouts,
  awaitsTakeovers: true,
  onLine: (line) => {
    if (values.verbose || /^(All is|The storage|Still open)/.test(line)) console.log(line);
  },
});
console.log(JSON.stringify(end, null, 2));
console.log(
  `${end.isGood ? 'Good' : 'BAD'} after ${Math.round((Date.now() - startedAtMs) / 1000)} s, seed ${end.seed}.`,
);
process.exit(end.isGood ? 0 : 1);
