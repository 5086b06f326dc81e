/** Whether a model can be relied on. */

import { type Model, modelKey } from './model.ts';
import { daysBetween, startOfDate } from './sourced.ts';

/** How long before its retirement a model is warned about. */
const RETIREMENT_WARNING_DAYS = 90;

/**
 * What to know before relying on the model, in a sentence or two: that it is retired, a preview, or retires within 90
 * days of `nowMs`. Undefined when there is nothing to say.
 *
 * `lifecycleWarning(getModel('gpt-4@vision-preview'), nowMs)` is "gpt-4@vision-preview is retired: choose a newer
 * model for anything new."
 */
export function lifecycleWarning(model: Model, nowMs: number): string | undefined {
  const { stage, retires, replacement } = model.lifecycle;
  // Most models have nothing to warn about, and an estimate of one image is a matter of microseconds.
  const isNear = retires !== null && daysBetween(nowMs, startOfDate(retires)) <= RETIREMENT_WARNING_DAYS;
  if (stage !== 'retired' && stage !== 'preview' && !isNear) return undefined;
  const key = modelKey(model);
  const advice = replacement
    ? `the service names ${replacement} as its replacement`
    : 'choose a newer model for anything new';
  if (stage === 'retired') return `${key} is retired${retires ? ` since ${retires}` : ''}: ${advice}.`;
  const warnings: string[] = [];
  if (stage === 'preview') warnings.push(`${key} is a preview, not meant for production.`);
  if (retires !== null) {
    const days = daysBetween(nowMs, startOfDate(retires));
    if (nowMs >= startOfDate(retires)) warnings.push(`${key} was to be retired on ${retires}: ${advice}.`);
    else if (days <= RETIREMENT_WARNING_DAYS)
      warnings.push(`${key} retires on ${retires}, in ${inDays(days)}: ${advice}.`);
  }
  return warnings.length > 0 ? warnings.join(' ') : undefined;
}

function inDays(days: number): string {
  if (days === 0) return 'less than a day';
  return days === 1 ? '1 day' : `${days} days`;
}
