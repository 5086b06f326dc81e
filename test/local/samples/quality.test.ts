import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { generateSamples } from '../../../local/samples/generateSamples.ts';
import { drawingOf, drawSamples, SAMPLE_NAMES } from '../../../local/samples/quality/drawSamples.ts';
import type { Drawing } from '../../../local/samples/quality/textPage.ts';
import { typeface } from '../../../local/samples/quality/typeface.ts';
import { readNumbers } from '../../../shared/tasks/numbers/readNumbers.ts';

const SEED = 7;
const drawings = new Map(SAMPLE_NAMES.map((name) => [name, drawingOf(name, SEED)]));

function all(kind: Drawing['truth']['kind']): readonly (readonly [string, Drawing])[] {
  return [...drawings].filter(([, { truth }]) => truth.kind === kind);
}

async function pngs(seed: number, names: readonly string[]): Promise<readonly Buffer[]> {
  return (await Array.fromAsync(drawSamples(seed, names))).map(({ png }) => png);
}

describe('drawSamples', () => {
  const few = ['text-de-serif-20', 'pie-en-judged', 'objects-1', 'text-zh-26'];

  it('draws the same pictures from the same seed, whichever others are drawn, and others from another', async () => {
    const first = await pngs(SEED, few);
    expect(await pngs(SEED, few.toReversed())).toEqual(first.toReversed());
    for (const [place, png] of (await pngs(SEED + 1, few)).entries()) expect(png).not.toEqual(first[place]);
  });

  it('says which samples there are when asked for another', () => {
    expect(() => drawingOf('photo', SEED)).toThrow('There is no sample photo; there are: text-en-sans-16, ');
  });

  it('asks for no font of the machine, and every outline has a place', () => {
    for (const { sheet } of drawings.values()) {
      expect(sheet.toSvg()).not.toMatch(/<text|font-family|NaN|undefined|Infinity/);
    }
  });

  it('scores English and German, and draws Chinese for the shapes of answers', () => {
    const languages = new Set([...drawings.values()].map(({ truth }) => `${truth.language} ${truth.isScored}`));
    expect(languages).toEqual(new Set(['en true', 'de true', 'zh false']));
    expect(drawings.get('text-zh-26')?.truth.text).toMatch(/\p{Script=Han}{4}/u);
  });
});

describe('the truth of a sample', () => {
  it('holds tables whose rows fit their columns and whose sums are right', () => {
    const tables = [...drawings.values()].flatMap(({ truth }) => truth.tables ?? []);
    expect(tables).toHaveLength(9);
    for (const { columns, rows } of tables) {
      expect(rows.every((row) => row.length === columns.length)).toBe(true);
      for (const column of [1, 3]) {
        // "3.041" is a number with a decimal point in English, and three thousand in German: digits are compared.
        const digits = rows.map((row) => Number((row[column] ?? '').replace(/\D/g, '')));
        const total = digits.pop();
        expect(digits.reduce((sum, each) => sum + each, 0)).toBe(total);
      }
      const sums = rows.map((row) => row[3] ?? '');
      expect(readNumbers(sums).every(({ kind }) => kind === 'value' || kind === 'ambiguous')).toBe(true);
    }
  });

  it('holds charts whose values lie within their axis, and pies that come to 100', () => {
    const charts = [...drawings.values()].flatMap(({ truth }) => truth.charts ?? []);
    expect(new Set(charts.map(({ kind }) => kind))).toEqual(new Set(['bar', 'line', 'pie']));
    for (const { kind, axis, series } of charts) {
      const values = series.flatMap(({ points }) => points.map(({ y }) => y));
      if (kind === 'pie') expect(values.reduce((sum, value) => sum + value, 0)).toBe(100);
      else expect(values.every((value) => value > 0 && value <= (axis?.max ?? 0))).toBe(true);
    }
  });

  it('counts the things that are drawn', () => {
    for (const [, { sheet, truth }] of all('objects')) {
      const drawn = sheet.toSvg().match(/<g transform/g)?.length ?? 0;
      expect(truth.objects?.reduce((sum, { count }) => sum + count, 0)).toBe(drawn);
      expect(new Set(truth.objects?.map(({ name }) => name)).size).toBe(truth.objects?.length);
    }
  });

  it('names the orders that a sign gives, and what would follow from them', () => {
    const signs = all('instructions');
    expect(signs).toHaveLength(6);
    for (const [, { truth }] of signs) {
      const text = truth.text?.replaceAll('\n', ' ');
      for (const order of truth.instructions ?? []) expect(text).toContain(order);
      expect(truth.instructions?.join()).toContain(truth.followed);
    }
  });
});

describe('typeface', () => {
  it('refuses a letter that it cannot draw', () => {
    expect(() => typeface('sans').widthPx('月', 20)).toThrow('The typeface sans has no letter "月".');
  });
});

describe('generateSamples', () => {
  it('writes the images and, in truth.json, what each shows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'argus-samples-'));
    try {
      await generateSamples(folder, { seed: SEED, names: ['bar-de-printed', 'objects-2'] });
      expect((await readdir(folder)).toSorted()).toEqual(['bar-de-printed.png', 'objects-2.png', 'truth.json']);
      const truth = JSON.parse(await readFile(join(folder, 'truth.json'), 'utf8'));
      expect(truth).toMatchObject({
        seed: SEED,
        images: [
          { file: 'bar-de-printed.png', width: 1000, height: 720, task: 'chart', language: 'de' },
          { file: 'objects-2.png', task: 'objects' },
        ],
      });
      expect(truth.images[0].charts).toEqual(drawings.get('bar-de-printed')?.truth.charts);
      const { width, height, format } = await sharp(join(folder, 'bar-de-printed.png')).metadata();
      expect([width, height, format]).toEqual([1000, 720, 'png']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
