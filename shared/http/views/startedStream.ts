/**
 * The same parts, of which the first has been waited for: what fails before it ends the call with an error, and not in the
 * middle of an answer that has begun with 200.
 */
export async function startedStream(parts: AsyncGenerator<Uint8Array, void>): Promise<AsyncIterable<Uint8Array>> {
  const first = await parts.next();
  return {
    [Symbol.asyncIterator]: async function* () {
      if (first.done) return;
      yield first.value;
      yield* parts;
    },
  };
}
