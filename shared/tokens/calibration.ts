/** Corrects estimates by what was billed: one factor for each deployment and model. */

export interface Calibration {
  /** Billed over estimated image tokens, weighted by the number of samples; 1 means no correction. */
  readonly factor: number;
  /** Number of answers used. */
  readonly samples: number;
  /** When the first of them came; epoch milliseconds. */
  readonly sinceMs: number;
  /** Sums behind the factor: old answers fade, so that a changed rule is learned within some dozens. */
  readonly weight: number;
  readonly weightedLogs: number;
}

/** The catalogue counts as much as this many answers. */
const PRIOR_WEIGHT = 8;
/** What remains of all earlier answers' weight with each new one: a memory of about 200. */
const FADING = 0.995;
/** The largest effect of one answer, up or down: a wrong figure must not spoil the estimate. */
const MOST_FROM_ONE_ANSWER = 4;

/**
 * The factor after one more answer. It lies between 1 and what the answers say, nearer to them the more there are:
 * after 8 answers that all say 1.5 it is 1.22, after 100 it is 1.45. Answers that cannot be compared (no estimate,
 * nothing billed) change nothing.
 */
export function calibrate(
  before: Calibration | undefined,
  answer: { readonly estimatedTokens: number; readonly billedTokens: number },
  nowMs: number,
): Calibration | undefined {
  const ratio = answer.billedTokens / answer.estimatedTokens;
  if (!Number.isFinite(ratio) || ratio <= 0) return before;
  const limit = Math.log(MOST_FROM_ONE_ANSWER);
  const log = Math.min(limit, Math.max(-limit, Math.log(ratio)));
  const weight = (before?.weight ?? 0) * FADING + 1;
  const weightedLogs = (before?.weightedLogs ?? 0) * FADING + log;
  return {
    factor: Math.exp(weightedLogs / (weight + PRIOR_WEIGHT)),
    samples: (before?.samples ?? 0) + 1,
    sinceMs: before?.sinceMs ?? nowMs,
    weight,
    weightedLogs,
  };
}

/** An estimate corrected by what was learned, to the nearest whole token; without anything learned it is itself. */
export function calibrated(tokens: number, calibration: Calibration | undefined): number {
  return calibration ? Math.round(tokens * calibration.factor) : tokens;
}

/**
 * The joint calibration of several deployments of a model; undefined without answers. They count images in the same
 * way, so every answer has the same weight.
 */
export function combined(calibrations: readonly Calibration[]): Calibration | undefined {
  const [first, ...others] = calibrations;
  if (!first || others.length === 0) return first;
  const weight = calibrations.reduce((sum, each) => sum + each.weight, 0);
  const weightedLogs = calibrations.reduce((sum, each) => sum + each.weightedLogs, 0);
  return {
    factor: Math.exp(weightedLogs / (weight + PRIOR_WEIGHT)),
    samples: calibrations.reduce((sum, each) => sum + each.samples, 0),
    sinceMs: Math.min(...calibrations.map((each) => each.sinceMs)),
    weight,
    weightedLogs,
  };
}

/**
 * Image tokens that were billed: as the service reports, else what is left of the prompt without its text. How a service
 * counts a JSON Schema is not published: where one was sent, what is left has two ends, and the one nearer to the
 * estimate is taken, for the bill says no more than that. Null where nothing is left, for then a figure is wrong.
 *
 * 400 prompt tokens with 100 of text are 300 of the image.
 */
export function billedImageTokens(
  usage: { readonly promptTokens: number; readonly imageTokens: number | null },
  sent: { readonly textTokens: number; readonly schemaTokens: number; readonly estimatedTokens: number },
): number | null {
  const { textTokens, schemaTokens, estimatedTokens } = sent;
  const least = usage.imageTokens ?? usage.promptTokens - textTokens;
  const most = usage.imageTokens ?? least + schemaTokens;
  const tokens = Math.min(most, Math.max(least, estimatedTokens));
  return tokens > 0 ? tokens : null;
}
