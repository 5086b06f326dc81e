import { once } from '../../concurrency/once.ts';

/**
 * The BCP 47 tag of a language as a model names it: `de_DE`, `deu`, `German`, `Deutsch (de-AT)` and, of several, the first.
 * Undefined for none, such as `und` or `unknown`.
 */
export function languageTag(said: string | null | undefined): string | undefined {
  const words = (said ?? '').trim();
  if (/^(?:|und|mul|zxx|none|null|unknown)$/i.test(words)) return undefined;
  return tagOf(words) ?? nameOf(words) ?? firstOf(words.split(/\s*[,;/|()]\s*/).filter((part) => part !== ''));
}

/** Of a list: a tag with a region, a name that it begins with, or the first where all are languages. */
function firstOf(parts: readonly string[]): string | undefined {
  const tags = parts.map((part) => tagOf(part) ?? nameOf(part));
  const withRegion = tags.find((tag) => tag?.includes('-'));
  return withRegion ?? nameOf(parts[0] ?? '') ?? (tags.includes(undefined) ? undefined : tags[0]);
}

function nameOf(word: string): string | undefined {
  return LANGUAGE_NAMES().get(word.toLowerCase());
}

function tagOf(word: string): string | undefined {
  try {
    // For an unknown language `Intl` would return the marks of the machine's language.
    return Intl.NumberFormat.supportedLocalesOf(word.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/** Names in English and in the language itself, in small letters. */
const LANGUAGE_NAMES = once((): ReadonlyMap<string, string> => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const tags = letters.flatMap((first) => letters.flatMap((second) => tagOf(`${first}${second}`) ?? []));
  const nameIn = (language: string, tag: string): string | undefined =>
    new Intl.DisplayNames([language], { type: 'language', fallback: 'none' }).of(tag)?.toLowerCase();
  const named = tags.flatMap((tag) => [nameIn('en', tag), nameIn(tag, tag)].map((name) => [name, tag] as const));
  return new Map(named.flatMap(([name, tag]) => (name === undefined ? [] : [[name, tag] as const])));
});
