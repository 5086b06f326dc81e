import { describe, expect, it } from 'vitest';
import { spentOnThinking, thinkingSentence } from '../../shared/modelCalls/spentOnThinking.ts';
import type { Usage } from '../../shared/pool/outcome.ts';

const CAP = 800;
const usage = (reasoningTokens: number, completionTokens = CAP): Usage => ({
  ...{ promptTokens: 900, imageTokens: null, cachedTokens: 0, totalTokens: 900 + completionTokens },
  ...{ reasoningTokens, completionTokens },
});

describe('spentOnThinking', () => {
  it.each([
    ['780 of a cap of 800', { text: '{', finish: 'length', usage: usage(780) }, 780],
    ['four fifths of the cap', { text: '{', finish: 'length', usage: usage(640) }, 640],
    ['four fifths of what was counted', { text: '{', finish: 'length', usage: usage(480, 600) }, 480],
    ['all, where it was cut before its first letter', { text: ' \n', finish: 'length', usage: usage(0, 790) }, 790],
    ['the cap, where nothing is counted', { text: '', finish: 'length', usage: null }, CAP],
    ['the cap at most', { text: '', finish: 'length', usage: usage(0, 900) }, CAP],
  ] as const)('is %s', (_what, reply, spent) => {
    expect(spentOnThinking(reply, CAP)).toBe(spent);
  });

  it.each([
    ['is whole', { text: '', finish: 'stop', usage: usage(780) }],
    ['is long itself', { text: '{"a":1', finish: 'length', usage: usage(639) }],
    ['was cut without a count of its thinking', { text: '{"a":1', finish: 'length', usage: null }],
  ] as const)('is not known of an answer that %s', (_what, reply) => {
    expect(spentOnThinking(reply, CAP)).toBeUndefined();
  });
});

describe('thinkingSentence', () => {
  it('names both numbers and what helps', () => {
    expect(thinkingSentence(1_900, 2_000)).toBe(
      'The model spent 1,900 of 2,000 output tokens on thinking and left no whole answer. ' +
        'Use a larger `maxOutputTokens`, a lower effort, or a model that thinks less.',
    );
  });
});
