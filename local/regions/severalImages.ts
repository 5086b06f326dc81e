import type { Shape } from './answerShape.ts';
import { composeAnswer } from './composeAnswer.ts';
import type { Seen, SeenLine } from './seen.ts';

/**
 * Several images as one that is seen from top to bottom, as a model sees them that is told of no order: the words of
 * each lie below those of the one before. Undefined for none.
 */
export function seenTogether(all: readonly Seen[], heightsPx: readonly number[]): Seen | undefined {
  const [first] = all;
  if (!first || all.length === 1) return first;
  const lines: SeenLine[] = [];
  let downPx = 0;
  for (const [place, seen] of all.entries()) {
    const paragraphs = Math.max(-1, ...lines.map(({ paragraph }) => paragraph)) + 1;
    for (const line of seen.lines) {
      const words = line.words.map((word) => ({ ...word, top: word.top + downPx, bottom: word.bottom + downPx }));
      lines.push({ ...line, words, paragraph: line.paragraph + paragraphs });
    }
    downPx += heightsPx[place] ?? 0;
  }
  const marker = all.find((seen) => seen.marker !== null)?.marker ?? null;
  return { ...first, lines, marker, images: all };
}

/** The answer to a shape that wants one for each image, `{ "parts": [ { "part": 1, "answer": … } ] }`, or for all. */
export function composeForImages(shape: Shape, seen: Seen): unknown {
  const answerShape = shapeOfEach(shape);
  if (!answerShape) return composeAnswer(shape, seen);
  const parts = (seen.images ?? [seen]).map((image, place) => ({
    part: place + 1,
    answer: composeAnswer(answerShape, image),
  }));
  return { ...(composeAnswer(shape, seen) as object), parts };
}

function shapeOfEach(shape: Shape): Shape | undefined {
  const items = propertyOf(shape, 'parts');
  return items?.kind === 'array' && propertyOf(items.items, 'part') ? propertyOf(items.items, 'answer') : undefined;
}

function propertyOf(shape: Shape, wanted: string): Shape | undefined {
  return shape.kind === 'object' ? shape.properties.find(([name]) => name === wanted)?.[1] : undefined;
}
