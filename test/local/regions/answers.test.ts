import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Regions, type RunningRegion, startRegions } from '../../../local/regions/startRegions.ts';
import { chatAbout, clientOf, plainPng, regionWith, secret, svgPng, wordsPng } from './cloud.ts';

let regions: Regions;
let region: RunningRegion;
beforeAll(async () => {
  regions = await startRegions({ secret, regions: [regionWith({ answers: 'ocr' })] });
  region = regions.get('swedencentral');
});
afterAll(() => regions.close());

async function ask(image: Buffer, skeleton: object, detail: 'low' | 'high' = 'high'): Promise<Record<string, unknown>> {
  const chat = chatAbout(image, { model: 'seed', max_tokens: 2000 });
  const [, user] = chat.messages;
  if (user?.role === 'user' && Array.isArray(user.content) && user.content[1]?.type === 'image_url') {
    user.content[1].image_url.detail = detail;
  }
  chat.messages[0] = { role: 'system', content: `Task: text.\nAnswer as JSON: ${JSON.stringify(skeleton)}` };
  region.forgetWindows();
  const completion = await clientOf(region).chat.completions.create(chat);
  return JSON.parse(completion.choices[0]?.message.content ?? '');
}

describe('answers of an emulated region', () => {
  it('hold the words that stand in the image', async () => {
    const answer = await ask(await wordsPng(['Invoice 4711', 'Total 38 euros']), { text: 'string' });
    expect(answer).toEqual({ text: 'Invoice 4711\nTotal 38 euros' });
  });

  it('give a table as columns and rows, found by where the words stand', async () => {
    const rows = [
      ['Region', 'Quota', 'Used'],
      ['Sweden', '10000', '7350'],
      ['Australia', '20000', '1205'],
      ['West US', '8000', '42'],
    ];
    const cells = rows.flatMap((row, y) =>
      row.map((cell, x) => `<text x="${40 + x * 300}" y="${80 + y * 90}">${cell}</text>`),
    );
    const image = await svgPng(900, 420, `<g font-size="36">${cells.join('')}</g>`);
    const answer = await ask(image, { tables: [{ columns: ['string'], rows: [['string']] }] });
    expect(answer).toEqual({ tables: [{ columns: rows[0], rows: rows.slice(1) }] });
  });

  it('cannot hold what is too small once the image is shrunk as the model shrinks it', async () => {
    const large = '<text x="200" y="300" font-size="160">Headline</text>';
    const small = '<text x="200" y="1500" font-size="40">a footnote for sharp eyes</text>';
    const image = await svgPng(3000, 2000, large + small);
    expect(await ask(image, { text: 'string' }, 'high')).toEqual({ text: 'Headline\na footnote for sharp eyes' });
    expect((await ask(image, { text: 'string' }, 'low')).text).not.toContain('footnote');
  });

  it('say in words what sight is lacking, and name the colours', async () => {
    const answer = await ask(await plainPng(300, 200, '#dc1e1e'), {
      description: 'string',
      objects: [{ name: 'string' }],
    });
    expect(answer.objects).toEqual([]);
    expect(answer.description).toMatch(/300 x 200 pixels and is mostly red\..*No words.*does not recognise objects/);
  });
});
