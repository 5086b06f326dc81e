import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, newestOf, openStory, USAGE } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');

/** The record of a dropped image after one answer. */
async function recordAfter(change: Partial<Extract<Outcome, { kind: 'answered' }>>) {
  const story = await openStory(storage, () => ({ ...answerOf(), ...change }) as Outcome);
  await drop(story, 'square.png', PNG);
  return newestOf(story);
}

describe('callDeployment', () => {
  it('notes what was sent, when, and what it has cost', async () => {
    const { attempts, image, usage, costMicroUsd, warnings } = await recordAfter({});
    expect(attempts).toMatchObject([{ outcome: 'answered', status: 200, ms: 5 }]);
    expect(image).toMatchObject({ sentWidth: image?.width, sentHeight: image?.height });
    expect(image?.sentBytes).toBeGreaterThan(0);
    expect({ usage, costMicroUsd, warnings }).toEqual({ usage: USAGE, costMicroUsd: 10_800, warnings: [] });
  });

  it('warns of an answer that passed while the content filter was down', async () => {
    const { status, deployment, warnings } = await recordAfter({ isUnfiltered: true });
    const detail = `The content filter of ${deployment?.name} was down: the answer, or the image, passed without it.`;
    expect({ status, warnings }).toEqual({ status: 'succeeded', warnings: [{ code: 'content-filter-down', detail }] });
  });

  it('warns of an answer without a usage, whose cost it estimates', async () => {
    const { usage, costMicroUsd, warnings } = await recordAfter({ usage: null });
    expect(warnings.map(({ code }) => code)).toEqual(['usage-estimated']);
    expect(usage?.completionTokens).toBeGreaterThan(10);
    expect(costMicroUsd).toBe((usage?.promptTokens ?? 0) * 10 + (usage?.completionTokens ?? 0) * 30);
  });
});
