import { z } from 'zod';
import { once } from '../../concurrency/once.ts';

/**
 * A number as the model sends it: asked for as it is printed, since only the numbers beside it show what its marks mean;
 * one that comes converted is taken too.
 */
export const printedNumber = once(() =>
  z
    .union([z.string(), z.number()])
    .nullable()
    .meta({ wire: { type: 'string' } }),
);

/** The same where there may be none. */
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
