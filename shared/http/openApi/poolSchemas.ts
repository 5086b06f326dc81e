import { z } from 'zod';
import { time } from './analysisSchema.ts';

/** The pool, its backlog, the models, the money and the app's health as callers see them. */

const tokens = z.number().min(0);
const usd = z.number().min(0).nullable().describe('USD; null where no price is known');
export const stageSchema = z.enum(['preview', 'ga', 'legacy', 'deprecated', 'retired', 'unknown']);

/** Of one deployment, or of all together. */
export const calibrationShape = {
  factor: z.number().positive().describe('Billed over estimated image tokens, as far as the answers support it'),
  samples: z.int().min(0).describe('Answers that it was learned from'),
  since: time.nullable().describe('Null before the first'),
};

export const deploymentsSchema = z.object({
  deployments: z.array(
    z.looseObject({
      name: z.string(),
      region: z.string(),
      model: z.string(),
      version: z.string(),
      sku: z.string(),
      quotaScope: z
        .string()
        .describe(
          'Where the tokens count: `global`, `zone:eu`, `zone:us`, or `region:` and a region. Deployments of one model, ' +
            'version and type in one scope of a subscription share one quota',
        ),
      subscription: z.string().optional().describe('Its label, where the pool spans several'),
      tokensPerMinute: z.int(),
      requestsPerMinute: z.number(),
      bookedTokens: tokens,
      freeFrom: time,
      circuit: z.looseObject({
        state: z.enum(['closed', 'open', 'probing']),
        until: time.optional(),
        reason: z.string().optional(),
      }),
      admissionFactor: z.number(),
      throttled: z.int(),
      answered: z.int(),
      latencyMs: z.object({ p50: z.number().nullable(), p95: z.number().nullable() }),
      localShare: z
        .number()
        .optional()
        .describe('The shared ledger does not answer: this instance goes on with this part of the quota.'),
    }),
  ),
});

export const modelsSchema = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      stage: stageSchema,
      retires: z.string().nullable(),
      imageTokens: z.object({
        rule: z.looseObject({ kind: z.enum(['tile', 'patch', 'unknown']) }),
        confidence: z.string(),
        source: z.array(z.string()),
        alternatives: z
          .array(z.looseObject({ says: z.string(), source: z.array(z.string()) }))
          .describe('What other sources say'),
      }),
      regions: z.record(z.string(), z.array(z.string())).describe('By SKU'),
      prices: z
        .array(
          z.looseObject({
            sku: z.string(),
            input: z.number().nullable(),
            cachedInput: z.number().nullable(),
            output: z.number().nullable(),
          }),
        )
        .describe('USD per million tokens'),
      asOf: z.string(),
      inPool: z.boolean(),
      calibration: z
        .object({ ...calibrationShape, deployments: z.array(z.object({ name: z.string(), ...calibrationShape })) })
        .optional()
        .describe(
          'What the answers of this process have taught, together and by deployment; only of models in the pool',
        ),
    }),
  ),
});

export const usageSchema = z.object({
  rows: z.array(
    z.object({
      key: z.string().describe('The day (UTC), name@version, the region or the task'),
      analyses: z.int().min(0),
      promptTokens: tokens,
      completionTokens: tokens,
      costUsd: usd,
      cut: z
        .object({ calls: z.int().min(0), costUsd: usd })
        .describe('Calls that asked again because a first answer was cut at its output cap: a part of the sums'),
    }),
  ),
  budget: z.unknown().optional(),
});

/** What `GET /backlog` answers. */
export const backlogSchema = z.object({
  waiting: z.int().min(0),
  isApproximate: z
    .boolean()
    .optional()
    .describe('More than 20,000 are open: waiting is counted by their messages. Absent where the count is exact'),
  running: z.int().min(0),
  documents: z.int().min(0).describe('Documents whose pages are under way; their pages count as waiting and running'),
  oldestWaitingSince: time.nullable(),
  expectedDoneAt: time
    .nullable()
    .describe('At the quota that is there, and at the pace that was kept; null when nothing waits or nobody can say'),
  perMinute: z.number().min(0).describe('Analyses answered per minute, over the last five'),
  expiredLeases: z.int().min(0).describe('Leases past their end, whose holders vanished'),
  queueDepth: z.int().min(0).describe('Messages in the queue, as far as the storage knows'),
  lastSuccessAt: time.nullable(),
  pausedReason: z.string().optional(),
  seenAt: time
    .optional()
    .describe(
      'More than 1,000 are open: all of this is as the timer saw it then. Absent where it was read for this call',
    ),
});

/** `GET /health` with wrong settings: every one by name. */
export const wrongSettingsSchema = z.object({
  status: z.literal('settings-wrong'),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
});

/** `GET /health`: to anybody. */
export const openHealthSchema = z.object({ status: z.literal('ok') });

/** `GET /health/details`: to callers with a key or a sign-in. */
export const healthSchema = z.object({
  status: z.literal('ok'),
  version: z.string(),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  backlog: backlogSchema
    .extend({ seenAt: time })
    .optional()
    .describe('As the timer last saw it; absent before its first run'),
});
