import { z } from 'zod';
import { filterCategories } from './contentFilter.ts';
import { faultPlanSchema } from './faults.ts';
import { headerChangesSchema } from './headerChanges.ts';

const deploymentSchema = z.strictObject({
  deployment: z.string().min(1),
  model: z.string().min(1),
  version: z.string().default(''),
  /** 10K TPM is 10000. */
  tokensPerMinute: z.int().positive(),
  /** Absent: by the model's ratio. */
  requestsPerMinute: z.int().positive().optional(),
  /** Deployments of one model and version with the same scope share one quota, in whichever region. Absent: its own. */
  scope: z.string().min(1).optional(),
});

const admissionSchema = z.strictObject({
  /**
   * `pixels`: text by its tokens, images by the model's rule. `characters`: text by its characters / 4, images by the
   * rule. `charactersWithBase64`: everything by characters / 4, the images' base64 too. The service's own documentation
   * says "in part by characters" and leaves open which.
   */
  countBy: z.enum(['pixels', 'characters', 'charactersWithBase64']).default('pixels'),
  /** The prompt's estimate is multiplied by this; the output cap is not. */
  factor: z.number().positive().default(1),
});

/** `ocr`: from the pixels. `fixed`: the same words for every image, fast, for load. */
const answersSchema = z.enum(['ocr', 'fixed']);

const filterImagesSchema = z.array(
  z.strictObject({
    sha256: z.string(),
    category: z.enum(filterCategories).default('violence'),
    on: z.enum(['image', 'answer']).default('image'),
  }),
);

/** One emulated region: a resource with deployments on a port of its own. */
export const regionOptionsSchema = z.strictObject({
  name: z.string().min(1),
  /** 0: any free port. */
  port: z.int().min(0).max(65_535).default(0),
  deployments: z.array(deploymentSchema).min(1),
  /** Whether quota is counted over the last 60 s or in minutes that are reset. */
  window: z.enum(['sliding', 'fixed']).default('sliding'),
  /** Requests are also judged in slices of this length. Absent: 1 s from 600 requests a minute, else 10 s. */
  requestSliceMs: z.union([z.literal(1000), z.literal(10_000)]).optional(),
  admission: admissionSchema.default({ countBy: 'pixels', factor: 1 }),
  answers: answersSchema.default('ocr'),
  /** Added before every answer. */
  latencyMs: z.number().nonnegative().default(0),
  /** Whether `usage.prompt_tokens_details` tells image and text tokens; live deployments do not all do so. */
  tellsImageTokens: z.boolean().default(false),
  /** Images that the content filter stops, or whose answers it stops, by the SHA-256 of the sent bytes. */
  filterImages: filterImagesSchema.default([]),
  /** Changes to the headers of every reply, whatever its status; those of a fault win. */
  headers: headerChangesSchema.default({}),
  faults: faultPlanSchema.default({ script: [], standing: null, random: null }),
});

export type RegionOptions = z.input<typeof regionOptionsSchema>;
export type RegionSettings = z.output<typeof regionOptionsSchema>;
export type DeploymentSettings = RegionSettings['deployments'][number];

/** What may be changed while a region runs, quotas by deployment name; what is left out stays as it is. */
export const regionChangeSchema = z.strictObject({
  tokensPerMinute: z.record(z.string(), z.int().positive()).optional(),
  /** Moves deployments into a scope, or out of it with null. */
  scopes: z.record(z.string(), z.string().min(1).nullable()).optional(),
  admission: admissionSchema.optional(),
  answers: answersSchema.optional(),
  latencyMs: z.number().nonnegative().optional(),
  tellsImageTokens: z.boolean().optional(),
  filterImages: filterImagesSchema.optional(),
  headers: headerChangesSchema.optional(),
});

export type RegionChange = z.input<typeof regionChangeSchema>;

/** The pool that Argus began with: GPT-4 Turbo with Vision in its four regions of early 2024, 10K TPM in each. */
export function seedRegions(): RegionOptions[] {
  return ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'].map((name) => ({
    name,
    deployments: [
      { deployment: 'gpt-4-vision-preview', model: 'gpt-4', version: 'vision-preview', tokensPerMinute: 10_000 },
    ],
  }));
}
