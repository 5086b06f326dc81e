import { languageTag } from './languageTag.ts';

/** The context of the numbers of a chart, table or field. */
export interface NumberContext {
  /** All printed numbers of the answer. */
  readonly document: readonly string[];
  /** BCP 47 tag of the image's text, or of the answer where that is not known. */
  readonly language?: string;
}

/** The first language that is known counts. */
export function numberContext(
  document: readonly string[],
  ...languages: readonly (string | null | undefined)[]
): NumberContext {
  for (const said of languages) {
    const language = languageTag(said);
    if (language !== undefined) return { document, language };
  }
  return { document };
}
