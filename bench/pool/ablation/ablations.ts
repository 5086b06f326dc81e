import type { Waking } from '../players/woken.ts';
import type { Edit } from './variant.ts';

/** A mechanism of the pool, and how it is switched off. */
export interface Ablation {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Present: waiting work rests until it is woken in this way, in place of returning by itself. */
  readonly waking?: Waking;
}

/** Replaces a function by its result without the mechanism. */
function gives(file: string, head: string, off: string): Edit {
  return { file, from: head, to: `${head}\n  ${off}\n` };
}

function sets(file: string, name: string, change: readonly [from: string, to: string]): Edit {
  const [from, to] = change;
  return { file, from: `const ${name} = ${from};`, to: `const ${name} = ${to};` };
}

function off(name: string, ...edits: readonly Edit[]): Ablation {
  return { name, edits };
}

const NOTHING_LEARNED = 'return { ...known, factor: withAnswer(known.factor, { ratios: [], level: null }) };';

/** What the pool learns from the counts of the service. */
const LEARNING: readonly Ablation[] = [
  off('learning', gives('learnCharges.ts', 'report: CountReport): Known {', NOTHING_LEARNED)),
  off(
    'learning from differences (from whole minutes instead)',
    gives(
      'admissionFactor.ts',
      'function chargesOf({ ratios, levels }: FactorEvidence): readonly number[] {',
      'return levels;',
    ),
  ),
  off('bound by the fullest minute', {
    file: 'admissionFactor.ts',
    from: 'Math.max(...levels) * MOST_ABOVE_LEVEL',
    to: 'MOST_FACTOR',
  }),
  off(
    'exact charges',
    gives('learnCharges.ts', 'known: Reading, evidence: FactorEvidence): readonly Charge[] {', 'return charges;'),
  ),
  off('order of arrival', gives('learnCharges.ts', 'bucket: number): readonly Charge[] {', 'return charges;')),
  off(
    'newest count',
    gives(
      'newestCount.ts',
      'export function matchedToNewestCount(charges: readonly Charge[], spread: number): readonly Charge[] {',
      'return charges;',
    ),
  ),
  off('newest count: weight of exact charges', sets('newestCount.ts', 'EXACT_WEIGHT', ['0.03', '1'])),
  off(
    "others' use",
    gives(
      'othersUse.ts',
      'withOthersUse(charges: readonly Charge[], counted: Counted): readonly Charge[] {',
      'return charges;',
    ),
  ),
  off("others' use: after answers", { file: 'learnCharges.ts', from: 'withOthersUse(charges, use);', to: 'charges;' }),
  off(
    'odd readings left out',
    gives('admissionFactor.ts', 'function likelyOf(ratios: readonly number[]): readonly number[] {', 'return ratios;'),
  ),
  off('surplus before anything is heard', sets('admissionFactor.ts', 'FIRST_SURPLUS', ['0.5', '0'])),
  off(
    'counts that must move',
    gives(
      'countsMove.ts',
      'export function countsMove(ratios: readonly number[]): boolean {',
      'return ratios.length > 0;',
    ),
  ),
  off(
    'factor kept when counts stand still',
    gives('countsMove.ts', 'export function wereMoving(ratios: readonly number[]): boolean {', 'return false;'),
  ),
  off(
    'factor after two readings and a 429',
    gives('countsMove.ts', 'export function areAlike(ratios: readonly number[]): boolean {', 'return false;'),
  ),
  off(
    'a 429 ends a low factor',
    gives('admissionFactor.ts', 'withRefusal(evidence: FactorEvidence): FactorEvidence {', 'return evidence;'),
  ),
  off('scale of counts not yet believed', {
    file: 'chargedSinceLast.ts',
    from: 'if (!isBelieved && !hasNoneLeft) {',
    to: 'if (false) {',
  }),
  off('falls of a minute that is reset', {
    file: 'learnCharges.ts',
    from: 'const { fell } = before;',
    to: 'const fell = null as typeof before.fell;',
  }),
];

