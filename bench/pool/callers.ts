import type { Ledger, Placement } from '../../shared/pool/ledger.ts';
import { createMemoryLedger } from '../../shared/pool/memoryLedger.ts';
import { deploymentsOf } from './players/argus.ts';
import { gapMs, randomNumbers } from './randomNumbers.ts';
import { createVirtualTime, type VirtualTime } from './virtualTime.ts';

/** HTTP callers that are sent away with a time, and come back then. */
interface CallerMix {
  /** Of the callers that are sent away, the part that comes back. */
  readonly returning: number;
  /** What they ask for, in parts of the pool's quota. */
  readonly load: number;
  /** Whether they are known again, by a key. */
  readonly keyed: boolean;
}

/** One that came back: after how long, and whether it started instead of being sent away again. */
interface Return {
  readonly awayMs: number;
  readonly isStarted: boolean;
}

const START_MS = Date.UTC(2026, 10, 23, 12);
const MINUTES = 10;
const TOKENS_PER_MINUTE = 10_000;
const ANSWER_MS = 3_000;
const MOST_VISITS = 8;

/** Ten minutes of callers on one to four of the seed's deployments, by the seed. */
export async function playCallers(seed: number, mix: CallerMix): Promise<readonly Return[]> {
  const random = randomNumbers(seed);
  const time = createVirtualTime(START_MS);
  const deployments = deploymentsOf(Array.from({ length: 1 + Math.floor(random() * 4) }, () => TOKENS_PER_MINUTE));
  const ledger = createMemoryLedger(deployments, {
    httpShare: 0.2,
    now: time.now,
    // A stream of its own, so that who arrives when does not depend on the ledger.
    random: randomNumbers(seed + 77),
    signal: () => undefined,
  });
  const returns: Return[] = [];
  const perMinute = (mix.load * deployments.length * TOKENS_PER_MINUTE) / 1_900;
  let order = 0;
  const arrive = (): void => {
    const wish = {
      analysisId: `s${seed}-${order++}`,
      admissionTokens: 800 + Math.floor(random() * 2_200),
      waitMs: [0, 2_000, 10_000][Math.floor(random() * 3)] ?? 0,
      comesBack: random() < mix.returning,
      keepsPlace: mix.keyed,
    };
    void call(wish, { ledger, time, returns });
    if (time.now() < START_MS + MINUTES * 60_000) time.at(time.now() + gapMs(random, perMinute), arrive);
  };
  time.at(START_MS, arrive);
  await time.run(START_MS + (MINUTES + 8) * 60_000);
  return returns;
}

interface Wish {
  readonly analysisId: string;
  readonly admissionTokens: number;
  readonly waitMs: number;
  readonly comesBack: boolean;
  readonly keepsPlace: boolean;
}

interface Desk {
  readonly ledger: Ledger;
  readonly time: VirtualTime;
  readonly returns: Return[];
}

async function call(wish: Wish, { ledger, time, returns }: Desk): Promise<void> {
  let placement = await stay(wish, ledger, time);
  for (let visits = 0; visits < MOST_VISITS; visits += 1) {
    if (placement.kind === 'booked') {
      const { booking } = placement;
      await time.sleep(ANSWER_MS);
      const outcome = { kind: 'answered', text: '{}', finish: 'stop', usage: null, hints: {} } as const;
      return await ledger.settle(booking, outcome, ANSWER_MS);
    }
    if (placement.kind !== 'later' || !wish.comesBack) return;
    const awayMs = Math.ceil((placement.expectedStartMs - time.now()) / 1_000) * 1_000;
    await time.sleep(awayMs);
    placement = await stay(wish, ledger, time);
    returns.push({ awayMs, isStarted: placement.kind === 'booked' });
  }
}

/** Asks until it starts, or is sent away. */
async function stay(wish: Wish, ledger: Ledger, time: VirtualTime): Promise<Placement> {
  const createdMs = time.now();
  for (;;) {
    const placement = await ledger.book({
      analysisId: wish.analysisId,
      admissionTokens: wish.admissionTokens,
      model: 'gpt-4@vision-preview',
      caller: 'http',
      exclude: [],
      createdMs,
      latestStartMs: createdMs + wish.waitMs,
      keepsPlace: wish.keepsPlace,
    });
    if (placement.kind !== 'wait') return placement;
    await time.sleep(placement.askAgainMs - time.now());
  }
}
