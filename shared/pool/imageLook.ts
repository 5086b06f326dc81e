/**
 * What is known of an image before it is decoded, as one small number: format, pixels and bytes, each to an eighth of a
 * doubling. A page full of print takes more bytes than a label of the same size, so images of one look have answers of similar
 * length.
 */
export type ImageLook = number;

/** All others count as one format. The state keeps indexes into this list: new formats go to the end. */
const FORMATS: readonly string[] = ['other', 'png', 'jpeg', 'webp', 'gif', 'tiff', 'avif', 'heic'];

const STEPS_OF_A_DOUBLING = 8;
/** 2^32 pixels or bytes. */
const MOST_STEPS = 256;
/** Images of one look differ by a factor of 1.41 at most, in pixels and in bytes. */
const ALIKE_STEPS = STEPS_OF_A_DOUBLING / 2;

/**
 * The look of an image file.
 *
 * `lookOf({ format: 'png', pixels: 1, bytes: 1 })` is 65536.
 *
 * @param image.pixels as stored
 * @param image.bytes of the whole file
 */
export function lookOf(image: { readonly format: string; readonly pixels: number; readonly bytes: number }): ImageLook {
  const format = Math.max(0, FORMATS.indexOf(image.format));
  return (format * MOST_STEPS + stepsOf(image.pixels)) * MOST_STEPS + stepsOf(image.bytes);
}

function stepsOf(count: number): number {
  const steps = Math.round(STEPS_OF_A_DOUBLING * Math.log2(Math.max(1, count)));
  return Math.min(MOST_STEPS - 1, steps);
}

/** One format, and neither pixels nor bytes differ by more than a factor of 1.41. */
export function isAlike(left: ImageLook, right: ImageLook): boolean {
  return (
    Math.floor(left / MOST_STEPS ** 2) === Math.floor(right / MOST_STEPS ** 2) &&
    Math.abs(pixelSteps(left) - pixelSteps(right)) <= ALIKE_STEPS &&
    Math.abs(byteSteps(left) - byteSteps(right)) <= ALIKE_STEPS
  );
}

/** The first of two files has at least as many bytes for each pixel, within an eighth of a doubling. */
export function isAsDense(one: ImageLook, other: ImageLook): boolean {
  return byteSteps(one) - pixelSteps(one) >= byteSteps(other) - pixelSteps(other) - 1;
}

function pixelSteps(look: ImageLook): number {
  return Math.floor(look / MOST_STEPS) % MOST_STEPS;
}

function byteSteps(look: ImageLook): number {
  return look % MOST_STEPS;
}
