import { describe, expect, it } from 'vitest';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { calibrationView } from '../../shared/tokens/calibrations.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, openStory, USAGE } from '../support/story.ts';

const storage = useStorage();

describe('answers', () => {
  it('correct the estimates of the deployment that gave them, and of its model', async () => {
    const billed = { ...answerOf(), usage: { ...USAGE, imageTokens: 510 } };
    const { parts, asked } = await openStory(storage, () => billed as ReturnType<typeof answerOf>);
    const request = { ...REQUEST, task: 'describe', quality: 'balanced' } as const;
    const analyze = async () =>
      analyzeNow(
        { image: { kind: 'bytes', bytes: await drawMarkedAs('png') }, request, waitMs: 10_000, isAsync: false },
        parts,
      );

    const { record: first } = await analyze();
    const { record: second } = await analyze();
    expect(asked).toHaveLength(2);
    const learned = calibrationView(parts.calibrations.of(parts.deployments.map(({ name }) => name)));
    expect(learned).toMatchObject({ samples: 2, factor: expect.closeTo(1.149, 2) });
    // 64 x 48 is one tile: 255 by the rule, of which the answer said 510.
    const [before, after] = [first, second].map(({ estimate }) => estimate?.promptTokens ?? 0);
    expect((after ?? 0) - (before ?? 0)).toBe(20);
    expect(second.estimate?.admissionTokens).toBe(first.estimate?.admissionTokens);
  });
});
