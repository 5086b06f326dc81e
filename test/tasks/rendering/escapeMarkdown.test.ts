import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  escapeHeading,
  escapeInline,
  escapeLine,
  escapeParagraph,
} from '../../../shared/tasks/rendering/escapeMarkdown.ts';
import { cleanText } from '../../../shared/tasks/reply/cleanText.ts';
import { elementsOf, inlineText } from '../parsedMarkdown.ts';

const marks = fc.constantFrom(
  ...'\\`*_{}[]()#+-.!|<>~&;:="\'$ \t\n1a',
  '&amp;',
  '---',
  '===',
  '```',
  '![',
  '](',
  '<b>',
  '    ',
  '1.',
  '  \n',
  'https://',
  '//localhost',
  'www.',
  'shop.com',
  'a@b.de',
  'mailto:',
);
const hostile = fc.array(fc.oneof(marks, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 12 });
const text = hostile.map((parts) => cleanText(parts.join('')));
const oneLine = (raw: string): string => raw.replace(/\s+/g, ' ').trim();
const WORDS_ONLY = new Set([
  'paragraph_open',
  'paragraph_close',
  'inline',
  'text',
  'text_special',
  'softbreak',
  'hardbreak',
]);

describe('escapeInline', () => {
  it('keeps what needs no escape readable', () => {
    expect(escapeInline('Costs (2026): 5 & 6 > 4, snake_case, 50 %!')).toBe(
      'Costs (2026): 5 & 6 > 4, snake_case, 50 %!',
    );
  });

  it('takes the meaning from pipes, tags, links and emphasis', () => {
    expect(escapeInline('a|b <i> [x](y) *z* _q_ &amp;')).toBe('a\\|b &lt;i> \\[x\\](y) \\*z\\* \\_q\\_ &amp;amp;');
  });
});

describe('escapeInline of what looks like an address', () => {
  it.each([
    'https://evil.example/login?a=1',
    'HTTP://localhost:80',
    'ftp://files.example.org',
    '//localhost/x',
    'www.evil.com',
    'WWW.1a.de',
    'evil.com/login',
    'see shop.example.com.',
    'mailto:a@b.example',
    'me@evil.com',
    'https://192.168.0.1/',
    'https://例え.テスト/',
    'shop.info',
    'shop.com:80',
    'shop.com_x',
    'bücher.de',
    'xn--bcher-kva.xn--p1ai',
    'пример.рф',
    'user@localhost.com',
    'a@b.c.museum',
    'me@evil.photography',
    'http://evil.photography',
    'evil.photography/x',
    'xmpp:a@b.example',
  ])('shows %s as text, not as a link', (address) => {
    const markdown = escapeLine(`Call ${address} now`);
    expect(inlineText(markdown)).toBe(`Call ${address} now`);
    expect(elementsOf(markdown)).not.toContain('link_open');
  });

  it.each([
    'march-sales.png',
    'gpt-4@vision-preview',
    'scan.2026.tiff',
    'Report.final.docx',
    '3.5 km',
    'e.g. this. And that.',
    'z.B. 1.234,50',
    'and/or',
    'at @ 5',
  ])('leaves %s as it is', (text) => {
    expect(escapeInline(text)).toBe(text);
  });
});

describe('escapeHeading', () => {
  it.each(['C #', '#', '# a ##', 'C#', 'a #b', '## ##'])('shows %j whole', (raw) => {
    const markdown = `## ${escapeHeading(raw)}`;
    expect(inlineText(markdown)).toBe(raw);
    expect(elementsOf(markdown)).toContain('heading_open');
  });
});

describe('escapeLine', () => {
  it('shows exactly the text, on one line', () => {
    fc.assert(
      fc.property(text, (raw) => {
        const markdown = escapeLine(raw);
        expect(inlineText(markdown)).toBe(oneLine(raw));
        expect([...elementsOf(markdown)].filter((element) => !WORDS_ONLY.has(element))).toEqual([]);
      }),
      { numRuns: 2000, seed: 5 },
    );
  });

  it.each(['# a', '- a', '+ a', '1. a', '1) a', '> a', '=== a', '--- a', '* a'])('begins no block with %j', (raw) => {
    expect(inlineText(escapeLine(raw))).toBe(raw);
  });
});

describe('escapeParagraph', () => {
  it('shows exactly the text, line by line', () => {
    fc.assert(
      fc.property(text, (raw) => {
        const markdown = escapeParagraph(raw);
        const lines = raw.split('\n').map((line) => line.trim());
        expect(inlineText(markdown)).toBe(lines.filter((line) => line !== '').join('\n'));
        expect([...elementsOf(markdown)].filter((element) => !WORDS_ONLY.has(element))).toEqual([]);
      }),
      { numRuns: 2000, seed: 6 },
    );
  });
});
