import type { Readout } from './readout.ts';

/** What the emulated model cannot do, said in its answers wherever it matters. */
export const lacksSight =
  'The emulated model reads words and measures colours; it does not recognise objects, people or scenes, and it measures no bar heights or curves.';

/** As much as a summary wants. */
const quotedWords = 12;

export function wordsSentence({ lines }: Readout): string {
  const words = lines.flatMap((line) => line.split(' '));
  if (words.length === 0) return 'No words could be read in the image.';
  if (words.length <= quotedWords) return `The words read in the image are: "${lines.join(' / ')}".`;
  return `Of the ${words.length} words read in the image the first are: "${words.slice(0, quotedWords).join(' ')}".`;
}

export function allWordsSentence({ lines }: Readout): string {
  return lines.length === 0 ? 'No words could be read in the image.' : `The image says: "${lines.join(' / ')}".`;
}

export function coloursSentence({ seen }: Readout): string {
  return `The image has ${seen.width} x ${seen.height} pixels and is mostly ${seen.colours.join(' and ')}.`;
}

/** A description as far as it can be had without sight. */
export function description(readout: Readout): string {
  return `${coloursSentence(readout)} ${wordsSentence(readout)} ${lacksSight}`;
}

/** The first words that were read; of an image without words, its size and main colour. */
export function titleOf({ seen, paragraphs, lines }: Readout): string {
  const heading = paragraphs.find((paragraph) => paragraph.isHeading)?.text ?? lines[0];
  return heading ?? `An image of ${seen.width} x ${seen.height} pixels, mostly ${seen.colours[0] ?? 'grey'}`;
}
