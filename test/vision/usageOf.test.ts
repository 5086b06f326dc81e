import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../shared/vision/outcomeOf.ts';
import { usageOf } from '../../shared/vision/usageOf.ts';
import { completion } from './scriptedRegion.ts';

const READING = { nowMs: 0 };
const USAGE = { prompt_tokens: 700, completion_tokens: 50, total_tokens: 750 };

describe('usageOf', () => {
  it.each<[string, unknown, object]>([
    ['the chat API', USAGE, { promptTokens: 700, completionTokens: 50, totalTokens: 750 }],
    [
      'the Responses API',
      {
        input_tokens: 700,
        input_tokens_details: { cached_tokens: 64 },
        output_tokens: 50,
        output_tokens_details: { reasoning_tokens: 20 },
      },
      { promptTokens: 700, cachedTokens: 64, completionTokens: 50, reasoningTokens: 20, totalTokens: 750 },
    ],
    ['numbers as text', { prompt_tokens: '700', completion_tokens: ' 50 ' }, { promptTokens: 700, totalTokens: 750 }],
    ['no total', { prompt_tokens: 700, completion_tokens: 50 }, { totalTokens: 750 }],
    ['no completion', { prompt_tokens: 700, total_tokens: 750 }, { completionTokens: 50 }],
    ['no prompt', { completion_tokens: 50, total_tokens: 750 }, { promptTokens: 700 }],
    ['a prompt alone', { prompt_tokens: 700 }, { promptTokens: 700, completionTokens: 0, totalTokens: 700 }],
    [
      'a negative completion beside a total',
      { prompt_tokens: 700, completion_tokens: -1, total_tokens: 750 },
      { completionTokens: 50 },
    ],
    ['a total that is too small', { ...USAGE, total_tokens: 3 }, { totalTokens: 750 }],
    [
      'thinking in the total alone',
      { ...USAGE, total_tokens: 780, completion_tokens_details: { reasoning_tokens: 30 } },
      { completionTokens: 80, reasoningTokens: 30, totalTokens: 780 },
    ],
    ['more cached than sent', { ...USAGE, prompt_tokens_details: { cached_tokens: 9000 } }, { cachedTokens: 700 }],
    [
      'more thinking than was written',
      { ...USAGE, completion_tokens_details: { reasoning_tokens: 90 } },
      { reasoningTokens: 50 },
    ],
    ['details that are null', { ...USAGE, prompt_tokens_details: null }, { imageTokens: null, cachedTokens: 0 }],
  ])('reads %s', (_, usage, expected) => {
    expect(usageOf({ usage })).toMatchObject(expected);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'many'],
    ['a list', [700, 50]],
    ['zeros', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
    ['half a token', { prompt_tokens: 1.5, completion_tokens: 1 }],
    ['a negative prompt', { prompt_tokens: -1, completion_tokens: 1 }],
    ['no number', { prompt_tokens: Number.NaN, completion_tokens: 1 }],
    ['more than any model reads', { prompt_tokens: 1e12, completion_tokens: 1 }],
    ['a completion that makes no sense', { prompt_tokens: 7, completion_tokens: 'x' }],
    ['a completion alone', { completion_tokens: 50 }],
  ])('goes without %s', (_, usage) => {
    expect(usageOf({ usage })).toBeNull();
  });

  it('finds it in a body that is no whole JSON, and not in the words of an answer', () => {
    const body = JSON.stringify(completion({ message: { content: '{"usage":{"prompt_tokens":1}}' } }));
    expect(usageOf(body.replace('"choices":[', '"choices":{'))).toMatchObject({ totalTokens: 1236 });
    expect(usageOf(body.slice(0, -1))).toMatchObject({ totalTokens: 1236 });
    expect(usageOf(body.slice(0, -20))).toBeNull();
  });
});

describe('outcomeOf a body with a usage', () => {
  it.each<[string, number, unknown, object]>([
    ['no choices', 200, { choices: [] }, { kind: 'ambiguous', reason: 'no-usable-body' }],
    ['an error under 200', 200, { error: { message: 'Broke.' } }, { kind: 'ambiguous', reason: 'no-usable-body' }],
    ['content that is a number', 200, { choices: [{ message: { content: 7 } }] }, { kind: 'ambiguous' }],
    ['a filtered answer', 200, { choices: [{ message: {}, finish_reason: 'content_filter' }] }, { kind: 'filtered' }],
    ['a filtered prompt', 400, { error: { code: 'content_filter' } }, { kind: 'filtered', on: 'image' }],
    ['a refusal', 404, { error: { code: 'x' } }, { kind: 'refused' }],
    ['a full quota', 429, { error: { code: '429' } }, { kind: 'throttled' }],
    ['an outage', 500, { error: { code: '500' } }, { kind: 'ambiguous', reason: 'server-error' }],
  ])('books it: %s', (_, status, body, expected) => {
    const outcome = outcomeOf({ status, headers: new Headers(), body: { ...Object(body), usage: USAGE } }, READING);
    expect(outcome).toMatchObject({ ...expected, usage: { totalTokens: 750 } });
  });
});
