import { once } from './once.ts';

/**
 * The BCP 47 tag of a language as a model names it: `de_DE`, `deu`, `German`, `Deutsch (de-AT)` and, of several, the first.
 * Undefined for none, such as `und` or `unknown`.
 */
export function languageTag(said: string | null | undefined): string | undefined {
  const words = (said ?? '').trim();
  if (/^(?:|und|mul|zxx|none|null|unknown)$/i.test(words)) return undefined;
  // Names have words that are tags elsewhere: `Old English` begins with no language, `as` is Assamese.
  return tagOf(words) ?? LANGUAGE_NAMES().get(words.toLowerCase()) ?? firstOf(words.split(/[\s,;/|()]+/));
}

function firstOf(parts: readonly string[]): string | undefined {
  const tags = parts.flatMap((part) => tagOf(part) ?? LANGUAGE_NAMES().get(part.toLowerCase()) ?? []);
  return tags.find((tag) => tag.includes('-')) ?? tags[0];
}

function tagOf(word: string): string | undefined {
  try {
    // Of a language that it does not know, `Intl` would give the marks of the machine's own.
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
