/** What image text says when it is meant for a model rather than for people; English and German. */
const ORDERS: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\b[^.!]{0,40}\b(?:instruction|prompt|rule|direction|guideline)s?\b/i,
  /\b(?:reveal|print|repeat|show)\b[^.!]{0,30}\b(?:system prompt|your (?:instructions|prompt))\b/i,
  /\byou are (?:now|no longer)\b[^.!]{0,40}\b(?:assistant|AI|model|chatbot|mode)\b/i,
  /\b(?:system (?:prompt|message)|(?:new|updated) instructions)\s*:/i,
  /\b(?:do not|don['’]t|never)\s+(?:describe|transcribe|mention)\b[^.!]{0,30}\b(?:image|picture|photo|document|text)\b/i,
  /\binstead of (?:describing|transcribing|reading|counting)\b/i,
  /\b(?:answer|reply|respond)\b[^.!]{0,20}\bwith the words?\b/i,
  /\b(?:ignorier|vergiss|vergesse|missacht)\w*\b[^.!]{0,40}\b(?:anweisung|vorgabe|regel|instruktion)\w*/i,
  /\bantworte\b[^.!]{0,20}\b(?:stattdessen|nur mit)\b/i,
];
const MAX_STRINGS = 2000;
const MAX_QUOTED_CHARACTERS = 160;

/**
 * Passages of an answer that read like orders to a model: what a model reports itself, and what it copied unawares. An
 * order may run over the lines of an image.
 */
export function findInstructions(answer: unknown): readonly string[] {
  const found = new Set<string>();
  for (const text of strings(answer).slice(0, MAX_STRINGS)) {
    const running = text.replaceAll('\n', ' ');
    for (const order of ORDERS) {
      const passage = order.exec(running)?.[0];
      if (passage !== undefined) found.add(quote(passage));
    }
  }
  return [...found];
}

/** One line, shortened. */
export function quote(passage: string): string {
  const line = passage.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_QUOTED_CHARACTERS
    ? line
    : `${line.slice(0, MAX_QUOTED_CHARACTERS - 1).replace(/\p{Surrogate}$/u, '')}…`;
}

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}
