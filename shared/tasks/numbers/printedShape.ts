import { z } from 'zod';
import { once } from '../../concurrency/once.ts';

/**
 * A number as the model sends it. It is requested as printed, because only the numbers beside it show what its marks
 * mean. A converted number is accepted too.
 */
export const printedNumber = once(() =>
  z
    .union([z.string(), z.number()])
    .nullable()
    .meta({ wire: { type: 'string' } }),
);

/** The same, or null. */
export const printedOrNone = once(() =>
  z
    .union([z.string(), z.number()])
    .nullable()
    .meta({ wire: { type: ['string', 'null'] } }),
);

/** What the image is written in, which also says how it prints numbers. Earlier answers have none. */
export const imageLanguage = once(() =>
  z
    .string()
    .nullable()
    .default(null)
    .describe("BCP 47 tag of the image's text, such as de-CH; null where it has none."),
);

export type PrintedValue = string | number | null;
