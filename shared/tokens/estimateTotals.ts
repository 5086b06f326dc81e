/** The sums of an estimate. */

import type { Rate } from '../catalog/model.ts';
import { admissionTokens } from './admissionTokens.ts';
import { outputPicoUsd, promptPicoUsd } from './cost.ts';
import type { MeasuredImage, RequestShape } from './estimateImage.ts';
import type { ImageSize } from './imageSize.ts';

/** Money in pico-USD; null where no source lists the price. */
export interface Totals {
  readonly requests: number;
  readonly imageTokens: number;
  readonly lowTokens: number;
  readonly highTokens: number;
  readonly textTokens: number;
  readonly expectedOutputTokens: number;
  readonly maxOutputTokens: number;
  readonly admissionTokens: number;
  readonly largestAdmissionTokens: number;
  /** Size at which the dearest request would be sent. */
  readonly largest: ImageSize;
  /** Those that need more than `largestMinuteTokens`. */
  readonly tooLargeRequests: number;
  /** Images of which small print would be lost. */
  readonly illegible: number;
  readonly imagesPicoUsd: number | null;
  readonly inputPicoUsd: number | null;
  readonly expectedOutputPicoUsd: number | null;
  readonly maxOutputPicoUsd: number | null;
}

export const NO_TOTALS: Totals = {
  requests: 0,
  imageTokens: 0,
  lowTokens: 0,
  highTokens: 0,
  textTokens: 0,
  expectedOutputTokens: 0,
  maxOutputTokens: 0,
  admissionTokens: 0,
  largestAdmissionTokens: 0,
  largest: { width: 0, height: 0 },
  tooLargeRequests: 0,
  illegible: 0,
  imagesPicoUsd: 0,
  inputPicoUsd: 0,
  expectedOutputPicoUsd: 0,
  maxOutputPicoUsd: 0,
};

/**
 * The sums with one more entry of the list; `rate` is the one that holds for its prompt's length, `largestMinuteTokens`
 * the most that any deployment admits at once.
 */
export function addImage(
  totals: Totals,
  { entry, tokens, range, admissionTokens: imageAdmissionTokens, isIllegible }: MeasuredImage,
  shape: RequestShape & { readonly rate: Rate | undefined; readonly largestMinuteTokens: number },
): Totals {
  const { count } = entry;
  const { rate, textTokens, outputTokens } = shape;
  const admission = admissionTokens({ imageAdmissionTokens, textTokens, maxOutputTokens: outputTokens.max });
  const isLargest = admission > totals.largestAdmissionTokens;
  return {
    requests: totals.requests + count,
    imageTokens: totals.imageTokens + tokens * count,
    lowTokens: totals.lowTokens + range[0] * count,
    highTokens: totals.highTokens + range[1] * count,
    textTokens: totals.textTokens + textTokens * count,
    expectedOutputTokens: totals.expectedOutputTokens + outputTokens.expected * count,
    maxOutputTokens: totals.maxOutputTokens + outputTokens.max * count,
    admissionTokens: totals.admissionTokens + admission * count,
    largestAdmissionTokens: isLargest ? admission : totals.largestAdmissionTokens,
    largest: isLargest ? entry.sent : totals.largest,
    tooLargeRequests: totals.tooLargeRequests + (admission > shape.largestMinuteTokens ? count : 0),
    illegible: totals.illegible + (isIllegible ? count : 0),
    imagesPicoUsd: plus(totals.imagesPicoUsd, promptPicoUsd(rate, tokens), count),
    inputPicoUsd: plus(totals.inputPicoUsd, promptPicoUsd(rate, tokens + textTokens), count),
    expectedOutputPicoUsd: plus(totals.expectedOutputPicoUsd, outputPicoUsd(rate, outputTokens.expected), count),
    maxOutputPicoUsd: plus(totals.maxOutputPicoUsd, outputPicoUsd(rate, outputTokens.max), count),
  };
}

/** One unknown price makes the sum unknown: half a sum would look like a whole one. */
function plus(sum: number | null, amount: number | null, times: number): number | null {
  return sum === null || amount === null ? null : sum + amount * times;
}
