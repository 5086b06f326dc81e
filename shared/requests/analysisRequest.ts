import { createHash } from 'node:crypto';
import type { Detail } from '../catalog/model.ts';
import type { TaskRequest } from '../tasks/taskRequest.ts';
import type { Quality } from '../tokens/sizeToSend.ts';

/** How much of the image is sent: every pixel that the model would see, or fewer where that saves tokens. */
export const QUALITIES = ['full', 'balanced', 'economy'] as const satisfies readonly Quality[];

export const PARTS = ['auto', 'none'] as const;

/** Everything that is asked of one image; the digest of what shapes its answer is part of the analysis's identity. */
export interface AnalysisRequest extends TaskRequest {
  /** `name@version` */
  readonly model: string;
  /** Only this deployment of the pool. */
  readonly deploymentName?: string;
  readonly detail: Detail;
  readonly quality: Quality;
  readonly maxOutputTokens?: number;
  /** An image that the model would see too small is cut into parts of one request; absent: it is sent whole. */
  readonly parts?: 'auto';
  /** An earlier answer to the same request about the same bytes will do; absent: as REUSE_ANSWERS says. */
  readonly reuse?: boolean;
}

/**
 * The same for the same request, whatever the order in which its parts were given, and whether or not an earlier answer
 * would do; 16 hexadecimal digits.
 */
export function requestDigest({ reuse: _, ...request }: AnalysisRequest): string {
  return createHash('sha256').update(stableJson(request)).digest('hex').slice(0, 16);
}

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}
