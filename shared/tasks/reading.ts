/** The result of reading a model's answer. */

export type WarningCode =
  | 'answer-cut'
  | 'answer-shape'
  | 'empty-answer'
  | 'count-mismatch'
  | 'repeated-instance'
  | 'ragged-table'
  | 'merged-cells'
  | 'cell-type'
  | 'ambiguous-number'
  | 'assumed-number'
  | 'unread-number'
  | 'pie-shares'
  | 'outside-axis'
  | 'no-evidence'
  | 'repeating-text'
  | 'wrong-language'
  | 'fields-not-found'
  | 'instructions-in-image'
  | 'text-layer';

export interface Warning {
  readonly code: WarningCode;
  readonly detail: string;
}

/**
 * What a check found. `repair`: a second model call may fix it; otherwise it is only a warning. The detail names
 * places (`tables[0].rows[3]`), never text of the image, because it goes into a prompt.
 */
export interface Finding extends Warning {
  readonly repair: boolean;
}

export type Answer = Readonly<Record<string, unknown>>;

export interface CheckedAnswer {
  readonly answer: Answer;
  readonly warnings: readonly Warning[];
}

export type Reading =
  | ({ readonly kind: 'valid' } & CheckedAnswer)
  /**
   * Make a second model call. `because: 'cut'` needs a larger cap and no findings. `fallback`: what to keep if that
   * fails.
   */
  | {
      readonly kind: 'repair';
      readonly because: 'cut' | 'no-json' | 'shape' | 'checks';
      readonly findings: readonly string[];
      readonly fallback?: CheckedAnswer;
    }
  /** A second model call would not help. */
  | { readonly kind: 'unusable'; readonly detail: string };
