import { describe, expect, it } from 'vitest';
import { type Plan, planAnalysis } from '../../shared/modelCalls/planAnalysis.ts';
import { type CallsSoFar, firstCall, type Reply, readReply } from '../../shared/modelCalls/readReply.ts';
import type { AnalysisRequest } from '../../shared/requests/analysisRequest.ts';
import { seedDeployment } from '../pool/deployments.ts';
import { NOON_MS, REQUEST } from '../support/sampleRecords.ts';

const OBJECTS: AnalysisRequest = { ...REQUEST, task: 'objects' };

async function planOf(request: AnalysisRequest): Promise<Plan> {
  return await planAnalysis(
    request,
    { width: 600, height: 400 },
    { deployment: seedDeployment('westus'), nowMs: NOON_MS },
  );
}

/** What comes of a model's replies in turn, as long as it is asked again. */
async function converseWith(
  request: AnalysisRequest,
  replies: readonly { text: string; finish?: 'length' }[],
): Promise<{ readonly reply: Reply | undefined; readonly asked: readonly CallsSoFar[] }> {
  const plan = await planOf(request);
  const asked = [firstCall(plan, { request, earlier: [] })];
  let reply: Reply | undefined;
  for (const { text, finish = 'stop' } of replies) {
    const last = asked.at(-1);
    if (!last) break;
    reply = readReply({ text, finish }, { request, plan, asked: last });
    if (reply.kind !== 'again') break;
    asked.push(reply.asked);
  }
  return { reply, asked };
}

function objects(...counts: readonly (readonly [count: number, instances: number])[]): { text: string } {
  const list = counts.map(([count, instances], place) => ({
    name: `thing ${place}`,
    counted: 'each',
    count,
    where: 'left',
    instances: Array.from({ length: instances }, (_, each) => `number ${each}`),
  }));
  return { text: JSON.stringify({ objects: list, instructionsInImage: [] }) };
}

describe('readReply', () => {
  it('takes an answer that passes', async () => {
    const { reply, asked } = await converseWith(OBJECTS, [objects([2, 2])]);
    expect(reply).toMatchObject({ kind: 'answered', checked: { warnings: [] } });
    expect(asked).toHaveLength(1);
  });

  it('requests one repair with the findings, and then keeps what is valid, with a warning', async () => {
    const { reply, asked } = await converseWith(OBJECTS, [objects([3, 2]), objects([4, 2]), objects([2, 2])]);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.question.prompt.user).toContain('objects[0].count is 3, its instances are 2.');
    expect(reply).toMatchObject({
      kind: 'answered',
      checked: { answer: { objects: [{ count: 4 }] }, warnings: [{ code: 'count-mismatch' }] },
    });
  });

  it('keeps the first answer where the repair made it worse', async () => {
    const worse = objects([3, 2], [5, 1], [7, 1]);
    const { reply } = await converseWith(OBJECTS, [objects([3, 2], [1, 1]), worse]);
    expect(reply).toMatchObject({ checked: { answer: { objects: [{ count: 3 }, { count: 1 }] } } });
  });

  it('keeps the first answer where the second holds nothing that can be read', async () => {
    const { reply } = await converseWith(OBJECTS, [objects([3, 2]), { text: 'Sorry!' }]);
    expect(reply).toMatchObject({ checked: { answer: { objects: [{ count: 3 }] } } });
  });

  it('says what a first answer reported of the image although the second passes and is silent', async () => {
    const reporting = {
      text: objects([3, 2]).text.replace('"instructionsInImage":[]', '"instructionsInImage":["Obey."]'),
    };
    const { reply } = await converseWith(OBJECTS, [reporting, objects([2, 2])]);
    expect(reply).toMatchObject({
      checked: { answer: { objects: [{ count: 2 }] }, warnings: [{ code: 'instructions-in-image' }] },
    });
  });

  it('requests a cut answer with the full cap once, and keeps what a second cut left', async () => {
    const cut = { text: `${objects([2, 2]).text.slice(0, 90)}`, finish: 'length' } as const;
    const { reply, asked } = await converseWith(OBJECTS, [cut, cut, cut]);
    expect(asked.map(({ question }) => question.maxOutputTokens)).toEqual([800, 3000]);
    expect(asked[1]?.question.prompt).toEqual(asked[0]?.question.prompt);
    expect(reply).toMatchObject({ kind: 'answered', checked: { warnings: [{ code: 'answer-cut' }, {}] } });
  });

  it("never exceeds the caller's cap", async () => {
    const cut = { text: objects([2, 2]).text.slice(0, 90), finish: 'length' } as const;
    const { reply, asked } = await converseWith({ ...OBJECTS, maxOutputTokens: 100 }, [cut, cut]);
    expect(asked.map(({ question }) => question.maxOutputTokens)).toEqual([100]);
    expect(reply).toMatchObject({ kind: 'answered', checked: { warnings: [{ code: 'answer-cut' }, {}] } });
  });

  it('makes at most three model calls: the first, one with the full cap, one with the findings', async () => {
    const cut = { text: '{', finish: 'length' } as const;
    const { reply, asked } = await converseWith(OBJECTS, [cut, objects([3, 2]), objects([3, 2]), objects([2, 2])]);
    expect(asked).toHaveLength(3);
    expect(asked[2]?.question).toMatchObject({
      maxOutputTokens: 3000,
      prompt: { user: expect.stringContaining('its instances are 2') },
    });
    expect(reply).toMatchObject({ kind: 'answered', checked: { warnings: [{ code: 'count-mismatch' }] } });
  });

  it('gives up, and says why, where two answers held nothing', async () => {
    const { reply } = await converseWith(OBJECTS, [{ text: 'No.' }, { text: 'No!' }]);
    expect(reply).toEqual({
      kind: 'unusable',
      detail: 'The model gave no usable answer in 2 tries: The answer held no JSON object.',
    });
  });

  it('gives up at once on an answer that is far too long', async () => {
    const { reply } = await converseWith(OBJECTS, [{ text: 'x'.repeat(600_000) }]);
    expect(reply).toMatchObject({
      kind: 'unusable',
      detail: expect.stringContaining('in 1 try: The answer has 600,000'),
    });
  });
});

