import { billedImageTokens, type Calibration, calibrate, combined } from './calibration.ts';

/** The calibrations of this process. They do not outlive it. */
export interface Calibrations {
  /** Notes what an answer was billed, against what was expected of it. */
  readonly learn: (deployment: string, answer: AnswerBill, nowMs: number) => void;
  /** The joint calibration of the named deployments; undefined before the first answer. */
  readonly of: (deployments: readonly string[]) => Calibration | undefined;
}

interface AnswerBill {
  readonly usage: { readonly promptTokens: number; readonly imageTokens: number | null };
  /** Of the image as it was sent, by the catalogue's rule, uncorrected. */
  readonly estimatedTokens: number;
  /** Of the prompt as it was sent, schema included. */
  readonly textTokens: number;
  readonly schemaTokens: number;
}

export function createCalibrations(): Calibrations {
  const byDeployment = new Map<string, Calibration>();
  return {
    learn(deployment, { usage, ...sent }, nowMs) {
      const billedTokens = billedImageTokens(usage, sent);
      if (billedTokens === null) return;
      const { estimatedTokens } = sent;
      const after = calibrate(byDeployment.get(deployment), { estimatedTokens, billedTokens }, nowMs);
      if (after) byDeployment.set(deployment, after);
    },
    of: (deployments) => combined(deployments.flatMap((name) => byDeployment.get(name) ?? [])),
  };
}

/** A calibration as callers see it. */
export interface CalibrationView {
  /** Billed over estimated image tokens, as far as the samples support it; 1 before the first. */
  readonly factor: number;
  readonly samples: number;
  /** ISO 8601; null before the first sample. */
  readonly since: string | null;
}

/** `calibrationView(undefined)` is `{ factor: 1, samples: 0, since: null }`. */
export function calibrationView(calibration: Calibration | undefined): CalibrationView {
  if (!calibration) return { factor: 1, samples: 0, since: null };
  const { factor, samples, sinceMs } = calibration;
  return { factor: Math.round(factor * 1e4) / 1e4, samples, since: new Date(sinceMs).toISOString() };
}
