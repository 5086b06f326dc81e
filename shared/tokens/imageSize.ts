/** Width and height of an image in pixels, after orientation. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** The largest side that is still a size: 2^31 - 1, the most that any image format can state. */
export const MAX_SIDE_PX = 2_147_483_647;

/** A sentence for each side that is no number of pixels; empty for a size that can be counted. */
export function sizeProblems({ width, height }: ImageSize): readonly string[] {
  if (isSide(width) && isSide(height)) return NO_PROBLEMS;
  const problems: string[] = [];
  if (!isSide(width)) problems.push(sideProblem('width', width));
  if (!isSide(height)) problems.push(sideProblem('height', height));
  return problems;
}

const NO_PROBLEMS: readonly string[] = [];

function isSide(px: number): boolean {
  return Number.isInteger(px) && px >= 1 && px <= MAX_SIDE_PX;
}

function sideProblem(side: string, px: number): string {
  return `The ${side} is ${px}; it must be a whole number of pixels from 1 to ${MAX_SIDE_PX.toLocaleString('en-US')}.`;
}
