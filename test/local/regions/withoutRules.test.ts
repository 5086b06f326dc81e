import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createLook } from '../../../local/regions/lookAt.ts';
import { readout } from '../../../local/regions/readout.ts';
import { withoutRules } from '../../../local/regions/withoutRules.ts';
import { createWordReader } from '../../../local/regions/wordReader.ts';
import { drawSamples } from '../../../local/samples/quality/drawSamples.ts';
import type { Sample } from '../../../local/samples/quality/sample.ts';

async function sample(name: string): Promise<Sample> {
  const [drawn] = await Array.fromAsync(drawSamples(5, [name]));
  if (!drawn) throw new Error(`There is no sample ${name}.`);
  return drawn;
}

/** Rules 2 pixels thick, `ups` upright ones and `levels` level ones, across a white image. */
async function ruled(ups: number, levels: number): Promise<Buffer> {
  const lines = [
    ...Array.from({ length: ups }, (_, place) => `<rect x="${40 + 90 * place}" y="30" width="2" height="240"/>`),
    ...Array.from({ length: levels }, (_, place) => `<rect x="40" y="${30 + 60 * place}" width="362" height="2"/>`),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="440" height="300"><rect width="440" height="300" fill="#fff"/>${lines.join('')}</svg>`;
  return await sharp(Buffer.from(svg)).png().toBuffer();
}

/** Of the pixels within a part of an image, from 0 to 255. */
async function darkest(
  png: Buffer,
  part: { left: number; top: number; width: number; height: number },
): Promise<number> {
  const { channels } = await sharp(await sharp(png).extract(part).toBuffer())
    .removeAlpha()
    .stats();
  return Math.min(...channels.map(({ min }) => min));
}

describe('withoutRules', () => {
  it('paints a grid over with what lies beside its rules, but for their crossings', async () => {
    const png = await ruled(5, 5);
    const plain = await withoutRules(png);
    const [level, upright] = [
      { left: 50, top: 25, width: 70, height: 15 },
      { left: 122, top: 40, width: 20, height: 40 },
    ];
    for (const part of [level, upright]) {
      expect(await darkest(png, part)).toBe(0);
      expect(await darkest(plain, part)).toBe(255);
    }
  });

  it.each([
    ['underlines', 0, 5],
    ['an axis with gridlines', 1, 5],
    ['a single box', 2, 2],
  ])('leaves %s alone', async (_, ups, levels) => {
    const png = await ruled(ups, levels);
    expect(await withoutRules(png)).toBe(png);
  });

  it.each(['text-en-serif-bold-16', 'text-de-mono-34', 'bar-en-printed', 'table-en-open'])(
    'gives back the very bytes of %s, which has no grid',
    async (name) => {
      const { png } = await sample(name);
      expect(await withoutRules(png)).toBe(png);
    },
  );

  it('lets the emulated model read a table whose cells are framed on all sides', async () => {
    const { png, width, height, truth } = await sample('table-en-ruled');
    const reader = createWordReader();
    const look = createLook(reader);
    const seen = await look({ sha256: 'table', bytes: png, width, height, detail: 'high' }, { width, height });
    await reader.close();
    const [table] = truth.tables ?? [];
    expect(seen && readout(seen).tables.map(({ header, rows }) => [header, ...rows])).toEqual([
      [table?.columns.map(({ name }) => name), ...(table?.rows ?? [])],
    ]);
  });
});
