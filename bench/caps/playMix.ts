import { lookOf } from '../../shared/pool/imageLook.ts';
import type { Booking, Ledger, Need } from '../../shared/pool/ledger.ts';
import { createMemoryLedger } from '../../shared/pool/memoryLedger.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { createLimiter } from '../pool/limiter.ts';
import { deploymentsOf } from '../pool/players/argus.ts';
import { randomNumbers } from '../pool/randomNumbers.ts';
import { REQUESTS_PER_1K } from '../pool/scenario.ts';
import { createVirtualTime, type VirtualTime } from '../pool/virtualTime.ts';
import { createLearnedCap, type LearnedCap } from './learnedCap.ts';
import type { MixImage } from './mixes.ts';

const START_MS = Date.UTC(2026, 10, 23, 12, 0, 17);
const MODEL = 'gpt-4@vision-preview';
/** Of the tasks that read: what is sent first, and what a cut answer is asked for again with. */
const TASK_CAP = 800;
const FULL_CAP = 4_096;
/** Of the seed's model: $0.01 and $0.03 per thousand. */
const OUTPUT_WEIGHT = 3;
/** So many are there at once and wait for their start or their answer: what is behind them is woken when one has ended. */
const AT_ONCE = 16;

/** How caps are chosen: the task's always, the rule until 2026-11-30, or the ledger's. */
export type Player = "task's cap" | 'learned caps' | 'argus';

export interface MixResult {
  readonly minutes: number;
  /** In tokens of the prompt. */
  readonly spend: number;
  /** Answers that a cap below the task's has cut though the task's had not. */
  readonly cuts: number;
  readonly calls: number;
  readonly lowered: number;
}

interface Table {
  readonly time: VirtualTime;
  readonly ledger: Ledger;
  readonly player: Player;
  readonly learned: LearnedCap;
  readonly regions: ReadonlyMap<string, ReturnType<typeof createLimiter>>;
  readonly random: () => number;
  readonly sums: { spend: number; cuts: number; calls: number; lowered: number; lastMs: number };
}

/** Brings a mix before a pool of these quotas, in virtual time and with the real ledger. */
export async function playMix(
  images: readonly MixImage[],
  player: Player,
  pool: { readonly tokensPerMinute: readonly number[]; readonly seed: number; readonly atOnce?: number },
): Promise<MixResult> {
  const { atOnce = AT_ONCE } = pool;
  const time = createVirtualTime(START_MS);
  const deployments = deploymentsOf(pool.tokensPerMinute);
  const random = randomNumbers(pool.seed + 5);
  const ledger = createMemoryLedger(deployments, { httpShare: 0.2, now: time.now, random, signal: () => undefined });
  const regions = new Map(
    deployments.map(({ name, tokensPerMinute }) => {
      const requestsPerMinute = (tokensPerMinute / 1_000) * REQUESTS_PER_1K;
      return [name, createLimiter({ kind: 'sliding', tokensPerMinute, requestsPerMinute, sliceMs: 1_000 })] as const;
    }),
  );
  const sums = { spend: 0, cuts: 0, calls: 0, lowered: 0, lastMs: START_MS };
  const table: Table = { time, ledger, player, regions, random, sums, learned: createLearnedCap(TASK_CAP) };
  let broken: unknown;
  const waiting = images.map((image, place) => ({ image, id: `image-${place}` })).values();
  const work = async (): Promise<void> => {
    for (const { image, id } of waiting) {
      await time.sleep(START_MS + image.arrivesMs - time.now());
      await bring(image, id, table);
    }
  };
  for (let worker = 0; worker < atOnce; worker += 1) {
    time.at(START_MS + worker * 20, () => {
      work().catch((error: unknown) => {
        broken = error;
      });
    });
  }
  await time.run(Number.POSITIVE_INFINITY);
  if (broken !== undefined) throw broken;
  const { lastMs, ...counts } = sums;
  return { ...counts, minutes: (lastMs - START_MS) / 60_000 };
}

