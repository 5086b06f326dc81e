import type { Readout } from './readout.ts';

/** What the emulated model cannot do, said in its answers wherever it matters. */
export const lacksSight =
  'The emulated model reads words and measures colours; it does not recognise objects, people or scenes, and it measures no bar heights or curves.';

export function wordsSentence({ lines }: Readout): string {
  if (lines.length === 0) return 'No words could be read in the image.';
  return `The words read in the image are: "${lines.join(' / ')}".`;
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
