import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import type { Finding } from './reading.ts';
import { escapeLine } from './rendering/escapeMarkdown.ts';
import { defineTask } from './task.ts';

export const insightReply = once(() =>
  z.object({
    statement: z.string().describe('What follows from the image and is worth knowing.'),
    evidence: z.string().describe('What in the image shows it.'),
    confidence: z.enum(['high', 'medium', 'low']),
  }),
);

const insightsAnswer = once(() => z.object({ insights: z.array(insightReply()) }));

type InsightReply = z.infer<ReturnType<typeof insightReply>>;
type InsightsAnswer = z.infer<ReturnType<typeof insightsAnswer>>;

/** What follows from the image, each with its evidence and how sure it is. */
export const insights = defineTask<InsightsAnswer, InsightsAnswer>({
  name: 'insights',
  heading: 'Insights',
  version: 1,
  defaultQuality: 'balanced',
  sight: 'overview',
  economyFloorPx: 768,
  sampling: { temperature: 0.7, topP: 0.95 },
  expectedOutputTokens: 250,
  maxOutputTokens: 800,
  fullOutputTokens: 2000,
  instructions:
    'Say what follows from the image and is worth knowing: trends, outliers, relations, risks, decisions it calls for; no ' +
    'mere description. Three to six insights, the most useful first. statement: one sentence. evidence: what in the image ' +
    'shows it, with the values. confidence: high if the evidence leaves no other reading, low if it is a guess. ' +
    'Nothing worth saying: an empty list.',
  reply: insightsAnswer,
  answer: insightsAnswer,
  content: 'insights',
  complete: (reply) => reply,
  check: ({ insights }) => insights.flatMap((insight, place) => checkInsight(insight, `insights[${place}]`)),
  prose: ({ insights }) => insights.map(({ statement }) => statement),
  title: () => null,
  firstLine: ({ insights: [first] }) => first?.statement ?? 'No insights.',
  markdown: ({ insights }) => (insights.length === 0 ? 'No insights.' : insightsMarkdown(insights)),
});

/** A statement needs evidence. */
export function checkInsight({ statement, evidence }: InsightReply, place: string): readonly Finding[] {
  if (statement.trim() === '') return [{ code: 'empty-answer', detail: `${place}.statement is empty.`, repair: true }];
  if (evidence.trim() === '') return [{ code: 'no-evidence', detail: `${place}.evidence is empty.`, repair: true }];
  return [];
}

export function insightsMarkdown(insights: readonly InsightReply[]): string {
  return insights
    .map(({ statement, evidence, confidence }, place) => {
      const proof = evidence.trim() === '' ? '' : ` ${escapeLine(evidence)}`;
      return `${place + 1}. **${escapeLine(statement) || '(empty)'}**${proof} *(confidence: ${confidence})*`;
    })
    .join('\n');
}
