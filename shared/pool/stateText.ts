import { formatCount } from '../errors.ts';
import type { AnswerStats, AnswersByKind } from './answerStats.ts';
import type { Charge } from './charge.ts';
import type { Deployment } from './deployment.ts';
import { type DeploymentState, type PoolState, poolStateOf, type Waiting } from './poolState.ts';
import { CHARGE_FIELDS, type Columns, WAITING_FIELDS, type WrittenState, writtenState } from './stateSchema.ts';

/** Changes with the shape of what is written: a state of another shape is set aside, and learned anew within a minute. */
const SHAPE = 3;

/** The state as short text. Deployments are known by their names, so a changed list keeps what is known of the others. */
export function textOfState(pool: PoolState): string {
  const states = pool.states.map((state) => [state.deployment.name, packed(state)]);
  const { lastHttpMs, lineEndMs, pressedMs, sequence } = pool;
  const returns = [pool.returns.came, pool.returns.lapsed];
  const line = columnsOf(pool.line, WAITING_FIELDS);
  const caps = Object.entries(pool.answers).map(packedAnswers);
  const rest = { caps, lastHttpMs, lineEndMs, pressedMs, sequence, returns };
  return JSON.stringify({ shape: SHAPE, states, line, answers: [], ...rest });
}

/** The text of a state with the ids of the newest writes, its own included. */
export function withWrites(text: string, writes: readonly string[]): string {
  return `${text.slice(0, -1)},"writes":${JSON.stringify(writes)}}`;
}

type ReadState =
  | { readonly kind: 'read'; readonly pool: PoolState; readonly writes: readonly string[] }
  /** `detail`: what is wrong with it, as a part of a sentence. */
  | { readonly kind: 'unreadable'; readonly detail: string };

/** The state that a text holds for these deployments; a fresh one for null. */
export function stateOfText(
  text: string | null,
  deployments: readonly Deployment[],
  options: { readonly httpShare: number },
): ReadState {
  const fresh = poolStateOf(deployments, options);
  if (text === null) return { kind: 'read', pool: fresh, writes: [] };
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', detail: `its ${formatCount(text.length)} characters are not JSON` };
  }
  const shape = written !== null && typeof written === 'object' && 'shape' in written ? written.shape : undefined;
  if (shape !== SHAPE) {
    return {
      kind: 'unreadable',
      detail: `it has shape ${JSON.stringify(shape)}, and this version reads shape ${SHAPE}`,
    };
  }
  const { data, error } = writtenState.safeParse(written);
  if (data === undefined) {
    const [issue] = error.issues;
    return { kind: 'unreadable', detail: `\`${issue?.path.slice(0, 4).join('.')}\` is wrong: ${issue?.message}` };
  }
  return { kind: 'read', ...unpackedState(data, fresh) };
}

function unpackedState(
  written: WrittenState,
  fresh: PoolState,
): { readonly pool: PoolState; readonly writes: readonly string[] } {
  const known = new Map(written.states);
  const states = fresh.states.map((idle) => {
    const state = known.get(idle.deployment.name);
    return state === undefined ? idle : unpacked(state, idle.deployment);
  });
  const { lastHttpMs, lineEndMs, pressedMs, sequence, returns: [came, lapsed] = [0, 0], writes = [] } = written;
  const line = rowsOf<Waiting>(written.line, WAITING_FIELDS);
  const answers: AnswersByKind = Object.fromEntries(written.caps.map(unpackedAnswers));
  const kept = { line, returns: { came, lapsed }, answers, lastHttpMs, lineEndMs, pressedMs, sequence };
  return { pool: { ...fresh, states, ...kept }, writes };
}

/** A cut answer's length is a negative number. */
function packedAnswers([kind, { lengths, money }]: readonly [string, AnswerStats]): WrittenState['caps'][number] {
  return [
    kind,
    lengths.map(({ look }) => look),
    lengths.map(({ tokens, wasCut }) => (wasCut ? -tokens : tokens)),
    [Math.round(money.spent), Math.round(money.wasted)],
    money.atRisk.map(({ worth, untilMs }) => [worth, untilMs]),
  ];
}

function unpackedAnswers([kind, looks, tokens, [spent, wasted], risks]: WrittenState['caps'][number]) {
  const lengths = looks.map((look, place) => {
    const packedTokens = tokens[place] ?? 0;
    return { look, tokens: Math.abs(packedTokens), wasCut: packedTokens < 0 };
  });
  const atRisk = risks.map(([worth, untilMs]) => ({ worth, untilMs }));
  return [kind, { lengths, money: { spent, wasted, atRisk } }] as const satisfies readonly [string, AnswerStats];
}

function packed({ deployment: _, ...state }: DeploymentState): unknown {
  const { ratios, levels } = state.factor;
  return {
    ...state,
    charges: columnsOf(state.charges.map(withoutSpentId), CHARGE_FIELDS),
    factor: { ...state.factor, ratios: ratios.map(shortened), levels: levels.map(shortened) },
  };
}

function unpacked(state: WrittenState['states'][number][1], deployment: Deployment): DeploymentState {
  const [ids = [], ...rest] = state.charges;
  const charges = rowsOf<Charge>([ids.map((id) => (id === '' ? null : id)), ...rest], CHARGE_FIELDS);
  return { ...(state as object as DeploymentState), deployment, charges };
}

/** An id is for the answer to come, and empty afterwards. It is what takes most room, for nothing in it repeats. */
function withoutSpentId(charge: Charge): Readonly<Record<keyof Charge, unknown>> {
  return charge.isExact || charge.countedTokens !== null ? { ...charge, id: '' } : charge;
}

/** A factor is known to some thousandths at best. */
function shortened(ratio: number): number {
  return Number(ratio.toPrecision(5));
}

function columnsOf<T extends object>(rows: readonly T[], fields: Readonly<Record<keyof T, string>>): Columns {
  const names = Object.keys(fields) as (keyof T)[];
  return names.map((name) => rows.map((row) => row[name]));
}

function rowsOf<T extends object>(columns: Columns, fields: Readonly<Record<keyof T, string>>): readonly T[] {
  const [first = []] = columns;
  const names = Object.keys(fields);
  return first.map((_, row) => Object.fromEntries(names.map((name, index) => [name, columns[index]?.[row]])) as T);
}
