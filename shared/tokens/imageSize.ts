/** Width and height of an image in pixels, after orientation. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** The largest side that is still a size: 2^31 - 1, the most that any image format can state. */
export const MAX_SIDE_PX = 2_147_483_647;

/** A sentence for each side that is no number of pixels; empty for a size that can be counted. */
export function sizeProblems({ width, height }: ImageSize): readonly string[] {
  return [sideProblem('width', width), sideProblem('height', height)].filter((problem) => problem !== undefined);
}

function sideProblem(side: string, px: number): string | undefined {
  if (Number.isInteger(px) && px >= 1 && px <= MAX_SIDE_PX) return undefined;
  return `The ${side} is ${px}; it must be a whole number of pixels from 1 to ${MAX_SIDE_PX.toLocaleString('en-US')}.`;
}
