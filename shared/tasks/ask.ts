import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import type { Finding } from './reading.ts';
import { escapeList, escapeParagraph } from './rendering/escapeMarkdown.ts';
import { defineTask } from './task.ts';

const askAnswer = once(() =>
  z.object({
    answer: z.string(),
    evidence: z.array(z.string()).describe('What in the image the answer rests on.'),
    answered: z.enum(['yes', 'partly', 'no']).describe('Whether the image answers the question.'),
  }),
);

type AskAnswer = z.infer<ReturnType<typeof askAnswer>>;

/** The answer to the caller's question, its evidence, and whether the image answers it at all. */
export const ask = defineTask<AskAnswer, AskAnswer>({
  name: 'ask',
  heading: 'Question',
  version: 1,
  defaultQuality: 'balanced',
  sight: 'detail',
  economyFloorPx: 768,
  sampling: { temperature: 0.7, topP: 0.95 },
  expectedOutputTokens: 120,
  maxOutputTokens: 800,
  fullOutputTokens: 2000,
  instructions:
    'Answer the question from what the image shows, not from what you know of such things. answer: direct, as short as the ' +
    'question allows. evidence: what in the image the answer rests on. answered: yes, partly or no; if no, say in answer ' +
    'what is missing. Never name a person by their face.',
  reply: askAnswer,
  answer: askAnswer,
  complete: (reply) => reply,
  check: checkAsk,
  prose: ({ answer }) => [answer],
  title: (_, { question }) => question ?? null,
  firstLine: ({ answer }) => answer,
  markdown: ({ answer, evidence, answered }) =>
    [
      escapeParagraph(answer),
      escapeList(evidence),
      { yes: '', partly: '*The image answers this in part.*', no: '*The image does not answer this.*' }[answered],
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
});

function checkAsk({ answer, evidence, answered }: AskAnswer): readonly Finding[] {
  if (answer.trim() === '') return [{ code: 'empty-answer', detail: 'answer is empty.', repair: true }];
  if (answered === 'no' || evidence.some((item) => item.trim() !== '')) return [];
  return [{ code: 'no-evidence', detail: `answered is ${answered}, evidence is empty.`, repair: true }];
}
