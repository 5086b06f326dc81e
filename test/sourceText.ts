/** What the tests of the architecture read of a source file. */

export interface ImportStatement {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

const IMPORT =
  /^[ \t]*(?:import|export)\b(?<clause>[^;'"]*?)\bfrom\s*'(?<from>[^']+)'|\bimport\s*\(?\s*'(?<bare>[^']+)'/gm;

/** Every file or package that a source names, in order; dynamic imports and types included. */
export function importsOf(text: string): readonly ImportStatement[] {
  return [...withoutComments(text).matchAll(IMPORT)].map(({ groups }) => ({
    specifier: groups?.from ?? groups?.bare ?? '',
    isTypeOnly: /^\s*type\b(?!\s*,)/.test(groups?.clause ?? ''),
  }));
}

/** The text without its comments, as far as a formatted file goes: `//` in a string stays when no blank is before it. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
