import { escapeLine } from '../tasks/escapeMarkdown.ts';
import type { AnalysisRecord } from './analysisRecord.ts';
import { sourceName } from './analysisSource.ts';
import { usdOf } from './analysisView.ts';

/**
 * The Markdown result: a title, a link to the picture, the answer, and one line that says what it took.
 *
 * @param imageUrl where the picture lies; absent for images that came with a request
 */
export function resultMarkdown(
  record: AnalysisRecord,
  answer: { readonly title: string; readonly body: string },
  imageUrl?: string,
): string {
  const name = sourceName(record.source);
  const parts = [
    `# ${heading(answer.title || name)}`,
    imageUrl ? `[${escapeLine(name)}](<${imageUrl}>)` : '',
    answer.body.trim(),
    record.warnings.map((warning) => `> **${warning.code}**: ${escapeLine(warning.detail)}`).join('\n>\n'),
    '---',
    footer(record),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function footer(record: AnalysisRecord): string {
  const { image, usage, deployment, request } = record;
  const usd = usdOf(record.costMicroUsd);
  const facts = [
    `\`${request.task}\``,
    image ? `${image.width} × ${image.height} ${image.format}` : '',
    deployment ? `${deployment.model} in ${deployment.region}` : '',
    usage ? `${usage.promptTokens} + ${usage.completionTokens} tokens` : '',
    usd === null ? 'price unknown' : `$${usd.toFixed(5)}`,
    new Date(record.createdAtMs).toISOString(),
  ];
  return `<sub>${facts.filter((fact) => fact !== '').join(' · ')}</sub>`;
}

/** A heading may end in number signs of its own, which would close it (CommonMark 0.31.2, section 4.2). */
function heading(text: string): string {
  return escapeLine(text).replace(/(?<=\s)#+$/, '\\$&');
}
