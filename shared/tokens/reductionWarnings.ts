import { formatCount } from '../errors.ts';
/** What is said of an image that the model sees much smaller than it is, and of one that was cut. */

import { usdText } from './cost.ts';
import type { GivenSize, ImageSize } from './imageSize.ts';
import { isIllegible, legibleSize, reductionSentence, type Sight, sizeText } from './legibility.ts';
import type { PartsPlan } from './parts/partsPlan.ts';
import { partsText } from './parts/partsText.ts';

interface ReductionWarning {
  readonly code: 'illegible-reduction' | 'image-in-parts';
  readonly detail: string;
}

/** An image as one request would carry it, and what its own tokens cost. */
export interface Way {
  readonly tokens: number;
  /** Null where no price is known. */
  readonly microUsd: number | null;
}

interface ReductionFacts {
  readonly size: GivenSize;
  /** What the model sees of the image sent whole. */
  readonly seen: ImageSize;
  readonly sight: Sight;
  readonly whole: Way;
  /** What would be seen with other options, where the image is then legible. */
  readonly finer?: (Way & { readonly seen: ImageSize; readonly options: string }) | undefined;
  /** The way in parts, where there is one; `isTaken`: it was asked for. */
  readonly parts?: (Way & { readonly plan: PartsPlan }) | undefined;
  readonly isTaken: boolean;
}

/** None for an image that is legible as it is sent. */
export function reductionWarnings(facts: ReductionFacts): readonly ReductionWarning[] {
  const { size, seen, sight, parts, isTaken } = facts;
  if (!isIllegible(size, seen, sight)) return [];
  const isKnown = size.smallestPrintPx !== undefined;
  const basis = isKnown ? '' : ' This is by the sizes alone; what stands on the image is not known.';
  const sentence = `${reductionSentence(size, seen)}${basis}`;
  if (!isTaken || !parts) {
    return [{ code: 'illegible-reduction', detail: `${sentence} ${advice(facts)}` }];
  }
  const { plan } = parts;
  const cut: ReductionWarning = {
    code: 'image-in-parts',
    detail:
      `Sent whole, the image would be seen at ${sizeText(seen)} pixels, too small for its print. It was sent as ` +
      `${partsText(plan)}: ${costs(parts)} instead of ${costs(facts.whole)}.`,
  };
  if (plan.isLegible) return [cut];
  const detail =
    `${reductionSentence(plan.part, plan.seen)} One request cannot hold enough parts to make it legible. ` +
    `Cut the image yourself, so that no piece is longer than ${longestPiece(plan.seen)} pixels.`;
  return [cut, { code: 'illegible-reduction', detail }];
}

/** How many of the images the model would see too small for the task, by their sizes alone; undefined where none. */
export function manyIllegible(
  { requests, illegible }: { readonly requests: number; readonly illegible: number },
  { isInParts }: { readonly isInParts: boolean },
): string | undefined {
  if (illegible === 0) return undefined;
  const [few, all] = [illegible, requests].map(formatCount);
  const advice = isInParts
    ? 'One request cannot hold enough parts of them: cut them yourself.'
    : 'With "parts": "auto" they are cut where that helps; the estimate with it says what that costs.';
  return `${few} of ${all} images would be seen too small for their small print (illegible-reduction). ${advice}`;
}

function advice({ size, seen, finer, parts, whole }: ReductionFacts): string {
  const needed = `It is legible when it is seen at ${sizeText(legibleSize(size))} pixels.`;
  if (finer && !(parts && parts.tokens < finer.tokens)) {
    return `${needed} With ${finer.options} it is seen at ${sizeText(finer.seen)}: ${costs(finer)} instead of ${costs(whole)}.`;
  }
  if (!parts) {
    return (
      `${needed} No cut that fits into one request helps: send it in pieces that are no longer than ` +
      `${longestPiece(seen)} pixels.`
    );
  }
  return (
    `${needed} With "parts": "auto" it is sent as ${partsText(parts.plan)}: ${costs(parts)} instead of ` +
    `${costs(whole)}.`
  );
}

/** What is no longer than the model sees is not reduced. */
function longestPiece(seen: ImageSize): string {
  return formatCount(Math.max(seen.width, seen.height));
}

function costs({ tokens, microUsd }: Way): string {
  const count = `${formatCount(tokens)} image tokens`;
  return microUsd === null ? count : `${count} (${usdText(microUsd)})`;
}
