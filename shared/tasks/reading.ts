/** What became of a model's answer. */

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
  | 'instructions-in-image';

export interface Warning {
  readonly code: WarningCode;
  readonly detail: string;
}

/**
 * What a check found. `repair`: asking again may mend it; otherwise it is a warning only. The detail names places
 * (`tables[0].rows[3]`), never words of the image: it goes back into a prompt.
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
  /** Ask once more. `because: 'cut'` wants a longer cap rather than a hint. `fallback`: what to keep if that does not help. */
  | {
      readonly kind: 'repair';
      readonly because: 'cut' | 'no-json' | 'shape' | 'checks';
      readonly findings: readonly string[];
      readonly fallback?: CheckedAnswer;
    }
  /** Asking again is of no use. */
  | { readonly kind: 'unusable'; readonly detail: string };
