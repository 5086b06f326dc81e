import { z } from 'zod';
import { type Descriptions, jsonAnswer } from './apiCall.ts';
import {
  backlogSchema,
  deploymentsSchema,
  healthSchema,
  modelsSchema,
  openHealthSchema,
  usageSchema,
  wrongSettingsSchema,
} from './poolSchemas.ts';

/** The calls about the pool, the models and the money. */
export const POOL_CALLS = {
  backlog: {
    tag: 'analyses',
    summary: 'What is not done yet, and when it will be',
    answers: {
      200: jsonAnswer('The backlog', backlogSchema, {
        waiting: 1200,
        running: 4,
        documents: 1,
        oldestWaitingSince: '2026-11-23T12:00:00.000Z',
        expectedDoneAt: '2026-11-23T13:04:00.000Z',
        perMinute: 18.6,
        expiredLeases: 0,
        queueDepth: 1200,
        lastSuccessAt: '2026-11-23T12:34:56.000Z',
      }),
    },
  },
  deployments: {
    tag: 'pool',
    summary: 'The pool: quotas, bookings, circuits',
    answers: {
      200: jsonAnswer('The deployments', deploymentsSchema, {
        deployments: [
          {
            name: 'gpt-4-vision-preview-westus',
            region: 'westus',
            model: 'gpt-4',
            version: 'vision-preview',
            sku: 'Standard',
            quotaScope: 'region:westus',
            tokensPerMinute: 10_000,
            requestsPerMinute: 60,
            bookedTokens: 4200,
            freeFrom: '2026-11-23T12:00:07.000Z',
            circuit: { state: 'closed' },
            admissionFactor: 1,
            throttled: 0,
            answered: 17,
            latencyMs: { p50: 2100, p95: 4800 },
          },
        ],
      }),
    },
  },
  models: {
    tag: 'pool',
    summary: 'The catalogue of models',
    answers: {
      200: jsonAnswer('The models', modelsSchema, {
        models: [
          {
            name: 'gpt-4',
            version: 'vision-preview',
            stage: 'retired',
            retires: null,
            imageTokens: {
              rule: { kind: 'tile', baseTokens: 85, tokensPerTile: 170 },
              confidence: "stated by Azure's own page",
              source: ['How to use vision-enabled chat models (Microsoft Learn, 2026-01-29)'],
              alternatives: [],
            },
            regions: { Standard: ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'] },
            prices: [{ sku: 'Standard', input: 10, cachedInput: null, output: 30 }],
            asOf: '2026-09-29',
            inPool: true,
            calibration: {
              factor: 1.02,
              samples: 40,
              since: '2026-11-23T12:00:00.000Z',
              deployments: [{ name: 'gpt-4-westus', factor: 1.02, samples: 40, since: '2026-11-23T12:00:00.000Z' }],
            },
          },
        ],
      }),
    },
  },
  usage: {
    tag: 'pool',
    summary: 'What was billed, by day, model, region or task',
    answers: {
      200: jsonAnswer('The sums', usageSchema, {
        rows: [
          {
            ...{ key: '2026-11-23', analyses: 40, promptTokens: 55_106, completionTokens: 7_421, costUsd: 0.77369 },
            cut: { calls: 1, costUsd: 0.01889 },
          },
        ],
      }),
    },
  },
  health: {
    tag: 'app',
    summary: 'That the app runs',
    answers: {
      200: jsonAnswer('It runs', openHealthSchema, { status: 'ok' }),
      503: jsonAnswer('Settings are wrong; every other call answers 503 with a problem', wrongSettingsSchema, {
        status: 'settings-wrong',
        problems: [{ path: 'HTTP_SHARE', message: 'is "7": Too big: expected number to be <=0.9.' }],
      }),
    },
  },
  healthDetails: {
    tag: 'app',
    summary: 'The version, what an operator should know of the models, and the backlog',
    answers: {
      200: jsonAnswer('It runs', healthSchema, { status: 'ok', version: '0.1.0', warnings: [] }),
    },
  },
  openapi: {
    tag: 'app',
    summary: 'This description',
    answers: { 200: jsonAnswer('OpenAPI 3.1', z.looseObject({ openapi: z.string() }), { openapi: '3.1.0' }) },
  },
} as const satisfies Descriptions;
