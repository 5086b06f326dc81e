import { z } from 'zod';
import { formatCount } from '../errors.ts';

/** Kinds of values that settings have, with messages that say what would be right. */

export const containerName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/, 'must be 3 to 63 lower-case letters, digits or single hyphens');

export const number = z.coerce.number('must be a number');
export const wholeNumber = z.coerce.number('must be a whole number').int('must be a whole number');

/** BCP 47. `isLanguageTag('de-CH')` is true. */
export function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** Bounds that the message names. */
export function between<T extends z.ZodCoercedNumber>(value: T, least: number, most: number): T {
  // Written when it is wanted: the first number that a process formats costs 38 ms of loading locales.
  const error = (): string => `must be from ${formatCount(least)} to ${formatCount(most)}`;
  return value.min(least, { error }).max(most, { error });
}
