/**
 * What is wrong with a blob's name, or undefined. A URL loses its segments `.` and `..`, and with them the container:
 * `../inbox/x` in `images` would be a blob of `inbox`. Storage keeps no name with such a segment.
 *
 * `blobNameProblem('../inbox/x')` is 'has a segment "." or "..", which no blob has'.
 */
export function blobNameProblem(name: string): string | undefined {
  if (!name.isWellFormed()) return 'holds half of a character';
  if (name.split(/[/\\]/).some((segment) => segment === '.' || segment === '..')) {
    return 'has a segment "." or "..", which no blob has';
  }
  return undefined;
}