async function bring(image: MixImage, id: string, table: Table): Promise<void> {
  const first = await ask(image, { id, capTokens: TASK_CAP, isFirst: true }, table);
  const isCut = image.answerTokens > first;
  if (isCut && first < TASK_CAP && image.answerTokens <= TASK_CAP) table.sums.cuts += 1;
  if (isCut) await ask(image, { id, capTokens: FULL_CAP, isFirst: false }, table);
  table.sums.lastMs = table.time.now();
}

const FOR_EVER_MS = START_MS + 86_400_000;

interface Question {
  readonly id: string;
  readonly capTokens: number;
  readonly isFirst: boolean;
}

/** Asks until it is answered; gives the cap that was sent. */
async function ask(image: MixImage, question: Question, table: Table): Promise<number> {
  const { time, ledger } = table;
  const createdMs = time.now();
  const cap = plannedCap(question, table);
  const need = needOf(image, { ...question, capTokens: cap }, table);
  for (;;) {
    const placement = await ledger.book({ ...need, createdMs, placeInLineMs: createdMs, latestStartMs: FOR_EVER_MS });
    if (placement.kind === 'wait') {
      await time.sleep(placement.askAgainMs - time.now());
      continue;
    }
    if (placement.kind === 'later') {
      await time.sleep(placement.expectedStartMs - time.now());
      continue;
    }
    if (placement.kind !== 'booked') throw new Error(`${question.id}: ${placement.kind}`);
    const capTokens = placement.booking.answer?.capTokens ?? cap;
    if (await send(image, placement.booking, { ...question, capTokens }, table)) return capTokens;
  }
}

function plannedCap({ capTokens, isFirst }: Question, { player, learned }: Table): number {
  return isFirst && player === 'learned caps' ? learned.next() : capTokens;
}

function needOf(image: MixImage, { id, capTokens, isFirst }: Question, { player }: Table) {
  const { format, pixels, bytes } = image;
  const answer = {
    kind: 'text',
    look: lookOf({ format, pixels, bytes }),
    capTokens,
    canLower: isFirst,
    outputWeight: OUTPUT_WEIGHT,
  };
  return {
    analysisId: id,
    admissionTokens: image.promptTokens + capTokens,
    model: MODEL,
    caller: 'backlog',
    exclude: [],
    ...(player === 'argus' ? { answer } : {}),
  } as const satisfies Partial<Need>;
}

/** False where the region refuses it. */
async function send(image: MixImage, booking: Booking, question: Question, table: Table): Promise<boolean> {
  const { time, ledger, regions, sums, learned, random } = table;
  const { capTokens } = question;
  const sentMs = time.now();
  await time.sleep(5 + random() * 35);
  const verdict = regions.get(booking.deployment.name)?.(time.now(), image.promptTokens + capTokens);
  const limitTokens = booking.deployment.tokensPerMinute;
  const hints = { remainingTokens: verdict?.remainingTokens ?? 0, limitTokens };
  if (verdict?.isAdmitted !== true) {
    const waitMs = verdict?.retryAfterMs ?? 0;
    await ledger.settle(booking, { kind: 'throttled', waitMs, over: 'quota', hints }, time.now() - sentMs);
    return false;
  }
  const tokens = Math.min(image.answerTokens, capTokens);
  const wasCut = image.answerTokens > capTokens;
  await time.sleep(1_000 + tokens * 12);
  sums.calls += 1;
  sums.lowered += question.isFirst && capTokens < TASK_CAP ? 1 : 0;
  sums.spend += image.promptTokens + OUTPUT_WEIGHT * tokens;
  learned.learn({ tokens, wasCut });
  const usage = {
    promptTokens: image.promptTokens,
    completionTokens: tokens,
    totalTokens: image.promptTokens + tokens,
  };
  const outcome: Outcome = {
    kind: 'answered',
    text: '{}',
    finish: wasCut ? 'length' : 'stop',
    usage: { ...usage, imageTokens: null, cachedTokens: 0, reasoningTokens: 0 },
    hints,
  };
  await ledger.settle(booking, outcome, time.now() - sentMs);
  return true;
}
