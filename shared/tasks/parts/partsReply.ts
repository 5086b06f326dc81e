import { z } from 'zod';
import type { Finding } from '../reading.ts';
import type { PartsGrid } from '../taskRequest.ts';

export interface PartReply<Reply> {
  readonly part: number;
  readonly answer: Reply;
}

const known = new WeakMap<z.ZodType, z.ZodType>();

/**
 * The requested shape for an image in parts: an answer for each part, with its number. The same object for the same
 * reply.
 */
export function partsReply<Reply>(reply: z.ZodType<Reply>): z.ZodType<{ parts: PartReply<Reply>[] }> {
  const built = known.get(reply) ?? z.object({ parts: z.array(z.object({ part: z.int(), answer: reply })) });
  known.set(reply, built);
  return built as z.ZodType<{ parts: PartReply<Reply>[] }>;
}

/** The answers in the order of the parts, undefined for a part without one, which leads to a repair. */
export function inOrder<Reply>(
  parts: readonly PartReply<Reply>[],
  { columns, rows }: PartsGrid,
): { readonly replies: readonly (Reply | undefined)[]; readonly findings: readonly Finding[] } {
  const count = columns * rows;
  const numbers = Array.from({ length: count }, (_, place) => place + 1);
  // Numbered from 0, or not at all, as many answers as parts are in their order.
  const isNumbered = parts.length !== count || numbers.every((number) => parts.some(({ part }) => part === number));
  const replies = numbers.map((number) =>
    isNumbered ? parts.find(({ part }) => part === number)?.answer : parts[number - 1]?.answer,
  );
  const wrong = numbers.filter((number, place) => {
    const answers = isNumbered ? parts.filter(({ part }) => part === number).length : 1;
    return replies[place] === undefined || answers > 1;
  });
  if (wrong.length === 0) return { replies, findings: [] };
  const detail = `The image was sent in ${count} parts; the answer has none, or more than one, for part ${wrong.join(', ')}.`;
  return { replies, findings: [{ code: 'answer-shape', detail, repair: true }] };
}
