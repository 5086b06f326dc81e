import { getModel } from '../shared/catalog/catalog.ts';
import { estimateForModel } from '../shared/tokens/estimateForModel.ts';
import { countImageTokens } from '../shared/tokens/imageTokens.ts';
import { printFigure } from './figure.ts';

const ROUNDS = 40_000;
/** Other work of the machine only ever makes a round slower: the best one is the code's own. */
const TRIES = 9;

/**
 * Microseconds of processor time for one image, best of nine: its tokens alone, and the whole estimate with money and
 * minutes. The clock would also count what others do on a busy machine.
 */
export function benchEstimate(): void {
  for (const name of ['gpt-4@vision-preview', 'gpt-5.4']) {
    const model = getModel(name);
    const question = {
      detail: 'high',
      quality: 'full',
      textTokens: 300,
      outputTokens: { expected: 200, max: 800 },
      tokensPerMinute: 40_000,
      requestsPerMinute: 240,
      sku: model.name === 'gpt-4' ? 'Standard' : 'GlobalStandard',
      region: 'swedencentral',
      nowMs: Date.parse('2026-11-23'),
    } as const;
    const sizes = Array.from({ length: 64 }, (_, place) => ({ width: 100 + place * 61, height: 3900 - place * 47 }));
    const size = (round: number) => sizes[round % sizes.length] ?? { width: 1, height: 1 };
    const countUs = microsecondsEach((round) => countImageTokens(model, size(round), 'high').kind);
    const estimateUs = microsecondsEach((round) => estimateForModel(model, [size(round)], question).imageTokens);
    printFigure({ figure: `estimate.tokens.${model.name}`, value: countUs, unit: 'us' });
    printFigure({
      figure: `estimate.whole.${model.name}`,
      value: estimateUs,
      unit: 'us',
      baseline: { name: 'tokens alone', value: countUs },
    });
  }
}

function microsecondsEach(step: (round: number) => unknown): number {
  // Something must depend on the results, or the engine leaves the work out.
  let seen = 0;
  let bestUs = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES; tries++) {
    const startedAt = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round++) seen += step(round) ? 1 : 0;
    const { user, system } = process.cpuUsage(startedAt);
    bestUs = Math.min(bestUs, user + system);
  }
  if (seen === 0) throw new Error('Nothing was estimated.');
  return bestUs / ROUNDS;
}
