import type { Deployment } from './deployment.ts';
import { type Charge, type DeploymentState, type PoolState, poolStateOf, type Waiting } from './poolState.ts';

/** Changes with the shape of what is written: a state of another shape is left, and learned anew within a minute. */
const SHAPE = 1;

/** The state as short text. Deployments are known by their names, so a changed list keeps what is known of the others. */
export function textOfState(pool: PoolState): string {
  const states = pool.deployments.map(({ name }, index) => [name, packed(pool.states[index])]);
  const { lastHttpMs, lineEndMs, sequence } = pool;
  return JSON.stringify({ shape: SHAPE, states, line: pool.line.map(packWaiting), lastHttpMs, lineEndMs, sequence });
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
  if (written.shape !== SHAPE) return fresh;
  const known = new Map<string, DeploymentState>(written.states);
  const states = deployments.map(({ name }, index) => {
    const state = known.get(name);
    return state === undefined ? fresh.states[index] : unpacked(state);
  });
  const { lastHttpMs, lineEndMs, sequence } = written;
  const line: readonly Waiting[] = written.line.map(unpackWaiting);
  return { ...fresh, states: states.filter((state) => state !== undefined), line, lastHttpMs, lineEndMs, sequence };
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
