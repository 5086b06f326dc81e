import { type Detail, type Model, modelKey } from '../catalog/model.ts';
import { InvalidRequest } from '../errors.ts';
import { type ImageSize, sizeProblems } from './imageSize.ts';
import { type SeenImage, seenImage } from './seenImage.ts';

/**
 * What the model sees of an image by the catalogue's main rule; undefined when no source gives one.
 *
 * @throws {InvalidRequest} for a side that is no whole number from 1 to 2^31 - 1, or a detail that the model does not take
 */
export function seenByModel(model: Model, size: ImageSize, detail: Detail): SeenImage | undefined {
  const problems = sizeProblems(size);
  if (problems.length > 0) throw new InvalidRequest(problems.map((message) => ({ path: 'image', message })));
  const { rule } = model.imageTokens;
  if (rule.kind === 'unknown') return undefined;
  const seen = seenImage(rule, detail, size);
  if (seen) return seen;
  const message = `${modelKey(model)} does not take detail "${detail}"; it takes ${detailsOf(model).join(', ')}.`;
  throw new InvalidRequest([{ path: 'detail', message }]);
}

/** The detail levels that the model takes, coarsest first; none when no source says how it counts images. */
export function detailsOf(model: Model): readonly Detail[] {
  const { rule } = model.imageTokens;
  if (rule.kind === 'unknown') return [];
  if (rule.kind === 'tile') return ['low', 'high'];
  return (['low', 'high', 'original'] as const).filter((detail) => rule.byDetail[detail]);
}

/** The detail that was asked for, or `high` where the model does not take it: then `high` is all that it can see. */
export function nearestDetail(model: Model, detail: Detail): Detail {
  return detailsOf(model).includes(detail) ? detail : 'high';
}
