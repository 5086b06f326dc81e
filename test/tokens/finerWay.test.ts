import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { finerWay } from '../../shared/tokens/finerWay.ts';

const asked = { sight: 'print' } as const;

describe('finerWay', () => {
  it.each([
    {
      of: 'a page that only a better quality shows',
      model: 'gpt-4o',
      size: { width: 1000, height: 3000 },
      from: { detail: 'high', quality: 'economy' },
      way: { seen: { width: 683, height: 2048 }, tokens: 1445, options: '"quality": "balanced"' },
    },
    {
      of: 'a page that only a finer detail shows',
      model: 'gpt-4o',
      size: { width: 1000, height: 1300 },
      from: { detail: 'low', quality: 'full' },
      way: { seen: { width: 768, height: 998 }, tokens: 765, options: '"detail": "high"' },
    },
    {
      of: 'a scan that needs both, on a model that could also see it as it is',
      model: 'gpt-5.4',
      size: { width: 4480, height: 6508 },
      from: { detail: 'low', quality: 'economy' },
      way: { seen: { width: 1312, height: 1905 }, tokens: 2952, options: '"detail": "high", "quality": "balanced"' },
    },
  ] as const)('of $of is the cheapest that is legible, and only what must change is named', (row) => {
    expect(finerWay(getModel(row.model), row.size, { ...asked, ...row.from })).toEqual(row.way);
  });

  it('is undefined where no option makes the whole image legible', () => {
    const long = { width: 1080, height: 12_000 };
    expect(finerWay(getModel('gpt-4o'), long, { ...asked, detail: 'low', quality: 'full' })).toBeUndefined();
  });

  it('is undefined for a model of which no source says how it sees', () => {
    const unknown = getModel('gpt-chat-latest');
    expect(
      finerWay(unknown, { width: 100, height: 100 }, { ...asked, detail: 'high', quality: 'full' }),
    ).toBeUndefined();
  });
});
