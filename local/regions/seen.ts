/** What an emulated model makes of an image: the words that it read, where they stand, and colours. */
export interface SeenWord {
  readonly text: string;
  /** From 0 to 100. */
  readonly confidence: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface SeenLine {
  readonly text: string;
  readonly words: readonly SeenWord[];
  /** Lines of one paragraph have the same number. */
  readonly paragraph: number;
}

export interface Seen {
  /** As sent. */
  readonly width: number;
  readonly height: number;
  /** In reading order. */
  readonly lines: readonly SeenLine[];
  /** Names of the colours that cover most of it, the largest first. */
  readonly colours: readonly string[];
  /** The block in its upper left corner: a test's way to have the content filter speak. */
  readonly marker: 'image' | 'answer' | null;
  /** Where several images were sent, each by itself, in their order. */
  readonly images?: readonly Seen[];
}

/** What `answers: "fixed"` says of every image. */
export function fixedSight(size: { readonly width: number; readonly height: number }): Seen {
  const words = ['Fixed', 'answer'].map((text, index) => ({
    text,
    confidence: 100,
    left: index * 100,
    top: 0,
    right: index * 100 + 90,
    bottom: 20,
  }));
  return { ...size, lines: [{ text: 'Fixed answer', words, paragraph: 0 }], colours: ['white'], marker: null };
}