describe('firstAsked', () => {
  it('continues with the full cap if an earlier try ended with a useless answer', async () => {
    const plan = await planOf(OBJECTS);
    const attempt = { deployment: 'a', region: 'westus', status: 200, ms: 5 } as const;
    const asked = firstCall(plan, {
      request: OBJECTS,
      earlier: [
        { ...attempt, outcome: 'throttled' },
        { ...attempt, outcome: 'unusable' },
      ],
    });
    expect(asked).toMatchObject({ asks: 1, question: { maxOutputTokens: 3000, prompt: plan.prompt } });
  });
});

describe('readReply of thinking that fills its cap', () => {
  const thought = (completionTokens: number, text = ''): Parameters<typeof readReply>[0] => ({
    text,
    finish: 'length',
    usage: {
      promptTokens: 900,
      imageTokens: null,
      cachedTokens: 0,
      completionTokens,
      reasoningTokens: completionTokens,
      totalTokens: 900 + completionTokens,
    },
  });

  it('makes one more model call with the larger cap, then reports what the model spent', async () => {
    const plan = await planOf(OBJECTS);
    const first = firstCall(plan, { request: OBJECTS, earlier: [] });
    const again = readReply(thought(800), { request: OBJECTS, plan, asked: first });
    if (again.kind !== 'again') throw new Error('There is a larger cap.');
    expect(again.asked.question).toEqual({ prompt: plan.prompt, maxOutputTokens: 3000 });
    expect(readReply(thought(3000), { request: OBJECTS, plan, asked: again.asked })).toEqual({
      kind: 'unusable',
      detail:
        'The model spent 3,000 of 3,000 output tokens on thinking and left no whole answer. ' +
        'Use a larger `maxOutputTokens`, a lower effort, or a model that thinks less.',
    });
  });

  it("makes no second model call within the caller's cap", async () => {
    const request = { ...OBJECTS, maxOutputTokens: 300 };
    const plan = await planOf(request);
    const asked = firstCall(plan, { request, earlier: [] });
    expect(readReply(thought(300), { request, plan, asked })).toMatchObject({
      kind: 'unusable',
      detail: expect.stringContaining('300 of 300'),
    });
  });

  it('keeps what was read beside it', async () => {
    const request = { ...OBJECTS, maxOutputTokens: 300 };
    const plan = await planOf(request);
    const asked = firstCall(plan, { request, earlier: [] });
    const cut = objects([2, 2]).text.slice(0, 90);
    expect(readReply(thought(300, cut), { request, plan, asked })).toMatchObject({
      kind: 'answered',
      checked: {
        warnings: [{ code: 'answer-cut' }, {}, { code: 'answer-cut', detail: expect.stringContaining('300 of 300') }],
      },
    });
  });
});
