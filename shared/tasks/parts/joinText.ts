import { OVERLAP } from '../../tokens/parts/partsGrid.ts';
import type { PartsGrid } from '../taskRequest.ts';
import type { TextReply } from '../textShape.ts';
import { findOverlap } from './findOverlap.ts';

type Block = TextReply['blocks'][number];

/** A word, or a character of a script that puts no spaces between words. */
interface Word {
  readonly text: string;
  /** White space before it; null: a new block begins. */
  readonly before: string | null;
  readonly kind: Block['kind'];
}

const WORD =
  /(\s*)(\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Thai}|[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]+)/gu;

/** An overlap has at least about so many words where it has any. */
const FEWEST_WORDS = 6;
const FEWEST_LETTERS = 12;
/** How many lines of a part may have no counterpart in the part before. */
const LINES_LOOKED_AT = 3;

/**
 * The text of an image from that of its parts: text in two of them appears once, and a paragraph or line that a seam
 * cuts is whole again. Parts that share nothing follow each other.
 *
 * @param parts row by row; a part without an answer is undefined
 */
export function joinText(parts: readonly (TextReply | undefined)[], { columns, rows }: PartsGrid): TextReply {
  const bands = Array.from({ length: rows }, (_, row) => {
    const band = parts.slice(row * columns, (row + 1) * columns).map((part) => part?.blocks ?? []);
    return band.reduce(joinAcross, []);
  });
  return {
    language: parts.find((part) => part?.language)?.language ?? null,
    blocks: blocksOf(bands.map(wordsOf).reduce(joinDown, [])),
  };
}

function joinDown(above: readonly Word[], below: readonly Word[]): readonly Word[] {
  const overlap = findOverlap(above.map(comparable), below.map(comparable), {
    expected: Math.max(FEWEST_WORDS, OVERLAP * below.length),
    // A long word says more than a short one; a sign of punctuation says nothing.
    worthOf: (word) => Math.min(3, word.length / 2),
    edgeCost: 0.75,
    least: 2,
  });
  return overlap ? [...above.slice(0, overlap.keep), ...below.slice(overlap.drop)] : [...above, ...below];
}

function comparable({ text }: Word): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '') || text;
}

function wordsOf(blocks: readonly Block[]): readonly Word[] {
  return blocks.flatMap(({ kind, text }) =>
    [...text.trim().matchAll(WORD)].map(([, before = '', word = ''], place) => ({
      text: word,
      before: place === 0 ? null : before,
      kind,
    })),
  );
}

function blocksOf(words: readonly Word[]): Block[] {
  const blocks: { kind: Block['kind']; text: string }[] = [];
  for (const { text, before, kind } of words) {
    const last = blocks.at(-1);
    if (before === null || !last) blocks.push({ kind, text });
    else last.text += before + text;
  }
  return blocks;
}

/** Lines that a seam cuts are put together where letters of both halves agree; other lines of the right part follow. */
function joinAcross(left: readonly Block[], right: readonly Block[]): Block[] {
  if (left.length === 0) return [...right];
  const rest = right.flatMap(({ kind, text }, block) => text.split('\n').map((line) => ({ kind, block, line })));
  const joined: Block[] = [];
  const follow = (count: number): void => {
    const taken = rest.splice(0, count);
    for (const block of new Set(taken.map((each) => each.block))) {
      const own = taken.filter((each) => each.block === block);
      joined.push({ kind: own[0]?.kind ?? 'paragraph', text: own.map(({ line }) => line).join('\n') });
    }
  };
  for (const { kind, text } of left) {
    const lines: string[] = [];
    for (const line of text.split('\n')) {
      const halves = rest.slice(0, LINES_LOOKED_AT).map((half) => joinLine(line, half.line));
      const place = halves.findIndex((whole) => whole !== undefined);
      const whole = halves[place];
      if (whole === undefined) {
        lines.push(line);
        continue;
      }
      if (lines.length > 0 && place > 0) joined.push({ kind, text: lines.splice(0).join('\n') });
      follow(place);
      rest.shift();
      lines.push(whole);
    }
    if (lines.length > 0) joined.push({ kind, text: lines.join('\n') });
  }
  follow(rest.length);
  return joined;
}

function joinLine(left: string, right: string): string | undefined {
  const [first, second] = [[...left], [...right]];
  const overlap = findOverlap(first, second, {
    expected: Math.max(FEWEST_LETTERS, OVERLAP * second.length),
    worthOf: () => 1,
    edgeCost: 1,
    least: 3,
  });
  return overlap && [...first.slice(0, overlap.keep), ...second.slice(overlap.drop)].join('');
}
