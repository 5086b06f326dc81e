import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../shared/tasks/parts/partsReply.ts';
import { promptTexts, replySchemaOf } from '../../../shared/tasks/prompts/promptTexts.ts';
import { readAnswer } from '../../../shared/tasks/readAnswer.ts';
import { TASK_NAMES, type TaskRequest } from '../../../shared/tasks/taskRequest.ts';

const TEXT: TaskRequest = { task: 'text', inParts: { columns: 1, rows: 2 } };

const blocks = (text: string) => ({ language: 'en', blocks: [{ kind: 'paragraph', text }] });

function read(parts: unknown, request = TEXT, finish: 'stop' | 'length' = 'stop'): ReturnType<typeof readAnswer> {
  return readAnswer(request, JSON.stringify(parts), finish);
}

describe('readAnswer, of an image in parts', () => {
  it('gives one answer of the task, its seams joined', () => {
    const parts = [
      { part: 1, answer: blocks('One line of words\nanother line here') },
      { part: 2, answer: blocks('another line here\nand the last one') },
    ];
    const plain = 'One line of words\nanother line here\nand the last one';
    expect(read({ parts, instructionsInImage: [] })).toEqual({
      kind: 'valid',
      answer: { language: 'en', blocks: [{ kind: 'paragraph', text: plain }], plain },
      warnings: [],
    });
  });

  it('requests a repair if a part has no answer, and keeps the others', () => {
    const reading = read({ parts: [{ part: 2, answer: blocks('Only this') }], instructionsInImage: [] });
    expect(reading).toMatchObject({
      kind: 'repair',
      findings: ['The image was sent in 2 parts; the answer has none, or more than one, for part 1.'],
      fallback: { answer: { plain: 'Only this' } },
    });
  });

  it('requests a repair if no part has an answer', () => {
    expect(read({ parts: [], instructionsInImage: [] })).toMatchObject({
      kind: 'repair',
      findings: ['The image was sent in 2 parts; the answer has none, or more than one, for part 1, 2.'],
      fallback: { answer: { plain: '' } },
    });
  });

  it('keeps the parts that were answered before an answer was cut', () => {
    const whole = JSON.stringify({
      parts: [
        { part: 1, answer: blocks('First part') },
        { part: 2, answer: blocks('Second') },
      ],
    });
    expect(readAnswer(TEXT, whole.slice(0, -25), 'length')).toMatchObject({
      kind: 'repair',
      because: 'cut',
      fallback: { answer: { plain: expect.stringContaining('First part') } },
    });
  });

  it('accepts an answer for the whole image', () => {
    expect(read({ ...blocks('All of it'), instructionsInImage: [] })).toMatchObject({
      kind: 'valid',
      answer: { plain: 'All of it' },
    });
  });

  it('never throws, whatever the parts are', () => {
    for (const parts of [
      null,
      7,
      'x',
      [],
      {},
      [null],
      [{}],
      [{ part: 'one', answer: null }],
      [{ part: 1, answer: { blocks: 3 } }],
    ]) {
      expect(['repair', 'valid', 'unusable']).toContain(read({ parts }).kind);
    }
  });
});

describe('inOrder', () => {
  const grid = { columns: 1, rows: 2 };

  it.each([
    [
      [1, 2],
      ['a', 'b'],
    ],
    [
      [2, 1],
      ['b', 'a'],
    ],
    [
      [0, 1],
      ['a', 'b'],
    ],
    [
      [7, 7],
      ['a', 'b'],
    ],
  ])('puts answers numbered %j in the order of the parts', (numbers, replies) => {
    const parts = numbers.map((part, place) => ({ part, answer: ['a', 'b'][place] }));
    expect(inOrder(parts, grid)).toEqual({ replies, findings: [] });
  });

  it.each([[[1]], [[1, 2, 2]], [[]]])('finds fault with answers numbered %j', (numbers) => {
    const { findings } = inOrder(
      numbers.map((part) => ({ part, answer: 'a' })),
      grid,
    );
    expect(findings).toMatchObject([{ code: 'answer-shape', repair: true }]);
  });
});

describe('promptTexts, of an image in parts', () => {
  it.each(TASK_NAMES)('adds the layout of the parts to the prompt of %s, and changes nothing else', (task) => {
    const more = {
      ...(task === 'extract' && { schema: { type: 'object', properties: {} } }),
      ...(task === 'ask' && { question: 'Why?' }),
    };
    const whole = promptTexts({ task, ...more }, 'schema');
    const cut = promptTexts({ task, ...more, inParts: { columns: 2, rows: 3 } }, 'schema');
    expect(cut.user).toContain('It comes as 6 images, which are its parts, row by row from the top');
    expect(cut.system).toBe(whole.system);
    expect(cut.user.split('\n').slice(1)).toEqual(whole.user.split('\n').slice(1));
  });

  it('requests an answer per part only for tasks that join seams', () => {
    const byPart = TASK_NAMES.filter((task) => {
      const schema = task === 'extract' ? { schema: { type: 'object', properties: {} } } : {};
      return replySchemaOf({ task, ...schema, inParts: { columns: 1, rows: 2 } }).properties?.parts !== undefined;
    });
    expect(byPart).toEqual(['text', 'tables']);
  });
});
