import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinText } from '../../../shared/tasks/parts/joinText.ts';
import { plainText } from '../../../shared/tasks/text.ts';
import type { TextReply } from '../../../shared/tasks/textShape.ts';

function reply(...texts: readonly string[]): TextReply {
  return { language: 'en', blocks: texts.map((text) => ({ kind: 'paragraph', text })) };
}

const joined = (parts: readonly (TextReply | undefined)[], grid = { columns: 1, rows: parts.length }): string[] =>
  joinText(parts, grid).blocks.map(({ text }) => text);

describe('joinText', () => {
  it('gives lines that stand in two bands once', () => {
    const parts = [
      reply('Dear Sir,\nthank you for your letter\nof the fourth of May.'),
      reply('thank you for your letter\nof the fourth of May.\nWe shall come.'),
    ];
    expect(joined(parts)).toEqual(['Dear Sir,\nthank you for your letter\nof the fourth of May.\nWe shall come.']);
  });

  it('makes a paragraph whole that a seam cuts, line breaks or not', () => {
    const parts = [
      reply('Heading', 'The quick brown fox jumps over the lazy'),
      reply('fox jumps over the lazy dog and runs away.', 'End'),
    ];
    expect(joined(parts)).toEqual(['Heading', 'The quick brown fox jumps over the lazy dog and runs away.', 'End']);
  });

  it('leaves out what was read of lines that a seam cuts in two', () => {
    const parts = [
      reply('The first line is here\nthe second line follows it\nth3 tnird l1ne i5 cvt'),
      reply('th? seccnd l|ne fo11ows\nthe third line is cut there\nthe fourth line is the last'),
    ];
    expect(joined(parts)[0]).toMatch(/the second line follows it/);
    const overlapping = [
      reply('Opening words of the page\nthe second line follows it\nthe third line is cut there\ntne f0urth'),
      reply('secoud 1ine\nthe third line is cut there\nthe fourth line is the last'),
    ];
    expect(joined(overlapping).join('\n')).toBe(
      'Opening words of the page\nthe second line follows it\nthe third line is cut there\nthe fourth line is the last',
    );
  });

  it('keeps all of bands that share nothing, and what is there where a part has no answer', () => {
    expect(joined([reply('Alpha beta'), reply('gamma delta')])).toEqual(['Alpha beta', 'gamma delta']);
    expect(joined([reply('Alpha beta'), undefined, reply('gamma delta')])).toEqual(['Alpha beta', 'gamma delta']);
    expect(joined([reply(), reply('gamma')])).toEqual(['gamma']);
    expect(joined([reply(), reply()])).toEqual([]);
  });

  it.each([
    ['0.00', '', 0],
    ['', ' 10.00 EUR', 0],
    ['Invoice ', '', 0],
    ['https://example.com/orders/', '?page=1', 0],
    // Without a line in both, so many words alike look like one.
    ['Invoice 2026-11-', ' of the same customer', 1],
  ])('loses no row of a list whose rows differ in a number alone: "%s…%s"', (before, after, leastOverlap) => {
    const rows = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, place) => `${before}${10_000_001 + from + place}${after}`);
    for (let overlap = leastOverlap; overlap < 4; overlap += 1) {
      for (const join of ['\n', undefined]) {
        const parts = [rows(0, 12), rows(12 - overlap, 20)].map((lines) =>
          reply(...(join ? [lines.join(join)] : lines)),
        );
        expect(joined(parts).join('\n').split('\n'), `${overlap}`).toEqual(rows(0, 20));
      }
    }
  });

  it('reads the halves of lines together where a seam cuts them', () => {
    const across = { columns: 2, rows: 1 };
    expect(joined([reply('HARBOUR FESTIVAL OPENS TO'), reply('AL OPENS TODAY AT NOON')], across)).toEqual([
      'HARBOUR FESTIVAL OPENS TODAY AT NOON',
    ]);
    expect(
      joined(
        [reply('Only on the left\nboth sides of the vall'), reply('s of the valley\nand here more words')],
        across,
      ),
    ).toEqual(['Only on the left\nboth sides of the valley', 'and here more words']);
    expect(joined([reply('One column'), reply('Another thing')], across)).toEqual(['One column', 'Another thing']);
  });

  it('joins scripts without spaces by their characters', () => {
    expect(joined([reply('東京は日本の首都であり、人口が'), reply('首都であり、人口が多い都市です。')])).toEqual([
      '東京は日本の首都であり、人口が多い都市です。',
    ]);
  });

  it('takes the language of the first part that has one', () => {
    expect(joinText([{ language: null, blocks: [] }, reply('Hello')], { columns: 1, rows: 2 }).language).toBe('en');
  });

  const word = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 3, maxLength: 9 });
  const line = fc.array(word, { minLength: 2, maxLength: 8 }).map((words) => words.join(' '));
  const lines = fc.uniqueArray(line, { minLength: 12, maxLength: 60, selector: (text) => text.split(' ')[0] ?? '' });
  const cutAt = fc.record({
    lines,
    at: fc.double({ min: 0.3, max: 0.6, noNaN: true }),
    shared: fc.integer({ min: 2, max: 5 }),
  });

  it('of any text that is cut with an overlap of lines is that text again', () => {
    fc.assert(
      fc.property(cutAt, ({ lines, at, shared }) => {
        const middle = Math.floor(lines.length * at);
        const parts = [reply(lines.slice(0, middle + shared).join('\n')), reply(lines.slice(middle).join('\n'))];
        expect(joined(parts).join('\n')).toBe(lines.join('\n'));
      }),
      { numRuns: 500 },
    );
  });

  it('joins three bands of a text without line breaks into that text', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 2, max: 3 }), (all, shared) => {
        const third = Math.floor(all.length / 3);
        const bands = [all.slice(0, third + shared), all.slice(third, 2 * third + shared), all.slice(2 * third)];
        expect(
          plainText(
            joinText(
              bands.map((band) => reply(band.join(' '))),
              { columns: 1, rows: 3 },
            ),
          ),
        ).toBe(all.join(' '));
      }),
      { numRuns: 300 },
    );
  });

  it('joins once where a letter of every line of the overlap was read differently, and loses no line', () => {
    fc.assert(
      fc.property(cutAt, ({ lines, at, shared }) => {
        const middle = Math.floor(lines.length * at);
        const noisy = lines
          .slice(middle)
          .map((text, place) => (place < shared ? `${text.slice(0, 4)}#${text.slice(5)}` : text));
        const all = joined([reply(lines.slice(0, middle + shared).join('\n')), reply(noisy.join('\n'))])
          .join('\n')
          .split('\n');
        expect(all).toHaveLength(lines.length);
        expect(all.slice(0, middle)).toEqual(lines.slice(0, middle));
        expect(all.slice(middle + shared)).toEqual(lines.slice(middle + shared));
      }),
      { numRuns: 300 },
    );
  });

  it('of text that repeats itself is about as long as it should be', () => {
    const parts = [
      reply(Array(40).fill('the same line').join('\n')),
      reply(Array(40).fill('the same line').join('\n')),
    ];
    const count = joined(parts).join('\n').split('\n').length;
    expect(count).toBeGreaterThan(70);
    expect(count).toBeLessThanOrEqual(80);
  });
});