/** Margins, and what follows a 429. */
const CARE: readonly Ablation[] = [
  off('margin', gives('margin.ts', 'ownTokens: number, nowMs: number): number {', 'return 0;')),
  off('margin: of our own', sets('margin.ts', 'DEVIATIONS', ['2', '0'])),
  off("margin: of others' use", sets('margin.ts', 'OTHERS_DEVIATIONS', ['1.5', '0'])),
  off('margin: less what the newest count holds', { file: 'margin.ts', from: ' || newest?.holds(charge)', to: '' }),
  off(
    'probe after 429',
    gives(
      'afterThrottling.ts',
      'state: DeploymentState, minuteTokens: number): readonly Charge[] {',
      'return state.charges;',
    ),
  ),
  off('probe after 429: by HTTP up to 3 s late', { file: 'afterThrottling.ts', from: 'http: 3_000', to: 'http: 0' }),
  off(
    'probe after 429: not before the next request',
    gives('afterThrottling.ts', 'refused: Charge | undefined): number {', 'return 0;'),
  ),
  off('eight requests until one has answered', sets('limitsFor.ts', 'UNHEARD_BURST', ['8', '1_000_000'])),
];

/** The order of starts, and estimates of later ones. */
const ORDER: readonly Ablation[] = [
  off(
    'outbid',
    gives(
      'outbid.ts',
      'readonly candidates: readonly DeploymentState[]; readonly nowMs: number },\n): boolean {',
      'return false;',
    ),
  ),
  off('kept start of the first', { file: 'book.ts', from: 'KEPT_FOR = 1', to: 'KEPT_FOR = 0' }),
  off(
    'line end',
    gives('expectedTurn.ts', 'need: Need, candidates: readonly DeploymentState[]): number {', 'return 0;'),
  ),
  off('idle deployment past the line', {
    file: 'book.ts',
    from: 'if (isIdle) return',
    to: 'if (false as boolean) return',
  }),
  off('comeback early', { file: 'expectedTurn.ts', from: 'startMs - earlyMs', to: 'startMs' }),
  off('comeback early: by part of the wait', sets('expectedTurn.ts', 'EARLY_PART', ['0.07', '0'])),
  off('comeback early: by ten turns', sets('expectedTurn.ts', 'EARLY_TURNS', ['10', '0'])),
  off('early return of waiting work', {
    file: 'book.ts',
    from: 'if (roomMs > nowMs) return',
    to: 'if (false as boolean) return',
  }),
  off('what is borrowed is borrowed at once', {
    file: 'soonestStart.ts',
    from: 'BORROW_AHEAD_MS = 5_000',
    to: 'BORROW_AHEAD_MS = 120_000',
  }),
  off('64 placed one by one (8 instead)', {
    file: 'expectedTurn.ts',
    from: 'PLACED_ONE_BY_ONE = 64',
    to: 'PLACED_ONE_BY_ONE = 8',
  }),
  off('places by returns', gives('returns.ts', 'returns: Returns): readonly Waiting[] {', 'return line;')),
  off(
    'overdue callers',
    gives(
      'returns.ts',
      'withoutOverdue(line: readonly Waiting[], nowMs: number): readonly Waiting[] {',
      'return line;',
    ),
  ),
  off('patience with callers', sets('line.ts', 'PATIENCE_MS', ['5_000', '0'])),
  off(
    'memo by rounded room',
    gives('firstFit.ts', 'limit: Limit, fromBucket: number): number {', 'return fromBucket;'),
    {
      file: 'firstFit.ts',
      from: 'Math.ceil(limit.room / ROOM_STEP) * ROOM_STEP',
      to: 'limit.room',
    },
  ),
];

/** The pool keeps no queue position for resting work, and the queue has no end. */
const NO_ESTIMATES: readonly Edit[] = [
  {
    file: 'book.ts',
    from: "(isStaying || need.caller === 'backlog' || need.keepsPlace",
    to: '(isStaying || need.keepsPlace',
  },
  {
    file: 'book.ts',
    from: 'state: { ...pool, line, lineEndMs } };',
    to: 'state: line === pool.line ? pool : { ...pool, line } };',
  },
];

/** The simpler shape: nothing returns by itself at an estimated time. */
const WAKING: readonly Ablation[] = [
  {
    name: 'woken by ends, ten of the next 35 s',
    edits: NO_ESTIMATES,
    waking: { mostAsking: 10, withinMs: 35_000, isByStarts: false },
  },
  {
    name: 'woken by ends, of the next 10 s',
    edits: NO_ESTIMATES,
    waking: { mostAsking: Number.POSITIVE_INFINITY, withinMs: 10_000, isByStarts: false },
  },
  {
    name: 'woken by starts and ends, ten of the next 35 s',
    edits: NO_ESTIMATES,
    waking: { mostAsking: 10, withinMs: 35_000, isByStarts: true },
  },
];

export const ABLATIONS: readonly Ablation[] = [...LEARNING, ...CARE, ...ORDER, ...WAKING];
