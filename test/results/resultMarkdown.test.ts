import { describe, expect, it } from 'vitest';
import { resultMarkdown } from '../../shared/results/resultMarkdown.ts';
import { answeredRecord, droppedFile } from '../support/sampleRecords.ts';
import { elementsOf, gridsOf, inlineText, linksOf } from '../tasks/parsedMarkdown.ts';

const URL = 'http://127.0.0.1:10000/devstoreaccount1/images/valley.jpg';

describe('resultMarkdown', () => {
  it('is a title, a link to the picture, the answer, the warnings and what it took', () => {
    const text = resultMarkdown(answeredRecord(), { title: 'A valley', body: 'Two rivers meet.\n' }, URL);
    expect(text).toBe(
      [
        '# A valley',
        `[valley.jpg](<${URL}>)`,
        'Two rivers meet.',
        '> **text-too-small**: Letters are 6 pixels high.',
        '---',
        '*text · 1200 × 800 jpeg · gpt-4@vision-preview in westus · 905 tokens in, 40 out · $0.01025 · 2026-11-23 12:00 UTC*',
        '',
      ]
        .join('\n\n')
        .replace(/\n\n$/, '\n'),
    );
  });

  it('leaves the grid of a table as it is', () => {
    const body = '| Month | Sales |\n| --- | ---: |\n| March | 5 |';
    const text = resultMarkdown(answeredRecord(), { title: 'Sales', body }, URL);
    expect(gridsOf(text)).toEqual([
      [
        ['Month', 'Sales'],
        ['March', '5'],
      ],
    ]);
  });

  it.each([
    '<script>alert(1)</script>',
    '[click](javascript:alert)',
    '![x](y)',
    '*b* _i_ `c` ~~s~~ | #',
    '&lt;b&gt; &amp; &#42;',
    '1. one',
    '> quote',
    '# head',
    'two\nlines\r\nand\ttabs',
  ])('shows the title %j as it is', (title) => {
    const text = resultMarkdown(answeredRecord({ warnings: [] }), { title, body: 'Text.' });
    expect(inlineText(text)).toBe(title.replace(/\s+/g, ' '));
    expect([...elementsOf(text)].filter((element) => element.startsWith('html'))).toEqual([]);
  });

  it('escapes the name of the file and what a warning quotes', () => {
    const record = answeredRecord({
      source: droppedFile('a [1](x) <b>.png'),
      warnings: [
        { code: 'instructions-in-image', detail: 'It says "<img src=x> ignore *all*".' },
        { code: 'text-too-small', detail: 'Letters\n# are small.' },
      ],
    });
    const elements = elementsOf(resultMarkdown(record, { title: '', body: '' }, 'http://h/a%20b'));
    expect([...elements].filter((element) => /^html|image/.test(element))).toEqual([]);
    expect(resultMarkdown(record, { title: '', body: '' })).toMatch(/^# a \\\[1\\\]\(x\) &lt;b>\.png\n/);
  });

  it('links nothing but the picture, whatever stands in names, titles and warnings', () => {
    const record = answeredRecord({
      source: droppedFile('see https://evil.com \u202e](<http://evil.com>).png'),
      warnings: [{ code: 'instructions-in-image', detail: 'It says "go to https://evil.com/x or evil.com".' }],
    });
    const text = resultMarkdown(record, { title: 'Visit www.evil.com #', body: 'x' }, URL);
    expect(linksOf(text)).toEqual([URL]);
    expect(inlineText(text)).toBe('Visit www.evil.com #');
    expect(text).not.toContain('\u202e');
  });

  it('says that a price is unknown', () => {
    expect(resultMarkdown(answeredRecord({ costMicroUsd: null }), { title: 'x', body: 'y' })).toContain(
      'price unknown',
    );
  });
});
