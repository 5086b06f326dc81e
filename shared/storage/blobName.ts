/** A blob's name holds this many UTF-16 units and path segments at most (Microsoft Learn, "Naming and referencing containers, blobs, and metadata", 2026-11). */
const MOST_CHARACTERS = 1_024;
const MOST_SEGMENTS = 254;

/**
 * What is wrong with a blob's name, or undefined. A URL loses its segments `.` and `..`, and with them the container:
 * `../inbox/x` in `images` would be a blob of `inbox`. Storage keeps no name with such a segment, and refuses control
 * characters, code points of private use, U+FFFD and non-characters (the page above; Azure/azure-storage-node 385,
 * 2017-12-06; Azure/azure-cli 24623, 2022-11-11).
 *
 * `blobNameProblem('../inbox/x')` is 'has a segment "." or "..", which no blob has'.
 */
export function blobNameProblem(name: string): string | undefined {
  if (!name.isWellFormed()) return 'holds half of a character';
  const character = /[\p{Cc}\p{Co}\p{Noncharacter_Code_Point}\uFFFD]/u.exec(name)?.[0];
  if (character !== undefined) {
    const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    return `holds the character U+${code}, which no blob's name can hold`;
  }
  if (name.length > MOST_CHARACTERS)
    return `has ${name.length} characters; a blob's name has at most ${MOST_CHARACTERS}`;
  const segments = name.split(/[/\\]/);
  if (segments.length > MOST_SEGMENTS)
    return `has ${segments.length} path segments; a blob's name has at most ${MOST_SEGMENTS}`;
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    return 'has a segment "." or "..", which no blob has';
  }
  return undefined;
}
