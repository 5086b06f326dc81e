import type { Answer } from '../reading.ts';
import { quote } from '../reply/findInstructions.ts';
import { taskOf } from '../taskOf.ts';
import type { TaskRequest } from '../taskRequest.ts';

/** The answer as GitHub Flavored Markdown, without the title: headings begin at the second level. */
export function renderMarkdown(request: TaskRequest, answer: Answer): string {
  return taskOf(request.task).markdown(answer, request);
}

/**
 * What the answer is about, as plain text on one line; for Markdown pass it to `escapeHeading`. The answer's own title, of
 * at most 160 characters, else what it holds and of which image: `'Objects: valley.jpg'`.
 *
 * @param imageName absent for images without one
 */
export function titleOf(request: TaskRequest, answer: Answer, imageName?: string): string {
  const { title, heading } = taskOf(request.task);
  return quote(title(answer, request) ?? '') || [heading, ...(imageName === undefined ? [] : [imageName])].join(': ');
}

/** The answer in one line of plain text of at most 160 characters, for a list of analyses. */
export function firstLineOf(request: TaskRequest, answer: Answer): string {
  return quote(taskOf(request.task).firstLine(answer));
}
