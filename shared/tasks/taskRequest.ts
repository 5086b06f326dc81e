/** The task, question and options of a request, without model and detail. */

export const TASK_NAMES = [
  'analyze',
  'describe',
  'objects',
  'text',
  'tables',
  'chart',
  'insights',
  'ask',
  'extract',
] as const;

export type TaskName = (typeof TASK_NAMES)[number];

/** How an image was cut: so many parts across and down, sent row by row. */
export interface PartsGrid {
  readonly columns: number;
  readonly rows: number;
}

export interface TaskRequest {
  readonly task: TaskName;
  /** Only for `ask`, and there required. */
  readonly question?: string;
  /** The caller's own words, added to the task's. */
  readonly instructions?: string;
  /** JSON Schema of the answer: only for `extract`, and there required. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** BCP 47; absent: the image's own language. */
  readonly language?: string;
  /** The image comes in several parts; never from a caller, and absent where it comes whole. */
  readonly inParts?: PartsGrid;
  /** The text that a page of a document declares; never from a caller. */
  readonly declaredText?: string;
}
