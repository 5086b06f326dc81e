import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import type { Finding } from './reading.ts';
import { escapeList, escapeParagraph } from './rendering/escapeMarkdown.ts';
import { defineTask } from './task.ts';

const describeAnswer = once(() =>
  z.object({
    title: z.string().describe('A few words that name the image.'),
    summary: z.string().describe('Two or three sentences: what it shows, in which setting, for what purpose.'),
    details: z.array(z.string()).describe('What can be seen, one fact each, the most important first.'),
  }),
);

type DescribeAnswer = z.infer<ReturnType<typeof describeAnswer>>;

/** A title, a summary and the details: what a reader who cannot see the image wants to know. */
export const describe = defineTask<DescribeAnswer, DescribeAnswer>({
  name: 'describe',
  heading: 'Image',
  version: 1,
  defaultQuality: 'balanced',
  sight: 'overview',
  economyFloorPx: 512,
  sampling: { temperature: 0.7, topP: 0.95 },
  expectedOutputTokens: 200,
  maxOutputTokens: 800,
  fullOutputTokens: 2000,
  instructions:
    'Describe the image for somebody who cannot see it. title: a few words. summary: two or three sentences on what it ' +
    'shows, the setting and the purpose. details: up to eight facts that can be seen, the most important first. ' +
    'Say only what you see; where you guess, say so. Never name a person by their face.',
  reply: describeAnswer,
  answer: describeAnswer,
  complete: (reply) => reply,
  check: checkSummary,
  prose: ({ summary, details }) => [summary, ...details],
  title: ({ title }) => title,
  firstLine: ({ summary }) => summary,
  markdown: ({ summary, details }) =>
    [escapeParagraph(summary), escapeList(details)].filter((part) => part !== '').join('\n\n'),
});

/** An answer without a summary is unusable. */
export function checkSummary({ summary }: { readonly summary: string }): readonly Finding[] {
  return summary.trim() === '' ? [{ code: 'empty-answer', detail: 'summary is empty.', repair: true }] : [];
}
