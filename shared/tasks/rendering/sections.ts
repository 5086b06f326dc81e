import { escapeHeading } from './escapeMarkdown.ts';

/**
 * The parts of an answer below each other, each under its title, one without a title under the noun, with its number
 * where there are several. A single part has the whole page's title above it, and none of its own.
 */
export function sections<Part extends { readonly title: string | null }>(
  parts: readonly Part[],
  { noun, body, isWhole = true }: Section<Part>,
): string {
  if (isWhole && parts.length === 1) return parts.map(body).join('');
  const nounOf = (place: number): string => (parts.length === 1 ? noun : `${noun} ${place + 1}`);
  return parts
    .map((part, place) => `## ${escapeHeading(part.title ?? '') || nounOf(place)}\n\n${body(part)}`)
    .join('\n\n');
}

interface Section<Part> {
  readonly noun: string;
  readonly body: (part: Part) => string;
  /** Whether the parts are all that the page holds. */
  readonly isWhole?: boolean;
}
