/** The size at which an image that is too dear for a quota would pass. */

import type { Detail, Model } from '../catalog/model.ts';
import type { ImageSize } from './imageSize.ts';
import { countImageTokens } from './imageTokens.ts';
import { sizeToSend } from './sizeToSend.ts';

/**
 * The largest size, in the image's proportions and no larger than it, whose image tokens (upper end of the range) stay
 * within `maxTokens`; undefined when even the smallest exceeds them.
 *
 * 513 x 513 on gpt-4o at `high` within 500 tokens is 512 x 512.
 *
 * @throws {InvalidRequest} as `countImageTokens` does
 */
export function sizeThatFits(
  model: Model,
  size: ImageSize,
  { detail, maxTokens }: { readonly detail: Detail; readonly maxTokens: number },
): ImageSize | undefined {
  const full = sizeToSend(model, size, { detail, quality: 'full' });
  const longestPx = Math.max(full.width, full.height);
  const sizeOf = (px: number): ImageSize => ({
    width: Math.max(1, Math.round((full.width * px) / longestPx)),
    height: Math.max(1, Math.round((full.height * px) / longestPx)),
  });
  const fits = (px: number): boolean => {
    const count = countImageTokens(model, sizeOf(px), detail);
    return count.kind === 'counted' && count.admission <= maxTokens;
  };
  if (!fits(1)) return undefined;
  let fittingPx = 1;
  let tooLongPx = longestPx + 1;
  while (tooLongPx - fittingPx > 1) {
    const middlePx = Math.floor((fittingPx + tooLongPx) / 2);
    if (fits(middlePx)) fittingPx = middlePx;
    else tooLongPx = middlePx;
  }
  return sizeOf(fittingPx);
}
