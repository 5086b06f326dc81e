import type { Finding } from '../reading.ts';

/** The commonest short words of each language that no other of them shares. Enough to tell apart, not to recognize. */
const COMMON_WORDS: Readonly<Record<string, readonly string[]>> = {
  en: ['the', 'and', 'of', 'is', 'with', 'that', 'are', 'this', 'which', 'from', 'has', 'there'],
  de: ['der', 'und', 'das', 'ist', 'mit', 'ein', 'eine', 'auf', 'dem', 'nicht', 'sind', 'wird'],
  fr: ['les', 'est', 'dans', 'une', 'des', 'avec', 'qui', 'sur', 'sont', 'pour', 'cette', 'aux'],
  es: ['los', 'las', 'con', 'una', 'del', 'por', 'como', 'para', 'está', 'tiene', 'esta', 'muy'],
  it: ['gli', 'della', 'che', 'sono', 'con', 'una', 'nel', 'per', 'è', 'anche', 'delle', 'alla'],
  nl: ['het', 'een', 'van', 'zijn', 'met', 'voor', 'niet', 'deze', 'wordt', 'aan', 'ook', 'naar'],
  pt: ['uma', 'com', 'não', 'são', 'dos', 'das', 'está', 'pela', 'também', 'ao', 'mais', 'na'],
};
const LEAST_LETTERS = 40;
const LEAST_WORDS = 15;

/**
 * Whether prose is in the language that was asked for: by its script, of those that the language is written in where the
 * tag names none, and among seven Latin languages by their commonest words. Says nothing of short texts, nor where it
 * cannot decide.
 */
export function checkLanguage(prose: readonly string[], language: string): readonly Finding[] {
  const text = prose.join('\n');
  const asked = new Intl.Locale(language);
  const usual = asked.maximize();
  const others = asked.script === undefined ? (SEVERAL_SCRIPTS[usual.language] ?? []) : [];
  if (inScript(text, [usual.script ?? 'Latn', ...others]) && !readsLikeAnother(text, usual.language)) return [];
  return [
    { code: 'wrong-language', detail: `The answer is not in the language asked for (${language}).`, repair: true },
  ];
}

/** Unicode CLDR 48 (2025), languageData: languages that are written in several scripts. */
const SEVERAL_SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  az: ['Latn', 'Arab', 'Cyrl'],
  bs: ['Latn', 'Cyrl'],
  ha: ['Latn', 'Arab'],
  kk: ['Cyrl', 'Arab'],
  ks: ['Arab', 'Deva'],
  ku: ['Latn', 'Arab', 'Cyrl'],
  ky: ['Cyrl', 'Arab', 'Latn'],
  mn: ['Cyrl', 'Mong'],
  ms: ['Latn', 'Arab'],
  pa: ['Guru', 'Arab'],
  sd: ['Arab', 'Deva'],
  sr: ['Cyrl', 'Latn'],
  tg: ['Cyrl', 'Arab', 'Latn'],
  tk: ['Latn', 'Arab', 'Cyrl'],
  ug: ['Arab', 'Cyrl', 'Latn'],
  uz: ['Latn', 'Cyrl', 'Arab'],
};

const SCRIPTS: Readonly<Record<string, string>> = {
  Hans: '\\p{Script=Han}',
  Hant: '\\p{Script=Han}',
  Jpan: '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}',
  Kore: '\\p{Script=Hangul}\\p{Script=Han}',
};

/** At least a third of the letters: names and quotations stay in their own script. */
function inScript(text: string, scripts: readonly string[]): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < LEAST_LETTERS) return true;
  let own: RegExp;
  try {
    own = new RegExp(`[${scripts.map((script) => SCRIPTS[script] ?? `\\p{Script=${script}}`).join('')}]`, 'gu');
  } catch {
    return true;
  }
  return (text.match(own)?.length ?? 0) * 3 >= letters;
}

function readsLikeAnother(text: string, language: string): boolean {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const own = COMMON_WORDS[language];
  if (own === undefined || words.length < LEAST_WORDS) return false;
  const share = (common: readonly string[]): number =>
    words.filter((word) => common.includes(word)).length / words.length;
  const ownShare = share(own);
  return Object.values(COMMON_WORDS).some((common) => share(common) > 0.08 && share(common) > 4 * ownShare);
}
