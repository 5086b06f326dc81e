import { field } from './field.ts';

/** The words of a model's message. */
export interface Said {
  /** Empty where there are none. */
  readonly text: string;
  /** What stands in the place for refusals, or in a part of that kind; empty where nothing does. */
  readonly refusal: string;
  /** Whether there is a place for text at all, be it empty. */
  readonly isText: boolean;
}

const PARTS = new Set(['text', 'output_text', 'refusal']);

/**
 * Reads a message whose content is a text, a list of parts (`text`, `output_text`, `refusal`; others, such as thinking, are
 * left out), a single part, or the answer itself as an object, as servers give it that parse what a schema holds.
 *
 * `saidIn({ content: [{ type: 'text', text: '{"a"' }, { type: 'text', text: ':1}' }] }).text` is `{"a":1}`.
 */
export function saidIn(message: unknown): Said {
  const content = field(message, 'content');
  const refusal = field(message, 'refusal');
  const own = typeof refusal === 'string' ? refusal.trim() : '';
  if (typeof content === 'string') return { text: content, refusal: own, isText: true };
  if (typeof content !== 'object' || content === null) return { text: '', refusal: own, isText: false };
  if (!Array.isArray(content) && !isPart(content)) return { text: JSON.stringify(content), refusal: own, isText: true };
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  const texts = parts.flatMap((part) => textOf(part) ?? []);
  const refusals = parts.flatMap((part) => refusalOf(part) ?? []);
  return {
    text: texts.join(''),
    refusal: [own, ...refusals].filter((words) => words !== '').join(' '),
    isText: texts.length > 0,
  };
}

function isPart(content: object): boolean {
  const type = field(content, 'type');
  if (typeof type === 'string') return PARTS.has(type);
  return Object.keys(content).every((key) => key === 'text' || key === 'value');
}

/** Older servers put the text one level down, as `text.value`. */
function textOf(part: unknown): string | undefined {
  if (typeof part === 'string') return part;
  const type = field(part, 'type');
  if (type !== undefined && type !== 'text' && type !== 'output_text') return undefined;
  const text = field(part, 'text') ?? field(part, 'value');
  const value = typeof text === 'object' ? field(text, 'value') : text;
  return typeof value === 'string' ? value : undefined;
}

function refusalOf(part: unknown): string | undefined {
  if (field(part, 'type') !== 'refusal') return undefined;
  const words = field(part, 'refusal') ?? field(part, 'text');
  return typeof words === 'string' ? words.trim() : undefined;
}
