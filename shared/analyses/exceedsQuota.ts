import { sizeThatFits } from '../tokens/sizeThatFits.ts';
import type { Plan } from './planAnalysis.ts';

/**
 * Why no deployment can ever take the request, and what would pass: "The request needs 1,400 tokens of quota at once; the
 * largest deployment has 1,200 per minute. At 512 x 512 pixels the image would fit."
 */
export function exceedsQuota(plan: Plan, largestMinuteTokens: number): string {
  const { model, target, detail, maxOutputTokens } = plan;
  const [needed, most] = [plan.admissionTokens, largestMinuteTokens].map((value) => value.toLocaleString('en-US'));
  const withoutImage = plan.prompt.textTokens + maxOutputTokens;
  const fitting = sizeThatFits(model, target, { detail, maxTokens: largestMinuteTokens - withoutImage });
  const advice = fitting
    ? `At ${fitting.width} x ${fitting.height} pixels the image would fit.`
    : `No size would fit: its text and output cap alone need ${withoutImage.toLocaleString('en-US')}; ask for a smaller maxOutputTokens.`;
  return `The request needs ${needed} tokens of quota at once; the largest deployment has ${most} per minute. ${advice}`;
}
