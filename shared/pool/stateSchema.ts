import { z } from 'zod';
import type { Charge } from './charge.ts';
import type { Circuit } from './circuit.ts';
import type { DeploymentState, Waiting } from './poolState.ts';

/** Values of one kind beside each other, and no names: a pool of a million tokens a minute has hundreds of charges. */
export type Columns = readonly (readonly unknown[])[];

type Kind = 'text' | 'textOrNull' | 'number' | 'numberOrNull' | 'flag';

const IS_KIND: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  textOrNull: (value) => value === null || typeof value === 'string',
  number: (value) => typeof value === 'number',
  numberOrNull: (value) => value === null || typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
};

/** The columns of charges, in the order in which they are written. */
export const CHARGE_FIELDS = {
  id: 'text',
  caller: 'text',
  bucket: 'number',
  tokens: 'number',
  admissionTokens: 'number',
  requests: 'number',
  isExact: 'flag',
  countedTokens: 'numberOrNull',
} as const satisfies Record<keyof Charge, Kind>;

/** The columns of places in line. */
export const WAITING_FIELDS = {
  analysisId: 'text',
  deploymentName: 'textOrNull',
  caller: 'text',
  admissionTokens: 'number',
  createdMs: 'number',
  startMs: 'number',
  fromMs: 'number',
  keptUntilMs: 'number',
} as const satisfies Record<keyof Waiting, Kind>;

function columns(fields: Readonly<Record<string, Kind>>) {
  const kinds = Object.values(fields);
  const isRight = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length === kinds.length &&
    value.every((column, index) => {
      const isKind = IS_KIND[kinds[index] ?? 'text'];
      return Array.isArray(column) && column.length === value[0].length && column.every(isKind);
    });
  return z.custom<Columns>(isRight, { error: 'other columns than were written' });
}

const numbers = z.array(z.number());

const circuit = z.looseObject({ state: z.enum(['closed', 'open', 'probing']), openings: z.number() });

const deploymentState = z.looseObject({
  charges: columns(CHARGE_FIELDS),
  circuit: circuit as unknown as z.ZodType<Circuit>,
  factor: z.looseObject({ ratios: numbers, levels: numbers, answers: z.number() }),
  blockedUntilMs: z.number(),
  throttledInARow: z.number(),
  lowered: z.looseObject({ tokensPerMinute: z.number(), untilMs: z.number() }).nullable(),
  throttled: z.number(),
  answered: z.number(),
  latenciesMs: numbers,
}) satisfies z.ZodType<Omit<DeploymentState, 'deployment' | 'charges' | 'factor'>>;

const pair = z.tuple([z.number(), z.number()]);

const capsOfKind = z
  .tuple([z.string(), numbers, numbers, pair, z.array(pair)])
  .refine(([, looks, tokens]) => looks.length === tokens.length, { error: 'as many looks as lengths' });

/** The pool's state as it is written down. What a newer version adds to it passes. */
export const writtenState = z.looseObject({
  shape: z.number(),
  states: z.array(z.tuple([z.string(), deploymentState])),
  line: columns(WAITING_FIELDS),
  /** Of the rule for output caps before this one, which knew no looks. Written empty, for instances that still read it. */
  answers: z.array(z.tuple([z.string(), numbers])),
  /** Kind; looks and lengths beside each other; spent and wasted; what is at risk, and until when. Absent in older rows. */
  caps: z.array(capsOfKind).default([]),
  lastHttpMs: z.number(),
  lineEndMs: z.number(),
  pressedMs: z.number(),
  sequence: z.number(),
  /** Absent callers that came back, and that did not; earlier versions wrote none. */
  returns: z.tuple([z.number(), z.number()]).optional(),
  /** Ids of the newest writes. */
  writes: z.array(z.string()).optional(),
});

export type WrittenState = z.infer<typeof writtenState>;
