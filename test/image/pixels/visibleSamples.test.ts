import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawMarked } from '../drawnImages.ts';
import { drawTiff, type TiffDrawing } from '../drawnTiff.ts';
import { codesOf, levelsOf, prepare } from '../prepared.ts';

/** From left to right from `low` to `high`. */
const ramp =
  (low: number, high: number, width = 16) =>
  (place: number): number =>
    low + ((high - low) * (place % width)) / (width - 1);
const whole = (low: number, high: number) => (place: number) => Math.round(ramp(low, high)(place));

describe('prepareImage, of samples that 8 bits do not hold', () => {
  it.each<[string, TiffDrawing, string]>([
    [
      'float from 0.02 to 0.97',
      { bits: 32, format: 'float', values: ramp(0.02, 0.97) },
      'floating-point samples; values from 0 to 1 were mapped to 0–255 (the usual range).',
    ],
    [
      'float of any range',
      { bits: 32, format: 'float', values: ramp(1_000, 1_010) },
      'floating-point samples; values from 1,000 to 1,010 were mapped to 0–255 (the range that they have).',
    ],
    [
      'negative float',
      { bits: 32, format: 'float', values: ramp(-3, 5) },
      'floating-point samples; values from -3 to 5 were mapped to 0–255 (the range that they have).',
    ],
    [
      '12 of 16 bits',
      { bits: 16, values: whole(0, 4_095) },
      'samples of 16 bits; values from 0 to 4,095 were mapped to 0–255 (the range of 12 bits).',
    ],
    [
      'heights',
      { bits: 16, format: 'signed', values: whole(-100, 900) },
      'samples of 16 bits; values from -100 to 900 were mapped to 0–255 (the range that they have).',
    ],
    [
      '32-bit counts',
      { bits: 32, values: whole(0, 4_000_000_000) },
      'samples of 32 bits; values from 0 to 4,000,000,000 were mapped to 0–255 (the range that they have).',
    ],
    [
      'signed 32-bit numbers',
      { bits: 32, format: 'signed', values: whole(-1_000, 1_000) },
      'samples of 32 bits; values from -1,000 to 1,000 were mapped to 0–255 (the range that they have).',
    ],
    [
      'signed bytes',
      { bits: 8, format: 'signed', values: whole(-128, 127) },
      'samples of 8 bits; values from -128 to 127 were mapped to 0–255 (the range that they have).',
    ],
    [
      'a range that the file states',
      {
        bits: 16,
        values: whole(0, 1_000),
        tags: [
          [280, 3, [0]],
          [281, 3, [1_000]],
        ],
      },
      'samples of 16 bits; values from 0 to 1,000 were mapped to 0–255 (the range that the file gives).',
    ],
  ])('shows %s from black to white, and says how', async (_name, drawing, sentence) => {
    const prepared = await prepare(drawTiff(drawing));
    expect(prepared.warnings).toEqual([{ code: 'samples-scaled', detail: `The image has ${sentence}` }]);
    const levels = await levelsOf(prepared);
    expect(levels[0]).toBeLessThan(10);
    expect(levels[15]).toBeGreaterThan(240);
  });

  it.each<[string, TiffDrawing]>([
    ['float', { bits: 32, format: 'float', values: ramp(0, 1) }],
    ['12 of 16 bits', { bits: 16, values: whole(0, 4_000) }],
    ['signed', { bits: 16, format: 'signed', values: whole(0, 900) }],
    ['8 bits', { bits: 8, values: whole(0, 255) }],
  ])('shows %s in which 0 is white the other way round', async (_name, drawing) => {
    const levels = await levelsOf(await prepare(drawTiff({ ...drawing, photometric: 0 })));
    expect(levels[0]).toBeGreaterThan(240);
    expect(levels[15]).toBeLessThan(10);
  });

  it('leaves out the value that stands for none', async () => {
    const values = (place: number): number => (place % 16 === 3 ? -9_999 : ramp(100, 105)(place));
    const file = drawTiff({ bits: 32, format: 'float', values, tags: [[42_113, 2, '-9999']] });
    const prepared = await prepare(file);
    expect(prepared.warnings[0]?.detail).toContain('values from 100 to 105');
    expect(prepared.warnings[0]?.detail).toContain('-9,999 was ignored as "no data".');
    expect((await levelsOf(prepared))[15]).toBe(255);
  });

  it('takes no number and no end for what they are', async () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const values = (place: number): number => (place < 3 ? (odd[place] ?? 0) : ramp(0, 1)(place));
    const levels = await levelsOf(await prepare(drawTiff({ bits: 32, format: 'float', values })));
    expect([...levels.subarray(1, 3)]).toEqual([255, 0]);
    expect(levels[31]).toBe(255);
  });

  it('shows colours of float as they relate to each other', async () => {
    const values = (place: number): number => [1, 0.5, 0][place % 3] ?? 0;
    const prepared = await prepare(drawTiff({ bits: 32, format: 'float', bands: 3, values }));
    expect([...(await sharp(prepared.bytes).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 128, 0]);
  });

  it('shows 12 of the 16 bits of a PNG', async () => {
    const values = Uint16Array.from({ length: 16 * 12 }, (_, place) => whole(0, 4_095)(place));
    const raw = { width: 16, height: 12, channels: 1 as const };
    const file = await sharp(values, { raw }).toColourspace('grey16').png().toBuffer();
    const prepared = await prepare(file);
    expect(codesOf(prepared)).toEqual(['samples-scaled']);
    expect((await levelsOf(prepared))[15]).toBe(255);
  });

  it.each([10, 12] as const)('leaves an AVIF of %i bits to its decoder', async (bitdepth) => {
    const file = await drawMarked({ width: 64, height: 64 }).toColourspace('rgb16').avif({ bitdepth }).toBuffer();
    expect(codesOf(await prepare(file))).toEqual(['depth-reduced']);
  });

  it.each([
    [
      '5 bands of gray',
      { bands: 5, photometric: 1, tags: [[338, 3, [0, 0, 0, 0]]] },
      'The image has 5 bands; the first was analysed.',
    ],
    ['RGB and infrared', { bands: 4, tags: [[338, 3, [0]]] }, 'The image has 4 bands; the first 3 were analysed.'],
    ['7 bands', { bands: 7, tags: [[338, 3, [0, 0, 0, 0]]] }, 'The image has 7 bands; the first 3 were analysed.'],
  ] as const)('shows the colours of %s', async (_name, drawing, detail) => {
    const file = drawTiff({ ...drawing, values: (place) => (place % drawing.bands === 0 ? 200 : 0) });
    const prepared = await prepare(file);
    expect(prepared.warnings).toEqual([{ code: 'bands-dropped', detail }]);
    expect((await levelsOf(prepared))[0]).toBe(200);
  });

  it.each([
    [16, 'unsigned', 65_535, 4_095],
    [16, 'unsigned', 4_095, 4_095],
    [32, 'float', 1, 1],
  ] as const)(
    'scales %i bits (%s) with transparency of %f everywhere as if it had none',
    async (bits, format, alpha, high) => {
      const values = (place: number): number => (place % 4 === 3 ? alpha : ramp(0, high)(Math.floor(place / 4)));
      const prepared = await prepare(drawTiff({ bands: 4, bits, format, values, tags: [[338, 3, [2]]] }));
      expect(prepared.warnings).toEqual([
        { code: 'samples-scaled', detail: expect.not.stringContaining('transparency') },
      ]);
      const levels = await levelsOf(prepared);
      expect([levels[0], levels[15]]).toEqual([0, 255]);
    },
  );

  it('finds the range of the bands that are shown', async () => {
    const values = (place: number): number => (place % 5 === 0 ? whole(0, 4_095)(Math.floor(place / 5)) : 60_000);
    const drawing: TiffDrawing = { bands: 5, bits: 16, photometric: 1, values, tags: [[338, 3, [0, 0, 0, 0]]] };
    const prepared = await prepare(drawTiff(drawing));
    expect(codesOf(prepared)).toEqual(['samples-scaled', 'bands-dropped']);
    expect((await levelsOf(prepared))[15]).toBe(255);
  });

  it('keeps a drawing of one colour on nothing, of 16 bits', async () => {
    const values = (place: number): number => (place % 4 < 3 ? 65_535 : place % 8 < 4 ? 0 : 65_535);
    const prepared = await prepare(drawTiff({ bands: 4, bits: 16, values, tags: [[338, 3, [2]]] }));
    expect(codesOf(prepared)).toEqual(['depth-reduced', 'alpha-flattened']);
    const levels = await levelsOf(prepared);
    expect([levels[0], levels[1]]).toEqual([32, 255]);
  });
});
