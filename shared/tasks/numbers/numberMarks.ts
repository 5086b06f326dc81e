import { once } from '../../concurrency/once.ts';

interface NumberMark {
  readonly kind: 'money' | 'part' | 'unit';
  readonly start: RegExp;
  readonly end: RegExp;
}

/** Currency letters in print that are not ISO 4217 codes. */
const LETTERS = [
  ...['kr', 'Kč', 'zł', 'Ft', 'lei', 'Rs', 'Fr', 'SFr', 'лв', 'руб', 'р', 'ден', 'дин', 'RM', 'Rp', 'Bs'],
  ...['元', '円', '원', '圆', '圓'],
];
/** Codes of currencies that are words too: "TOP 10" is no amount. */
const WORDS: readonly string[] = ['ALL', 'CUP', 'PEN', 'TOP', 'TRY'];
const PART = '[%‰‱]';

/** Text before and after the digits that does not change the number. */
export const NUMBER_MARKS = once((): readonly NumberMark[] => {
  const codes = Intl.supportedValuesOf('currency').filter((code) => !WORDS.includes(code));
  const money = `(?:[A-Z]{0,3}\\p{Sc}|(?:${[...LETTERS, ...codes].join('|')})\\.?)`;
  return [
    { kind: 'money', ...around(money) },
    { kind: 'part', ...around(PART) },
    { kind: 'unit', ...around(`(?:${unitSymbols().join('|')})`), start: /(?!)/ },
  ];
});

function around(mark: string): Pick<NumberMark, 'start' | 'end'> {
  return {
    start: new RegExp(`^${mark}\\s?(?=[-+(.,\\d])`, 'u'),
    end: new RegExp(`(?<=[-)\\d])\\s?${mark}$`, 'u'),
  };
}

/**
 * Symbols of units as English prints them (Unicode CLDR, by `Intl`), apart from single letters: `m` and `t` are metres and
 * tonnes as well as millions and thousands.
 */
function unitSymbols(): readonly string[] {
  const symbols = Intl.supportedValuesOf('unit').flatMap((unit) =>
    new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'short' })
      .formatToParts(7)
      .flatMap(({ type, value }) => (type === 'unit' ? [value.trim()] : [])),
  );
  return [...new Set(symbols)].filter((symbol) => symbol.length > 1);
}
