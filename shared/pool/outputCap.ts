import { type ImageLook, isAlike, isAsDense } from './imageLook.ts';

/** How long an answer was, and what its image looked like. */
export interface SeenLength {
  readonly look: ImageLook;
  readonly tokens: number;
  /** It ended at its cap: its full length is not known. */
  readonly wasCut: boolean;
}

/** Fewer answers than this say too little about the next. */
const ENOUGH_ANSWERS = 20;
/** This many must be of images as dense as this one: an image denser than all seen is unlike them. */
const ENOUGH_AS_DENSE = 3;
/** The length that 995 of 1,000 answers stay under, in deviations of the normal distribution. */
const DEVIATIONS = 2.576;
/** A cap that saves less than this part is not worth a risk. */
const LEAST_SAVING = 0.1;

/**
 * The output cap that the answers to images like this one allow: no shorter than the longest of them, and the upper end of
 * a prediction interval, which 995 of 1,000 answers stay under (Student's t; wider the fewer there are). It is the task's cap
 *
 * - with fewer than 20 answers to images alike, or fewer than 3 to images as dense,
 * - where the longest answer among them was cut, so that its length is unknown,
 * - where less than a tenth of the task's cap would be saved.
 */
export function outputCapFor(lengths: readonly SeenLength[], look: ImageLook, taskCapTokens: number): number {
  const alike = lengths.filter((length) => isAlike(length.look, look));
  if (alike.length < ENOUGH_ANSWERS) return taskCapTokens;
  if (alike.filter((length) => isAsDense(length.look, look)).length < ENOUGH_AS_DENSE) return taskCapTokens;
  const longest = alike.reduce((most, { tokens }) => Math.max(most, tokens), 0);
  if (alike.some(({ tokens, wasCut }) => wasCut && tokens === longest)) return taskCapTokens;
  const cap = Math.max(longest, Math.ceil(upperEnd(alike.map(({ tokens }) => tokens))));
  return cap > (1 - LEAST_SAVING) * taskCapTokens ? taskCapTokens : cap;
}

/** The upper end of the prediction interval for one more value; Student's t by its expansion (Fisher and Cornish 1960). */
function upperEnd(values: readonly number[]): number {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const t = DEVIATIONS * (1 + (DEVIATIONS ** 2 + 1) / (4 * (count - 1)));
  return mean + t * Math.sqrt(variance * (1 + 1 / count));
}
