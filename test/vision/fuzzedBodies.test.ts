import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../shared/tasks/readAnswer.ts';
import { findRefusal } from '../../shared/tasks/reply/findRefusal.ts';
import { outcomeOf } from '../../shared/vision/outcomeOf.ts';

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    7,
    -1,
    1e300,
    '',
    '{',
    '[]',
    "I'm sorry, but I can't assist with that.",
  ),
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const part = fc.record(
  { type: fc.constantFrom('text', 'output_text', 'refusal', 'thinking', 7), text: junk, refusal: junk, value: junk },
  { requiredKeys: [] },
);
const content = fc.oneof(junk, part, fc.array(fc.oneof(part, junk), { maxLength: 3 }));
const verdicts = fc.oneof(
  junk,
  fc.dictionary(fc.constantFrom('hate', 'self-harm', 'error'), fc.record({ filtered: junk })),
);
const choice = fc.record(
  {
    index: junk,
    finish_reason: fc.oneof(junk, fc.constantFrom('stop', 'length', 'content_filter', 'tool_calls', 'refusal')),
    finish_details: junk,
    message: fc.oneof(junk, fc.record({ content, refusal: junk, tool_calls: junk }, { requiredKeys: [] })),
    content_filter_results: verdicts,
    content_filter_result: verdicts,
  },
  { requiredKeys: [] },
);
const body = fc.record(
  {
    choices: fc.oneof(junk, fc.array(fc.oneof(choice, junk), { maxLength: 3 })),
    prompt_filter_results: fc.oneof(junk, fc.array(fc.record({ content_filter_results: verdicts }), { maxLength: 2 })),
    error: fc.oneof(junk, fc.record({ code: junk, message: junk, innererror: junk }, { requiredKeys: [] })),
    usage: junk,
  },
  { requiredKeys: [] },
);
const usage = fc.oneof(
  fc.record({ prompt_tokens: fc.integer({ min: 1, max: 1e6 }), completion_tokens: fc.nat(1e5), total_tokens: junk }),
  fc.record({ input_tokens: fc.integer({ min: 1, max: 1e6 }), output_tokens: fc.nat(1e5), input_tokens_details: junk }),
);
const status = fc.oneof(fc.constantFrom(200, 201, 400, 404, 429, 500), fc.integer({ min: 200, max: 599 }));

describe('a body of any kind', () => {
  it('has an outcome, books its usage, and its words are read, 10,000 times', () => {
    fc.assert(
      fc.property(body, fc.option(usage), status, fc.boolean(), (given, billed, answered, isText) => {
        const sent = billed === null ? given : { ...given, usage: billed };
        const received = isText ? JSON.stringify(sent) : sent;
        const outcome = outcomeOf({ status: answered, headers: new Headers(), body: received }, { nowMs: 0 });
        if (billed !== null) {
          const [promptTokens, completionTokens] = Object.values(billed);
          expect(outcome.usage).toMatchObject({ promptTokens, completionTokens });
        }
        if (outcome.kind !== 'answered') return;
        for (const task of ['describe', 'text'] as const) {
          const reading = readAnswer({ task }, outcome.text, outcome.finish);
          const refusal = findRefusal({ task }, outcome.text, reading);
          expect(['valid', 'repair', 'unusable']).toContain(reading.kind);
          expect((refusal ?? '').length).toBeLessThanOrEqual(160);
        }
      }),
      { seed: 20_261_201, numRuns: 10_000 },
    );
  });
});
