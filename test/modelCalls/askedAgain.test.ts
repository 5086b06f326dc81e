import { describe, expect, it } from 'vitest';
import { rollUpUsage } from '../../shared/money/rollUpUsage.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import type { Deployment } from '../../shared/pool/deployment.ts';
import { createMemoryLedger } from '../../shared/pool/memoryLedger.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { seedDeployment, throttled } from '../pool/deployments.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, DESCRIPTION, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');
const CUT = { ...answerOf(DESCRIPTION.slice(0, 70)), finish: 'length' } as Outcome;

/** A story on one deployment, whose answers come in turn, and the output caps that it was asked with. */
async function storyOn(
  deployment: Deployment,
  answers: readonly Outcome[],
): Promise<{ readonly parts: Story['parts']; readonly caps: readonly unknown[]; readonly story: Story }> {
  const story = await openStory(storage, () => answerOf());
  const caps: unknown[] = [];
  const { now } = story.parts;
  const deployments = [deployment];
  const parts: Story['parts'] = {
    ...story.parts,
    deployments,
    defaults: { ...story.parts.defaults, deployments },
    ledger: createMemoryLedger(deployments, { httpShare: 0.2, now, random: () => 0, signal: () => undefined }),
    vision: {
      ask: async (_, body) => {
        caps.push(body.max_tokens);
        return { outcome: answers[caps.length - 1] ?? answerOf(), tookMs: 5, sentAtMs: now(), requestId: null };
      },
    },
  };
  await story.upload('square.png', PNG);
  await analyzeUpload({ container: parts.imagesContainer, name: 'square.png' }, parts);
  return { parts, caps, story };
}

async function onlyRecord(parts: Story['parts']): Promise<AnalysisRecord | undefined> {
  return (await parts.analyses.list({ limit: 5 })).records[0];
}

describe('an answer that was cut', () => {
  it('is kept where no deployment could ever take the request with the full cap', async () => {
    const small = seedDeployment('westus', { tokensPerMinute: 2_000 });
    const { parts, caps } = await storyOn(small, [CUT]);
    expect(caps).toEqual([800]);
    const record = await onlyRecord(parts);
    expect(record).toMatchObject({ status: 'succeeded', warnings: [{ code: 'answer-cut' }] });
    expect(record && (await parts.results.find(record))?.answer).toMatchObject({ title: 'A teal square' });
  });

  it('is noted with both numbers in the record, in a signal, and in the usage', async () => {
    const { parts, caps, story } = await storyOn(seedDeployment('westus', { tokensPerMinute: 40_000 }), [CUT]);
    expect(caps).toEqual([800, 2000]);
    const record = await onlyRecord(parts);
    const detail = 'The first answer was cut at 60 tokens; the second call cost $0.01080.';
    expect(record).toMatchObject({ status: 'succeeded', warnings: [{ code: 'first-answer-cut', detail }] });
    expect(story.signals).toContainEqual({
      event: 'answer.cut',
      facts: {
        ...{ analysisId: record?.id, task: 'describe', model: 'gpt-4@vision-preview' },
        ...{ deployment: 'gpt-4-vision-preview-westus', tokens: 60, capTokens: 800, nextCapTokens: 2000 },
      },
    });
    const [row] = await rollUpUsage(parts.usage.between(0, Date.now() + 60_000), 'task');
    expect(row).toMatchObject({ analyses: 1, costUsd: 0.0216, cut: { calls: 1, costUsd: 0.0108 } });
  });

  it('is requested with the full cap at once by the worker that continues after a wait', async () => {
    const { parts, caps, story } = await storyOn(seedDeployment('westus'), [
      CUT,
      ...Array<Outcome>(5).fill(throttled({ waitMs: 60_000 })),
    ]);
    const waiting = await onlyRecord(parts);
    expect(waiting).toMatchObject({ status: 'waiting', waitingFor: 'quota' });
    const before = caps.length;
    story.pass(600_000);
    expect(caps[0]).toBe(800);
    await resumeAnalysis(waiting?.id ?? '', parts);
    expect(caps.slice(before)).toContain(2000);
    expect(caps.slice(1)).not.toContain(800);
  });
});

describe('a pool that says wait', () => {
  it('is asked again at the moment that it names, or at once where that is over', async () => {
    const story = await openStory(storage, () => answerOf());
    const { ledger } = story.parts;
    const nowMs = Date.now();
    const sleeps: number[] = [];
    const waits = [nowMs + 250, nowMs - 5].map((askAgainMs) => {
      return { kind: 'wait', expectedStartMs: nowMs + 900, askAgainMs } as const;
    });
    const parts: Story['parts'] = {
      ...story.parts,
      now: () => nowMs,
      sleep: async (waitMs) => {
        sleeps.push(waitMs);
      },
      ledger: { ...ledger, book: async (need) => waits.shift() ?? (await ledger.book(need)) },
    };
    await story.upload('square.png', PNG);
    await analyzeUpload({ container: parts.imagesContainer, name: 'square.png' }, parts);
    expect(sleeps.slice(0, 2)).toEqual([250, 0]);
    expect(await onlyRecord(parts)).toMatchObject({ status: 'succeeded' });
  });
});
