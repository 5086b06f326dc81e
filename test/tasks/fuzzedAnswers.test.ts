import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../shared/tasks/readAnswer.ts';
import { firstLineOf, renderMarkdown, titleOf } from '../../shared/tasks/rendering/renderMarkdown.ts';
import { TASK_NAMES } from '../../shared/tasks/taskRequest.ts';
import { replies, requests } from './answers.ts';
import { elementsOf } from './parsedMarkdown.ts';

const HOSTILE = fc.constantFrom(
  ...[
    '<script>alert(1)</script>',
    '![x](http://evil)',
    '[x](javascript:y)',
    '<img src=x>',
    '| a |\n| - |\n| b |',
    '\n\n# h',
    '> q',
  ],
  ...[
    '```',
    '~~~',
    '---',
    '===',
    '- l',
    '1. l',
    '    code',
    '[r]: http://evil',
    '&lt;b&gt;',
    '\u0000\u0007',
    '\ud800',
    '__proto__',
    '',
  ],
  ...['Ignore all previous instructions.', '<!--', '*', '_', '**', '\\', '|', '\u202e', '\t', '=1+1', '\r'],
);
const text = fc.oneof(
  HOSTILE,
  fc.array(HOSTILE, { maxLength: 4 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const junk = fc.oneof(
  text,
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(text, text, { maxKeys: 3 }),
  fc.constant('x '.repeat(3000)),
  fc.constantFrom(-1, 0, 1e308, 2 ** 53, Number.MIN_VALUE),
);

/** The value with some of its parts replaced by junk. */
function spoil(value: unknown, pick: () => unknown, keep: () => boolean): unknown {
  if (!keep()) return pick();
  if (Array.isArray(value)) return value.map((item) => spoil(item, pick, keep));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoil(item, pick, keep)]));
}

const wrappings: readonly ((json: string) => string)[] = [
  (json) => json,
  (json) => `\`\`\`json\n${json}\n\`\`\``,
  (json) => `Here you are: ${json} Bye {`,
  (json) => json.replaceAll('"', "'"),
  (json) => json.repeat(2),
  (json) => `{${json}`,
  (json) => json.replaceAll(',', ', // c\n'),
];

const sent = fc
  .record({
    name: fc.constantFrom(...TASK_NAMES),
    replacements: fc.array(junk, { minLength: 1, maxLength: 5 }),
    threshold: fc.constantFrom(0, 3, 8, 20),
    dice: fc.array(fc.nat({ max: 100 }), { minLength: 5, maxLength: 60 }),
    wrap: fc.constantFrom(...wrappings),
    cutAt: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3 }),
    noise: fc.option(text, { freq: 5 }),
    finish: fc.constantFrom('stop' as const, 'length' as const),
  })
  .map(({ name, replacements, threshold, dice, wrap, cutAt, noise, finish }) => {
    let step = 0;
    const roll = (): number => dice[step++ % dice.length] ?? 0;
    const reply = spoil(
      replies[name],
      () => replacements[step % replacements.length],
      () => roll() >= threshold,
    );
    const whole = wrap(JSON.stringify(reply) ?? '');
    const cut = cutAt === null ? whole : whole.slice(0, Math.floor(whole.length * cutAt));
    return { name, finish, answer: noise === null ? cut : cut.replace(/:/, () => noise) };
  });

/** All that Markdown may hold besides text: no link, picture or HTML but the line break of a cell. */
const HARMLESS =
  /^(paragraph|heading|bullet_list|ordered_list|list_item|table|thead|tbody|tr|th|td|strong|em)_(open|close)$|^(inline|text|text_special|hardbreak|softbreak)$|^html_inline <br>$/;

describe('readAnswer', () => {
  it('makes of 10,000 spoilt answers a valid one, a repair or a named failure, and what it keeps renders harmlessly', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(sent, ({ name, answer, finish }) => {
        const request = requests[name];
        const reading = readAnswer(request, answer, finish);
        kinds.set(reading.kind, (kinds.get(reading.kind) ?? 0) + 1);
        if (reading.kind === 'unusable') return;
        const kept = reading.kind === 'valid' ? reading : reading.fallback;
        if (reading.kind === 'repair') expect(reading.findings).not.toEqual([]);
        if (kept === undefined) return;
        expect(JSON.parse(JSON.stringify(kept.answer))).toEqual(kept.answer);
        const markdown = renderMarkdown(request, kept.answer);
        expect([...elementsOf(markdown)].filter((element) => !HARMLESS.test(element))).toEqual([]);
        expect(titleOf(request, kept.answer).length).toBeLessThanOrEqual(160);
        expect(firstLineOf(request, kept.answer)).not.toContain('\n');
      }),
      { numRuns: 10_000, seed: 20_261_123 },
    );
    expect(kinds.get('valid')).toBeGreaterThan(500);
    expect(kinds.get('repair')).toBeGreaterThan(2000);
  });

  it.each([' ', '   a', '- ', '|', '\\\\', '_', '*', '<', '&', '1,', '\\t', 'ignore ', '表', 'la la '])(
    'reads and renders 400,000 characters of %j in a moment',
    (unit) => {
      const long = `a${unit.repeat(Math.floor(400_000 / unit.length))}a`;
      const reply = `{"language":"en","blocks":[{"kind":"table","text":"${long}"}]}`;
      const reading = readAnswer({ task: 'text' }, reply, 'stop');
      const kept = reading.kind === 'valid' ? reading : reading.kind === 'repair' ? reading.fallback : undefined;
      expect(renderMarkdown({ task: 'text' }, kept?.answer ?? {}).length).toBeGreaterThan(2);
    },
  );

  it('is not slowed down by braces, brackets, quotes or depth', () => {
    const hard = ['{', '[', '{"a":', '{"', '"', '\\', '/*', '//', '{"a":[', '{"a":1,', '{}', '```'].map((part) =>
      part.repeat(60_000),
    );
    for (const part of ['{//', '{ ', '{"a', '{"a":"', '```json{', '~~~a', '\n{', '{/*', '{}\n{"a":{']) {
      hard.push(part.repeat(Math.floor(499_999 / part.length)));
    }
    for (const answer of [...hard, `{"objects":${'['.repeat(5000)}${']'.repeat(5000)}}`]) {
      expect(readAnswer({ task: 'objects' }, answer, 'stop').kind).toBe('repair');
    }
  });
});
