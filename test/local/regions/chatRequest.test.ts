import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeOfPrompt } from '../../../local/regions/answerShape.ts';
import { understandChat } from '../../../local/regions/chatRequest.ts';
import { composeAnswer } from '../../../local/regions/composeAnswer.ts';
import { modelRow } from '../../../local/regions/modelRow.ts';
import { fixedSight } from '../../../local/regions/seen.ts';

const deployed = { model: 'gpt-4o', row: modelRow('gpt-4o', '2024-11-20'), apiVersion: null };

describe('understandChat', () => {
  it('takes or refuses whatever JSON comes in, and never throws', () => {
    const message = fc.record({
      role: fc.oneof(fc.constantFrom('system', 'user'), fc.jsonValue()),
      content: fc.oneof(
        fc.string(),
        fc.array(
          fc.record({ type: fc.constantFrom('text', 'image_url'), text: fc.jsonValue(), image_url: fc.jsonValue() }),
        ),
      ),
    });
    const body = fc.record(
      {
        messages: fc.oneof(fc.array(message), fc.jsonValue()),
        max_tokens: fc.jsonValue(),
        response_format: fc.jsonValue(),
        reasoning_effort: fc.jsonValue(),
      },
      { requiredKeys: ['messages'] },
    );
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), (value) => {
        const understood = understandChat(JSON.parse(JSON.stringify(value)), deployed);
        return understood.kind === 'chat' || understood.error.status === 400;
      }),
    );
  });

  it('keeps all text, the images in order, and the cap', () => {
    const understood = understandChat(
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'Hello.' }] },
        ],
        max_completion_tokens: 12,
      },
      deployed,
    );
    expect(understood).toMatchObject({
      kind: 'chat',
      chat: { texts: ['Be brief.', 'Hello.'], images: [], outputCap: 12 },
    });
  });
});

describe('shapeOfPrompt', () => {
  it('finds the largest JSON object in a text, or nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (text, object) => {
        const shape = shapeOfPrompt(`${text}\n${JSON.stringify(object)}`);
        return (
          shape === undefined || JSON.stringify(composeAnswer(shape, fixedSight({ width: 1, height: 1 }))) !== undefined
        );
      }),
    );
    expect(shapeOfPrompt('Say {what} you {see}.')).toBeUndefined();
  });
});
