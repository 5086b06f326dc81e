import { z } from 'zod';
import { once } from '../concurrency/once.ts';

export const textReply = once(() =>
  z.object({
    language: z
      .string()
      .nullable()
      .describe('BCP 47 tag of the text, such as en or zh-Hans; null where there is no text.'),
    blocks: z
      .array(
        z.object({
          kind: z.enum(['heading', 'list', 'table', 'caption', 'paragraph']),
          text: z
            .string()
            .describe('As written. Of a list, one item a line; of a table, one row a line, cells separated by " | ".'),
        }),
      )
      .describe('In reading order.'),
  }),
);

export const textAnswer = once(() =>
  textReply().extend({ plain: z.string().describe('All blocks, separated by empty lines.') }),
);

export type TextReply = z.infer<ReturnType<typeof textReply>>;
