import type { z } from 'zod';
import { joinText } from './parts/joinText.ts';
import type { Finding } from './reading.ts';
import { escapeHeading, escapeLine, escapeList, escapeParagraph } from './rendering/escapeMarkdown.ts';
import { tableMarkdown } from './rendering/tableMarkdown.ts';
import { quote } from './reply/findInstructions.ts';
import { findRepetition } from './reply/findRepetition.ts';
import { defineTask } from './task.ts';
import { type TextReply, textAnswer, textReply } from './textShape.ts';

type TextAnswer = z.infer<ReturnType<typeof textAnswer>>;

/** The text of the image, as written, in reading order. */
export const text = defineTask<TextReply, TextAnswer>({
  name: 'text',
  heading: 'Text',
  version: 1,
  defaultQuality: 'full',
  sight: 'print',
  economyFloorPx: 1280,
  sampling: { temperature: 0, topP: 1 },
  expectedOutputTokens: 500,
  maxOutputTokens: 800,
  fullOutputTokens: 4096,
  instructions:
    'Transcribe all text in the image in reading order, letter by letter: keep spelling, case, punctuation and line breaks ' +
    'that mean something; never translate, correct, summarize or repeat. Write [?] for what you cannot read. blocks: one ' +
    'for each heading, paragraph, list (one item a line), table (one row a line, cells separated by " | ") or caption. ' +
    'language: BCP 47 tag of the text. No text: null and no blocks.',
  reply: textReply,
  answer: textAnswer,
  joinParts: joinText,
  complete: (reply) => ({ ...reply, plain: plainText(reply) }),
  check: checkText,
  prose: () => [],
  title: ({ blocks }) => blocks.find(({ kind }) => kind === 'heading')?.text ?? null,
  firstLine: ({ plain }) => (plain.trim() === '' ? 'No text.' : plain),
  markdown: ({ blocks, plain }) =>
    plain.trim() === '' ? 'No text.' : textMarkdown({ blocks: startsWithTitle(blocks) ? blocks.slice(1) : blocks }, 2),
});

export function plainText({ blocks }: Pick<TextReply, 'blocks'>): string {
  return blocks.map((block) => block.text).join('\n\n');
}

/** Repeated text means that the model is in a loop. */
export function checkText({ blocks }: Pick<TextReply, 'blocks'>): readonly Finding[] {
  const times = findRepetition(plainText({ blocks }));
  if (times === undefined) return [];
  return [
    { code: 'repeating-text', detail: `The same words stand ${times} times in a row in the text.`, repair: true },
  ];
}

/** `headings`: their level, 2 where the text is all there is. */
export function textMarkdown({ blocks }: Pick<TextReply, 'blocks'>, headings: 2 | 3): string {
  return blocks
    .map((block) => blockMarkdown(block, headings))
    .filter((block) => block !== '')
    .join('\n\n');
}

/** A heading at the very top is the title of the whole, which stands above this in one line. */
function startsWithTitle([first]: TextReply['blocks']): boolean {
  return first?.kind === 'heading' && quote(first.text) === first.text.trim();
}

function blockMarkdown({ kind, text }: TextReply['blocks'][number], headings: 2 | 3): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return '';
  if (kind === 'heading') return `${'#'.repeat(headings)} ${escapeHeading(text)}`;
  if (kind === 'caption') return `*${escapeLine(text)}*`;
  if (kind === 'list') return escapeList(lines.map((line) => line.replace(/^\s*[-*•–]\s+/, '')));
  if (kind === 'paragraph') return escapeParagraph(text);
  const [header = [], ...rows] = cellsOf(lines);
  return tableMarkdown({ header, rows });
}

/** Between cells; behind a backslash it is a letter. */
const PIPE = /(?<!\\)\|/;
/** A dash or two may stand for no value. */
const RULE = /^(?:-{3,}|:-+:?|-+:)$/;

/** Also of a table that came as Markdown: without the pipes around it, and without the rule below its header. */
function cellsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const rows = lines.map((line) => line.split(PIPE).map((cell) => cell.trim().replaceAll('\\|', '|')));
  const isOpen = rows.every((cells) => cells.length > 1 && cells[0] === '');
  const isClosed = rows.every((cells) => cells.length > 1 && cells.at(-1) === '');
  return rows
    .map((cells) => cells.slice(isOpen ? 1 : 0, isClosed ? -1 : undefined))
    .filter((cells, place) => place !== 1 || !cells.every((cell) => RULE.test(cell)));
}
