import { createSharedLedger } from '../../shared/pool/sharedLedger.ts';
import type { StateStore } from '../../shared/pool/stateStore.ts';
import { deploymentsOf } from '../pool/players/argus.ts';
import { createSlowStore } from '../pool/players/sharedArgus.ts';
import { gapMs, randomNumbers } from '../pool/randomNumbers.ts';
import { createVirtualTime } from '../pool/virtualTime.ts';

/** Images that come by chance, each to one of the processes. */
export interface Load {
  readonly processes: number;
  readonly imagesPerSecond: number;
  readonly models: number;
}

const START_MS = Date.UTC(2026, 10, 23, 12);
const FOR_MS = 20_000;

/**
 * Each image books a start and gives it back, in virtual time: neither the machine nor its load counts.
 *
 * @returns the milliseconds that each of its two steps took
 */
export async function playContention(load: Load): Promise<readonly number[]> {
  const time = createVirtualTime(START_MS);
  const models = Array.from({ length: load.models }, (_, index) => `model-${index}@1`);
  const deployments = models.flatMap((model) =>
    deploymentsOf([250_000, 250_000, 250_000, 250_000]).map((each) => ({
      ...each,
      name: `${each.name}-${model}`,
      model,
    })),
  );
  const stores = new Map<string, StateStore>();
  const storeOf = (group: string): StateStore => {
    const store = stores.get(group) ?? createSlowStore({ time, count: () => undefined });
    stores.set(group, store);
    return store;
  };
  const stepsMs: number[] = [];
  const ledgers = Array.from({ length: load.processes }, (_, place) =>
    createSharedLedger(storeOf, deployments, {
      httpShare: 0.2,
      localShare: 0.1,
      now: time.now,
      sleep: time.sleep,
      random: randomNumbers(place + 1),
      signal: () => undefined,
    }),
  );
  const random = randomNumbers(7);
  async function bring(place: number): Promise<void> {
    const ledger = ledgers[Math.floor(random() * ledgers.length)];
    const createdMs = time.now();
    const placement = await ledger?.book({
      analysisId: `${place}`,
      admissionTokens: 20,
      model: models[place % models.length] ?? '',
      caller: 'http',
      exclude: [],
      createdMs,
      latestStartMs: createdMs,
    });
    const bookedMs = time.now();
    stepsMs.push(bookedMs - createdMs);
    if (placement?.kind !== 'booked') return;
    await ledger?.release(placement.booking);
    stepsMs.push(time.now() - bookedMs);
  }
  let atMs = START_MS;
  for (let place = 0; atMs < START_MS + FOR_MS; place += 1) {
    time.at(atMs, () => void bring(place));
    atMs += gapMs(random, load.imagesPerSecond * 60);
  }
  await time.run(START_MS + 2 * FOR_MS);
  return stepsMs;
}
