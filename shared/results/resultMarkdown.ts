import { formatCount } from '../errors.ts';
import type { AnalysisRecord } from '../records/analysisRecord.ts';
import { sourceName } from '../records/analysisSource.ts';
import { escapeHeading, escapeInline, escapeLine } from '../tasks/rendering/escapeMarkdown.ts';
import { cleanText } from '../tasks/reply/cleanText.ts';
import { usdText } from '../tokens/cost.ts';

/**
 * The Markdown result: a title, a link to the picture, the answer, and one line with model, tokens and cost.
 *
 * @param imageUrl the picture's address; absent for images that came with a request
 */
export function resultMarkdown(
  record: AnalysisRecord,
  answer: { readonly title: string; readonly body: string },
  imageUrl?: string,
): string {
  const name = cleanText(sourceName(record.source));
  const parts = [
    `# ${escapeHeading(cleanText(answer.title)) || escapeHeading(name)}`,
    imageUrl ? `[${escapeLine(name)}](<${imageUrl}>)` : '',
    answer.body.trim(),
    record.warnings.map((warning) => `> **${warning.code}**: ${escapeLine(warning.detail)}`).join('\n>\n'),
    '---',
    footer(record),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Only emphasis, no HTML: some readers do not show it. */
function footer(record: AnalysisRecord): string {
  const { image, usage, deployment, request, costMicroUsd } = record;
  const facts = [
    request.task,
    image ? `${image.width} × ${image.height} ${image.format}` : '',
    deployment ? `${deployment.model} in ${deployment.region}` : '',
    usage ? `${counted(usage.promptTokens)} tokens in, ${counted(usage.completionTokens)} out` : '',
    costMicroUsd === null ? 'price unknown' : usdText(costMicroUsd),
    `${new Date(record.createdAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  ];
  return `*${facts
    .filter((fact) => fact !== '')
    .map(escapeInline)
    .join(' · ')}*`;
}

function counted(tokens: number): string {
  return formatCount(tokens);
}
