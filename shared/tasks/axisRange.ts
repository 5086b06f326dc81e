/** A value judged from the axis may lie this part of its length outside; a bar may also end at the frame. */
export const AXIS_TOLERANCE = 0.02;

interface Scale {
  readonly scale: 'linear' | 'log' | 'time' | 'category';
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * Whether a value lies within an axis; undefined for one of times or categories, or without ends. Lengths of a logarithmic
 * axis are those of its powers: from 1 to 10 it is as far as from 10 to 100.
 */
export function rangeOf({ scale, min, max }: Scale): ((value: number) => boolean) | undefined {
  if ((scale !== 'linear' && scale !== 'log') || min === null || max === null) return undefined;
  const along = scale === 'log' && min > 0 && max > 0 ? Math.log10 : Number;
  const [low, high] = [along(Math.min(min, max)), along(Math.max(min, max))];
  const slack = (high - low) * AXIS_TOLERANCE;
  return (value) => along(value) >= low - slack && along(value) <= high + slack;
}
