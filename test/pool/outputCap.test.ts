import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookOf } from '../../shared/pool/imageLook.ts';
import { outputCapFor, type SeenLength } from '../../shared/pool/outputCap.ts';

const LABEL = lookOf({ format: 'png', pixels: 500_000, bytes: 20_000 });
const INVOICE = lookOf({ format: 'png', pixels: 500_000, bytes: 80_000 });
const whole = (tokens: number, look = LABEL): SeenLength => ({ look, tokens, wasCut: false });
const cut = (tokens: number, look = LABEL): SeenLength => ({ look, tokens, wasCut: true });
/** From 140 to 149 tokens, over and over. */
const alike = (count: number, look = LABEL): readonly SeenLength[] =>
  Array.from({ length: count }, (_, index) => whole(140 + (index % 10), look));

describe('outputCapFor', () => {
  it.each([
    { name: 'nothing was seen', lengths: [], cap: 800 },
    { name: 'nineteen answers were seen', lengths: alike(19), cap: 800 },
    { name: 'twenty answers were seen', lengths: alike(20), cap: 154 },
    { name: 'two hundred answers were seen', lengths: alike(200), cap: 153 },
    { name: 'an answer was long', lengths: [...alike(199), whole(600)], cap: 600 },
    { name: 'a longer one was cut, and its length is not known', lengths: [...alike(199), cut(152)], cap: 800 },
    { name: 'a shorter one was cut', lengths: [...alike(199), cut(145)], cap: 152 },
    { name: 'all were cut', lengths: Array.from({ length: 50 }, () => cut(300)), cap: 800 },
    { name: 'only denser images were seen', lengths: alike(200, INVOICE), cap: 800 },
    {
      name: 'denser images had long answers',
      lengths: [...alike(100), ...alike(100, INVOICE).map(() => whole(700, INVOICE))],
      cap: 153,
    },
    { name: 'a tenth would not be saved', lengths: [...alike(199), whole(721)], cap: 800 },
  ])('is $cap where $name', ({ lengths, cap }) => {
    expect(outputCapFor(lengths, LABEL, 800)).toBe(cap);
  });

  it('is the task’s cap for a page that is denser than all but two of those seen, though some look like it', () => {
    const seen = alike(100, LABEL);
    expect(outputCapFor(seen, LABEL + 3, 800)).toBe(800);
    expect(outputCapFor([...seen, whole(145, LABEL + 3), whole(146, LABEL + 3)], LABEL + 3, 800)).toBe(800);
    expect(outputCapFor([...seen, ...alike(3, LABEL + 3)], LABEL + 3, 800)).toBe(153);
  });

  it('leaves room where thinking makes lengths differ widely', () => {
    const thought = Array.from({ length: 40 }, (_, index) => whole(100 + 40 * (index % 8)));
    expect(outputCapFor(thought, LABEL, 2_000)).toBe(494);
  });

  const lengths = fc.array(
    fc.record({
      look: fc.constantFrom(LABEL, LABEL + 2, LABEL + 4, INVOICE),
      tokens: fc.integer({ min: 1, max: 900 }),
      wasCut: fc.boolean(),
    }),
    { maxLength: 200 },
  );

  it('is never above the task’s cap, and below it never shorter than an answer to such an image', () => {
    fc.assert(
      fc.property(lengths, fc.constantFrom(LABEL, LABEL + 3, INVOICE), (seen, look) => {
        const cap = outputCapFor(seen, look, 800);
        expect(cap).toBeLessThanOrEqual(800);
        const same = seen.filter((length) => length.look === look).map(({ tokens }) => tokens);
        expect(cap === 800 || cap >= Math.max(0, ...same)).toBe(true);
      }),
    );
  });
});
