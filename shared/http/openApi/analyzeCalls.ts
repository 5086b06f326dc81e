import { z } from 'zod';
import { requestOptionsSchema } from '../../requests/resolveRequest.ts';
import { TASK_NAMES } from '../../tasks/taskRequest.ts';
import { estimateBodySchema, estimateImageSchema } from '../calls/readEstimateCall.ts';
import { imagePartSchemas } from '../read/readImagePart.ts';
import { ANALYSIS_EXAMPLE, analysisSchema } from './analysisSchema.ts';
import { type CallDescription, type Descriptions, jsonAnswer } from './apiCall.ts';
import { estimateAnswerSchema } from './estimateSchema.ts';

/** The calls that bring images. */

const options = requestOptionsSchema.extend({
  task: z.enum(TASK_NAMES).optional().describe("Without it the installation's default, `analyze`"),
  model: z.string().optional().describe("A model's name, `name@version`, or a deployment's name"),
});

const { url, base64, blob } = imagePartSchemas;
const imagePart = z.union([z.strictObject({ url }), z.strictObject({ base64 }), z.strictObject({ blob })]);

/** In a query or a form everything is text. */
const texts = options.extend({
  schema: z.string().optional().describe('JSON, as text'),
  maxOutputTokens: z.string().regex(/^\d+$/).optional(),
  reuse: z.enum(['true', 'false']).optional(),
  allowMissingPages: z.enum(['true', 'false']).optional(),
  maxUsd: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .optional(),
});

/** Parameters that only bytes may have: JSON and forms have the same names in the body, where a query is refused. */
function besideBytes<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>): z.ZodObject {
  const described = Object.entries(schema.shape).map(([name, part]) => {
    const type = part as z.ZodType;
    return [name, type.describe(`Only with bytes in the body. ${type.description ?? ''}`.trim())];
  });
  return z.object(Object.fromEntries(described));
}

const headers = z.object({
  prefer: z
    .string()
    .optional()
    .describe('`wait=N`: seconds to wait, 0 to 200, 30 without it. `respond-async`: an address at once'),
  'idempotency-key': z.string().min(1).max(255).optional().describe('The same key is the same analysis for 24 h'),
});

const analyze: CallDescription = {
  tag: 'images',
  summary: 'Analyse one image now',
  description:
    'JSON, a form, or the bytes with the rest in the query. When the wait ends before anything was sent, 429 says when ' +
    'to come back; when it ends later, 202 says where the result will be.',
  query: besideBytes(texts),
  headers,
  bodies: {
    'application/json': {
      schema: options.extend({ image: imagePart }),
      example: { image: { blob: 'valley.jpg' }, task: 'describe' },
    },
    'multipart/form-data': { schema: texts.extend({ image: z.file() }) },
    'application/octet-stream': {},
    'application/pdf': {},
    'image/*': {},
  },
  answers: {
    200: jsonAnswer('The analysis, with its answer', analysisSchema, ANALYSIS_EXAMPLE),
    202: jsonAnswer(
      'It goes on; the result will be at the location',
      analysisSchema,
      { ...ANALYSIS_EXAMPLE, status: 'queued', answer: undefined, markdown: undefined },
      {
        location: 'Address of the analysis',
        'retry-after': 'Seconds after which to look',
        'retry-after-ms': 'The same in milliseconds',
      },
    ),
  },
  problems: [402, 404, 409, 415, 422, 429, 502, 503, 504],
};

const { task, ...estimateOptions } = options.omit({ model: true }).shape;

const estimate: CallDescription = {
  tag: 'images',
  summary: 'Tokens, price and minutes of images, without a model call',
  query: besideBytes(
    texts.omit({ model: true }).extend({
      models: z.string().optional().describe('Names or name@version, between commas; none: those of the pool'),
      tokensPerMinute: z.string().regex(/^\d+$/).optional(),
    }),
  ),
  bodies: {
    'application/json': {
      schema: estimateBodySchema.omit({ model: true }).extend({
        task,
        ...estimateOptions,
        images: z
          .array(z.union([estimateImageSchema, imagePart]))
          .min(1)
          .optional(),
      }),
      example: { images: [{ width: 513, height: 513 }] },
    },
    'application/octet-stream': {},
    'application/pdf': {},
    'image/*': {},
  },
  answers: {
    200: jsonAnswer('An estimate for each model, cheapest first', estimateAnswerSchema, {
      images: 1,
      rejected: [],
      estimates: [
        {
          model: 'gpt-4',
          version: 'vision-preview',
          stage: 'retired',
          detail: 'high',
          imageTokens: 765,
          imageTokensRange: [765, 765],
          textTokens: 400,
          outputTokens: { expected: 250, max: 800 },
          admissionTokens: 1965,
          cost: {
            imagesUsd: 0.00765,
            inputUsd: 0.01165,
            outputUsd: { expected: 0.0075, max: 0.024 },
            totalUsd: { expected: 0.01915, max: 0.03565 },
          },
          pricesAsOf: '2026-09-29',
          minutesAtQuota: 0.05,
          warnings: [],
          perImage: [
            {
              index: 0,
              width: 513,
              height: 513,
              count: 1,
              tiles: 4,
              tokens: 765,
              usd: 0.00765,
              sent: { width: 512, height: 512, tokens: 255, usd: 0.00255 },
            },
          ],
        },
      ],
    }),
  },
};

export const IMAGE_CALLS = { analyze, estimate } as const satisfies Descriptions;
