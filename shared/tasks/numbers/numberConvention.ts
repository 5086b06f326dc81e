import { languageTag } from './languageTag.ts';

/** The decimal mark and the thousands separator. */
export interface Convention {
  readonly decimal: string;
  readonly group: string;
}

export const CONVENTIONS: readonly Convention[] = ['.', ',', '٫'].flatMap((decimal) =>
  ['.', ',', "'", ' ', '٬'].filter((group) => group !== decimal).map((group) => ({ decimal, group })),
);

/** `1.234,5` as `1234.5`; undefined where the groups are not of three digits (or two in India), or a zero leads. */
export function decimalOf(body: string, { decimal, group }: Convention): string | undefined {
  const [whole = '', places, ...more] = body.split(decimal);
  if (more.length > 0 || (places !== undefined && !/^\d+$/.test(places))) return undefined;
  const groups = whole.split(group);
  const [first = '', ...others] = groups;
  if (!groups.every((digits, place) => (place === 0 && groups.length === 1) || /^\d+$/.test(digits))) return undefined;
  if (!/^(?:0|[1-9]\d*|)$/.test(first) || (others.length > 0 && /^0?$/.test(first))) return undefined;
  const isWestern = first.length <= 3 && others.every(({ length }) => length === 3);
  const isIndian =
    group === ',' &&
    first.length <= 2 &&
    others.every(({ length }, place) => length === (place === others.length - 1 ? 3 : 2));
  if (others.length > 0 && !isWestern && !isIndian) return undefined;
  return `${groups.join('') || '0'}${places === undefined ? '' : `.${places}`}`;
}

/** Whether a text is a number under any convention. Other texts are no evidence. */
export function isReadable(body: string): boolean {
  return CONVENTIONS.some((one) => decimalOf(body, one) !== undefined);
}

/**
 * The conventions that fit all texts. Where thousands are parted in several ways (`1 234,50` and `1.000,00`), those of the
 * one decimal mark that fits all; none where texts contradict each other in that mark as well.
 */
export function conventionsOf(bodies: readonly string[]): readonly Convention[] {
  const texts = bodies.filter(isReadable);
  const fitting = CONVENTIONS.filter((one) => texts.every((body) => decimalOf(body, one) !== undefined));
  if (fitting.length > 0) return fitting;
  const byMark = [...Map.groupBy(CONVENTIONS, ({ decimal }) => decimal).values()];
  const [only, ...others] = byMark.filter((some) =>
    texts.every((body) => some.some((one) => decimalOf(body, one) !== undefined)),
  );
  return others.length === 0 ? (only ?? []) : [];
}

/** How a language prints numbers and amounts (Unicode CLDR, by `Intl`); none for what is no language. */
export function conventionsOfLanguage(language: string | undefined): readonly Convention[] {
  const tag = languageTag(language);
  if (tag === undefined) return [];
  const ofAmounts: Intl.NumberFormatOptions = { style: 'currency', currency: 'EUR' };
  return [{}, ofAmounts].map((style) => {
    const parts = new Intl.NumberFormat(tag, style).formatToParts(-1_234_567.8);
    const markOf = (wanted: string): string => parts.find(({ type }) => type === wanted)?.value ?? '';
    return { decimal: markOf('decimal'), group: markOf('group').replace(/\s/, ' ').replace('’', "'") };
  });
}
