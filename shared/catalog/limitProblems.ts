import { type Model, modelKey } from './model.ts';

/**
 * A sentence for each limit of the service that a request would break; empty when it breaks none.
 *
 * `limitProblems(getModel('gpt-4o-mini'), { images: 11, largestImageBytes: 1 })` is "The request has 11 images;
 * gpt-4o-mini@2024-07-18 takes 10."
 */
export function limitProblems(
  model: Model,
  { images, largestImageBytes }: { readonly images: number; readonly largestImageBytes: number },
): readonly string[] {
  const { maxImagesPerRequest, maxImageBytes } = model.limits;
  const problems: string[] = [];
  if (images > maxImagesPerRequest) {
    problems.push(`The request has ${images} images; ${modelKey(model)} takes ${maxImagesPerRequest}.`);
  }
  if (largestImageBytes > maxImageBytes) {
    const [bytes, limit] = [largestImageBytes, maxImageBytes].map((value) => value.toLocaleString('en-US'));
    problems.push(`The image is ${bytes} bytes; ${modelKey(model)} takes ${limit}.`);
  }
  return problems;
}
