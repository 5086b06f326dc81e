import type { Deployment } from './deployment.ts';
import type { CapStats } from './outputCap.ts';
import { type Charge, type DeploymentState, type PoolState, poolStateOf, type Waiting } from './poolState.ts';

/** Changes with the shape of what is written: a state of another shape is left, and learned anew within a minute. */
const SHAPE = 2;

/** The state as short text. Deployments are known by their names, so a changed list keeps what is known of the others. */
export function textOfState(pool: PoolState): string {
  const states = pool.deployments.map(({ name }, index) => [name, packed(pool.states[index])]);
  const { lastHttpMs, lineEndMs, sequence } = pool;
  const answers = Object.entries(pool.answers).map(([kind, { lengths }]) => [kind, lengths.map(packLength)]);
  const line = pool.line.map(packWaiting);
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
  const line: readonly Waiting[] = written.line.map(unpackWaiting);
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

/** A charge and a place as lists: a pool of a million tokens a minute has hundreds of them. */
function packed(state: DeploymentState | undefined): unknown {
  return state && { ...state, charges: state.charges.map((charge) => CHARGE_FIELDS.map((field) => charge[field])) };
}

function unpacked(state: DeploymentState): DeploymentState {
  const charges = state.charges as unknown as readonly (readonly unknown[])[];
  return { ...state, charges: charges.map((values) => named<Charge>(CHARGE_FIELDS, values)) };
}

function packWaiting(waiting: Waiting): readonly unknown[] {
  return WAITING_FIELDS.map((field) => waiting[field]);
}

function unpackWaiting(values: readonly unknown[]): Waiting {
  return named<Waiting>(WAITING_FIELDS, values);
}

function named<T>(fields: readonly (keyof T)[], values: readonly unknown[]): T {
  return Object.fromEntries(fields.map((field, index) => [field, values[index]])) as T;
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
