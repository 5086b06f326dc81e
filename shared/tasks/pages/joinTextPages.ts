import { plainText } from '../text.ts';
import type { TextReply } from '../textShape.ts';
import type { PageAnswer } from './pageAnswer.ts';

type Block = TextReply['blocks'][number];

interface DocumentText {
  /** Of the first page that has one. */
  readonly language: string | null;
  readonly blocks: readonly (Block & { readonly page: number })[];
  readonly plain: string;
}

/** The text of a document: the blocks of all pages in order, each with its page. */
export function joinTextPages(pages: readonly PageAnswer<TextReply>[]): DocumentText {
  const blocks = pages.flatMap(({ page, answer }) => answer.blocks.map((block) => ({ ...block, page })));
  return {
    language: pages.find(({ answer }) => answer.language)?.answer.language ?? null,
    blocks,
    plain: plainText({ blocks }),
  };
}
