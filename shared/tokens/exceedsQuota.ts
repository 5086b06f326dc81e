import { type Detail, type Model, modelKey } from '../catalog/model.ts';
import { formatCount } from '../errors.ts';
import type { Totals } from './estimateTotals.ts';
import type { ImageSize } from './imageSize.ts';
import { sizeThatFits } from './sizeThatFits.ts';

interface RequestTooLarge {
  readonly model: Model;
  readonly detail: Detail;
  /** Size of the image as it would be sent. */
  readonly size: ImageSize;
  readonly textTokens: number;
  readonly maxOutputTokens: number;
  readonly admissionTokens: number;
}

/**
 * Why no deployment can ever take the request, and what would pass: "The request needs 1,400 tokens of quota at once; the
 * largest deployment has 1,200 per minute. At 512 x 512 pixels the image would fit."
 */
export function exceedsQuota(request: RequestTooLarge, largestMinuteTokens: number): string {
  const { model, size, detail, maxOutputTokens } = request;
  const [needed, most] = [request.admissionTokens, largestMinuteTokens].map(formatCount);
  const withoutImage = request.textTokens + maxOutputTokens;
  const fitting = sizeThatFits(model, size, { detail, maxTokens: largestMinuteTokens - withoutImage });
  const advice = fitting
    ? `At ${fitting.width} x ${fitting.height} pixels the image would fit.`
    : `No size would fit: its text and output cap alone need ${formatCount(withoutImage)}; ask for a smaller maxOutputTokens.`;
  return `The request needs ${needed} tokens of quota at once; the largest deployment has ${most} per minute. ${advice}`;
}

/** How many of the images no deployment can take, and what is so of the dearest; undefined where each fits. */
export function manyExceedQuota(
  { requests, tooLargeRequests, largest, largestAdmissionTokens }: Totals,
  around: Omit<RequestTooLarge, 'size' | 'admissionTokens'> & { readonly largestMinuteTokens: number },
): string | undefined {
  if (tooLargeRequests === 0) return undefined;
  const [few, all] = [tooLargeRequests, requests].map(formatCount);
  const dearest = { ...around, size: largest, admissionTokens: largestAdmissionTokens };
  const reason = exceedsQuota(dearest, around.largestMinuteTokens);
  return `${few} of ${all} images would be rejected on ${modelKey(around.model)} (exceeds-quota). Of the dearest: ${reason}`;
}
