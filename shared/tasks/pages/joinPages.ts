import type { Answer } from '../reading.ts';
import type { TaskRequest } from '../taskRequest.ts';
import { joinExtractPages } from './joinExtractPages.ts';
import { joinTablePages } from './joinTablePages.ts';
import { joinTextPages } from './joinTextPages.ts';
import type { PageAnswer } from './pageAnswer.ts';

/**
 * The answer of a document from those of its pages, in their order: text one behind the other, tables that go on over a page
 * break as one, and one object of what is extracted. Every other task answers page by page.
 *
 * @param per `page`: each page for itself
 */
export function joinPages(request: TaskRequest, pages: readonly PageAnswer<Answer>[], per?: 'page'): Answer {
  if (per === undefined) {
    // What is stored has passed the schema of its task.
    if (request.task === 'text') return { ...joinTextPages(pages as never) };
    if (request.task === 'tables') return { ...joinTablePages(pages as never, request) };
    if (request.task === 'extract') return { ...joinExtractPages(pages as never) };
  }
  return { pages: pages.map(({ page, answer }) => ({ page, answer })) };
}

/** Whether the answer of a document is more than those of its pages. */
export function isJoined({ task }: TaskRequest, per?: 'page'): boolean {
  return per === undefined && (task === 'text' || task === 'tables' || task === 'extract');
}
