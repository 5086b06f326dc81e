import type { Problem } from '../errors.ts';

/** Results that were dropped images themselves would be analysed, and their results again. */
export function containerProblems(imagesContainer: string, resultsContainer: string): readonly Problem[] {
  if (![resultsContainer, `${resultsContainer}-http`].includes(imagesContainer)) return [];
  return [
    { path: 'RESULTS_CONTAINER', message: `is "${resultsContainer}", whose results would lie among the images.` },
  ];
}
