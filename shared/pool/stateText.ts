import type { Deployment } from './deployment.ts';
import type { CapStats } from './outputCap.ts';
import { type Charge, type DeploymentState, type PoolState, poolStateOf, type Waiting } from './poolState.ts';

/** Changes with the shape of what is written: a state of another shape is left, and learned anew within a minute. */
const SHAPE = 3;

/** The state as short text. Deployments are known by their names, so a changed list keeps what is known of the others. */
export function textOfState(pool: PoolState): string {
  const states = pool.deployments.map(({ name }, index) => [name, packed(pool.states[index])]);
  const { lastHttpMs, lineEndMs, sequence } = pool;
  const answers = Object.entries(pool.answers).map(([kind, { lengths }]) => [kind, lengths.map(packLength)]);
  const line = columnsOf(pool.line, WAITING_FIELDS);
  return JSON.stringify({ shape: SHAPE, states, line, answers, lastHttpMs, lineEndMs, sequence });
}

/** The state that a text holds for these deployments; a fresh one for null and for a text of another shape. */
export function stateOfText(
  text: string | null,
  deployments: readonly Deployment[],
  options: { readonly httpShare: number },
): PoolState {
  const fresh = poolStateOf(deployments, options);
  if (text === null) return fresh;
  const written = JSON.parse(text);
  if (written?.shape !== SHAPE) return fresh;
  const known = new Map<string, DeploymentState>(written.states);
  const states = deployments.map(({ name }, index) => {
    const state = known.get(name);
    return state === undefined ? fresh.states[index] : unpacked(state);
  });
  const { lastHttpMs, lineEndMs, sequence } = written;
  const line = rowsOf<Waiting>(written.line, WAITING_FIELDS);
  const answers = Object.fromEntries(
    written.answers.map(([kind, lengths]: [string, number[]]) => [kind, { lengths: lengths.map(unpackLength) }]),
  );
  const found = states.filter((state) => state !== undefined);
  return { ...fresh, states: found, line, answers, lastHttpMs, lineEndMs, sequence };
}

type Length = CapStats['lengths'][number];

/** A cut answer's length as a negative number. */
function packLength({ tokens, wasCut }: Length): number {
  return wasCut ? -tokens : tokens;
}

function unpackLength(packedTokens: number): Length {
  return { tokens: Math.abs(packedTokens), wasCut: packedTokens < 0 };
}

function packed(state: DeploymentState | undefined): unknown {
  if (state === undefined) return undefined;
  const { ratios, levels } = state.factor;
  return {
    ...state,
    charges: columnsOf(state.charges.map(withoutSpentId), CHARGE_FIELDS),
    factor: { ...state.factor, ratios: ratios.map(shortened), levels: levels.map(shortened) },
  };
}

function unpacked(state: DeploymentState): DeploymentState {
  return { ...state, charges: rowsOf<Charge>(state.charges as unknown as Columns, CHARGE_FIELDS) };
}

/** An id is for the answer to come. It is what takes most room, for nothing in it repeats. */
function withoutSpentId(charge: Charge): Charge {
  const isTold = charge.caller !== 'other' && (charge.isExact || charge.countedTokens !== null);
  return isTold ? { ...charge, id: '' } : charge;
}

/** A factor is known to some thousandths at best. */
function shortened(ratio: number): number {
  return Number(ratio.toPrecision(5));
}

type Columns = readonly (readonly unknown[])[];

/** Values of one kind beside each other, and no names: a pool of a million tokens a minute has hundreds of charges. */
function columnsOf<T>(rows: readonly T[], fields: readonly (keyof T)[]): Columns {
  return fields.map((field) => rows.map((row) => row[field]));
}

function rowsOf<T>(columns: Columns, fields: readonly (keyof T)[]): readonly T[] {
  const [first = []] = columns;
  return first.map((_, row) => Object.fromEntries(fields.map((field, index) => [field, columns[index]?.[row]])) as T);
}

const CHARGE_FIELDS = Object.keys({
  id: true,
  caller: true,
  bucket: true,
  tokens: true,
  admissionTokens: true,
  requests: true,
  isExact: true,
  countedTokens: true,
} satisfies Record<keyof Charge, true>) as (keyof Charge)[];

const WAITING_FIELDS = Object.keys({
  analysisId: true,
  model: true,
  deploymentName: true,
  caller: true,
  admissionTokens: true,
  createdMs: true,
  startMs: true,
  fromMs: true,
  keptUntilMs: true,
} satisfies Record<keyof Waiting, true>) as (keyof Waiting)[];
