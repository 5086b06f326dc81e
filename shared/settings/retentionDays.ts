import { z } from 'zod';
import type { Problem } from '../errors.ts';
import { present } from './environment.ts';

/** For how many days things are kept; 0: for ever. */
export interface RetentionDays {
  readonly records: number;
  /** Bytes that came with a request and wait. */
  readonly inbox: number;
  readonly usage: number;
  readonly results: number;
}

export const RETENTION_DEFAULTS: RetentionDays = { records: 90, inbox: 1, usage: 400, results: 0 };

const MOST_DAYS = 36_500;
const days = z
  .int('must be a whole number')
  .min(0, 'must be from 0 to 36,500')
  .max(MOST_DAYS, 'must be from 0 to 36,500');
const schema = z.strictObject({
  records: days.default(RETENTION_DEFAULTS.records),
  inbox: days.default(RETENTION_DEFAULTS.inbox),
  usage: days.default(RETENTION_DEFAULTS.usage),
  results: days.default(RETENTION_DEFAULTS.results),
});

/** RETENTION_DAYS, a JSON object; what it leaves out has its default. */
export function readRetentionDays(text: string | undefined, problems: Problem[]): RetentionDays {
  if (!present(text)) return RETENTION_DEFAULTS;
  const parsed = schema.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`);
  problems.push({
    path: 'RETENTION_DAYS',
    message: `is ${JSON.stringify(text)}: must be JSON such as ${JSON.stringify(RETENTION_DEFAULTS)}; ${reasons.join('; ')}.`,
  });
  return RETENTION_DEFAULTS;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
