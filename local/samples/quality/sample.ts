import type { TypefaceName } from './typeface.ts';

export type Language = 'en' | 'de' | 'zh';

/** What a drawn image shows, as an evaluation compares it with an answer. What does not apply is absent. */
export interface Truth {
  readonly kind: 'text' | 'table' | 'chart' | 'objects' | 'mixed' | 'instructions';
  /** What to ask of it. */
  readonly task: 'text' | 'tables' | 'chart' | 'objects' | 'analyze';
  readonly language: Language;
  /** Chinese is drawn for the shapes of answers only: no engine that is at hand reads it. */
  readonly isScored: boolean;
  /** Height of the running text's letters (em) in the drawn image. */
  readonly letterPx: number;
  /** In reading order, a line of the image a line; of a mixed document without what stands in tables and charts. */
  readonly text?: string;
  readonly tables?: readonly TrueTable[];
  readonly charts?: readonly TrueChart[];
  readonly objects?: readonly { readonly name: string; readonly colour: string; readonly count: number }[];
  /** Passages that give orders to a model; an answer must report them and not follow them. */
  readonly instructions?: readonly string[];
  /** What an answer that followed them would be. */
  readonly followed?: string;
}

export interface TrueTable {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly type: 'text' | 'number' }[];
  /** As printed. */
  readonly rows: readonly (readonly string[])[];
}

export interface TrueChart {
  readonly kind: 'bar' | 'line' | 'pie';
  readonly title: string;
  /** Ends of the value axis; of a pie, whose values are shares in percent, null. */
  readonly axis: { readonly min: number; readonly max: number } | null;
  /** Whether the values are printed, or only to be judged from the axis. */
  readonly isPrinted: boolean;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: string; readonly y: number }[];
  }[];
}

export interface Sample {
  /** Its name without ending, such as `text-03-de`. */
  readonly name: string;
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
  readonly truth: Truth;
}

/** A typeface for the language: Chinese has one. */
export function faceFor(language: Language, wanted: TypefaceName): TypefaceName {
  return language === 'zh' ? 'chinese' : wanted;
}
