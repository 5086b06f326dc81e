import type { Answer } from '../reading.ts';
import type { TaskName, TaskRequest } from '../taskRequest.ts';
import { joinExtractPages } from './joinExtractPages.ts';
import { joinTablePages } from './joinTablePages.ts';
import { joinTextPages } from './joinTextPages.ts';
import type { PageAnswer } from './pageAnswer.ts';

type Join = (pages: readonly PageAnswer<never>[], request: TaskRequest) => object;

/** Tasks whose pages make one answer; every other task answers page by page. */
const JOINS: Partial<Readonly<Record<TaskName, Join>>> = {
  text: joinTextPages,
  tables: joinTablePages,
  extract: joinExtractPages,
};

/** Whether the answer of a document is more than those of its pages. @param per `page`: each page for itself */
export function isJoined({ task }: TaskRequest, per?: 'page'): boolean {
  return per === undefined && JOINS[task] !== undefined;
}

/**
 * The answer of a document from those of its pages, in their order: text one behind the other, tables that go on over a page
 * break as one, and one object of what is extracted.
 *
 * @param per `page`: each page for itself
 */
export function joinPages(request: TaskRequest, pages: readonly PageAnswer<Answer>[], per?: 'page'): Answer {
  const join = per === undefined ? JOINS[request.task] : undefined;
  // What is stored has passed the schema of its task.
  if (join) return { ...join(pages as readonly PageAnswer<never>[], request) };
  return { pages: pages.map(({ page, answer }) => ({ page, answer })) };
}
